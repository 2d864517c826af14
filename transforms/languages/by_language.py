"""Word lists by language, each compiled when a text in that language is read.

The tables of a language are `languages/<code>/<name>`. A language may have few tables or none;
what needs them is then not found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from transforms.tables import Row, Tables

T = TypeVar("T")

UNKNOWN: Final = ""
"""The code of a text whose language is not known; it has no tables."""
_SAME: Final = {"nb": "no", "nn": "no"}
_FOLDER: Final = "languages"
_PROFILE: Final = "language"


class ByLanguage(Generic[T]):
    """The word lists of one kind in all languages.

    >>> tables = {"languages/sv/language": [{"name": "Swedish"}]}
    >>> names = ByLanguage(tables, lambda tables, code: rows_of(tables, code, "language"))
    >>> names.of("sv-SE"), names.of("eo"), names.of(None)
    ([{'name': 'Swedish'}], (), ())
    """

    def __init__(self, tables: Tables, compile_one: Callable[[Tables, str], T]) -> None:
        """Remember the tables, and how the word lists of one language are compiled."""
        self._tables = tables
        self._compile_one = compile_one
        self._compiled: dict[str, T] = {}

    def of(self, language: str | None) -> T:
        """Return the word lists of a language, those without words if it has no tables.

        Args:
            language: ISO 639-1 code or language tag; None if it is unknown.
        """
        code = language_code(language)
        if code not in self._compiled:
            known = code if has_profile(self._tables, code) else UNKNOWN
            if known not in self._compiled:
                self._compiled[known] = self._compile_one(self._tables, known)
            self._compiled[code] = self._compiled[known]
        return self._compiled[code]


def language_code(language: str | None) -> str:
    """Return the code under which a language has its tables.

    >>> language_code("de-AT"), language_code("nb"), language_code(None)
    ('de', 'no', '')
    """
    code = (language or UNKNOWN).partition("-")[0].lower()
    return _SAME.get(code, code)


def language_codes(tables: Tables) -> list[str]:
    """Return the codes of all languages with tables, in order."""
    parts = (name.split("/") for name in tables)
    return sorted(part[1] for part in parts if part[0] == _FOLDER and part[2] == _PROFILE)


def has_profile(tables: Tables, code: str) -> bool:
    """Return whether a language has tables."""
    return f"{_FOLDER}/{code}/{_PROFILE}" in tables


def rows_of(tables: Tables, code: str, name: str) -> Sequence[Row]:
    """Return a table of a language, no rows if it has no such table."""
    return tables.get(f"{_FOLDER}/{code}/{name}", ())
