import pytest

from warehouse.connect import open_live
from warehouse.dictionary import as_markdown, fresh_documents
from warehouse.folder import DataFolder
from warehouse.migrate import inherited
from warehouse.relations import read_dictionary


@pytest.fixture(scope="module")
def relations(tmp_path_factory):
    with open_live(DataFolder(tmp_path_factory.mktemp("dictionary"))) as con:
        return read_dictionary(con)


def test_every_table_view_and_column_has_a_comment(relations):
    silent = [relation.name for relation in relations if not relation.comment]
    silent += [
        f"{relation.name}.{column.name}"
        for relation in relations
        for column in relation.columns
        if not column.comment
    ]
    assert silent == []


@pytest.mark.migrates  # in a reopened file DuckDB reports other view columns as NOT NULL
def test_written_files_are_up_to_date():
    told = "run `python -m warehouse.dictionary`"
    for file, text in fresh_documents().items():
        assert file.read_text("utf-8") == text, told


def test_views_come_before_tables(relations):
    document = as_markdown(relations)
    assert document.index("### said") < document.index("## Tables") < document.index("### sources")


def test_the_same_column_has_the_same_type_everywhere(relations):
    types: dict[str, set[str]] = {}
    for relation in relations:
        for column in relation.columns:
            types.setdefault(column.name, set()).add(column.type)
    figures = {
        "appended",
        "articles",
        "entries",
        "known",
        "mentions",
        "rejected",
        "seen",
    }  # counts are computed in views or stored in tables
    assert {name for name, kinds in types.items() if len(kinds) > 1} <= figures


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param("FROM said AS s JOIN entities", {"text": "of said"}, id="first-one-wins"),
        pytest.param("FROM entities JOIN said", {"text": "of entities"}, id="in-their-order"),
        pytest.param("from (SELECT text FROM said)", {"text": "of said"}, id="in-a-subquery"),
        pytest.param("FROM elsewhere", {}, id="unknown-relation"),
        pytest.param("FROM view JOIN said", {"text": "of said"}, id="not-from-itself"),
    ],
)
def test_view_column_inherits_the_comment_of_its_namesake(sql, expected):
    comments: dict[str, dict[str, str | None]] = {
        "said": {"text": "of said"},
        "entities": {"text": "of entities", "own": "of entities"},
        "view": {"text": None, "own": "its own"},
    }
    assert inherited(comments, "view", sql) == expected
