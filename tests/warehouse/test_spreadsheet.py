"""Workbooks: openpyxl reads back what was written, and limits are told."""

import zipfile
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from warehouse import spreadsheet
from warehouse.errors import ExportError, WarehouseUnwritableError
from warehouse.spreadsheet import Sheet, write_workbook

instant = datetime.fromisoformat


def write(path, rows, *, columns=("a",), types=None, name="rows"):
    types = types or ["VARCHAR"] * len(columns)
    return write_workbook(path, [Sheet(name=name, columns=columns, types=types, pieces=[rows])])


def written(path, *values):
    """Return the cells that a row with these values gets, and the limits reached."""
    columns = [f"c{at}" for at in range(len(values))]
    limits = write(path, [values], columns=columns)
    return load_workbook(path).active[2], limits


def test_values_keep_their_type(tmp_path):
    cells, limits = written(
        tmp_path / "a.xlsx",
        "Ferry sails",
        7,
        0.25,
        Decimal("12.50"),
        True,
        None,
        date(2024, 6, 3),
        instant("2024-06-03T09:30"),
        time(9, 30),
    )
    assert [cell.value for cell in cells] == [
        "Ferry sails", 7, 0.25, 12.5, True, None, instant("2024-06-03"),
        instant("2024-06-03T09:30"), time(9, 30),
    ]  # fmt: skip
    assert [cell.data_type for cell in cells] == ["s", "n", "n", "n", "b", "n", "d", "d", "d"]
    assert limits.notes() == []


def test_instants_are_utc_and_their_header_says_so(tmp_path):
    zoned = datetime.fromisoformat("2024-06-03T01:30:00+02:00")
    write(
        tmp_path / "a.xlsx",
        [(zoned, instant("2024-06-03T01:30"))],
        columns=("published_at", "local"),
        types=("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
    )
    header, row = load_workbook(tmp_path / "a.xlsx").active.iter_rows()
    assert [cell.value for cell in header] == ["published_at (UTC)", "local"]
    assert [cell.value for cell in row] == [instant("2024-06-02T23:30"), instant("2024-06-03T01:30")]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(["Ana Petrova", None, "Ben"], "Ana Petrova; ; Ben", id="list"),
        pytest.param([[0, 4], [9, 12]], "[[0,4],[9,12]]", id="list-of-lists"),
        pytest.param({"rows": 3}, '{"rows":3}', id="object"),
        pytest.param(b"\x00\xff", "00ff", id="bytes"),
        pytest.param(float("nan"), "nan", id="not-a-number"),
        pytest.param(date(1899, 5, 1), "1899-05-01", id="before-the-first-day"),
        pytest.param(datetime(1900, 1, 5, tzinfo=UTC), "1900-01-05 00:00:00", id="1900"),
        pytest.param("red\x1b[31m\x00\ufffe\nline\r\nend", "red[31m\nline\nend", id="control"),
        pytest.param("lone \ud800 half", "lone  half", id="surrogate"),
        pytest.param(" spaces ", " spaces ", id="spaces"),
        pytest.param("0049", "0049", id="leading-zeros"),
    ],
)
def test_other_values_are_text(tmp_path, value, expected):
    (cell,), _ = written(tmp_path / "a.xlsx", value)
    assert (cell.value, cell.data_type) == (expected, "s")


@pytest.mark.parametrize("value", ["", [], "\x00"])
def test_empty_text_is_an_empty_cell(tmp_path, value):
    (cell, _), _ = written(tmp_path / "a.xlsx", value, "b")
    assert cell.value is None


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-5", "@home", '=HYPERLINK("x")', "{=1}"])
def test_text_is_never_a_formula(tmp_path, text):
    (cell,), _ = written(tmp_path / "a.xlsx", text)
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix is (text[0] in "=+-@")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as file:
        assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


def test_url_is_a_link(tmp_path):
    url = "https://www.harbour-times.example/ferry?a=1&b=ü#top"
    (link, text), _ = written(tmp_path / "a.xlsx", url, f"see {url}")
    assert link.value == url
    assert link.hyperlink is not None
    assert text.hyperlink is None


def test_links_beyond_the_limit_are_plain_text(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_LINKS", 2)
    rows = [(f"https://a.example/{at}",) for at in range(5)]
    limits = write(tmp_path / "a.xlsx", rows)
    cells = [row[0] for row in load_workbook(tmp_path / "a.xlsx").active.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [row[0] for row in rows]
    assert [bool(cell.hyperlink) for cell in cells] == [True, True, False, False, False]
    assert limits.notes() == ["URLs without a link, because a sheet has at most 2: 3"]


def test_long_text_is_cut_and_counted(tmp_path):
    (long, wide, fits), limits = written(
        tmp_path / "a.xlsx", "x" * 40_000, "🚢" * 20_000, "y" * 32_767
    )
    assert (len(long.value), len(wide.value), len(fits.value)) == (32_767, 16_383, 32_767)
    assert limits.notes() == ["cells cut to 32,767 characters, the limit of Excel: 2"]


def test_number_with_too_many_digits_is_text(tmp_path):
    (whole, exact, fits), limits = written(
        tmp_path / "a.xlsx", 10**15 + 1, Decimal("1.0000000000000001"), 10**15 - 1
    )
    assert (whole.value, exact.value) == ("1000000000000001", "1.0000000000000001")
    assert (fits.value, fits.data_type) == (10**15 - 1, "n")
    assert limits.notes() == ["numbers as text, because Excel keeps 15 digits: 2"]


def test_rows_beyond_the_limit_go_on_in_further_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 4)
    limits = write(tmp_path / "a.xlsx", [(at,) for at in range(7)])
    sheets = load_workbook(tmp_path / "a.xlsx").worksheets
    assert {sheet.title: [row[0].value for row in sheet.iter_rows(min_row=2)] for sheet in sheets} == {
        "rows": [0, 1, 2],
        "rows (2)": [3, 4, 5],
        "rows (3)": [6],
    }  # fmt: skip
    assert all(sheet["A1"].value == "a" for sheet in sheets)
    assert limits.notes() == ["further sheets, because one has at most 4 rows: 2"]


def test_header_is_frozen_and_filtered_and_columns_fit(tmp_path):
    write(tmp_path / "a.xlsx", [("Yes", "long " * 40)], columns=("a", "statement"))
    sheet = load_workbook(tmp_path / "a.xlsx").active
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")
    widths = [sheet.column_dimensions[name].width for name in "AB"]
    assert 4 < widths[0] < 10
    assert 59 < widths[1] < 62


def test_query_without_rows_has_a_header(tmp_path):
    write(tmp_path / "a.xlsx", [], columns=("a", "b"))
    (header,) = load_workbook(tmp_path / "a.xlsx").active.iter_rows()
    assert [cell.value for cell in header] == ["a", "b"]


def test_sheet_name_has_no_forbidden_characters(tmp_path):
    write(tmp_path / "a.xlsx", [(1,)], name="said: [who/what?] and a very long name indeed")
    (name,) = load_workbook(tmp_path / "a.xlsx").sheetnames
    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\")


def test_too_many_columns_are_refused(tmp_path):
    with pytest.raises(ExportError, match="16,385 columns"):
        write(tmp_path / "a.xlsx", [], columns=[f"c{at}" for at in range(16_385)])
    assert list(tmp_path.iterdir()) == []


def test_failed_workbook_leaves_the_old_file(tmp_path):
    (tmp_path / "a.xlsx").write_text("old")

    def broken():
        yield [("first",)]
        raise OSError(28, "No space left on device")

    sheet = Sheet(name="rows", columns=["a"], types=["VARCHAR"], pieces=broken())
    with pytest.raises(WarehouseUnwritableError, match="No space left"):
        write_workbook(tmp_path / "a.xlsx", [sheet])
    assert (tmp_path / "a.xlsx").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1
