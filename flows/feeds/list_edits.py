"""Changes of the feed list that users ask for: feeds are added, removed and imported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flows.feeds.feed_list import TITLE, change_feed_list, listed_or_empty, merged
from flows.feeds.opml import FeedList, ListedFeed, write_opml
from warehouse.folder import DataFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a list brought.

    Attributes:
        added: Number of feeds that are new.
        known: Number of feeds that were listed already.
        unusable: Their URLs as written, which are no web addresses.
    """

    added: int
    known: int
    unusable: tuple[str, ...]


def list_more(folder: DataFolder, found: Sequence[ListedFeed], in_folder: str = "") -> int:
    """Add feeds to the list, in a folder of it; return how many were not listed before.

    Raises FeedListError as `change_feed_list`.
    """
    more = [replace(feed, folder=in_folder) for feed in found]
    before, after = change_feed_list(folder, lambda feeds: merged(feeds, more))
    return len(after) - len(before)


def unlist(folder: DataFolder, addresses: Collection[str]) -> tuple[int, int]:
    """Remove the feeds with these addresses; return how many were removed and how many are left.

    Raises FeedListError as `change_feed_list`.
    """
    before, after = change_feed_list(
        folder, lambda feeds: [feed for feed in feeds if feed.address not in addresses]
    )
    return len(before) - len(after), len(after)


def import_list(folder: DataFolder, more: FeedList) -> Imported:
    """Add the feeds of another list; raises FeedListError as `change_feed_list`."""
    before, after = change_feed_list(folder, lambda feeds: merged(feeds, more.feeds))
    added = len(after) - len(before)
    return Imported(added=added, known=len(more.feeds) - added, unusable=more.unusable)


def public_opml(folder: DataFolder) -> bytes:
    """Return the list as OPML without the feeds that have a login or key in their URL."""
    return write_opml(public_feeds(listed_or_empty(folder)), title=TITLE)


def public_feeds(feeds: Sequence[ListedFeed]) -> list[ListedFeed]:
    """Return the feeds whose URLs contain no secret."""
    return [feed for feed in feeds if feed.url == feed.address]
