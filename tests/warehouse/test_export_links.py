"""Exports of what articles have in common: stories, copies, edits and subjects."""

import csv

import duckdb
import orjson
import pytest

from tests.helpers.aveling import SAID, TRIAL, flood
from tests.helpers.builders import NOW
from tests.helpers.linked import load_linked
from warehouse.export import export, export_workbook
from warehouse.export_targets import FolderTarget
from warehouse.publish import publish

EDITED = flood(
    "a", "2024-06-30", hour=7, wording_sha256="other",
    text=f"Flood in Aveling, a reports\nThe Torne flooded the market and the school of Aveling at night.\n"
    f"“{SAID},” said Karin Holt. Edwin Prast was there.",
)  # fmt: skip
LINKED = ("stories", "story_articles", "clusters", "edits")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    first = flood("a", "2024-06-30", hour=7, wording_sha256="first")
    last = flood("c", "2024-07-01", page="later")
    folder = load_linked(
        tmp_path_factory.mktemp("linked"),
        [first, flood("b", "2024-06-30", hour=9), TRIAL], [last], [EDITED],
    )  # fmt: skip
    publish(folder)
    return folder


def exported(folder, root, fmt="parquet"):
    return export(folder, FolderTarget(root), fmt=fmt, now=NOW)


def rows_of(root, table, columns):
    sql = f"SELECT {columns} FROM read_parquet('{root}/{table}/*/*.parquet') ORDER BY ALL"
    with duckdb.connect() as con:
        return con.execute(sql).fetchall()


def test_story_is_in_the_month_of_its_first_article(folder, tmp_path):
    exported(folder, tmp_path)
    stories = rows_of(
        tmp_path, "stories", "strftime(first_at, '%Y-%m'), articles, sources, story_id"
    )
    assert [row[:3] for row in stories if row[1] > 1] == [("2024-06", 3, 3)]
    articles = rows_of(tmp_path, "story_articles", "story_id, source_id, is_copy")
    assert [row[1:] for row in articles if row[0] == stories[-1][3]] == [
        ("a.example", False), ("b.example", True), ("c.example", True),
    ]  # fmt: skip


def test_copies_and_edits_are_exported(folder, tmp_path):
    exported(folder, tmp_path)
    assert rows_of(tmp_path, "clusters", "source_id, is_earliest, articles") == [
        ("a.example", True, 3), ("b.example", False, 3), ("c.example", False, 3),
    ]  # fmt: skip
    ((source, diff, altered),) = rows_of(tmp_path, "edits", "source_id, diff, statements_altered")
    assert (source, altered) == ("a.example", [])
    assert "{+and the school+}" in " ".join(diff.split())


@pytest.mark.parametrize("fmt", ["csv", "tsv", "jsonl", "xlsx"])
def test_every_format_holds_them(folder, tmp_path, fmt):
    done = exported(folder, tmp_path, fmt)
    assert {part.table for part in done.written} >= {*LINKED}
    assert exported(folder, tmp_path, fmt).written == []


def test_lists_of_an_edit_are_json_in_csv(folder, tmp_path):
    exported(folder, tmp_path, "csv")
    (file,) = tmp_path.glob("edits/*/*.csv")
    with file.open(newline="", encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert orjson.loads(row["numbers_changed"]) == []
    assert any("school" in passage for passage in orjson.loads(row["added"]))


def test_workbook_has_a_sheet_for_each_of_them(folder, tmp_path):
    rows, notes = export_workbook(folder, tmp_path / "news.xlsx")
    assert ({name: rows[name] for name in LINKED}, notes) == (
        {"stories": 2, "story_articles": 4, "clusters": 3, "edits": 1},
        [],
    )
