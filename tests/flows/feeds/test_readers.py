from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator

import pytest

from flows.feeds.readers import FeedReaders, ReaderOptions
from tests.helpers.feed_builders import body, item, many_attributes, rss
from transforms.feeds.feed_records import FeedRefusal, ParsedFeed


@pytest.fixture(scope="module")
def readers() -> Iterator[FeedReaders]:
    with FeedReaders(ReaderOptions(processes=1, deadline_s=2)) as pool:
        yield pool


def test_results_come_in_the_order_of_the_bodies(readers: FeedReaders) -> None:
    bodies = [body(rss(*(item(number) for number in range(count)))) for count in range(30)]
    answers = list(readers.read(bodies))
    assert [asked for asked, _ in answers] == bodies
    assert [len(feed.entries) for _, feed in answers if isinstance(feed, ParsedFeed)] == list(
        range(30)
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(lambda: b"<rss><channel>" + b"<a>" * 1_000_000, id="nested"),
        pytest.param(many_attributes, id="attributes"),
    ],
)
def test_hostile_feed_is_stopped_and_the_next_is_read(
    readers: FeedReaders, hostile: Callable[[], bytes]
) -> None:
    outcomes = [outcome for _, outcome in readers.read([body(hostile()), body(rss(item()))])]
    assert isinstance(outcomes[0], FeedRefusal)
    assert outcomes[0].reason in {"parse_timeout", "parse_memory"}
    assert isinstance(outcomes[1], ParsedFeed)


def test_unclosed_comments_are_read_in_bounded_time(readers: FeedReaders) -> None:
    text = "&lt;!--" * 100_000  # takes 36 s in feedparser's sanitizer
    [(_, outcome)] = readers.read([body(rss(item(extra=f"<description>{text}</description>")))])
    assert isinstance(outcome, ParsedFeed)


def test_memory_of_a_reader_is_limited() -> None:
    # One character outside the basic plane makes Python store four bytes per character.
    large = gzip.compress("<urlset>⛴😀".encode() + b"x" * 60_000_000, 1)
    options = ReaderOptions(processes=1, deadline_s=60, memory_bytes=450_000_000)
    with FeedReaders(options) as pool:
        outcomes = [outcome for _, outcome in pool.read([body(large), body(rss(item()))])]
    assert isinstance(outcomes[0], FeedRefusal)
    assert outcomes[0].reason in {"parse_memory", "parse_crash"}
    assert isinstance(outcomes[1], ParsedFeed)


def test_event_loop_is_not_blocked(readers: FeedReaders) -> None:
    async def read_all() -> list[ParsedFeed | FeedRefusal]:
        bodies = [body(rss(item())), body(b"<html></html>"), body(b"")]
        return await asyncio.gather(*(readers.read_one(each) for each in bodies))

    outcomes = asyncio.run(read_all())
    assert isinstance(outcomes[0], ParsedFeed)
    assert [outcome.reason for outcome in outcomes[1:] if isinstance(outcome, FeedRefusal)] == [
        "not_a_feed",
        "empty",
    ]


FAULTS = [
    pytest.param(b"", "empty", id="empty"),
    pytest.param(b"<html><title>Log in</title></html>", "not_a_feed", id="page"),
    pytest.param(b'{"error": 404}', "unsupported_feed", id="json"),
    pytest.param(b'{"items": [', "bad_json", id="cut-json"),
    pytest.param(
        b'<!DOCTYPE r [<!ENTITY a "x"><!ENTITY b "&a;">]><rss/>', "bad_xml", id="entities"
    ),
    pytest.param(b"\x1f\x8b\x08\x00", "truncated_body", id="cut-gzip"),
]


def test_bad_feeds_of_every_class_do_not_affect_good_ones(readers: FeedReaders) -> None:
    good = [body(rss(item(number))) for number in range(100)]
    bad = [body(fault.values[0], url=f"https://bad.example/{fault.id}") for fault in FAULTS]  # type: ignore[arg-type]
    mixed = [*good[:50], *bad, *good[50:]]
    outcomes = list(readers.read(mixed))
    assert sum(isinstance(outcome, ParsedFeed) for _, outcome in outcomes) == 100
    refused = {
        asked.url.rpartition("/")[2]: outcome.reason
        for asked, outcome in outcomes
        if isinstance(outcome, FeedRefusal)
    }
    assert refused == {str(fault.id): fault.values[1] for fault in FAULTS}
