from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.feeds.feed_records import PollDecision, PollFacts, PollState
from transforms.feeds.polling import (
    PollPolicy,
    back_off_s,
    conditional_headers,
    decide_poll,
    failure_weight,
    is_due_time_wrong,
    is_own_outage,
    is_poll_due,
    learn_interval,
)

NOW = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
HOUR = 3600.0
DAY = 86_400.0
STATE = PollState(
    polled_at=NOW - timedelta(hours=1),
    next_poll_at=NOW,
    interval_s=HOUR,
    etag='"v1"',
    last_modified="Mon, 06 May 2024 10:00:00 GMT",
    body_sha256="aa",
    entries=20,
)
FETCHED = PollFacts(polled_at=NOW, http_status=200, body_sha256="bb", entries=20, known_entries=10)
NOT_MODIFIED = PollFacts(polled_at=NOW, http_status=304, is_conditional=True)


def failed(failure: str, *, http_status: int | None = None, **headers: str) -> PollFacts:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return PollFacts(polled_at=NOW, failure=failure, http_status=http_status, headers=named)


def wait_s(decision: PollDecision) -> float:
    assert decision.state.next_poll_at is not None
    return (decision.state.next_poll_at - NOW).total_seconds()


@pytest.mark.parametrize(
    ("known", "factor"),
    [
        pytest.param(20, 1.5, id="all-known"),
        pytest.param(14, 1.5, id="most-known"),
        pytest.param(10, 1.0, id="half-known"),
        pytest.param(7, 1.0, id="a-third-known"),
        pytest.param(6, 0.5, id="few-known"),
        pytest.param(0, 0.5, id="none-known"),
    ],
)
def test_interval_follows_the_overlap(known: int, factor: float) -> None:
    decision = decide_poll(STATE, replace(FETCHED, known_entries=known), jitter=0)
    assert decision.state.interval_s == HOUR * factor
    assert wait_s(decision) == HOUR * factor
    assert decision.overlap == known / 20


def test_interval_stays_within_ten_minutes_and_a_day() -> None:
    busy, quiet = STATE, STATE
    for _ in range(20):
        busy_interval = learn_interval(
            replace(busy, polled_at=NOW - timedelta(seconds=busy.interval_s or 0)),
            NOW, 0.0, PollPolicy(),
        )  # fmt: skip
        quiet_interval = learn_interval(
            replace(quiet, polled_at=NOW - timedelta(seconds=quiet.interval_s or 0)),
            NOW, 1.0, PollPolicy(),
        )  # fmt: skip
        busy = replace(busy, interval_s=busy_interval)
        quiet = replace(quiet, interval_s=quiet_interval)
    assert (busy.interval_s, quiet.interval_s) == (600.0, DAY)


def test_early_poll_does_not_increase_the_interval() -> None:
    early = replace(STATE, polled_at=NOW - timedelta(minutes=5))
    assert learn_interval(early, NOW, 1.0, PollPolicy()) == HOUR
    assert learn_interval(early, NOW, 0.0, PollPolicy()) == HOUR / 2


def test_late_poll_does_not_decrease_the_interval() -> None:
    late = replace(STATE, polled_at=NOW - timedelta(days=3))
    assert learn_interval(late, NOW, 0.0, PollPolicy()) == HOUR
    assert learn_interval(late, NOW, 1.0, PollPolicy()) == HOUR * 1.5


def test_first_poll_does_not_change_the_interval() -> None:
    decision = decide_poll(PollState(), FETCHED, jitter=0)
    assert (decision.overlap, decision.is_gap_risk) == (None, False)
    assert decision.state.interval_s == HOUR


def test_poll_without_known_entries_is_a_gap_risk() -> None:
    assert decide_poll(STATE, replace(FETCHED, known_entries=0), jitter=0).is_gap_risk
    assert not decide_poll(STATE, replace(FETCHED, known_entries=1), jitter=0).is_gap_risk
    assert not decide_poll(
        STATE, replace(FETCHED, entries=0, known_entries=0), jitter=0
    ).is_gap_risk


def test_poll_says_nothing_if_the_previous_entries_are_unknown() -> None:
    decision = decide_poll(STATE, replace(FETCHED, known_entries=None), jitter=0)
    assert (decision.overlap, decision.is_gap_risk) == (None, False)
    assert decision.state.interval_s == STATE.interval_s


def test_same_body_under_a_new_etag_is_unchanged() -> None:
    facts = replace(FETCHED, body_sha256="aa", headers={"etag": '"v2"'}, entries=0)
    decision = decide_poll(STATE, facts, jitter=0)
    assert (decision.outcome, decision.overlap) == ("unchanged", 1.0)
    assert (decision.state.etag, decision.state.entries) == ('"v2"', 20)


def test_304_without_etag_keeps_the_old_one() -> None:
    state = decide_poll(STATE, NOT_MODIFIED, jitter=0).state
    assert (state.etag, state.last_modified) == (STATE.etag, STATE.last_modified)
    assert (state.body_sha256, state.entries) == ("aa", 20)


def test_304_with_a_new_etag_stores_it() -> None:
    facts = replace(NOT_MODIFIED, headers={"etag": 'W/"v2"'})
    assert decide_poll(STATE, facts, jitter=0).state.etag == 'W/"v2"'


def test_body_without_validators_forgets_them() -> None:
    state = decide_poll(STATE, FETCHED, jitter=0).state
    assert (state.etag, state.last_modified) == (None, None)


def test_both_validators_are_sent_unchanged() -> None:
    assert conditional_headers(STATE) == {
        "If-None-Match": '"v1"',
        "If-Modified-Since": "Mon, 06 May 2024 10:00:00 GMT",
    }
    assert conditional_headers(PollState()) == {}


def test_every_24th_poll_is_a_full_one() -> None:
    state, full = STATE, 0
    for _ in range(240):
        headers = conditional_headers(state)
        full += not headers
        facts = NOT_MODIFIED if headers else replace(FETCHED, headers={"etag": '"v1"'})
        state = decide_poll(state, facts, jitter=0).state
    assert full == 10


@pytest.mark.parametrize(
    ("failure", "weight"),
    [
        ("unknown_host", 1.0), ("too_many_redirects", 1.0), ("gone", 1.0),
        ("not_found", 0.5), ("forbidden", 0.5), ("not_a_feed", 0.5), ("bad_xml", 0.5),
        ("parse_timeout", 0.5), ("something_new", 0.5),
        ("connect_timeout", 0.25), ("dns_temporary", 0.25), ("too_many_requests", 0.25),
        ("server_error", 0.25), ("truncated_body", 0.25),
    ],
)  # fmt: skip
def test_failures_are_weighted(failure: str, weight: float) -> None:
    assert failure_weight(failure) == weight
    assert decide_poll(STATE, failed(failure), jitter=0).state.failures == weight


def test_failed_poll_keeps_what_was_known() -> None:
    decision = decide_poll(STATE, failed("not_found", http_status=404), jitter=0)
    assert decision.outcome == "failed"
    assert (decision.state.etag, decision.state.entries) == (STATE.etag, 20)
    assert decision.state.interval_s == HOUR
    assert decision.state.disabled_reason is None


def test_back_off_is_linear_up_to_thirty_days() -> None:
    waits = [back_off_s(HOUR, failures) for failures in (1, 2, 3, 4)]
    steps = {second - first for first, second in pairwise(waits)}
    assert steps == {HOUR + 21_600}
    assert back_off_s(HOUR, 10_000) == 30 * DAY


def test_success_ends_the_back_off() -> None:
    state = decide_poll(replace(STATE, failures=40.0), FETCHED, jitter=0).state
    assert state.failures == 0
    assert state.next_poll_at == NOW + timedelta(hours=1)


def test_gone_ends_polling() -> None:
    decision = decide_poll(STATE, failed("gone", http_status=410), jitter=0)
    assert decision.outcome == "gone"
    assert (decision.state.disabled_reason, decision.state.next_poll_at) == ("gone", None)


def test_no_feed_is_backed_off_during_our_own_outage() -> None:
    decision = decide_poll(STATE, failed("unknown_host"), jitter=0, is_outage=True)
    assert decision.outcome == "excused"
    assert replace(decision.state, next_poll_at=STATE.next_poll_at) == STATE
    assert wait_s(decision) == 600


@pytest.mark.parametrize(
    ("failures", "expected"),
    [
        pytest.param([("a", "deadline"), ("b", "unknown_host"), ("c", "dns_temporary")], True, id="all"),
        pytest.param([("a", "deadline"), ("b", None), ("c", "deadline")], False, id="one-works"),
        pytest.param([("a", "deadline"), ("b", "server_error"), ("c", "deadline")], False, id="answered"),
        pytest.param([("a", "deadline")] * 5, False, id="one-host"),
        pytest.param([], False, id="nothing-polled"),
    ],
)  # fmt: skip
def test_outage_means_that_every_host_fails(
    failures: list[tuple[str, str | None]], expected: bool
) -> None:
    assert is_own_outage(failures) is expected


@pytest.mark.parametrize(
    ("headers", "ttl_s", "expected"),
    [
        pytest.param({}, None, HOUR, id="no-wish"),
        pytest.param({}, 7200, 7200, id="ttl"),
        pytest.param({}, 60, HOUR, id="shorter-ttl"),
        pytest.param({}, 10 * 86_400, DAY, id="ttl-capped"),
        pytest.param({"cache-control": "public, max-age=5400"}, None, 5400, id="max-age"),
        pytest.param({"cache-control": "max-age=5400", "age": "1000"}, None, 4400, id="age"),
        pytest.param({"cache-control": "s-maxage=9000"}, None, HOUR, id="shared-caches-only"),
        pytest.param({"cache-control": "max-age=31536000"}, None, DAY, id="max-age-capped"),
        pytest.param({"cache-control": "no-cache", "expires": "0"}, None, HOUR, id="no-cache"),
        pytest.param(
            {"date": "Mon, 06 May 2024 08:00:00 GMT", "expires": "Mon, 06 May 2024 10:00:00 GMT"},
            None, 7200, id="expires-by-the-servers-clock",
        ),
    ],
)  # fmt: skip
def test_publisher_wishes_are_respected(
    headers: dict[str, str], ttl_s: int | None, expected: float
) -> None:
    decision = decide_poll(STATE, replace(FETCHED, headers=headers, ttl_s=ttl_s), jitter=0)
    assert wait_s(decision) == expected
    assert decision.state.interval_s == HOUR


def test_throttled_feed_waits_as_requested_with_jitter() -> None:
    facts = failed("too_many_requests", http_status=429, retry_after="7200")
    assert wait_s(decide_poll(STATE, facts, jitter=0)) == 7200
    assert wait_s(decide_poll(STATE, facts, jitter=0.5)) == 7200 + 1800


def test_retry_after_from_the_fetch_is_used() -> None:
    facts = replace(failed("server_error", http_status=503), retry_after_s=7200.0)
    assert wait_s(decide_poll(STATE, facts, jitter=0)) == 7200


def test_unavailable_feed_waits_until_the_stated_time() -> None:
    facts = failed(
        "server_error", http_status=503,
        retry_after="Mon, 06 May 2024 16:00:00 GMT", date="Mon, 06 May 2024 12:00:00 GMT",
    )  # fmt: skip
    assert wait_s(decide_poll(STATE, facts, jitter=0)) == 4 * HOUR


FACTS = st.builds(
    PollFacts,
    polled_at=st.just(NOW),
    http_status=st.sampled_from([200, 304, 404, 429, 503]),
    failure=st.one_of(st.none(), st.sampled_from(["not_found", "deadline", "unknown_host"])),
    entries=st.integers(0, 30),
    known_entries=st.integers(0, 30),
    ttl_s=st.one_of(st.none(), st.integers(0, 10**9)),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "cache-control", "expires", "date", "age"]),
        st.one_of(st.text(max_size=20), st.integers(-5, 10**9).map(str)),
    ),
)


@given(facts=FACTS, failures=st.floats(0, 10_000), jitter=st.floats(0, 0.999))
def test_next_poll_is_always_in_the_future_and_within_bounds(
    facts: PollFacts, failures: float, jitter: float
) -> None:
    decision = decide_poll(replace(STATE, failures=failures), facts, jitter=jitter)
    assert 600 <= wait_s(decision) <= 33 * DAY


@pytest.mark.parametrize(
    ("stated", "least"),
    [
        pytest.param("120", HOUR * 1.25, id="shorter-than-the-back-off"),
        pytest.param("7200", 7200, id="hours"),
        pytest.param("316800", DAY, id="88-hours-are-cut-to-a-day"),
        pytest.param("999999999999999999", DAY, id="absurd"),
        pytest.param("-5", HOUR * 1.25, id="negative"),
        pytest.param("soon", HOUR * 1.25, id="text"),
    ],
)
@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_throttled_feed_waits_as_asked_and_a_little_longer(
    stated: str, least: float, jitter: float
) -> None:
    facts = failed("too_many_requests", http_status=429, retry_after=stated)
    decision = decide_poll(STATE, facts, jitter=jitter)
    spread = max(PollPolicy().throttled_jitter_s, 0.1 * least)
    assert wait_s(decision) == pytest.approx(least + jitter * spread)
    assert not is_poll_due(decision.state, NOW + timedelta(seconds=least - 1))
    assert is_poll_due(decision.state, NOW + timedelta(seconds=least + spread))
    assert not is_due_time_wrong(decision.state, NOW)


AHEAD = timedelta(days=200)


@pytest.mark.parametrize(
    ("polled", "waits", "is_due", "is_wrong"),
    [
        pytest.param(AHEAD, timedelta(hours=1), True, True, id="polled-200-days-ahead"),
        pytest.param(timedelta(days=2), timedelta(hours=1), True, True, id="polled-two-days-ahead"),
        pytest.param(
            timedelta(minutes=59), timedelta(hours=1), False, False, id="set-back-an-hour"
        ),
        pytest.param(timedelta(0), AHEAD, True, True, id="due-later-than-any-wait"),
        pytest.param(timedelta(0), timedelta(days=30), False, False, id="longest-back-off"),
        pytest.param(-timedelta(days=40), timedelta(days=31), True, False, id="long-switched-off"),
    ],
)
def test_due_time_of_a_wrong_clock_is_not_waited_for(
    polled: timedelta, waits: timedelta, is_due: bool, is_wrong: bool
) -> None:
    state = PollState(polled_at=NOW + polled, next_poll_at=NOW + polled + waits)
    assert (is_poll_due(state, NOW), is_due_time_wrong(state, NOW)) == (is_due, is_wrong)


@pytest.mark.parametrize("failures", [0.0, 3.0, 1000.0])
@pytest.mark.parametrize("interval", [600.0, DAY])
def test_no_decision_looks_like_that_of_a_wrong_clock(failures: float, interval: float) -> None:
    state = replace(STATE, failures=failures, interval_s=interval)
    asked = failed("too_many_requests", retry_after="999999")
    for facts in (asked, failed("not_found"), replace(FETCHED, ttl_s=10**9)):
        decision = decide_poll(state, facts, jitter=0.999)
        assert not is_due_time_wrong(decision.state, NOW)


def test_clock_that_was_set_back_gives_no_negative_interval() -> None:
    state = replace(STATE, polled_at=NOW + timedelta(hours=1))  # the poll before was "later"
    decision = decide_poll(state, replace(FETCHED, known_entries=20), jitter=0)
    assert wait_s(decision) >= PollPolicy().min_interval_s
