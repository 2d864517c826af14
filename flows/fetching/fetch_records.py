"""The records of a fetch: its options, request and result."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows import __version__
from flows.fetching.request_secrets import RequestSecrets

Headers = tuple[tuple[str, str], ...]

AGENT = "onrecord"  # the crawler name that robots.txt may use

_CHARSET = re.compile(r"(?i)\bcharset\s*+[=:]\s*+(?:[\"']\s*+)?([\w.:+\-]+)")
# Directives about storing or mining a page, not about how search results display it.
_ROBOTS_TAGS = frozenset(
    {"noai", "noarchive", "nocache", "noimageai", "noindex", "noml", "none", "notdm"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to fetch; the defaults are polite.

    Attributes:
        contact: URL or e-mail address for publishers, shown in the User-Agent.
        allow_hosts: Hosts that may resolve to private addresses, as `host` or `host:port`.
        host_delay_s: Minimum seconds between two requests to one host.
        concurrency: Maximum concurrent requests.
        connect_s: Maximum seconds for one connection attempt.
        deadline_s: Maximum seconds for the whole response including redirects, without
            the waits between requests.
        max_body_bytes: Maximum bytes of a body after inflation.
        max_redirects: Maximum redirects per fetch.
        max_wait_s: A request that would have to wait longer than this is refused.
        robots_dir: Folder that keeps robots.txt files between runs; None keeps them in
            memory only.
        unverified_hosts: Hosts whose certificates are not checked; each use is logged.
        secrets: What is added to requests when they are sent.
    """

    contact: str = ""
    allow_hosts: frozenset[str] = frozenset()
    host_delay_s: float = 5.0
    concurrency: int = 32
    connect_s: float = 10.0
    deadline_s: float = 30.0
    max_body_bytes: int = 15 * 1024 * 1024
    max_redirects: int = 10
    max_wait_s: float = 3600.0
    robots_dir: Path | None = None
    unverified_hosts: frozenset[str] = frozenset()
    secrets: RequestSecrets = field(default_factory=RequestSecrets, repr=False)

    @property
    def user_agent(self) -> str:
        """The `User-Agent` header, with the contact if there is one.

        >>> FetchOptions(contact="desk@wire.example").user_agent
        'onrecord/0.1.0 (+desk@wire.example)'
        """
        contact = "".join(
            c for c in self.contact if c.isascii() and c.isprintable() and c not in "()"
        )
        return (
            f"{AGENT}/{__version__} (+{contact.strip()})"
            if contact.strip()
            else f"{AGENT}/{__version__}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """A request for one page or feed.

    Attributes:
        url: The URL; secrets in it are masked before anything else happens.
        etag: The `ETag` of the copy we have, including quotes.
        last_modified: The `Last-Modified` of the copy we have, as the server wrote it.
        accept: The `Accept` header: accepted media types.
        max_body_bytes: Maximum bytes of the body after inflation; None for the fetcher's
            limit.
        obeys_robots: Whether robots.txt is obeyed; always use True for pages.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
    max_body_bytes: int | None = None
    obeys_robots: bool = True


@dataclass(frozen=True, slots=True)
class Redirect:
    """One redirect: the URL that responded with `status`, and its target.

    The status is 200 if a page only leads to its target (see `transforms.cleaning.meta_refresh`).
    """

    url: str
    status: int
    target: str

    @property
    def is_permanent(self) -> bool:
        """Whether the server said that the target replaces the URL."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """A fetched page or feed, or the fact that it has not changed.

    Secrets in the URLs are masked (see `flows.fetching.masked_values`).

    Attributes:
        url: The requested URL.
        final_url: The URL that responded, without credentials.
        redirects: The redirects between the two, in order.
        http_status: 2xx, or 304 if not modified.
        headers: All headers of the response, as received.
        body: The body after inflation; empty for 304.
        body_sha256: Hexadecimal SHA-256 of `body`.
        media_type: From `Content-Type`, in lower case; None if not stated.
        charset: From `Content-Type`, in lower case; None if not stated.
        etag: The `ETag` to send with the next request, including quotes.
        last_modified: The `Last-Modified` to send, as the server wrote it.
        opt_out: Signals against mining or storing the page, sorted (`tdm-reservation`,
            `noai`, `noindex`, ...).
        fetched_at: When the response began, UTC.
    """

    url: str
    final_url: str
    redirects: tuple[Redirect, ...]
    http_status: int
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    body_sha256: str
    media_type: str | None
    charset: str | None
    etag: str | None
    last_modified: str | None
    opt_out: tuple[str, ...]
    fetched_at: datetime

    @property
    def is_not_modified(self) -> bool:
        """Whether the copy we have is still current."""
        return self.http_status == 304

    @property
    def permanent_url(self) -> str | None:
        """The URL that permanent redirects from `url` lead to, or None if there are none.

        Redirects after a temporary one are ignored: their target may change.
        """
        target = None
        for hop in self.redirects:
            if not hop.is_permanent:
                break
            target = hop.target
        return target


def make_result(
    request: FetchRequest,
    *,
    final_url: str,
    redirects: Iterable[Redirect],
    status: int,
    headers: Headers,
    body: bytes,
    fetched_at: datetime,
) -> FetchResult:
    """Return the result, with the values of its headers filled in."""
    content_type = header(headers, "content-type") or ""
    return FetchResult(
        url=request.url,
        final_url=final_url,
        redirects=tuple(redirects),
        http_status=status,
        headers=headers,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        media_type=content_type.partition(";")[0].strip().lower() or None,
        charset=charset_of(content_type),
        etag=header(headers, "etag"),
        last_modified=header(headers, "last-modified"),
        opt_out=find_opt_out(headers),
        fetched_at=fetched_at,
    )


def header(headers: Headers, name: str) -> str | None:
    """Return the first non-empty value of a header, or None if there is none.

    >>> header((("ETag", '"5f3"'),), "etag")
    '"5f3"'
    """
    for key, value in headers:
        if key.lower() == name and value.strip():
            return value.strip()
    return None


def charset_of(content_type: str | None) -> str | None:
    """Return the charset that a `Content-Type` declares, in lower case; None without one.

    >>> charset_of("text/html; charset=ISO-8859-1")
    'iso-8859-1'
    """
    found = _CHARSET.search(content_type or "")
    return found[1].lower() if found else None


def find_opt_out(headers: Headers) -> tuple[str, ...]:
    """Return the signals against mining or storing the page, sorted.

    `X-Robots-Tag` directives apply to all crawlers, unless they name one.
    `tdm-reservation: 1` is from the TDM Reservation Protocol of a W3C community group.

    >>> find_opt_out((("X-Robots-Tag", "noai, max-snippet:9"), ("tdm-reservation", "1")))
    ('noai', 'tdm-reservation')
    """
    found = set()
    for key, value in headers:
        name = key.lower()
        if name == "tdm-reservation" and value.strip() == "1":
            found.add(name)
        elif name == "x-robots-tag":
            found |= _parse_robots_tags(value)
    return tuple(sorted(found))


def _parse_robots_tags(value: str) -> set[str]:
    named, colon, rest = value.partition(":")
    if (
        colon
        and "," not in named
        and "-" not in named
        and named.strip().lower() not in _ROBOTS_TAGS
    ):
        # "otherbot: noindex" applies to one crawler; "max-snippet:9" and
        # "unavailable_after: ..." are directives with a value.
        if named.strip().lower() not in {AGENT, "unavailable_after"}:
            return set()
        value = rest
    return {tag for part in value.split(",") if (tag := part.strip().lower()) in _ROBOTS_TAGS}
