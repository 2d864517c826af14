"""What `onrecord feeds URL` shows: everything about one feed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from flows.cli.feed_table import age, until
from flows.feeds.health import kept_robots, name_of, read_details
from flows.output.tables import as_table
from flows.printable import duration, plain
from transforms.feeds.feed_hints import feed_hints
from transforms.feeds.feed_states import MEANINGS
from transforms.feeds.polling import PollPolicy
from warehouse.folder import DataFolder

Row = Mapping[str, Any]

_FULL_SHARE = 0.7  # of the article's text: shorter texts in a feed are teasers
_LABEL = 11


def with_details(row: Row, folder: DataFolder, now: datetime) -> dict[str, Any]:
    """Return a feed with its polls, failures, entries, pages, robots.txt, content and hints."""
    details = read_details(folder, dict(row), now=now)
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


def as_details(feed: Row, *, now: datetime) -> str:
    """Return the details of a feed as text for the terminal."""
    parts = [f"{plain(name_of(feed))}\n{plain(feed['url'])}\n"]
    facts = [(label, text) for label, text in _facts(feed, now) if text]
    parts.append("".join(f"{label:<{_LABEL}} {plain(text)}\n" for label, text in facts))
    parts += [f"{title}\n{table}" for title, table in _tables(feed, now)]
    if feed["hints"]:
        parts.append("what to do\n" + "".join(f"  {plain(hint)}\n" for hint in feed["hints"]))
    return "\n".join(parts)


def _facts(feed: Row, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the label and text of each fact; "" if there is nothing to show."""
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
