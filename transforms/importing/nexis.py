"""Documents in the text exports of Nexis, old and new.

Old exports begin each document with "1 of 25 DOCUMENTS" and name their parts in capitals
("BYLINE:", "LENGTH:"); the lines of a paragraph are wrapped. New ones (Nexis Uni, saved
as text) end each document with "End of Document" and put "Body" before the text. In both,
publication, day and headline have no names; they stand above the named parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

Part = dict[str, str]

_OLD_START = re.compile(
    r"^[ \t]*(?:Document )?\d+ (?:of|von|de|sur) \d+ (?:DOCUMENTS?|DOKUMENTEN?)[ \t]*$",
    re.MULTILINE,
)
_NEW_END = re.compile(r"^[ \t]*End of Document[ \t]*$", re.MULTILINE)
_PART = re.compile(r"^([A-Z][A-Za-z]+(?:-[A-Za-z]+)*):[ \t]*(.*)$")
_DAY = re.compile(
    r"\b[^\W\d_]{3,9}\.? \d{1,2},? \d{4}\b|\b\d{1,2}\.? [^\W\d_]{3,9}\.?,? \d{4}\b|\b\d{4}-\d\d-\d\d\b"
)
_TIME = re.compile(r"\b\d{1,2}:\d{2}(?: ?[AP]M)?(?: [A-Z]{3,5})?\b")
_COPYRIGHT = re.compile(r"^\s*(?:copyright\b|©|\(c\) \d{4}|all rights reserved)", re.IGNORECASE)
_LEADING: Final = frozenset({"byline", "section", "length", "dateline", "highlight", "series"})
_TRAILING: Final = frozenset({
    "load-date", "language", "publication-type", "graphic", "subject", "geographic", "company",
    "organization", "person", "journal-code", "acc-no", "correction", "correction-date",
    "document-type", "type", "industry", "country", "state", "city", "ticker", "classification",
    "notes",
})  # fmt: skip
_LANGUAGES: Final = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "spanish": "es",
    "italian": "it", "portuguese": "pt", "dutch": "nl", "polish": "pl", "russian": "ru",
    "ukrainian": "uk", "danish": "da", "swedish": "sv", "norwegian": "no",
}  # fmt: skip


def is_nexis(head: str) -> bool:
    r"""Whether a text begins like an export of Nexis.

    >>> is_nexis("                 1 of 2 DOCUMENTS\n\n      Harbour Times\n")
    True
    """
    if _OLD_START.search(head[:2000]):
        return True
    lines = {line.strip().partition(":")[0] for line in head.splitlines()}
    return {"Length", "Body"} <= lines and ("Load-Date" in lines or "End of Document" in lines)


def read_nexis(text: str) -> Iterator[Part]:
    """Yield each document: title, publisher, published, authors, language and text.

    A part that a document lacks is missing. A document without a text has an empty one.
    """
    is_old = _OLD_START.search(text) is not None
    pieces = _OLD_START.split(text)[1:] if is_old else _NEW_END.split(text)
    for piece in pieces:
        lines = [line.rstrip() for line in piece.splitlines()]
        if any(line.strip() for line in lines):
            yield _read_old(lines) if is_old else _read_new(lines)


def _read_old(lines: list[str]) -> Part:
    first = next((at for at, line in enumerate(lines) if _name_of(line) in _LEADING), len(lines))
    paragraphs = list(_paragraphs(lines[:first]))
    paragraphs = [one for one in paragraphs if not _COPYRIGHT.match(one)]
    day = next((at for at, one in enumerate(paragraphs) if _DAY.search(one)), None)
    found: Part = {}
    if day is not None:
        found["published"] = _moment(paragraphs[day])
        found["publisher"] = " ".join(paragraphs[:day])
        found["title"] = " ".join(paragraphs[day + 1 :])
    elif paragraphs:
        found["publisher"], found["title"] = paragraphs[0], " ".join(paragraphs[1:])
    last_leading = _after_leading(lines, first)
    found |= _named(lines[first:last_leading])
    return _with_text(found, lines[last_leading:], is_wrapped=True)


def _read_new(lines: list[str]) -> Part:
    body = next((at for at, line in enumerate(lines) if line.strip() == "Body"), None)
    head = lines[: len(lines) if body is None else body]
    plain = [line.strip() for line in head if line.strip()]
    unnamed = [line for line in plain if not _PART.match(line) and not _COPYRIGHT.match(line)]
    day = next((at for at, line in enumerate(unnamed) if _DAY.search(line)), None)
    found = _named(head)
    if day is not None:
        found["published"] = _moment(unnamed[day])
        found["publisher"] = unnamed[day - 1] if day else ""
        found["title"] = " ".join(unnamed[: max(day - 1, 0)])
    elif unnamed:
        found["title"] = unnamed[0]
    return _with_text(found, [] if body is None else lines[body + 1 :], is_wrapped=False)


def _moment(line: str) -> str:
    """Return the day in a line, and its time, without weekday and edition.

    >>> _moment("April 11, 2025 Friday 8:30 AM GMT")
    'April 11, 2025 8:30 AM GMT'
    """
    found = (_DAY.search(line), _TIME.search(line))
    return " ".join(one[0] for one in found if one)


def _with_text(found: Part, lines: list[str], *, is_wrapped: bool) -> Part:
    end = next((at for at, line in enumerate(lines) if _name_of(line) in _TRAILING), len(lines))
    trailing = _named(lines[end:])
    body = lines[:end]
    paragraphs = _paragraphs(body) if is_wrapped else filter(None, map(str.strip, body))
    known = {key: value for key, value in (found | trailing).items() if value}
    language = known.pop("language", "").partition(";")[0].strip().casefold()
    if language in _LANGUAGES:
        known["language"] = _LANGUAGES[language]
    kept = [one for one in paragraphs if not _COPYRIGHT.match(one)]
    return known | {"text": "\n".join(kept)}


def _after_leading(lines: list[str], start: int) -> int:
    """Return the line at which the text begins: behind the last part before it."""
    end = start
    at = start
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        if _name_of(lines[at]) not in _LEADING:
            break
        while at < len(lines) and lines[at].strip():
            at += 1
        end = at
    return end


def _name_of(line: str) -> str:
    match = _PART.match(line.strip())
    return match[1].casefold() if match else ""


def _named(lines: list[str]) -> Part:
    """Return byline and language from the named parts; a part ends at a blank line."""
    found: Part = {}
    for name, field in (("byline", "authors"), ("language", "language")):
        at = next((at for at, line in enumerate(lines) if _name_of(line) == name), None)
        if at is not None:
            end = next(
                (
                    i
                    for i in range(at + 1, len(lines))
                    if not lines[i].strip() or _name_of(lines[i])
                ),
                len(lines),
            )
            joined = " ".join(line.strip() for line in lines[at:end])
            found[field] = joined.partition(":")[2].strip()
    return found


def _paragraphs(lines: list[str]) -> Iterator[str]:
    """Yield the paragraphs of wrapped lines, each as one line."""
    held: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            held.append(line.strip())
        elif held:
            yield " ".join(held)
            held = []
