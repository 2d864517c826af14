"""The address of an article behind its print and mobile pages.

`canonical_url` is the key of a page. Several pages may show one article: the usual one, one
to be printed, one for telephones and one for AMP. Pages that declare the usual one
(rel=canonical) need no rule. The others are known by their addresses: `?print=1`,
`/ferry-story/print`, `/print/ferry-story`, `m.example.org`. An address that only may be a
print page is left alone: `/culture/print` can be a section.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlunsplit

from transforms.url_parts import split_url
from transforms.urls import canonical_url, registered_domain

_MOBILE_HOST: Final = re.compile(r"(?:m|mobile)\.(?=[^.]+\.)")
_OTHER_HOST: Final = re.compile(r"https?://(?:m|mobile|amp)\.", re.IGNORECASE)
_WWW: Final = re.compile(r"^(https?://)www\.")
# A parameter that asks for another form of the page: `print=1`, `view=print`, `format=amp`.
_ASKS: Final = frozenset({
    "mobile", "print", "printable", "printer_friendly", "printerfriendly", "printpage",
    "printversion", "printview",
})  # fmt: skip
_YES: Final = frozenset({"", "1", "on", "true", "y", "yes"})
_CHOOSES: Final = frozenset({
    "device", "display", "format", "layout", "mode", "output", "template", "tmpl", "version", "view",
})  # fmt: skip
_FORMS: Final = frozenset({
    "amp", "mobile", "print", "printable", "printer", "printer-friendly", "printerfriendly",
})  # fmt: skip
# The last segment of a print page, also in German, French, Spanish and Italian.
_LAST: Final = frozenset({
    "druck", "drucken", "druckversion", "imprimer", "imprimir", "print", "print-view", "printable",
    "printpage", "printview", "stampa",
})  # fmt: skip
_ENDING: Final = re.compile(r"\.(?:html?|php)$", re.IGNORECASE)
_SLUG: Final = re.compile(r"[-_\d]")  # in the last segment of an article, hardly of a section


def article_url(url: str) -> str | None:
    """Return the key of the article that a page shows, or None if the URL is unusable.

    It is `canonical_url` for a usual page.

    >>> article_url("https://m.example.org/2024/ferry-sinks?print=1")
    'https://www.example.org/2024/ferry-sinks'
    >>> (
    ...     article_url("https://example.org/print/ferry-sinks"),
    ...     article_url("https://example.org/print"),
    ... )
    ('https://example.org/ferry-sinks', 'https://example.org/print')
    """
    key = canonical_url(url)
    if key is None:
        return None
    parts = split_url(key)
    query = "&".join(pair for pair in parts.query.split("&") if not _is_form(pair))
    host, path = _host(key, parts.netloc), _path(parts.path)
    return urlunsplit((parts.scheme, host, path, query, ""))


def without_www(url: str) -> str:
    """Return a URL with the host without "www.": some publishers have it, others do not.

    >>> without_www("https://www.example.org/ferry")
    'https://example.org/ferry'
    """
    return _WWW.sub(r"\1", url)


def is_other_form(url: str) -> bool:
    """Return whether a URL is on a host for mobile or AMP pages, so "www." is only a guess.

    >>> is_other_form("https://m.example.org/ferry"), is_other_form("https://example.org/ferry")
    (True, False)
    """
    return _OTHER_HOST.match(url) is not None


def article_keys(url: str) -> list[str]:
    """Return what an article may be stored as that is at a URL, the likeliest first.

    >>> article_keys("https://m.example.org/ferry?utm_source=rss")[1:]
    ['https://m.example.org/ferry', 'https://www.example.org/ferry', 'https://example.org/ferry']
    """
    keys = [url, canonical_url(url), article_url(url)]
    return [*dict.fromkeys(key for key in (*keys, without_www(keys[2] or "")) if key)]


def _is_form(pair: str) -> bool:
    name, _, value = pair.lower().partition("=")
    return (name in _ASKS and value in _YES) or (name in _CHOOSES and value in _FORMS)


def _host(key: str, host: str) -> str:
    """Return the host of the usual page; the registered domain itself may begin with "m."."""
    is_mobile = _MOBILE_HOST.match(host) and registered_domain(key) != host
    return f"www.{_MOBILE_HOST.sub('', host)}" if is_mobile else host


def _path(path: str) -> str:
    segments = path.split("/")
    last = _ENDING.sub("", segments[-1]).lower()
    if last in _LAST and len(segments) > 2 and _SLUG.search(segments[-2]):
        segments = segments[:-1]
    if segments[1].lower() == "print" and len(segments) > 2 and _SLUG.search(segments[-1]):
        segments = [segments[0], *segments[2:]]
    return "/".join(segments)
