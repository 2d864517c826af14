"""`onrecord show`: one article with its statements, names and dates."""

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.jobs.load import load_files
from flows.settings import read_settings
from tests.helpers.aveling import CLEANING, flood
from tests.helpers.harbour import LATE, SHOWN
from tests.helpers.linked import load_linked
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


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    text = (
        "The flood came at night. Firefighters rescued forty people from the flood, and the flood "
        "left mud in the hospital. The hospital moved its patients before the second flood."
    )
    folder = tmp_path_factory.mktemp("flooded")
    for host in ("a", "b"):
        file = folder / f"{host}.jsonl"
        told = {"url": f"https://{host}.example/flood", "title": "Flood at night", "text": text}
        file.write_bytes(
            orjson.dumps(told | {"published": f"2024-06-03T0{7 + ord(host) % 2}:00:00Z"})
        )
        load_files([file], read_settings(data=folder, workers=1))
    return folder


def test_subjects_story_and_copies_are_shown(flooded):
    asked = ["show", "https://b.example/flood", "--data", str(flooded)]
    found = orjson.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    facts = dict(
        line.split(": ", 1)
        for line in CliRunner().invoke(app, asked).output.partition("\n\n")[0].splitlines()
    )
    assert "flood" in [phrase["phrase"] for phrase in found["keyphrases"]]
    assert facts["keyphrases"] == ", ".join(phrase["phrase"] for phrase in found["keyphrases"])
    topic = found["topics"][0]
    assert "flood" in [term["term"] for term in topic["evidence"]]
    assert facts["topics"].startswith(f"{topic['topic']} (")
    for term in topic["evidence"]:
        assert (
            found["text"][term["start_char"] : term["end_char"]]
            .lower()
            .startswith(term["term"][:4])
        )
    story, cluster = found["story"], found["cluster"]
    assert (story["articles"], story["sources"]) == (2, 2)
    assert facts["story"] == f"{story['story_id']}, Flood at night: 2 articles, 2 outlets"
    assert (cluster["articles"], cluster["copies"]) == (2, 1)
    assert facts["copies"].startswith("1 other article has the same text, ")
    assert facts["copies"].endswith(f"; cluster {cluster['cluster_id']}")


def test_article_without_copies_says_nothing_of_them(tmp_path):
    folder = load_linked(tmp_path, [flood("a", "2024-06-03"), CLEANING])
    publish(folder)
    asked = ["show", "https://c.example/cleaning", "--data", str(tmp_path)]
    found = orjson.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert (found["cluster"], found["keyphrases"], found["topics"]) == (None, [], [])
    assert found["story"]["articles"] == 2
    lines = CliRunner().invoke(app, asked).output.splitlines()
    assert any(line.startswith("story: s1-") for line in lines)
    assert not [line for line in lines if line.startswith(("copies:", "topics:", "keyphrases:"))]
