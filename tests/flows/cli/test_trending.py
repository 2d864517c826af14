import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from tests.helpers.subjects import append_five_weeks
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("trending"))
    with open_live(folder) as con:
        append_five_weeks(con, folder)
    publish(folder)
    return folder


def run(folder, *arguments):
    return CliRunner().invoke(app, ["trending", "--data", str(folder.root), *arguments])


def test_command_shows_the_days_and_a_line_for_each_name(folder):
    lines = run(folder).stdout.splitlines()
    assert lines[0] == "2024-06-30, and the mean of the 28 days before"
    assert lines[2].split() == ["kind", "name", "articles", "before", "sources", "score"]
    assert ["phrase", "dam", "failure", "4", "0", "4", "24"] in [line.split() for line in lines]
    assert max(map(len, lines)) <= 80


def test_json_has_the_columns_of_the_view(folder):
    (row,) = orjson.loads(run(folder, "--kind", "speaker", "--days", "7", "--json").stdout)
    assert (row["kind"], row["name"], row["days"]) == ("speaker", "Marit Holm", 7)
    assert (row["starts_on"], row["ends_on"]) == ("2024-06-24", "2024-06-30")


def test_quiet_day_is_said_in_words(folder):
    result = run(folder, "--on", "2024-06-20")
    assert result.exit_code == 0
    assert result.stdout == "nothing is in clearly more articles than in the 28 days before\n"


@pytest.mark.parametrize("wrong", [("--kind", "topic"), ("--days", "3"), ("--on", "June")])
def test_wrong_option_is_refused(folder, wrong):
    assert run(folder, *wrong).exit_code == 2
