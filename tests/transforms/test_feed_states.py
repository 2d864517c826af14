"""The state of a feed follows from its polls and from its own rhythm."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from transforms.feeds.feed_hints import feed_hints
from transforms.feeds.feed_states import MEANINGS, STATES, FeedFacts, attention_order, state_of

NOW = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def facts(**given):
    usual: dict[str, Any] = {
        "polled_at": NOW, "outcome": "unchanged", "listed_at": NOW - 90 * DAY,
        "last_new_at": NOW - timedelta(hours=3), "longest_pause": DAY,
    }  # fmt: skip
    return FeedFacts(**usual | given)


@pytest.mark.parametrize(
    ("given", "state"),
    [
        pytest.param({}, "ok", id="as-usual"),
        pytest.param({"polled_at": None}, "new", id="not-polled"),
        pytest.param({"outcome": "failed"}, "failing", id="last-poll-failed"),
        pytest.param({"outcome": "excused"}, "ok", id="our-own-network"),
        pytest.param({"is_gone": True, "outcome": "gone"}, "gone", id="gone"),
        pytest.param({"gap_risks": 2}, "gap", id="gap"),
        pytest.param({"gap_risks": 2, "last_new_at": NOW - 4 * DAY}, "silent", id="silent-first"),
        pytest.param({"is_paused": True, "outcome": "failed"}, "paused", id="paused-first"),
    ],
)
def test_state_follows_from_facts(given, state):
    assert state_of(facts(**given)) == state


@pytest.mark.parametrize(
    ("given", "is_silent"),
    [
        pytest.param({"last_new_at": NOW - 2.9 * DAY}, False, id="weekend"),
        pytest.param({"last_new_at": NOW - 3.1 * DAY}, True, id="longer-than-a-weekend"),
        pytest.param({"last_new_at": NOW - 13 * DAY, "longest_pause": 7 * DAY}, False, id="weekly"),
        pytest.param({"last_new_at": NOW - 15 * DAY, "longest_pause": 7 * DAY}, True, id="missed-two"),
        pytest.param({"last_new_at": NOW - 29 * DAY, "longest_pause": None}, False, id="unknown-pause"),
        pytest.param({"last_new_at": NOW - 31 * DAY, "longest_pause": None}, True, id="a-month"),
        pytest.param({"last_new_at": None, "longest_pause": None}, True, id="never-an-entry"),
        pytest.param(
            {"last_new_at": None, "longest_pause": None, "listed_at": NOW - DAY}, False, id="just-listed"
        ),
    ],
)  # fmt: skip
def test_feed_is_silent_if_its_pause_is_unusual_for_it(given, is_silent):
    assert (state_of(facts(**given)) == "silent") is is_silent


def test_feed_that_was_not_polled_meanwhile_is_not_silent():
    assert state_of(facts(polled_at=NOW - 20 * DAY, last_new_at=NOW - 21 * DAY)) == "ok"


def test_what_needs_attention_comes_first_and_then_the_name():
    feeds = [
        ("ok", "Aren"),
        ("paused", "Bay"),
        ("gap", "Venn"),
        ("failing", "tide"),
        ("failing", "Oster"),
    ]
    assert sorted(feeds, key=lambda feed: attention_order(*feed)) == [
        ("failing", "Oster"), ("failing", "tide"), ("gap", "Venn"), ("paused", "Bay"), ("ok", "Aren"),
    ]  # fmt: skip
    assert set(MEANINGS) == set(STATES)


@pytest.mark.parametrize(
    ("state", "failure", "said"),
    [
        ("failing", "not_found", "onrecord test https://wire.example/"),
        ("failing", "private_address", "ONRECORD_ALLOW_HOSTS=wire.example:8080"),
        ("failing", "server_error", "nothing yet"),
        ("gone", None, "onrecord remove https://wire.example:8080/rss"),
        ("gap", None, "backfill --from sitemap --source wire.example"),
        ("paused", None, "onrecord resume https://wire.example:8080/rss"),
    ],
)
def test_hints_say_what_to_do(state, failure, said):
    hints = feed_hints(
        state,
        url="https://wire.example:8080/rss",
        home_url="https://wire.example/",
        failure=failure,
    )
    assert said in "\n".join(hints)


def test_feed_that_is_well_has_no_hints():
    assert feed_hints("ok", url="https://wire.example/rss", home_url=None) == ()
