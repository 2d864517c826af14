from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from transforms.feeds.feed_records import PollFacts, PollState
from transforms.feeds.polling import decide_poll

NOW = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
STATE = PollState(interval_s=3600.0, entries=20)
FETCHED = PollFacts(polled_at=NOW, http_status=200, entries=20, known_entries=10)


def moved(url: str, *, taken: bool = False) -> PollFacts:
    return replace(FETCHED, permanent_url=url, is_permanent_url_taken=taken)


def test_permanent_redirect_is_stored_at_the_third_sighting() -> None:
    state = STATE
    stored = []
    for _ in range(3):
        decision = decide_poll(state, moved("https://new.example/feed"), jitter=0)
        state = decision.state
        stored.append(decision.moved_to)
    assert stored == [None, None, "https://new.example/feed"]
    assert (state.redirect_url, state.redirect_sightings) == (None, 0)


def test_redirect_to_another_url_starts_the_count_again() -> None:
    state = STATE
    for url in ("https://a.example/f", "https://a.example/f", "https://b.example/f"):
        decision = decide_poll(state, moved(url), jitter=0)
        state = decision.state
        assert decision.moved_to is None
    assert (state.redirect_url, state.redirect_sightings) == ("https://b.example/f", 1)


def test_direct_response_forgets_the_redirect() -> None:
    state = decide_poll(STATE, moved("https://a.example/f"), jitter=0).state
    assert decide_poll(state, FETCHED, jitter=0).state.redirect_sightings == 0


def test_redirect_to_another_listed_feed_is_never_stored() -> None:
    state = STATE
    for _ in range(5):
        decision = decide_poll(state, moved("https://a.example/f", taken=True), jitter=0)
        state = decision.state
        assert decision.moved_to is None
        assert decision.flags == ("redirect_to_other_feed",)
