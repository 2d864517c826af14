"""Days that an address names: of a sitemap (`sitemap-2024-06.xml`) or of a page (`/2024/06/03/`)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

# A run of digits that belongs to a longer one is a number of something else.
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_/.]?)(0?[1-9]|1[0-2])\2([0-2]?[1-9]|[123]0|31)(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_QUERY = re.compile(
    r"(?:^|[?&])y(?:yyy|ear)=((?:19|20)\d\d)&m(?:m|onth)=(\d\d?)(?:&d(?:d|ay)=(\d\d?))?(?!\d)"
)


def days_in_address(url: str) -> tuple[date, date] | None:
    """Return the first and last day that the address is about, None where it names none.

    >>> days_in_address("https://harbour-times.example/sitemap-2024-02.xml")
    (datetime.date(2024, 2, 1), datetime.date(2024, 2, 29))
    >>> days_in_address("https://harbour-times.example/2024/06/03/ferry-landing-opens")
    (datetime.date(2024, 6, 3), datetime.date(2024, 6, 3))
    >>> days_in_address("https://harbour-times.example/sitemap-posts-17.xml")
    """
    path = url.partition("://")[2].partition("/")[2]
    if found := _QUERY.search(path):
        return _span(int(found[1]), int(found[2]), int(found[3] or 0))
    if found := _DAY.search(path):
        return _span(int(found[1]), int(found[3]), int(found[4]))
    if found := _MONTH.search(path):
        return _span(int(found[1]), int(found[2]), 0)
    if found := _YEAR.search(path):
        return date(int(found[1]), 1, 1), date(int(found[1]), 12, 31)
    return None


def _span(year: int, month: int, day: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    if day > last:
        return None
    return date(year, month, day or 1), date(year, month, day or last)
