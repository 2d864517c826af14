"""`onrecord serve` as a user runs it: schedule, stop or kill in a run, restart.

Slow: the server takes ten seconds to start, and a run takes a few more.
"""

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import pytest

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.processes import group_outlives, wait_until
from tests.helpers.served import committed, ready, served
from tests.helpers.warehouses import contents, query
from warehouse.connect import open_snapshot
from warehouse.errors import WarehouseError

ROOT = Path(__file__).resolve().parents[3]
TABLES = ("articles", "quotations", "mentions", "date_mentions", "entities", "sources")

pytestmark = pytest.mark.slow


def runs(folder, state):
    try:
        with open_snapshot(Settings(data=folder).folder) as con:
            [(count,)] = con.execute(
                "SELECT count(*) FROM run_summary WHERE flow = 'ingest' AND state = ?", [state]
            ).fetchall()
            return count
    except WarehouseError:
        return 0


def run_of(parent):
    """Return the id of a flow run's process, or None."""
    for path in Path("/proc").glob("[1-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            is_run = b"prefect.engine" in path.read_bytes()
            stat = (path.parent / "stat").read_text()
            if is_run and stat.rpartition(")")[2].split()[1] == str(parent):
                return int(path.parent.name)
    return None


@pytest.fixture(scope="module")
def stopped_news(tmp_path_factory):
    """Return a slow publisher, and the rows that are expected from it."""
    with serving(feeds=2, articles=16) as news:
        settings = ready(tmp_path_factory.mktemp("undisturbed"), news)
        ingest_feeds(settings, IngestRequest())
        yield news, contents(settings.folder, TABLES)


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(lambda pid: os.kill(pid, signal.SIGTERM), id="sigterm"),
        # As in a terminal: every process of the group gets the signal, also the runs.
        pytest.param(lambda pid: os.killpg(pid, signal.SIGINT), id="ctrl-c"),
    ],
)
def test_stopped_server_leaves_complete_batches_and_a_record_and_the_next_run_continues(
    tmp_path, stopped_news, stop
):
    news, expected = stopped_news
    settings = ready(tmp_path, news)
    process = served(tmp_path, news)
    try:
        wait_until(lambda: committed(settings) > 0, seconds=240)
    finally:
        stop(process.pid)
        code = process.wait(90)
    log = (tmp_path / "serve.log").read_text()
    assert (code, "Traceback" in log) == (0, False), log
    [run] = query(
        settings,
        "SELECT state, detail, seen, appended FROM run_summary"
        " WHERE flow = 'ingest' AND state != 'skipped'",
    )
    appended = committed(settings)
    assert run == ("interrupted", "stopped by a signal", appended, appended)
    assert 0 < appended < len(expected["articles"])
    assert query(settings, "SELECT count(*) FROM articles") == [(appended,)]
    assert not group_outlives(process.pid)

    report = ingest_feeds(settings, IngestRequest())
    assert report is not None
    assert report.polls is not None
    assert report.polls.polled == 0  # polled feeds are not polled again
    assert contents(settings.folder, TABLES) == expected


def test_serve_can_be_stopped_while_prefects_server_starts(tmp_path):
    with serving(feeds=1, articles=1) as news:
        ready(tmp_path, news)
        process = served(tmp_path, news)
        try:
            wait_until((tmp_path / "prefect" / "server.log").exists, seconds=240)
        finally:
            process.terminate()
            code = process.wait(90)
    log = (tmp_path / "serve.log").read_text()
    assert (code, [json.loads(line)["event"] for line in log.splitlines()]) == (
        0,
        ["serve_stopped"],
    )
    assert not group_outlives(process.pid)


def test_ctrl_c_while_a_run_is_loading_its_flow_leaves_no_traceback(tmp_path):
    with serving(feeds=1, articles=1) as news:
        ready(tmp_path, news)
        process = served(tmp_path, news)
        try:
            wait_until(lambda: run_of(process.pid) is not None, seconds=240)
            time.sleep(0.5)  # loading Prefect and the flow takes seconds
        finally:
            os.killpg(process.pid, signal.SIGINT)
            code = process.wait(90)
    log = (tmp_path / "serve.log").read_text()
    lines = [json.loads(line)["event"] for line in log.splitlines()]
    assert (code, lines) == (0, ["serve_started", "serve_stopped"]), log
    assert not group_outlives(process.pid)


def test_restarted_server_ends_with_the_rows_of_an_undisturbed_run(tmp_path):
    with serving(feeds=3, articles=8) as news:
        folders = [tmp_path / "undisturbed", tmp_path / "served"]
        for folder in folders:
            folder.mkdir()
            (folder / "feeds.opml").write_bytes(news.opml())
        undisturbed = Settings(data=folders[0], workers=1, host_delay=0.0, allow_hosts=news.host)
        ingest_feeds(undisturbed, IngestRequest())

        folder = folders[1]
        first = served(folder, news)
        # The run is working: pages are being fetched.
        wait_until((folder / "archive").is_dir, seconds=240)
        time.sleep(1.0)
        os.killpg(first.pid, signal.SIGKILL)
        first.wait()

        second = served(folder, news)
        try:
            wait_until(lambda: runs(folder, "completed") >= 1, seconds=240)
        finally:
            second.terminate()
            assert second.wait(90) == 0
        settings = Settings(data=folder)
        assert contents(settings.folder, TABLES) == contents(undisturbed.folder, TABLES)
        log = (folder / "serve.log").read_text()
        assert "Traceback" not in log
        ended = [line for line in map(json.loads, log.splitlines()) if line["event"] == "run_ended"]
        assert {"completed", "ingest"} <= {ended[-1]["state"], ended[-1]["flow"]}
