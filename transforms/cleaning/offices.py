"""Offices in bylines: what an author does ("Political Editor", "HK-Redakteur").

An office has a word for a role and perhaps words beside it that only occur there
("senior", "political"). It stands before the name, after it, or alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.tables import Row

_MIN_ENDING = 8  # "Wirtschaftsredakteur" ends in "redakteur"; shorter endings are part of names
_SYLLABLES = ("\u3040", "\ud7a3")  # scripts without spaces: "김하늘기자"
_MAX_PHRASE_WORDS = 5


@dataclass(frozen=True, slots=True)
class Offices:
    """The words of offices, in lower case.

    Attributes:
        phrases: Roles of one word or several ("editor", "enviado especial").
        endings: Long roles, which may be the last part of a compound.
        syllables: Roles that are written together with a name, the longest first.
        modifiers: Words that belong to the role next to them.
        unnamed: First words of a description in place of a name ("our reporter").
    """

    phrases: frozenset[str]
    endings: tuple[str, ...]
    syllables: tuple[str, ...]
    modifiers: frozenset[str]
    unnamed: frozenset[str]

    @classmethod
    def from_rows(cls, rows: Iterable[Row]) -> Self:
        """Take the rows of the kinds `role`, `modifier` and `unnamed`."""
        words: dict[str, list[str]] = {"role": [], "modifier": [], "unnamed": []}
        for row in rows:
            if row["kind"] in words:
                words[row["kind"]].append(row["phrase"])
        return cls(
            phrases=frozenset(words["role"]),
            endings=tuple(w for w in words["role"] if len(w) >= _MIN_ENDING and " " not in w),
            syllables=tuple(sorted(filter(_is_unspaced, words["role"]), key=len, reverse=True)),
            modifiers=frozenset(words["modifier"]),
            unnamed=frozenset(words["unnamed"]),
        )

    def cut(self, text: str, *, is_first: bool) -> str:
        """Return the name in a piece of a byline without the office in it, "" if none.

        Args:
            text: A piece of a byline between commas or joiners.
            is_first: Whether no name comes before it; after a name, a piece with an office
                describes that person.
        """
        text = self._cut_syllables(text)
        words = text.split()
        block = self._find(words)
        lead = self._unnamed_words(words)
        if block is None:
            is_office = (lead and len(words) - lead < 2) or (
                not is_first and self.is_modified(text)
            )
            return "" if is_office else " ".join(words[lead:])
        start, end = block
        before, after = words[:start], words[end:]
        if after and _goes_on(after[0]):
            after = []
        if after and (len(before) < 2 or lead):
            return " ".join(after) if is_first or len(after) > 1 else ""
        is_article = len(before) == 1 and len(before[0]) < 4 and not _is_unspaced(before[0])
        if is_first and is_article and not after:
            return " ".join(words)  # "The Economist" is no economist
        if lead or not (is_first or _is_name_then_office(before, words[start])):
            return ""
        return " ".join(before)

    def is_modified(self, text: str) -> bool:
        """Return whether the first of several words only occurs in offices ("Senior")."""
        first, _, rest = text.lower().partition(" ")
        return bool(rest) and first in self.modifiers

    def is_office(self, text: str) -> bool:
        """Return whether a piece is an office as a whole ("Senior Life and Trends Editor")."""
        words = text.lower().split()
        return self.is_modified(text.strip()) and words[-1] in self.phrases

    def _unnamed_words(self, words: Sequence[str]) -> int:
        """Return how many words open a description in place of a name."""
        lowered = [word.lower() for word in words]
        return next((n for n in (2, 1) if " ".join(lowered[:n]) in self.unnamed), 0)

    def _find(self, words: Sequence[str]) -> tuple[int, int] | None:
        """Return the half-open range of the words of the first office, or None."""
        lowered = [word.lower().strip(".,") for word in words]
        spans = ((at, self._role_end(lowered, at)) for at in range(len(words)))
        start, end = next((span for span in spans if span[1] > span[0]), (0, 0))
        if not end:
            return None
        while end < len(words) and (
            lowered[end] in self.modifiers or self._role_end(lowered, end) > end
        ):
            end = max(end + 1, self._role_end(lowered, end))
        while start > 0 and (lowered[start - 1] in self.modifiers or words[start - 1] == "&"):
            start -= 1
        return start, end

    def _role_end(self, lowered: Sequence[str], start: int) -> int:
        """Return where a role that begins at `start` ends, `start` if there is none."""
        for end in range(min(len(lowered), start + _MAX_PHRASE_WORDS), start, -1):
            if " ".join(lowered[start:end]) in self.phrases:
                return end
        last = lowered[start].rsplit("-", 1)[-1]
        is_compound = last != lowered[start] and last in self.phrases
        return start + (is_compound or lowered[start].endswith(self.endings))

    def _cut_syllables(self, text: str) -> str:
        """Return `text` without a role that is written together with the name."""
        if not _is_unspaced(text):
            return text
        first, _, rest = text.partition(" ")
        for role in self.syllables:
            if first.endswith(role) and len(first) > len(role) + 1:
                return f"{first.removesuffix(role)} {rest}".strip()
        return text


def _is_unspaced(text: str) -> bool:
    return _SYLLABLES[0] <= text[-1:] <= _SYLLABLES[1]


def _goes_on(word: str) -> bool:
    """Return whether a word after a role belongs to the office ("Editor at Large")."""
    return word[:1].islower() or not word[:1].isalpha()


def _is_name_then_office(before: Sequence[str], role: str) -> bool:
    """Return whether "Anna Weaver 기자" is in a script in which roles follow names."""
    return bool(before) and role[:1] > "\u2e80"
