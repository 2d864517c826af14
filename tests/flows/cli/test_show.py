"""`onrecord show`: one article with its statements, names and dates."""

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.jobs.load import load_files
from flows.settings import read_settings
from tests.helpers.harbour import LATE, SHOWN
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

PAGE = """<!doctype html><html lang="en"><head><title>Harbour opens</title></head><body><article>
<h1>Harbour opens</h1>
<p>The harbour of Aren opened on Monday after nine years of work, the council said in a statement.</p>
<h2>What comes next</h2>
<p>Boats will go twice a day, and a night service is planned for next summer, according to the harbour office.</p>
<ul><li>Oster Bay at eight in the morning, every day but Sunday</li><li>Port Linnet at noon, on weekdays only</li></ul>
<blockquote><p>“We have waited long enough,” the mayor said, and smiled at the \x1b[2Jboat.</p></blockquote>
</article></body></html>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("show")
    file = folder / "harbour.html"
    file.write_text(PAGE)
    load_files([file], read_settings(data=folder, workers=1))
    return file


def show(page, *options):
    return CliRunner().invoke(app, ["show", str(page), "--data", str(page.parent), *options])


def test_text_and_statements_are_shown_without_control_characters(page):
    shown = show(page).output
    assert "title: Harbour opens" in shown
    assert "\nWhat comes next\n" in shown
    assert "the harbour office" in shown
    assert "\x1b" not in shown


def test_marks_are_an_option(page):
    lines = show(page, "--marks").output.splitlines()
    assert "## What comes next" in lines
    assert "- Port Linnet at noon, on weekdays only" in lines
    assert any(line.startswith("> “We have waited long enough,”") for line in lines)


def test_archived_bytes_are_returned_unchanged(page):
    assert show(page, "--raw").stdout_bytes == PAGE.encode()


def test_json_holds_text_and_statements(page):
    found = orjson.loads(show(page, "--json").stdout)
    assert found["title"] == "Harbour opens"
    assert any("waited long enough" in statement for _, _, statement in found["statements"])


def test_statements_are_shown_without_the_words_in_between(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, LATE)
    publish(folder)
    asked = ["show", "https://b.example/9", "--data", str(tmp_path)]
    found = orjson.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert found["statements"] == [["Ana Ruiz", "mayor", SHOWN]]
    lines = CliRunner().invoke(app, asked).output.splitlines()
    (line,) = [line for line in lines if "…" in line]
    assert line.split(maxsplit=3) == ["Ana", "Ruiz", "mayor", SHOWN]
