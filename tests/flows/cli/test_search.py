import json

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.hits import answer_as_json, show_answer
from tests.helpers.harbour import LATE, OPENING, SHOWN, SYNDICATED
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.search import Question, search

STEERING = make_story(
    "Red \x1b[31malert\nA zeppelin “<b>\u202e” landed.",
    url="https://b.example/10",
    day="2024-06-09",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("command"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING, SYNDICATED, STEERING, LATE)
    publish(folder)
    return folder


def run(folder, *arguments):
    result = CliRunner().invoke(app, ["search", "--data", str(folder.root), *arguments])
    return result.exit_code, result.stdout


def test_command_shows_day_source_title_and_statement(folder):
    code, out = run(folder, "waiting", "--speaker", "ruiz", "--source", "b.example",
                    "--since", "2024-06-04", "--until", "2024-06-04", "--language", "en")  # fmt: skip
    assert code == 0
    assert out.splitlines() == [
        "2024-06-04  b.example  A harbour at last",
        "  Ana Ruiz: We waited long enough",
        "  https://b.example/7",
    ]


def test_command_shows_only_the_pieces_of_an_interrupted_statement(folder):
    code, out = run(folder, "union", "late", "--speaker", "ruiz")
    assert (code, out.splitlines()) == (
        0,
        [
            "2024-06-06  b.example  The ferry is late",
            f"  Ana Ruiz: {SHOWN}",
            "  https://b.example/9",
        ],
    )


def test_json_has_offsets_of_the_found_words(folder):
    code, out = run(folder, "cranes", "--json")
    answer = json.loads(out)
    (hit,) = answer["hits"]
    start, end = hit["marks"][0]
    assert (code, answer["has_all_words"], hit["snippet"][start:end]) == (0, True, "cranes")
    assert hit["url"] == "https://b.example/7"


def test_command_says_if_nothing_or_only_some_words_are_found(folder):
    assert run(folder, "volcano") == (0, "nothing found\n")
    assert "some of them" in run(folder, "cranes", "volcano")[1]


def test_invalid_day_is_refused(folder):
    assert run(folder, "cranes", "--since", "last week")[0] == 2


def test_control_characters_do_not_reach_the_terminal(folder, capsys):
    answer = search(folder, Question(text="zeppelin"))
    show_answer(answer)
    shown = capsys.readouterr().out
    assert "alert" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
    assert answer_as_json(answer)["hits"][0]["title"] == "Red \x1b[31malert"
