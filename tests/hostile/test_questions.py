"""Search questions, watches, robots.txt and headers that are hostile."""

import contextlib

import pytest

from flows.fetching.fetch_records import charset_of, find_opt_out
from flows.fetching.robots_rules import RobotsRules
from tests.helpers.builders import NOW
from tests.helpers.hostile import hostile, superlinear
from transforms.feeds.poll_headers import freshness_s, retry_after_s
from warehouse.errors import SearchSyntaxError, WatchError
from warehouse.search_syntax import MOST_CHARS, parse_question
from warehouse.watches import make_watch

PAGE = "https://news.example/2024/ferry"


def refused(run):
    """Return `run` without the errors that it may raise."""

    def running(text):
        with contextlib.suppress(SearchSyntaxError, WatchError):
            run(text)

    return running


def ask_robots(text):
    rules = RobotsRules.parse(text.encode())
    rules.allows(PAGE, "onrecord")
    rules.line_about(PAGE, "onrecord")
    return rules.delay_s("onrecord")


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(refused(parse_question), id="question"),
        pytest.param(refused(lambda text: parse_question(f'"{text}"')), id="phrase"),
        pytest.param(refused(lambda text: parse_question(f"speaker:{text}")), id="field"),
        pytest.param(
            refused(lambda text: make_watch(None, words=text, speaker=None, entity=None)),
            id="watch",
        ),
        pytest.param(
            refused(lambda text: make_watch(None, words=None, speaker=text, entity=text)),
            id="watch-of-people",
        ),
        pytest.param(ask_robots, id="robots"),
        pytest.param(
            lambda text: ask_robots(f"User-agent: {text}\nDisallow: /{text}\nCrawl-delay: {text}"),
            id="robots-lines",
        ),
        pytest.param(lambda text: charset_of(f"text/html; charset={text}"), id="content-type"),
        pytest.param(lambda text: find_opt_out((("x-robots-tag", text),)), id="robots-tag"),
        pytest.param(lambda text: retry_after_s({"retry-after": text}, now=NOW), id="retry-after"),
        pytest.param(
            lambda text: freshness_s({"cache-control": f"max-age{text}", "age": text}, now=NOW),
            id="cache-control",
        ),
    ],
)
def test_question_or_header_costs_linear_time(run):
    assert superlinear(run) == []


def test_long_question_is_refused_with_its_length():
    with pytest.raises(SearchSyntaxError, match="the question has 20,000 characters, expected at"):
        parse_question(hostile("words", 20_000))
    with pytest.raises(SearchSyntaxError, match="--speaker has 2,001 characters"):
        make_watch(None, words=None, speaker="A" * (MOST_CHARS + 1), entity=None)
