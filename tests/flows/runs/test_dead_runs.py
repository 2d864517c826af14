"""Runs that died are closed; a run that may be alive is left alone."""

import os
import socket
from datetime import UTC, datetime, timedelta

import pytest

from flows.runs.dead_runs import is_dead
from flows.runs.run import begin_run, record_state
from flows.settings import Settings
from tests.helpers.faults import in_other_process
from tests.helpers.warehouses import query
from warehouse.append import append_rows
from warehouse.connect import open_live
from warehouse.run_queries import OpenRun

HERE = socket.gethostname()
OURS = (HERE, os.getpid())
OTHER = ("other.example", 1)
STATES = "SELECT flow, state, detail FROM run_summary ORDER BY started_at"
RUN = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from flows.runs.run import begin_run
from flows.settings import Settings
begin_run(sys.argv[2], Settings(data=Path(sys.argv[1])), parameters={}, now=datetime.now(UTC))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(
    ("flow", "place", "age_h", "holds_slot", "is_closed"),
    [
        pytest.param("load", OURS, 0, False, False, id="alive"),
        pytest.param("load", OURS, 0, True, False, id="alive-without-the-slot"),
        pytest.param("ingest", OURS, 0, False, False, id="alive-with-the-slot"),
        pytest.param("load", (HERE, 2**22 + 1), 0, False, True, id="no-such-process"),
        pytest.param("load", OURS, 900, False, True, id="pid-given-again"),
        pytest.param("ingest", OURS, 0, True, True, id="its-slot-is-ours"),
        pytest.param("load", OTHER, 23, True, False, id="other-host"),
        pytest.param("backup", OTHER, 25, False, True, id="other-host-silent"),
    ],
)
def test_only_a_run_that_certainly_ended_is_dead(flow, place, age_h, holds_slot, is_closed):
    now = datetime.now(UTC)
    at = now - timedelta(hours=age_h)
    host, pid = place
    run = OpenRun(
        run_id="run-1", flow=flow, started_at=at, recorded_at=at, parameters=None,
        flow_run_id=None, host=host, pid=pid,
    )  # fmt: skip
    assert is_dead(run, now, holds_slot=holds_slot) == is_closed


@pytest.mark.parametrize("flow", ["load", "backup"])
def test_killed_run_is_closed_by_the_next_of_any_flow(tmp_path, flow):
    settings = Settings(data=tmp_path)
    with in_other_process(RUN, tmp_path, flow) as killed:
        alive = begin_run("check", settings, parameters={}, now=datetime.now(UTC))
        assert [state for _, state, _ in query(settings, STATES)] == ["running", "running"]
        killed.kill()
        killed.wait()
    record_state(alive, "completed")
    begin_run("check", settings, parameters={}, now=datetime.now(UTC))
    (_, state, detail), *others = query(settings, STATES)
    assert (state, detail[:22]) == ("interrupted", "the process died after")
    assert [state for _, state, _ in others] == ["completed", "running"]


def test_run_that_was_restored_from_another_host_is_closed_once(tmp_path):
    settings, at = Settings(data=tmp_path), datetime.now(UTC) - timedelta(days=2)
    row = {
        "run_id": "run-1", "flow": "load", "state": "running", "recorded_at": at,
        "started_at": at, "host": "other.example", "pid": os.getpid(),
    }  # fmt: skip
    with open_live(settings.folder) as con:
        append_rows(con, "runs", [row])
    for _ in range(2):
        begin_run("check", settings, parameters={}, now=datetime.now(UTC))
    rows = query(settings, "SELECT state FROM runs WHERE run_id = 'run-1' ORDER BY recorded_at")
    assert rows == [("running",), ("interrupted",)]
