"""Workbooks: dates, merged cells, titles above the table, hidden and named sheets."""

from datetime import date, datetime

import openpyxl
import pytest

from flows.inputs.files import InputOptions, read_inputs
from flows.inputs.intake import Intake
from tests.helpers.tool_records import PARAGRAPHS, TITLE, URL

HEADER = ["Titel", "Text", "Datum", "Quelle", "Link"]
ROW = [TITLE, PARAGRAPHS, datetime(2024, 4, 11), "Grenmoor Mail", URL]  # noqa: DTZ001  # as Excel has it


@pytest.fixture
def read(tmp_path, now):
    def reading(book, name="articles.xlsx", **options):
        file = tmp_path / name
        book.save(file)
        intake = Intake()
        found = read_inputs([file], now=now, options=InputOptions(**options), intake=intake)
        return list(found), intake

    return reading


def workbook(*rows, title="Articles"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


@pytest.mark.parametrize("name", ["articles.xlsx", "download"])
def test_rows_of_the_first_sheet_are_articles(read, name):
    [item], intake = read(workbook(HEADER, ROW), name)
    document = item.content
    assert (document.title, document.content, document.url) == (TITLE, PARAGRAPHS, URL)
    assert (document.published_at.date(), document.published_precision) == (
        date(2024, 4, 11),
        "day",
    )
    assert document.publisher == "Grenmoor Mail"
    assert item.path.endswith(f"{name}#2")
    assert intake.lines()[0] == 'found: XLSX sheet "Articles", 1 record'


def test_title_above_the_table_is_passed_over(read):
    [item], _ = read(workbook(["Export of 2 May"], [], HEADER, ROW))
    assert (item.content.title, item.path[-2:]) == (TITLE, "#4")


def test_merged_cells_count_for_each_of_their_rows(read):
    second = ["Owl moves", "The owl has moved to the school by the river.", None, None, f"{URL}-2"]
    book = workbook(HEADER, ROW, second)
    book.active.merge_cells("C2:C3")
    book.active.merge_cells("D2:D3")
    (_, item), _ = read(book)
    assert item.content.published_at.date() == date(2024, 4, 11)
    assert item.content.publisher == "Grenmoor Mail"


def test_merged_title_row_is_no_header(read):
    book = workbook(["All articles about bells"], HEADER, ROW)
    book.active.merge_cells("A1:E1")
    [item], _ = read(book)
    assert item.content.title == TITLE


def test_sheet_can_be_named(read):
    book = workbook(["Nothing", "here"], ["1", "2"])
    book.create_sheet("Second")
    for row in (HEADER, ROW):
        book["Second"].append(row)
    [item], intake = read(book, sheet="Second")
    assert item.content.title == TITLE
    assert 'sheet "Second"' in intake.lines()[0]


def test_hidden_sheet_is_not_the_first(read):
    book = workbook(["Titel", "Text"], ["Secret", "Nobody was to read this."], title="Old")
    book["Old"].sheet_state = "hidden"
    book.create_sheet("New")
    for row in (HEADER, ROW):
        book["New"].append(row)
    [item], _ = read(book)
    assert item.content.title == TITLE


def test_unknown_sheet_is_refused_with_the_names_of_the_others(read):
    [item], _ = read(workbook(HEADER, ROW), sheet="Secnd")
    assert item.content.reason == "no_sheet"
    assert '"Articles"' in item.content.detail


def test_sheet_without_a_text_is_refused_with_its_columns(read):
    [item], _ = read(workbook(["street", "trees"], ["Quay Road", 12]))
    assert item.content.reason == "no_text_column"
    assert '"street", "trees"' in item.content.detail


def test_damaged_workbook_is_refused(tmp_path, now):
    file = tmp_path / "articles.xlsx"
    workbook(HEADER, ROW).save(file)
    file.write_bytes(file.read_bytes()[:-300])
    [item] = read_inputs([file], now=now)
    assert item.content.reason == "unreadable"


def test_workbook_that_would_fill_memory_is_refused(tmp_path, now, monkeypatch):
    monkeypatch.setattr("flows.inputs.sheets.MAX_SHEET_BYTES", 1000)
    file = tmp_path / "articles.xlsx"
    workbook(HEADER, ROW).save(file)
    [item] = read_inputs([file], now=now)
    assert item.content.reason == "too_large"
    assert "save the sheet as CSV" in item.content.detail
