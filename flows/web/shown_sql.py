"""The text of a query with its values filled in, for readers who want to run it themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

# Texts and comments are kept as they are; a value is `$name` outside of them.
_PIECE = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\$(\w+)")


def filled_in(sql: str, values: Mapping[str, object]) -> str:
    """Return `sql` with each `$name` replaced by its value as SQL writes it.

    >>> filled_in(
    ...     "FROM said WHERE speaker = $name AND words > $least", {"name": "O'Hara", "least": 3}
    ... )
    "FROM said WHERE speaker = 'O''Hara' AND words > 3"
    """

    def replaced(found: re.Match[str]) -> str:
        name = found[1]
        return found[0] if name is None or name not in values else literal(values[name])

    return _PIECE.sub(replaced, sql).strip()


def literal(value: object) -> str:
    """Return a value as SQL writes it; raises TypeError for a value that SQL cannot write.

    >>> literal(None), literal(True), literal(["a", "b"]), literal(date(2024, 5, 1))
    ('NULL', 'true', "['a', 'b']", "DATE '2024-05-01'")
    """
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case str():
            return "'" + value.replace("'", "''") + "'"
        case datetime():
            return f"TIMESTAMPTZ '{value.isoformat(' ', 'seconds')}'"
        case date():
            return f"DATE '{value.isoformat()}'"
        case list() | tuple():
            return f"[{', '.join(map(literal, value))}]"
    raise TypeError(f"no SQL for a {type(value).__name__}")
