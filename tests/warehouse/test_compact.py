"""Compact: the same rows in a smaller file; if it fails, the old file is kept."""

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import small_disk
from tests.helpers.kill_points import killed_at
from tests.helpers.stories import append_stories, make_story
from warehouse import compact as module
from warehouse import files
from warehouse.append import append_batch, append_rows
from warehouse.compact import compact
from warehouse.connect import open_file, open_live
from warehouse.errors import WarehouseDamagedError, WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.integrity import read_through
from warehouse.spool import spool

NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)


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


def texts(path):
    with open_file(path) as con:
        return [text for (text,) in con.execute("SELECT text FROM articles ORDER BY 1").fetchall()]


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


def poll(feed_id, polled_at):
    return {
        "feed_id": feed_id, "polled_at": polled_at, "url": "https://paper.example/rss",
        "outcome": "unchanged", "entries": 0, "new_entries": 0, "changed_entries": 0,
        "known_entries": 0, "dropped_entries": 0, "is_gap_risk": False, "failures": 0.0,
        "conditional_polls": 0, "redirect_sightings": 0, "flags": [], "batch_id": "b1",
    }  # fmt: skip


def test_compact_drops_old_polls_but_never_the_last_of_a_feed(folder):
    fill(folder, "One.")
    days = [NOW - timedelta(days=days) for days in (1, 40, 50)]
    with open_live(folder, wait_s=0) as con:
        append_rows(con, "polls", [poll("busy", day) for day in days])
        append_rows(con, "polls", [poll("gone", day) for day in days[1:]])
    compact(folder)
    assert read_through(folder.live)["polls"][0] == 5
    compact(folder, polls_since=NOW - timedelta(days=30))
    with open_file(folder.live) as con:
        kept = con.execute("SELECT feed_id, polled_at FROM polls ORDER BY ALL").fetchall()
    assert kept == [("busy", days[0]), ("gone", days[1])]
    assert texts(folder.live) == ["One."]


def schema(path):
    """Return the schema of a file as DuckDB prints it."""
    with open_file(path) as con:
        return [
            con.execute(f"SELECT {columns} FROM duckdb_{kind}() {where} ORDER BY ALL").fetchall()
            for kind, columns, where in (
                ("tables", "schema_name, sql, comment", "WHERE NOT internal"),
                ("views", "schema_name, sql, comment", "WHERE NOT internal"),
                ("columns", "table_name, column_name, comment", "WHERE NOT internal"),
                ("indexes", "schema_name, sql, comment", ""),
                ("constraints", "table_name, constraint_text", ""),
                ("functions", "function_name, macro_definition", "WHERE NOT internal"),
            )
        ]


def test_compact_keeps_tables_views_indexes_and_comments(folder):
    fill(folder, "One.")
    with open_live(folder, wait_s=0) as con:
        con.execute("""
            CREATE SCHEMA mine;
            CREATE TABLE mine.notes (id INTEGER PRIMARY KEY, said VARCHAR DEFAULT 'no' NOT NULL);
            INSERT INTO mine.notes VALUES (1, 'yes');
            CREATE VIEW mine.short AS SELECT title FROM main.latest_articles;
            CREATE INDEX by_title ON articles (title);
            CREATE MACRO mine.half(x) AS x / 2;
            COMMENT ON TABLE mine.notes IS 'it''s mine';
            COMMENT ON COLUMN mine.notes.said IS 'a word';
            COMMENT ON VIEW mine.short IS 'titles';
        """)
    before, rows = schema(folder.live), read_through(folder.live)
    assert all(before)
    compact(folder)
    assert schema(folder.live) == before
    assert read_through(folder.live) == rows
    with open_file(folder.live) as con:
        assert con.execute("SELECT mine.half(4), title FROM mine.short").fetchall() == [
            (2.0, "Harbour opens")
        ]


def test_file_without_all_comments_does_not_replace_the_old_one(folder, monkeypatch):
    fill(folder, "One.")
    before = folder.live.read_bytes()
    copy_rows = module._copy_rows

    def forgetful(con, polls_since):
        copy_rows(con, polls_since)
        con.execute("COMMENT ON COLUMN articles.title IS NULL")

    monkeypatch.setattr(module, "_copy_rows", forgetful)
    with pytest.raises(WarehouseDamagedError, match="articles"):
        compact(folder)
    assert folder.live.read_bytes() == before


def test_disk_space_is_checked_first(folder, monkeypatch):
    fill(folder, "One.")
    usage = type(shutil.disk_usage(folder.root))(10**12, 10**12 - 1000, 1000)
    monkeypatch.setattr("warehouse.compact.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr(module, "_copy", None)  # the copy must not start
    with pytest.raises(WarehouseUnwritableError, match=r"MB needed, 1\.0 kB free"):
        compact(folder)
    assert texts(folder.live) == ["One."]


def test_disk_that_fills_up_keeps_the_old_file(tmp_path, monkeypatch):
    with small_disk(tmp_path / "disk", "24m") as disk:
        folder = DataFolder(disk)
        for number in range(40):
            fill(folder, f"Story {number}. " + os.urandom(500_000).hex())
            if folder.live.stat().st_size > 13_000_000:  # more than half of the disk
                break
        before = read_through(folder.live)
        monkeypatch.setattr(module, "_check_room", lambda *_: None)
        with pytest.raises(WarehouseUnwritableError, match="No space left"):
            compact(folder)
        assert read_through(folder.live) == before
        assert [path.name for path in folder.live.parent.glob("*.partial*")] == []


def compact_with(folder):
    """Return what compacts in a process with kill points."""
    steps = ("_clear", "_check_room", "_copy", "_copy_rows", "_schema", "read_through")

    def work(points):
        points.replace(module, *steps)
        points.replace(files, "sync_file", "sync_folder")
        points.replace(Path, "rename")
        module.compact(folder, wait_s=0)

    return work


@pytest.mark.slow
def test_compact_killed_anywhere_leaves_the_old_or_the_new_file(folder):
    fill(folder, "One.", "Two.")
    before = read_through(folder.live)
    codes = []
    for moment in range(30):
        codes.append(killed_at(moment, compact_with(folder)))
        assert codes[-1] in {0, 9}
        assert read_through(folder.live) == before
        with open_live(folder, wait_s=0):
            pass
        if codes[-1] == 0:
            break
    assert codes[-1] == 0
    assert codes.count(9) >= 10
    assert [path.name for path in folder.live.parent.glob("*.partial*")] == []


def test_compact_file_groups_rows_by_source_and_month(folder):
    days = [("a", "2024-01-03"), ("b", "2024-01-02"), ("a", "2024-02-05"), ("b", "2024-02-01"), ("a", "2024-01-01")]  # fmt: skip
    stories = [
        make_story(
            f"Report {number}\nAna Ruiz spoke in June.",
            url=f"https://{source}.example/{number}",
            day=day,
            said=[("spoke", "Ana Ruiz", None, "indirect")],
            named=[("Ana Ruiz", "person")],
            dated=[("June", None)],
        )
        for number, (source, day) in enumerate(days)
    ]
    with open_live(folder, wait_s=0) as con:
        append_stories(con, folder.spool, *stories)
    compact(folder)
    expected = [
        ("a.example", date(2024, 1, 1)),
        ("a.example", date(2024, 1, 3)),
        ("b.example", date(2024, 1, 2)),
        ("a.example", date(2024, 2, 5)),
        ("b.example", date(2024, 2, 1)),
    ]
    with open_file(folder.live) as con:
        for table in ("articles", "quotations", "mentions", "date_mentions"):
            rows = con.execute(f"SELECT source_id, published_on FROM {table} ORDER BY rowid")
            assert rows.fetchall() == expected
