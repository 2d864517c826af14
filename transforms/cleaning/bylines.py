"""Bylines parsed into lists of authors.

A byline is written for people: "By Anna Weaver and Tom Reed, staff writers". It is split
at joiners, commas and line breaks. Prefixes, roles, addresses and places are removed;
anything left is a name. `seeds/cleaning/bylines.csv` lists the words for each step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.cleaning.blocks import key_of
from transforms.cleaning.page import squeeze
from transforms.tables import Tables

_NOISE = re.compile(
    r"\([^)]{0,80}\)|\[[^\]]{0,80}\]|<[^>]{0,80}>|\S{1,64}@\S{1,64}|https?:\S+|www\.\S+|@\w+"
)
_CUT = re.compile(r"\s*(?:[;|•·/\n\r\t—]|\s-\s|\s–\s)\s*")
_DIGIT = re.compile(r"\d")
_MAX_NAME_WORDS = 5
_MAX_PIECE_WORDS = 6
_MAX_NAME_CHARS = 50


@dataclass(frozen=True, slots=True)
class Bylines:
    """The words used in bylines.

    Attributes:
        prefix: Matches text before the names ("Reporting by").
        opening: Matches words that identify a byline ("By").
        joiner: Splits between names ("and").
        suffix: Words after a comma that belong to the name before it ("Jr.").
        role: Job titles ("staff writer").
        organization: Last words of the names of publishers and agencies ("Times").
        no_name: Whole names that name nobody ("admin").
        agencies: Agency names by their folded names and aliases.
    """

    prefix: re.Pattern[str]
    opening: re.Pattern[str]
    joiner: re.Pattern[str]
    suffix: frozenset[str]
    role: frozenset[str]
    organization: frozenset[str]
    no_name: frozenset[str]
    agencies: dict[str, str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `cleaning/bylines` and `cleaning/agencies`."""
        kinds = ("prefix", "opening", "joiner", "suffix", "role", "organization", "no_name")
        words: dict[str, list[str]] = {kind: [] for kind in kinds}
        for row in tables["cleaning/bylines"]:
            words[row["kind"]].append(row["phrase"])
        agencies = {}
        for row in tables["cleaning/agencies"]:
            for name in (row["name"], *filter(None, row["aliases"].split("|"))):
                agencies[name.casefold()] = row["name"]
        prefixes = "|".join(
            re.escape(word) for word in sorted(words["prefix"], key=len, reverse=True)
        )
        openings = "|".join(map(re.escape, words["opening"]))
        joiners = "|".join(
            re.escape(word) for word in sorted(words["joiner"], key=len, reverse=True)
        )
        return cls(
            prefix=re.compile(rf"\W*(?:{prefixes})(?:\s*[:：]\s*|\s+(?=\w|—|–|-))", re.IGNORECASE),
            joiner=re.compile(rf"\s+(?:{joiners})\s+"),
            suffix=frozenset(words["suffix"]),
            role=frozenset(words["role"]),
            organization=frozenset(words["organization"]),
            opening=re.compile(rf"(?:{openings})[:\s—–]+(?=[^\W\d_])", re.IGNORECASE),
            no_name=frozenset(words["no_name"] + words["prefix"]),
            agencies=agencies,
        )


def split_byline(byline: str, bylines: Bylines) -> list[str]:
    """Return the distinct names in a byline, in order.

    "By Anna Weaver and Tom Reed, staff writers" names Anna Weaver and Tom Reed. Text after
    a piece that is too long for a name is a description and names nobody.
    """
    text = _NOISE.sub(" ", byline).replace("\xa0", " ")
    names: list[str] = []
    for line in _CUT.split(_strip_prefix(text, bylines)):
        if ":" in line:  # "Photo: ..."
            break
        for piece in _strip_prefix(squeeze(line), bylines).split(","):
            if len(piece.split()) > _MAX_PIECE_WORDS:
                break
            for part in bylines.joiner.split(piece):
                _read_name(part, names, bylines)
    return list(dict.fromkeys(names))


def _strip_prefix(text: str, bylines: Bylines) -> str:
    for _ in range(2):
        match = bylines.prefix.match(text)
        if not match:
            break
        text = text[match.end() :]
    return text.lstrip(" —–-:")


def _read_name(part: str, names: list[str], bylines: Bylines) -> None:
    """Add the person or the name suffix in a piece of a byline to `names`."""
    text = _strip_prefix(squeeze(part).strip(" .:•*–—-"), bylines)
    key = text.lower().rstrip(".")
    if key in bylines.suffix:
        if names:
            names[-1] = f"{names[-1]}, {squeeze(part)}"
    elif key not in bylines.role and is_name(text := _without_role(text, bylines), bylines):
        is_organization = text.isupper() and any(not name.isupper() for name in names)
        if text and not is_organization:
            names.append(text)


def _without_role(text: str, bylines: Bylines) -> str:
    """Return a name without the role right after it ("Lee Ho 기자")."""
    words = text.split(" ")
    for at in range(1, len(words)):
        if " ".join(words[at:]).lower() in bylines.role:
            return " ".join(words[:at])
    return text


def is_name(text: str, bylines: Bylines) -> bool:
    """Return whether a piece of a byline can be a person's name.

    A name has no digits and few words, and starts with a capital if its script has capitals
    (apart from particles such as "van").
    """
    words = text.split()
    if text.casefold() in bylines.agencies:
        return True
    if (
        not words
        or len(words) > _MAX_NAME_WORDS
        or len(text) > _MAX_NAME_CHARS
        or _DIGIT.search(text)
    ):
        return False
    if (
        text.lower() in bylines.no_name
        or len(key_of(text)) < 2
        or any(char in text for char in '?!{}=_"%#+:')
    ):
        return False
    cased = [word for word in words if word[:1].isalpha() and word[:1].lower() != word[:1].upper()]
    return len(cased) != len(words) or any(word[:1].isupper() for word in words)


def choose_authors(
    sources: Iterable[Sequence[str]], bylines: Bylines, sites: frozenset[str]
) -> tuple[str, ...]:
    """Return the authors from the first source that names people.

    Args:
        sources: Bylines by source, most trusted first.
        bylines: The words used in bylines.
        sites: Keys of the site's own names, which are not authors.

    Returns:
        The people, without agencies and the site's own name; if no source names anybody,
        the first organization that claims the article.
    """
    organizations: list[str] = []
    for source in sources:
        stated = [
            byline for byline in source if not byline.startswith(",")
        ]  # ", The Herald" is not a known name
        names = [name for byline in stated for name in split_byline(byline, bylines)]
        people = [name for name in names if not _is_organization(name, bylines, sites)]
        if people:
            return tuple(dict.fromkeys(people))
        organizations += [
            name for name in (*names, *stated) if _is_organization(name, bylines, sites)
        ]
    return tuple(organizations[:1])


def _is_organization(name: str, bylines: Bylines, sites: frozenset[str]) -> bool:
    if name.casefold() in bylines.agencies or key_of(name).lower() in sites:
        return True
    return " " in name and name.lower().rsplit(" ", 1)[1] in bylines.organization
