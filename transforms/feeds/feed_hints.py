"""What to do about a feed that needs attention, in words. Standard library only."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

_MOVED = frozenset({
    "bad_redirect", "bad_scheme", "bad_url", "empty", "not_a_feed", "not_found",
    "too_many_redirects", "unknown_host",
})  # fmt: skip
_TEMPORARY = frozenset({
    "bad_xml", "connect_failed", "connect_refused", "connect_timeout", "connection_reset",
    "deadline", "dns_temporary", "host_busy", "protocol_error", "robots_unreachable",
    "server_error", "truncated_body",
})  # fmt: skip


def feed_hints(
    state: str,
    *,
    url: str,
    home_url: str | None,
    failure: str | None = None,
) -> tuple[str, ...]:
    """Return the next steps for a feed, each one sentence; none if all is well.

    >>> feed_hints("paused", url="https://wire.example/rss", home_url=None)
    ('poll it again: onrecord resume https://wire.example/rss',)
    """
    return tuple(_hints(state, url, home_url or _home_of(url), failure))


def _hints(state: str, url: str, home: str, failure: str | None) -> Iterator[str]:
    if state == "paused":
        yield f"poll it again: onrecord resume {url}"
    elif state == "new":
        yield "poll it now: onrecord ingest"
    elif state == "gone":
        yield from _replacing(url, home)
    elif state == "failing":
        yield from _after_failure(failure or "", url, home)
    elif state == "silent":
        yield f"compare it with its home page: {home}"
        yield f"look for another feed of the site: onrecord test {home}"
    elif state == "gap":
        source = (urlsplit(home).hostname or "").removeprefix("www.")
        yield (
            "look for the missed articles: onrecord backfill --from sitemap "
            f"--source {source} --since DAY"
        )


def _after_failure(failure: str, url: str, home: str) -> Iterator[str]:
    if failure in _MOVED:
        yield from _replacing(url, home)
    elif failure == "private_address":
        yield f"allow its address: ONRECORD_ALLOW_HOSTS={_host_of(url)}"
    elif failure == "forbidden":
        yield "if it needs a login or key: write it into secrets.toml in the data folder"
        yield "otherwise its publisher does not allow it: ask the publisher, or remove the feed"
    elif failure == "bad_certificate":
        yield "tell its publisher that the certificate is not valid"
        yield f"or except its host from the check: ONRECORD_UNVERIFIED_HOSTS={_host_of(url)}"
    elif failure == "robots_disallowed":
        yield "its publisher does not allow it: ask the publisher, or pause or remove the feed"
    elif failure == "too_many_requests":
        yield "its server asks us to slow down: raise the setting host_delay"
    elif failure in _TEMPORARY:
        yield "nothing yet: it is polled again by itself"
    yield f"try it now: onrecord test {url}"


def _replacing(url: str, home: str) -> Iterator[str]:
    yield f"look for its new address: onrecord test {home}"
    yield f"then add that one, and remove this one: onrecord remove {url}"


def _home_of(url: str) -> str:
    return f"{urlsplit(url).scheme}://{_host_of(url)}/"


def _host_of(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
