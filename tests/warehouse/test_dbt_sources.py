"""The sources of dbt: every view and column, and no test that the data could break."""

import pytest
import yaml  # type: ignore[import-untyped]

from tests.helpers.harbour import CORRECTED, FIRST_DRAFT, OPENING, SYNDICATED
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.dbt_sources import LOADED_AT, UNIQUE, read_guarantees
from warehouse.dictionary import DBT_FILE
from warehouse.folder import DataFolder
from warehouse.relations import read_dictionary

TABLES = yaml.load(DBT_FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)["sources"][0]["tables"]
COLUMNS = {(table["name"], column["name"]): column for table in TABLES for column in table["columns"]}  # fmt: skip
REQUIRED = [key for key, column in COLUMNS.items() if "not_null" in column.get("data_tests", [])]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("dbt"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING, SYNDICATED, FIRST_DRAFT)
        append_stories(con, folder.spool, CORRECTED)
        yield con


def test_views_come_first_and_every_column_is_described(con):
    relations = read_dictionary(con)
    assert [table["name"] for table in TABLES] == [relation.name for relation in relations]
    for relation, table in zip(relations, TABLES, strict=True):
        assert table["description"] == relation.comment
        assert [(c["name"], c["data_type"], c["description"]) for c in table["columns"]] == [
            (column.name, column.type, column.comment) for column in relation.columns
        ]


def test_required_columns_of_tables_are_those_of_the_schema(con):
    told = {key for key in REQUIRED if key[0] in ("articles", "quotations", "polls", "runs")}
    found = con.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT is_nullable"
        " AND table_name IN ('articles', 'quotations', 'polls', 'runs')"
    ).fetchall()
    assert told == set(found)


def test_view_passes_on_what_its_first_relation_guarantees():
    assert {("said", "article_id"), ("said", "confidence"), ("latest_articles", "text")} <= set(REQUIRED)  # fmt: skip
    assert ("said", "title") not in REQUIRED  # of the articles, which are joined
    assert ("said", "speaker") not in REQUIRED
    assert ("speakers", "articles") not in REQUIRED  # computed


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("SELECT a.id, a.note FROM base AS a", {"id"}, id="alias"),
        pytest.param("SELECT base.id FROM base", {"id"}, id="no-alias"),
        pytest.param("SELECT b.id FROM base AS a LEFT JOIN base AS b ON true", set(), id="joined"),
        pytest.param("SELECT a.id FROM base AS a FULL JOIN base AS b ON true", set(), id="full"),
        pytest.param("SELECT max(a.id) AS other FROM base AS a", set(), id="renamed"),
        pytest.param("SELECT a.id FROM base AS a UNION ALL SELECT NULL", set(), id="union"),
    ],
)
def test_guarantees_of_a_view(con, sql, expected):
    con.execute("CREATE TABLE base (id INTEGER NOT NULL, note INTEGER)")
    con.execute(f"CREATE VIEW derived AS {sql}")
    try:
        assert read_guarantees(con)["derived"] == expected
    finally:
        con.execute("DROP VIEW derived; DROP TABLE base")


def test_no_required_column_has_a_null(con):
    broken = [
        key for key in REQUIRED
        if con.execute(f"SELECT count(*) FROM {key[0]} WHERE {key[1]} IS NULL").fetchall() != [(0,)]
    ]  # fmt: skip
    assert broken == []


@pytest.mark.parametrize(("relation", "column"), list(UNIQUE.items()))
def test_key_is_unique(con, relation, column):
    assert "unique" in COLUMNS[relation, column]["data_tests"]
    counted = con.execute(f"SELECT count({column}) = count(DISTINCT {column}) FROM {relation}")
    assert counted.fetchall() == [(True,)]


def test_freshness_is_measured_by_an_instant():
    told = {table["name"]: table["config"]["loaded_at_field"] for table in TABLES if "config" in table}  # fmt: skip
    assert told == LOADED_AT
    assert all(COLUMNS[key]["data_type"] == "TIMESTAMPTZ" for key in told.items())
