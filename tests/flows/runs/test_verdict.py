"""A run that loads too little is red: its state, its exit code, and the rows that stay."""

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.runs.report import PollTally
from flows.runs.verdict import Limits, failure_of
from tests.helpers.articles import write_articles
from tests.helpers.news_server import serving
from tests.helpers.served import ready
from tests.helpers.warehouses import query
from warehouse.run_queries import SourcePages

pytestmark = pytest.mark.usefixtures("unpublished")

EMPTY = b"<html><body><div id=app></div></body></html>"


@pytest.fixture
def news():
    with serving(feeds=1, articles=6) as server:
        yield server


def states(settings):
    return query(
        settings, "SELECT flow, state, detail, appended FROM run_summary ORDER BY started_at"
    )


def test_publisher_whose_pages_all_fail_turns_the_run_red(tmp_path, news):
    for path in news.lists["/feed-0.xml"]:
        news.pages[path] = EMPTY
    settings = ready(tmp_path, news)
    report = ingest_feeds(settings, IngestRequest())
    assert report.failure.startswith("nothing of 127.0.0.1 could be loaded: 6 pages, ")
    assert states(settings) == [("ingest", "failed", report.failure, 0)]


def test_publisher_that_answers_403_turns_the_run_red(tmp_path, news):
    news.statuses.update(dict.fromkeys(news.lists["/feed-0.xml"], 403))
    report = ingest_feeds(ready(tmp_path, news), IngestRequest())
    assert report.failure.startswith("nothing of 127.0.0.1 could be loaded: 6 pages, ")


def test_one_bad_page_among_six_leaves_the_run_green(tmp_path, news):
    news.statuses[news.lists["/feed-0.xml"][0]] = 404
    settings = ready(tmp_path, news)
    assert ingest_feeds(settings, IngestRequest()).failure is None
    assert states(settings) == [("ingest", "completed", None, 5)]


def test_limits_can_be_switched_off(tmp_path, news):
    for path in news.lists["/feed-0.xml"]:
        news.pages[path] = EMPTY
    settings = ready(tmp_path, news).model_copy(update={"fail_pages": 0, "fail_share": 0.0})
    assert ingest_feeds(settings, IngestRequest()).failure is None


def test_load_of_mostly_broken_files_exits_with_1_and_keeps_the_good_ones(tmp_path):
    write_articles(tmp_path / "in", 2)
    for name in "abc":
        (tmp_path / "in" / f"{name}.html").write_bytes(b"\x00\x01\x02\x03")
    done = CliRunner().invoke(app, ["load", str(tmp_path / "in"), "--data", str(tmp_path / "data")])
    assert done.exit_code == 1
    assert "5 documents: 2 new, 0 known, 3 rejected" in done.output
    assert "the run failed: only 2 of 5 documents could be loaded: binary (3)" in done.output
    assert "warehouse: " in done.output  # readers see the two


def test_offline_machine_is_named():
    polls = PollTally(polled=3, excused=3)
    told = failure_of(loaded=0, reasons=[], polls=polls, limits=Limits(fewest=5))
    assert told == "this machine is offline: none of 3 feeds was reached"


@pytest.mark.parametrize(
    ("polled", "failed", "is_red"), [(4, 4, False), (10, 5, False), (10, 6, True)]
)
def test_run_is_red_if_most_feeds_fail(polled, failed, is_red):
    polls = PollTally(polled=polled, failed=failed)
    told = failure_of(loaded=0, reasons=[], polls=polls, limits=Limits(fewest=5))
    assert (told is not None) == is_red


def test_pages_that_are_no_articles_do_not_count_in_the_share():
    assert failure_of(loaded=1, reasons=["listing"] * 9, limits=Limits()) is None


def test_publishers_beyond_the_third_are_counted():
    sources = [
        SourcePages(source_id=f"{n}.example", pages=9, loaded=0, waiting=0, reason="too_short")
        for n in range(5)
    ]
    told = failure_of(loaded=50, reasons=["too_short"] * 45, sources=sources, limits=Limits())
    assert told.endswith("; and 2 other publishers")
