"""What the end of a run does: it looks, records and tells, and it never fails the run."""

import os
from datetime import UTC, datetime, timedelta

import pytest

import flows.alerts.after_run as module
from flows.alerts.after_run import after_nothing_due, after_run, failure_followed, followed
from flows.alerts.attention import find_attention
from flows.alerts.marks import last_emergency, last_ingest, marked_at
from flows.alerts.queue import waiting
from flows.alerts.watching import add_watch
from flows.errors import FeedListError, RunActiveError
from flows.settings import Settings
from tests.helpers.alert_rows import run
from tests.helpers.inbox import open_inbox
from tests.helpers.logged import logged, named
from tests.helpers.questions import BUDGET, PLAN
from tests.helpers.stories import append_stories
from tests.helpers.warehouses import query
from warehouse.connect import open_live, open_snapshot
from warehouse.lock import writer_lock
from warehouse.publish import publish
from warehouse.watches import make_watch

pytestmark = pytest.mark.usefixtures("unpublished")

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
RUNS = "run_failed,run_missing"


@pytest.fixture
def inbox():
    with open_inbox() as inbox:
        yield inbox


@pytest.fixture
def settings(tmp_path, monkeypatch, inbox):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    settings = Settings(
        data=tmp_path / "data", alert_urls=(inbox.channel,), alert_kinds=RUNS, lock_wait_s=0.0
    )
    with open_live(settings.folder):
        pass
    return settings


def hours(count):
    return NOW + timedelta(hours=count)


def add_run(settings, name, at, *state, **given):
    with open_live(settings.folder) as con:
        run(con, name, at, *state, **given)


def test_failed_run_is_told_once_and_its_end_once_and_readers_see_it(settings, inbox):
    add_run(settings, "r1", NOW, "failed", detail="no space")
    after_run(settings, now=NOW)
    after_run(settings, now=hours(1))
    assert len(inbox.messages) == 1
    title, body = inbox.messages[0]
    assert title == (
        "onrecord: ingest has been failing since 2024-07-01 12:00 UTC: the last run failed: no space"
    )
    assert "Next: correct the cause" in body
    with open_snapshot(settings.folder) as con:
        assert con.execute("SELECT kind, subject FROM open_alerts").fetchall() == [
            ("run_failed", "ingest")
        ]
    add_run(settings, "r2", hours(2))
    after_run(settings, now=hours(2))
    after_run(settings, now=hours(4))
    after_run(settings, now=hours(5))
    assert inbox.titles[1:] == [
        "onrecord: ingest completes again (problem since 2024-07-01 12:00 UTC)"
    ]


def test_message_that_could_not_be_sent_is_sent_by_the_next_run(settings, inbox):
    inbox.status = 500
    add_run(settings, "r1", NOW, "failed")
    after_run(settings, now=NOW)
    assert not inbox.messages
    inbox.status = 200
    after_run(settings, now=hours(1))
    assert [title.partition(" since ")[0] for title in inbox.titles] == [
        "onrecord: ingest has been failing"
    ]


def test_channel_that_takes_no_messages_is_listed(settings, inbox):
    inbox.status = 500
    add_run(settings, "r1", NOW, "failed")
    after_run(settings, now=NOW)
    after_run(settings, now=hours(2))
    with open_live(settings.folder) as con:
        found = find_attention(con, settings, hours(2))
    assert [(one.kind, one.is_urgent) for one in found] == [
        ("run_failed", True),
        ("channel", False),
    ]
    assert found[1].detail.startswith("1 message could not be sent: ")


def test_dropped_message_is_recorded(settings, inbox):
    inbox.status = 500
    add_run(settings, "r1", NOW, "failed")
    after_run(settings, now=NOW)
    after_run(settings, now=hours(80))
    ((detail,),) = query(settings, "SELECT detail FROM alerts WHERE state = 'dropped'")
    assert "not sent after 1 attempts" in detail
    assert "error=500" in detail


def test_failure_before_a_run_began_is_recorded_and_told(settings, inbox):
    problem = FeedListError(settings.folder.feed_list, "is not XML")
    with pytest.raises(FeedListError), failure_followed("ingest", settings):
        raise problem
    assert query(settings, "SELECT flow, state, detail FROM runs") == [
        ("ingest", "failed", str(problem))
    ]
    (title,) = inbox.titles
    assert title.startswith("onrecord: ingest has been failing since")


def test_skipped_run_looks_but_neither_counts_as_failed_nor_pings(settings, inbox):
    settings = settings.model_copy(update={"ping_url": inbox.url("/uuid")})
    with pytest.raises(RunActiveError), followed("ingest", settings):
        raise RunActiveError("run-1")
    assert not query(settings, "SELECT state FROM runs")
    assert not inbox.gets
    assert marked_at(last_ingest(settings.folder)) is None


def test_watchdog_hears_of_each_ingest_and_of_failed_ones(settings, inbox):
    settings = settings.model_copy(update={"ping_url": inbox.url("/uuid"), "alert_urls": ()})
    with followed("ingest", settings):
        pass
    with pytest.raises(ValueError, match="bad"), followed("ingest", settings):
        raise ValueError("bad")
    with followed("check", settings):
        pass
    assert inbox.gets == ["/uuid", "/uuid/fail"]


def test_ingest_with_nothing_due_leaves_its_mark_and_looks_once_an_hour(
    settings, inbox, monkeypatch
):
    looks = []

    def look(_con, _settings, now):
        looks.append(now)
        return []

    monkeypatch.setattr(module, "find_attention", look)
    settings = settings.model_copy(update={"ping_url": inbox.url("/uuid")})
    for minutes in (0, 10, 20, 60):
        after_nothing_due(settings, now=NOW + timedelta(minutes=minutes))
    assert looks == [NOW, hours(1)]
    assert marked_at(last_ingest(settings.folder)) == hours(1)
    assert inbox.gets == ["/uuid"] * 4


def test_missing_ingest_is_told_by_another_flow_and_a_mark_counts_as_ingest(settings, inbox):
    for hour in range(-6, 1):
        add_run(settings, f"r{hour}", hours(hour))
    after_run(settings, now=hours(3), flow="check")
    assert not inbox.messages
    after_run(settings, now=hours(4), flow="check")
    assert inbox.titles == [
        "onrecord: ingest has not run since 2024-07-01 12:00 UTC: none has completed, though one usually ..."
    ]
    after_nothing_due(settings, now=hours(5))
    after_nothing_due(settings, now=hours(6.1))
    assert inbox.titles[1:] == ["onrecord: ingest runs again (problem since 2024-07-01 12:00 UTC)"]


def test_interrupted_run_waits_for_nothing(settings, inbox):
    add_run(settings, "r1", NOW, "failed")
    with pytest.raises(KeyboardInterrupt), followed("ingest", settings):
        raise KeyboardInterrupt
    assert not inbox.messages


def test_busy_warehouse_is_left_to_the_run_that_writes(settings, inbox, capsys):
    add_run(settings, "r1", NOW, "failed")
    with writer_lock(settings.folder.lock, wait_s=0.0):
        after_run(settings, now=NOW)
    assert not inbox.messages
    assert not capsys.readouterr().err


def test_warehouse_that_cannot_be_used_is_told_once_a_day_and_when_it_is_back(
    settings, inbox, capsys
):
    kept = settings.folder.live.read_bytes()
    settings.folder.live.write_bytes(b"not a database")
    after_run(settings, now=NOW)
    after_run(settings, now=hours(1))
    assert inbox.titles == ["onrecord: the warehouse cannot be used"]
    assert "onrecord doctor" in inbox.messages[0][1]
    assert "could not look for problems" in capsys.readouterr().err
    settings.folder.live.write_bytes(kept)
    after_run(settings, now=hours(2))
    assert inbox.titles[1:] == ["onrecord: the warehouse can be written again"]
    assert not last_emergency(settings.folder).exists()


def test_problem_is_logged_when_it_starts_and_when_it_is_told(settings, inbox):
    add_run(settings, "r1", NOW, "failed")
    with logged("json", "info") as shown:
        after_run(settings, now=NOW)
    recorded = query(
        settings, "SELECT kind, subject, state, detail FROM alerts ORDER BY recorded_at, state"
    )
    told = [
        (line["kind"], line["subject"], line["state"], line["detail"])
        for line in named(shown, "alert_recorded")
    ]
    assert {state for _, _, state, _ in told} == {"started", "told"}
    assert sorted(told) == sorted(recorded)


def test_bug_in_the_look_does_not_fail_the_run_and_is_said(settings, monkeypatch, capsys):
    def broken(*_):
        raise ZeroDivisionError("x")

    monkeypatch.setattr(module, "find_attention", broken)
    after_run(settings, now=NOW, flow="ingest")
    assert "ZeroDivisionError: x" in capsys.readouterr().err
    assert marked_at(last_ingest(settings.folder)) == NOW


def test_first_look_at_an_old_warehouse_sends_one_message(settings, inbox):
    with open_live(settings.folder) as con:
        for flow in ("ingest", "check", "backfill", "reprocess"):
            run(con, f"old-{flow}", NOW - timedelta(hours=1), "failed", flow=flow)
    after_run(settings, now=NOW)
    assert inbox.titles == ["onrecord: 4 things need you"]
    assert not waiting(settings.folder)


def test_folder_without_a_warehouse_is_left_alone(tmp_path, inbox):
    settings = Settings(data=tmp_path / "none", alert_urls=(inbox.channel,))
    after_run(settings, now=NOW)
    assert not os.path.lexists(settings.folder.root)


def test_what_a_watch_finds_is_told_once_at_the_end_of_a_run(settings, inbox):
    append_story(settings, PLAN)
    publish(settings.folder)
    add_watch(
        settings,
        make_watch(words='"quantum computers"', speaker=None, entity=None, name="quantum"),
        now=NOW,
    )
    after_run(settings, now=hours(1), flow="ingest")
    assert inbox.titles == []  # nothing new
    append_story(settings, BUDGET)
    for at in (hours(2), hours(3)):
        after_run(settings, now=at, flow="ingest")
    assert inbox.titles == ["quantum: 1 new match"]


def append_story(settings, story):
    with open_live(settings.folder) as con:
        append_stories(con, settings.folder.spool, story)
