"""Opening the warehouse: what is damaged, locked, foreign or forbidden is said in one line."""

import subprocess
import threading
from datetime import timedelta

import duckdb
import pytest

from tests.builders import make_analysis, make_article, make_batch
from tests.warehouse.faults import in_other_process, small_disk, with_noise, with_version
from warehouse.append import append_batch
from warehouse.connect import open_file, open_live, open_snapshot, translated
from warehouse.errors import (
    MigrationError,
    SchemaTooNewError,
    StorageTooNewError,
    WarehouseBusyError,
    WarehouseDamagedError,
    WarehouseError,
    WarehouseMemoryError,
    WarehouseMissingError,
    WarehouseUnwritableError,
)
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool, spooled

HOLD_LIVE = """
import sys, time
from pathlib import Path
from warehouse.connect import open_live
from warehouse.folder import DataFolder
with open_live(DataFolder(Path(sys.argv[1])), wait_s=0):
    print("ready", flush=True)
    time.sleep(60)
"""
HOLD_FILE = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("ready", flush=True)
time.sleep(60)
"""
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


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A data folder with one article in its snapshot, for tests that change nothing."""
    folder = DataFolder(tmp_path_factory.mktemp("published"))
    fill(folder)
    publish(folder, wait_s=0)
    return folder


def fill(folder, *texts):
    with open_live(folder, wait_s=0) as con:
        for text in texts or ("The ferry sails.",):
            append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))


def die_with_log(folder, *texts):
    """Append in a process that ends without a checkpoint, so that a write-ahead log is left."""
    for text in texts:
        spool(make_batch(make_analysis(make_article(text))), folder.spool)
    in_other_process(APPEND_AND_DIE, folder.root).communicate()
    return folder.live.with_name("onrecord.duckdb.wal")


def texts(con):
    return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY text").fetchall()]


def test_live_file_is_made_where_there_is_none(folder):
    with open_live(folder, wait_s=0) as con:
        assert texts(con) == []
    assert folder.live.exists()


def test_file_can_be_read_by_the_oldest_duckdb_allowed(folder):
    fill(folder)
    with open_file(folder.live) as con:
        ((tags,),) = con.execute(
            "SELECT tags FROM duckdb_databases() WHERE NOT internal"
        ).fetchall()
    assert tags["storage_version"].startswith("v1.5")


def test_no_connection_of_ours_loads_code_or_reads_python_variables(folder):
    leaked = [1]
    assert leaked
    with open_live(folder, wait_s=0) as con:
        for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
            assert con.execute("SELECT current_setting(?)", [name]).fetchone() == (False,)
        with pytest.raises(duckdb.CatalogException):
            con.execute("FROM leaked")


def test_locked_live_file_names_the_process(folder):
    with in_other_process(HOLD_LIVE, folder.root) as process:
        with (
            pytest.raises(WarehouseBusyError, match=f"process {process.pid}"),
            open_live(folder, wait_s=0.1),
        ):
            pass
        process.kill()
    fill(folder)


@pytest.mark.parametrize("mode", ["read", "write"])
def test_live_file_open_in_another_program_names_it(folder, mode):
    fill(folder)
    with in_other_process(HOLD_FILE, folder.live, mode) as process:
        with (
            pytest.raises(WarehouseBusyError, match=f"PID {process.pid}"),
            open_live(folder, wait_s=0.1),
        ):
            pass
        process.kill()


def damaged(data, how):
    return {
        "empty": b"",
        "text": b"Dear diary, this is no database.\n" * 400,
        "zeros": bytes(len(data)),
        "header": data[:4096] + bytes(8192) + data[12288:],
        "cut": data[:20_000],
    }[how]


@pytest.mark.parametrize("how", ["empty", "text", "zeros", "header", "cut"])
def test_damaged_or_foreign_file_is_named_and_never_overwritten(folder, how):
    fill(folder)
    ruined = damaged(folder.live.read_bytes(), how)
    folder.live.write_bytes(ruined)
    with (
        pytest.raises(WarehouseDamagedError, match="onrecord restore"),
        open_live(folder, wait_s=0),
    ):
        pass
    assert folder.live.read_bytes() == ruined


def test_file_of_a_newer_duckdb_says_so(folder):
    fill(folder)
    folder.live.write_bytes(with_version(folder.live.read_bytes(), 99))
    with (
        pytest.raises(StorageTooNewError, match=r"update duckdb .*99"),
        open_live(folder, wait_s=0),
    ):
        pass


def test_file_of_a_newer_onrecord_says_so(folder):
    with open_live(folder, wait_s=0) as con:
        con.execute("INSERT INTO schema_migrations VALUES ('9999_future', 'x', now())")
    with pytest.raises(SchemaTooNewError, match="9999_future"), open_live(folder, wait_s=0):
        pass


def test_log_of_a_killed_writer_is_replayed(folder):
    fill(folder, "One.")
    log = die_with_log(folder, "Two.", "Three.")
    assert log.stat().st_size
    with open_live(folder, wait_s=0) as con:
        assert texts(con) == ["One.", "Three.", "Two."]


def test_log_cut_anywhere_leaves_whole_batches(folder):
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
def test_noise_in_the_log_is_named(folder, seed):
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


def test_log_of_another_database_is_refused(folder, tmp_path):
    fill(folder, "One.")
    other = DataFolder(tmp_path / "other")
    fill(other, "Elsewhere.")
    log = die_with_log(other, "Elsewhere, later.")
    folder.live.with_name("onrecord.duckdb.wal").write_bytes(log.read_bytes())
    with pytest.raises(WarehouseDamagedError, match="WAL"), open_live(folder, wait_s=0):
        pass


def test_read_only_disk_is_said_at_once(tmp_path):
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


def test_full_disk_stops_the_batch_and_keeps_what_was_committed(tmp_path):
    with small_disk(tmp_path / "disk", "24m") as disk:
        folder = DataFolder(disk)
        with pytest.raises(WarehouseUnwritableError, match="No space left on device"):
            fill_until_full(folder)
        with open_file(folder.live) as con:
            stored = len(texts(con))
            assert stored >= len(spooled(folder.spool)) - 1 > 0
            assert con.execute("SELECT count(*) FROM batches").fetchone() == (stored,)


def test_full_disk_told_by_a_later_statement_is_still_a_full_disk(tmp_path):
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


def test_too_little_memory_is_said(folder):
    with pytest.raises((WarehouseMemoryError, WarehouseUnwritableError), match=r"memory|temp"):
        sort_in_little_memory(folder)


def test_migration_that_fails_leaves_nothing_and_can_be_repeated(folder, monkeypatch):
    from warehouse import migrate

    real = migrate.scripts
    broken = migrate.Script("0002_runs", "CREATE TABLE runs (a INTEGER); SELECT no_such_column")

    def with_broken(kind):
        return [broken if script.name == broken.name else script for script in real(kind)]

    monkeypatch.setattr(migrate, "scripts", with_broken)
    with pytest.raises(MigrationError, match="0002_runs"), open_live(folder, wait_s=0):
        pass
    monkeypatch.undo()
    fill(folder)


def test_nothing_published_is_said(folder):
    with pytest.raises(WarehouseMissingError, match="onrecord load"), open_snapshot(folder):
        pass


def test_snapshot_opens_twice_in_one_process(folder):
    fill(folder)
    publish(folder, wait_s=0)
    with open_snapshot(folder) as one, open_snapshot(folder) as two:
        for con in (one, two):
            assert con.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
            assert texts(con) == ["The ferry sails."]
            with pytest.raises(duckdb.InvalidInputException):
                con.execute("SET threads = 1")


def test_snapshot_opens_in_many_threads_at_once(folder):
    fill(folder)
    publish(folder, wait_s=0)
    zones, errors = [], []

    def read():
        try:
            with open_snapshot(folder) as con:
                zones.append(con.execute("SELECT max(fetched_at) FROM documents").fetchall()[0][0])
        except (duckdb.Error, WarehouseError) as exc:
            errors.append(exc)

    threads = [threading.Thread(target=read) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [instant.utcoffset() for instant in zones] == [timedelta(0)] * 12


def test_snapshot_held_by_a_program_that_writes_names_it(folder):
    fill(folder)
    path = publish(folder, wait_s=0)
    with in_other_process(HOLD_FILE, path, "write") as process:
        with pytest.raises(WarehouseBusyError, match=f"PID {process.pid}"), open_snapshot(folder):
            pass
        process.kill()


@pytest.mark.parametrize(
    "sql",
    [
        "FROM read_csv('/etc/passwd')",
        "FROM read_text('/etc/hostname')",
        "FROM read_blob('/etc/hostname')",
        "FROM read_parquet('x.parquet')",
        "FROM read_json('x.json')",
        "FROM glob('/*')",
        "FROM sniff_csv('/etc/passwd')",
        "FROM '/etc/passwd'",
        "COPY articles TO 'out.csv'",
        "COPY articles FROM 'in.csv'",
        "EXPORT DATABASE 'out'",
        "IMPORT DATABASE 'out'",
        "ATTACH 'other.duckdb'",
        "ATTACH ':memory:' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "FORCE INSTALL httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "RESET lock_configuration",
        "SET GLOBAL memory_limit = '1TB'",
        "SET temp_directory = '/tmp'",
        "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
        "INSERT INTO sources (source_id) VALUES ('x')",
        "DELETE FROM articles",
        "UPDATE articles SET title = 'x'",
        "DROP TABLE articles",
        "CREATE TABLE mine (a INTEGER)",
        "SELECT 1; DROP TABLE articles",
        "PRAGMA enable_profiling = 'json'; SET profile_output = '/tmp/x'",
    ],
)
def test_reader_cannot_write_read_files_attach_or_load(published, sql, monkeypatch):
    monkeypatch.chdir(published.root)
    before = sorted(published.root.rglob("*"))
    with pytest.raises((duckdb.Error, WarehouseError)), open_snapshot(published) as con:
        con.execute(sql).fetchall()
    assert sorted(published.root.rglob("*")) == before
    with open_snapshot(published) as con:
        assert texts(con) == ["The ferry sails."]
