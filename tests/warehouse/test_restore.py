"""Restore: the best sound file is used, nothing is deleted, the spool is appended."""

import os
import shutil
from datetime import UTC, datetime

import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import in_other_process, with_noise, with_version
from warehouse.append import append_batch
from warehouse.connect import open_file, open_live, open_writable
from warehouse.errors import (
    StorageTooNewError,
    WarehouseDamagedError,
    WarehouseMissingError,
)
from warehouse.folder import DataFolder
from warehouse.health import Level, look
from warehouse.integrity import read_through
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

# Killed between the commit and the removal from the spool.
APPEND_AND_KEEP = """
import os, sys
from pathlib import Path
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.spool import spooled
folder = DataFolder(Path(sys.argv[1]))
with open_live(folder, wait_s=0) as con:
    for batch in spooled(folder.spool):
        append_batch(con, batch)
    print("ready", flush=True)
    os._exit(0)
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
def test_damaged_file_is_replaced_by_the_newest_sound_snapshot(folder, how):
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
    began_at = datetime.now(UTC)
    done = restore(folder, now=NOW)
    assert done.newest_at is not None
    assert done.newest_at < began_at, "the batches of the spool count as rows of the snapshot"
    assert done.source == snapshots(folder)[2]
    assert [path.read_bytes() for path in done.set_aside] == ([ruined] if ruined else [])
    assert done.recovery.appended == 1
    assert spooled(folder.spool) == []
    assert texts(folder.live) == ["Four.", "One.", "Two."]
    assert restore(folder, now=NOW).damage is None


def test_missing_file_is_not_replaced_by_an_empty_one(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    folder.live.unlink()
    with (
        pytest.raises(WarehouseDamagedError, match="onrecord restore"),
        open_live(folder, wait_s=0),
    ):
        pass
    assert not folder.live.exists()


def test_damage_without_a_snapshot_starts_an_empty_warehouse(folder):
    fill(folder, "One.")
    folder.live.write_bytes(b"no database")
    put_in_spool(folder, "Two.")
    done = restore(folder, now=NOW)
    assert done.source is None
    assert [path.read_bytes() for path in done.set_aside] == [b"no database"]
    assert texts(folder.live) == ["Two."]


def test_requested_snapshot_is_restored_and_the_sound_file_is_set_aside(folder):
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


def test_rows_that_only_snapshots_have_are_not_restored(folder):
    fill(folder, "One.")
    path = publish(folder, wait_s=0)
    with open_writable(path) as con:
        con.execute("CREATE SCHEMA search_index; CREATE TABLE search_index.terms AS SELECT 1 AS a")
    restore(folder, now=NOW, number=1)
    assert [name for name in read_through(folder.live) if "." in name] == []


def test_nothing_to_restore_is_reported(folder):
    with pytest.raises(WarehouseMissingError):
        restore(folder, now=NOW)


def test_file_of_a_newer_duckdb_is_not_treated_as_damage(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    newer = with_version(folder.live.read_bytes(), 99)
    folder.live.write_bytes(newer)
    with pytest.raises(StorageTooNewError):
        restore(folder, now=NOW)
    assert folder.live.read_bytes() == newer


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return a published warehouse whose largest table has several row groups."""
    folder = DataFolder(tmp_path_factory.mktemp("large") / "data")
    fill(folder, "One.")
    with open_live(folder, wait_s=0) as con:
        con.execute(
            "INSERT INTO checks BY NAME SELECT 'run' AS run_id, 'a' AS check_name,"
            " 'error' AS severity, md5(range::VARCHAR) AS subject, 'd' AS detail, now() AS found_at"
            " FROM range(300_000)"
        )
        con.execute("CHECKPOINT")
        groups = con.execute(
            "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('checks')"
        ).fetchall()
    assert groups[0][0] >= 3
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    return folder


@pytest.mark.parametrize("how", ["flipped", "hole", "cut"])
def test_damage_between_row_groups_is_found_and_repaired(large, tmp_path, how):
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(large.root, folder.root, symlinks=True)
    sound = folder.live.read_bytes()
    middle = len(sound) // 2
    ruined = {
        "flipped": sound[:middle] + bytes(255 - byte for byte in sound[middle : middle + 64])
        + sound[middle + 64 :],
        "hole": sound[:middle] + bytes(600_000) + sound[middle + 600_000 :],
        "cut": sound[: len(sound) * 2 // 3],
    }[how]  # fmt: skip
    folder.live.write_bytes(ruined)
    found = {item.subject: item for item in look(folder)}
    assert found["live file"].level is Level.ERROR
    assert "run `onrecord restore`" in found["live file"].detail
    done = restore(folder, now=NOW)
    assert done.source == snapshots(folder)[1]
    assert [path.read_bytes() for path in done.set_aside] == [ruined]
    assert read_through(folder.live)["checks"] == read_through(large.live)["checks"]
    # The row that is newer than the snapshot is read from the damaged file if it can be opened.
    assert texts(folder.live) == (["One."] if how == "cut" else ["One.", "Two."])


def test_log_of_garbage_loses_no_batch(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    put_in_spool(folder, "Two.")
    in_other_process(APPEND_AND_KEEP, folder.root).communicate()
    log = folder.live.with_name(f"{folder.live.name}.wal")
    assert log.stat().st_size
    log.write_bytes(os.urandom(5000))
    restore(folder, now=NOW)
    assert texts(folder.live) == ["One.", "Two."], "the batch in the spool was lost"
