"""`onrecord doctor`: says what is wrong and what to do, and sets the exit code."""

import os
import subprocess
import sys

import orjson
import pytest

from flows.jobs.doctor import as_line, examine
from flows.jobs.load import load_files
from flows.orchestration.setup import exposure
from flows.settings import Settings
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.health import Finding, Level
from warehouse.publish import publish


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path / "data")
    with open_live(folder, wait_s=0):
        pass
    publish(folder, wait_s=0)
    return folder


def doctor(folder, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "flows", "doctor", "--data", folder.root, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def test_sound_warehouse_exits_with_zero(folder):
    done = doctor(folder)
    assert done.returncode == 0, done.stderr
    assert "versions: python" in done.stdout
    assert "ok      prefect: shows runs on the server of `onrecord serve`" in done.stdout
    assert "ERROR" not in done.stdout


def test_damage_exits_with_one_and_is_in_the_json(folder):
    folder.live.write_bytes(b"no database")
    done = doctor(folder, "--json", PREFECT_API_URL="http://desk:pa55@prefect.example/api")
    assert done.returncode == 1
    found = orjson.loads(done.stdout)
    assert {"live file"} == {item["subject"] for item in found if item["level"] == "error"}
    assert "pa55" not in done.stdout
    assert any("PREFECT_API_AUTH_STRING" in item["detail"] for item in found)


@pytest.mark.parametrize(
    ("host", "auth", "warnings"),
    [
        ("127.0.0.1", None, 0),
        ("localhost", None, 0),
        ("0.0.0.0", None, 1),
        ("0.0.0.0", "admin:pass", 0),
        ("news.example", None, 1),
    ],
)
def test_open_server_without_a_password_is_a_warning(host, auth, warnings):
    assert len(list(exposure(host, auth))) == warnings


def test_escape_sequences_do_not_reach_the_terminal():
    line = as_line(Finding("quarantine", Level.WARNING, "\x1b[2J\x1b]8;;x\x07name"))
    assert "\x1b" not in line
    assert "\x07" not in line


def test_rules_are_counted_and_those_about_no_page_are_named(folder):
    folder.rules.write_text(
        '[[rules]]\nsite = "harbour-times.example"\ntitle = "h1"\n'
        '[[rules]]\nsite = "harbour-times.example"\npath = "/sport/*"\ntitle = "h2"\n'
    )
    line = orjson.dumps({
        "url": "https://www.harbour-times.example/news/a",
        "html": "<html><body><h1>Quay</h1><p>The quay is closed for a week, the port said.</p></body></html>",
    })  # fmt: skip
    (folder.root / "page.jsonl").write_bytes(line)
    load_files([folder.root / "page.jsonl"], Settings(data=folder.root, workers=1))
    found = [
        finding for finding in examine(Settings(data=folder.root)) if finding.subject == "rules"
    ]
    assert [finding.level for finding in found] == [Level.OK, Level.WARNING]
    assert found[0].detail.startswith("2 rules for 1 site in ")
    assert (
        "about no page in the warehouse: rule 2 (harbour-times.example /sport/*)" in found[1].detail
    )


def test_broken_rules_are_an_error(folder):
    folder.rules.write_text("[[rule]]\n")
    found = [
        finding for finding in examine(Settings(data=folder.root)) if finding.subject == "rules"
    ]
    assert [finding.level for finding in found] == [Level.ERROR]
    assert "start each rule with [[rules]]" in found[0].detail
