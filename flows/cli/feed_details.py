"""What `onrecord feeds URL` shows: everything about one feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flows.feeds.feed_facts import age, feed_facts
from flows.feeds.health import name_of
from flows.output.tables import as_table
from flows.printable import plain

Row = Mapping[str, Any]

_LABEL = 11


def as_details(feed: Row, *, now: datetime) -> str:
    """Return the details of a feed as text for the terminal."""
    parts = [f"{plain(name_of(feed))}\n{plain(feed['url'])}\n"]
    facts = [(label, text) for label, text in feed_facts(feed, now) if text]
    parts.append("".join(f"{label:<{_LABEL}} {plain(text)}\n" for label, text in facts))
    parts += [f"{title}\n{table}" for title, table in _tables(feed, now)]
    if feed["hints"]:
        parts.append("what to do\n" + "".join(f"  {plain(hint)}\n" for hint in feed["hints"]))
    return "\n".join(parts)


def _tables(feed: Row, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the title and text of each table that has rows."""
    polls = [
        (age(row["polled_at"], now), row["outcome"], row["http_status"], row["entries"], row["new_entries"])
        for row in feed.get("last_polls", ())
    ]  # fmt: skip
    failures = [
        (row["failure"], row["polls"], age(row["last_at"], now), row["detail"])
        for row in feed.get("last_failures", ())
    ]
    entries = [
        (age(row["seen_at"], now), _day(row), row["title"] or row["url"])
        for row in feed.get("last_entries", ())
    ]
    for title, columns, rows in (
        ("last polls", ("ago", "outcome", "status", "entries", "new"), polls),
        ("failures of the last 28 days", ("failure", "polls", "last", "message"), failures),
        ("last entries", ("found", "published", "title"), entries),
    ):
        if rows:
            yield title, as_table(columns, rows)


def _day(entry: Row) -> str:
    return f"{entry['published_at']:%Y-%m-%d}" if entry["published_at"] else ""
