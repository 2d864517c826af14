"""Feeds are found by what users call them, and a wrong name is answered with the nearest ones."""

from pathlib import Path

import pytest

from flows.errors import FeedListError
from flows.feeds.opml import ListedFeed
from flows.feeds.selection import chosen, matching

LIST = Path("data/feeds.opml")
TIMES = ListedFeed(
    url="https://www.harbour-times.example/rss.xml?utm_source=x", title="Harbour Times", folder="World/Europe"
)  # fmt: skip
SPORT = ListedFeed(
    url="https://www.harbour-times.example/sport.xml", title="Harbour Times Sport", folder="Sport"
)
WIRE = ListedFeed(url="https://desk:pa55@tide.example/feed?token=4711")
FEEDS = [TIMES, SPORT, WIRE]


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        pytest.param("https://harbour-times.example/rss.xml", None, id="other-host"),
        pytest.param("https://www.harbour-times.example/rss.xml", TIMES, id="url"),
        pytest.param("harbour times", TIMES, id="title-and-not-the-longer-one"),
        pytest.param("SPORT", SPORT, id="part-of-a-title"),
        pytest.param("tide.example", WIRE, id="part-of-a-url"),
    ],
)
def test_feed_is_found_by_its_name(name, feed):
    if feed is None:
        with pytest.raises(FeedListError, match="has no feed"):
            chosen(FEEDS, LIST, names=[name])
    else:
        assert chosen(FEEDS, LIST, names=[name]) == [feed]


def test_all_words_must_match():
    assert matching(FEEDS, ["times", "HARBOUR"]) == [TIMES, SPORT]
    assert matching(FEEDS, ["sport", "harbour"]) == [SPORT]
    assert matching(FEEDS, ["sport", "tide"]) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"source": "harbour-times.example"}, [TIMES, SPORT]),
        ({"source": "www.Harbour-Times.example"}, [TIMES, SPORT]),
        ({"folder": "world"}, [TIMES]),
        ({"folder": "Sport", "names": ["Harbour Times Sport", "tide"]}, [SPORT, WIRE]),
    ],
)
def test_source_and_folder_choose_all_their_feeds(given, found):
    assert sorted(chosen(FEEDS, LIST, **given), key=FEEDS.index) == found


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"names": ["Harbor Tmes"]}, "has no feed 'Harbor Tmes': did you mean 'Harbour Times'"),
        ({"names": ["https://www.harbour-times.example/rss.xm"]}, "'https://www.harbour-times.example/rss.xml"),
        ({"names": ["times"]}, "has 2 feeds that match 'times', so give a URL: https://www"),
        ({"names": ["qq"]}, "`onrecord feeds` lists them"),
        ({"source": "harbor-times.example"}, "no source 'harbor-times.example': did you mean 'harbour-times.example'"),
        ({"folder": "Sports"}, "has no folder 'Sports': did you mean 'Sport'"),
    ],
)  # fmt: skip
def test_wrong_name_is_answered_with_the_nearest(given, said):
    with pytest.raises(FeedListError) as raised:
        chosen(FEEDS, LIST, **given)
    assert said in str(raised.value)


def test_all_wrong_names_are_told_and_no_secret():
    with pytest.raises(FeedListError) as raised:
        chosen(
            FEEDS,
            LIST,
            names=["Harbour Times", "qq", "https://desk:pa55@tide.example/fed?token=4711"],
        )
    assert "'qq'" in str(raised.value)
    assert "https://***@tide.example/feed?token=***" in str(raised.value)
    assert "pa55" not in str(raised.value)
