"""When to poll a feed again: a pure policy from the facts of one poll to the next.

The interval follows the overlap between polls, as Media Cloud's does for 180,000 feeds:
if two thirds of the entries are known, polls are too frequent; at one third, entries may
be missed. Failures are weighted and back off linearly. No feed is given up, because a
surprising number return after weeks of 404; only `410 Gone` ends polling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from transforms.clock import is_ahead
from transforms.feeds.feed_records import PollDecision, PollFacts, PollState
from transforms.feeds.poll_headers import MAX_HINT_S, freshness_s, retry_after_s

# How much a failure counts against the feed: 1 the feed is missing, 0.5 it is broken,
# 0.25 something failed on the way. Other codes count 0.5.
_HARD = 1.0
_SOFT = 0.5
_TEMPORARY = 0.25
_WEIGHTS = {
    "bad_redirect": _HARD, "bad_scheme": _HARD, "bad_url": _HARD, "gone": _HARD,
    "private_address": _HARD, "too_many_redirects": _HARD, "unknown_host": _HARD,
    "connect_failed": _TEMPORARY, "connect_refused": _TEMPORARY, "connect_timeout": _TEMPORARY,
    "connection_reset": _TEMPORARY, "deadline": _TEMPORARY, "dns_temporary": _TEMPORARY,
    "host_busy": _TEMPORARY, "protocol_error": _TEMPORARY, "robots_unreachable": _TEMPORARY,
    "server_error": _TEMPORARY, "too_many_requests": _TEMPORARY, "truncated_body": _TEMPORARY,
}  # fmt: skip
# Failures that every feed has at once if our own connection is down, or if a login page
# or a filter intercepts it.
_NETWORK = frozenset({
    "bad_certificate", "connect_failed", "connect_refused", "connect_timeout", "connection_reset",
    "deadline", "dns_temporary", "robots_unreachable", "tls_error", "unknown_host",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PollPolicy:
    """The numbers of the policy; durations in seconds.

    Attributes:
        first_interval_s: Between polls of a feed that has taught nothing yet.
        backoff_step_s: Added for each whole failure after the first.
        max_backoff_s: Longest wait of any feed.
        jitter_share: Share of the interval over which due times are spread.
        throttled_jitter_s: Spread after 429, so that one host's feeds are not due together.
        full_every: Every n-th poll is unconditional, for servers that always answer 304.
        sightings: Polls that must see a permanent redirect before it is stored.
        outage_retry_s: Wait after an outage of our own network.
    """

    min_interval_s: float = 600.0
    max_interval_s: float = 86_400.0
    first_interval_s: float = 3_600.0
    backoff_step_s: float = 21_600.0
    max_backoff_s: float = 2_592_000.0
    jitter_share: float = 0.1
    throttled_jitter_s: float = 3_600.0
    full_every: int = 24
    sightings: int = 3
    outage_retry_s: float = 600.0


def conditional_headers(state: PollState, policy: PollPolicy | None = None) -> Mapping[str, str]:
    """Return the request headers that ask for the feed only if it changed.

    Both validators are sent as received, the ETag with its quotes. Empty without validators
    and at every `full_every`-th poll.

    >>> conditional_headers(PollState(etag='W/"7"', conditional_polls=2))
    {'If-None-Match': 'W/"7"'}
    """
    if state.conditional_polls + 1 >= (policy or PollPolicy()).full_every:
        return {}
    stated = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in stated.items() if value}


def is_own_outage(failures: Iterable[tuple[str, str | None]], *, min_hosts: int = 3) -> bool:
    """Return whether a round of polls failed because of our own network.

    Args:
        failures: Host and failure code (None for a success) of each poll of the round.
        min_hosts: Fewer failed hosts than this may be down independently.

    >>> is_own_outage((host, "unknown_host") for host in ("a.example", "b.example", "c.example"))
    True
    """
    hosts = set()
    for host, failure in failures:
        if failure not in _NETWORK:
            return False
        hosts.add(host)
    return len(hosts) >= min_hosts


def failure_weight(failure: str) -> float:
    """Return how much a failure counts against the feed: 1, 0.5 or 0.25.

    >>> failure_weight("unknown_host"), failure_weight("not_found"), failure_weight("server_error")
    (1.0, 0.5, 0.25)
    """
    return _WEIGHTS.get(failure, _SOFT)


def is_poll_due(state: PollState, now: datetime, policy: PollPolicy | None = None) -> bool:
    """Return whether a feed is to be polled: its due time has come, or it has none that can be.

    >>> from datetime import UTC
    >>> noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    >>> state = PollState(polled_at=noon, next_poll_at=noon + timedelta(hours=1))
    >>> (
    ...     is_poll_due(state, noon + timedelta(minutes=59)),
    ...     is_poll_due(state, noon + timedelta(hours=1)),
    ... )
    (False, True)
    """
    due_at = state.next_poll_at
    return due_at is None or due_at <= now or is_due_time_wrong(state, now, policy)


def is_due_time_wrong(state: PollState, now: datetime, policy: PollPolicy | None = None) -> bool:
    """Return whether only a wrong clock can have made the due time of a feed.

    Then its last poll is ahead of `now`, or its due time is later than any wait after a poll
    allows.

    >>> from datetime import UTC
    >>> noon = datetime(2024, 5, 6, 12, tzinfo=UTC)
    >>> later = noon + timedelta(days=200)
    >>> is_due_time_wrong(PollState(polled_at=later, next_poll_at=later), noon)
    True
    """
    if state.polled_at is None or state.next_poll_at is None:
        return False
    wait_s = (state.next_poll_at - state.polled_at).total_seconds()
    return is_ahead(state.polled_at, now) or wait_s > longest_wait_s(policy or PollPolicy())


def longest_wait_s(policy: PollPolicy) -> float:
    """Return the longest time that the policy lets a feed wait after a poll, in seconds."""
    longest = max(policy.max_backoff_s, policy.max_interval_s, MAX_HINT_S)
    return longest + max(longest * policy.jitter_share, policy.throttled_jitter_s)


def decide_poll(
    state: PollState,
    facts: PollFacts,
    *,
    jitter: float,
    policy: PollPolicy | None = None,
    is_outage: bool = False,
) -> PollDecision:
    """Return the consequences of a poll.

    Args:
        state: What is known from earlier polls.
        facts: The facts of this poll.
        jitter: A number in [0, 1) that spreads due times; 0 for none.
        policy: The numbers; None for the defaults.
        is_outage: Whether the whole round failed (see `is_own_outage`); no feed is backed off.
    """
    policy = policy or PollPolicy()
    if facts.failure is None:
        return _succeeded(state, facts, jitter, policy)
    if facts.failure == "gone":
        gone = replace(_seen(state, facts), failures=state.failures + _HARD, disabled_reason="gone")
        return PollDecision(outcome="gone", state=replace(gone, next_poll_at=None))
    if is_outage:
        due = facts.polled_at + timedelta(seconds=policy.outage_retry_s * (1 + jitter))
        return PollDecision(outcome="excused", state=replace(state, next_poll_at=due))
    return _failed(state, facts, jitter, policy)


def _failed(state: PollState, facts: PollFacts, jitter: float, policy: PollPolicy) -> PollDecision:
    failures = state.failures + failure_weight(facts.failure or "")
    wait = back_off_s(state.interval_s, failures, policy)
    wait = max(wait, _asked_s(facts))
    spread = policy.jitter_share * wait
    if facts.failure == "too_many_requests":
        spread = max(spread, policy.throttled_jitter_s)
    due = facts.polled_at + timedelta(seconds=wait + jitter * spread)
    return PollDecision(
        outcome="failed",
        state=replace(_seen(state, facts), failures=failures, next_poll_at=due),
    )


def back_off_s(
    interval_s: float | None, failures: float, policy: PollPolicy | None = None
) -> float:
    """Return the seconds to wait after consecutive failures of that total weight.

    Linear: the interval grows with each failure, and each whole failure after the first adds
    six hours. A brief failure of a busy feed costs minutes; the maximum is 30 days.

    >>> back_off_s(600, 0.25), back_off_s(600, 3), back_off_s(600, 500)
    (750.0, 45600.0, 2592000.0)
    """
    policy = policy or PollPolicy()
    interval = interval_s or policy.first_interval_s
    wait = interval * (1 + failures) + policy.backoff_step_s * max(0.0, failures - 1)
    return min(wait, policy.max_backoff_s)


def _succeeded(
    state: PollState, facts: PollFacts, jitter: float, policy: PollPolicy
) -> PollDecision:
    is_same = facts.http_status == 304 or (
        facts.body_sha256 is not None and facts.body_sha256 == state.body_sha256
    )
    share = _overlap(state, facts, is_same=is_same)
    interval = learn_interval(state, facts.polled_at, share, policy)
    seen = _with_validators(_seen(state, facts), facts)
    moved_to, seen, flags = _follow_redirect(seen, facts, policy)
    wait = max(interval, *_wishes(facts))
    due = facts.polled_at + timedelta(seconds=wait * (1 + jitter * policy.jitter_share))
    return PollDecision(
        outcome="unchanged" if is_same else "new",
        state=replace(
            seen,
            next_poll_at=due,
            interval_s=interval,
            failures=0.0,
            entries=state.entries if is_same else facts.entries,
            changed_at=state.changed_at if is_same else facts.polled_at,
            body_sha256=facts.body_sha256 or state.body_sha256,
        ),
        overlap=share,
        is_gap_risk=share == 0.0,
        moved_to=moved_to,
        flags=flags,
    )


def _seen(state: PollState, facts: PollFacts) -> PollState:
    """Return the state with the updates common to all answered or failed polls."""
    asked = state.conditional_polls + 1 if facts.is_conditional else 0
    return replace(state, polled_at=facts.polled_at, conditional_polls=asked)


def _with_validators(state: PollState, facts: PollFacts) -> PollState:
    """Return the state with the next validators; a 304 may omit those that still hold."""
    etag, modified = facts.headers.get("etag"), facts.headers.get("last-modified")
    if facts.http_status == 304:
        etag, modified = etag or state.etag, modified or state.last_modified
    return replace(state, etag=etag, last_modified=modified)


def _overlap(state: PollState, facts: PollFacts, *, is_same: bool) -> float | None:
    """Return the share of entries known from the previous poll, None if unknown."""
    if is_same:
        return 1.0
    if not state.entries or not facts.entries or facts.known_entries is None:
        return None
    return min(1.0, facts.known_entries / facts.entries)


def learn_interval(
    state: PollState, polled_at: datetime, overlap: float | None, policy: PollPolicy
) -> float:
    """Return the seconds between polls that the overlap suggests.

    More than two thirds known: half as long again. Less than one third: half. An early poll
    proves nothing by a large overlap and a late one nothing by a small overlap, so such
    polls can change the interval only in the other direction.
    """
    interval = state.interval_s or policy.first_interval_s
    if overlap is None or state.polled_at is None:
        return interval
    elapsed = (polled_at - state.polled_at).total_seconds()
    if overlap > 2 / 3 and elapsed >= 0.8 * interval:
        interval *= 1.5
    elif overlap < 1 / 3 and elapsed <= 1.5 * interval:
        interval /= 2
    return min(max(interval, policy.min_interval_s), policy.max_interval_s)


def interval_wished_s(headers: Mapping[str, str], *, ttl_s: int | None, now: datetime) -> float:
    """Return the minimum seconds between polls that a feed and its headers ask for, at most a day.

    >>> interval_wished_s({"cache-control": "max-age=600"}, ttl_s=900, now=datetime(2024, 5, 6))
    900.0
    """
    return max(min(float(ttl_s or 0), MAX_HINT_S), freshness_s(headers, now=now) or 0.0)


def _wishes(facts: PollFacts) -> tuple[float, ...]:
    """Return the minimum waits that the feed and its server ask for, at most a day each."""
    wished = interval_wished_s(facts.headers, ttl_s=facts.ttl_s, now=facts.polled_at)
    return wished, _asked_s(facts)


def _asked_s(facts: PollFacts) -> float:
    """Return the seconds of `Retry-After`, at most a day; 0 without one."""
    stated = facts.retry_after_s
    if stated is None:
        stated = retry_after_s(facts.headers, now=facts.polled_at)
    return min(max(stated or 0.0, 0.0), MAX_HINT_S)


def _follow_redirect(
    state: PollState, facts: PollFacts, policy: PollPolicy
) -> tuple[str | None, PollState, tuple[str, ...]]:
    """Return the URL to store now, the state, and flags."""
    target = facts.permanent_url
    if target is None:
        return None, replace(state, redirect_url=None, redirect_sightings=0), ()
    sightings = state.redirect_sightings + 1 if target == state.redirect_url else 1
    if facts.is_permanent_url_taken:
        waiting = replace(state, redirect_url=target, redirect_sightings=sightings)
        return None, waiting, ("redirect_to_other_feed",)
    if sightings >= policy.sightings:
        return target, replace(state, redirect_url=None, redirect_sightings=0), ()
    return None, replace(state, redirect_url=target, redirect_sightings=sightings), ()
