"""The news agency that an article credits, and the dateline before its first sentence.

Agencies are credited in fixed places: in brackets after the dateline ("LONDON
(Reuters)"), in the first or last paragraph with a reporting verb ("Ukrinform reports"),
alone in brackets at the end ("(AP)"), or in the byline. There, an agency that no list
knows is recognized by its capitals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.patterns import LazyPattern
from transforms.tables import Tables

_MONTHS = r"(?:[^\W\d_]{3,10}\.? \d{1,2}|\d{1,2}\.? [^\W\d_]{3,10}\.?)(?:,? \d{4})?"
_DATELINE = re.compile(
    rf"(?P<place>[A-ZÀ-ÞĀ-ŽА-ЯІЇЄҐ][\w.'’-]{{1,25}}(?:[ /][A-ZÀ-ÞА-ЯІЇЄҐ][\w.'’-]{{0,25}}){{0,3}}"
    rf"(?:, (?!{_MONTHS})[A-Z][\w. ]{{1,20}})?(?:[,.] (?:{_MONTHS}))?)"
    r"\s?(?P<brackets>\([^()]{2,40}\)|/[^/]{2,30}/)?\s?(?:[—–]|--?(?=\s)|:(?=\s))\s?"
)
# Credits follow the headline, the lead or the paragraph that names the event, or end the text.
_OPENING_PARAGRAPHS = 4
_DATELINE_CHARS = 90
# More than a paragraph has; a text without line ends is one paragraph.
_PARAGRAPH_CHARS = 50_000
# An agency that no list knows, in a form that only agencies have: capitals alone in brackets.
_UNKNOWN_FIRST = re.compile(r"\(([^\W\d_a-z]{3,8})\)\s?[-–—]\s")
_UNKNOWN_LAST = re.compile(r"(?:^|[.!?…”\"»’]\s?)[(\[]([^\W\d_a-z]{3,8})[)\]]\W*$")
_ACRONYM = re.compile(r"[^\W\d_a-z]{2,8}")
_HAS_DAY = re.compile(_MONTHS)


@dataclass(frozen=True, slots=True)
class Credits:
    """Word lists and patterns of agency credits.

    Attributes:
        names: Agency names by their folded names and aliases.
        reported: Finds an agency with a reporting verb; group 1 or 2 is its name.
        bracketed: Finds an agency alone in brackets, slashes or after a copyright sign.
        spelled: The names and aliases as they are written in both.
        no_agency: Words in capitals and brackets that are no agency ("(MORE)").
        places: Names of places, which may open a dateline.
    """

    names: Mapping[str, str]
    reported: LazyPattern
    bracketed: LazyPattern
    spelled: tuple[str, ...]
    no_agency: frozenset[str]
    places: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `cleaning/agencies` and `cleaning/credits`."""
        names = {}
        for row in tables["cleaning/agencies"]:
            for name in (row["name"], *filter(None, row["aliases"].split("|"))):
                names[name.casefold()] = row["name"]
        every = [
            n
            for row in tables["cleaning/agencies"]
            for n in (row["name"], *row["aliases"].split("|"))
            if n
        ]
        any_name = "|".join(re.escape(name) for name in sorted(every, key=len, reverse=True))
        after = "|".join(
            re.escape(r["phrase"]) for r in tables["cleaning/credits"] if r["place"] == "after"
        )
        before = "|".join(
            re.escape(r["phrase"]) for r in tables["cleaning/credits"] if r["place"] == "before"
        )
        return cls(
            no_agency=frozenset(
                r["phrase"] for r in tables["cleaning/credits"] if r["place"] == "never"
            ),
            places=frozenset(
                row["name"]
                for row in (*tables["gazetteers/places"], *tables.get("gazetteers/cities", ()))
            ),
            names=names,
            spelled=tuple(every),
            reported=LazyPattern(
                rf"\b({any_name})(?: news agency| correspondent)?,? (?:{after})\b"
                rf"|\b(?:(?i:{before}))(?: the| die| la| l['’]| агентство| агентства)?[: ]\s?({any_name})\b"
            ),
            bracketed=LazyPattern(rf"[(/\[©]\s?({any_name})\b[^()\[\]\n]{{0,40}}[)/\]]?"),
        )


def find_agency(paragraphs: Sequence[str], bylines: Sequence[str], credits_: Credits) -> str | None:
    """Return the agency that an article credits, as the seeds spell it if they list it.

    Args:
        paragraphs: The article's paragraphs, with boilerplate if available.
        bylines: The names in its byline.
        credits_: The compiled credit patterns.
    """
    for name in bylines:
        if name.casefold() in credits_.names:
            return credits_.names[name.casefold()]
    first = next(iter(paragraphs), "")
    match = _match_dateline(first, credits_)
    if match and match["brackets"]:
        credit = match["brackets"].strip("()/").split(",")[0].split("/")[0].strip()
        return credits_.names.get(credit.casefold(), credit)
    opening, ending = paragraphs[:_OPENING_PARAGRAPHS], paragraphs[_OPENING_PARAGRAPHS:][-2:]
    searched = [*opening, *ending]
    whole = "\n".join(searched)
    if not any(name in whole for name in credits_.spelled):  # most texts: the patterns are slow
        searched = []
    for at, paragraph in enumerate(searched):
        found = credits_.bracketed.search(paragraph[-_DATELINE_CHARS:]) if at > 1 else None
        found = found or credits_.reported.search(paragraph[:_PARAGRAPH_CHARS])
        if found:
            name = next(group for group in found.groups() if group)
            return credits_.names[name.casefold()]
    return _find_unknown(first, paragraphs[-3:], credits_)


def _find_unknown(first: str, ending: Sequence[str], credits_: Credits) -> str | None:
    """Return an agency that no list knows: capitals in brackets before or after the text.

    A longer word in capitals or the end of the text in brackets ("(MORE)") is none.
    """
    found = _UNKNOWN_FIRST.match(first)
    endings = (_UNKNOWN_LAST.search(paragraph[-_DATELINE_CHARS:]) for paragraph in ending)
    for match in (found, *endings):
        if match and match[1].isupper() and match[1].lower() not in credits_.no_agency:
            return match[1]
    return None


def find_dateline(paragraph: str, credits_: Credits) -> str | None:
    """Return the place and day before the first sentence, or None.

    Capitals, a day or a following agency distinguish a dateline from a sentence.
    """
    match = _match_dateline(paragraph, credits_)
    return match["place"].rstrip(" ,.") if match else None


def _match_dateline(paragraph: str, credits_: Credits) -> re.Match[str] | None:
    match = _DATELINE.match(paragraph[:_DATELINE_CHARS])
    if not match:
        return None
    brackets = (match["brackets"] or "").strip("()/").casefold()
    if any(part.strip() in credits_.names for part in re.split("[/,]", brackets)):
        return match
    town = match["place"].split(",")[0]
    is_shouted = town.upper() == town and sum(map(str.isalpha, town)) > 2
    has_day = _HAS_DAY.search(match["place"]) is not None
    # "Larch Crossing (HQA) –", but not "Lindqvist (SPD) –"
    acronym = _ACRONYM.fullmatch((match["brackets"] or "").strip("()/"))
    is_credited = bool(acronym and acronym[0].isupper() and town in credits_.places)
    is_dateline = is_shouted or has_day or is_credited
    return match if is_dateline and not match[0].rstrip().endswith(":") else None
