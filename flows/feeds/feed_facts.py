"""What is told of one feed: its facts in words, for the terminal and for the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flows.feeds.health import kept_robots
from flows.printable import duration, number
from transforms.feeds.feed_hints import feed_hints
from transforms.feeds.feed_states import MEANINGS, STATES
from transforms.feeds.polling import PollPolicy
from warehouse.folder import DataFolder

Row = Mapping[str, Any]

_FULL_SHARE = 0.7  # of the article's text: shorter texts in a feed are teasers


def with_details(
    row: Row, details: Mapping[str, list[dict[str, Any]]], folder: DataFolder
) -> dict[str, Any]:
    """Return a feed with its polls, failures, entries, pages, robots.txt, content and hints.

    Args:
        row: The feed, as `flows.feeds.health` returns it.
        details: What the snapshot knows of it; empty before its first poll.
        folder: The data folder, where the robots.txt of its host is kept.
    """
    return {
        **row,
        **details,
        "content": _content(details.get("content", [])),
        "robots": kept_robots(folder, row["url"]),
        "hints": feed_hints(
            row["state"],
            url=row["url"],
            home_url=row["home_url"],
            failure=row["failure"],
        ),
    }


def totals(rows: Iterable[Row], hidden: int = 0) -> str:
    """Return how many feeds are in each state, and how many are not shown.

    >>> totals([{"state": "ok"}, {"state": "failing"}, {"state": "ok"}])
    '3 feeds: 1 failing, 2 ok'
    """
    counts = Counter(row["state"] for row in rows)
    parts = [f"{counts[state]:,} {state}" for state in STATES if counts[state]]
    line = number(counts.total(), "feed") + (f": {', '.join(parts)}" if parts else "")
    shown = counts.total() - hidden
    return line + (f"; the first {shown:,} {'is' if shown == 1 else 'are'} shown" if hidden else "")


def age(at: datetime | None, now: datetime) -> str:
    """Return how long ago an instant was, "" without one."""
    return duration(max((now - at).total_seconds(), 0.0)) if at else ""


def until(at: datetime | None, now: datetime) -> str:
    """Return how long it is until an instant, "now" if it has passed, "" without one."""
    if at is None:
        return ""
    return f"in {duration((at - now).total_seconds())}" if at > now else "now"


def feed_facts(feed: Row, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the label and text of each fact about a feed with details; "" if there is none."""
    note = feed["note"] or MEANINGS[feed["state"]]
    yield "state", f"{feed['state']}: {note}"
    yield "source", feed["source_id"] + (f", folder {feed['folder']}" if feed["folder"] else "")
    yield "kind", ", ".join(filter(None, (feed["kind"], feed["language"])))
    yield "polled", _polled(feed, now)
    yield "interval", _interval(feed)
    yield "new entries", _rhythm(feed, now)
    yield "content", _content_text(feed["content"])
    yield "pages", _pages(feed)
    yield "robots.txt", _robots_text(feed["robots"], now)


def _polled(feed: Row, now: datetime) -> str:
    if feed["polled_at"] is None:
        return "not yet"
    due = until(feed["next_poll_at"], now)
    return f"{age(feed['polled_at'], now)} ago" + (f", next {due}" if due else "")


def _interval(feed: Row) -> str:
    """Return the time between polls, and why it is so long."""
    every: timedelta | None = feed["every"]
    if every is None:
        return ""
    shown, policy = f"every {duration(every.total_seconds())}", PollPolicy()
    planned = feed["next_poll_at"] and (feed["next_poll_at"] - feed["polled_at"]).total_seconds()
    if feed["failures"]:
        return f"{shown}, longer while it fails"
    if planned and planned > every.total_seconds() * (1 + 2 * policy.jitter_share):
        return f"{shown}, but the feed or its server asks for {duration(planned)}"
    if len(feed["last_polls"]) <= 2 and every.total_seconds() == policy.first_interval_s:
        return f"{shown} at first; it follows the share of new entries"
    if every.total_seconds() <= policy.min_interval_s:
        return f"{shown}, the shortest, because polls find many new entries"
    if every.total_seconds() >= policy.max_interval_s:
        return f"{shown}, the longest, because polls find few new entries"
    return f"{shown}, from the share of new entries in its polls"


def _rhythm(feed: Row, now: datetime) -> str:
    if feed["last_new_at"] is None:
        return "" if feed["polled_at"] is None else "none so far"
    pause = feed["longest_pause"]
    longest = f", longest pause {duration(pause.total_seconds())}" if pause else ""
    return f"{feed['new_per_day']:g} per day, the last {age(feed['last_new_at'], now)} ago{longest}"


def _content(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the characters of text in the feed and in the articles; None without articles."""
    if not rows or not rows[0]["entries"]:
        return None
    found = rows[0]
    share = found["feed_characters"] / max(found["article_characters"], 1)
    return found | {"is_full_text": share >= _FULL_SHARE}


def _content_text(content: Mapping[str, Any] | None) -> str:
    if content is None:
        return ""
    own, article = content["feed_characters"], content["article_characters"]
    if not own:
        return "no text in the feed: articles come from their pages"
    kind = "full text" if content["is_full_text"] else "only teasers"
    return f"{kind}: {own:,} characters in the feed, {article:,} in the article"


def _pages(feed: Row) -> str:
    pages = feed.get("pages_7_days")
    if not pages:
        return ""
    stored = sum(row["pages"] for row in pages if row["reason"] is None)
    others = [f"{row['pages']:,} {row['reason']}" for row in pages if row["reason"]]
    return f"of the last 7 days: {stored:,} fetched" + "".join(f", {text}" for text in others)


def _robots_text(robots: Mapping[str, Any] | None, now: datetime) -> str:
    if robots is None:
        return ""
    allowed = "allows the feed" if robots["is_allowed"] else "disallows the feed"
    delay = (
        f"asks for {robots['delay_s']:g} s between requests" if robots["delay_s"] else "no delay"
    )
    return f"{allowed}, {delay} (read {age(robots['read_at'], now)} ago)"
