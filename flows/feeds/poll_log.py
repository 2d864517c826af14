"""The events of a poll round: one for each feed, from its row of `polls`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.events import FeedFailed, FeedMoved, FeedPolled, FeedStopped, FeedUnchanged
from flows.logs import Event, log


def log_polls(polls: Sequence[Mapping[str, Any]], moves: Mapping[str, str]) -> None:
    """Log the outcome of each poll, and the feeds that moved to a new URL.

    Args:
        polls: Rows of `polls`.
        moves: New URLs by the URL in the feed list.
    """
    for row in polls:
        log(_event(row))
    for url, redirect_url in moves.items():
        log(FeedMoved(url=url, redirect_url=redirect_url))


def _event(row: Mapping[str, Any]) -> Event:
    if row["next_poll_at"] is None:
        kind: type[Event] = FeedStopped
    elif row["outcome"] == "unchanged":
        kind = FeedUnchanged
    else:
        kind = FeedPolled if row["outcome"] == "new" else FeedFailed
    return kind(**{name: row[name] for name in kind.field_names()})
