import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows.cli.answers import Asking, answer, show_schema
from flows.cli.prompt import completer, is_complete, take
from flows.output.formats import Format
from flows.output.tables import as_text, cell
from tests.helpers.harbour import OPENING
from tests.helpers.harmful_sql import FORBIDDEN
from tests.helpers.processes import wait_until
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.errors import QueryError, WarehouseMissingError, WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.limited_reader import LimitedReader
from warehouse.publish import publish

ROOT = Path(__file__).resolve().parents[3]
ENDLESS = "SELECT count(*) FROM range(100000000000)"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("asking"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def reader(folder):
    with LimitedReader(folder) as reader:
        yield reader


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_forbidden_query_is_refused(reader, sql, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(QueryError):
        reader.ask(sql)
    assert reader.ask("SELECT title FROM articles").rows == [("Harbour opens",)]
    assert list(tmp_path.iterdir()) == []


def test_rows_beyond_the_limit_are_announced(reader):
    assert reader.ask("FROM range(10)", most=10).is_cut is False
    result = reader.ask("FROM range(11)", most=10)
    assert (len(result.rows), result.is_cut) == (10, True)


def test_answer_says_on_standard_error_that_rows_are_missing(folder, capsys):
    answer(Asking(folder=folder, most=2), "FROM range(5)")
    seen = capsys.readouterr()
    assert "the first 2 rows" in seen.err
    assert seen.out.split() == ["range", "─────", "0", "1"]


def has_child(parent):
    for path in Path("/proc").glob("[1-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            if path.read_text().rpartition(")")[2].split()[1] == str(parent):
                return True
    return False


@pytest.mark.slow
def test_ctrl_c_ends_the_query_with_one_line(folder):
    run = subprocess.Popen(
        [sys.executable, "-m", "flows", "sql", "--data", str(folder.root), ENDLESS],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        wait_until(lambda: has_child(run.pid), seconds=120)  # the process of the query
        os.kill(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=120)
    finally:
        run.kill()
    assert (run.returncode, out, err) == (1, "", "onrecord: interrupted\n")


def test_query_before_anything_was_published(tmp_path):
    with pytest.raises(WarehouseMissingError):
        answer(Asking(folder=DataFolder(tmp_path)), "SELECT 1")


def test_parquet_keeps_types(folder, tmp_path, capsys):
    target = tmp_path / "rows.parquet"
    sql = (
        "SELECT 1 AS a, 'x''\"' AS a, DATE '2024-06-03' AS d, [1, NULL] AS l, {'k': 'v'} AS s,"
        " TIMESTAMPTZ '2024-06-03 10:00:00+00' AS t, 1.25::DECIMAL(9, 2) AS m, INTERVAL 36 HOURS AS i,"
        " 'ab'::BLOB AS b, NULL AS n, 'y'::ENUM ('x', 'y') AS e, true AS \"odd \"\"name\""
    )
    answer(Asking(folder=folder, fmt=Format.PARQUET, output=target), sql)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        found = con.execute("SELECT * EXCLUDE (i) FROM read_parquet(?)", [str(target)])
        columns = [column[0] for column in found.description]
        row = found.fetchone()
    assert columns == ["a", "a_2", "d", "l", "s", "t", "m", "b", "n", "e", 'odd "name']
    assert row == (1, "x'\"", date(2024, 6, 3), [1, None], {"k": "v"},
                   datetime(2024, 6, 3, 10, tzinfo=UTC), Decimal("1.25"), b"ab", None, "y", True)  # fmt: skip
    assert "wrote 1 row to" in capsys.readouterr().err


def test_parquet_takes_a_long_text(folder, tmp_path):
    target = tmp_path / "rows.parquet"
    sql = "SELECT repeat('x', 40_000_000) AS a UNION ALL SELECT 'short'"
    answer(Asking(folder=folder, fmt=Format.PARQUET, output=target), sql)
    with duckdb.connect() as con:
        found = con.execute("SELECT length(a) FROM read_parquet(?) ORDER BY 1", [str(target)])
        assert found.fetchall() == [(5,), (40_000_000,)]


def test_parquet_keeps_numbers_that_json_lacks(folder, tmp_path):
    target = tmp_path / "rows.parquet"
    sql = "SELECT 100000000000000000000::HUGEINT AS big, 'inf'::DOUBLE AS x, 'nan'::DOUBLE AS y"
    answer(Asking(folder=folder, fmt=Format.PARQUET, output=target), sql)
    with duckdb.connect() as con:
        found = con.execute("SELECT big, x, isnan(y) FROM read_parquet(?)", [str(target)])
        # Parquet has no integers of 128 bits: DuckDB writes them as DOUBLE.
        assert found.fetchone() == (1e20, float("inf"), True)


@pytest.mark.parametrize("fmt", list(Format))
def test_unwritable_output_is_reported(folder, tmp_path, fmt):
    with pytest.raises(WarehouseUnwritableError):
        answer(Asking(folder=folder, fmt=fmt, output=tmp_path / "no" / "rows"), "SELECT 1 AS a")


def test_schema_is_printed_as_text_or_json(folder, capsys):
    show_schema(Asking(folder=folder))
    text = capsys.readouterr().out
    assert "said (view): Who said what" in text
    assert re.search(
        r"^  statement +VARCHAR +Words of the statement as they are shown", text, re.MULTILINE
    )
    show_schema(Asking(folder=folder, fmt=Format.JSON))
    assert {item["name"] for item in json.loads(capsys.readouterr().out)} >= {"said", "articles"}


STEERING = "\x1b[31mred\x1b[0m \u202eright\nline\ttab"


def test_control_characters_never_reach_the_terminal():
    shown = as_text(["a\x1b"], [[STEERING]], width=80)
    assert not {"\x1b", "\u202e", "\x07"} & set(shown)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_table_fits_the_width(width):
    columns = ["speaker", "statement", "published_on", "confidence", "articles"]
    rows = [["Ana Ruiz " * 3, "long words " * 40, date(2024, 6, 3), 0.123456789, 1234567]] * 2
    lines = as_text(columns, rows, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert any("2024-06-03" in line for line in lines)
    assert any("1234567" in line for line in lines)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(datetime(2024, 6, 3, 9, 5, tzinfo=UTC), "2024-06-03 09:05", id="minute"),
        pytest.param(datetime(2024, 6, 3, 9, 5, 7, tzinfo=UTC), "2024-06-03 09:05:07", id="second"),
        pytest.param(0.1 + 0.2, "0.3", id="short-number"),
        pytest.param(None, "", id="null"),
        pytest.param({"k": [1, 2]}, "k: 1, 2", id="nested"),
        pytest.param(2024, "2024", id="year-without-comma"),
    ],
)
def test_cell_is_formatted_briefly(value, expected):
    assert cell(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", True), ("SELECT 1", False), ("SELECT 1;", True), ("SELECT 1;  \n", True), (".schema", True)],
)  # fmt: skip
def test_enter_sends_only_complete_statements(text, expected):
    assert is_complete(text) is expected


def test_prompt_continues_after_an_error(folder, capsys):
    asking = Asking(folder=folder)
    assert take(asking, "SELECT title FROM articles;")
    assert "Harbour opens" in capsys.readouterr().out
    assert take(asking, "SELEC 1;")
    assert "Parser Error" in capsys.readouterr().err
    assert take(asking, ".example who_said_what")
    assert "Ana Ruiz" in capsys.readouterr().out
    assert take(asking, ".example none")
    assert "one of" in capsys.readouterr().err
    assert take(asking, ".schema")
    assert "said (view)" in capsys.readouterr().out
    assert take(asking, ".help")
    assert ".quit" in capsys.readouterr().out
    assert not take(asking, ".quit")


def test_prompt_reads_a_new_snapshot(tmp_path, capsys):
    folder = DataFolder(tmp_path)
    with open_live(folder):
        pass
    publish(folder)
    take(Asking(folder=folder), "SELECT count(*) AS n FROM articles;")
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING)
    publish(folder)
    take(Asking(folder=folder), "SELECT count(*) AS n FROM articles;")
    counts = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip().isdigit()]  # fmt: skip
    assert counts == ["0", "1"]


def test_prompt_completes_columns_and_keywords():
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    found = completer(["speaker_name"]).get_completions(Document("SELECT spea"), CompleteEvent())
    assert [completion.text for completion in found] == ["speaker_name"]


def test_text_written_to_a_pipe_is_utf8(folder, monkeypatch):
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))
    answer(Asking(folder=folder, fmt=Format.CSV), "SELECT '“ж”' AS a")
    assert buffer.getvalue().decode() == "a\n“ж”\n"
