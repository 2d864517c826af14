"""The feed list: the feeds to poll, in `feeds.opml` in the data folder.

Users edit the list, and commands read and rewrite it under a lock. The format is OPML, which
feed readers use to exchange lists; a pause is an attribute of our own in it, which other readers
ignore. The URL of a private feed is stored only here; everything else has its masked address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from flows.errors import FeedListError
from flows.feeds.opml import MAX_FEEDS, FeedList, ListedFeed, account_key, read_opml, write_opml
from flows.fetching.masked_values import MaskedValues
from flows.losses import Lost
from flows.secrets import MASK, without_references
from transforms.feeds.feed_records import FeedRefusal
from transforms.urls import canonical_url
from warehouse.errors import WarehouseBusyError
from warehouse.files import read_regular, replace_private
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock

TITLE = "onrecord feeds"
MAX_LIST_BYTES = 64_000_000  # 100,000 feeds need half of it
_DEADLINE_S = 60.0  # wall seconds; 100,000 feeds take some ten
_QUICK_BYTES = 100_000  # a list up to this size takes little time, whatever it contains
_LOCK_WAIT_S = 30.0


def read_feed_list(path: Path) -> FeedList:
    """Return the list; raises FeedListError if it is missing, too long or not valid OPML."""
    return _accepted(path, read_opml(_content(path)))


def read_foreign_list(path: Path) -> FeedList:
    """Return a list that somebody else wrote; raises FeedListError as `read_feed_list`.

    A long one is read in a process that is killed at a deadline, because a hostile list may
    need much time and memory.
    """
    return parse_foreign_list(path, _content(path))


def parse_foreign_list(path: Path, content: bytes) -> FeedList:
    """Return a list that somebody else wrote from its content; raises as `read_feed_list`.

    Args:
        path: Its name, for errors.
        content: The OPML.
    """
    if len(content) <= _QUICK_BYTES:
        return _accepted(path, read_opml(content))
    from flows.pool import DeadlinePool, PoolOptions  # noqa: PLC0415  # most commands need none

    with DeadlinePool(
        PoolOptions(processes=1, deadline_s=_DEADLINE_S),
        start=_do_nothing,
        arguments=(),
        probe=_do_nothing,
    ) as pool:
        try:
            ((_, found),) = pool.map(read_opml, [(path, (content,))], ahead=1)
        except MemoryError:
            found = Lost("memory", "needs more memory than a worker may use")
    if isinstance(found, Lost):
        problem = f"cannot be read as a feed list: {found.detail}: check the file, or split it"
        raise FeedListError(path, problem)
    return _accepted(path, found)


def _do_nothing() -> None:
    """Do nothing: reading a list takes no preparation."""


def _content(path: Path) -> bytes:
    try:
        return read_regular(path, most_bytes=MAX_LIST_BYTES)
    except FileNotFoundError as exc:
        problem = "does not exist: run `onrecord init` or `onrecord add URL` first"
        raise FeedListError(path, problem) from exc
    except OSError as exc:
        raise FeedListError(path, f"cannot be read: {exc.strerror}") from exc


def _accepted(path: Path, listed: FeedList | FeedRefusal) -> FeedList:
    if isinstance(listed, FeedRefusal):
        raise FeedListError(path, f"is not a valid feed list: {listed.reason}: {listed.detail}")
    if listed.over_limit:
        _refuse_length(path, len(listed.feeds) + listed.over_limit)
    return listed


def _refuse_length(path: Path, feeds: int) -> NoReturn:
    problem = (
        f"has {feeds:,} feeds, more than {MAX_FEEDS:,}: divide them among several data folders"
    )
    raise FeedListError(path, problem)


def listed_feeds(folder: DataFolder) -> tuple[ListedFeed, ...]:
    """Return the feeds of a data folder, with addresses that stay distinct.

    Raises:
        FeedListError: The list is missing or not valid OPML.
        SecretsError: The file with the masked values cannot be read.
    """
    masked = MaskedValues(folder.masked_values)
    feeds = read_feed_list(folder.feed_list).feeds
    return tuple(replace(feed, address=masked.hide(feed.url)) for feed in feeds)


def listed_or_empty(folder: DataFolder) -> tuple[ListedFeed, ...]:
    """Return the feeds of a data folder, or none if it has no list yet."""
    return listed_feeds(folder) if folder.feed_list.exists() else ()


def listed_url(folder: DataFolder, url: str) -> str:
    """Return the URL of the listed feed with this masked address; any other URL as it is."""
    if MASK not in url:
        return url
    return next((feed.url for feed in listed_or_empty(folder) if feed.address == url), url)


def change_feed_list(
    folder: DataFolder, change: Callable[[tuple[ListedFeed, ...]], Iterable[ListedFeed]]
) -> tuple[tuple[ListedFeed, ...], tuple[ListedFeed, ...]]:
    """Replace the list by what `change` returns for it; return the feeds before and after.

    Nobody else changes the list meanwhile, so no change is lost.

    Raises:
        FeedListError: The list is not valid OPML, or others are changing it for too long.
    """
    path = folder.feed_list
    try:
        with writer_lock(folder.feed_list_lock, wait_s=_LOCK_WAIT_S):
            before = listed_or_empty(folder)
            after = tuple(change(before))
            if after != before or not path.exists():
                write_feed_list(path, after)
    except WarehouseBusyError as exc:
        problem = f"is being changed by {exc.holder}: try again when it has ended"
        raise FeedListError(path, problem) from exc
    return before, after


def write_feed_list(path: Path, feeds: Iterable[ListedFeed]) -> None:
    """Replace the list in one step, so a kill leaves either the old or the new one.

    It keeps its mode and owner; a new one can be read by its owner only. To change a list that
    others may change too, use `change_feed_list`.

    Raises:
        FeedListError: It would have more than `MAX_FEEDS` feeds.
    """
    feeds = tuple(feeds)
    if len(feeds) > MAX_FEEDS:
        _refuse_length(path, len(feeds))
    path.parent.mkdir(parents=True, exist_ok=True)
    with replace_private(path) as partial:
        partial.write_bytes(write_opml(feeds, title=TITLE))


def key_of(url: str) -> str:
    """Return the key of a feed that stays the same when its secrets change."""
    url = without_references(url)
    return canonical_url(url) or url


def merged(feeds: Iterable[ListedFeed], more: Iterable[ListedFeed]) -> tuple[ListedFeed, ...]:
    """Return both lists as one, each URL once; the first entry wins."""
    found: dict[str, ListedFeed] = {}
    for feed in (*feeds, *more):
        found.setdefault(account_key(feed.url), feed)
    return tuple(found.values())


def moved(feeds: Iterable[ListedFeed], moves: dict[str, str]) -> tuple[ListedFeed, ...]:
    """Return the list with the URLs in `moves` replaced; a login is kept at the same host."""
    return tuple(
        replace(feed, url=_with_login(feed.url, moves[feed.url]), address="")
        if feed.url in moves
        else feed
        for feed in feeds
    )


def _with_login(url: str, target: str) -> str:
    own, other = urlsplit(url), urlsplit(target)
    login = own.netloc.rpartition("@")[0]
    is_safe = own.hostname == other.hostname and (own.scheme, other.scheme) != ("https", "http")
    return (
        other._replace(netloc=f"{login}@{other.netloc}").geturl() if login and is_safe else target
    )
