"""A clock that was wrong once: what it wrote down hides nothing that follows."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from flows.alerts.marks import last_ingest, mark
from flows.cli.freshness import age_problem
from flows.jobs.check import check_warehouse
from flows.jobs.doctor import examine
from flows.jobs.ingest import IngestRequest, find_work, ingest_feeds, next_due_at
from flows.runs.clock import RunClock
from flows.settings import Settings
from tests.helpers.in_process import ingest_in_process
from tests.helpers.news_server import serving
from tests.helpers.warehouses import query
from warehouse.connect import open_live
from warehouse.publish import publish
from warehouse.run_queries import open_runs

INSTANTS = {
    "alerts": ("recorded_at",),
    "documents": ("fetched_at",),
    "entries": ("seen_at",),
    "feeds": ("recorded_at",),
    "fetches": ("fetched_at", "next_fetch_at"),
    "polls": ("polled_at", "next_poll_at", "changed_at"),
    "runs": ("recorded_at", "started_at"),
    "visits": ("visited_at", "last_seen_at"),
}


@pytest.fixture
def news():
    with serving(feeds=2, articles=2) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host, revisit="off")


@pytest.fixture(autouse=True)
def _in_process(monkeypatch):
    ingest_in_process(monkeypatch)


def ingest(settings, **asked):
    return ingest_feeds(settings, IngestRequest(**asked))


def shift(settings, time):
    """Move what the runs so far have recorded, as if the clock had been wrong by `time`."""
    with open_live(settings.folder) as con:
        for table, columns in INSTANTS.items():
            moved = ", ".join(f"{column} = {column} + $time" for column in columns)
            con.execute(f"UPDATE {table} SET {moved}", {"time": time})
    publish(settings.folder, wait_s=5)


def clock_finding(settings):
    [found] = [finding for finding in examine(settings) if finding.subject == "clock"]
    return found


def test_run_after_a_wrong_clock_polls_all_feeds_and_later_ones_wait_again(settings, news):
    failing = news.lists["/feed-0.xml"][0]
    news.statuses[failing] = 503
    ingest(settings)
    shift(settings, timedelta(days=200))
    assert clock_finding(settings).level == "warning"
    assert "2 feeds polled ahead of the clock" in clock_finding(settings).detail
    now = datetime.now(UTC)
    assert next_due_at(settings, now) == now

    news.statuses.clear()
    report = ingest(settings)
    assert (report.polls.polled, report.polls.unchanged, report.count.appended) == (2, 2, 1)
    assert report.notes == (
        "2 feeds with a due time that only a wrong clock can have made: polled now",
    )
    assert query(settings, "SELECT detail FROM run_summary ORDER BY started_at LIMIT 1") == [
        report.notes
    ]
    assert clock_finding(settings).level == "ok"
    assert (next_due_at(settings, now) or now) > now

    assert ingest(settings) is None
    assert query(settings, "SELECT max(polled_at) < now() FROM latest_polls") == [(True,)]


def test_change_after_a_wrong_clock_is_seen_once(settings, news):
    ingest(settings)
    shift(settings, timedelta(days=200))
    path = news.lists["/feed-1.xml"][0]
    news.pages[path] = news.article(path, extra="A night boat is not planned after all.")
    news.refresh()
    assert ingest(settings).polls.changed_entries == 1
    assert ingest(settings, is_forced=True).polls.changed_entries == 0
    assert news.asked[path] == 2


def test_check_names_what_is_ahead_of_the_clock(settings):
    ingest(settings)
    shift(settings, timedelta(days=200))
    found = {finding.subject: finding.detail for finding in check_warehouse(settings).findings}
    assert found["feeds"].startswith("2 feeds were polled ahead of the clock, up to ")
    assert "`onrecord ingest` polls them" in found["feeds"]
    assert found["documents"].startswith("4 documents were fetched ahead of the clock")
    ingest(settings)
    assert "feeds" not in {finding.subject for finding in check_warehouse(settings).findings}


def test_feed_can_be_removed_and_listed_after_a_wrong_clock(settings, news):
    ingest(settings)
    shift(settings, timedelta(days=200))
    kept = dict(news.lists)
    del news.lists["/feed-1.xml"]
    settings.folder.feed_list.write_bytes(news.opml())
    assert ingest(settings).polls.polled == 1
    news.lists = kept
    settings.folder.feed_list.write_bytes(news.opml())
    assert ingest(settings).polls.polled == 1
    assert ingest(settings) is None


def test_clock_set_back_by_an_hour_repeats_nothing(settings, news):
    ingest(settings)
    shift(settings, timedelta(minutes=59))
    asked = news.asked.total()
    assert ingest(settings) is None
    assert news.asked.total() == asked


def test_clock_set_back_by_days_polls_in_the_usual_rhythm(settings, news):
    """The rows so far are ahead of a clock that is two days late, in all runs until it is set."""
    ingest(settings)
    shift(settings, timedelta(days=2))
    assert ingest(settings).polls.polled == 2
    assert ingest(settings) is None


# The hours that the clock repeats, leaves out, and changes at midnight.
DAYLIGHT_SAVING = (
    ("Europe/Berlin", datetime(2025, 10, 26, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2025, 3, 30, 1, tzinfo=UTC)),
    ("America/Santiago", datetime(2025, 9, 7, 4, tzinfo=UTC)),
)


def test_feeds_are_due_on_time_when_daylight_saving_begins_or_ends(settings, monkeypatch):
    ingest(settings)
    try:
        for zone, changes_at in DAYLIGHT_SAVING:
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            for minutes in (-30, 0, 30):
                check_due_at(settings, changes_at + timedelta(minutes=minutes))
    finally:
        monkeypatch.undo()
        time.tzset()


def check_due_at(settings, due_at):
    with open_live(settings.folder) as con:
        con.execute(
            "UPDATE polls SET polled_at = $due - INTERVAL 1 HOUR, next_poll_at = $due",
            {"due": due_at},
        )
    before = due_at - timedelta(seconds=1)
    assert next_due_at(settings, before) == due_at
    assert find_work(settings, IngestRequest(), before) == ([], False)
    assert len(find_work(settings, IngestRequest(), due_at)[0]) == 2


@pytest.mark.parametrize(
    ("wall", "steady", "jump"),
    [
        pytest.param(30.0, 30.0, 0.0, id="as-it-should-be"),
        pytest.param(75.0, 30.0, 0.0, id="corrected-by-seconds"),
        pytest.param(3630.0, 30.0, 3600.0, id="set-forward"),
        pytest.param(-7170.0, 30.0, -7200.0, id="set-back"),
        pytest.param(259_300.0, 259_200.0, 0.0, id="three-days-of-slow-correction"),
    ],
)
def test_clock_that_is_set_during_a_run_is_noticed(wall, steady, jump):
    walls, steadies = iter((1_700_000_000.0, 1_700_000_000.0 + wall)), iter((50.0, 50.0 + steady))
    clock = RunClock(wall_s=lambda: next(walls), steady_s=lambda: next(steadies))
    assert clock.jump_s() == pytest.approx(jump)


def test_run_says_that_the_clock_was_set_meanwhile(settings, monkeypatch, capfd):
    monkeypatch.setattr(RunClock, "jump_s", lambda _: -7200.0)
    report = ingest(settings)
    said = "the clock was set back by 2 h during the run, so its times are not reliable"
    assert report.notes == (said,)
    assert query(settings, "SELECT state, detail FROM run_summary") == [("completed", said)]


def test_run_ends_even_if_its_end_is_before_its_beginning(settings):
    ingest(settings)
    with open_live(settings.folder) as con:
        con.execute(
            "UPDATE runs SET recorded_at = recorded_at + INTERVAL 3 HOUR WHERE state = 'running'"
        )
        assert open_runs(con) == []
    publish(settings.folder, wait_s=5)
    assert not [f for f in examine(settings) if f.subject == "run"]


def test_health_check_does_not_trust_a_mark_of_the_future(settings):
    ingest(settings)
    shift(settings, -timedelta(hours=5))
    mark(last_ingest(settings.folder), datetime.now(UTC) + timedelta(days=200))
    assert "5 h ago" in (age_problem(settings, "2h") or "").replace("300 min", "5 h")
    os.utime(last_ingest(settings.folder))
    assert age_problem(settings, "2h") is None
