"""Rejected items are tried again: from the archive, the quarantine, or by a new fetch."""

import shutil
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.errors import RangeError
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.jobs.retry import RetryRequest, plan_retry, retry_rejected
from flows.runs.workers import Workers
from flows.settings import Settings
from tests.helpers.in_process import ARTICLES, analyse_in_process
from tests.helpers.news_server import serving
from tests.helpers.walls import let_time_pass
from tests.helpers.warehouses import query
from transforms.records import Rejection

pytestmark = pytest.mark.usefixtures("unpublished")

CRASHED = RetryRequest(reasons=("extract_crash",))
ARCHIVED = "SELECT count(*) FROM latest_articles"


def analyse_badly(workers, documents, *, now):
    """Stand in for workers that die of every article but the one that is too short."""
    for document, found in analyse_in_process(workers, documents, now=now):
        crash = Rejection(item="", stage="analyse", reason="extract_crash", detail="died")
        yield document, found if isinstance(found, Rejection) else crash


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Return a data folder whose eight articles were all rejected: seven by a crash."""
    settings = Settings(data=tmp_path / "data", workers=1)
    monkeypatch.setattr(Workers, "analyse", analyse_badly)
    assert load_files([ARTICLES], settings).count.rejected == 8
    monkeypatch.setattr(Workers, "analyse", analyse_in_process)
    return settings


def test_items_are_read_from_the_archive_once(settings):
    plan = plan_retry(settings, CRASHED)
    assert (len(plan.documents), plan.lost) == (7, [])
    report = retry_rejected(settings, CRASHED)
    count = report.count
    assert (count.seen, count.appended, count.known, count.rejected) == (7, 6, 1, 0)
    assert query(settings, ARCHIVED) == [(5,)]
    assert retry_rejected(settings, CRASHED) is None
    assert query(settings, "SELECT flow, state FROM run_summary ORDER BY started_at") == [
        ("load", "failed"), ("retry", "completed")
    ]  # fmt: skip
    assert query(settings, "SELECT reason FROM rejections WHERE reason = 'too_short'")


def test_days_are_days_of_the_rejection(settings):
    today = datetime.now(UTC).date()
    assert (
        retry_rejected(settings, RetryRequest(reasons=CRASHED.reasons, until=today - timedelta(1)))
        is None
    )
    plan = plan_retry(settings, RetryRequest(reasons=CRASHED.reasons, since=today - timedelta(1)))
    assert len(plan.documents) == 7


def test_item_that_is_rejected_again_can_be_retried_again(settings, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", analyse_badly)
    for _ in range(2):
        count = retry_rejected(settings, CRASHED).count
        assert (count.seen, count.rejected) == (7, 7)
    assert query(settings, "SELECT count(*) FROM rejections") == [(8,)]


def test_quarantine_is_read_if_the_archive_is_gone_and_other_items_are_named(settings):
    shutil.rmtree(settings.folder.archive)
    [(key,)] = query(settings, "SELECT document_id FROM rejections WHERE item LIKE '%#1'")
    (settings.folder.quarantine / f"{key}.txt").unlink()
    report = retry_rejected(settings, CRASHED)
    assert report.count.seen == 6
    [note] = report.notes
    assert note.startswith("1 item is not stored here, load them again: ")
    assert note.endswith("eight_articles.jsonl#1")


def test_unknown_reason_is_refused_with_those_that_exist(settings):
    with pytest.raises(RangeError, match=r"got 'crash', expected one of extract_crash, too_short"):
        retry_rejected(settings, RetryRequest(reasons=("crash",)))


def test_page_that_was_not_had_is_fetched_by_the_next_ingest(tmp_path):
    with serving(feeds=1, articles=2) as news:
        (tmp_path / "feeds.opml").write_bytes(news.opml())
        settings = Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)
        path = news.lists["/feed-0.xml"][0]
        news.statuses[path] = 404
        assert ingest_feeds(settings, IngestRequest()).count.rejected == 1
        request = RetryRequest(reasons=("not_found",))
        assert retry_rejected(settings, request).notes == (
            "1 page will be fetched again by ingest",
        )
        assert retry_rejected(settings, request).notes == ("1 page waited for ingest already",)
        del news.statuses[path]
        let_time_pass(settings, minutes=1)
        count = ingest_feeds(settings, IngestRequest()).count
    assert (count.seen, count.appended) == (1, 1)
    assert retry_rejected(settings, request) is None


def test_command_counts_first_and_then_tells_what_it_did(settings):
    asked = ["retry", "--data", str(settings.data), "--reason", "extract_crash"]
    counted = CliRunner().invoke(app, [*asked, "--dry-run", "--json"])
    assert orjson.loads(counted.stdout) == {"documents": 7, "pages": 0, "waiting": 0, "lost": []}
    done = CliRunner().invoke(app, [*asked, "--json"])
    assert (done.exit_code, orjson.loads(done.stdout)["seen"]) == (0, 7)
    again = CliRunner().invoke(app, asked)
    assert again.stdout == "nothing to retry: no item was last rejected for this reason\n"
