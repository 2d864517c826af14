"""What counts as a problem: each condition with its beginning, its end and its usual case."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.alert_rows import (
    DAY,
    HOUR,
    fetch,
    finding,
    forget,
    list_feed,
    poll,
    reject,
    run,
)
from warehouse.alert_log import found_row, read_known
from warehouse.append import append_rows
from warehouse.conditions import find_conditions, ingest_history
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.storage import Storage, days_left, unusual_growth

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)  # a Monday


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with open_live(DataFolder(tmp_path_factory.mktemp("conditions"))) as con:
        yield con


@pytest.fixture
def con(shared):
    forget(shared)
    return shared


def find(con, kind, now=NOW):
    return find_conditions(con, kind, now, factor=2.0, hours=24.0)


def subjects(con, kind, now=NOW):
    return [condition.subject for condition in find(con, kind, now)]


def record(con, condition):
    append_rows(con, "alerts", [found_row(condition, "started", NOW)])


def news(con, name, every, *, until, days=40, is_skipped=lambda at: False):
    """List a feed that has a new entry at each step before `until` and is polled to the end."""
    list_feed(con, name, at=NOW - 100 * DAY)
    at = NOW - days * DAY
    while at < NOW:
        is_new = at <= until and not is_skipped(at)
        poll(con, name, at, "new" if is_new else "unchanged")
        at += every
    poll(con, name, NOW)


def test_daily_feed_is_silent_after_more_than_twice_its_usual_pause(con):
    news(con, "daily", DAY, until=NOW - 3 * DAY)
    (found,) = find(con, "feed_silent")
    assert found.subject == "https://wire.example/daily"
    assert found.since_at == NOW - 3 * DAY
    assert "pauses of more than 24 h are unusual" in found.detail


def test_feed_is_not_silent_once_it_has_a_new_entry(con):
    news(con, "daily", DAY, until=NOW - 3 * DAY)
    poll(con, "daily", NOW + HOUR, "new")
    assert not subjects(con, "feed_silent", NOW + 2 * HOUR)


def test_weekly_feed_is_not_silent_after_three_days(con):
    news(con, "weekly", 7 * DAY, until=NOW - 3 * DAY, days=66)
    assert not subjects(con, "feed_silent")


def test_feed_of_working_days_is_not_silent_on_monday_morning(con):
    news(
        con,
        "office",
        6 * HOUR,
        until=NOW,
        is_skipped=lambda at: at.weekday() >= 5 or at > NOW - DAY,
    )
    assert not subjects(con, "feed_silent")


def test_new_feed_is_not_silent_on_its_first_weekend(con):
    news(con, "young", 2 * HOUR, until=NOW - 3 * DAY, days=7)
    assert not subjects(con, "feed_silent")


def test_one_long_holiday_does_not_hide_the_next_silence(con):
    holiday = (NOW - 30 * DAY, NOW - 18 * DAY)
    news(con, "daily", DAY, until=NOW - 4 * DAY,
         is_skipped=lambda at: holiday[0] < at < holiday[1])  # fmt: skip
    assert subjects(con, "feed_silent") == ["https://wire.example/daily"]


def test_known_silence_lasts_until_a_new_entry_although_its_history_is_forgotten(con):
    news(con, "daily", DAY, until=NOW - 3 * DAY)
    (found,) = find(con, "feed_silent")
    record(con, found)
    later = NOW + 200 * DAY
    poll(con, "daily", later - HOUR)
    assert subjects(con, "feed_silent", later) == ["https://wire.example/daily"]
    poll(con, "daily", later, "new")
    assert not subjects(con, "feed_silent", later + HOUR)


def test_known_silence_goes_on_while_polls_fail_and_ends_when_the_feed_is_removed(con):
    news(con, "daily", DAY, until=NOW - 3 * DAY)
    record(con, find(con, "feed_silent")[0])
    poll(con, "daily", NOW + 5 * DAY, "failed")
    assert subjects(con, "feed_silent", NOW + 6 * DAY) == ["https://wire.example/daily"]
    assert not read_known(con, NOW).alerts["feed_silent:daily"].is_removed
    list_feed(con, "daily", state="removed", at=NOW + 7 * DAY)
    assert not subjects(con, "feed_silent", NOW + 8 * DAY)
    assert read_known(con, NOW).alerts["feed_silent:daily"].is_removed


def test_feed_that_is_removed_or_cannot_be_polled_is_not_silent(con):
    news(con, "removed", DAY, until=NOW - 5 * DAY)
    list_feed(con, "removed", state="removed", at=NOW - HOUR)
    news(con, "down", DAY, until=NOW - 9 * DAY)
    con.execute("DELETE FROM polls WHERE feed_id = 'down' AND polled_at > ?", [NOW - 4 * DAY])
    poll(con, "down", NOW, "failed")
    assert not subjects(con, "feed_silent")


def failing(con, name, hours, *, failure="not_found"):
    list_feed(con, name, at=NOW - 100 * DAY)
    poll(con, name, NOW - timedelta(hours=hours + 1), "new")
    for share in (1.0, 0.5, 0.1):
        poll(con, name, NOW - timedelta(hours=hours * share), "failed", failure=failure)


def test_feed_that_fails_for_a_day_is_found_with_its_last_error(con):
    failing(con, "dead", 25)
    failing(con, "short", 23)
    (found,) = find(con, "feed_failing")
    assert (found.subject, found.code) == ("https://wire.example/dead", "not_found")
    assert found.since_at == NOW - 25 * HOUR


def test_failing_feed_is_over_once_it_answers(con):
    failing(con, "dead", 25)
    poll(con, "dead", NOW + HOUR)
    assert not subjects(con, "feed_failing", NOW + 2 * HOUR)


def test_feed_that_often_fails_for_two_days_has_to_fail_longer(con):
    list_feed(con, "shaky", at=NOW - 100 * DAY)
    poll(con, "shaky", NOW - 10 * DAY, "new")
    poll(con, "shaky", NOW - 9 * DAY, "failed")
    poll(con, "shaky", NOW - 7 * DAY, "new")
    poll(con, "shaky", NOW - 2 * DAY, "failed")
    poll(con, "shaky", NOW - DAY, "failed")
    assert not subjects(con, "feed_failing")
    poll(con, "shaky", NOW + DAY, "failed")
    assert subjects(con, "feed_failing", NOW + 2 * DAY)


def test_polls_of_our_own_outage_are_no_failures(con):
    list_feed(con, "fine", at=NOW - 100 * DAY)
    poll(con, "fine", NOW - 4 * DAY, "new")
    for hours in (72, 48, 24, 1):
        poll(con, "fine", NOW - timedelta(hours=hours), "excused", failure="unknown_host")
    assert not subjects(con, "feed_failing")


def test_known_failure_keeps_its_beginning_for_a_year(con):
    failing(con, "dead", 25)
    (found,) = find(con, "feed_failing")
    record(con, found)
    later = NOW + 365 * DAY
    poll(con, "dead", later - 20 * DAY, "failed")
    (again,) = find(con, "feed_failing", later)
    assert again.since_at == found.since_at


def test_gone_feed_is_found_until_it_is_removed(con):
    list_feed(con, "old", at=NOW - 100 * DAY)
    list_feed(con, "old", state="gone", at=NOW - 90 * DAY)
    assert [found.code for found in find(con, "feed_failing")] == ["gone"]
    list_feed(con, "old", state="removed", at=NOW - HOUR)
    assert not find(con, "feed_failing")


def pages(con, first, count, at, *, failure=None, reason=None, source="wire.example", batch="b"):
    for number in range(first, first + count):
        document = f"{source}-d{number}" if reason or not failure else None
        fetch(con, number, at, failure=failure, document=document, source=source, batch=batch)
        if reason:
            reject(con, document, at, reason)


def test_publisher_whose_pages_have_no_text_any_more_is_found(con):
    pages(con, 0, 40, NOW - 12 * DAY)
    pages(con, 100, 9, NOW - 5 * HOUR, reason="too_short")
    pages(con, 200, 3, NOW - 5 * HOUR)
    (found,) = find(con, "publisher_failing")
    assert (found.subject, found.code) == ("wire.example", "too_short")
    assert found.detail == (
        "9 of 12 pages of the last 24 h were not read (usually 0 %), mostly too_short"
    )


def test_redesign_is_found_after_five_new_pages_that_are_not_read(con):
    pages(con, 0, 20, NOW - 14 * HOUR)
    pages(con, 100, 4, NOW - 3 * HOUR, reason="javascript_shell")
    assert not find(con, "publisher_failing")
    pages(con, 200, 1, NOW - HOUR, reason="javascript_shell")
    (found,) = find(con, "publisher_failing")
    assert found.detail == "none of the last 5 pages was read, mostly javascript_shell"
    assert found.since_at == NOW - 3 * HOUR
    record(con, found)
    assert find(con, "publisher_failing", NOW + 12 * HOUR)
    pages(con, 300, 1, NOW + 13 * HOUR)
    assert not find(con, "publisher_failing", NOW + 14 * HOUR)


def test_publisher_that_denies_every_page_is_found_and_ends_when_pages_are_read(con):
    pages(con, 0, 8, NOW - 3 * DAY, failure="forbidden")
    (found,) = find(con, "publisher_failing")
    assert found.code == "forbidden"
    record(con, found)
    pages(con, 50, 12, NOW + HOUR)
    assert not find(con, "publisher_failing", NOW + 2 * HOUR)


def test_known_publisher_stays_found_while_it_brings_no_page(con):
    list_feed(con, "feed", at=NOW - 100 * DAY)
    pages(con, 0, 8, NOW - 3 * DAY, failure="forbidden")
    record(con, find(con, "publisher_failing")[0])
    assert subjects(con, "publisher_failing", NOW + 60 * DAY) == ["wire.example"]
    list_feed(con, "feed", state="removed", at=NOW + 61 * DAY)
    assert not find(con, "publisher_failing", NOW + 62 * DAY)


@pytest.mark.parametrize(
    ("usual", "recent"),
    [
        pytest.param({"failure": "forbidden"}, {"failure": "forbidden"}, id="always-so"),
        pytest.param({}, {"reason": "listing"}, id="no-articles"),
    ],
)
def test_publisher_is_not_found(con, usual, recent):
    pages(con, 0, 40, NOW - 12 * DAY, **usual)
    pages(con, 100, 12, NOW - 5 * HOUR, **recent)
    assert not find(con, "publisher_failing")


def test_few_pages_and_our_own_outage_are_no_failing_publisher(con):
    pages(con, 0, 5, NOW - 5 * HOUR, failure="forbidden", source="small.example")
    for source in ("a.example", "b.example", "c.example"):
        pages(con, 0, 12, NOW - 5 * HOUR, failure="dns_temporary", source=source, batch="offline")
    assert not find(con, "publisher_failing")


def test_failed_ingest_is_found_until_one_completes(con):
    run(con, "r1", NOW - 5 * HOUR)
    run(con, "r2", NOW - 3 * HOUR, "failed", detail="no space")
    run(con, "r3", NOW - 2 * HOUR, "failed", detail="no space left")
    run(con, "r4", NOW - HOUR, "skipped")
    (found,) = find(con, "run_failed")
    assert found.since_at == NOW - 3 * HOUR
    assert found.detail == "the last 2 runs failed: no space left"
    run(con, "r5", NOW)
    assert not find(con, "run_failed", NOW + HOUR)


def test_run_that_died_failed_but_one_that_was_stopped_did_not(con):
    run(con, "r1", NOW - 3 * HOUR, "interrupted", detail="the process died after 09:00")
    run(con, "r2", NOW - 2 * HOUR, "interrupted", flow="reprocess", detail="stopped by a signal")
    assert subjects(con, "run_failed") == ["ingest"]


@pytest.mark.parametrize("flow", ["load", "backfill", "reprocess", "retry", "backup"])
def test_failed_run_of_any_other_flow_is_forgotten_after_a_week(con, flow):
    run(con, "r1", NOW - 6 * DAY, "failed", flow=flow)
    assert subjects(con, "run_failed") == [flow]
    assert subjects(con, "run_failed", NOW + 2 * DAY) == []


def test_findings_of_the_last_check_are_found_once_per_check(con):
    run(con, "c1", NOW - 2 * DAY, "failed", flow="check")
    finding(con, "c1", NOW - 2 * DAY, check="span_outside_text")
    run(con, "c2", NOW - DAY, "failed", flow="check")
    for _ in range(3):
        finding(con, "c2", NOW - DAY)
    finding(con, "c2", NOW - DAY, check="short_texts", severity="warning")
    found = find(con, "check")
    assert [(one.subject, one.code) for one in found] == [
        ("revision_twice", "error"),
        ("short_texts", ""),
    ]
    assert found[0].detail.startswith("3 findings, for example a1: has revision 1")
    assert not find(con, "run_failed")  # it did its work
    run(con, "c3", NOW, "failed", flow="check", detail="no space")
    assert [one.subject for one in find(con, "check")] == ["revision_twice", "short_texts"]
    assert [one.subject for one in find(con, "run_failed")] == ["check"]


def test_history_of_ingests_tells_the_usual_distance(con):
    for hours in (9, 8, 7, 2):
        run(con, f"r{hours}", NOW - timedelta(hours=hours))
    history = ingest_history(con, NOW)
    assert (history.completed, history.pause_s) == (4, 3600.0)
    assert history.completed_at == NOW - 2 * HOUR


def measured(sizes, *, free=10**12):
    return [
        Storage(measured_at=NOW + at * DAY, free_bytes=free, warehouse_bytes=0, archive_bytes=size)
        for at, size in enumerate(sizes)
    ]


def test_days_left_follow_the_growth_of_the_last_week():
    sizes = [0, 0, 0, *range(0, 80, 10)]
    assert days_left(measured(sizes), 700) == 70.0
    assert days_left(measured([5, 5, 5]), 700) is None
    assert days_left(measured([0, 10]), 700) is None


def test_growth_is_unusual_against_the_median_of_the_days_before():
    steady = [10**9 * day for day in range(10)]
    assert unusual_growth(measured(steady)) is None
    assert unusual_growth(measured([*steady, steady[-1] + 6 * 10**9])) == (6e9, 1e9)
    assert unusual_growth(measured([0, *steady[-3:]])) is None
