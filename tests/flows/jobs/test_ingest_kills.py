"""After a kill, no page is fetched twice, archived twice or lost."""

from collections import Counter
from datetime import timedelta

import pytest

from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import read_archive
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.runs import batches, items
from flows.runs.page_archive import PageArchive
from flows.settings import Settings
from tests.helpers.in_process import ingest_in_process
from tests.helpers.kill_points import killed_at
from tests.helpers.news_server import serving
from tests.helpers.warehouses import query


@pytest.fixture
def news():
    with serving(feeds=2, articles=6) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(
        data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host, batch_documents=5
    )


@pytest.fixture(autouse=True)
def _in_process(monkeypatch):
    ingest_in_process(monkeypatch)


def ingest(settings):
    return ingest_feeds(settings, IngestRequest(is_forced=True))


def kill_at_page(settings, moment):
    """Run `ingest` in a process that is killed when it has archived that many pages."""

    def work(points):
        points.replace(PageArchive, "keep")
        ingest(settings)

    assert killed_at(moment, work) == 9


def kill_at_batch(settings, moment, name):
    """Run `ingest` in a process that is killed at a call of a function for its batches.

    The batches wait until all pages have come, so that none is in flight.
    """

    def work(points):
        pytest.MonkeyPatch().setattr(
            "flows.runs.batches.batches",
            lambda found, *, most: items.batches(iter(list(found)), most=most),
        )
        points.replace(batches, name)
        ingest(settings)

    assert killed_at(moment, work) == 9


def pages_of(news):
    return {path for paths in news.lists.values() for path in paths}


def asked_again(news):
    """Return the pages that were requested more than once."""
    return [path for path in pages_of(news) if news.asked[path] > 1]


def check_whole(settings, news):
    """Check that each page has one record in the archive, one document and one article."""
    records = Counter(
        record.target_url
        for path in settings.folder.archive.glob("*.warc.gz")
        for record in read_archive(path)
        if isinstance(record, WarcRecord) and "article" in (record.target_url or "")
    )
    assert records == {news.url(path): 1 for path in pages_of(news)}
    rows = "SELECT count(*), count(DISTINCT url) FROM {}"
    for table in ("documents", "articles", "fetches"):
        assert query(settings, rows.format(table)) == [(12, 12)]
    assert list(settings.folder.archive.glob("unloaded-*")) == []


@pytest.mark.parametrize("moment", [0, 7])
def test_only_pages_in_flight_at_the_kill_are_fetched_again(settings, news, moment):
    kill_at_page(settings, moment)
    in_flight = sum(news.asked[path] for path in pages_of(news)) - moment
    report = ingest(settings)
    assert len(asked_again(news)) <= in_flight
    assert report.count.appended == report.count.seen in {12, 7}  # a batch may be in already
    check_whole(settings, news)


@pytest.mark.parametrize(
    ("moment", "name", "left"),
    [
        pytest.param(0, "store", 12, id="before-the-first-analysis"),
        pytest.param(0, "spool", 12, id="before-the-first-batch-is-spooled"),
        pytest.param(0, "append_batch", 7, id="first-batch-in-the-spool"),
        pytest.param(1, "spool", 7, id="first-batch-appended"),
    ],
)
def test_killed_batches_are_finished_without_a_request(settings, news, moment, name, left):
    kill_at_batch(settings, moment, name)
    report = ingest(settings)
    assert asked_again(news) == []
    assert report.notes == (f"{left} pages of an earlier run read from the archive",)
    assert report.count.appended == left
    check_whole(settings, news)


def test_second_kill_loses_nothing_of_the_first(settings, news):
    kill_at_batch(settings, 0, "store")
    kill_at_batch(settings, 1, "spool")
    ingest(settings)
    assert asked_again(news) == []
    check_whole(settings, news)


def test_page_is_fetched_again_if_its_entry_changed_after_the_kill(settings, news):
    path = min(pages_of(news))
    kill_at_batch(settings, 0, "store")
    news.pages[path] = news.article(path, extra="A night boat is not planned after all.")
    news.refresh()
    ingest(settings)
    assert news.asked[path] == 2
    assert (
        "night boat is not planned"
        in query(settings, f"SELECT string_agg(text, ' ') FROM articles WHERE url LIKE '%{path}'")[
            0
        ][0]
    )


def test_old_page_of_a_killed_run_is_fetched_again(settings, news, monkeypatch):
    kill_at_batch(settings, 0, "store")
    monkeypatch.setattr("flows.runs.page_archive.KEPT_FOR", timedelta(0))
    report = ingest(settings)
    assert report.notes == ()
    assert report.count.appended == 12
    assert list(settings.folder.archive.glob("unloaded-*")) == []


def test_run_that_is_not_killed_leaves_no_list(settings):
    ingest(settings)
    assert list(settings.folder.archive.glob("unloaded-*")) == []


def test_damaged_list_is_dropped_and_the_pages_are_fetched(settings, news):
    kill_at_batch(settings, 0, "store")
    [path] = settings.folder.archive.glob("unloaded-*")
    path.write_bytes(b"{")
    assert ingest(settings).count.appended == 12
