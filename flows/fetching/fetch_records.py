"""The records of a fetch: how to fetch, what is asked for, what comes back."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

Headers = tuple[tuple[str, str], ...]

AGENT = "onrecord"  # the product token that robots.txt may name
VERSION = "0.1"

_CHARSET = re.compile(r"(?i)\bcharset\s*=\s*[\"']?\s*([\w.:+\-]+)")
# Directives that a publisher means for those who keep or mine a page, not for a search
# result's look.
_ROBOTS_TAGS = frozenset(
    {"noai", "noarchive", "nocache", "noimageai", "noindex", "noml", "none", "notdm"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOptions:
    """How to fetch; the defaults are polite.

    Attributes:
        contact: Address of a page or mailbox that the User-Agent shows to publishers.
        allow_hosts: `host` or `host:port` that may have private addresses.
        host_delay_s: Least seconds between two starts at one host.
        concurrency: Most requests under way at once.
        connect_s: Seconds for one connection attempt.
        deadline_s: Seconds for the whole answer with all its hops, waits excluded.
        max_body_bytes: Most bytes of a body, inflated.
        max_redirects: Most hops.
        max_wait_s: A turn that would come later than this is refused.
        robots_dir: Where robots.txt answers are kept between runs.
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

    @property
    def user_agent(self) -> str:
        """Who we are, and whom to write to.

        >>> FetchOptions(contact="desk@wire.example").user_agent
        'onrecord/0.1 (+desk@wire.example)'
        """
        contact = "".join(
            c for c in self.contact if c.isascii() and c.isprintable() and c not in "()"
        )
        return (
            f"{AGENT}/{VERSION} (+{contact.strip()})" if contact.strip() else f"{AGENT}/{VERSION}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to get.

    Attributes:
        url: The address, with `user:password@` where the server wants it.
        etag: Validator of the copy that is already there, quotes included.
        last_modified: The other validator, as the server wrote it.
        accept: Media types in the order wished for.
        max_body_bytes: Most bytes of the body, inflated; None for the fetcher's limit.
        obeys_robots: Whether robots.txt decides; it always should for pages.
        verifies_tls: Whether a wrong certificate is refused; each opt-out is logged.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
    max_body_bytes: int | None = None
    obeys_robots: bool = True
    verifies_tls: bool = True


@dataclass(frozen=True, slots=True)
class Redirect:
    """One hop: the address that answered with `status`, and where it led."""

    url: str
    status: int
    target: str

    @property
    def is_permanent(self) -> bool:
        """Whether the server said that the new address replaces the old one."""
        return self.status in {301, 308}


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """A page, or the news that it has not changed.

    Addresses are as they were used: mask them (`flows.secrets`) before they are stored.

    Attributes:
        url: The address that was asked for.
        final_url: The address that answered, without credentials.
        redirects: The hops between the two, in order.
        http_status: 2xx, or 304 with `is_not_modified`.
        headers: All headers of the answer, as received.
        body: The bytes, inflated; empty for 304.
        body_sha256: Hexadecimal SHA-256 of `body`.
        media_type: From `Content-Type`, lower case; None when silent.
        charset: From `Content-Type`; None when silent.
        etag: Validator for the next time, quotes included.
        last_modified: The other validator, as the server wrote it.
        opt_out: Signals against mining or keeping the page, sorted (`tdm-reservation`,
            `noai`, `noindex`, ...).
        fetched_at: When the answer began, UTC.
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
        """Whether the copy that the validators belong to is still the current one."""
        return self.http_status == 304

    @property
    def permanent_url(self) -> str | None:
        """The address that permanent redirects lead to from `url`, None without one.

        A temporary hop ends it: what follows may be another page tomorrow.
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
    """Return the result with what its headers say read out of them."""
    content_type = header(headers, "content-type") or ""
    charset = _CHARSET.search(content_type)
    return FetchResult(
        url=request.url,
        final_url=final_url,
        redirects=tuple(redirects),
        http_status=status,
        headers=headers,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        media_type=content_type.partition(";")[0].strip().lower() or None,
        charset=charset[1].lower() if charset else None,
        etag=header(headers, "etag"),
        last_modified=header(headers, "last-modified"),
        opt_out=find_opt_out(headers),
        fetched_at=fetched_at,
    )


def header(headers: Headers, name: str) -> str | None:
    """Return the first value of a header, None where it is missing or empty.

    >>> header((("ETag", '"5f3"'),), "etag")
    '"5f3"'
    """
    for key, value in headers:
        if key.lower() == name and value.strip():
            return value.strip()
    return None


def find_opt_out(headers: Headers) -> tuple[str, ...]:
    """Return the signals against mining or keeping the page, sorted.

    `X-Robots-Tag` directives count for all crawlers; those for one named crawler count
    for that one alone. `tdm-reservation: 1` is the W3C community's TDM protocol.

    >>> find_opt_out((("X-Robots-Tag", "noai, max-snippet:9"), ("tdm-reservation", "1")))
    ('noai', 'tdm-reservation')
    """
    found = set()
    for key, value in headers:
        name = key.lower()
        if name == "tdm-reservation" and value.strip() == "1":
            found.add(name)
        elif name == "x-robots-tag":
            found |= _robots_tags(value)
    return tuple(sorted(found))


def _robots_tags(value: str) -> set[str]:
    named, colon, rest = value.partition(":")
    if (
        colon
        and "," not in named
        and "-" not in named
        and named.strip().lower() not in _ROBOTS_TAGS
    ):
        # "otherbot: noindex" speaks to one crawler; "max-snippet:9" and
        # "unavailable_after: ..." are directives with a value.
        if named.strip().lower() not in {AGENT, "unavailable_after"}:
            return set()
        value = rest
    return {tag for part in value.split(",") if (tag := part.strip().lower()) in _ROBOTS_TAGS}
