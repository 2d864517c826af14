"""Doctor, restore and compact: damage is found, the best sound file comes back, rows stay."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from tests.builders import make_analysis, make_article, make_batch
from tests.warehouse.faults import in_other_process, with_noise, with_version
from warehouse.append import append_batch, append_rows
from warehouse.compact import compact
from warehouse.connect import open_file, open_live, open_writable
from warehouse.errors import (
    StorageTooNewError,
    WarehouseDamagedError,
    WarehouseError,
    WarehouseMissingError,
)
from warehouse.folder import DataFolder
from warehouse.health import Level, look, read_through
from warehouse.lock import writer_lock
from warehouse.publish import publish, snapshots
from warehouse.restore import restore
from warehouse.spool import spool, spooled

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
    """Append in a process that leaves its rows in the write-ahead log, and return the log."""
    put_in_spool(folder, *texts)
    in_other_process(APPEND_AND_DIE, folder.root).communicate()
    return folder.live.with_name(f"{folder.live.name}.wal")


def texts(path):
    with open_file(path) as con:
        return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY 1").fetchall()]


def findings(folder, level):
    return {found.subject: found.detail for found in look(folder) if found.level is level}


def test_sound_warehouse_has_nothing_to_mend(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    assert findings(folder, Level.ERROR) == {}
    well = findings(folder, Level.OK)
    assert well["lock"] == "free"
    assert well["spool"] == well["quarantine"] == "empty"
    assert "rows readable" in well["live file"]
    assert "onrecord-000001.duckdb" in well["snapshot"]


def test_looking_changes_nothing(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill_and_die(folder, "Two.")
    before = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
    list(look(folder))
    after = {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}
    assert after == before


def test_no_warehouse_at_all_is_a_warning(folder):
    assert findings(folder, Level.ERROR) == {}
    assert "onrecord load" in findings(folder, Level.WARNING)["live file"]


@pytest.mark.parametrize("seed", range(12))
def test_noise_anywhere_in_a_file_is_found_by_reading_it_through(folder, seed):
    fill(folder, *(f"Story {number}. " + "It went on. " * 200 for number in range(8)))
    path = publish(folder, wait_s=0)
    used = used_bytes(path)
    path.write_bytes(with_noise(path.read_bytes()[:used], seed, start=12_288))
    with pytest.raises(WarehouseError):
        read_through(path)


def used_bytes(path):
    """The length of a file without the free blocks at its end, which nobody reads."""
    with open_file(path) as con:
        ((block, used),) = con.execute(
            "SELECT block_size, used_blocks FROM pragma_database_size()"
        ).fetchall()
    return 12_288 + block * used


def test_damage_is_an_error_that_says_what_to_run(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0).write_bytes(b"no database")
    folder.live.write_bytes(b"no database")
    wrong = findings(folder, Level.ERROR)
    assert "onrecord restore" in wrong["live file"]
    assert "onrecord publish" in wrong["snapshot"]


def test_what_waits_is_held_or_was_set_aside_is_told(folder):
    fill(folder, "One.")
    put_in_spool(folder, "Two.")
    (folder.quarantine / "pages").mkdir(parents=True)
    (folder.quarantine / "pages" / "bomb.html").write_text("x")
    with writer_lock(folder.lock, wait_s=0):
        told = {found.subject: found.detail for found in look(folder)}
    assert told["lock"] == f"held by process {os.getpid()}"
    assert "1 waiting" in told["spool"]
    assert "bomb.html" in told["quarantine"]


def test_file_in_use_is_not_called_damaged(folder):
    fill(folder, "One.")
    with in_other_process(HOLD_FILE, folder.live) as process:
        told = findings(folder, Level.OK)["live file"]
        process.kill()
    assert f"PID {process.pid}" in told


def test_run_that_was_killed_is_told(folder):
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


def test_sound_file_is_kept(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill_and_die(folder, "Two.")
    done = restore(folder, now=NOW)
    assert (done.damage, done.source, done.set_aside) == (None, folder.live, ())
    assert texts(folder.live) == ["One.", "Two."]


def test_damaged_log_is_set_aside_and_the_file_is_kept(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    log = fill_and_die(folder, "Three.")
    ruined = with_noise(log.read_bytes(), 1, start=200)
    log.write_bytes(ruined)
    done = restore(folder, now=NOW)
    assert "WAL" in (done.damage or "")
    assert done.source == folder.live
    assert [path.read_bytes() for path in done.set_aside] == [ruined]
    assert texts(folder.live) == ["One.", "Two."]


@pytest.mark.parametrize("how", ["text", "noise", "cut", "gone"])
def test_damaged_file_gives_way_to_the_newest_sound_snapshot(folder, how):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    publish(folder, wait_s=0)
    fill(folder, "Three.")
    publish(folder, wait_s=0).write_bytes(b"no database")
    sound = folder.live.read_bytes()
    ruined = {
        "text": b"no database", "noise": sound[:12_300] + bytes(200_000) + sound[212_300:],
        "cut": sound[:30_000], "gone": None,
    }[how]  # fmt: skip
    folder.live.unlink()
    if ruined is not None:
        folder.live.write_bytes(ruined)
    put_in_spool(folder, "Four.")
    done = restore(folder, now=NOW)
    assert done.source == snapshots(folder)[2]
    assert [path.read_bytes() for path in done.set_aside] == ([ruined] if ruined else [])
    assert done.recovery.appended == 1
    assert spooled(folder.spool) == []
    assert texts(folder.live) == ["Four.", "One.", "Two."]
    assert restore(folder, now=NOW).damage is None


def test_gone_file_is_not_replaced_by_an_empty_one(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    folder.live.unlink()
    with (
        pytest.raises(WarehouseDamagedError, match="onrecord restore"),
        open_live(folder, wait_s=0),
    ):
        pass
    assert not folder.live.exists()


def test_damage_without_a_snapshot_begins_an_empty_warehouse(folder):
    fill(folder, "One.")
    folder.live.write_bytes(b"no database")
    put_in_spool(folder, "Two.")
    done = restore(folder, now=NOW)
    assert done.source is None
    assert [path.read_bytes() for path in done.set_aside] == [b"no database"]
    assert texts(folder.live) == ["Two."]


def test_asked_for_snapshot_comes_back_and_the_sound_file_is_set_aside(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    publish(folder, wait_s=0)
    done = restore(folder, now=NOW, number=1)
    assert texts(folder.live) == ["One."]
    (aside,) = done.set_aside
    assert texts(aside) == ["One.", "Two."]
    with pytest.raises(WarehouseMissingError):
        restore(folder, now=NOW, number=9)


def test_what_only_snapshots_have_does_not_come_back(folder):
    fill(folder, "One.")
    path = publish(folder, wait_s=0)
    with open_writable(path) as con:
        con.execute("CREATE SCHEMA search_index; CREATE TABLE search_index.terms AS SELECT 1 AS a")
    restore(folder, now=NOW, number=1)
    assert [name for name in read_through(folder.live) if "." in name] == []


def test_nothing_to_restore_is_said(folder):
    with pytest.raises(WarehouseMissingError):
        restore(folder, now=NOW)


def test_file_of_a_newer_duckdb_is_not_damage(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    newer = with_version(folder.live.read_bytes(), 99)
    folder.live.write_bytes(newer)
    with pytest.raises(StorageTooNewError):
        restore(folder, now=NOW)
    assert folder.live.read_bytes() == newer


def test_compact_file_has_the_same_rows_and_is_smaller(folder):
    with open_live(folder, wait_s=0) as con:
        con.execute("CREATE TABLE mine AS SELECT 1 AS a")
        con.execute("CREATE TABLE big AS SELECT random() AS a FROM range(300_000)")
        con.execute("CHECKPOINT")
    fill(folder, *(f"Story {number}. " + os.urandom(3000).hex() for number in range(40)))
    with open_live(folder, wait_s=0) as con:
        con.execute("CHECKPOINT")
        con.execute("DROP TABLE big")
    before, ledger = read_through(folder.live), applied(folder)
    done = compact(folder)
    assert read_through(folder.live) == before
    assert applied(folder) == ledger
    assert done.after == folder.live.stat().st_size < done.before - 1_000_000
    fill(folder, "One more.")
    assert len(texts(folder.live)) == 41


def applied(folder):
    with open_file(folder.live) as con:
        comments = con.execute("SELECT count(*) FROM duckdb_columns() WHERE comment IS NOT NULL")
        return comments.fetchall(), con.execute("FROM schema_migrations ORDER BY ALL").fetchall()


def test_compact_that_would_lose_rows_keeps_the_old_file(folder, monkeypatch):
    fill(folder, "One.")
    before = folder.live.read_bytes()
    monkeypatch.setattr("warehouse.compact._copy_rows", lambda *_: None)
    with pytest.raises(WarehouseDamagedError):
        compact(folder)
    assert texts(folder.live) == ["One."]
    assert folder.live.read_bytes() == before
    assert [path.name for path in folder.live.parent.glob("*.partial*")] == []
