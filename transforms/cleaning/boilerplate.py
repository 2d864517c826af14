"""Lines and parts of a page or file that are not part of the article.

Every phrase is a row of `seeds/boilerplate/lines.csv`. Its column `match` says how to
match it: `whole` (the line is the phrase), `label` (the phrase, a colon or dash, then a
link text), `start`, `anywhere` (short lines only), `stamp` (the phrase, then a date). A
line whose `place` is `end` ends the article if it is in the last part of the text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.cleaning.agency import Credits
from transforms.cleaning.bylines import Bylines
from transforms.cleaning.consent import ConsentPhrases
from transforms.cleaning.page import squeeze
from transforms.cleaning.page_types import PageTypes
from transforms.cleaning.pagination import PagingWords
from transforms.cleaning.refusals import KEPT_TYPES
from transforms.cleaning.walls import Walls
from transforms.patterns import LazyPattern
from transforms.tables import Row, Tables
from transforms.zones import zone_offsets

_LABEL_ENDS = (":", "：", "|", "»", ">", " – ", " — ", " - ")
_LEAD_IN = " \t•·*>»|–—-▶►→#"
_TRAIL = " \t:.…>»|–—-!→›?"
_QUOTED = re.compile('["“”„«»]')
_COUNTER = re.compile(
    r"\d+ (?:comments?|shares?|views?|likes?|replies|kommentare?|min(?:ute)?s? read|of \d+)|\d+ ?/ ?\d+"
)
_LABEL_CHARS = 400  # longest headline or caption after a label
_SENTENCE_CHARS = 240  # an appeal to subscribe; longer lines are prose that mentions one
_STAMP_CHARS = 80
_END_SHARE = 0.7  # text left after this point is not just a list of teasers


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one `place`, grouped by how they match.

    Those that start a line are kept by their first character.
    """

    whole: frozenset[str]
    label: frozenset[str]
    start: Mapping[str, tuple[str, ...]]
    anywhere: tuple[str, ...]
    stamp: Mapping[str, tuple[str, ...]]

    @classmethod
    def from_rows(cls, rows: Iterable[Row]) -> Self:
        """Group the rows by their column `match`."""
        found: dict[str, list[str]] = {
            name: [] for name in ("whole", "label", "start", "anywhere", "stamp")
        }
        for row in rows:
            found[row["match"]].append(row["phrase"])
        return cls(
            whole=frozenset(found["whole"] + found["label"]),
            label=frozenset(found["label"]),
            start=_by_first(found["start"]),
            anywhere=tuple(found["anywhere"]),
            stamp=_by_first(found["stamp"]),
        )

    def match(self, line: str) -> bool:
        """Return whether a folded line matches one of the phrases."""
        if line.strip(_TRAIL) in self.whole:
            return True
        if len(line) <= _LABEL_CHARS and _label_of(line) in self.label:
            return True
        if len(line) > _SENTENCE_CHARS:
            return False
        if self._starts(line, self.start) or [p for p in self.anywhere if p in line]:
            return _QUOTED.search(line) is None
        return (
            len(line) <= _STAMP_CHARS
            and any(char.isdigit() for char in line)
            and self._starts(line, self.stamp)
        )

    @staticmethod
    def _starts(line: str, phrases: Mapping[str, tuple[str, ...]]) -> bool:
        return any(
            line.startswith(phrase)
            and not _goes_on(phrase[-1], line[len(phrase) : len(phrase) + 1])
            for phrase in phrases.get(line[:1], ())
        )


def _by_first(phrases: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return phrases by their first character."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for phrase in phrases:
        found[phrase[0]].append(phrase)
    return {first: tuple(some) for first, some in found.items()}


def _label_of(line: str) -> str | None:
    """Return what is before the first colon, bar, arrow or dash of a folded line."""
    ends = [at for mark in _LABEL_ENDS if (at := line.find(mark)) >= 0]
    return line[: min(ends)].strip() if ends else None


def _goes_on(last: str, following: str) -> bool:
    """Return whether a word continues after a phrase; never true in scripts without spaces."""
    return last.isalpha() and following.isalpha() and last < "\u2e80"


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Patterns of text that is not part of an article.

    Attributes:
        lines: Phrases of lines that are dropped.
        ends: Phrases of lines that end the article.
        region: Finds words in an element's name that exclude it from the article; the words
            are its first group.
        region_kinds: What the elements with these words are ("comment", "related").
        builder: Finds words in the names of page builders, whose "widgets" hold the article.
        standfirst: Finds words that mark an element as the standfirst under a headline.
        consent: Phrases of texts that ask for consent to cookies.
        pages: Patterns of the numbers of pages.
        bylines: The words used in bylines.
        credits: The patterns of agency credits.
        months: Month numbers by month names in many languages.
        updated: Matches words that mark a day as that of a change ("Last updated").
        zones: Minutes ahead of UTC by abbreviations of time zones, None if ambiguous.
        page_types: The signs of pages that are no article.
        walls: The phrases of pages that stand where an article should be.
        kept_types: Types of pages that are stored as articles.
    """

    lines: Phrases
    ends: Phrases
    region: LazyPattern
    region_kinds: Mapping[str, str]
    builder: LazyPattern
    standfirst: LazyPattern
    consent: ConsentPhrases
    pages: PagingWords
    bylines: Bylines
    credits: Credits
    months: Mapping[str, int]
    updated: LazyPattern
    zones: Mapping[str, int | None]
    page_types: PageTypes
    walls: Walls
    kept_types: frozenset[str] = KEPT_TYPES

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the tables below `boilerplate/` and `cleaning/`."""
        rows = tables["boilerplate/lines"]
        regions = [row for row in tables["boilerplate/regions"] if row["kind"] != "builder"]
        return cls(
            lines=Phrases.from_rows(row for row in rows if row["place"] == "line"),
            ends=Phrases.from_rows(row for row in rows if row["place"] == "end"),
            region=_names(regions),
            region_kinds={row["words"]: row["kind"] for row in regions},
            builder=_names(
                row for row in tables["boilerplate/regions"] if row["kind"] == "builder"
            ),
            standfirst=_names(tables["boilerplate/standfirsts"]),
            consent=ConsentPhrases.from_rows(tables["boilerplate/consent"]),
            pages=PagingWords.from_rows(tables["boilerplate/pages"]),
            bylines=Bylines.from_tables(tables),
            credits=Credits.from_tables(tables),
            months={row["name"]: int(row["month"]) for row in tables["feeds/month_names"]},
            page_types=PageTypes.from_tables(tables),
            walls=Walls.from_tables(tables),
            updated=_labels(tables["cleaning/day_labels"]),
            zones=zone_offsets(tables),
        )


def _labels(rows: Iterable[Row]) -> LazyPattern:
    phrases = sorted((re.escape(row["phrase"]) for row in rows), key=len, reverse=True)
    return LazyPattern(rf"(?<!\w)(?:{'|'.join(phrases)})", re.IGNORECASE)


def _names(rows: Iterable[Row]) -> LazyPattern:
    return LazyPattern(f" ({'|'.join(re.escape(row['words']) for row in rows)}) ")


def fold_line(line: str) -> str:
    """Return `line` as the phrases are written: lower case, plain apostrophes, no bullet."""
    return squeeze(line).lower().replace("’", "'").lstrip(_LEAD_IN)


def is_boilerplate(line: str, boilerplate: Boilerplate) -> bool:
    """Return whether a line is not part of the article, wherever it occurs."""
    return _is_folded_boilerplate(fold_line(line), boilerplate)


def _is_folded_boilerplate(folded: str, boilerplate: Boilerplate) -> bool:
    return (
        not any(map(str.isalnum, folded))
        or _COUNTER.fullmatch(folded) is not None
        or boilerplate.pages.line.fullmatch(folded) is not None
        or boilerplate.lines.match(folded)
    )


def drop_boilerplate(lines: Sequence[str], boilerplate: Boilerplate) -> list[str]:
    """Return the lines of the article: boilerplate dropped, cut where the article ends.

    A line that ends articles does so only in the last part of the text; earlier, it labels
    a box and only that line is dropped.
    """
    total = sum(map(len, lines))
    kept: list[str] = []
    seen = 0
    for line in lines:
        folded = fold_line(line)
        is_end = boilerplate.ends.match(folded)
        if is_end and seen > _END_SHARE * total:
            break
        seen += len(line)
        if not is_end and not _is_folded_boilerplate(folded, boilerplate):
            kept.append(line)
    return kept
