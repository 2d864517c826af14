"""What a look at a feed says about its pace and its problems."""

from datetime import timedelta
from typing import Any

import pytest

from tests.helpers.feed_builders import NOW, item, parsed, rss
from transforms.feeds.feed_outlook import find_problems, look_ahead

CACHED = {"etag": '"v1"'}


def on(day: int, hour: int = 9) -> str:
    return f"{day} May 2024 {hour:02}:00:00 GMT"


def feed(*dates: str, **given: Any):
    return parsed(rss(*(item(n, date=date) for n, date in enumerate(dates)), **given))


def test_pace_is_that_of_the_dates():
    outlook = look_ahead(feed(on(2), on(3), on(4), on(6)), {}, now=NOW)
    assert (outlook.dated, outlook.per_day) == (4, 0.75)
    assert outlook.last_at is not None
    assert outlook.last_at - NOW == timedelta(hours=-3)


@pytest.mark.parametrize(
    ("dates", "hours"),
    [
        pytest.param([on(6, hour) for hour in range(11)], 5.5, id="half-of-the-entries"),
        pytest.param([on(1), on(5)], 24.0, id="at-most-a-day"),
        pytest.param([on(6), "6 May 2024 09:05:00 GMT"], 1 / 6, id="at-least-ten-minutes"),
        pytest.param([on(6)], None, id="one-date-tells-nothing"),
        pytest.param([""], None, id="no-date"),
    ],
)
def test_polls_follow_the_pace(dates, hours):
    usual = look_ahead(feed(*dates), {}, now=NOW).usual_interval_s
    assert usual == (None if hours is None else pytest.approx(hours * 3600))


def test_wish_of_the_feed_or_its_server_is_the_shortest_interval():
    slow = feed(on(6, 1), on(6, 2), head="<ttl>180</ttl>")
    outlook = look_ahead(slow, {"cache-control": "max-age=7200"}, now=NOW)
    assert (outlook.wished_s, outlook.first_interval_s, outlook.usual_interval_s) == (
        10_800.0, 10_800.0, 10_800.0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "headers", "said"),
    [
        pytest.param(rss(), CACHED, "it has no entries", id="empty"),
        pytest.param(rss(item(1, date=""), item(2)), CACHED, "1 of 2 entries are without a date", id="undated"),
        pytest.param(rss(item(1, date=""), item(2, date="soon")), CACHED, "all entries are without a date", id="no-dates"),
        pytest.param(rss(item(1), item(2), item(3)), CACHED, "the same date", id="stamped"),
        pytest.param(rss(item(1, date=on(9))), CACHED, "dated in the future", id="future"),
        pytest.param(rss(item(1, date="1 Mar 2024 09:00:00 GMT")), CACHED, "its newest entry is 66 days old", id="old"),
        pytest.param(rss(item(1)), {}, "no ETag", id="no-validators"),
        pytest.param(rss(item(1), item(1)), CACHED, "1 of 2 items have the key of another one", id="twice"),
    ],
)  # fmt: skip
def test_problem_is_told(content, headers, said):
    assert said in "\n".join(find_problems(parsed(content), headers, now=NOW))


@pytest.mark.parametrize("headers", [CACHED, {"last-modified": "Mon, 06 May 2024 10:00:00 GMT"}])
def test_sound_feed_has_no_problems(headers):
    assert find_problems(feed(on(4), on(5), on(6)), headers, now=NOW) == ()
