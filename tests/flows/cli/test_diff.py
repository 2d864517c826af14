"""`onrecord diff`: what an edit changed, word by word."""

import io

import orjson
import pytest
from rich.console import Console
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.diff import compare, show_difference
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.revision_queries import find_revisions

URL = "https://harbour-times.example/ferry"
LEAD = "The ferry to Oster Bay ran aground on Monday, and at least {dead} people were hurt."
MORE = (
    "The harbour office closed the northern channel until the evening, and two tugs were sent from"
    " Port Linnet to pull the boat off the sandbank before the next tide."
)
END = "The cause is not known\x1b[2J."


def version(title, *paragraphs, url=URL):
    return make_story("\n".join(paragraphs), url=url, day="2024-06-03", title=title)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three revisions of one article, and an article that was never edited."""
    folder = DataFolder(tmp_path_factory.mktemp("diff"))
    revisions = (
        version("Ferry runs aground", LEAD.format(dead=12), MORE, END),
        version("Ferry runs aground", LEAD.format(dead=14), MORE, "Captain Holm was questioned.", END),
        version("Ferry hits sandbank", LEAD.format(dead=14), MORE, "Captain Holm was questioned.", END),
    )  # fmt: skip
    with open_live(folder) as con:
        append_stories(con, folder.spool, version("Rain", "It rained.", url=f"{URL}/rain"))
        for revision in revisions:
            append_stories(con, folder.spool, revision)
    publish(folder)
    return folder


def diff(folder, *options, url=URL):
    return CliRunner().invoke(app, ["diff", url, "--data", str(folder.root), *options])


def test_newest_edit_is_shown(folder):
    shown = diff(folder).output
    assert "revision 2 of " in shown
    assert "Ferry [-runs aground-] {+hits sandbank+}" in shown
    assert "people were hurt" not in shown


def test_text_is_shown_with_marks_and_cut_short(folder):
    shown = diff(folder, "--to", "2").output
    joined = " ".join(shown.split())
    assert "3 words added" not in shown
    assert "5 words added, 1 cut" in joined
    assert "at least [-12-] {+14+} people were hurt." in joined
    assert "…" in shown
    assert "two tugs" not in joined
    assert "{+Captain Holm was questioned.+}" in joined
    assert all(len(line) <= 80 for line in shown.splitlines())
    assert "\x1b" not in shown


def test_small_edits_are_passed_over(folder):
    assert "Captain Holm" in diff(folder, "--min-words", "5").output
    none = diff(folder, "--min-words", "50")
    assert (none.exit_code, none.output.strip()) == (
        1,
        f"onrecord: no edit changed the article by 50 words or more: {URL}",
    )


def test_headlines_alone_over_all_revisions(folder):
    shown = diff(folder, "--from", "1", "--headline").output
    assert "revision 1 of " in shown
    assert "Ferry [-runs aground-] {+hits sandbank+}" in shown
    assert "{+14+}" not in shown


def test_json_has_pieces_with_offsets(folder):
    found = orjson.loads(diff(folder, "--to", "2", "--json").stdout)
    assert (found["from"]["revision"], found["to"]["revision"]) == (1, 2)
    assert (found["words_added"], found["words_cut"], found["url"]) == (5, 1, URL)
    assert [piece["kind"] for piece in found["text"]] == [
        "equal", "cut", "added", "equal", "added", "equal",
    ]  # fmt: skip
    added = [piece for piece in found["text"] if piece["kind"] == "added"]
    assert added[0]["text"] == "14"
    start, end = added[0]["after"]
    assert LEAD.format(dead=14)[start:end] == "14"


def test_colours_replace_the_marks_on_a_terminal(folder):
    with open_snapshot(folder) as con:
        before, after, *_ = find_revisions(con, [URL])
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=80)
    show_difference(compare(before, after, is_headline=False), console)
    shown = stream.getvalue()
    assert "\x1b[9;31m12\x1b[0m \x1b[32m14\x1b[0m" in shown
    assert "{+" not in shown
    assert "\x1b[2J" not in shown


@pytest.mark.parametrize(
    ("url", "options", "code", "said"),
    [
        pytest.param("https://harbour-times.example/none", (), 1, "no article found", id="unknown"),
        pytest.param(f"{URL}/rain", (), 1, "has one revision", id="never-edited"),
        pytest.param(f"{URL}?utm_source=rss", ("--to", "9"), 2, "got 9, expected a revision of the article: 1, 2, 3", id="no-such-revision"),
        pytest.param(URL, ("--to", "1"), 2, "expected a revision after the first", id="none-before"),
        pytest.param(URL, ("--from", "3"), 2, "expected another revision than 3", id="the-same"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said(folder, url, options, code, said):
    found = diff(folder, *options, url=url)
    message = str(found.exception) if code == 2 else found.output
    assert said in message
    assert getattr(found.exception, "exit_code", found.exit_code) == code
