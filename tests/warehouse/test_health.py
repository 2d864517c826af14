"""Doctor: problems are found, and the inspection changes nothing."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import in_other_process, with_noise
from warehouse.append import append_batch, append_rows
from warehouse.connect import open_file, open_live
from warehouse.errors import (
    WarehouseError,
)
from warehouse.folder import DataFolder
from warehouse.health import Level, look
from warehouse.integrity import read_through
from warehouse.lock import writer_lock
from warehouse.publish import publish
from warehouse.spool import spool

NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)

APPEND_AND_DIE = """
import os, sys
from pathlib import Path
from warehouse.append import append_waiting
from warehouse.connect import open_live
from warehouse.folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
with open_live(folder, wait_s=0) as con:
    append_waiting(con, folder)
    print("ready", flush=True)
    os._exit(0)
"""

HOLD_FILE = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1])
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path / "data")


def put_in_spool(folder, *texts):
    return [spool(make_batch(make_analysis(make_article(text))), folder.spool) for text in texts]


def fill(folder, *texts):
    with open_live(folder, wait_s=0) as con:
        for batch in put_in_spool(folder, *texts):
            append_batch(con, batch)
            batch.remove()


def fill_and_die(folder, *texts):
    """Append in a process that leaves its rows in the write-ahead log; return the log."""
    put_in_spool(folder, *texts)
    in_other_process(APPEND_AND_DIE, folder.root).communicate()
    return folder.live.with_name(f"{folder.live.name}.wal")


def texts(path):
    with open_file(path) as con:
        return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY 1").fetchall()]


def findings(folder, level):
    return {found.subject: found.detail for found in look(folder) if found.level is level}


def test_sound_warehouse_has_no_problems(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    assert findings(folder, Level.ERROR) == {}
    well = findings(folder, Level.OK)
    assert well["lock"] == "free"
    assert well["spool"] == well["quarantine"] == "empty"
    assert "rows readable" in well["live file"]
    assert "onrecord-000001.duckdb" in well["snapshot"]


def test_inspection_changes_nothing(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill_and_die(folder, "Two.")
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
    list(look(folder))
    after = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
    assert after == before


def test_missing_warehouse_is_a_warning(folder):
    assert findings(folder, Level.ERROR) == {}
    assert "onrecord load" in findings(folder, Level.WARNING)["live file"]


@pytest.mark.parametrize("seed", range(12))
def test_noise_anywhere_in_a_file_is_found_by_reading_all_of_it(folder, seed):
    fill(folder, *(f"Story {number}. " + "It went on. " * 200 for number in range(8)))
    path = publish(folder, wait_s=0)
    used = used_bytes(path)
    path.write_bytes(with_noise(path.read_bytes()[:used], seed, start=12_288))
    with pytest.raises(WarehouseError):
        read_through(path)


def used_bytes(path):
    """Return the length of a file without the free blocks at its end."""
    with open_file(path) as con:
        ((block, used),) = con.execute(
            "SELECT block_size, used_blocks FROM pragma_database_size()"
        ).fetchall()
    return 12_288 + block * used


def test_damage_is_an_error_with_the_command_to_run(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0).write_bytes(b"no database")
    folder.live.write_bytes(b"no database")
    wrong = findings(folder, Level.ERROR)
    assert "onrecord restore" in wrong["live file"]
    assert "onrecord publish" in wrong["snapshot"]


def test_waiting_locked_and_set_aside_batches_are_reported(folder):
    fill(folder, "One.")
    put_in_spool(folder, "Two.")
    for name in ("spool/b-1/batch.json", "live-1/onrecord.duckdb", "live-1/onrecord.duckdb.wal"):
        (folder.quarantine / name).parent.mkdir(parents=True, exist_ok=True)
        (folder.quarantine / name).write_text("{}")
    (folder.quarantine / "bomb.html").write_text("x")
    (folder.quarantine / "bomb.json").write_text("{}")
    with writer_lock(folder.lock, wait_s=0):
        told = {found.subject: found.detail for found in look(folder)}
    assert told["lock"] == f"held by process {os.getpid()}"
    assert "1 waiting" in told["spool"]
    assert told["quarantine"].startswith("1 page, 1 batch, 2 replaced files, 9 B in ")


def test_file_in_use_is_not_reported_as_damaged(folder):
    fill(folder, "One.")
    with in_other_process(HOLD_FILE, folder.live) as process:
        told = findings(folder, Level.OK)["live file"]
        process.kill()
    assert f"PID {process.pid}" in told


def test_killed_run_is_reported(folder):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    row = {
        "run_id": "run-1", "flow": "load", "state": "running", "recorded_at": NOW,
        "started_at": NOW, "host": os.uname().nodename, "pid": dead.pid,
    }  # fmt: skip
    with open_live(folder, wait_s=0) as con:
        append_rows(con, "runs", [row])
    assert "run-1 (load) was killed" in findings(folder, Level.WARNING)["run"]
    with open_live(folder, wait_s=0) as con:
        append_rows(con, "runs", [row | {"state": "failed", "recorded_at": datetime.now(UTC)}])
    assert "run" not in findings(folder, Level.WARNING)
