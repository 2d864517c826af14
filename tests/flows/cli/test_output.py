"""What `onrecord sql` writes: the format of each ending, refusals, CSV for Excel."""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from flows.__main__ import app
from flows.errors import SettingsError
from flows.output.formats import ENDINGS, Format, format_for
from tests.helpers.harbour import OPENING
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

ROOT = Path(__file__).resolve().parents[3]
SQL = (
    "SELECT 'a;\"b\"' || chr(10) || 'c,d' AS words, '=1+1' AS sum, 0.5 AS share, true AS yes,"
    " ['x', 'y'] AS list, TIMESTAMPTZ '2024-06-03 12:00:00+02' AS at, NULL AS none"
)
STEERING = "\x1b[31mred\x1b[0m \u202eright\u2028line\ttab"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("output"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING)
    publish(folder)
    return folder


@pytest.fixture
def run(folder, tmp_path, monkeypatch):
    """Return a function that runs `onrecord sql` in an empty folder and returns its result."""
    monkeypatch.setenv("ONRECORD_DATA", str(folder.root))
    monkeypatch.chdir(tmp_path)
    return lambda *given: CliRunner().invoke(app, ["sql", *given])


def written(run, name, *given, sql=SQL):
    result = run(sql, "-o", name, *given)
    assert result.exit_code == 0, result.output
    assert f"to {name}" in result.stderr
    data = Path(name).read_bytes()
    return gzip.decompress(data) if name.endswith(".gz") else data


@pytest.mark.parametrize("name", ["rows.csv", "rows.csv.gz", "rows.tsv", "Rows.TSV.gz"])
def test_csv_and_tsv_are_exact(run, name):
    text = io.StringIO(written(run, name).decode(), newline="")
    (row,) = csv.DictReader(text, delimiter="\t" if "tsv" in name.lower() else ",")
    assert row == {
        "words": 'a;"b"\nc,d',
        "sum": "=1+1",
        "share": "0.5",
        "yes": "true",
        "list": '["x","y"]',
        "at": "2024-06-03 10:00:00+00:00",
        "none": "",
    }


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl", "rows.jsonl.gz"])
def test_json_keeps_every_value(run, name):
    data = written(
        run, name, sql=f"{SQL}, 1180591620717411303424::HUGEINT AS big, 'ab'::BLOB AS bytes"
    )
    row = json.loads(data)[0] if name == "rows.json" else json.loads(data)
    assert row["words"] == 'a;"b"\nc,d'
    assert (row["share"], row["yes"], row["list"], row["none"]) == (0.5, True, ["x", "y"], None)
    assert datetime.fromisoformat(row["at"]) == datetime(2024, 6, 3, 10, tzinfo=UTC)
    assert (row["big"], row["bytes"]) == (2**70, "6162")


def test_json_has_a_name_for_each_column(run):
    assert json.loads(written(run, "rows.jsonl", sql="SELECT 1 AS a, 2 AS a")) == {"a": 1, "a_2": 2}


@pytest.mark.parametrize("rows", [0, 1, 25_000])
def test_json_array_and_lines_have_the_same_rows(run, rows):
    sql = f"SELECT range AS n, 'a' || chr(8232) || chr(133) AS t FROM range({rows})"
    lines = written(run, "rows.jsonl", sql=sql).decode().split("\n")[:-1]
    assert json.loads(written(run, "rows.json", sql=sql)) == [json.loads(line) for line in lines]
    assert len(lines) == rows


def test_machine_formats_keep_control_characters(run):
    sql = f"SELECT {', '.join(f'chr({ord(sign)})' for sign in STEERING)}".replace(", ", " || ")
    assert list(json.loads(written(run, "a.jsonl", sql=f"{sql} AS a")).values()) == [STEERING]
    text = io.StringIO(written(run, "a.csv", sql=f"{sql} AS a").decode(), newline="")
    assert list(csv.reader(text)) == [["a"], [STEERING]]


def test_markdown_escapes_what_ends_a_cell(run):
    data = written(run, "a.md", sql="SELECT 'x|y<b>' AS \"a|b\"")
    assert data.decode().splitlines() == ["| a\\|b |", "| --- |", "| x\\|y&lt;b> |"]


def test_workbook_and_parquet_have_types(run):
    written(run, "rows.xlsx")
    cells = load_workbook("rows.xlsx").active[2]
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "b", "s", "d", "n"]
    assert cells[5].value == datetime.fromisoformat("2024-06-03T10:00")
    written(run, "rows.parquet")
    types = duckdb.sql("DESCRIBE FROM 'rows.parquet'").fetchall()
    assert [kind for _, kind, *_ in types][2:6] == ["DECIMAL(2,1)", "BOOLEAN", "VARCHAR[]", "TIMESTAMP WITH TIME ZONE"]  # fmt: skip


def test_text_file_has_the_table(run):
    assert "words" in written(run, "rows.txt").decode().splitlines()[0]


def test_compressed_file_does_not_depend_on_its_name_or_time(run):
    written(run, "a.csv.gz")
    written(run, "b.csv.gz")
    assert Path("a.csv.gz").read_bytes() == Path("b.csv.gz").read_bytes()


def test_every_format_has_an_ending():
    assert set(ENDINGS.values()) == set(Format)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param(["-o", "x.ods"], "a name that ends in .csv, .csv.gz", id="unknown-ending"),
        pytest.param(["-o", "rows"], "or --format", id="no-ending"),
        pytest.param(["-o", "x.xlsx", "--format", "csv"], "xlsx, the format of x.xlsx", id="two"),
        pytest.param(["-o", "x.csv", "--json"], "csv, the format of x.csv", id="json-flag"),
        pytest.param(["--format", "csv", "--json"], "because of --json", id="two-flags"),
        pytest.param(["-o", "no/x.csv"], "a file in an existing folder", id="no-folder"),
        pytest.param(["--format", "xlsx"], "xlsx cannot be printed", id="printed-xlsx"),
        pytest.param(["--format", "parquet"], "parquet cannot be printed", id="printed-parquet"),
        pytest.param(["--excel", "-o", "x.xlsx"], "--excel", id="excel-xlsx"),
        pytest.param(["--excel", "--format", "tsv"], "--excel", id="excel-tsv"),
        pytest.param(["--decimal-comma", "-o", "x.csv"], "--excel as well", id="comma-alone"),
    ],
)
def test_contradiction_is_refused_before_the_query_runs(run, tmp_path, given, problem):
    result = run("SELECT error('the query ran')", *given)
    assert result.exit_code != 0
    assert isinstance(result.exception, SettingsError)
    assert problem in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_format_is_needed_for_a_name_without_a_known_ending(run):
    assert written(run, "rows.dat", "--format", "jsonl", sql="SELECT 1 AS a") == b'{"a":1}\n'


def test_workbook_cannot_go_to_a_device():
    with pytest.raises(SettingsError, match="written at once"):
        format_for(Path("/dev/null"), Format.XLSX)


def test_output_to_a_device_leaves_the_device(run):
    result = run(SQL, "-o", "/dev/null", "--format", "csv")
    assert result.exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_link_stays_a_link(run):
    Path("real.csv").write_text("old")
    Path("rows.csv").symlink_to("real.csv")
    written(run, "rows.csv", sql="SELECT 1 AS a")
    assert Path("rows.csv").is_symlink()
    assert Path("real.csv").read_text() == "a\n1\n"


def test_failed_query_leaves_the_old_file(run):
    Path("rows.csv").write_text("old")
    result = run("SELECT CASE WHEN i = 60000 THEN error('stop') END FROM range(90000) t(i)", "-o", "rows.csv")  # fmt: skip
    assert result.exit_code == 1
    assert Path("rows.csv").read_text() == "old"
    assert [path.name for path in Path().iterdir()] == ["rows.csv"]


def test_rows_beyond_the_limit_are_not_written(run):
    result = run("FROM range(30000)", "-o", "rows.csv", "--rows", "12000")
    assert "wrote 12,000 rows" in result.stderr
    assert "only the first 12,000 rows" in result.stderr
    assert len(Path("rows.csv").read_text().splitlines()) == 12_001


@pytest.mark.parametrize(
    ("fmt", "expected"), [("jsonl", b'{"a":1,"b":"x"}\n'), ("tsv", b"a\tb\n1\tx\n")]
)
def test_lines_are_printed(run, fmt, expected):
    assert run("SELECT 1 AS a, 'x' AS b", "--format", fmt).stdout_bytes == expected


def test_csv_for_excel(run):
    data = written(run, "rows.csv", "--excel")
    assert data.decode("utf-8").splitlines(keepends=True)[0] == (
        "\ufeffwords,sum,share,yes,list,at (UTC),none\r\n"
    )
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row == {
        "words": 'a;"b"\nc,d',
        "sum": "'=1+1",
        "share": "0.5",
        "yes": "TRUE",
        "list": "x; y",
        "at (UTC)": "2024-06-03 10:00:00",
        "none": "",
    }


def test_csv_for_excel_with_decimal_commas(run):
    data = written(run, "rows.csv", "--excel", "--decimal-comma").decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data, newline=""), delimiter=";")
    assert (row["share"], row["words"]) == ("0,5", 'a;"b"\nc,d')


def test_csv_for_excel_can_be_printed(run):
    assert run("SELECT 1 AS a", "--excel").stdout_bytes == b"\xef\xbb\xbfa\r\n1\r\n"


def test_csv_for_excel_tells_its_limits(run):
    result = run("SELECT repeat('x', 40000) AS a FROM range(2)", "-o", "a.csv", "--excel")
    assert "cells cut to 32,767 characters, the limit of Excel: 2" in result.stderr
    rows = list(csv.reader(io.StringIO(Path("a.csv").read_text("utf-8-sig"))))
    assert [len(row[0]) for row in rows] == [1, 32_767, 32_767]


@pytest.mark.slow
def test_csv_for_excel_tells_that_rows_are_too_many(run):
    result = run("SELECT 1 AS a FROM range(1048580)", "-o", "a.csv", "--excel")
    assert (
        "rows that Excel will not show, because a sheet has at most 1,048,576: 5" in result.stderr
    )


def test_reader_may_stop_early(folder):
    command = [sys.executable, "-m", "flows", "sql", "--data", str(folder.root), "--format", "jsonl"]  # fmt: skip
    with subprocess.Popen(
        [*command, "FROM range(1000000)"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
        env=os.environ,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == b'{"range":0}\n'
        process.stdout.close()
        told = process.stderr.read()
    assert b"Traceback" not in told
