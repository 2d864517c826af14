"""Whether figures give the month before the day: 03/04/2024 is 3 April or March 4.

One order counts for the whole document. The stronger evidence decides: a date of the
document that has only one reading, the region that the page declares, verbs that put a
date before or after the day of publication, the country of the address, the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from transforms.dating.tense import FUTURE, PAST, tense_at
from transforms.dating.timex_tokens import Tokens

_FIGURES = re.compile(r"(\d\d?)([/-])(\d\d?)[/-](\d{4}|\d\d)")
# The United States, the Philippines, Micronesia and Palau write the month first. Canada and
# South Africa use both orders, so they prove nothing.
_MONTH_FIRST = frozenset({"US", "PH", "FM", "PW"})
_BOTH = frozenset({"CA", "ZA"})
# Countries whose domains are sold to everybody.
_SOLD_DOMAINS = frozenset({
    *("ac", "ag", "ai", "am", "bz", "cc", "co", "fm", "gg", "io", "la", "ly", "me", "pw", "sh"),
    *("tk", "to", "tv", "vc", "ws"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from, as far as that says how it writes dates.

    Attributes:
        region: ISO 3166-1 alpha-2 code that the page declares, None if it declares none.
        site: The same of the site's address, which is weaker evidence.
    """

    region: str | None = None
    site: str | None = None


def country_of(url: str | None) -> str | None:
    """Return the country that the domain of an address belongs to, None if that is open.

    >>> country_of("https://www.gazette.example.co.uk/sport"), country_of("https://a.example.com")
    ('GB', None)
    """
    try:
        domain = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    except ValueError:
        return None
    if len(domain) != 2 or not domain.isalpha() or domain in _SOLD_DOMAINS:
        return None
    return "GB" if domain == "uk" else domain.upper()


def is_month_first(tokens: Tokens, origin: Origin, published_on: date | None = None) -> bool:
    """Return whether the figures of a text give the month before the day."""
    votes = 0
    if "/" in tokens.symbols:
        found = list(_figures(tokens))
        if certain := sum((second > 12) - (first > 12) for _, first, second, _ in found):
            return certain > 0
        votes = _votes(tokens, found, published_on) if published_on else 0
    if (order := _order_in(origin.region)) is not None:
        return order
    if votes:
        return votes > 0
    order = _order_in(origin.site)
    return tokens.vocabulary.profile.is_month_first if order is None else order


def _order_in(country: str | None) -> bool | None:
    if country is None or country in _BOTH:
        return None
    return country in _MONTH_FIRST


def _figures(tokens: Tokens) -> Iterator[tuple[int, int, int, str]]:
    """Yield the place, the first two numbers and the year of each date in figures."""
    for m in re.finditer("/", tokens.symbols):
        if found := _FIGURES.fullmatch(tokens.words[m.start()]):
            yield m.start(), int(found[1]), int(found[3]), found[4]


def _votes(tokens: Tokens, found: list[tuple[int, int, int, str]], published_on: date) -> int:
    """Return how many verbs fit only the month first, less those that fit only the day first."""
    votes = 0
    for at, first, second, year in found:
        if len(year) != 4 or not (tense := tense_at(tokens, at, at + 1)):
            continue
        month_first = _fits(year, first, second, tense, published_on)
        day_first = _fits(year, second, first, tense, published_on)
        votes += month_first - day_first
    return votes


def _fits(year: str, month: int, day: int, tense: int, published_on: date) -> bool:
    try:
        found = date(int(year), month, day)
    except ValueError:
        return False
    return (tense == PAST and found <= published_on) or (tense == FUTURE and found >= published_on)
