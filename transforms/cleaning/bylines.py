"""Bylines parsed into lists of authors.

A byline is written for people: "By Anna Weaver and Tom Reed, staff writers". It is split
at joiners, commas and line breaks. Prefixes, offices, degrees, addresses and places are
removed; anything left is a name. `seeds/cleaning/bylines.csv` lists the words for each
step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from transforms.cleaning.blocks import key_of
from transforms.cleaning.offices import Offices
from transforms.cleaning.page import squeeze
from transforms.cleaning.person_names import WITHOUT_SPACES, distinct_names, full_names
from transforms.normal_forms import normalize
from transforms.patterns import LazyPattern
from transforms.tables import Tables

_NOISE = re.compile(
    r"\([^)]{0,80}\)|\[[^\]]{0,80}\]|【[^】]{0,40}】|<[^>]{0,80}>|\S{1,64}@\S{1,64}|https?:\S+|www\.\S+|@\w+"
    r"|(?<=[\u3040-\ud7a3]) ?외 ?\d+명"
)
_CUT = re.compile(r"[;|•·⋅●▪/／\n\r\t—｜]|\s-\s|\s–\s")
_POSSESSIVE = re.compile(r"^.{2,40}\w['’]s (?=[^\W\d_a-z]\w+ [^\W\d_a-z])")
_COMMA = re.compile(r"[,，、،]")
_PHOTO_BRACKETS = re.compile(r"\(([^()]{1,30})\)")
_EDGES = " .:•*–—-&"
_LABEL = re.compile(r"[:：](?!\d)")  # of something that no list has
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\d.*\d.*\d")  # "12 May 2024", "3/4/2025"; one digit is a footnote
_MAX_NAME_WORDS = 5
_MAX_PIECE_WORDS = 6
_MAX_NAME_CHARS = 50
_MAX_PARTICLE_CHARS = 4  # "van", "della"
_UNSPACED = "[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_KINDS = (
    "prefix", "opening", "joiner", "suffix", "degree", "organization", "no_name", "action", "credit",
    "cut",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bylines:
    """The words used in bylines.

    Attributes:
        prefix: Matches text before the names ("Reporting by").
        opening: Matches words that identify a byline ("By").
        joiner: Splits between names ("and").
        suffix: Words after a comma that belong to the name before it ("Jr.").
        degree: Degrees and honours after a name ("PhD"), which are no part of it.
        offices: Job titles ("staff writer").
        organization: Last words of the names of publishers and agencies ("Times").
        no_name: Whole names that name nobody ("admin").
        action: First words of links beside a name ("follow").
        credit: Matches what people did who are not the authors ("Photo by").
        credit_inside: Finds the same behind other names ("Anna Weaver Photos: Tom Reed").
        cut: Words after which a place or an employer follows ("in").
        cut_endings: In scripts without spaces, endings of words for the place of a report.
        places: Names of places that are no given names, as written and in lower case.
        given: Given names of people.
        agencies: Agency names by their folded names and aliases.
    """

    prefix: LazyPattern
    opening: re.Pattern[str]
    joiner: LazyPattern
    suffix: frozenset[str]
    degree: frozenset[str]
    offices: Offices
    organization: frozenset[str]
    no_name: frozenset[str]
    action: frozenset[str]
    credit: LazyPattern
    credit_inside: LazyPattern
    cut: frozenset[str]
    cut_endings: tuple[str, ...]
    places: frozenset[str]
    given: frozenset[str]
    agencies: dict[str, str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `cleaning/bylines` and `cleaning/agencies`."""
        words: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        for row in tables["cleaning/bylines"]:
            if row["kind"] in words:
                words[row["kind"]].append(row["phrase"])
        agencies = {}
        for row in tables["cleaning/agencies"]:
            for name in (row["name"], *filter(None, row["aliases"].split("|"))):
                agencies[name.casefold()] = row["name"]
        given = frozenset(row["name"] for row in tables["gazetteers/given_names"])
        prefixes = _any_of(words["prefix"])
        unspaced = _any_of([w for w in words["prefix"] if len(w) > 1 and w[0] > WITHOUT_SPACES])
        return cls(
            prefix=LazyPattern(
                rf"\W*(?:(?:{prefixes})\.?(?:\s*[:：=＝・]\s*|\s+(?=\w|—|–|-))|(?:{unspaced})(?={_UNSPACED}))",
                re.IGNORECASE,
            ),
            joiner=LazyPattern(rf"\s+(?:{_any_of(words['joiner'])})\s+"),
            suffix=frozenset(words["suffix"]),
            degree=frozenset(words["degree"]),
            offices=Offices.from_rows(tables["cleaning/bylines"]),
            organization=frozenset(words["organization"]),
            opening=re.compile(
                rf"(?:{_any_of(words['opening'])})[:：/\s—–]+(?=[^\W\d_])", re.IGNORECASE
            ),
            no_name=frozenset(words["no_name"] + words["prefix"]),
            action=frozenset(words["action"]),
            credit=LazyPattern(rf"\W*(?:{_any_of(words['credit'])})(?!\w)", re.IGNORECASE),
            credit_inside=_inside(words["credit"]),
            cut=frozenset(words["cut"]),
            cut_endings=tuple(word for word in words["cut"] if word[0] > WITHOUT_SPACES),
            places=_place_names(tables, given),
            given=given,
            agencies=agencies,
        )


def _place_names(tables: Tables, given: frozenset[str]) -> frozenset[str]:
    rows = [*tables["gazetteers/places"], *tables.get("gazetteers/cities", ())]
    names = frozenset(row["name"] for row in rows) - given
    return names | {name.casefold() for name in names if " " in name}


def _inside(credits_: Sequence[str]) -> LazyPattern:
    phrases = _any_of(w for w in credits_ if " " in w or w[0] > WITHOUT_SPACES)
    return LazyPattern(rf"\s(?=(?:{_any_of(credits_)})\s?[:：]|(?:{phrases})\s)", re.IGNORECASE)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def split_byline(byline: str, bylines: Bylines) -> list[str]:
    """Return the distinct names in a byline, in order.

    "By Anna Weaver and Tom Reed, staff writers" names Anna Weaver and Tom Reed. Text after
    a piece that is too long for a name is a description and names nobody. Who took the
    photos or checked the facts is no author.
    """
    return read_byline(byline, bylines).authors


@dataclass(frozen=True, slots=True)
class Byline:
    """The names in a byline: its authors, and others that it credits ("Photo by")."""

    authors: list[str]
    others: list[str]


def read_byline(byline: str, bylines: Bylines) -> Byline:
    """Return the distinct authors in a byline and the others that it credits, in order."""
    text = normalize("NFC", byline).replace("\xa0", " ")
    names: list[str] = []
    others: list[str] = []
    is_credit = False
    text = _NOISE.sub(" ", _without_photographers(text, bylines))
    for line in map(str.strip, _CUT.split(bylines.credit_inside.sub("\n", text))):
        is_text = bylines.prefix.match(line) is not None
        if bylines.credit.match(line) and not _is_text_credit(line, bylines):
            is_credit = True
        elif is_text:
            is_credit = False
        if names and _TIME.search(line):
            break  # what follows the time is no longer the byline
        found = bylines.credit.match(line) if is_credit else None
        _read_line(line[found.end() if found else 0 :], others if is_credit else names, bylines)
    agencies = [name for name in names if name.casefold() in bylines.agencies]
    kept = {*full_names(names), *agencies}
    return Byline(distinct_names(name for name in names if name in kept), others)


def _is_text_credit(line: str, bylines: Bylines) -> bool:
    """Return whether a line that starts like a photo credit also credits the text."""
    found = bylines.prefix.match(line)
    credit = bylines.credit.match(line)
    return bool(found and credit and found.end() > credit.end())


def _without_photographers(text: str, bylines: Bylines) -> str:
    """Return `text` without names that brackets mark: "Anna Weber (Text), Jan Holm (Fotos)"."""
    kept = ""
    start = 0
    for match in _PHOTO_BRACKETS.finditer(text):
        piece = text[start : match.start()]
        if bylines.credit.fullmatch(match[1].strip()):
            ends = [m.start() for m in _COMMA.finditer(piece)]
            ends += [m.start() for m in bylines.joiner.finditer(piece)]
            piece = piece[: max(ends, default=0)]
        kept += f"{piece} {match[0]}"
        start = match.end()
    return kept + text[start:]


def _read_line(line: str, names: list[str], bylines: Bylines) -> None:
    """Add the names in a piece of a byline between breaks to `names`."""
    line = _strip_prefix(squeeze(line), bylines)
    if _LABEL.search(line):
        return
    many = len(names)
    for piece in _COMMA.split(line):
        if len(piece.split()) > _MAX_PIECE_WORDS and not bylines.joiner.search(piece):
            break
        if bylines.offices.is_office(piece):
            continue
        for part in bylines.joiner.split(piece):
            _read_name(part, names, bylines)
        if len(names) == many and names:
            break  # a description of the people named before


def plain_byline(byline: str, bylines: Bylines) -> str:
    """Return a byline as one line, without the words before its names."""
    return squeeze(_strip_prefix(byline, bylines)).strip(_EDGES)


def _strip_prefix(text: str, bylines: Bylines) -> str:
    for _ in range(2):
        match = bylines.prefix.match(text)
        if not match:
            break
        text = text[match.end() :]
    return text.lstrip(" —–-:/")


def _read_name(part: str, names: list[str], bylines: Bylines) -> None:
    """Add the person or the name suffix in a piece of a byline to `names`."""
    text = _strip_prefix(squeeze(part).strip(_EDGES), bylines)
    key = text.lower().rstrip(".")
    if key in bylines.suffix and names:
        names[-1] = f"{names[-1]}, {squeeze(part)}"
        return
    text = _without_degrees(_POSSESSIVE.sub("", _without_action(text, bylines)), bylines)
    if not _is_known_group(text, bylines):
        text = _before_cut(text, bylines)
        if not _is_group(text, bylines):
            text = bylines.offices.cut(text, is_first=not names)
            text = _without_degrees(text.strip(_EDGES), bylines)
        elif names and bylines.offices.is_modified(text):
            return
    if is_name(text, bylines) and not _is_place(text, names, bylines):
        last = text.split()[-1].lower()
        is_short = (last in bylines.suffix or len(last) == 1) and f"{text}." in part
        names.append(f"{text}." if is_short else text)


def _is_known_group(text: str, bylines: Bylines) -> bool:
    return text.casefold() in bylines.agencies


def _without_action(text: str, bylines: Bylines) -> str:
    """Return the words before a link's ("Anna Weaver Email the author"), "" if it is one."""
    words = text.split(" ")
    for at, word in enumerate(words):
        if word.lower().strip(".:") in bylines.action and at != 1:
            is_followed = at == 0 or at + 1 == len(words) or words[at + 1][:1].islower()
            if is_followed:
                return " ".join(words[:at])
    return text


def _is_group(text: str, bylines: Bylines) -> bool:
    """Return whether a piece names an organization as a whole ("The Herald Staff")."""
    words = text.lower().split()
    if len(words) < 2 or words[-1] not in bylines.organization:
        return False
    return (
        words[0] not in bylines.offices.unnamed
        and text.split(maxsplit=1)[0] != text.split(maxsplit=1)[0].lower()
    )


def _is_place(text: str, names: Sequence[str], bylines: Bylines) -> bool:
    """Return whether a piece after a name is a place, or one word like an employer's name."""
    if text.casefold() in bylines.agencies:
        return False
    if " " in text:
        return bool(names) and text.casefold() in bylines.places
    is_beside = text[0] < WITHOUT_SPACES and any(" " in name for name in names)
    return is_beside or text in bylines.places


def _without_degrees(text: str, bylines: Bylines) -> str:
    """Return a name without the degrees after it ("Ida Holm PhD")."""
    words = text.split(" ")
    while words and words[-1].lower().strip(".,;") in bylines.degree:
        if len(words) > 2 or words[-1].strip(".,;").isupper() or "." in words[-1].strip("."):
            words.pop()
        else:
            break
    if len(words) == 1 and words[0].lower().strip(".,") in bylines.degree:
        return ""
    return " ".join(words).rstrip(",")


def _before_cut(text: str, bylines: Bylines) -> str:
    """Return the words before a place or an employer ("Tom Reed in Oslo")."""
    words = text.split(" ")
    if text[:1] > WITHOUT_SPACES:
        return " ".join(word for word in words if not word.endswith(bylines.cut_endings))
    if words[0] in bylines.cut:
        return ""
    for at, word in enumerate(words[1:], 1):
        if word in bylines.cut:
            return " ".join(words[:at]) if at > 1 or word[0] > WITHOUT_SPACES else ""
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
        text.lower().strip(".") in bylines.no_name
        or text.lower() in bylines.offices.phrases
        or len(key_of(text)) < 2
        or any(char in text for char in '?!{}=_"%#+:')
    ):
        return False
    is_opened = words[0][:1].upper() == words[0][:1] or len(words[0]) <= _MAX_PARTICLE_CHARS
    is_closed = words[-1][:1].upper() == words[-1][:1]
    return is_opened and is_closed
