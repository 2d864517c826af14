"""Prefect's server is lost or missing: the run finishes and says so in one line."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.jobs.load import load_files
from flows.settings import Settings
from tests.helpers.articles import write_articles
from tests.helpers.news_server import serving
from tests.helpers.prefect_home import environment, own_server, prefect_home
from tests.helpers.processes import free_port, wait_until
from tests.helpers.served import committed, ready, served
from tests.helpers.warehouses import query

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.slow


def onrecord(folder, *arguments, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "flows", *arguments, "--data", str(folder / "data")],
        cwd=ROOT, env=environment(folder, **more),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def told(err):
    """Return the lines on the terminal, without the progress."""
    return [line for line in err.splitlines() if not re.match(r"\d\d:\d\d:\d\d ", line)]


@pytest.fixture
def server(tmp_path):
    """Start a server as a user would; a test may kill it."""
    with own_server(prefect_home(tmp_path / "prefect-server")) as started:
        yield started


def test_load_is_completed_although_its_server_is_killed(tmp_path, server):
    write_articles(tmp_path / "in", 120)
    settings = Settings(data=tmp_path / "data", workers=1)
    process = onrecord(
        tmp_path, "load", str(tmp_path / "in"),
        PREFECT_API_URL=server.url, ONRECORD_BATCH_DOCUMENTS="10", ONRECORD_WORKERS="1",
    )  # fmt: skip
    while not committed(settings) and process.poll() is None:
        time.sleep(0.1)
    server.process.kill()
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert "120 documents: 120 new, 0 known, 0 rejected" in out
    assert told(err) == [
        f"running as a flow run on {server.url.removesuffix('/api')}",
        "Lost the connection to Prefect; the run finished and is recorded in the warehouse",
    ]
    runs = query(settings, "SELECT state, appended, flow_run_id IS NOT NULL FROM run_summary")
    assert runs == [("completed", 120, True)]
    assert query(settings, "SELECT count(*) FROM articles") == [(120,)]
    assert list(settings.folder.spool.iterdir()) == []
    assert load_files([tmp_path / "in"], settings).count.known == 120


@pytest.mark.parametrize("command", ["load", "ingest"])
def test_server_that_is_down_at_the_start_is_reported_in_one_line(tmp_path, command):
    url = f"http://127.0.0.1:{free_port()}/api"
    with serving(feeds=1, articles=3) as news:
        settings = ready(tmp_path / "data", news)
        write_articles(tmp_path / "in", 3)
        places = [str(tmp_path / "in")] if command == "load" else []
        process = onrecord(
            tmp_path, command, *places, PREFECT_API_URL=url, ONRECORD_ALLOW_HOSTS=news.host,
            ONRECORD_HOST_DELAY="0", ONRECORD_WORKERS="1",
        )  # fmt: skip
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert told(err) == [f"Prefect's API at {url} does not answer; running without it"]
    assert "3 documents: 3 new, 0 known, 0 rejected" in out
    assert query(settings, "SELECT state, appended, flow_run_id FROM run_summary") == [
        ("completed", 3, None)
    ]


def test_serve_starts_a_killed_server_and_one_without_its_database_again(tmp_path, request):
    # In the short form, no database is deleted: `test_prefect_database.py` shows that it is seen.
    is_all = request.config.getoption("--all-operations")
    with serving(feeds=1, articles=12) as news:
        settings = ready(tmp_path, news)
        process = served(tmp_path, news)
        try:
            wait_until(lambda: len(logged(tmp_path, "serve_started")) == 1, seconds=600)
            os.kill(server_of(process.pid), signal.SIGKILL)
            wait_until(lambda: len(logged(tmp_path, "serve_started")) == 2, seconds=600)
            if is_all:
                (tmp_path / "prefect" / "prefect.db").unlink()
                wait_until(lambda: len(logged(tmp_path, "serve_started")) == 3, seconds=600)
            # The deployments run on schedule, also those in a new database, and finish the work.
            wait_until(lambda: committed(settings) == 12, seconds=600)
        finally:
            process.terminate()
            code = process.wait(240)
    log = (tmp_path / "serve.log").read_text()
    first, *others = logged(tmp_path, "server_lost")
    assert (first["level"], first["pause_s"]) == ("warning", 1.0)
    assert first["detail"] == "its process ended with exit code -9"
    # The old server may have begun another file, which is then set aside.
    deleted = f"its database {tmp_path}/prefect/prefect.db was deleted or replaced"
    assert [one["pause_s"] for one in others] == ([5.0] if is_all else [])
    assert all(one["detail"].startswith(deleted) for one in others)
    assert (code, "Traceback" in log) == (0, False), log
    assert query(settings, "SELECT count(*) FROM articles") == [(12,)]


def logged(folder, event):
    """Return the lines of an event in the log of `served`; the last line may be incomplete."""
    lines = (folder / "serve.log").read_text().rpartition("\n")[0].splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [one for one in found if one["event"] == event]


def server_of(parent):
    """Return the server process that `parent` started in its own session."""
    for path in Path("/proc").glob("[1-9]*/stat"):
        pid = int(path.parent.name)
        if path.read_text().rpartition(")")[2].split()[1] == str(parent) and os.getsid(pid) == pid:
            return pid
    raise AssertionError("the server process was not found")
