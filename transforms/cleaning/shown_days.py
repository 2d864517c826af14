"""Days that a page shows ("Updated 28 November 2023") or that its URL names.

`find_shown` is used if nothing states when an article was published. It accepts a short
line after the headline with one day, in figures or with a month name in one of some
thirty languages; days further down belong to other articles. `search_published`, the
last resort, has htmldate search the whole page. `days_in_address` reads the URL of a
sitemap (`sitemap-2024-06.xml`) or of a page (`/2024/06/03/`).
"""

from __future__ import annotations

import itertools
import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from htmldate import find_date
from lxml.html import HtmlElement

from transforms.cleaning.blocks import key_of
from transforms.cleaning.instants import FIRST_YEAR, Stamp
from transforms.cleaning.page import squeeze

_LINE_CHARS = 60
_TEXT_CHARS = 1500  # of text after the headline; the byline is within it
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
# Digits that belong to a longer run are some other number.
_URL_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_/.]?)(0?[1-9]|1[0-2])\2([0-2]?[1-9]|[123]0|31)(?!\d)"
)
_URL_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?!\d)")
_URL_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_URL_QUERY = re.compile(
    r"(?:^|[?&])y(?:yyy|ear)=((?:19|20)\d\d)&m(?:m|onth)=(\d\d?)(?:&d(?:d|ay)=(\d\d?))?(?!\d)"
)
_SEARCH_CONFIDENCE = 0.7  # two in three are right, on pages that state no publication time


def find_shown(
    tree: HtmlElement, title: str | None, months: Mapping[str, int], *, latest: datetime
) -> Stamp | None:
    """Return the day that the page shows after its headline.

    Args:
        tree: The page, before anything is cut out of it.
        title: The headline of the article, to distinguish it from others.
        months: Month numbers by month names and abbreviations in lower case.
        latest: No article is published after this instant.
    """
    for line in _lines_behind_headline(tree, title):
        day = read_day(line, months)
        if day and day.year >= FIRST_YEAR and day <= latest + timedelta(days=1):
            return Stamp(day, "day", "text", _CONFIDENCE)
    return None


def _lines_behind_headline(tree: HtmlElement, title: str | None) -> Iterator[str]:
    """Yield the short lines after the headline, as far down as a byline may be."""
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
    """Return the day in a short line, None if there is none or it is ambiguous.

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


def days_in_address(url: str) -> tuple[date, date] | None:
    """Return the first and last day that the URL names, or None.

    >>> days_in_address("https://harbour-times.example/sitemap-2024-02.xml")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> days_in_address("https://harbour-times.example/2024/06/03/ferry-landing-opens")
    (datetime.date(2024, 6, 3), datetime.date(2024, 6, 3))
    >>> days_in_address("https://harbour-times.example/sitemap-posts-17.xml")
    """
    path = url.partition("://")[2].partition("/")[2]
    if found := _URL_QUERY.search(path):
        return _span(int(found[1]), int(found[2]), int(found[3] or 0))
    if found := _URL_DAY.search(path):
        return _span(int(found[1]), int(found[3]), int(found[4]))
    if found := _URL_MONTH.search(path):
        return _span(int(found[1]), int(found[2]), 0)
    if found := _URL_YEAR.search(path):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    return None


def _span(year: int, month: int, day: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day > last:
        return None
    return date(year, month, day or 1), date(year, month, day or last)


def search_published(tree: HtmlElement, *, latest: datetime) -> Stamp | None:
    """Return the day that htmldate finds in the markup and text of a page.

    Used only if cheaper sources find nothing: it takes as long as the extraction.
    """
    found = find_date(
        tree, original_date=True, extensive_search=True, max_date=latest.date().isoformat()
    )
    if not found:
        return None
    return Stamp(
        datetime.fromisoformat(found).replace(tzinfo=UTC), "day", "search", _SEARCH_CONFIDENCE
    )
