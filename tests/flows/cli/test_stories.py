import json

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.linked import load_linked
from tests.helpers.stories import make_story
from warehouse.publish import publish

STEERING = [
    make_story(
        f"Red \x1b[31malert in Dunmoor\nA zeppelin landed on the market of Dunmoor, and the pilot, Ada "
        f"Vint, asked the baker for bread.{more}",
        url=f"https://{host}.example/9",
        day="2024-06-09",
        named=[("Dunmoor", "place"), ("Ada Vint", "person")],
    )
    for host, more in (("d", ""), ("e", " The children of the school came to see the zeppelin."))
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    articles = [flood("a", "2024-06-03", hour=7), TRIAL, flood("b", "2024-06-03", hour=9), CLEANING]
    folder = load_linked(tmp_path_factory.mktemp("command"), [*articles, *STEERING])
    publish(folder)
    return folder


def run(folder, *arguments):
    result = CliRunner().invoke(app, ["stories", "--data", str(folder.root), *arguments])
    return result.exit_code, result.stdout


def key_of(folder):
    return json.loads(run(folder, "--json")[1])[0]["story_id"]


def test_command_shows_stories_of_several_articles(folder):
    code, out = run(folder, "--until", "2024-06-03")
    assert code == 0
    assert out.splitlines() == [
        "2024-06-03 to 2024-06-04  Flood in Aveling, a reports",
        "  3 articles, 3 outlets, 1 copy",
        "  people: Karin Holt, Edwin Prast",
        "  places: Aveling, Torne",
        f"  Karin Holt: {SAID} (2 articles)",
        f"  {key_of(folder)}",
    ]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        pytest.param((), 2, id="all"),
        pytest.param(("--limit", "1"), 1, id="limit"),
        pytest.param(("--since", "2024-06-05"), 1, id="since"),
        pytest.param(("--until", "2024-06-08"), 1, id="until"),
        pytest.param(("--source", "C.EXAMPLE"), 1, id="source"),
        pytest.param(("--source", "nobody"), 0, id="unknown-source"),
    ],
)
def test_options_choose_stories(folder, options, found):
    code, out = run(folder, "--json", *options)
    assert (code, len(json.loads(out))) == (0, found)


def test_json_has_the_columns_of_the_view_and_the_statement(folder):
    story = json.loads(run(folder, "--json", "--limit", "1")[1])[0]
    assert (story["articles"], story["texts"], story["sources"]) == (3, 2, 3)
    assert story["statement"] == {
        "speaker": "Karin Holt",
        "statement": SAID,
        "articles": 2,
        "sources": 2,
    }


def test_story_shows_its_articles_by_time_with_copies_marked(folder):
    code, out = run(folder, key_of(folder))
    lines = [line.split() for line in out.splitlines() if line.startswith("2024-06-0")]
    assert code == 0
    assert [(line[2], line[-1] == "copy") for line in lines[1:]] == [
        ("a.example", False),
        ("b.example", True),
        ("c.example", False),
    ]
    assert SAID.split()[0] in out


def test_story_as_json_has_articles_statements_and_changes(folder):
    story = json.loads(run(folder, key_of(folder), "--json")[1])
    assert [one["source_id"] for one in story["articles_by_time"]] == [
        "a.example",
        "b.example",
        "c.example",
    ]
    assert (len(story["statements"]), story["changes"]) == (1, [])


def test_unknown_story_is_an_error_that_says_what_to_do(folder):
    result = CliRunner().invoke(app, ["stories", "--data", str(folder.root), "s1-none"])
    assert result.exit_code == 1
    assert "no story found for s1-none: give the key of one" in result.stderr


def test_headline_cannot_steer_the_terminal(folder):
    assert "\x1b" not in run(folder, "--since", "2024-06-05")[1]


def test_nothing_found_says_so(folder):
    assert run(folder, "--source", "nobody") == (
        0,
        "no story found: a story has at least two articles\n",
    )
