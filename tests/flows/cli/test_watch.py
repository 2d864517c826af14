import json

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from tests.helpers.aveling import TRIAL, flood
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.questions import BUDGET, PLAN
from tests.helpers.stories import append_stories
from transforms.errors import OnrecordError
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("watches"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, PLAN, BUDGET)
    publish(folder)
    return folder


def run(folder, command, *arguments):
    result = CliRunner().invoke(app, ["watch", command, "--data", str(folder.root), *arguments])
    if isinstance(result.exception, OnrecordError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.stdout


def test_watch_is_added_listed_tested_and_removed(folder):
    code, out = run(folder, "add", "--speaker", "Jane Doe", "--words", "-zeppelin", "--name", "doe")
    assert (code, out.splitlines()) == (
        0,
        [
            "watch doe added, with 1 past match",
            f"feed: {folder.published / 'watches' / 'doe.xml'}",
        ],
    )
    (row,) = json.loads(run(folder, "list", "--json")[1])
    assert (row["name"], row["search_words"], row["speaker"], row["past_matches"]) == (
        "doe",
        "-zeppelin",
        "Jane Doe",
        1,
    )
    assert run(folder, "list")[1].splitlines()[0].split() == [
        "name", "search_words", "speaker", "entity", "new_matches", "last_found_at",
    ]  # fmt: skip
    (match,) = json.loads(run(folder, "test", "doe", "--json")[1])
    assert (match["statement"], match["published_on"]) == ("We are ready", "2026-01-10")
    assert "We are ready" in run(folder, "test", "doe")[1]
    assert run(folder, "remove", "doe") == (0, "watch doe removed\n")
    assert run(folder, "list") == (0, "no watches yet: add one with `onrecord watch add`\n")


def test_watch_of_a_story_is_named_after_it_and_listed_with_its_key(tmp_path):
    folder = load_linked(tmp_path, [flood("a", "2024-06-03"), TRIAL])
    publish(folder)
    ((story,),) = rows_of(folder, "SELECT story_id FROM stories WHERE headline LIKE 'Flood%'")
    code, out = run(folder, "add", "--story", story)
    assert (code, out.splitlines()[0]) == (
        0, "watch flood-in-aveling-a-reports added, with 1 past match",
    )  # fmt: skip
    (row,) = json.loads(run(folder, "list", "--json")[1])
    assert (row["story_id"], row["past_matches"], row["new_matches"]) == (story, 1, 0)
    assert story in run(folder, "list")[1]
    (match,) = json.loads(run(folder, "test", row["name"], "--json")[1])
    assert match["url"] == "https://a.example/flood"
    feed = (folder.published / "watches" / f"{row['name']}.xml").read_text("utf-8")
    assert f"story {story}" in feed


def test_watch_that_matches_nothing_says_so(folder):
    code, out = run(folder, "add", "--entity", "Zeppelin Works", "--json")
    added = json.loads(out)
    assert (code, added["name"], added["past_matches"]) == (0, "zeppelin-works", 0)
    assert run(folder, "test", "zeppelin-works") == (0, "no article matches\n")
    assert (
        json.loads(run(folder, "remove", "zeppelin-works", "--json")[1])["name"] == "zeppelin-works"
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        pytest.param(["add"], "the watch asks for nothing", id="nothing"),
        pytest.param(["add", "--words", '"x'], "character 1 has no closing", id="question"),
        pytest.param(["add", "--entity", "x", "--name", "a/b"], "watch a/b: a name has", id="name"),
        pytest.param(
            ["add", "--story", "s1-none"],
            "watch s1-none: there is no such story: give the key of one, as `onrecord stories`",
            id="story",
        ),
        pytest.param(["test", "nobody"], "watch nobody: there is no such watch", id="unknown"),
    ],
)
def test_wrong_usage_says_what_is_wrong(folder, arguments, problem):
    code, out = run(folder, *arguments)
    assert code == 2
    assert problem in out
