"""Which field of a record holds the text, the title, the day.

The records of known tools are recognised by the keys that only they have. For any other
record or table, the names of its columns decide ("Headline", "pub_date", "Volltext").
Both lists are seeds: `inputs/tools`, `inputs/marks` and `inputs/columns`. So are the names of
languages: `inputs/languages`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from transforms.normal_forms import normalized
from transforms.tables import Tables

FIELDS: Final = (
    *("html", "text", "title", "published", "authors", "url", "publisher", "language"),
)
_CONTENT: Final = frozenset({"html", "text"})
_OTHER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where the fields of a document are in a record.

    Attributes:
        tool: The tool that made the record, None if it is not known.
        keys: For each field of `FIELDS` that the record has, its keys, the best first. A
            key may be a path into nested records ("html.content").
    """

    tool: str | None
    keys: Mapping[str, tuple[str, ...]]

    @property
    def has_content(self) -> bool:
        """Whether the record has a field for the text or the page."""
        return "text" in self.keys or "html" in self.keys

    def values(self, record: Mapping[str, Any], name: str) -> list[Any]:
        """Return the values of a field that are not empty, the best first."""
        found = (look_up(record, key) for key in self.keys.get(name, ()))
        return [value for value in found if not is_empty(value)]


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The known tools and names of columns.

    Attributes:
        columns: Field and rank of each known name of a column, as `plain_name` writes it; a
            lower rank is preferred.
        marks: Tools with the keys that only their records have.
        tools: For each tool, the keys of each field, the best first.
        languages: The code of two letters of a language, by its names and codes of three
            letters in lower case.
    """

    columns: Mapping[str, tuple[str, int]]
    marks: tuple[tuple[str, frozenset[str]], ...]
    tools: Mapping[str, Mapping[str, tuple[str, ...]]]
    languages: Mapping[str, str] = field(default_factory=dict)
    _maps: dict[object, FieldMap] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_tables(cls, tables: Tables) -> FieldNames:
        """Compile the tables of `inputs/`; KeyError if one is missing."""
        tools: dict[str, dict[str, tuple[str, ...]]] = {}
        for row in sorted(tables["inputs/tools"], key=lambda row: int(row["rank"])):
            fields = tools.setdefault(row["tool"], {})
            fields[row["field"]] = (*fields.get(row["field"], ()), row["key"])
        return cls(
            columns={
                row["name"]: (row["field"], int(row["rank"])) for row in tables["inputs/columns"]
            },
            marks=tuple(
                (row["tool"], frozenset(map(plain_name, row["keys"].split())))
                for row in tables["inputs/marks"]
            ),
            tools=tools,
            languages={row["name"]: row["language"] for row in tables["inputs/languages"]},
        )

    def map_record(
        self, names: Collection[str], chosen: Mapping[str, str] | None = None
    ) -> FieldMap:
        """Return where the fields are in records with these keys.

        Args:
            names: The keys of the record, or the names of the columns.
            chosen: The column of each field that the user named; other names are ignored.

        >>> names = FieldNames({"headline": ("title", 1), "body": ("text", 6)}, (), {})
        >>> names.map_record(["Headline", "Body", "Votes"]).keys
        {'title': ('Headline',), 'text': ('Body',)}
        """
        key = (frozenset(names), frozenset((chosen or {}).items()))
        if key not in self._maps:
            if len(self._maps) > 1000:  # records whose keys are data
                self._maps.clear()
            self._maps[key] = self._map(names, chosen or {})
        return self._maps[key]

    def _map(self, names: Collection[str], chosen: Mapping[str, str]) -> FieldMap:
        plain = set(map(plain_name, names))
        tool = next((tool for tool, keys in self.marks if keys <= plain), None)
        found: dict[str, tuple[str, ...]] = {}
        if tool is None:
            found = self._named(names)
        else:
            for of, keys in self.tools[tool].items():
                present = (find_key(key, names) for key in keys)
                if kept := tuple(key for key in present if key):
                    found[of] = kept
            if not found.keys() & _CONTENT:  # a column that somebody added
                named = self._named(names)
                found |= {of: named[of] for of in _CONTENT & named.keys()}
        picked = {of: find_key(name, names) for of, name in chosen.items()}
        taken = set(picked.values())
        free = {of: tuple(key for key in keys if key not in taken) for of, keys in found.items()}
        free |= {of: (key,) for of, key in picked.items() if key}
        return FieldMap(tool, {of: keys for of, keys in free.items() if keys})

    def _named(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the fields of the columns with known names."""
        ranked: dict[str, list[tuple[int, str]]] = {}
        for name in names:
            known = self.columns.get(plain_name(name))
            if known is not None:
                ranked.setdefault(known[0], []).append((known[1], name))
        # Another column may fill the gaps of the best one, except where it can mean another thing.
        return {
            of: tuple(name for _, name in sorted(found, key=lambda pair: pair[0]))[
                : _MOST.get(of, 1)
            ]
            for of, found in ranked.items()
        }


def find_key(name: str, keys: Collection[str]) -> str | None:
    """Return the one of `keys` that a name means, None if there is none.

    Case, blanks and marks make no difference. A name with a dot may be a path into a nested
    record; then only its first part is looked for.

    >>> find_key("pub date", ["Headline", "Pub. Date"]), find_key("html.url", ["html"])
    ('Pub. Date', 'html.url')
    """
    plain = {plain_name(key): key for key in reversed(list(keys))}
    if (found := plain.get(plain_name(name))) is not None:
        return found
    return name if "." in name and plain_name(name.partition(".")[0]) in plain else None


_MOST: Final = {"title": 2, "published": 2, "url": 2}  # columns that one field is read from


def plain_name(name: str) -> str:
    """Return the name of a column without case, blanks and marks.

    >>> plain_name(" Pub. Date"), plain_name("Publication Title"), plain_name("source-hostname")
    ('pub_date', 'publication_title', 'source_hostname')
    """
    folded = normalized("NFKC", name).strip("\ufeff \t").casefold()
    return _OTHER.sub("_", folded).strip("_")


def look_up(record: Mapping[str, Any], key: str) -> Any:
    """Return the value at a key, or at a path of keys; None if there is none.

    >>> look_up({"html": {"requested_url": "https://harbour-times.example/"}}, "html.requested_url")
    'https://harbour-times.example/'
    """
    if key in record:
        return record[key]
    first, dot, rest = key.partition(".")
    inner = record.get(first)
    return look_up(inner, rest) if dot and isinstance(inner, Mapping) else None


def is_empty(value: object) -> bool:
    """Whether a value says nothing: None, blank, an empty list, or a word for none.

    >>> is_empty(" "), is_empty("null"), is_empty([]), is_empty(0)
    (True, True, True, False)
    """
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING
    return value is None or (isinstance(value, list | dict | tuple) and not value)


_NOTHING: Final = frozenset({"", "null", "none", "nan", "nat", "n/a", "na", "#n/a", "-"})
