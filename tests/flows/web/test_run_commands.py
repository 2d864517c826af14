"""What the pages start: processes of their own, after a plan where it may take long."""

import html
import os
import re
import subprocess
import sys

import pytest

from flows.runs.started import StartedCommands
from flows.settings import Settings
from tests.helpers.desk import add_rows, desk_client, rejection_row
from tests.helpers.news_server import serving
from tests.helpers.processes import ROOT, wait_until
from tests.helpers.site import form_token

SECONDS = 120


@pytest.fixture(autouse=True)
def _own_variables(monkeypatch):
    """Let the started commands find this checkout, and no server of Prefect."""
    monkeypatch.setenv("ONRECORD_PREFECT", "never")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("ONRECORD_WORKERS", "1")


def ended(client, answer):
    """Return the page of a started command when it has ended."""
    path = answer.url.path
    assert path.startswith("/runs/started/"), answer.text
    wait_until(lambda: "data-done" in client.get(f"{path}?part=1").text, seconds=SECONDS)
    return client.get(path)


def post(client, path, **sent):
    return client.post(path, data={"csrf": form_token(client, "/runs")} | sent)


def test_poll_runs_apart_and_is_found_by_its_run(tmp_path, monkeypatch):
    with serving(feeds=1, articles=2) as news:
        monkeypatch.setenv("ONRECORD_ALLOW_HOSTS", news.host)
        monkeypatch.setenv("ONRECORD_HOST_DELAY", "0")
        (tmp_path / "feeds.opml").write_bytes(news.opml())
        client = desk_client(tmp_path)
        answer = post(client, "/runs/ingest", now="1")
        second = post(client, "/runs/ingest")
        assert (second.status_code, "onrecord ingest --now is running" in second.text) == (
            409,
            True,
        )
        page = ended(client, answer).text
    assert "2 documents: 2 new" in page
    [run] = set(re.findall(r"/runs/(run-[0-9a-f]{32})", page))
    shown = client.get(f"/runs/{run}").text
    assert "What it printed" in shown
    assert "snapshot_published" in shown
    assert len(list((tmp_path / "commands").glob("*.log"))) == 1


def test_plan_is_shown_first_and_started_by_a_second_form(tmp_path):
    add_rows(tmp_path, rejections=[rejection_row(1)])
    client = desk_client(tmp_path)
    planned = ended(client, post(client, "/runs/retry", reason="too_short"))
    assert "0 documents would be analysed again" in planned.text
    assert "1 item is not stored here" in planned.text
    assert "run_started" not in planned.text
    answer = post(client, f"{planned.url.path}/start")
    assert answer.url.path != planned.url.path
    page = ended(client, answer).text
    assert "run_started" in page
    assert "Start this" not in page
    again = post(client, f"{answer.url.path}/start")
    assert (again.status_code, "this is no plan" in again.text) == (400, True)


def test_problem_of_a_command_is_shown_on_its_page(tmp_path):
    client = desk_client(tmp_path)
    page = ended(client, post(client, "/runs/ingest", feed="https://nowhere.example/feed")).text
    assert "onrecord: " in page
    assert "run `onrecord init`" in html.unescape(page)


@pytest.mark.parametrize(
    ("path", "sent", "problem"),
    [
        pytest.param(
            "backfill", {"origin": "files", "since": "2024-06-01"}, "from: got", id="files"
        ),
        pytest.param("backfill", {"origin": "warc", "since": "2024-06-01"}, "from: got", id="warc"),
        pytest.param("backfill", {"origin": "feed"}, "first day", id="no-day"),
        pytest.param("backfill", {"origin": "feed", "since": "--x"}, "since: got", id="option"),
        pytest.param(
            "backfill",
            {"origin": "feed", "since": "2024-06-01", "places": "/etc/passwd"},
            "https://",
            id="path",
        ),
        pytest.param("reprocess", {"until": "soon"}, "until: got", id="reprocess-day"),
        pytest.param("reprocess", {"source": "a" * 301}, "longer than 300", id="long"),
        pytest.param("retry", {}, "code of a refusal", id="no-reason"),
    ],
)
def test_what_cannot_be_meant_starts_nothing(tmp_path, path, sent, problem):
    client = desk_client(tmp_path)
    answer = post(client, f"/runs/{path}", **sent)
    assert (answer.status_code, problem in answer.text) == (400, True)
    assert not (tmp_path / "commands").exists()


def test_form_of_another_site_starts_nothing(tmp_path):
    client = desk_client(tmp_path)
    for path in ("ingest", "backfill", "reprocess", "retry"):
        assert client.post(f"/runs/{path}", data={"csrf": "guessed"}).status_code == 403
        assert client.get(f"/runs/{path}").status_code == 404
    assert not (tmp_path / "commands").exists()


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Ffeeds", "20240603T080000.000000-1"])
def test_unknown_command_is_a_page_that_helps(tmp_path, name):
    (tmp_path / "feeds.opml").write_text("[]\n")
    answer = desk_client(tmp_path).get(f"/runs/started/{name}")
    assert answer.status_code == 404


def test_command_is_known_to_pages_that_were_started_later(tmp_path):
    commands = StartedCommands(Settings(data=tmp_path))
    name = commands.start(["retry", "--reason=too_short", "--dry-run"])
    wait_until(lambda: not find(commands, name).is_running, seconds=SECONDS)
    [found] = StartedCommands(Settings(data=tmp_path)).all()
    assert found == find(commands, name)
    assert found.line == "onrecord retry --reason=too_short --dry-run"
    assert "nothing to retry" in found.printed


def find(commands, name):
    found = commands.find(name)
    assert found is not None
    return found


def test_secrets_in_addresses_are_not_shown(tmp_path):
    commands = StartedCommands(Settings(data=tmp_path))
    name = commands.start(["retry", "--dry-run", "--", "https://ada:secret@wire.example/feed"])
    assert "secret" not in find(commands, name).line
    wait_until(lambda: not find(commands, name).is_running, seconds=SECONDS)
    [log] = (tmp_path / "commands").glob("*.log")
    assert log.stat().st_mode & 0o077 == 0


def test_command_goes_on_when_the_pages_end(tmp_path):
    code = (
        "import sys; from flows.settings import Settings; from pathlib import Path\n"
        "from flows.runs.started import StartedCommands\n"
        "commands = StartedCommands(Settings(data=Path(sys.argv[1])))\n"
        "print(commands.start(['retry', '--reason=too_short', '--dry-run']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip
    commands = StartedCommands(Settings(data=tmp_path))

    def printed():
        found = commands.find(done.stdout.strip())
        return found is not None and not found.is_running and found.printed

    wait_until(printed, seconds=SECONDS)
    assert "nothing to retry" in printed()
