"""The feeds of the list with their state: what the list says, and what the snapshot knows.

A feed that was added, paused or removed since the last snapshot is shown as it is in the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flows.feeds.feed_list import key_of, listed_feeds, listed_or_empty
from flows.feeds.opml import UNKNOWN_PAUSE, ListedFeed, account_key
from flows.feeds.selection import is_of_source, matching
from flows.fetching.fetch_records import AGENT
from flows.fetching.robots_rules import kept_rules
from flows.printable import duration
from transforms.feeds.feed_states import FeedFacts, attention_order, state_of
from warehouse.connect import open_snapshot
from warehouse.feed_health import read_feed_details, read_feed_health
from warehouse.folder import DataFolder

Row = dict[str, Any]

# What a poll tells of a feed, in the order of the JSON; None before the first one.
_UNPOLLED = (
    "title", "url", "kind", "state", "polled_at", "next_poll_at", "every", "new_per_day",
    "failures", "is_gap_risk", "feed_id", "outcome", "failure", "http_status", "entries",
    "listed_at", "last_new_at", "longest_pause", "gap_risks",
)  # fmt: skip


def read_health(folder: DataFolder, *, now: datetime) -> list[Row]:
    """Return the feeds, those that need attention first, then by name.

    Raises:
        FeedListError: There is neither a feed list nor a snapshot, or the list is not valid.
    """
    listed = listed_or_empty(folder)
    if not folder.newest.exists():
        return joined(listed_feeds(folder), [])
    with open_snapshot(folder) as con:
        known = read_feed_health(con, now=now)
    return joined(listed if folder.feed_list.exists() else None, known)


def read_details(folder: DataFolder, feed: Row, *, now: datetime) -> dict[str, list[Row]]:
    """Return the last polls, failures, entries and pages of a feed; empty before its first poll."""
    if feed["feed_id"] is None:
        return {}
    with open_snapshot(folder) as con:
        return read_feed_details(con, feed["feed_id"], now=now)


def kept_robots(folder: DataFolder, url: str) -> Row | None:
    """Return what the robots.txt that earlier runs kept says about a feed; None without one."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    kept = kept_rules(folder.root / "robots", origin)
    if kept is None:
        return None
    rules, read_at = kept
    return {
        "is_allowed": rules.allows(url, AGENT),
        "line": rules.line_about(url, AGENT),
        "delay_s": rules.delay_s(AGENT),
        "read_at": read_at,
    }


def joined(listed: Sequence[ListedFeed] | None, known: Iterable[Row]) -> list[Row]:
    """Return the listed feeds with what is known of them, in the order of attention.

    Without a list, all known feeds are returned.
    """
    if listed is None:
        rows = [_row(_as_listed(row), row) for row in known]
    else:
        every = list(known)
        by_key = {key_of(row["url"]): row for row in every}
        by_key |= {account_key(row["url"]): row for row in every}
        rows = [
            _row(feed, by_key.get(account_key(feed.address)) or by_key.get(key_of(feed.url), {}))
            for feed in listed
        ]
    return sorted(rows, key=lambda row: attention_order(row["state"], name_of(row)))


def narrowed(
    rows: Sequence[Row],
    *,
    words: Sequence[str] = (),
    state: str | None = None,
    source: str | None = None,
) -> list[Row]:
    """Return the rows of feeds whose title and URL have all words, in a state, of a source."""
    feeds = (ListedFeed(url=row["url"], title=row["title"], address=row["url"]) for row in rows)
    kept = {feed.url for feed in matching(feeds, words)} if words else None
    return [
        row
        for row in rows
        if (kept is None or row["url"] in kept)
        and state in (None, row["state"])
        and (source is None or is_of_source(row["source_id"], source))
    ]


def name_of(row: Mapping[str, Any]) -> str:
    """Return the name of a feed: its title, otherwise its address without the scheme."""
    title: str | None = row["title"]
    return title or str(row["url"]).partition("://")[2].rstrip("/")


def _as_listed(row: Row) -> ListedFeed:
    paused_at = UNKNOWN_PAUSE if row["state"] == "paused" else None
    return ListedFeed(
        url=row["url"], title=row["title"], language=row["language"], paused_at=paused_at
    )


def _row(feed: ListedFeed, known: Row) -> Row:
    facts = FeedFacts(
        is_paused=feed.paused_at is not None,
        is_gone=known.get("state") == "gone" or known.get("outcome") == "gone",
        **{
            name: known[name]
            for name in (
                "polled_at", "outcome", "listed_at", "last_new_at", "longest_pause", "gap_risks",
            )
            if name in known
        },
    )  # fmt: skip
    state = state_of(facts)
    row = dict.fromkeys(_UNPOLLED) | known
    row |= {
        "title": feed.title or known.get("title"),
        "url": feed.address,
        "source_id": known.get("source_id") or feed.source_id,
        "state": state,
        "note": known.get("note") or "",
        "folder": feed.folder or None,
        "home_url": feed.home_url,
        "language": feed.language or known.get("language"),
        "paused_at": None if feed.paused_at == UNKNOWN_PAUSE else feed.paused_at,
        "paused_until": feed.paused_until,
        "pause_reason": feed.pause_reason,
    }
    row["note"] = _note(row, facts)
    if state in {"paused", "gone"}:
        row["next_poll_at"] = None
    elif known.get("state") == "paused":
        row["next_poll_at"] = row["polled_at"]  # it was resumed, so the next run polls it
    return row


def _note(row: Row, facts: FeedFacts) -> str | None:
    """Return in words why the feed is in its state, None if there is nothing to say."""
    match row["state"]:
        case "paused":
            since, until = row["paused_at"], row["paused_until"]
            days = [f"since {since:%Y-%m-%d}"] if since else []
            days += [f"until {until:%Y-%m-%d}"] if until else []
            return ": ".join(filter(None, (" ".join(days), row["pause_reason"]))) or None
        case "gone" if facts.polled_at:
            return f"since {facts.polled_at:%Y-%m-%d}"
        case "silent" if facts.polled_at:
            since = facts.last_new_at or facts.listed_at or facts.polled_at
            usual = facts.longest_pause
            rest = f", longest pause before {duration(usual.total_seconds())}" if usual else ""
            return f"for {duration((facts.polled_at - since).total_seconds())}{rest}"
        case _:
            return row["note"] or None
