"""SQL strings and identifiers for statements that take no parameters."""

from __future__ import annotations


def quoted(value: object) -> str:
    """Return a text or path as an SQL string.

    >>> print(quoted("the mayor's list"))
    'the mayor''s list'
    """
    escaped = str(value).replace("'", "''")
    return f"'{escaped}'"


def identifier(*parts: str) -> str:
    """Return a name as an SQL identifier, its parts joined by dots.

    >>> print(identifier("main", 'an "odd" name'))
    "main"."an ""odd"" name"
    """
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)
