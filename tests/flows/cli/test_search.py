import json

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.hits import answer_as_json, show_answer
from tests.helpers.harbour import LATE, OPENING, SHOWN, SYNDICATED
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.errors import SearchSyntaxError
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


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["harbour -opens"], id="in-one-argument"),
        pytest.param(["harbour", "-opens"], id="as-an-argument"),
        pytest.param(["-opens", "harbour"], id="first"),
        pytest.param(["-opens harbour"], id="first-in-one-argument"),
        pytest.param(["--", "-opens", "harbour"], id="after-two-dashes"),
    ],
)
def test_word_with_a_minus_is_not_an_option(folder, arguments):
    code, out = run(folder, *arguments)
    assert code == 0
    assert "A harbour at last" in out
    assert "Harbour opens" not in out


def test_mistyped_option_is_refused(folder):
    result = CliRunner().invoke(app, ["search", "--data", str(folder.root), "x", "--speker", "y"])
    assert result.exit_code == 2
    assert "no such option: --speker" in result.output


def test_error_in_the_question_is_wrong_usage(folder):
    result = CliRunner().invoke(app, ["search", "--data", str(folder.root), 'cranes "late'])
    assert isinstance(result.exception, SearchSyntaxError)
    assert result.exception.exit_code == 2
    assert "character 8 has no closing quotation mark" in str(result.exception)


def test_command_suggests_near_words_and_searches_for_what_was_written(folder):
    assert run(folder, "craness*", "OR", "zepelin") == (
        0,
        "nothing found\nzepelin does not occur; did you mean zeppelin?\n",
    )
    answer = json.loads(run(folder, "zepelin", "--json")[1])
    assert answer["did_you_mean"] == [{"written": "zepelin", "nearest": ["zeppelin"]}]


def test_newest_articles_first(folder):
    out = run(folder, "--newest", "-zeppelin")[1]
    days = [line[:10] for line in out.splitlines() if line.startswith("2024")]
    assert days == ["2024-06-06", "2024-06-04", "2024-06-03"]


def test_invalid_day_is_refused(folder):
    assert run(folder, "cranes", "--since", "last week")[0] == 2


def test_control_characters_do_not_reach_the_terminal(folder, capsys):
    answer = search(folder, Question(text="zeppelin"))
    show_answer(answer)
    shown = capsys.readouterr().out
    assert "alert" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
    assert answer_as_json(answer)["hits"][0]["title"] == "Red \x1b[31malert"
