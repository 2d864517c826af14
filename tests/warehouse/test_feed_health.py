"""How feeds do, from their rows: rhythm, gaps, failures, and what happened to their pages."""

from datetime import timedelta

import pytest

from tests.helpers.builders import NOW
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.feed_health import read_feed_details, read_feed_health
from warehouse.folder import DataFolder
from warehouse.spool import Batch, spool

DAY = timedelta(days=1)
URL = "https://harbor.example/rss"


def feed(feed_id="f1", **given):
    return {
        "feed_id": feed_id, "source_id": "harbor.example", "url": f"{URL}/{feed_id}",
        "state": "listed", "recorded_at": NOW - 60 * DAY,
    } | given  # fmt: skip


def poll(at, *, feed_id="f1", **given):
    return {
        "feed_id": feed_id, "polled_at": at, "url": URL, "outcome": "new", "flags": [],
        "entries": 9, "new_entries": 1, "changed_entries": 0, "known_entries": 0,
        "dropped_entries": 0, "is_gap_risk": False, "conditional_polls": 0,
        "redirect_sightings": 0, "failures": 0.0, "http_status": 200, "interval_s": 3600.0,
    } | given  # fmt: skip


def entry(number, seen_at, *, feed_id="f1", **given):
    url = f"https://harbor.example/{number}"
    return {
        "entry_id": f"{feed_id}-{number}", "feed_id": feed_id, "source_id": "harbor.example",
        "status": "new", "seen_at": seen_at, "position": 0, "url": url, "canonical_url": url,
        "title": f"Boat {number}", "authors": [], "tags": [], "flags": [], "fingerprint": "a",
    } | given  # fmt: skip


def fetch(number, at, **given):
    url = f"https://harbor.example/{number}"
    return {
        "canonical_url": url, "url": url, "source_id": "harbor.example", "entry_id": f"f1-{number}",
        "fingerprint": "a", "fetched_at": at, "attempts": 1,
    } | given  # fmt: skip


@pytest.fixture
def warehouse(tmp_path):
    """Return a function that appends rows and opens the warehouse."""
    folder = DataFolder(tmp_path)

    def opened(**rows):
        batch = Batch(run_id="run-1")
        batch.add(rows)
        with open_live(folder) as con:
            append_batch(con, spool(batch, folder.spool))
        return open_live(folder)

    return opened


def test_entries_of_the_first_poll_count_from_their_dates(warehouse):
    begun = NOW - 10 * DAY
    old = [entry(n, begun, published_at=begun - n * 7 * DAY) for n in range(4)]
    later = [entry(10 + n, begun + n * DAY, published_at=begun - 300 * DAY) for n in (1, 2)]
    with warehouse(feeds=[feed()], polls=[poll(NOW)], entries=[*old, *later]) as con:
        [row] = read_feed_health(con, now=NOW)
    assert row["last_new_at"] == begun + 2 * DAY
    assert row["longest_pause"] == 7 * DAY
    # Five in the last 28 days: two before the first poll, one at it, and two later.
    assert row["new_per_day"] == round(5 / 28, 1)


def test_undated_and_future_entries_count_from_the_poll(warehouse):
    begun = NOW - 2 * DAY
    entries = [entry(1, begun), entry(2, begun, published_at=NOW + 9 * DAY)]
    with warehouse(feeds=[feed()], polls=[poll(NOW)], entries=entries) as con:
        [row] = read_feed_health(con, now=NOW)
    assert (row["last_new_at"], row["longest_pause"], row["new_per_day"]) == (begun, None, 1.0)


def test_changed_entries_are_not_new(warehouse):
    entries = [entry(1, NOW - 9 * DAY), entry(1, NOW - DAY, status="changed")]
    with warehouse(feeds=[feed()], polls=[poll(NOW)], entries=entries) as con:
        [row] = read_feed_health(con, now=NOW)
    assert row["last_new_at"] == NOW - 9 * DAY


def test_gaps_of_the_last_week_are_counted(warehouse):
    polls = [poll(NOW - n * DAY, is_gap_risk=True) for n in (1, 3, 8)] + [poll(NOW)]
    with warehouse(feeds=[feed(), feed("f2")], polls=polls) as con:
        rows = {row["feed_id"]: row for row in read_feed_health(con, now=NOW)}
    assert (rows["f1"]["gap_risks"], rows["f1"]["note"]) == (2, "may have missed entries")
    assert (rows["f2"]["gap_risks"], rows["f2"]["polled_at"], rows["f2"]["new_per_day"]) == (
        0,
        None,
        None,
    )


def test_removed_feed_is_left_out_and_a_failure_is_told(warehouse):
    feeds = [feed(), feed("f2"), feed("f2", state="removed", recorded_at=NOW)]
    failed = poll(NOW, outcome="failed", failure="not_found", detail="status 404", failures=0.5)
    with warehouse(feeds=feeds, polls=[failed]) as con:
        [row] = read_feed_health(con, now=NOW)
    assert (row["feed_id"], row["outcome"], row["note"]) == (
        "f1",
        "failed",
        "not_found: status 404",
    )


def test_details_have_the_newest_first_and_only_of_this_feed(warehouse):
    polls = [poll(NOW - n * DAY) for n in range(12)] + [poll(NOW, feed_id="f2")]
    failed = [
        poll(NOW - n * DAY, outcome="failed", failure="server_error", detail=f"status 50{n}")
        for n in (13, 14, 40)
    ]
    entries = [entry(n, NOW - n * DAY) for n in range(12)] + [entry(99, NOW, feed_id="f2")]
    with warehouse(feeds=[feed()], polls=polls + failed, entries=entries) as con:
        found = read_feed_details(con, "f1", now=NOW)
    assert [row["polled_at"] for row in found["last_polls"]] == [NOW - n * DAY for n in range(8)]
    assert [row["title"] for row in found["last_entries"]] == [f"Boat {n}" for n in range(8)]
    assert [(r["failure"], r["polls"], r["detail"]) for r in found["last_failures"]] == [
        ("server_error", 2, "status 5013")
    ]


def test_pages_of_the_week_have_the_reason_of_their_last_fetch(warehouse):
    fetches = [
        fetch(1, NOW - DAY, document_id="d1"),
        fetch(2, NOW - 2 * DAY, failure="server_error"),
        fetch(2, NOW - DAY, document_id="d2"),
        fetch(3, NOW - DAY, failure="login_wall", document_id="d3"),
        fetch(4, NOW - DAY, document_id="d4"),
        fetch(5, NOW - 8 * DAY, document_id="d5"),
        fetch(6, NOW - DAY, document_id="d6"),
    ]
    refused = {"rejection_id": "r4", "run_id": "run-1", "item": "https://harbor.example/4", "document_id": "d4", "stage": "clean",
               "reason": "too_short", "detail": "5 letters", "rejected_at": NOW}  # fmt: skip
    entries = [entry(n, NOW - 9 * DAY) for n in range(1, 6)] + [entry(6, NOW, feed_id="f2")]
    with warehouse(feeds=[feed()], entries=entries, fetches=fetches, rejections=[refused]) as con:
        found = read_feed_details(con, "f1", now=NOW)["pages_7_days"]
    assert {row["reason"]: row["pages"] for row in found} == {
        None: 2,
        "login_wall": 1,
        "too_short": 1,
    }
