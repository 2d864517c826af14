"""Snapshots for readers: many at the same time, never locked out, read-only."""

import threading
from datetime import timedelta

import duckdb
import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import in_other_process
from warehouse.append import append_batch
from warehouse.connect import open_live, open_snapshot, open_writable
from warehouse.errors import (
    SchemaTooOldError,
    WarehouseBusyError,
    WarehouseError,
    WarehouseMissingError,
)
from warehouse.folder import DataFolder
from warehouse.publish import is_behind, publish
from warehouse.spool import spool

HOLD_FILE = """
import sys, time, duckdb
con = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path / "data")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a data folder with one published article, for tests that change nothing."""
    folder = DataFolder(tmp_path_factory.mktemp("published"))
    fill(folder)
    publish(folder, wait_s=0)
    return folder


def fill(folder, *texts):
    with open_live(folder, wait_s=0) as con:
        for text in texts or ("The ferry sails.",):
            append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))


def texts(con):
    return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY text").fetchall()]


def test_missing_snapshot_is_reported(folder):
    with pytest.raises(WarehouseMissingError, match="onrecord load"), open_snapshot(folder):
        pass


def test_snapshot_can_be_opened_twice_in_one_process(folder):
    fill(folder)
    publish(folder, wait_s=0)
    with open_snapshot(folder) as one, open_snapshot(folder) as two:
        for con in (one, two):
            assert con.execute("SELECT current_setting('TimeZone')").fetchone() == ("UTC",)
            assert texts(con) == ["The ferry sails."]
            with pytest.raises(duckdb.InvalidInputException):
                con.execute("SET threads = 1")


def test_snapshot_can_be_opened_in_many_threads(folder):
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


def test_snapshot_open_for_writing_names_the_program(folder):
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
def test_reader_cannot_write_read_files_attach_or_load_extensions(published, sql, monkeypatch):
    monkeypatch.chdir(published.root)
    before = sorted(published.root.rglob("*"))
    with pytest.raises((duckdb.Error, WarehouseError)), open_snapshot(published) as con:
        con.execute(sql).fetchall()
    assert sorted(published.root.rglob("*")) == before
    with open_snapshot(published) as con:
        assert texts(con) == ["The ferry sails."]


def test_snapshot_of_an_older_onrecord_is_refused(folder):
    fill(folder)
    with open_writable(publish(folder, wait_s=0)) as con:
        con.execute("DROP VIEW latest_articles")
        con.execute("DELETE FROM schema_migrations WHERE name = 'views'")
    with pytest.raises(SchemaTooOldError, match="onrecord publish"), open_snapshot(folder) as con:
        con.execute("FROM latest_articles")
    assert is_behind(folder)
    publish(folder, wait_s=0)
    assert not is_behind(folder)
    with pytest.raises(duckdb.CatalogException), open_snapshot(folder) as con:
        con.execute("FROM no_such_view")
