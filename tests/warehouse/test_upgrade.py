"""Migrations of a later release, applied to a warehouse with rows."""

import pytest

from tests.helpers.harbour import CORRECTED, FIRST_DRAFT, OPENING, SYNDICATED
from tests.helpers.stories import append_stories
from warehouse import migrate
from warehouse.connect import open_file, open_live
from warehouse.errors import MigrationError
from warehouse.folder import DataFolder

TABLES = ("documents", "articles", "quotations", "mentions", "date_mentions", "analyses")
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
        append_stories(con, folder.spool, OPENING, SYNDICATED, FIRST_DRAFT)
        append_stories(con, folder.spool, CORRECTED)
    return folder


@pytest.fixture
def release(monkeypatch):
    """Return a function that adds a migration to those of this release."""
    known = migrate.scripts

    def add(script):
        def found(folder):
            return [*known(folder), script] if folder == "migrations" else known(folder)

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
    assert tones == [("A",), ("H",), ("S",)]
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


def test_texts_are_stored_with_zstd_before_and_after(folder, release):
    assert compressions(folder) == [("ZSTD",)]
    release(LATER)
    with open_live(folder):
        pass
    assert compressions(folder) == [("ZSTD",)]
