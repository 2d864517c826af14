"""In what state a feed is, and which feeds need attention first. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# What needs attention comes first: what is lost if nobody acts, then what may have been lost.
STATES = ("failing", "gone", "silent", "gap", "paused", "new", "ok")
MEANINGS = {
    "failing": "its last poll failed",
    "gone": "its server says that it was removed for good",
    "silent": "no new entry for much longer than usual",
    "gap": "some entries of the last seven days may have been missed",
    "paused": "not polled until it is resumed",
    "new": "not polled yet",
    "ok": "polled, with new entries as usual",
}

# A weekend with a public holiday is no silence.
_SHORTEST_SILENCE = timedelta(days=3)
# A pause twice as long as any of the last three months is unusual; without two entries in that
# time, a month is.
_USUAL_PAUSES = 2
_UNKNOWN_PAUSE = timedelta(days=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFacts:
    """What the state of a feed depends on.

    Attributes:
        is_gone: Whether it is no longer polled, because its server answered 410.
        polled_at: When it was last polled; None if never.
        outcome: Of that poll: `new`, `unchanged`, `failed`, `excused` or `gone`.
        listed_at: When it was first listed.
        last_new_at: When its last new entry appeared; None if it never had one.
        longest_pause: Between new entries in the three months before the last one.
        gap_risks: Polls of the last seven days that may have missed entries.
    """

    is_paused: bool = False
    is_gone: bool = False
    polled_at: datetime | None = None
    outcome: str | None = None
    listed_at: datetime | None = None
    last_new_at: datetime | None = None
    longest_pause: timedelta | None = None
    gap_risks: int = 0


def state_of(facts: FeedFacts) -> str:
    """Return the state of a feed, one of `STATES`."""
    if facts.is_paused:
        return "paused"
    if facts.is_gone:
        return "gone"
    if facts.polled_at is None:
        return "new"
    if facts.outcome == "failed":
        return "failing"
    if is_silent(facts):
        return "silent"
    return "gap" if facts.gap_risks else "ok"


def is_silent(facts: FeedFacts) -> bool:
    """Return whether there was no new entry for much longer than usual, up to the last poll."""
    since = facts.last_new_at or facts.listed_at
    if since is None or facts.polled_at is None:
        return False
    usual = _UNKNOWN_PAUSE if facts.longest_pause is None else facts.longest_pause
    return facts.polled_at - since > max(_SHORTEST_SILENCE, _USUAL_PAUSES * usual)


def attention_order(state: str, name: str) -> tuple[int, str]:
    """Return the key by which feeds are sorted: what needs attention first, then by name.

    >>> sorted(
    ...     [("ok", "Bay"), ("failing", "Zone"), ("ok", "abc")], key=lambda f: attention_order(*f)
    ... )
    [('failing', 'Zone'), ('ok', 'abc'), ('ok', 'Bay')]
    """
    return STATES.index(state), name.casefold()
