"""`status` and `alert`: what needs you comes first, and a health check is cheap."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.alerts.lines import lines, needs_you
from flows.alerts.marks import last_ingest, mark
from flows.cli.attention import show_attention
from flows.errors import SettingsError
from tests.helpers.alert_rows import HOUR, list_feed, poll, run
from tests.helpers.aveling import TRIAL, flood
from tests.helpers.inbox import open_inbox
from tests.helpers.linked import load_linked
from tests.helpers.processes import ROOT
from warehouse.conditions import Condition
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a warehouse with a failed ingest and four dead feeds of one host."""
    folder = DataFolder(tmp_path_factory.mktemp("status"))
    with open_live(folder) as con:
        run(con, "r1", NOW - 2 * HOUR, "failed", detail="no space left on device")
        for name in ("a", "b", "c", "d"):
            list_feed(con, name, at=NOW - 90 * HOUR)
            for hours in (50, 40, 2):
                poll(con, name, NOW - timedelta(hours=hours), "failed", failure="unknown_host")
    publish(folder)
    return folder


@pytest.fixture(autouse=True)
def _disk_of_this_machine_does_not_matter(monkeypatch):
    monkeypatch.setenv("ONRECORD_ALERT_KINDS", "run_failed,feed_failing")


def onrecord(folder, *arguments):
    return CliRunner().invoke(app, [*arguments, "--data", str(folder.root)])


def test_status_begins_with_what_needs_you_and_what_to_do(folder):
    shown = onrecord(folder, "status").output
    assert shown.startswith("2 things need you\n! 4 feeds of wire.example have been failing since ")
    assert "Next: correct its address, or `onrecord remove` the feed" in shown
    assert "! ingest has been failing since" in shown
    assert shown.index("! ingest") < shown.index("snapshot:")
    assert max(map(len, shown.partition("snapshot:")[0].splitlines())) <= 80


def test_alert_shows_the_same_list_and_json_has_it_too(folder):
    listed = onrecord(folder, "alert").output.strip()
    assert onrecord(folder, "status").output.startswith(f"{listed}\n")
    found = orjson.loads(onrecord(folder, "status", "--json").stdout)["needs_you"]
    assert found == orjson.loads(onrecord(folder, "alert", "--json").stdout)
    assert [line["is_urgent"] for line in found] == [True, True]


def test_report_begins_with_the_same_list(folder, tmp_path):
    page = tmp_path / "report.html"
    assert onrecord(folder, "report", str(page)).exit_code == 0
    html = page.read_text("utf-8")
    assert html.index("2 things need you") < html.index(
        "4 feeds of wire.example have been failing since"
    )
    assert html.index("4 feeds of wire.example") < html.index("Articles per day")


def test_kinds_that_are_switched_off_are_not_listed(folder, monkeypatch):
    monkeypatch.setenv("ONRECORD_ALERT_KINDS", "check")
    assert onrecord(folder, "alert").output == "nothing needs you\n"


def test_test_message_is_tried_on_each_channel_and_failure_exits_with_1(folder, monkeypatch):
    with open_inbox() as inbox:
        monkeypatch.setenv("ONRECORD_ALERT_URLS", inbox.channel)
        done = onrecord(folder, "alert", "--test")
        assert (done.exit_code, done.output.rpartition(": ")[2]) == (0, "sent\n")
        assert inbox.titles == ["onrecord: test"]
        inbox.status = 500
        done = onrecord(folder, "alert", "--test")
    assert done.exit_code == 1
    assert "error=500" in done.output
    assert "t0psecret" not in done.output


def test_test_without_a_channel_says_what_to_set(folder):
    done = onrecord(folder, "alert", "--test")
    assert isinstance(done.exception, SettingsError)
    assert "alert_urls = [" in str(done.exception)


def test_secrets_of_channels_are_not_shown(folder, monkeypatch):
    monkeypatch.setenv("ONRECORD_ALERT_URLS", "tgram://t0psecret/42 json://u:t0psecret@h/x")
    monkeypatch.setenv("ONRECORD_PING_URL", "https://watch.example/t0psecret")
    for arguments in (("settings",), ("settings", "--json")):
        shown = onrecord(folder, *arguments).output
        assert "t0psecret" not in shown
        assert "tgram://***" in shown
    for name in ("ONRECORD_ALERT_URLS", "ONRECORD_PING_URL", "ONRECORD_ALERT_URL"):
        monkeypatch.setenv(name, "t0psecret")
        problem = onrecord(folder, "settings").exception
        assert isinstance(problem, SettingsError)
        assert "t0psecret" not in str(problem)
        monkeypatch.delenv(name)


@pytest.mark.parametrize(("minutes", "code"), [(110, 0), (130, 1)])
def test_fail_if_older_goes_by_the_mark_of_the_last_ingest(tmp_path, minutes, code):
    folder = DataFolder(tmp_path)
    mark(last_ingest(folder), datetime.now(UTC) - timedelta(minutes=minutes))
    done = onrecord(folder, "status", "--fail-if-older", "2h")
    assert done.exit_code == code
    assert len(done.output.splitlines()) == code
    assert not code or "130 min ago, older than 2h" in done.output


def test_fail_if_older_needs_a_completed_ingest_and_an_age(folder):
    done = onrecord(folder, "status", "--fail-if-older", "2h")
    assert (done.exit_code, done.output.partition(":")[0]) == (1, "no ingest has completed")
    done = onrecord(folder, "status", "--fail-if-older", "off")
    assert "an age such as 30m" in str(done.exception)


def test_health_check_loads_neither_duckdb_nor_apprise(tmp_path):
    mark(last_ingest(DataFolder(tmp_path)), datetime.now(UTC))
    code = (
        "import sys\n"
        f"sys.argv = ['onrecord', 'status', '--fail-if-older', '2h', '--data', {str(tmp_path)!r}]\n"
        "from flows.__main__ import app\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        "print(*sorted({'apprise', 'duckdb', 'prefect', 'rich.table', 'trafilatura'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT,
                          env=os.environ, check=True)  # fmt: skip
    assert done.stdout.strip() == ""


def condition(subject, kind="feed_failing"):
    return Condition(kind=kind, item=subject, subject=subject, source_id="s", since_at=NOW, code="",
                     detail="not_found", advice="remove it")  # fmt: skip


def test_three_feeds_of_a_host_are_one_line_and_two_are_two():
    three = [condition(f"https://a.example/{n}") for n in range(3)]
    two = [condition(f"https://b.example/{n}") for n in range(2)]
    found = lines([*three, *two])
    assert [line.text.partition(" ha")[0] for line in found] == [
        "3 feeds of a.example",
        "https://b.example/0",
        "https://b.example/1",
    ]
    assert needs_you(found) == "3 things need you"


def test_many_of_a_kind_do_not_hide_the_others():
    many = [condition(f"https://h{n}.example/feed") for n in range(30)]
    found = lines([*many, condition("ingest", "run_failed")])
    assert len(found) == 12
    assert found[10].text == "20 more of the kind feed_failing"
    assert "WHERE kind = 'feed_failing'" in found[10].advice
    assert found[11].text.startswith("ingest has been failing")
    assert needs_you(found) == "31 things need you"


def test_list_cannot_steer_the_terminal():
    assert "\x1b" not in show_attention(lines([condition("https://a.example/\x1b[2J")]))


def test_totals_count_stories_copies_and_edits(tmp_path):
    first, copied = flood("a", "2024-06-03", hour=7), flood("b", "2024-06-03", hour=9)
    edited = flood(
        "a", "2024-06-03", hour=7, text=f"{first.article.text} A school was flooded, too."
    )
    folder = load_linked(tmp_path, [first, copied, TRIAL], [edited])
    publish(folder)
    (totals,) = orjson.loads(onrecord(folder, "status", "--json").stdout)["totals"]
    assert (totals["articles"], totals["revisions"]) == (3, 4)
    assert (totals["stories"], totals["copies"], totals["edits"]) == (1, 1, 1)
