import pytest

from tests.harbour import CORRECTED, FIRST_DRAFT, OPENING, SYNDICATED
from tests.stories import append_stories
from warehouse import migrate
from warehouse.connect import open_live
from warehouse.folder import DataFolder

LATER = {"articles": ", paragraph_kinds"}  # what a later migration added stays NULL for old rows


def rows(folder, table):
    later = LATER.get(table, "")
    with open_live(folder) as con:
        found = con.execute(
            f"SELECT * EXCLUDE (batch_id{later}) FROM {table} ORDER BY ALL"
        ).fetchall()
        return [column[0] for column in con.description or ()], found


@pytest.fixture
def _first_schema(monkeypatch):
    known = migrate.scripts

    def first(folder):
        if folder == "views":
            return [migrate.Script("none", "SELECT 1")]
        return [script for script in known(folder) if script.name < "0003"]

    monkeypatch.setattr(migrate, "scripts", first)
    yield
    monkeypatch.undo()


@pytest.mark.usefixtures("_first_schema")
def test_rows_of_the_first_schema_become_those_of_a_new_warehouse(tmp_path, monkeypatch):
    old, new = DataFolder(tmp_path / "old"), DataFolder(tmp_path / "new")
    for folder in (old, new):
        with open_live(folder) as con:
            append_stories(con, folder.spool, OPENING, SYNDICATED, FIRST_DRAFT)
            append_stories(con, folder.spool, CORRECTED)
        is_old = "speaker" not in rows(folder, "quotations")[0]
        assert is_old == (folder is old)
        monkeypatch.undo()  # the old warehouse has the first schema, the new one all of it
    for table in ("documents", "articles", "quotations", "mentions", "date_mentions", "analyses"):
        assert rows(old, table) == rows(new, table)
    for folder in (old, new):
        with open_live(folder) as con:
            stored = con.execute(
                "SELECT DISTINCT compression FROM pragma_storage_info('articles')"
                " WHERE column_name = 'text' AND segment_type = 'VARCHAR'"
            ).fetchall()
        assert stored == [("ZSTD",)]
