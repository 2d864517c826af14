"""When a page was published and last changed, and which source says so.

Sources in the order of how often they are right: JSON-LD, `<meta>` tags, `<time>`
elements; if all of them are silent, the page is searched (see
`transforms.cleaning.shown_days`), and the URL may name the day. An instant without a time
zone counts as UTC; of one whose zone is unknown or ambiguous ("IST") only the day is
kept. An instant in the future is not a publication date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from lxml.html import HtmlElement

from transforms.cleaning.jsonld import Statement
from transforms.cleaning.page import Page, squeeze
from transforms.zones import ASSUMED_ZONE_CONFIDENCE

PUBLISHED_META = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time",
    "datepublished", "parsely-pub-date", "sailthru.date", "article.published", "publish-date",
    "publishdate", "publish_date", "publication_date", "published_time", "published-date", "pubdate",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "originalpublicationdate", "rnews:datepublished",
    "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dc.date", "dcterms.date",
    "dc.created", "date", "datecreated", "created", "article_date_original", "citation_publication_date",
    "citation_online_date", "shareaholic:article_published_time", "bt:pubdate", "timestamp", "release_date",
)  # fmt: skip
MODIFIED_META = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
    "dcterms.modified", "dc.date.modified", "article:modified", "revised", "last-modified",
)  # fmt: skip

FIRST_YEAR = 1995  # the first news sites; an older date on a page belongs to its subject
_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ,]{1,3}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
    r"\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2}(?::\d{2})?|[+-]\d{1,2})?)?"
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_NAMED = re.compile(
    r"(?:[A-Z][a-z]{2,8},? )?(?:(\d{1,2})(?:st|nd|rd|th)? ([A-Z][a-z]{2,8})\.?|([A-Z][a-z]{2,8})\.? (\d{1,2})(?:st|nd|rd|th)?),? (\d{4})"
    r"(?:,? (?:at |- )?(\d{1,2}):(\d{2})(?::\d{2})? ?([ap]\.?m\.?)?)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:\D{1,8}(\d{1,2})[:.](\d{2}))?")
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
# Digits without separators may be a number of the article: "/20240603123/".
_URL_DAY = re.compile(
    r"(?<![^/_.-])(?:(20\d{2})/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?=/|$)"
    r"|(20\d{2})([-_])(0[1-9]|1[0-2])\5(0[1-9]|[12]\d|3[01])(?![\d]))"
)
_URL_FOLDERS = re.compile(r"/(20\d{2})/(0[1-9]|1[0-2]|[1-9])/(0[1-9]|[12]\d|3[01]|[1-9])/")
# The abbreviation of a time zone after a time of day; "AM" and "PM" are none.
_ZONE = re.compile(
    r"(\d[:.]\d{2}(?:[.,]\d{1,9})?(?:\s?(?i:[ap]\.?m\b\.?))?)"
    r"\s?\(?(?!(?:AM|PM|UTC|GMT)\b)([A-Z]{2,5})\)?(?![\w+-])"
)
_NO_ZONES: Mapping[str, int | None] = {}


class Instant(NamedTuple):
    """An instant as written: timezone-aware, with the precision of its notation.

    Attributes:
        is_zone_assumed: Whether it has the abbreviation of an unknown time zone, so that
            only its day is certain.
    """

    at: datetime
    precision: str
    is_zone_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """A publication instant.

    Attributes:
        at: Timezone-aware; midnight UTC for a day without a time.
        precision: `second`, `minute` or `day`.
        origin: `rule`, `json_ld`, `meta`, `time`, `url`, `search`, `feed` or `input`.
        confidence: 1.0 if the page states it, less if it was inferred.
        is_zone_assumed: Whether its time zone is unknown, so that only the day is kept.
    """

    at: datetime
    precision: str
    origin: str
    confidence: float = 1.0
    is_zone_assumed: bool = False


def find_published(
    page: Page,
    statement: Statement,
    url: str | None,
    *,
    latest: datetime,
    zones: Mapping[str, int | None] = _NO_ZONES,
) -> Stamp | None:
    """Return when the page's metadata says that it was published, or None.

    Args:
        page: The page, before anything is cut out of it.
        statement: The statements of its JSON-LD.
        url: Its URL: a day in it tells the time zone of an instant.
        latest: No article is published after this instant.
        zones: Minutes ahead of UTC by abbreviation, None where it is ambiguous.
    """
    for origin, texts in (
        ("json_ld", [statement.published]),
        ("meta", _contents(page, PUBLISHED_META)),
        ("time", _marked_times(page.tree)),
    ):
        for text in texts:
            stamp = _believe(text, origin, latest, zones)
            if stamp:
                return _in_zone_of(_read_url(url, latest, _URL_FOLDERS), stamp)
    return None


def find_day_in_url(url: str | None, *, latest: datetime) -> Stamp | None:
    """Return the day that a page's URL names (see `day_of_url`) as an instant, or None."""
    return _read_url(url, latest, _URL_DAY)


def day_of_url(url: str | None) -> date | None:
    """Return the day that a page's URL names as folders or with dashes, or None.

    >>> day_of_url("https://herald.example/2024/06/03/quay")
    datetime.date(2024, 6, 3)
    >>> day_of_url("https://herald.example/news/20240603123/")
    """
    found = _URL_DAY.search(_path_of(url))
    try:
        return date(*(int(part) for part in _numbers(found))) if found else None
    except ValueError:  # the 31st of February
        return None


def _path_of(url: str | None) -> str:
    return (url or "").partition("://")[2].partition("?")[0]


def _numbers(match: re.Match[str]) -> tuple[str, str, str]:
    year, month, day = (found for found in match.groups() if found and found.isdigit())
    return year, month, day


def _in_zone_of(day: Stamp | None, stamp: Stamp) -> Stamp:
    """Return `stamp` in the time zone in which it falls on the `day` in the page's URL.

    Publishers file articles under their local day but often state the instant in UTC. The
    nearest offset of whole hours that fits is taken; the instant itself does not change.
    """
    if day is None or stamp.precision == "day" or stamp.at.utcoffset() != timedelta(0):
        return stamp
    for hours in range(1, 13):
        for offset in (-hours, hours):
            local = stamp.at.astimezone(timezone(timedelta(hours=offset)))
            if stamp.at.date() != day.at.date() and local.date() == day.at.date():
                return replace(stamp, at=local)
    return stamp


def find_modified(
    page: Page,
    statement: Statement,
    *,
    latest: datetime,
    zones: Mapping[str, int | None] = _NO_ZONES,
) -> datetime | None:
    """Return when the page says that it was last changed."""
    for text in (statement.modified, *_contents(page, MODIFIED_META)):
        stamp = _believe(text, "meta", latest, zones)
        if stamp:
            return stamp.at
    return None


def _contents(page: Page, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from page.meta.get(name, ())


def _marked_times(tree: HtmlElement) -> Iterator[str]:
    """Yield the times in elements marked as the publication time.

    The old attribute `pubdate` is also used in lists of other articles, so it counts only if
    all of the page's values agree.
    """
    dated: dict[str, None] = {}
    for element in tree.iter("time", "span", "abbr", "div", "p"):
        if "datepublished" in element.get("itemprop", "").lower():
            yield _stated_time(element)
        elif element.get("pubdate") is not None:
            dated[_stated_time(element)] = None
    if len(dated) == 1:
        yield from dated


def _stated_time(element: HtmlElement) -> str:
    for attribute in ("datetime", "content", "title"):
        if element.get(attribute):
            return element.get(attribute, "")
    return squeeze(element.text_content())


def _read_url(url: str | None, latest: datetime, pattern: re.Pattern[str]) -> Stamp | None:
    match = pattern.search(_path_of(url))
    return _believe("-".join(_numbers(match)), "url", latest, _NO_ZONES) if match else None


def _believe(
    text: str | None, origin: str, latest: datetime, zones: Mapping[str, int | None]
) -> Stamp | None:
    read = read_instant(text, zones) if text else None
    if read is None:
        return None
    if read.at.year < FIRST_YEAR or read.at > latest + timedelta(days=1):
        return None
    confidence = ASSUMED_ZONE_CONFIDENCE if read.is_zone_assumed else 1.0
    confidence = 0.9 if origin == "url" else confidence
    return Stamp(read.at, read.precision, origin, confidence, read.is_zone_assumed)


def read_instant(text: str, zones: Mapping[str, int | None] = _NO_ZONES) -> Instant | None:
    """Return an instant in one of the web's notations, with its precision.

    >>> read_instant("2023-11-28T12:40:00+0200")[0].isoformat()
    '2023-11-28T12:40:00+02:00'
    >>> read_instant("November 28, 2023")
    Instant(at=datetime.datetime(2023, 11, 28, 0, 0, tzinfo=datetime.timezone.utc), precision='day', is_zone_assumed=False)
    >>> read_instant("Tue, 28 Nov 2023 12:40:00 MEST", {"mest": 120})[0].isoformat()
    '2023-11-28T12:40:00+02:00'
    """
    text = squeeze(text)[:100]
    zone = _ZONE.search(text)
    if not zone or zone[2].lower() in _MONTHS:
        return _read(text)
    read = _read(f"{text[: zone.end(1)]}{text[zone.end() :]}")
    if read is None or read.precision == "day":
        return read
    minutes = zones.get(zone[2].lower())
    if minutes is None:
        return Instant(read.at.replace(hour=0, minute=0, second=0), "day", is_zone_assumed=True)
    return read._replace(at=read.at.replace(tzinfo=timezone(timedelta(minutes=minutes))))


def _read(text: str) -> Instant | None:
    for reader in (_read_iso, _read_epoch, _read_compact, _read_mail, _read_named, _read_dotted):
        try:
            found = reader(text)
        except (ValueError, OverflowError, TypeError):
            continue
        if found:
            return Instant(*found)
    return None


def _read_iso(text: str) -> tuple[datetime, str] | None:
    match = _ISO.match(text)
    return _assemble(match.groups()) if match else None


def _read_compact(text: str) -> tuple[datetime, str] | None:
    match = _COMPACT.match(text)
    return _assemble(match.groups()) if match else None


def _read_epoch(text: str) -> tuple[datetime, str] | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC), "second"


def _read_mail(text: str) -> tuple[datetime, str] | None:
    """Return the instant of an RFC 2822 date ("Tue, 28 Nov 2023 12:40:00 GMT")."""
    if not _MAIL.match(text):
        return None
    at = parsedate_to_datetime(text)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)), "second"


def _read_named(text: str) -> tuple[datetime, str] | None:
    match = _NAMED.search(text)
    if not match:
        return None
    month = _MONTHS.get((match[2] or match[3])[:3].lower(), 0)
    hour = match[6]
    if hour and match[8]:
        hour = str(int(hour) % 12 + 12 * (match[8][0].lower() == "p"))
    return _assemble((match[5], str(month), match[1] or match[4], hour, match[7], None, None))


def _read_dotted(text: str) -> tuple[datetime, str] | None:
    match = _DOTTED.search(text)
    if not match:
        return None
    return _assemble((match[3], match[2], match[1], match[4], match[5], None, None))


def _assemble(parts: Sequence[str | None]) -> tuple[datetime, str]:
    """Return the instant of year, month, day, hour, minute, second and zone.

    Raises:
        ValueError: A number is out of range.
    """
    year, month, day, hour, minute, second, zone = parts
    at = datetime(int(year or 0), int(month or 0), int(day or 0), tzinfo=UTC)
    if hour is None or minute is None:
        return at, "day"
    at = at.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
    if zone and zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        offset = f"{zone[0]}{digits[:2]:0>2}:{digits[2:4] or '00'}"
        at = datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + offset)
    return at, "second" if second else "minute"
