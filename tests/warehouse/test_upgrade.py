"""Migrations of a later release, applied to a warehouse with rows."""

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.harbour import CORRECTED, FIRST_DRAFT, LATE, OPENING, SHOWN, SYNDICATED
from tests.helpers.stories import append_stories, make_story
from warehouse import migrate, staging
from warehouse.connect import open_file, open_live
from warehouse.errors import MigrationError, SchemaTooNewError, WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.publish import publish, snapshots

pytestmark = pytest.mark.migrates

TABLES = (
    "documents",
    "articles",
    "quotations",
    "mentions",
    "no_comments",
    "date_mentions",
    "analyses",
)
LATER = migrate.Script(
    "9000_tone",
    """
    ALTER TABLE articles ADD COLUMN tone VARCHAR;
    COMMENT ON COLUMN articles.tone IS 'Tone of the text';
    UPDATE articles SET tone = upper(left(title, 1));
    CREATE TABLE tones (tone VARCHAR NOT NULL);
    COMMENT ON TABLE tones IS 'One row per tone';
    """,
)
BROKEN = migrate.Script(LATER.name, LATER.sql + "SELECT no_such_column FROM articles;")


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING, SYNDICATED, FIRST_DRAFT, LATE)
        append_stories(con, folder.spool, CORRECTED)
    return folder


@pytest.fixture
def release(monkeypatch):
    """Return a function that adds migrations to those of this release."""
    known = migrate.scripts

    def add(*scripts):
        def found(folder):
            return [*known(folder), *scripts] if folder == "migrations" else known(folder)

        monkeypatch.setattr(migrate, "scripts", found)

    return add


def rows(con, table):
    result = con.execute(f"SELECT COLUMNS(name -> name <> 'tone') FROM {table} ORDER BY ALL")
    return [column[0] for column in result.description or ()], result.fetchall()


def contents(folder):
    with open_file(folder.live) as con:
        return {table: rows(con, table) for table in TABLES}


def ledger(folder):
    with open_file(folder.live) as con:
        return con.execute("SELECT name, checksum FROM schema_migrations ORDER BY ALL").fetchall()


def compressions(folder):
    with open_file(folder.live) as con:
        return con.execute(
            "SELECT DISTINCT compression FROM pragma_storage_info('articles')"
            " WHERE column_name = 'text' AND segment_type = 'VARCHAR'"
        ).fetchall()


def test_later_migration_keeps_the_rows(folder, release):
    before = contents(folder)
    assert all(found for _, found in before.values())
    release(LATER)
    with open_live(folder) as con:
        tones = con.execute("SELECT DISTINCT tone FROM articles ORDER BY tone").fetchall()
    assert tones == [("A",), ("H",), ("S",), ("T",)]
    assert contents(folder) == before


def test_later_migration_is_recorded_once(folder, release):
    before = ledger(folder)
    release(LATER)
    for _ in range(2):
        with open_live(folder):
            pass
        assert [row for row in ledger(folder) if row[0] == LATER.name] == [
            (LATER.name, LATER.checksum)
        ]
    added = [name for name, _ in ledger(folder)]
    assert sorted(added) == sorted([*(name for name, _ in before), LATER.name, "views"])


def test_failed_later_migration_leaves_nothing(folder, release):
    before, recorded = contents(folder), ledger(folder)
    release(BROKEN)
    with pytest.raises(MigrationError, match=LATER.name), open_live(folder):
        pass
    assert (contents(folder), ledger(folder)) == (before, recorded)
    with open_file(folder.live) as con:
        left = con.execute(
            "SELECT count(*) FROM duckdb_columns() WHERE column_name = 'tone'"
            " OR table_name = 'tones'"
        ).fetchall()
    assert left == [(0,)]
    release(LATER)
    with open_live(folder):
        pass
    assert contents(folder) == before


def test_snapshot_of_before_the_upgrade_is_kept_to_go_back(folder, release):
    before = contents(folder)
    publish(folder)
    release(LATER)
    for number in range(4):  # more snapshots than are kept
        story = make_story("Rain\nIt rained.", url=f"https://a.example/{number}", day="2024-07-01")
        with open_live(folder) as con:
            append_stories(con, folder.spool, story)
        publish(folder)
    kept = folder.published / f"before-{LATER.name}.duckdb"
    assert kept not in snapshots(folder).values()
    release()
    with pytest.raises(SchemaTooNewError, match="before-") as refused, open_live(folder):
        pass
    assert LATER.name in str(refused.value)
    folder.live.unlink()
    shutil.copyfile(kept, folder.live)  # as the README says
    publish(folder)
    assert contents(folder) == before


def test_only_the_snapshot_of_the_last_upgrade_is_kept(folder, release):
    publish(folder)
    release(LATER)
    publish(folder)
    release(LATER, migrate.Script("9001_next", "CREATE TABLE next_table (a INTEGER)"))
    publish(folder)
    assert [path.name for path in folder.published.glob("before-*")] == ["before-9001_next.duckdb"]


def test_new_warehouse_and_new_views_keep_no_snapshot(folder, release, monkeypatch):
    publish(folder)
    with open_live(folder) as con:
        con.execute("UPDATE schema_migrations SET checksum = 'old' WHERE name = 'views'")
    with open_live(folder):
        pass
    assert not list(folder.published.glob("before-*"))


def test_upgrade_works_without_hard_links_and_refuses_a_full_disk(folder, release, monkeypatch):
    publish(folder)
    release(LATER)

    def no_links(*arguments):
        raise OSError(errno.EPERM, "Operation not permitted")

    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    with monkeypatch.context() as patch:
        patch.setattr("warehouse.connect.copy_file", full)
        with pytest.raises(WarehouseUnwritableError, match="before-9000_tone"), open_live(folder):
            pass
    assert LATER.name not in dict(ledger(folder))
    with open_live(folder):
        pass
    with open_file(folder.published / "before-9000_tone.duckdb") as con:
        assert con.execute("SELECT count(*) FROM articles").fetchall() != [(0,)]


def test_texts_are_stored_with_zstd_before_and_after(folder, release):
    assert compressions(folder) == [("ZSTD",)]
    release(LATER)
    with open_live(folder):
        pass
    assert compressions(folder) == [("ZSTD",)]


@pytest.fixture
def before_statements(tmp_path, monkeypatch):
    """Return a warehouse of the release without `quotations.statement`, with rows."""
    known = migrate.scripts
    folder = DataFolder(tmp_path)
    sql = tmp_path / "new_revisions.sql"  # as that release had it
    text = staging._NEW_REVISIONS.read_text("utf-8")
    sql.write_text(
        text.replace("        wording_sha256\n    FROM", "        NULL AS wording_sha256\n    FROM")
    )
    with monkeypatch.context() as patch:
        patch.setattr(staging, "_NEW_REVISIONS", sql)
        patch.setattr(migrate, "scripts", lambda name: [s for s in known(name) if s.name < "0007"])
        with open_live(folder) as con:
            append_stories(con, folder.spool, OPENING, replace(LATE, no_comments=()))
    return folder


def test_statements_stored_before_their_shown_words_are_speech_in_pieces(before_statements):
    with open_file(before_statements.live) as con:
        columns = [name for name, *_ in con.execute("DESCRIBE quotations").fetchall()]
        old = con.execute("FROM quotations ORDER BY ALL").fetchall()
    assert "statement" not in columns
    with open_live(before_statements) as con:
        kept = con.execute(f"SELECT {', '.join(columns)} FROM quotations ORDER BY ALL").fetchall()
        said = con.execute(
            "SELECT statement, act, medium FROM said ORDER BY published_on, start_char"
        ).fetchall()
        inside = con.execute("SELECT name, statement FROM said_mentions").fetchall()
        assert con.execute("FROM no_comment").fetchall() == []
    assert kept == old
    assert said == [
        ("We waited long enough", "speech", None),
        (SHOWN, "speech", None),
        ("the new pier", "speech", None),
        ("to leave on July 9", "speech", None),
    ]
    assert inside == [("Aren", SHOWN)]


def test_comma_before_the_attribution_is_left_out_of_an_older_statement(before_statements):
    with open_live(before_statements) as con:
        con.execute("UPDATE quotations SET text = text || ',”' WHERE kind = 'direct'")
        con.execute("UPDATE quotations SET text = text || ',' WHERE kind = 'indirect'")
        said = con.execute("SELECT statement FROM said ORDER BY ALL").fetchall()
    assert said == [
        (SHOWN,),
        ("We waited long enough”",),
        ("the new pier",),
        ("to leave on July 9",),
    ]


def test_rows_of_this_release_follow_those_of_the_last(before_statements):
    corrected = make_story(
        LATE.article.text + "\nIt rained.", url="https://b.example/9", day="2024-06-06",
        silent=[("The captain could not be reached", "unreachable", "The captain", "could")],
    )  # fmt: skip
    with open_live(before_statements) as con:
        append_stories(con, before_statements.spool, corrected)
        shown = con.execute("SELECT speaker, kind FROM no_comment").fetchall()
        assert con.execute("SELECT count(*) FROM said").fetchone() == (1,)
    assert shown == [("The captain", "unreachable")]
