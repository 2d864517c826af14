"""No content of a column can control the terminal or break a command's output."""

import csv
import io
import json
import re

import duckdb
import pytest
from typer.testing import CliRunner

import flows.__main__
from flows.__main__ import app
from flows.feeds.opml import ListedFeed
from tests.helpers.report_builders import NOW, hostile
from tests.helpers.terminal import Terminal
from warehouse.append import append_rows
from warehouse.connect import open_live, open_snapshot
from warehouse.publish import publish

# Names with quotes, semicolons, a formula, line ends, and sequences that terminals obey: clear
# screen, title, link, C1, DEL, change of direction.
HOSTILE = (
    "=1;'\"`|<b>\\\r\n\t--\x1b[2J\x1b]0;x\x07\x1b]8;;http://evil.example\x1b\\\x9b31m\x7f\u202e"
)
STEERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Columns with fixed values that decide which rows a view shows.
CODES = {
    "act", "kind", "state", "outcome", "severity", "status", "transform", "revision_cause", "type",
    "published_precision", "published_from", "flow", "origin",
}  # fmt: skip
TABLES_AND_VIEWS = (
    "alerts", "articles", "backfill_windows", "batches", "checks", "coverage", "documents", "entries",
    "feeds", "latest_articles", "open_alerts", "polls", "quotations", "rejections", "run_summary", "runs",
    "said", "source_health", "sources", "speakers",
)  # fmt: skip
WITH_LISTS = ("alerts", "articles", "feeds", "polls", "quotations", "run_summary", "said")


def poll(number):
    return {
        "feed_id": f"f{number}", "polled_at": NOW, "url": f"https://paper.example/{number}",
        "outcome": "failed", "failure": "x", "detail": "x", "etag": "x", "last_modified": "x",
        "body_sha256": "x", "redirect_url": "x", "disabled_reason": "x", "entries": 0,
        "new_entries": 0, "changed_entries": 0, "known_entries": 0, "dropped_entries": 0,
        "is_gap_risk": False, "failures": 1.0, "conditional_polls": 0, "redirect_sightings": 0,
        "flags": ["x"], "batch_id": "b1", "next_poll_at": NOW, "interval_s": 600.0,
    }  # fmt: skip


def feed(number):
    return {
        "feed_id": f"f{number}", "source_id": "x", "url": f"https://paper.example/{number}",
        "kind": "rss", "title": "x", "language": "x", "folder": "x", "state": "listed",
        "recorded_at": NOW, "home_url": "x", "note": "x", "batch_id": "x",
    }  # fmt: skip


def window(number):
    return {
        "backfill_id": "x", "window_id": f"w{number}", "origin": "warc", "place": "x",
        "source_id": "x", "starts_on": NOW.date(), "ends_on": NOW.date(), "state": "failed",
        "recorded_at": NOW, "run_id": "x", "detail": "x",
    }  # fmt: skip


def alert(number):
    return {
        "alert_key": f"check:{number}", "kind": "check", "subject": "x", "source_id": "x",
        "state": "started", "is_urgent": True, "since_at": NOW, "recorded_at": NOW, "detail": "x",
    }  # fmt: skip


def text_columns(con, table):
    rows = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND data_type = 'VARCHAR'"
        " AND NOT internal",
        [table],
    ).fetchall()
    return [name for (name,) in rows if name not in CODES]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a warehouse in which every text column but codes ends in hostile text."""
    folder = hostile(tmp_path_factory.mktemp("rows"))
    with open_live(folder, wait_s=0) as con:
        for table, row in (("polls", poll), ("feeds", feed), ("backfill_windows", window),
                           ("alerts", alert)):  # fmt: skip
            known = {
                name
                for (name,) in con.execute(
                    "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", [table]
                ).fetchall()
            }
            rows = [{k: v for k, v in row(number).items() if k in known} for number in (1, 2)]
            append_rows(con, table, rows)
        tables = con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE NOT internal"
            " AND table_name <> 'schema_migrations'"
        ).fetchall()
        for (table,) in tables:
            for column in text_columns(con, table):
                con.execute(f'UPDATE "{table}" SET "{column}" = "{column}" || ?', [HOSTILE])
    publish(folder, wait_s=0)
    (folder.quarantine / f"page-{HOSTILE.replace('/', '')[:60]}").mkdir(parents=True)
    ((next(folder.quarantine.iterdir())) / "x").write_text("x")
    return folder


def onrecord(folder, *arguments):
    done = CliRunner().invoke(app, [*arguments, "--data", str(folder.root)])
    assert done.exit_code == 0, (arguments, done.output, done.exception)
    return done


COMMANDS = [
    *(("sql", f"FROM {name}", "--format", "table") for name in TABLES_AND_VIEWS),
    *(("sql", f"FROM {name}", "--format", "markdown") for name in WITH_LISTS),
    ("sql", "--schema"),
    ("search", "said"),
    ("search", "said", "--json"),
    ("search", HOSTILE.replace('"', "") + " said"),
    ("watch", "list"),
    ("watch", "list", "--json"),
    ("search", "said", "--source", HOSTILE),
    ("trending",),
    ("trending", "--json"),
    ("status",),
    ("status", "--json"),
    ("alert",),
    ("alert", "--json"),
    ("feeds",),
    ("feeds", "--json"),
    ("backfills",),
    ("backfills", "--json"),
    ("doctor",),
    ("doctor", "--json"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=ascii)
def test_command_prints_nothing_that_controls_the_terminal(folder, command):
    done = onrecord(folder, *command)
    assert not STEERS.search(done.output), STEERS.search(done.output)
    if "--json" in command:
        json.loads(done.stdout)


@pytest.mark.parametrize("name", TABLES_AND_VIEWS)
def test_machine_readable_rows_are_exact(folder, name):
    with open_snapshot(folder) as con:
        columns = text_columns(con, name)
        assert columns
        listed = ", ".join(columns)
        rows = con.execute(f"SELECT {listed} FROM {name} ORDER BY ALL LIMIT 50").fetchall()
    query = f"SELECT {listed} FROM {name} ORDER BY ALL LIMIT 50"
    shown = onrecord(folder, "sql", query, "--format", "json").stdout
    assert not STEERS.search(shown)
    found = json.loads(shown)
    assert [tuple(row.values()) for row in found] == rows
    stdout = onrecord(folder, "sql", query, "--format", "csv").stdout_bytes.decode()
    read = list(csv.reader(io.StringIO(stdout, newline="")))
    assert read[0] == columns
    assert [tuple(row) for row in read[1:]] == [
        tuple("" if value is None else value for value in row) for row in rows
    ]


def keys(folder):
    with open_snapshot(folder) as con:
        return [key for (key,) in con.execute("SELECT article_id FROM latest_articles").fetchall()]


@pytest.mark.parametrize("options", [(), ("--marks",), ("--json",)], ids=str)
def test_article_is_shown_without_terminal_controls(folder, options):
    for key in keys(folder)[:3]:
        assert HOSTILE in key
        done = onrecord(folder, "show", key, *options)
        assert not STEERS.search(done.output)


def test_report_holds_no_control_characters(folder, tmp_path):
    target = tmp_path / "report.html"
    onrecord(folder, "report", str(target), "--days", "30")
    page = target.read_text("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
    assert "evil.example" in page


@pytest.mark.parametrize("fmt", ["csv", "jsonl", "parquet"])
def test_export_is_readable_and_exact(folder, tmp_path, fmt):
    done = onrecord(folder, "export", "--format", fmt, "--to", str(tmp_path / "out"))
    assert not STEERS.search(done.output)
    files = sorted((tmp_path / "out" / "quotations").rglob(f"*.{fmt}"))
    reader = {"csv": "read_csv", "jsonl": "read_json", "parquet": "read_parquet"}[fmt]
    options = ", all_varchar = true, header = true" if fmt == "csv" else ""
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT statement FROM {reader}(?{options}) ORDER BY ALL", [list(map(str, files))]
        ).fetchall()
    with open_snapshot(folder) as con:
        expected = con.execute("SELECT statement FROM said ORDER BY ALL").fetchall()
    if fmt == "csv":  # cells that a spreadsheet would run begin with an apostrophe
        rows = [(text.removeprefix("'") if text.startswith("'=") else text,) for (text,) in rows]
    assert sorted(rows) == sorted(expected)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT CAST(text AS INTEGER) FROM articles",
        f'SELECT * FROM "{HOSTILE.replace(chr(34), "")}"',
        f"SELECT error('{HOSTILE.replace(chr(39), '')}')",
    ],
    ids=["value", "name", "error"],
)
def test_query_error_does_not_control_the_terminal(folder, query, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["onrecord", "sql", query, "--data", str(folder.root)])
    with pytest.raises(SystemExit):
        flows.__main__.main()
    told = capsys.readouterr().err
    assert told.startswith("onrecord: ")
    assert not STEERS.search(told)


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", HOSTILE), ("remove", HOSTILE), ("load", f"/nowhere/{HOSTILE}"),
        ("backfill", "--since", "2024-06-01", "--until", "2024-06-02", "--from", "warc",
         "--path", HOSTILE),
        ("reprocess", "--source", HOSTILE), ("sql", "--example", HOSTILE),
        ("add", f"ftp://{HOSTILE}"), ("import", f"/nowhere/{HOSTILE}"), ("load", "/no/\udcff"),
    ],
    ids=ascii,
)  # fmt: skip
def test_argument_error_does_not_control_the_terminal(
    folder, arguments, monkeypatch, capsys, tmp_path
):
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:1/api")  # `load` starts no server
    (tmp_path / "feeds.opml").write_text("<opml version='2.0'><body/></opml>")
    data = tmp_path if arguments[0] in {"remove", "add"} else folder.root
    monkeypatch.setattr("sys.argv", ["onrecord", *arguments, "--data", str(data)])
    with pytest.raises(SystemExit) as ended:
        flows.__main__.main()
    assert ended.value.code
    seen = capsys.readouterr()
    assert seen.err
    assert not STEERS.search(seen.out + seen.err)
    seen.err.encode()


def test_names_of_found_feeds_are_made_harmless(folder, monkeypatch):
    found = [ListedFeed(url=f"https://a.example/{n}{HOSTILE}", title=HOSTILE) for n in (1, 2)]
    monkeypatch.setattr(
        "flows.feeds.discovery.find_feeds_at", lambda urls, _, on_found: on_found(urls[0], found)
    )
    done = CliRunner().invoke(app, ["add", HOSTILE, "--data", str(folder.root)])
    assert done.exit_code == 1
    assert "has 2 feeds" in done.output
    assert not STEERS.search(done.output)


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ["table", "csv", "json", "markdown"])
def test_rows_do_not_control_a_real_terminal(folder, fmt):
    query = "SELECT title, text, url FROM articles"
    with Terminal("sql", "--data", folder.root, "--format", fmt, query) as terminal:
        assert terminal.wait_for_end() == 0
    assert "evil.example" in terminal.raw
    assert not STEERS.search(terminal.raw.replace("\r\n", "\n"))
