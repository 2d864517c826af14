"""Lines and parts that stand in a page or a file beside the article, and are no part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from transforms.tables import Tables


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Patterns of what is no article text.

    Attributes:
        tail: Matches a line from which on, at the end of a text, nothing is article.
        region: Finds the words in the name of an element that make it no article.
        standfirst: Finds those that make it the standfirst, the sentence under a headline.
    """

    tail: re.Pattern[str]
    region: re.Pattern[str]
    standfirst: re.Pattern[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `boilerplate/lines` and `boilerplate/regions`."""
        patterns = [row["pattern"] for row in tables["boilerplate/lines"]]
        return cls(
            tail=re.compile("(?:" + "|".join(patterns) + r")\s*[:.]?", re.IGNORECASE),
            region=_names(tables, "boilerplate/regions"),
            standfirst=_names(tables, "boilerplate/standfirsts"),
        )


def _names(tables: Tables, table: str) -> re.Pattern[str]:
    words = "|".join(re.escape(row["words"]) for row in tables.get(table, ()))
    return re.compile(f" (?:{words or '(?!)'}) ")


def drop_tail(lines: list[str], boilerplate: Boilerplate) -> list[str]:
    """Return `lines` without the boilerplate lines that end them.

    >>> b = Boilerplate.from_tables({"boilerplate/lines": [{"pattern": "more news"}]})
    >>> drop_tail(["The strike ended on Monday.", "More news"], b)
    ['The strike ended on Monday.']
    """
    kept = list(lines)
    while kept and (not kept[-1].strip() or boilerplate.tail.fullmatch(kept[-1].strip())):
        kept.pop()
    return kept
