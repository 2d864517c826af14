"""The main job as a user runs it: a process, with and without Prefect, a data folder.

Slow, because a process with Prefect takes seconds to start. Where a server is not the point,
the tests share one. Tests without a process are in `flows/jobs`.
"""

import inspect
import os
import random
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import httpx
import orjson
import pytest

from flows.backfill.request import BackfillRequest, Origin
from flows.jobs.load import load_files
from flows.jobs.reprocess import ReprocessRequest
from flows.settings import Settings
from tests.helpers.prefect_home import environment
from tests.helpers.warehouses import contents
from transforms.pipeline import VERSIONS
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


def test_main_job_runs_twice_and_leaves_no_error_on_the_terminal(tmp_path, request):
    # Prefect's own log is on, so that a traceback of its server would be seen.
    given = {"ONRECORD_PREFECT": "always"}
    if request.config.getoption("--all-operations"):  # this server also makes its database
        given["PREFECT_HOME"] = str(tmp_path / "empty")
    first = onrecord(tmp_path, "load", str(ARTICLES), "--json", "--verbose", **given)
    assert first.returncode == 0, first.stderr
    assert "running as a Prefect flow run on a temporary server" in first.stderr
    assert "Finished in state Completed" in first.stderr
    assert "Traceback" not in first.stderr
    assert "ERROR" not in first.stderr
    report = orjson.loads(first.stdout)
    assert report["seen"] == report["appended"] == report["rows"]["articles"] == 38
    assert report["rejected"] == 0

    second = onrecord(tmp_path, "load", str(ARTICLES))
    assert second.returncode == 0, second.stderr
    assert "38 documents: 0 new, 38 known, 0 rejected" in second.stdout
    assert "running without Prefect: no server is running" in second.stderr

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
    (tmp_path / "in" / "c.txt").write_text(f"{good.read_text()} The mayor was glad.\n")
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
    assert (seen, rejected) == (4, 2)
    assert flow_run_id is not None
    assert reasons == [("binary",), ("not_found",)]


def ask(api, what, **filters):
    """Return what Prefect's server answers to a filter."""
    url = api["PREFECT_API_URL"]
    client = {"client": "tests"}
    token = httpx.get(f"{url}/csrf-token", params=client, timeout=30).raise_for_status().json()
    headers = {"Prefect-Csrf-Token": token["token"], "Prefect-Csrf-Client": token["client"]}
    answer = httpx.post(f"{url}/{what}/filter", json=filters, headers=headers, timeout=30)
    return answer.raise_for_status().json()


def test_prefects_pages_show_what_a_run_did(tmp_path, prefect_api):
    given = {"ONRECORD_BATCH_DOCUMENTS": "10"} | prefect_api
    run = onrecord(tmp_path, "load", str(ARTICLES), **given)
    assert run.returncode == 0, run.stderr
    assert f"running as a flow run on {prefect_api['PREFECT_API_URL'][:-4]}" in run.stderr
    with open_snapshot(DataFolder(tmp_path)) as con:
        [(key,)] = con.execute("SELECT flow_run_id FROM run_summary").fetchall()
    [shown] = ask(prefect_api, "flow_runs", flow_runs={"id": {"any_": [key]}})
    assert re.fullmatch(r"load articles, \d{4}-\d\d-\d\d \d\d:\d\d", shown["name"])
    assert set(shown["tags"]) == {"onrecord", "load"}
    lines = [
        one["message"] for one in ask(prefect_api, "logs", logs={"flow_run_id": {"any_": [key]}})
    ]
    assert [line for line in lines if line.startswith("10 documents: 10 new")]
    assert "38 documents: 38 new, 0 known, 0 rejected" in lines
    kinds = {
        one["type"]: one
        for one in ask(prefect_api, "artifacts", artifacts={"flow_run_id": {"any_": [key]}})
    }
    assert kinds["progress"]["data"] == 100
    assert kinds["progress"]["description"].startswith("38 documents: 38 new")
    assert "| articles | 38 |" in kinds["markdown"]["data"]


def test_form_of_each_flow_describes_its_parameters_and_offers_choices():
    from prefect.utilities.callables import parameter_schema  # takes seconds

    from flows.orchestration import flows

    for one in (flows.load, flows.ingest, flows.backfill, flows.reprocess):
        fields = parameter_schema(one.fn).properties
        assert all(field.get("description") for field in fields.values()), one.name
        assert one is flows.ingest or "dry_run" in fields
    fields = parameter_schema(flows.backfill.fn).properties
    assert fields["origin"]["enum"] == ["archive", "warc", "sitemap", "feed", "files"]
    names = str(parameter_schema(flows.reprocess.fn).properties["transforms"])
    assert all(repr(name) in names for name in VERSIONS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    report = load_files([ARTICLES], Settings(data=folder, workers=1))
    return contents(DataFolder(folder)), report.seconds


def test_killed_run_is_finished_by_the_next(tmp_path, undisturbed, prefect_api):
    expected, seconds = undisturbed
    given = {"ONRECORD_BATCH_DOCUMENTS": "4"} | prefect_api
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "load", str(ARTICLES), "--data", str(tmp_path)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT,
        env=environment(tmp_path, **given), start_new_session=True,
    )  # fmt: skip
    begun = tmp_path / "live" / "onrecord.duckdb"
    while not begun.exists() and process.poll() is None:
        time.sleep(0.05)
    until_rows(tmp_path, process)
    time.sleep(random.Random(2).uniform(0, seconds))
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
        (flows.load.fn, {"paths": [], "columns": {}, "sheet": None, "dates": None}),
    ):
        assert inspect.signature(function).bind(**parameters).arguments == parameters
