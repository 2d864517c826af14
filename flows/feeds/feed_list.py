"""The feed list: the feeds to poll, in `feeds.opml` in the data folder.

Users edit the list, and commands read and rewrite it. The warehouse follows it: a feed
added to the list gets a row in `feeds`, and a feed removed from it gets a row that says
so. Earlier rows are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.errors import FeedListError
from flows.feeds.opml import FeedList, ListedFeed, read_opml, write_opml
from flows.secrets import mask_url
from transforms.feeds.feed_records import FeedRefusal
from transforms.identity import feed_id
from transforms.urls import canonical_url
from warehouse.feed_queries import KnownFeed

TITLE = "onrecord feeds"


def read_feed_list(path: Path) -> FeedList:
    """Return the list; raises FeedListError if it is missing or not valid OPML."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as exc:
        problem = "does not exist: run `onrecord init` or `onrecord add URL` first"
        raise FeedListError(path, problem) from exc
    except OSError as exc:
        raise FeedListError(path, f"cannot be read: {exc.strerror}") from exc
    listed = read_opml(content)
    if isinstance(listed, FeedRefusal):
        raise FeedListError(path, f"is not a valid feed list: {listed.reason}: {listed.detail}")
    return listed


def write_feed_list(path: Path, feeds: Iterable[ListedFeed]) -> None:
    """Replace the list in one step, so a kill leaves either the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".opml.tmp")
    with partial.open("wb") as stream:
        stream.write(write_opml(feeds, title=TITLE))
        stream.flush()
        os.fsync(stream.fileno())
    partial.rename(path)


def listed_or_empty(path: Path) -> tuple[ListedFeed, ...]:
    """Return the feeds of the list, or none if it does not exist yet."""
    return read_feed_list(path).feeds if path.exists() else ()


def key_of(url: str) -> str:
    """Return the key by which URLs are compared; secrets are ignored, as they change."""
    url = mask_url(url)
    return canonical_url(url) or url


def merged(feeds: Iterable[ListedFeed], more: Iterable[ListedFeed]) -> tuple[ListedFeed, ...]:
    """Return both lists as one, each URL once; the first entry wins."""
    found: dict[str, ListedFeed] = {}
    for feed in (*feeds, *more):
        found.setdefault(key_of(feed.url), feed)
    return tuple(found.values())


def moved(feeds: Iterable[ListedFeed], moves: dict[str, str]) -> tuple[ListedFeed, ...]:
    """Return the list with the URLs in `moves` replaced."""
    return tuple(replace(feed, url=moves.get(feed.url, feed.url)) for feed in feeds)


def list_changes(
    listed: Iterable[ListedFeed], known: Iterable[KnownFeed], *, now: datetime
) -> list[dict[str, Any]]:
    """Return the rows of `feeds` to append so that the warehouse matches the list."""
    by_key = {key_of(feed.url): feed for feed in known}
    rows = []
    wanted = set()
    for feed in listed:
        key = key_of(feed.url)
        wanted.add(key)
        before = by_key.get(key)
        if before is None or not before.is_listed:
            rows.append(feed_row(feed, before.feed_id if before else feed_id(key), now))
    rows += [
        state_row(before, "removed", now=now)
        for key, before in by_key.items()
        if before.is_listed and key not in wanted
    ]
    return rows


def feed_row(feed: ListedFeed, ident: str, now: datetime) -> dict[str, Any]:
    """Return the row of `feeds` for a feed that was added to the list."""
    return {
        "feed_id": ident,
        "source_id": source_of(feed.home_url or feed.url),
        "url": mask_url(feed.url),
        "title": feed.title,
        "home_url": feed.home_url,
        "language": feed.language,
        "folder": feed.folder or None,
        "state": "listed",
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
        "title": feed.title,
        "home_url": feed.home_url,
        "language": feed.language,
        "folder": feed.folder,
        "state": state,
        "recorded_at": now,
    }


def source_of(url: str) -> str:
    """Return the source of a URL: its host without "www.".

    >>> source_of("https://www.harbour-times.example/rss")
    'harbour-times.example'
    """
    return (urlsplit(url).hostname or url).removeprefix("www.")
