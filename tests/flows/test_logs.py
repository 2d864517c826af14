"""The log: what people and programs see of it, and what nobody may see."""

import contextlib
import io
import json
import logging
import re
import sys
from pathlib import Path

import pytest

from flows import events
from flows.cli.run_command import progress
from flows.errors import RunActiveError
from flows.events import CertificateUnchecked, FeedFailed, PageFailed, RunEnded, WorkerEnded
from flows.feeds.poll_log import log_polls
from flows.logs import lines_of, log, start_logs
from flows.runs.lock import running
from flows.runs.report import RunReport
from flows.settings import Settings
from tests.helpers.logged import lines, logged, named
from warehouse.connect import open_live
from warehouse.folder import DataFolder

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SECRET = "cAnAry"

# Fields that no table has: a count of batches, an address of `serve`, and a pause of it.
NOT_COLUMNS = {"batches", "method", "metrics_url", "milliseconds", "pages", "pause_s", "token"}

FAILED = FeedFailed(
    feed_id="f1-ab",
    url=f"https://desk:{SECRET}@wire.example/feed?token={SECRET}",
    http_status=404,
    failure="not_found",
    detail=f'status 404 at "https://wire.example/b?api_key={SECRET}"',
    failures=1.0,
    next_poll_at=None,
)
UNCHECKED = CertificateUnchecked(url="https://wire.example/a")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_line_for_programs_has_the_event_its_fields_and_the_run():
    with logged("json") as shown, lines_of("run-1"):
        log(FAILED)
    [line] = lines(shown)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("logged_at"))
    assert line == {
        "level": "warning",
        "event": "feed_failed",
        "feed_id": "f1-ab",
        "url": "https://***@wire.example/feed?token=***",
        "http_status": 404,
        "failure": "not_found",
        "detail": 'status 404 at "https://wire.example/b?api_key=***"',
        "failures": 1.0,
        "run_id": "run-1",
    }


def test_line_for_people_can_be_split_at_blanks_and_does_not_steer_the_terminal():
    with logged("text") as shown:
        log(PageFailed(url="https://wire.example/a", http_status=None, failure="tls",
                       detail='said "no"\n\x1b[2J', attempts=1))  # fmt: skip
    [line] = shown.getvalue().splitlines()
    assert line.partition(" ")[2] == (
        'INFO    page_failed url=https://wire.example/a failure=tls detail="said \\"no\\" \ufffd[2J" attempts=1'
    )


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_secrets_of_other_messages_and_tracebacks_are_masked(log_format):
    with logged(log_format) as shown:
        try:
            int(f"https://wire.example/?key={SECRET}")
        except ValueError:
            logging.getLogger("onrecord.plugin").exception("lost https://a:%s@b.example/", SECRET)
    assert SECRET not in shown.getvalue()
    assert "https://***@b.example/" in shown.getvalue()
    assert "ValueError" in shown.getvalue()


def test_terminal_gets_text_and_everything_else_json(monkeypatch):
    for stream, expected in ((Terminal(), "text"), (io.StringIO(), "json")):
        monkeypatch.setattr(sys, "stderr", stream)
        assert start_logs("auto").format == expected


def test_command_logs_only_what_its_report_does_not_say():
    with logged("json", None) as shown:
        log(FAILED)  # in the report
        log(UNCHECKED)
    assert [line["event"] for line in lines(shown)] == ["certificate_unchecked"]


def test_chosen_level_shows_all_of_it():
    with logged("json", "warning") as shown:
        log(FAILED)
        log(RunEnded(run_id="run-1", flow="load", state="completed"))
    assert [line["event"] for line in lines(shown)] == ["feed_failed"]


def test_served_process_logs_what_runs_do():
    with logged("json", None, is_served=True) as shown:
        log(RunEnded(run_id="run-1", flow="load", state="completed"))
    assert named(shown, "run_ended") != []


def test_library_prints_nothing_unless_its_user_wants_it(capfd, caplog):
    log(UNCHECKED)
    assert capfd.readouterr().err == ""
    assert "certificate_unchecked" in caplog.text  # handlers of the user's program get it


def test_http_libraries_cannot_log_urls(caplog):
    start_logs("json", "debug")
    logging.getLogger("httpx").info("GET https://wire.example/?token=%s", SECRET)
    logging.getLogger("httpcore.connection").debug("connect %s", SECRET)
    assert SECRET not in caplog.text


def test_progress_and_log_do_not_mix_on_a_terminal(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    start_logs("auto", "warning")
    with progress() as on_report:
        on_report(RunReport(run_id="run-1"))
        log(UNCHECKED)
        log(WorkerEnded(reason="crash", detail="its worker died with exit code -9"))
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    rows = [row for line in plain.splitlines() for row in line.split("\r")]
    told = [row for row in rows if "WARNING" in row]
    assert [row[21:].rstrip() for row in told] == [
        "WARNING certificate_unchecked url=https://wire.example/a",
        'WARNING worker_ended reason=crash detail="its worker died with exit code -9"',
    ]
    assert any("documents" in row for row in rows)  # the bar


def test_progress_lines_give_way_to_the_log(capsys):
    with progress(is_shown=False) as on_report:
        on_report(RunReport(run_id="run-1"))
    assert capsys.readouterr().err == ""


def test_outcome_of_each_poll_is_one_line_and_an_outage_is_one_for_all():
    def poll(number, outcome, **more):
        row = dict.fromkeys(
            ("http_status", "failure", "detail", "next_poll_at", "disabled_reason"), None
        )
        counts = {"failures": 0.0, "new_entries": 2, "changed_entries": 0, "is_gap_risk": False}
        url = f"https://wire.example/{number}"
        return row | counts | {"feed_id": f"f1-{number}", "url": url, "outcome": outcome} | more

    polls = [
        poll(1, "new"), poll(2, "unchanged"), poll(3, "failed", failure="timeout"),
        poll(4, "gone", disabled_reason="gone"), poll(5, "excused"), poll(6, "excused"),
    ]  # fmt: skip
    moved = f"https://wire.example/new?token={SECRET}"
    with logged() as shown:
        log_polls(polls, {"https://wire.example/1": moved})
    assert [(line["event"], line["level"]) for line in lines(shown)] == [
        ("feed_polled", "info"), ("feed_unchanged", "debug"), ("feed_failed", "warning"),
        ("feed_stopped", "warning"), ("network_failed", "warning"), ("feed_moved", "info"),
    ]  # fmt: skip
    assert named(shown, "network_failed")[0]["feeds"] == 2
    assert named(shown, "feed_moved")[0]["redirect_url"].endswith("token=***")


def test_skipped_and_failed_runs_are_logged_with_their_key(tmp_path):
    settings = Settings(data=tmp_path)
    with (
        logged("json") as shown,
        contextlib.suppress(ZeroDivisionError),
        running("ingest", settings, parameters={}) as run,
    ):
        with pytest.raises(RunActiveError), running("ingest", settings, parameters={}):
            pass
        log(UNCHECKED)
        raise ZeroDivisionError(f"https://wire.example/?key={SECRET}")
    assert SECRET not in shown.getvalue()
    assert [line["event"] for line in lines(shown)] == [
        "run_started", "run_ended", "certificate_unchecked", "run_failed",
    ]  # fmt: skip
    [skipped] = named(shown, "run_ended")
    assert (skipped["state"], skipped["detail"]) == (
        "skipped",
        f"run {run.run_id} (ingest) is active",
    )
    [failed] = named(shown, "run_failed")
    assert (failed["run_id"], failed["level"]) == (run.run_id, "error")
    assert named(shown, "certificate_unchecked")[0]["run_id"] == run.run_id


def test_fields_have_the_names_of_columns(tmp_path):
    with open_live(DataFolder(tmp_path)) as con:
        rows = con.execute("SELECT DISTINCT column_name FROM duckdb_columns()").fetchall()
    columns = {name for (name,) in rows}
    fields = {name for kind in events.events() for name in kind.field_names()}
    assert fields - columns == NOT_COLUMNS


def test_every_event_is_logged_somewhere():
    code = "".join(
        path.read_text("utf-8")
        for path in (ROOT / "flows").rglob("*.py")
        if path.name != "events.py"
    )
    unused = [
        kind.__name__ for kind in events.events() if not re.search(rf"\b{kind.__name__}\b", code)
    ]
    assert unused == []


def test_readme_lists_every_event():
    rows = re.findall(r"^\| `([a-z_]+)` \| (debug|info|warning|error) \| (.+) \| (.*) \|$", README, re.MULTILINE)  # fmt: skip
    assert rows == [
        (
            kind.name(),
            logging.getLevelName(kind.level).lower(),
            (kind.__doc__ or "").splitlines()[0].rstrip("."),
            ", ".join(f"`{name}`" for name in kind.field_names()),
        )
        for kind in events.events()
    ]


def test_line_of_the_readme_is_one_that_is_logged():
    section = README[README.index("## Logs and metrics") :]
    line = json.loads(re.search(r"```json\n(.*?)```", section, re.DOTALL)[1])
    kinds = {kind.name(): kind for kind in events.events()}
    fields = {"logged_at", "level", "event", "run_id", *kinds[line["event"]].field_names()}
    assert set(line) <= fields


def test_json_is_one_object_per_line_for_any_text():
    with logged("json") as shown:
        log(PageFailed(url="https://wire.example/\u2028\ud800", http_status=None, failure="x", detail="a\nb", attempts=1))  # fmt: skip
    [line] = shown.getvalue().split("\n")[:-1]
    assert json.loads(line)["detail"] == "a\nb"
