"""The day that a page shows under its headline ("Updated 28 November 2023").

Asked where nothing states the publication. A short line behind the headline that holds
one day, in figures or with the name of a month in one of some thirty languages, is it;
days further down belong to other articles.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from lxml.html import HtmlElement

from transforms.cleaning.blocks import key_of
from transforms.cleaning.instants import FIRST_YEAR, Stamp
from transforms.cleaning.page import squeeze

_LINE_CHARS = 60
_TEXT_CHARS = 1500  # of text behind the headline; the byline is within
_ELEMENTS = 500
_HEADLINES = 20
_CONFIDENCE = 0.9
_FIGURES = re.compile(
    r"(?<!\d)(?:(\d{4})([-/.年])\s?(\d{1,2})(?:\2|月)\s?(\d{1,2})|(\d{1,2})([./-])\s?(\d{1,2})\6\s?(\d{4}))(?!\d)"
)
_WORDS = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|º|er)?,?\s(?:de\s|of\s)?([^\W\d_]{3,12})\.?,?\s(?:de\s|del\s)?(\d{4})(?!\d)"
    r"|([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})(?!\d)"
)
_NO_DATE = ("©", "copyright", "(c)")


def find_shown(
    tree: HtmlElement, title: str | None, months: Mapping[str, int], *, latest: datetime
) -> Stamp | None:
    """Return the day that the page shows behind its headline.

    Args:
        tree: The page, before anything is cut out of it.
        title: The headline of the article, to tell it from others.
        months: Numbers of months by their names and abbreviations, in lower case.
        latest: Nothing is published after this instant.
    """
    for line in _lines_behind_headline(tree, title):
        day = read_day(line, months)
        if day and day.year >= FIRST_YEAR and day <= latest + timedelta(days=1):
            return Stamp(day, "day", "text", _CONFIDENCE)
    return None


def _lines_behind_headline(tree: HtmlElement, title: str | None) -> Iterator[str]:
    """Yield the short lines from the headline on, as far as a byline may stand."""
    headlines = list(itertools.islice(tree.iter("h1"), _HEADLINES))
    if not headlines:
        return
    key = key_of(title or "")
    named = [element for element in headlines if key and key_of(element.text_content()) == key]
    headline = next(iter([*named, *headlines]))
    passed = 0
    behind = itertools.dropwhile(lambda element: element is not headline, tree.iter())
    for element in itertools.islice(behind, _ELEMENTS):
        if element.tag in {"script", "style"}:
            continue
        for text in (element.text, element.tail):
            line = squeeze(text or "")
            if 0 < len(line) <= _LINE_CHARS:
                yield line
            passed += len(line)
        if passed > _TEXT_CHARS:
            return


def read_day(line: str, months: Mapping[str, int]) -> datetime | None:
    """Return the day in a short line, None where there is none or it may be two days.

    >>> read_day("Erstellt am: 28.11.2023", {}).date().isoformat()
    '2023-11-28'
    >>> read_day("Le 3 mars 2021", {"mars": 3}).date().isoformat()
    '2021-03-03'
    >>> read_day("04/05/2021", {})
    """
    if line.lower().startswith(_NO_DATE):
        return None
    try:
        return _read_words(line, months) or _read_figures(line)
    except ValueError:  # the 31st of February
        return None


def _read_words(line: str, months: Mapping[str, int]) -> datetime | None:
    for match in _WORDS.finditer(line):
        day, name, year = match.group(1, 2, 3) if match[1] else match.group(5, 4, 6)
        month = months.get(name.lower())
        if month:
            return datetime(int(year), month, int(day), tzinfo=UTC)
    return None


def _read_figures(line: str) -> datetime | None:
    match = _FIGURES.search(line)
    if not match:
        return None
    if match[1]:
        return datetime(int(match[1]), int(match[3]), int(match[4]), tzinfo=UTC)
    day, month, year = int(match[5]), int(match[7]), int(match[8])
    if match[6] == "/" and day <= 12 and month <= 12 and day != month:
        return None  # 4/5: April or May, by country
    if month > 12:
        day, month = month, day
    return datetime(year, month, day, tzinfo=UTC)
