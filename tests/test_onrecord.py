"""`import onrecord`: what a notebook or a script gets."""

import ast
import importlib
import io
import itertools
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

import onrecord
from flows.jobs.extract import extract as extract_lines
from flows.runs.workers import DOCUMENTS_AHEAD, WorkerOptions
from tests.helpers.harbour import LATE, OPENING, SHOWN, SYNDICATED
from tests.helpers.pages import TITLE, make_page
from tests.helpers.stories import append_stories
from tests.helpers.tool_records import PARAGRAPHS, as_csv
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

untyped: Any = onrecord  # to call it with wrong values
ROOT = Path(__file__).resolve().parents[1]
TEXT = (
    "  The quay in Aren will reopen on Monday,  mayor Ida Holm said.\n\n“We are ready,” she added. "
    "Fishermen had waited for it since the storm of last year."
)
SHOP = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>The page could not be found. Go back to the homepage.</p></body></html>"


def run(code, *, cwd=ROOT):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, check=True
    ).stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("python"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING, SYNDICATED, LATE)
    publish(folder)
    return folder


def test_record_is_what_the_command_writes(tmp_path):
    url, day = "https://www.harbour-herald.example/quay", "2024-05-03"
    rows = [
        {"text": TEXT, "url": url, "published": day, "title": "Quay reopens"},
        {"html": make_page(), "url": url, "published": f"{day}T09:30:00+02:00", "title": "unused"},
    ]
    file, written = tmp_path / "in.jsonl", io.BytesIO()
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    extract_lines(str(file), written, options=WorkerOptions(processes=1), now=datetime.now(UTC))
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    for row, line in zip(rows, lines, strict=True):
        assert line.pop("id") is None
        assert line.pop("cluster_id")  # only the command has other documents to compare with
        record = onrecord.extract(
            row.pop("html", None) or row.pop("text"),
            url=url, published=row["published"], title=row["title"],
        )  # fmt: skip
        assert json.loads(json.dumps(record)) == line
    assert lines[1]["title"] == TITLE
    assert lines[1]["quotations"]


def test_text_is_used_verbatim():
    record = onrecord.extract(TEXT, published="2024-05-03")
    assert record["text"] == TEXT
    found = [*record["quotations"], *record["mentions"], *record["dates"]]
    assert {TEXT[one["start"] : one["end"]] for one in found} == {one["text"] for one in found}
    assert record["quotations"][0]["speaker_name"] == "Ida Holm"
    assert record["dates"][0]["value"] == "2024-05-06"


@pytest.mark.parametrize(
    ("content", "is_page"),
    [
        pytest.param(make_page(), True, id="page"),
        pytest.param(
            "\ufeff\n<!-- saved -->" + make_page(), True, id="page-after-mark-and-comment"
        ),
        pytest.param(make_page().encode(), True, id="bytes-of-a-page"),
        pytest.param(make_page().encode("utf-16"), True, id="page-in-utf-16"),
        pytest.param("<div class='a'><p>" + TEXT + "</p></div>", True, id="part-of-a-page"),
        pytest.param(TEXT, False, id="text"),
        pytest.param(TEXT.encode(), False, id="bytes-of-a-text"),
        pytest.param("<3 from Aren: " + TEXT, False, id="text-with-a-sign"),
        pytest.param("The tag <p> opens a paragraph. " + TEXT, False, id="text-about-tags"),
    ],
)
def test_page_and_text_are_told_apart_by_their_look(content, is_page):
    record = onrecord.extract(content)
    assert (record["page_type"] is not None) == is_page


def test_kind_overrules_the_look():
    assert onrecord.extract("<p>" + TEXT, kind="text")["text"] == "<p>" + TEXT
    assert onrecord.extract("Seen: " + make_page(), kind="html")["title"] == TITLE


def test_days_and_instants_are_taken_as_they_are_typed():
    def published(value):
        return onrecord.extract(TEXT, published=value)["published_at"]

    east = timezone(timedelta(hours=2))
    assert published(date(2024, 5, 3)) == published("2024-05-03") == "2024-05-03"
    assert published(datetime(2024, 5, 3, 9, tzinfo=east)) == "2024-05-03T09:00:00+02:00"
    assert published(datetime(2024, 5, 3, 9)) == "2024-05-03T09:00:00+00:00"  # noqa: DTZ001


def test_language_that_the_publisher_states_is_believed_for_a_short_text():
    assert onrecord.extract("Regn i Aren.", language="nb-NO")["language"] == "nb"


def test_refused_page_raises_its_reason():
    with pytest.raises(onrecord.RefusedError) as caught:
        onrecord.extract(SHOP, url="https://www.harbour-herald.example/gone")
    assert caught.value.reason == "soft_404"
    assert "does not exist" in caught.value.detail
    assert "harbour-herald.example/gone" in str(caught.value)


def test_rules_of_the_user_are_applied(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('[[rules]]\nsite = "harbour-herald.example"\ntitle = "h2"\n')
    page = make_page(before="<h2>Fog</h2>")
    url = "https://www.harbour-herald.example/quay"
    assert onrecord.extract(page, url=url, rules=rules)["title"] == "Fog"
    assert onrecord.extract(page, url=url)["title"] == TITLE


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: untyped.extract(""), "content: got ''"),
        (lambda: untyped.extract(None), "content: got None"),
        (lambda: untyped.extract(TEXT, kind="pdf"), "kind: got 'pdf', expected 'html', 'text'"),
        (lambda: untyped.extract(TEXT, published="yesterday"), "published: got 'yesterday'"),
        (lambda: untyped.extract(TEXT, published=2024), "published: got 2024"),
        (lambda: untyped.extract(TEXT, language="english"), "language: got 'english'"),
        (lambda: untyped.extract(TEXT, url=b"x"), "url: got b'x'"),
        (lambda: untyped.extract(TEXT, rules="nowhere.toml"), "nowhere.toml: does not exist"),
        (lambda: untyped.extract(TEXT, rules=1), "rules: got 1"),
        (lambda: untyped.extract(b"%PDF-1.7 1 0 obj"), "not_html: the content is a PDF"),
        (lambda: untyped.extract_many(TEXT), "items: got '  The quay"),
        (lambda: untyped.extract_many(None), "items: got None"),
        (lambda: untyped.extract_many([], workers=0), "workers: got 0"),
        (lambda: untyped.connect("a\0b"), "data: got 'a"),
        (lambda: untyped.load("a\0b"), "paths: got 'a"),
        (lambda: untyped.connect("nowhere"), "nowhere/published/onrecord.duckdb does not exist"),
        (lambda: untyped.connect(1), "data: got 1"),
        (lambda: untyped.search("quay", data="nowhere"), "does not exist: run `onrecord init"),
        (lambda: untyped.search("?!"), "no word to search for"),
        (lambda: untyped.search('quay "x'), "character 6 has no closing quotation mark"),
        (lambda: untyped.search(7), "words: got 7"),
        (lambda: untyped.search("quay", since="2024-02-30"), "since: got '2024-02-30'"),
        (lambda: untyped.search("quay", until=20240230), "until: got 20240230"),
        (lambda: untyped.search("quay", limit=0), "limit: got 0, expected a number from 1"),
        (lambda: untyped.search("quay", source=3), "source: got 3"),
        (lambda: untyped.load([]), "paths: got [], expected at least one path"),
        (lambda: untyped.load(3), "paths: got 3"),
        (lambda: untyped.load("x", workers=0), "setting workers: got 0"),
    ],
)  # fmt: skip
def test_bad_input_is_named_in_an_error_of_the_family(call, told):
    with pytest.raises(onrecord.OnrecordError) as caught:
        call()
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bad_value_is_also_a_value_error():
    assert issubclass(onrecord.ArgumentError, ValueError)


def test_many_are_returned_in_order_and_a_bad_one_does_not_stop_the_rest():
    items: list[Any] = [
        TEXT,
        7,
        {"id": 3, "text": "Nobody came to Aren.", "published": "2024-03-01", "more": True},
        {"html": SHOP},
        {"url": "https://a.example/"},
        {"text": "Rain.", "published": "today"},
        {"html": make_page(), "text": "unused"},
    ]
    found = list(untyped.extract_many(iter(items), workers=1))
    reasons = [record.get("error", {}).get("reason") for record in found]
    assert reasons == [None, "bad_input", None, "soft_404", "bad_input", "bad_input", None]
    assert found[0] == onrecord.extract(TEXT)
    assert found[2]["published_at"] == "2024-03-01"
    assert found[3]["page_type"] == "wall"
    assert "item 2: document: got 7" in found[1]["error"]["detail"]
    assert "item 6: published: got 'today'" in found[5]["error"]["detail"]
    assert found[6]["title"] == TITLE


def test_few_of_many_items_are_read_ahead():
    read = itertools.count()
    bad_and_good = ({"text": TEXT} if next(read) % 2 else None for _ in range(10_000))
    records = untyped.extract_many(bad_and_good, workers=1)
    first = next(records)
    records.close()
    assert first["error"]["reason"] == "bad_input"
    assert next(read) <= DOCUMENTS_AHEAD + 1


def test_script_that_lacks_the_usual_guard_is_told_so(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import onrecord\n"
        "print(list(onrecord.extract_many(['Rain fell.'], workers=1)))\n"
    )
    ran = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 1
    assert 'below `if __name__ == "__main__":`' in ran.stderr.splitlines()[-1]


def test_connection_reads_the_snapshot_and_stems_words(folder):
    with onrecord.connect(folder.root) as con:
        said = con.execute("SELECT speaker, statement FROM said WHERE act = 'speech'").fetchall()
        assert SHOWN in [statement for _, statement in said]
        assert con.execute("SELECT stem('ferries', 'english')").fetchone() == ("ferri",)
        con.execute("CREATE TEMP TABLE mine AS SELECT 1 AS one")
        assert con.execute("SELECT count(*) FROM mine").fetchone() == (1,)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (one INT)",
        "DELETE FROM articles",
        "FROM read_text('/etc/hostname')",
        "ATTACH 'other.duckdb'",
        "COPY (SELECT 1) TO 'out.csv'",
        "SET enable_external_access = true",
    ],
)
def test_connection_neither_writes_nor_reaches_files(folder, statement):
    with onrecord.connect(folder.root) as con, pytest.raises(duckdb.Error):
        con.execute(statement)


def test_connections_of_one_process_are_independent(folder):
    with onrecord.connect(folder.root) as one, onrecord.connect(folder.root) as other:
        one.execute("CREATE TEMP TABLE mine AS SELECT 1 AS one")
        with pytest.raises(duckdb.CatalogException):
            other.execute("FROM mine")
        assert onrecord.search("ferry", data=folder.root)
    with pytest.raises(duckdb.ConnectionException):
        one.execute("SELECT 1")


def test_search_finds_what_the_command_finds(folder):
    hits = onrecord.search(
        ["waiting"], speaker="ruiz", source="b.example", since="2024-06-04",
        until=date(2024, 6, 4), language="en", data=folder.root,
    )  # fmt: skip
    assert isinstance(hits, onrecord.Answer)
    assert [hit.source_id for hit in hits] == ["b.example"]
    assert isinstance(hits[0], onrecord.Hit)
    assert hits[0].speaker
    assert hits[0].snippet.text == "We waited long enough"
    assert hits.has_all_words
    assert len(onrecord.search("zeppelin", data=folder.root)) == 0
    some = onrecord.search("ferry zepelin", data=folder.root)
    assert not some.has_all_words
    newest = onrecord.search("-zeppelin", newest=True, data=folder.root)
    days = [str(hit.published_at) for hit in newest]
    assert len(days) > 1
    assert days == sorted(days, reverse=True)


def test_files_are_loaded_and_connections_keep_their_snapshot(tmp_path):
    articles, data = tmp_path / "articles", tmp_path / "data"
    articles.mkdir()
    (articles / "quay.html").write_text(make_page())
    (articles / "empty.txt").write_text("")
    first = onrecord.load(articles, data=data, workers=1)
    assert isinstance(first, onrecord.RunReport)
    assert (first.count.seen, first.count.appended, first.count.rejected) == (2, 1, 1)
    assert [(r.stage, r.reason) for r in first.rejections] == [("read", "empty")]
    with onrecord.connect(data) as con:
        (articles / "boat.html").write_text(make_page(title="Boat sinks off the quay of Aren"))
        again = onrecord.load([articles], data=str(data), workers=1)
        assert (again.count.appended, again.count.known) == (1, 1)
        assert con.execute("SELECT count(*) FROM articles").fetchone() == (1,)
        with onrecord.connect(data) as newer:
            assert newer.execute("SELECT count(*) FROM articles").fetchone() == (2,)


def test_columns_of_a_table_can_be_named(tmp_path):
    table = tmp_path / "table.csv"
    table.write_bytes(as_csv(["Kopf", "Artikeltxt", "Tag"], [TITLE, PARAGRAPHS, "04/05/2024"]))
    columns = {"title": "Kopf", "text": "Artikeltxt", "published": "Tag"}
    report = onrecord.load(table, columns=columns, dates="day-first", data=tmp_path, workers=1)
    assert report.found[0] == "found: CSV, 1 record"
    with onrecord.connect(tmp_path) as con:
        found = con.execute("SELECT title, CAST(published_on AS VARCHAR) FROM articles").fetchall()
    assert found == [(TITLE, "2024-05-04")]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param({"columns": {"body": "Text"}}, "columns", id="field"),
        pytest.param({"columns": ["text"]}, "columns", id="list"),
        pytest.param({"dates": "dmy"}, "dates", id="dates"),
    ],
)
def test_wrong_ways_to_read_a_table_are_named(tmp_path, wrong, message):
    with pytest.raises(onrecord.ArgumentError, match=message):
        untyped.load(tmp_path, data=tmp_path, **wrong)


@pytest.mark.parametrize(
    "call", ["list(onrecord.extract_many(['x']))", "onrecord.load('a', data='d')"]
)
def test_script_from_standard_input_is_refused_at_once(tmp_path, call):
    script = f"import onrecord\ntry:\n    {call}\nexcept onrecord.OnrecordError as exc:\n    print(exc)\n"
    done = subprocess.run(
        [sys.executable, "-"], input=script, capture_output=True, text=True, cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)}, check=True,
    )  # fmt: skip
    assert "save it as a file" in done.stdout


def test_extract_loads_neither_prefect_nor_duckdb():
    code = (
        "import sys, onrecord\n"
        f"onrecord.extract({TEXT!r})\n"
        "print(*sorted({n.partition('.')[0] for n in sys.modules}))\n"
        f"onrecord.extract({make_page()!r})\n"
        "print(*sorted({n.partition('.')[0] for n in sys.modules}))"
    )
    of_text, of_page = (set(line.split()) for line in run(code).splitlines())
    assert not of_page & {"prefect", "duckdb", "pebble", "httpx", "pydantic", "typer"}
    assert not of_text & {"trafilatura", "htmldate"}
    assert "trafilatura" in of_page


def test_load_does_not_load_prefect():
    code = "import sys, onrecord, flows.jobs.load, warehouse.reader, warehouse.search; onrecord.RunReport; print(*sys.modules)"
    assert "prefect" not in run(code).split()


def test_every_public_name_exists():
    assert all(getattr(onrecord, name) is not None for name in onrecord.__all__)
    assert set(onrecord.__all__) <= set(dir(onrecord))
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        untyped.nothing  # noqa: B018


def test_type_checkers_see_the_same_names():
    stub = ast.parse((ROOT / "flows" / "onrecord.pyi").read_text("utf-8"))
    typed = {
        str(alias.asname): (str(node.module), alias.name)
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert set(typed) == set(onrecord.__all__)
    for name, (module, original) in typed.items():
        assert getattr(importlib.import_module(module), original) is getattr(onrecord, name)
