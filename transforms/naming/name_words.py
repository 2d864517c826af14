"""The words of a text, split for the name rules.

Words keep inner hyphens, apostrophes and ampersands ("Jean-Luc", "O'Neill", "AT&T"), lose
a possessive ending, and keep the full stop of an abbreviation ("Gen.", "Inc."). A
hyphenated tail of ordinary words is cut off ("Tokyo-based"), and so is a prefix
("anti-American"). Every other character except white space is a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import Self

# An abbreviation ("U.S.") or a word; "'s" after a mark; a mark. The first character tells most.
_WORD = re.compile(
    r"[^\W_](?:(?<!\d)\.(?:[^\W\d_]\.)+|[^\W_]*(?:[-‐‑&'’][^\W_]+)*)"
    r"|['’](?:(?<![^\W_].)s\b)?|\n|[^\w\s]|_"
)
_ENDINGS = ("'s", "’s", "'S", "’S")
_PREFIXES = frozenset(
    [
        "anti",
        "pro",
        "ex",
        "non",
        "pre",
        "post",
        "mid",
        "neo",
        "pan",
        "sub",
        "trans",
        "ultra",
        "inter",
        "intra",
        "multi",
        "co",
        "semi",
        "then",
        "former",
    ]
)
# Korean given names end like ordinary words.
_SYLLABLES = frozenset(["young", "sun", "soon", "sang", "song", "hung", "ran", "sung", "gun", "in"])
# Agencies join their headers to the headline: "SOCCER-LEEDS WIN".
_HEADERS = re.compile(
    r"(?:ATHLETICS|BADMINTON|BASEBALL|BASKETBALL|BIATHLON|BOBSLEIGH|BOXING|CRICKET|CYCLING"
    r"|FOOTBALL|GOLF|GYMNASTICS|HANDBALL|HOCKEY|JUDO|JUMPING|LEAGUE|OLYMPICS|RACING|ROWING"
    r"|RUGBY|SAILING|SKATING|SKIING|SNOOKER|SOCCER|SQUASH|SWIMMING|TENNIS|UNION|VOLLEYBALL"
    r"|WEIGHTLIFTING|WRESTLING|FEATURE|INTERVIEW|UPDATE|ANALYSIS|FOCUS|FACTBOX)"
)
# Their full stop does not end a sentence.
_ABBREVIATIONS = frozenset(
    [
        "Adm",
        "Ala",
        "Ariz",
        "Ark",
        "Assn",
        "Ave",
        "Brig",
        "Bros",
        "Calif",
        "Capt",
        "Cie",
        "Cmdr",
        "Co",
        "Col",
        "Colo",
        "Conn",
        "Corp",
        "Cos",
        "Cpl",
        "Del",
        "Det",
        "Dr",
        "Fla",
        "Fr",
        "Ga",
        "Gen",
        "Gov",
        "Hon",
        "Ill",
        "Inc",
        "Ind",
        "Insp",
        "Jr",
        "Kan",
        "Ky",
        "La",
        "Lt",
        "Ltd",
        "Maj",
        "Mass",
        "Md",
        "Messrs",
        "Mich",
        "Minn",
        "Miss",
        "Mme",
        "Mo",
        "Mont",
        "Mr",
        "Mrs",
        "Ms",
        "Mt",
        "Mx",
        "Neb",
        "Nev",
        "No",
        "Okla",
        "Ore",
        "Pa",
        "Penn",
        "Pres",
        "Prof",
        "Pte",
        "Pty",
        "Pvt",
        "Rep",
        "Reps",
        "Rev",
        "Sec",
        "Sen",
        "Sens",
        "Sgt",
        "Sr",
        "St",
        "Ste",
        "Supt",
        "Tenn",
        "Tex",
        "Va",
        "Vt",
        "Wash",
        "Wis",
        "Wyo",
        "vs",
    ]
)
_STOPS = frozenset(".!?:…")
_MARKS = frozenset(".,;:!?")
_OPENING = frozenset("\"“„«‘'([{-–—*•>|/")


@dataclass(frozen=True, slots=True)
class Words:
    """Words in reading order, as parallel lists of equal length.

    Attributes:
        text: Each word as the rules compare it: without "'s"; shouted words of shouted lines
            in title case.
        start: Its first code point.
        end: The code point after it.
        opens: Whether it opens a sentence, a line or a quotation, so that its capital
            proves nothing.
        datelines: The first words of shouted places that open a line.
    """

    text: list[str]
    start: list[int]
    end: list[int]
    opens: list[bool]
    datelines: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str, common: Collection[str] = frozenset()) -> Self:
        """Return the words of `text`; `common` are the ordinary words, in lower case.

        >>> Words.of("Mr. Smith's Tokyo-based firm", {"based"}).text
        ['Mr.', 'Smith', "'s", 'Tokyo', '-based', 'firm']
        """
        self = cls([], [], [], [])
        words, starts, opening = self.text, self.start, self.opens
        offset, opens = 0, True
        for stretch in text.split(" "):
            if stretch.isalpha():  # most stretches between blanks are a word alone
                words.append(stretch)
                starts.append(offset)
                opening.append(opens)
                opens = False
            elif stretch[-1:] in _MARKS and _is_plain(stretch[:-1]):  # or one and a mark
                words += (stretch[:-1], stretch[-1])
                starts += (offset, offset + len(stretch) - 1)
                opening += (opens, False)
                opens = stretch[-1] in _STOPS
            else:
                opens = self._read(stretch, offset, common, opens=opens)
            offset += len(stretch) + 1
        self.end.extend(map(add, starts, map(len, words)))
        return self

    def _read(self, stretch: str, offset: int, common: Collection[str], *, opens: bool) -> bool:
        """Add the words of a stretch without blanks; return whether the next word opens."""
        for m in _WORD.finditer(stretch):
            word, at = m[0], m.start()
            if word == "." and self._joins_point(offset + at, stretch[at + 1 : at + 2]):
                self.text[-1] += "."
                opens = False
                continue
            start = offset + at
            for piece in [word] if word.isalnum() else _pieces(word, common):
                self.text.append(piece)
                self.start.append(start)
                self.opens.append(opens)
                start += len(piece)
            opens = _opens_next(word, opens=opens)
        return opens

    def lines(self) -> Iterator[tuple[int, int]]:
        """Yield the first index of each line that has words, and the index after its end."""
        text, first = self.text, 0
        for _ in range(text.count("\n")):
            end = text.index("\n", first)
            if end > first:
                yield first, end
            first = end + 1
        if first < len(text):
            yield first, len(text)

    def _joins_point(self, start: int, after: str) -> bool:
        """Return whether a full stop belongs to the word before; `after` is what follows."""
        if not self.text or self.start[-1] + len(self.text[-1]) != start:
            return False
        word = self.text[-1]
        if len(word) == 1 and word.isupper() and (word != "I" or self._is_listed()):
            return not after or after.isspace() or after.isupper() or after in ",;:)'\"’”"
        return word in _ABBREVIATIONS

    def _is_listed(self) -> bool:
        """Return whether "I" is an initial in a list: "W. Hale, I. Marden"."""
        return len(self.text) > 1 and self.text[-2] in {",", ";", "("}


def _is_plain(word: str) -> bool:
    """Return whether a full stop after a word is surely a word of its own."""
    return len(word) > 1 and word.isalpha() and word not in _ABBREVIATIONS


def _pieces(word: str, common: Collection[str]) -> list[str]:
    if len(word) > 2 and word[-2:] in _ENDINGS:
        return [*_pieces(word[:-2], common), word[-2:]]
    if "-" not in word[1:]:
        return [word]
    parts = word.split("-")
    if _is_prefix(parts):
        return [parts[0] + "-", *_pieces(word[len(parts[0]) + 1 :], common)]
    for n, part in enumerate(parts[1:], 1):
        if part.islower() and part in common and word[0].isupper():
            stem = "-".join(parts[:n])
            if part in _SYLLABLES and len(stem) <= 5 and stem.lower() not in common:
                return [word]  # "Ko Jin-young"
            if len(stem) == 1:
                return [word.lower()]  # "T-shirt"
            return [stem, word[len(stem) :]]
    return [word]


def _is_prefix(parts: Sequence[str]) -> bool:
    """Return whether a name follows: "(R-Utah)", "1-Emil Varga", "SOCCER-LEEDS", "anti-Kohl"."""
    first, second = parts[:2]
    if not second[:1].isupper():
        return bool(_HEADERS.fullmatch(first))
    if first in {"R", "D"} and len(parts) == 2:
        return len(second) > 1 and second != "Day"
    numbered = first.isdigit() and len(second) > 2
    return numbered or first.lower() in _PREFIXES or bool(_HEADERS.fullmatch(first))


def _opens_next(word: str, *, opens: bool) -> bool:
    if word == "\n" or word in _STOPS:
        return True
    if word[0].isalpha():
        return False
    if word in '"“„«‘':
        return True
    return opens and (word in _OPENING or word.isdigit() or not word[0].isalnum())
