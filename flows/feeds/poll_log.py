"""The events of a poll round: one for each feed, from its row of `polls`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.events import (
    FeedFailed,
    FeedMoved,
    FeedPolled,
    FeedStopped,
    FeedUnchanged,
    NetworkFailed,
)
from flows.logs import Event, log

_KINDS: dict[str, type[Event]] = {
    "new": FeedPolled,
    "unchanged": FeedUnchanged,
    "failed": FeedFailed,
    "gone": FeedStopped,
}


def log_polls(polls: Sequence[Mapping[str, Any]], moves: Mapping[str, str]) -> None:
    """Log the outcome of each poll, and the feeds that moved to a new URL.

    If our own network was down, one line says so for all feeds together.

    Args:
        polls: Rows of `polls`.
        moves: New URLs by the URL in the feed list.
    """
    excused = 0
    for row in polls:
        kind = _KINDS.get(row["outcome"])
        if kind is None:
            excused += 1
        else:
            log(kind(**{name: row[name] for name in kind.field_names()}))
    if excused:
        log(NetworkFailed(feeds=excused))
    for url, redirect_url in moves.items():
        log(FeedMoved(url=url, redirect_url=redirect_url))
