"""The feeds of the list with their state, kept until the list or the snapshot changes.

To compute the states of ten thousand feeds takes seconds, so it is not done for each request.
While those of a new snapshot are computed, the page shows those of the one before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from flows.feeds.feed_list import key_of, listed_feeds
from flows.feeds.health import joined
from flows.feeds.opml import ListedFeed, account_key
from flows.web.snapshots import Snapshots
from transforms.identity import feed_id
from warehouse.conditions import Connection
from warehouse.errors import WarehouseError
from warehouse.feed_health import read_feed_health
from warehouse.folder import DataFolder

Row = dict[str, Any]
_NO_LIST: Final = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What was read last.

    Attributes:
        snapshot: The snapshot that `known` is from.
        list_version: The version of the feed list that `listed` is from.
        rows: Both, joined.
    """

    snapshot: str | None
    known: Sequence[Row]
    list_version: tuple[int, int]
    listed: Sequence[ListedFeed] | None
    rows: Sequence[Row]


class FeedBoard:
    """The states of all feeds; requests of several threads may ask for them."""

    def __init__(self, folder: DataFolder, snapshots: Snapshots) -> None:
        """Set up the board; nothing is read before the first request."""
        self._folder, self._snapshots = folder, snapshots
        self._lock = threading.Lock()
        self._kept: _Kept | None = None
        self._renewing: threading.Thread | None = None

    def rows(self, con: Connection | None, snapshot: str | None, now: datetime) -> Sequence[Row]:
        """Return the feeds in the order of attention; each has the key of its page.

        Args:
            con: The newest snapshot; None before the first was published.
            snapshot: Its file name.
            now: The instant of the request.

        Raises:
            FeedListError: The feed list is not valid.
        """
        with self._lock:
            kept = self._kept
            if kept is None or kept.snapshot is None:
                known = read_feed_health(con, now=now) if con is not None else []
                self._keep(snapshot, known)
            else:
                if kept.snapshot != snapshot:
                    self._renew()
                self._keep(kept.snapshot, kept.known)
            return self._kept.rows if self._kept else []

    def _keep(self, snapshot: str | None, known: Sequence[Row]) -> None:
        """Join the feed list with what is known; the list is only read if it has changed."""
        kept, version = self._kept, self._list_version()
        if kept is not None and kept.list_version == version and kept.known is known:
            return
        if kept is not None and kept.list_version == version:
            listed = kept.listed
        else:
            listed = listed_feeds(self._folder) if version != _NO_LIST else None
        if listed is None and snapshot is None:
            listed = ()
        self._kept = _Kept(
            snapshot=snapshot,
            known=known,
            list_version=version,
            listed=listed,
            rows=with_keys(joined(listed, known)),
        )

    def _list_version(self) -> tuple[int, int]:
        try:
            found = self._folder.feed_list.stat()
        except FileNotFoundError:
            return _NO_LIST
        return found.st_mtime_ns, found.st_size

    def _renew(self) -> None:
        """Read the newest snapshot in the background, unless that is being done."""
        if self._renewing is None or not self._renewing.is_alive():
            self._renewing = threading.Thread(target=self._read_newest, daemon=True)
            self._renewing.start()

    def _read_newest(self) -> None:
        try:
            with self._snapshots.reading() as (con, opened):
                known = read_feed_health(con, now=datetime.now(UTC))
        except WarehouseError:  # the pages will say so, and the next request tries again
            return
        with self._lock:
            if self._kept is not None:
                self._kept = replace(
                    self._kept,
                    snapshot=opened.path.name,
                    known=known,
                    rows=with_keys(joined(self._kept.listed, known)),
                )


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
