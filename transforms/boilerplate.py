"""Lines that stand in a page or a file beside the article, and are no part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from transforms.tables import Tables


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Patterns of whole lines that are no article text.

    Attributes:
        tail: Matches a line from which on, at the end of a text, nothing is article.
    """

    tail: re.Pattern[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `boilerplate/lines`."""
        patterns = [row["pattern"] for row in tables["boilerplate/lines"]]
        return cls(tail=re.compile("(?:" + "|".join(patterns) + r")\s*[:.]?", re.IGNORECASE))


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
