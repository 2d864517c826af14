"""The main job as a user runs it: a process, Prefect, a data folder.

Slow, because a process with Prefect takes seconds to start. By default it also starts a
temporary server; where that server is not the point, the tests share one. Tests without
Prefect are in `flows/jobs`.
"""

import inspect
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import orjson
import pytest

from flows.backfill.request import BackfillRequest, Origin
from flows.jobs.reprocess import ReprocessRequest
from tests.helpers.prefect_home import environment
from tests.helpers.warehouses import contents
from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder

ROOT = Path(__file__).resolve().parents[3]
ARTICLES = ROOT / "seeds" / "articles"

pytestmark = pytest.mark.slow


def onrecord(folder, *arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "flows", *arguments, "--data", str(folder)],
        capture_output=True, text=True, cwd=ROOT, check=False, env=environment(folder, **more),
    )  # fmt: skip


def test_main_job_runs_twice_and_leaves_no_error_on_the_terminal(tmp_path):
    # Prefect's own log is on, so that a traceback of its server would be seen. Its home is
    # empty, so this server also makes its database.
    empty = {"PREFECT_HOME": str(tmp_path / "empty"), "PREFECT_LOGGING_LEVEL": "INFO"}
    first = onrecord(tmp_path, "load", str(ARTICLES), "--json", **empty)
    assert first.returncode == 0, first.stderr
    assert "Finished in state Completed" in first.stderr
    assert "Traceback" not in first.stderr
    assert "ERROR" not in first.stderr
    report = orjson.loads(first.stdout)
    assert report["seen"] == report["appended"] == report["rows"]["articles"] == 20
    assert report["rejected"] == 0

    second = onrecord(tmp_path, "load", str(ARTICLES))
    assert second.returncode == 0, second.stderr
    assert "20 documents: 0 new, 20 known, 0 rejected" in second.stdout

    with open_snapshot(DataFolder(tmp_path)) as con:
        states = con.execute("SELECT state, count(*) FROM run_summary GROUP BY state").fetchall()
    assert states == [("completed", 1)]  # the second run appended nothing, so it did not publish


def test_run_is_recorded_with_its_flow_run_and_rejections(tmp_path, prefect_api):
    good = tmp_path / "in" / "a.txt"
    good.parent.mkdir()
    good.write_text(
        "Harbour opens\nThe harbour of Aren opened on Monday after nine years of work.\n"
    )
    (tmp_path / "in" / "b.html").write_bytes(b"\x00\x01\x02\x03")
    run = onrecord(
        tmp_path / "data", "load", str(tmp_path / "in"), "nowhere", "--strict",
        "--log-format", "json", "--log-level", "info", **prefect_api,
    )  # fmt: skip
    assert run.returncode == 3, run.stderr
    logged = [orjson.loads(line)["event"] for line in run.stderr.splitlines()]
    assert logged == [
        "run_started", "item_rejected", "item_rejected", "batch_appended", "run_ended",
        "snapshot_published",
    ]  # fmt: skip
    assert "nowhere: not_found: does not exist: check the path" in run.stdout
    with open_snapshot(DataFolder(tmp_path / "data")) as con:
        [(flow_run_id, seen, rejected)] = con.execute(
            "SELECT flow_run_id, seen, rejected FROM run_summary"
        ).fetchall()
        reasons = con.execute("SELECT reason FROM rejections ORDER BY reason").fetchall()
    assert (seen, rejected) == (3, 2)
    assert flow_run_id is not None
    assert reasons == [("binary",), ("not_found",)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, prefect_api):
    folder = tmp_path_factory.mktemp("undisturbed")
    run = onrecord(folder, "load", str(ARTICLES), "--json", **prefect_api)
    assert run.returncode == 0, run.stderr
    return contents(DataFolder(folder)), orjson.loads(run.stdout)["seconds"]


@pytest.mark.parametrize(("seed", "is_shared"), [(1, False), (2, True), (3, True)])
def test_killed_flow_is_finished_by_the_next(tmp_path, undisturbed, prefect_api, seed, is_shared):
    expected, seconds = undisturbed
    given = {"ONRECORD_BATCH_DOCUMENTS": "4"} | (prefect_api if is_shared else {})
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "load", str(ARTICLES), "--data", str(tmp_path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
        env=environment(tmp_path, **given), start_new_session=True,
    )  # fmt: skip
    begun = tmp_path / "live" / "onrecord.duckdb"
    while not begun.exists() and process.poll() is None:
        time.sleep(0.05)
    until_rows(tmp_path, process)
    time.sleep(random.Random(seed).uniform(0, seconds))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    run = onrecord(tmp_path, "load", str(ARTICLES), **given)
    assert run.returncode == 0, run.stderr
    assert contents(DataFolder(tmp_path)) == expected


def until_rows(folder, process):
    """Wait until the flow is working: its spool exists, or the process has ended."""
    while not (folder / "spool").is_dir() and process.poll() is None:
        time.sleep(0.02)


def test_flows_take_the_parameters_that_the_commands_give_them():
    from flows.orchestration import flows  # takes seconds

    day = date(2024, 5, 6)
    window = BackfillRequest(origin=Origin.ARCHIVE, since=day, until=day).parameters()
    for function, parameters in (
        (flows.reprocess.fn, ReprocessRequest(since=day).parameters()),
        (flows.backfill.fn, window | {"force": False, "parallel": 4}),
        (flows.ingest.fn, {"now": True, "feed": None}),
        (flows.load.fn, {"paths": []}),
    ):
        assert inspect.signature(function).bind(**parameters).arguments == parameters
