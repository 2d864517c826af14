"""The README is true: its commands run, its settings and views exist."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.jobs.load import load_files
from flows.setting_errors import PREFIX
from flows.settings import Settings, read_settings
from warehouse.migrate import scripts

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINES = README.splitlines()


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    """Load the sample articles without Prefect, with the same result as `make run`."""
    folder = tmp_path_factory.mktemp("readme")
    load_files([ROOT / "seeds" / "articles"], read_settings(data=folder))
    return folder


def shown(command):
    """Return the output that the README shows for a command of a console block."""
    at = LINES.index(f"$ {command}")
    below = LINES[at + 1 :]
    end = next(i for i, line in enumerate(below) if line.startswith(("$ ", "```")))
    return below[:end]


def commands():
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line[2:].partition("  #")[0].strip() for block in blocks for line in block.splitlines()
            if line.startswith("$ ")]  # fmt: skip


def test_first_screen_shows_the_two_commands():
    assert commands()[:2] == ["make run", "make test"]
    assert LINES.index("$ make test") < 26


@pytest.mark.parametrize("command", [c for c in commands() if " sql " in c and " -o " not in c])
def test_queries_print_what_the_readme_shows(command, warehouse, monkeypatch):
    monkeypatch.setenv("ONRECORD_DATA", str(warehouse))
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    printed = [line.rstrip() for line in result.output.splitlines()]
    assert printed == [line.rstrip() for line in shown(command)]


def test_summary_of_make_run_matches_the_samples(warehouse, monkeypatch):
    monkeypatch.setenv("ONRECORD_DATA", str(warehouse))
    result = CliRunner().invoke(app, ["status", "--json"])
    import orjson

    totals = orjson.loads(result.stdout)["totals"][0]
    found, first, second = shown("make run")[:3]
    assert found.startswith("found: 24 text files; 11 HTML pages; JSON Lines, 3 records")
    assert first.startswith(f"{totals['documents']} documents: {totals['documents']} new")
    counted = [
        int(n.replace(",", "")) for n in re.findall(r"([\d,]+) (?:art|quot|nam|dat)", second)
    ]
    # The view of the newest revisions leaves out the old revision of the edited article.
    assert counted[0] == totals["revisions"]
    assert counted[1] >= totals["quotations"]


@pytest.mark.parametrize("command", [c for c in commands() if c.startswith("onrecord ")])
def test_commands_of_the_readme_exist(command):
    name = shlex.split(command)[1]
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output


def test_rules_of_the_readme_correct_its_page(tmp_path, monkeypatch):
    section = README[README.index("## Correct a publisher") :]
    for name, language in (("page.html", "html"), ("rules.toml", "toml")):
        block = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)
        (tmp_path / name).write_text(block[1])
    monkeypatch.chdir(tmp_path)
    command = "onrecord test page.html --rules rules.toml"
    result = CliRunner().invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output
    printed = [line.rstrip() for line in result.output.splitlines()]
    assert printed == [line.rstrip() for line in shown(command)]


def test_settings_table_matches_the_code():
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.*?) ?\| (.+) \|$", README, re.MULTILINE)
    assert rows == [
        (name, PREFIX + name.upper(), "" if field.default in (None, "", ()) else str(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]  # fmt: skip


def test_named_views_exist():
    sql = "".join(script.sql for script in scripts("views"))
    paragraph = README[README.index("The views are the public face") :].partition("Every table")[0]
    for name in re.findall(r"`(\w+)`", paragraph):
        assert f"VIEW {name} AS" in sql, name


def test_named_examples_exist():
    for name in re.findall(r"--example (\w+)", README):
        assert (ROOT / "seeds" / "queries" / f"{name}.sql").exists()


def test_named_folders_exist():
    for name in re.findall(r"`((?:seeds|warehouse|tests|flows|transforms)(?:/\w+)*)`", README):
        assert (ROOT / name).exists(), name
