"""Damaged, stale and foreign files; full and read-only disks: errors in one line."""

import subprocess

import duckdb
import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import in_other_process, small_disk, with_noise, with_version
from warehouse.append import append_batch
from warehouse.connect import open_file, open_live, open_snapshot, translated
from warehouse.errors import (
    StorageTooNewError,
    WarehouseDamagedError,
    WarehouseMemoryError,
    WarehouseUnwritableError,
)
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool, spooled

APPEND_AND_DIE = """
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
        batch.remove()
    print("ready", flush=True)
    os._exit(0)
"""


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path / "data")


def fill(folder, *texts):
    with open_live(folder, wait_s=0) as con:
        for text in texts or ("The ferry sails.",):
            append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))


def die_with_log(folder, *texts):
    """Append in a process that leaves a write-ahead log, as after a crash."""
    for text in texts:
        spool(make_batch(make_analysis(make_article(text))), folder.spool)
    in_other_process(APPEND_AND_DIE, folder.root).communicate()
    return folder.live.with_name("onrecord.duckdb.wal")


def texts(con):
    return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY text").fetchall()]


def damaged(data, how):
    return {
        "empty": b"",
        "text": b"Dear diary, this is no database.\n" * 400,
        "zeros": bytes(len(data)),
        "header": data[:4096] + bytes(8192) + data[12288:],
        "cut": data[:20_000],
    }[how]


@pytest.mark.parametrize("how", ["empty", "text", "zeros", "header", "cut"])
def test_damaged_or_foreign_file_is_reported_and_never_overwritten(folder, how):
    fill(folder)
    ruined = damaged(folder.live.read_bytes(), how)
    folder.live.write_bytes(ruined)
    with (
        pytest.raises(WarehouseDamagedError, match="onrecord restore"),
        open_live(folder, wait_s=0),
    ):
        pass
    assert folder.live.read_bytes() == ruined


def test_file_of_a_newer_duckdb_is_refused(folder):
    fill(folder)
    folder.live.write_bytes(with_version(folder.live.read_bytes(), 99))
    with (
        pytest.raises(StorageTooNewError, match=r"update duckdb .*99"),
        open_live(folder, wait_s=0),
    ):
        pass


def test_log_of_a_killed_writer_is_replayed(folder):
    fill(folder, "One.")
    log = die_with_log(folder, "Two.", "Three.")
    assert log.stat().st_size
    with open_live(folder, wait_s=0) as con:
        assert texts(con) == ["One.", "Three.", "Two."]


def test_log_cut_anywhere_keeps_complete_batches(folder):
    fill(folder, "One.")
    log = die_with_log(folder, "Two.", "Three.")
    whole, file = log.read_bytes(), folder.live.read_bytes()
    seen = set()
    for cut in range(0, len(whole), len(whole) // 12):
        folder.live.write_bytes(file)
        log.write_bytes(whole[:cut])
        with open_live(folder, wait_s=0) as con:
            tables = {
                con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
                for table in ("articles", "documents", "batches")
            }
            assert len(tables) == 1
            seen |= tables
    assert seen <= {1, 2, 3}
    assert len(seen) > 1


@pytest.mark.parametrize("seed", range(5))
def test_noise_in_the_log_is_reported(folder, seed):
    fill(folder, "One.")
    log = die_with_log(folder, "Two.")
    ruined = with_noise(log.read_bytes(), seed, start=200)
    log.write_bytes(ruined)
    with pytest.raises(WarehouseDamagedError, match="WAL"), open_live(folder, wait_s=0):
        pass
    assert log.read_bytes() == ruined


def test_stale_log_is_refused(folder):
    fill(folder, "One.")
    log = die_with_log(folder, "Two.")
    stale = log.read_bytes()
    fill(folder, "Three.")
    log.write_bytes(stale)
    with pytest.raises(WarehouseDamagedError, match="WAL"), open_live(folder, wait_s=0):
        pass


@pytest.mark.migrates  # a copy would be the same database
def test_log_of_another_database_is_refused(folder, tmp_path):
    fill(folder, "One.")
    other = DataFolder(tmp_path / "other")
    fill(other, "Elsewhere.")
    log = die_with_log(other, "Elsewhere, later.")
    folder.live.with_name("onrecord.duckdb.wal").write_bytes(log.read_bytes())
    with pytest.raises(WarehouseDamagedError, match="WAL"), open_live(folder, wait_s=0):
        pass


def test_read_only_disk_is_reported_immediately(tmp_path):
    with small_disk(tmp_path / "disk", "24m") as disk:
        folder = DataFolder(disk)
        fill(folder)
        publish(folder, wait_s=0)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with (
            pytest.raises(WarehouseUnwritableError, match="Read-only file system"),
            open_live(folder, wait_s=0),
        ):
            pass
        with open_snapshot(folder) as con:
            assert texts(con) == ["The ferry sails."]


def fill_until_full(folder):
    for number in range(100):
        fill(folder, f"Story {number}. " + f"{number:x}{number**7:x}".join("y" * 90_000))


def test_full_disk_stops_the_batch_and_keeps_committed_rows(tmp_path):
    with small_disk(tmp_path / "disk", "24m") as disk:
        folder = DataFolder(disk)
        with pytest.raises(WarehouseUnwritableError, match="No space left on device"):
            fill_until_full(folder)
        with open_file(folder.live) as con:
            stored = len(texts(con))
            assert stored >= len(spooled(folder.spool)) - 1 > 0
            assert con.execute("SELECT count(*) FROM batches").fetchone() == (stored,)


def test_full_disk_is_recognized_in_the_error_of_a_later_statement(tmp_path):
    text = (
        "FATAL Error: Failed: database has been invalidated because of a previous fatal error.\n"
        'Original error: "Could not write file: No space left on device"'
    )
    with pytest.raises(WarehouseUnwritableError, match="No space left"), translated(tmp_path):
        raise duckdb.FatalException(text)


def sort_in_little_memory(folder):
    with open_live(folder, wait_s=0) as con:
        con.execute("SET memory_limit = '1MB'")
        con.execute("SET max_temp_directory_size = '0KiB'")
        con.execute("SELECT list(range) FROM range(10_000_000)").fetchall()


def test_too_little_memory_is_reported(folder):
    with pytest.raises((WarehouseMemoryError, WarehouseUnwritableError), match=r"memory|temp"):
        sort_in_little_memory(folder)
