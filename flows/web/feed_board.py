"""The feeds of the list with their state, kept until the list or the snapshot changes.

To compute the states of ten thousand feeds takes a second, so it is not done for each request.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flows.feeds.feed_list import key_of, listed_feeds
from flows.feeds.health import joined
from flows.feeds.opml import account_key
from transforms.identity import feed_id
from warehouse.conditions import Connection
from warehouse.feed_health import read_feed_health
from warehouse.folder import DataFolder

Row = dict[str, Any]
_Version = tuple[str | None, int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    version: _Version
    rows: Sequence[Row]


class FeedBoard:
    """The states of all feeds; requests of several threads may ask for them."""

    def __init__(self, folder: DataFolder) -> None:
        """Set up the board; nothing is read before the first request."""
        self._folder = folder
        self._lock = threading.Lock()
        self._kept: _Kept | None = None

    def rows(self, con: Connection | None, snapshot: str | None, now: datetime) -> Sequence[Row]:
        """Return the feeds in the order of attention; each has the key of its page.

        Args:
            con: The newest snapshot; None before the first was published.
            snapshot: Its file name.
            now: The instant of the request.

        Raises:
            FeedListError: The feed list is not valid.
        """
        version = self._version(snapshot)
        with self._lock:
            if self._kept is None or self._kept.version != version:
                self._kept = _Kept(version, self._read(con, now))
            return self._kept.rows

    def _version(self, snapshot: str | None) -> _Version:
        try:
            found = self._folder.feed_list.stat()
        except FileNotFoundError:
            return snapshot, 0, 0
        return snapshot, found.st_mtime_ns, found.st_size

    def _read(self, con: Connection | None, now: datetime) -> Sequence[Row]:
        has_list = self._folder.feed_list.exists()
        known = read_feed_health(con, now=now) if con is not None else []
        if not has_list and con is None:
            return []
        return with_keys(joined(listed_feeds(self._folder) if has_list else None, known))


def with_keys(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with `key`: the key of the feed, or the one that its first poll gives it."""
    used = {row["feed_id"] for row in rows}
    found = []
    for row in rows:
        key = row["feed_id"]
        if key is None:
            key = feed_id(key_of(row["url"]))
            key = feed_id(account_key(row["url"])) if key in used else key
            used.add(key)
        found.append(row | {"key": key})
    return found
