"""Days that a page shows ("Updated 28 November 2023") or that its URL names.

`find_shown` is used if no metadata states when an article was published. It accepts a
`<time>` element or a short line near the headline with one day, in figures or with a
month name in one of some thirty languages; days further down belong to other articles. `search_published`, the
last resort, has htmldate search the whole page. `days_in_address` reads the URL of a
sitemap (`sitemap-2024-06.xml`) or of a page (`/2024/06/03/`).
"""

from __future__ import annotations

import collections
import itertools
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from lxml.html import HtmlElement

from transforms.cleaning.blocks import key_of
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.instants import FIRST_YEAR, Stamp, read_instant
from transforms.cleaning.page import squeeze

_LINE_CHARS = 60
_TEXT_CHARS = 1500  # of text after the headline; the byline is within it
_ELEMENTS = 500
_ELEMENTS_BEFORE = 12  # a kicker line above the headline, not the menu
_HEADLINES = 20
_CONFIDENCE = 0.9
_CHANGE_CONFIDENCE = 0.6  # of the day of a change, if no other is shown
_FIGURES = re.compile(
    r"(?<!\d)(?:(\d{4})([-/.年])\s?(\d{1,2})(?:\2|月)\s?(\d{1,2})|(\d{1,2})([./-])\s?(\d{1,2})\6\s?(\d{4}))(?!\d)"
)
_WORDS = re.compile(
    r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|º|er)?,?\s(?:de\s|of\s)?([^\W\d_]{3,12})\.?,?\s(?:de\s|del\s)?(\d{4})(?!\d)"
    r"|([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})(?!\d)"
)
_DATE_NAME = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|pubdate|published)(?:$|[\s_-])", re.IGNORECASE
)
_DATE_TAGS = frozenset(("p", "span", "div", "time", "em", "small", "strong"))
_LINKED = frozenset(("a", "li", "aside", "nav", "footer", "form"))  # days of other articles
_NEAR = 4
_DIGIT = re.compile(r"\d")
_UPDATED_NAME = re.compile(r"updat|modif|geaendert|aktualisier|actualiz", re.IGNORECASE)
_MONTH_FIRST = frozenset(("us", "ph"))
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
_COMMENT = "<!--"
_MAX_COMMENTS = 50  # that begin in one attribute
_SEARCH_CONFIDENCE = 0.7  # two in three are right, on pages that state no publication time


def find_shown(
    tree: HtmlElement, title: str | None, boilerplate: Boilerplate, *, latest: datetime
) -> Stamp | None:
    """Return the day that the page shows near its headline, otherwise where it is named so.

    A day that is marked as that of a change counts only if there is no other.

    Args:
        tree: The page, before anything is cut out of it.
        title: The headline of the article, to distinguish it from others.
        boilerplate: Month names, time zones and the words for a change.
        latest: No article is published after this instant.
    """
    headline = _find_headline(tree, title)
    if headline is None:
        return None
    reader = _Reader(boilerplate, is_month_first(tree), latest)
    for lines in (
        _lines_behind(headline, tree),
        _lines_before(headline),
        _named_lines(headline, tree),
    ):
        found = reader.first_day(lines)
        if found:
            return found
    return None


@dataclass(frozen=True, slots=True)
class _Line:
    """A short text with the instant that its element states in an attribute."""

    text: str
    stated: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads days out of lines; `month_first` is the order of the page's figures."""

    boilerplate: Boilerplate
    month_first: bool | None
    latest: datetime

    def first_day(self, lines: Iterable[_Line]) -> Stamp | None:
        """Return the first day that is not that of a change, otherwise the first one."""
        changed = None
        is_labelled = False  # by the line before
        for line in lines:
            is_change = self._is_change(line)
            stamp = self._read(line)
            if stamp and not is_change and not is_labelled:
                return stamp
            changed = changed or stamp
            is_labelled = is_change and not stamp
        return replace(changed, confidence=_CHANGE_CONFIDENCE) if changed else None

    def _is_change(self, line: _Line) -> bool:
        """Return whether a line, or the class of its element, speaks of a change."""
        if _UPDATED_NAME.search(line.names):
            return True
        match = self.boilerplate.updated.search(line.text)
        return match is not None and not _DIGIT.search(line.text[: match.start()])

    def _read(self, line: _Line) -> Stamp | None:
        read = read_instant(line.stated, self.boilerplate.zones) if line.stated else None
        if read:
            stamp = Stamp(read.at, read.precision, "time", _CONFIDENCE, read.is_zone_assumed)
        else:
            day = read_day(line.text, self.boilerplate.months, month_first=self.month_first)
            if day is None:
                return None
            stamp = Stamp(day, "day", "text", _CONFIDENCE)
        is_plausible = stamp.at.year >= FIRST_YEAR and stamp.at <= self.latest + timedelta(days=1)
        return stamp if is_plausible else None


def is_month_first(tree: HtmlElement) -> bool | None:
    """Return whether the page writes the month before the day in figures.

    American English does, other languages and countries do not; None if the page does not
    declare the country of its English.
    """
    declared = (tree.get("lang") or "").replace("_", "-").lower()
    language, _, country = declared.partition("-")
    if not language or (language == "en" and not country):
        return None
    return language == "en" and country in _MONTH_FIRST


def _find_headline(tree: HtmlElement, title: str | None) -> HtmlElement | None:
    headlines = list(itertools.islice(tree.iter("h1"), _HEADLINES))
    key = key_of(title or "")
    named = [element for element in headlines if key and key_of(element.text_content()) == key]
    return next(iter([*named, *headlines]), None)


def _lines_behind(headline: HtmlElement, tree: HtmlElement) -> Iterator[_Line]:
    """Yield the short lines after the headline, as far down as a byline may be."""
    passed = 0
    behind = itertools.dropwhile(lambda element: element is not headline, tree.iter())
    for element in itertools.islice(behind, _ELEMENTS):
        if element.tag in {"script", "style"}:
            continue
        yield from _lines_of(element)
        passed += len(squeeze(element.text or "")) + len(squeeze(element.tail or ""))
        if passed > _TEXT_CHARS:
            return


def _lines_before(headline: HtmlElement) -> Iterator[_Line]:
    """Yield the last short lines before the headline, the nearest first."""
    whole = headline.getroottree().getroot().iter()
    before = itertools.takewhile(lambda element: element is not headline, whole)
    near = collections.deque(before, maxlen=_ELEMENTS_BEFORE)
    for element in reversed(near):
        if element.tag not in {"script", "style", "title", "option"}:
            yield from _lines_of(element)


def _named_lines(headline: HtmlElement, tree: HtmlElement) -> Iterator[_Line]:
    """Yield the lines in elements whose class is that of a day, anywhere after the headline."""
    behind = itertools.dropwhile(lambda element: element is not headline, tree.iter())
    for element in behind:
        if element.tag in _DATE_TAGS and _DATE_NAME.search(element.get("class", "")):
            around = (above.tag for above in itertools.islice(element.iterancestors(), _NEAR))
            if not _LINKED.intersection(around):
                yield from _lines_of(element)


def _lines_of(element: HtmlElement) -> Iterator[_Line]:
    """Yield the short texts in and behind an element, and the instant that it states."""
    stated = element.get("datetime", "") if element.tag == "time" else ""
    names = f"{element.get('class', '')} {element.get('itemprop', '')}"
    inside, behind = squeeze(element.text or ""), squeeze(element.tail or "")
    if 0 < len(inside) <= _LINE_CHARS or stated:
        yield _Line(inside[:_LINE_CHARS], stated, names)
    if 0 < len(behind) <= _LINE_CHARS:
        yield _Line(behind)


def read_day(
    line: str, months: Mapping[str, int], *, month_first: bool | None = None
) -> datetime | None:
    """Return the day in a short line, None if there is none or it is ambiguous.

    `month_first` gives the order of day and month in figures with slashes, None if it is
    not known.

    >>> read_day("Erstellt am: 28.11.2023", {}).date().isoformat()
    '2023-11-28'
    >>> read_day("Le 3 mars 2021", {"mars": 3}).date().isoformat()
    '2021-03-03'
    >>> read_day("04/05/2021", {})
    >>> read_day("04/05/2021", {}, month_first=True).month
    4
    """
    if line.lower().startswith(_NO_DATE):
        return None
    try:
        return _read_words(line, months) or _read_figures(line, month_first=month_first)
    except ValueError:  # the 31st of February
        return None


def _read_words(line: str, months: Mapping[str, int]) -> datetime | None:
    for match in _WORDS.finditer(line):
        day, name, year = match.group(1, 2, 3) if match[1] else match.group(5, 4, 6)
        month = months.get(name.lower())
        if month:
            return datetime(int(year), month, int(day), tzinfo=UTC)
    return None


def _read_figures(line: str, *, month_first: bool | None) -> datetime | None:
    match = _FIGURES.search(line)
    if not match:
        return None
    if match[1]:
        return datetime(int(match[1]), int(match[3]), int(match[4]), tzinfo=UTC)
    day, month, year = int(match[5]), int(match[7]), int(match[8])
    is_unsure = match[6] == "/" and day <= 12 and month <= 12 and day != month
    if is_unsure and month_first is None:
        return None  # 4/5: April or May, by country
    if month > 12 or (is_unsure and month_first):
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


def _cut_comments(tree: HtmlElement) -> None:
    """Remove the marks of comments from attributes that have very many.

    libxml2 looks for the end of each one when it writes an attribute as HTML, which htmldate
    makes it do, in quadratic time.
    """
    for element in tree.xpath("//*[@*[contains(., $mark)]]", mark=_COMMENT):
        for name, value in element.items():
            if value.count(_COMMENT) > _MAX_COMMENTS:
                element.set(name, value.replace(_COMMENT, ""))


def search_published(tree: HtmlElement, *, latest: datetime) -> Stamp | None:
    """Return the day that htmldate finds in the markup and text of a page.

    Used only if cheaper sources find nothing: it takes as long as the extraction.
    """
    from htmldate import find_date  # noqa: PLC0415  # plain texts need no trafilatura

    _cut_comments(tree)
    found = find_date(
        tree, original_date=True, extensive_search=True, max_date=latest.date().isoformat()
    )
    if not found or found.endswith("-01-01"):  # the year of a copyright notice
        return None
    return Stamp(
        datetime.fromisoformat(found).replace(tzinfo=UTC), "day", "search", _SEARCH_CONFIDENCE
    )
