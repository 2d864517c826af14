"""The rows of `feeds`: the warehouse follows the feed list.

A feed added to the list gets a row, and a feed removed from it, paused or resumed gets a row
that says so. Earlier rows are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flows.feeds.feed_list import key_of
from flows.feeds.opml import ListedFeed, account_key
from flows.secrets import mask_links, mask_url
from transforms.identity import feed_id
from warehouse.feed_queries import KnownFeed

Hide = Callable[[str], str]


def find_known(
    listed: Iterable[ListedFeed], known: Iterable[KnownFeed], *, hide: Hide = mask_url
) -> dict[str, KnownFeed]:
    """Return what is known of the listed feeds, by their address.

    A feed is known by its whole address; if its secrets have changed, by the rest of it.

    Args:
        listed: The feeds of the list.
        known: The feeds of the warehouse.
        hide: Masks the secrets in addresses that an older version stored.
    """
    feeds = list(listed)
    listed_last = sorted(known, key=lambda feed: feed.is_listed)
    by_account = {account_key(hide(feed.url)): feed for feed in listed_last}
    found: dict[str, KnownFeed] = {}
    for feed in feeds:
        if (same := by_account.get(account_key(feed.address))) is not None:
            found[feed.address] = same
    taken = {feed.feed_id for feed in found.values()}
    rest: dict[str, list[KnownFeed]] = {}
    for same in listed_last:
        if same.feed_id not in taken:
            rest.setdefault(key_of(same.url), []).append(same)
    for feed in feeds:
        if feed.address not in found and (some := rest.get(key_of(feed.url))):
            found[feed.address] = some.pop()  # the listed ones first
    return found


def list_changes(
    listed: Iterable[ListedFeed],
    known: Iterable[KnownFeed],
    *,
    now: datetime,
    hide: Hide = mask_url,
) -> list[dict[str, Any]]:
    """Return the rows of `feeds` to append so that the warehouse matches the list.

    Args:
        listed: The feeds of the list.
        known: The feeds of the warehouse.
        now: The instant of the rows.
        hide: See `find_known`.
    """
    feeds, before = list(listed), list(known)
    found = find_known(feeds, before, hide=hide)
    used = {feed.feed_id for feed in before}
    rows = []
    for feed in feeds:
        same = found.get(feed.address)
        if same is None:
            ident = feed_id(key_of(feed.url))
            ident = feed_id(account_key(feed.address)) if ident in used else ident
            used.add(ident)
            rows.append(feed_row(feed, ident, now))
        elif not same.is_listed:
            rows.append(feed_row(feed, same.feed_id, now))
        elif same.is_paused != (feed.paused_at is not None):
            state = "paused" if feed.paused_at else "listed"
            rows.append(state_row(same, state, now=now, url=feed.address))
        elif account_key(same.url) != account_key(feed.address):  # its secrets have changed
            rows.append(state_row(same, same.state, now=now, url=feed.address))
    kept = {feed.feed_id for feed in found.values()}
    rows += [
        state_row(feed, "removed", now=now)
        for feed in before
        if feed.is_listed and feed.feed_id not in kept
    ]
    return rows


def feed_row(feed: ListedFeed, ident: str, now: datetime) -> dict[str, Any]:
    """Return the row of `feeds` for a feed that was added to the list."""
    return {
        "feed_id": ident,
        "source_id": feed.source_id,
        "url": feed.address,
        "title": feed.title,
        "home_url": mask_url(feed.home_url) if feed.home_url else None,
        "language": feed.language,
        "folder": feed.folder or None,
        "state": "paused" if feed.paused_at else "listed",
        "recorded_at": now,
    }


def state_row(feed: KnownFeed, state: str, *, now: datetime, url: str | None = None,
              kind: str | None = None) -> dict[str, Any]:  # fmt: skip
    """Return the row of `feeds` for the new state of a known feed."""
    return {
        "feed_id": feed.feed_id,
        "source_id": feed.source_id,
        "url": mask_url(url or feed.url),
        "kind": kind or feed.kind,
        "title": mask_links(feed.title) if feed.title else feed.title,
        "home_url": mask_url(feed.home_url) if feed.home_url else None,
        "language": feed.language,
        "folder": feed.folder,
        "state": state,
        "recorded_at": now,
    }
