"""Addresses on the way: what may be asked, and what goes with the question."""

from __future__ import annotations

import base64
import re

import httpx

from flows.fetching.failures import failure

MAX_URL_CHARS = 8192  # more than RFC 9110 asks a server to take
_NOT_IN_HOST = re.compile(r"[\s%@/\\<>^`{|}]")


def parse_url(url: str) -> httpx.URL:
    """Return the address read; raises PermanentFetchError where none can be asked."""
    try:
        parsed = httpx.URL(url.strip())
    except (httpx.InvalidURL, ValueError) as exc:
        raise failure(url, "bad_url", str(exc)) from exc
    return checked_url(parsed)


def checked_url(url: httpx.URL) -> httpx.URL:
    """Return `url` without its fragment; refuses what is no address of the web.

    >>> str(checked_url(httpx.URL("https://wire.example/a#top")))
    'https://wire.example/a'
    """
    if url.scheme not in {"http", "https"}:
        raise failure(str(url), "bad_scheme", f"scheme {url.scheme[:40]!r}")
    if not url.host or _NOT_IN_HOST.search(url.host):
        raise failure(str(url), "bad_url", "no host that can be looked up")
    if url.port is not None and not 0 < url.port < 65_536:
        raise failure(str(url), "bad_url", f"port {url.port}")
    if len(str(url)) > MAX_URL_CHARS:
        detail = f"{len(str(url)):,} characters, limit {MAX_URL_CHARS:,}"
        raise failure(f"{url.scheme}://{url.host}/", "bad_url", detail)
    return url.copy_with(fragment=None)


def without_credentials(url: httpx.URL) -> httpx.URL:
    """Return `url` without `user:password@`."""
    return url.copy_with(userinfo=b"") if url.userinfo else url


def origin_of(url: httpx.URL) -> str:
    """Return scheme, host and port, as robots.txt is valid for.

    >>> origin_of(httpx.URL("https://desk:pa55@wire.example:443/feed"))
    'https://wire.example'
    """
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def credentials_for(asked: str, url: httpx.URL) -> str | None:
    """Return the Authorization header for `url` that the address asked for entitles to.

    Credentials go to the host, port and scheme they were given for, and to the same
    host's secure address; never to another host, and never from https back to http.

    >>> credentials_for(
    ...     "https://desk:pa55@wire.example/feed", httpx.URL("https://cdn.example/feed")
    ... )
    """
    if "@" not in asked:
        return None
    given = httpx.URL(asked.strip())
    if not given.userinfo or given.host != url.host:
        return None
    is_same = (given.scheme, given.port) == (url.scheme, url.port)
    is_upgrade = (given.scheme, given.port, url.scheme, url.port) == ("http", None, "https", None)
    if not (is_same or is_upgrade):
        return None
    pair = f"{given.username}:{given.password}".encode()
    return f"Basic {base64.b64encode(pair).decode('ascii')}"
