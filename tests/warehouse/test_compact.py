"""Compact: the same rows in a smaller file, or the old file."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import make_analysis, make_article, make_batch
from tests.stories import append_stories, make_story
from warehouse.append import append_batch, append_rows
from warehouse.compact import compact
from warehouse.connect import open_file, open_live
from warehouse.errors import (
    WarehouseDamagedError,
)
from warehouse.folder import DataFolder
from warehouse.health import read_through
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


def test_compact_leaves_old_polls_behind_but_never_the_last_of_a_feed(folder):
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


def test_compact_file_has_what_a_source_published_in_a_month_together(folder):
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
