"""The parts of URLs, also of hostile ones: the standard library takes quadratic time for some."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urljoin, urlsplit

# The name of a host has at most 253 characters. `urlsplit` normalizes it to check it.
_LONG_HOST = re.compile(r"//[^/?#]{1000}")


def split_url(url: str) -> SplitResult:
    """Return the parts of a URL.

    Raises:
        ValueError: Its host is invalid or beyond all measure.

    >>> split_url("https://example.org/a?id=7").path
    '/a'
    """
    if not url.isascii() and _LONG_HOST.search(url):
        raise ValueError("the host is too long")
    return urlsplit(url)


def join_url(base: str, url: str) -> str:
    """Return a URL resolved against a base; raise ValueError as `split_url` does.

    >>> join_url("https://example.org/news/", "../ferry")
    'https://example.org/ferry'
    """
    split_url(base)
    split_url(url)
    return urljoin(base, url)
