"""Readers see what was written, also if the run was killed before it published."""

import os
import signal
import traceback
from datetime import date
from multiprocessing import forkserver

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.backfill.request import BackfillRequest, Origin
from flows.errors import FeedListError
from flows.jobs.backfill import backfill_range
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.jobs.reprocess import ReprocessRequest, reprocess_articles
from flows.settings import Settings
from tests.helpers.builders import with_steps
from tests.helpers.in_process import ARTICLES, analyse_in_process
from tests.helpers.news_server import serving
from tests.helpers.warehouses import query
from warehouse.connect import open_snapshot
from warehouse.errors import WarehouseDamagedError
from warehouse.publish import is_behind, snapshots
from warehouse.search import Question, search

DAYS = ("--since", "2024-06-01", "--until", "2024-06-30")


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", workers=1, host_delay=0.0)


def killed(job):
    """Run a job in a process that is killed when it begins to publish."""
    pid = os.fork()
    if not pid:
        # That of the test process is no child of this one.
        forkserver.ForkServer.__init__(forkserver._forkserver)
        try:
            job(with_steps(publish=lambda _: os.kill(os.getpid(), signal.SIGKILL)))
        except BaseException:  # noqa: BLE001  # the test only sees the exit code
            traceback.print_exc()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


def onrecord(settings, *arguments, code=0, **variables):
    variables = {"ONRECORD_PREFECT": "never", "ONRECORD_WORKERS": "1", **variables}
    asked = [*map(str, arguments), "--data", str(settings.folder.root)]
    result = CliRunner().invoke(app, asked, env=variables)
    assert result.exit_code == code, result.output
    return result.output


def check_shown(settings, table, lacking):
    """Check that the snapshot has all rows of a table, and more than `lacking`."""
    [(written,)] = query(settings, f"SELECT count(*) FROM {table}")
    with open_snapshot(settings.folder) as con:
        assert con.execute(f"SELECT count(*) FROM {table}").fetchall() == [(written,)]
    assert written > lacking
    assert not is_behind(settings.folder)


def test_load_of_known_files_publishes_what_a_killed_load_wrote(settings, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    killed(lambda context: load_files([ARTICLES], settings, context))
    assert not settings.folder.newest.exists()
    assert load_files([ARTICLES], settings).count.appended == 0
    check_shown(settings, "articles", 0)


def test_ingest_with_nothing_due_publishes_what_a_killed_ingest_wrote(settings):
    with serving(feeds=1, articles=2) as news:
        settings = settings.model_copy(update={"allow_hosts": news.host})
        settings.folder.root.mkdir()
        settings.folder.feed_list.write_bytes(news.opml())
        killed(lambda context: ingest_feeds(settings, IngestRequest(), context))
        assert not settings.folder.newest.exists()
        told = onrecord(settings, "ingest", ONRECORD_ALLOW_HOSTS=news.host)
    assert "nothing is due" in told
    check_shown(settings, "articles", 0)


def test_reprocess_with_nothing_stale_publishes_what_a_killed_reprocess_wrote(
    settings, monkeypatch
):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    load_files([ARTICLES], settings)
    [(before,)] = query(settings, "SELECT count(*) FROM analyses")
    asked = ReprocessRequest(transforms=("dates",), is_all=True)
    killed(lambda context: reprocess_articles(settings, asked, context))
    assert is_behind(settings.folder)
    assert "0 articles are stale" in onrecord(settings, "reprocess", "--transform", "dates")
    check_shown(settings, "analyses", before)


def test_backfill_of_completed_days_publishes_what_a_killed_backfill_wrote(
    settings, tmp_path, monkeypatch
):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    asked = BackfillRequest(
        origin=Origin.FILES, since=date(2024, 6, 1), until=date(2024, 6, 30),
        places=(str(ARTICLES),),
    )  # fmt: skip
    killed(lambda context: backfill_range(settings, asked, context))
    assert not settings.folder.newest.exists()
    told = onrecord(settings, "backfill", ARTICLES, "--from", "files", *DAYS)
    assert "every window is completed" in told
    check_shown(settings, "backfill_windows", 0)


def test_index_of_a_publisher_that_was_killed_while_it_indexed_is_made(settings, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)

    def dies(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("warehouse.publish.update_index", dies)
        with pytest.raises(KeyboardInterrupt):
            load_files([ARTICLES], settings)
    load_files([ARTICLES], settings)
    with open_snapshot(settings.folder) as con:
        ((text,),) = con.execute("SELECT text FROM articles LIMIT 1").fetchall()
    assert search(settings.folder, Question(text=text.split()[1])).hits


def test_failed_run_publishes_what_was_written_before(settings, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    killed(lambda context: load_files([ARTICLES], settings, context))
    with pytest.raises(FeedListError):
        ingest_feeds(settings, IngestRequest())
    check_shown(settings, "articles", 0)


def test_run_without_news_publishes_nothing(settings, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    load_files([ARTICLES], settings)
    load_files([ARTICLES], settings)
    onrecord(settings, "reprocess", "--transform", "dates")
    assert list(snapshots(settings.folder)) == [1]


def test_damaged_warehouse_fails_a_run_with_nothing_to_do(settings, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    killed(lambda context: load_files([ARTICLES], settings, context))
    content = bytearray(settings.folder.live.read_bytes())
    content[12_288 + 262_144 : 12_288 + 262_144 + 64] = bytes(range(64))
    settings.folder.live.write_bytes(content)
    nothing = BackfillRequest(
        origin=Origin.ARCHIVE, since=date(2001, 6, 1), until=date(2001, 6, 30)
    )
    with pytest.raises(WarehouseDamagedError, match="run `onrecord restore`"):
        backfill_range(settings, nothing)
