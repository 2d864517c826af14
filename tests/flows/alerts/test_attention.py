"""The disk and its growth, what is urgent, what to do, and what must not be shown."""

from datetime import UTC, datetime, timedelta

import pytest

import flows.alerts.attention as module
from flows.alerts.attention import find_attention
from flows.alerts.lines import lines
from flows.settings import Settings
from tests.helpers.alert_rows import DAY, HOUR, finding, forget, list_feed, run
from warehouse.append import append_rows
from warehouse.connect import open_live
from warehouse.folder import DataFolder

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
GB = 10**9


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    root = tmp_path_factory.mktemp("attention")
    with open_live(DataFolder(root)) as con:
        yield con, Settings(data=root)


@pytest.fixture
def attend(shared, monkeypatch):
    """Return a function that looks at the shared warehouse on a disk with `free` bytes."""
    con, settings = shared
    forget(con)

    def attended(*, free=10**15, **given):
        monkeypatch.setattr(module, "free_bytes", lambda _: free)
        return find_attention(con, settings.model_copy(update=given), NOW)

    attended.con = con  # type: ignore[attr-defined]  # for tests that add rows
    return attended


def measure(con, days_ago, archive, *, free=10**15):
    row = {
        "measured_at": NOW - days_ago * DAY, "free_bytes": free, "warehouse_bytes": 0,
        "archive_bytes": archive,
    }  # fmt: skip
    append_rows(con, "storage", [row])


def test_nearly_full_disk_is_urgent_and_a_roomy_one_is_nothing(attend):
    assert not attend()
    (found,) = attend(free=GB // 2)
    assert (found.kind, found.is_urgent) == ("disk", True)
    assert found.detail == "500.0 MB free, but a snapshot and a batch may need 1.0 GB"
    assert "keep_archive_days" in found.advice


def test_disk_that_will_be_full_in_days_is_told_before_it_is(attend):
    for day in range(8):
        measure(attend.con, 7 - day, day * 10 * GB)
    (found,) = attend(free=100 * GB)
    assert found.detail == "100.0 GB free, full in 10 days at the pace of this week"
    assert not attend(free=100 * GB, alert_disk_days=7.0)
    assert not attend(free=1000 * GB)


def test_sudden_growth_is_minor(attend):
    for day in range(12):
        measure(attend.con, 12 - day, day * GB)
    measure(attend.con, 0, 30 * GB)
    (found,) = attend()
    assert (found.kind, found.is_urgent) == ("growth", False)
    assert found.detail == "grew by 19.0 GB in a day, usually 1.0 GB"


def test_errors_of_checks_are_urgent_and_come_before_warnings(attend):
    run(attend.con, "c1", NOW - DAY, flow="check")
    finding(attend.con, "c1", NOW - 2 * DAY, check="short_texts", severity="warning")
    finding(attend.con, "c1", NOW - DAY, check="revision_twice")
    assert [(one.subject, one.is_urgent) for one in attend()] == [
        ("revision_twice", True),
        ("short_texts", False),
    ]


def test_kinds_that_are_switched_off_are_not_looked_for(attend):
    assert not attend(free=0, alert_kinds="check,run_failed")
    assert attend(free=0, alert_kinds="check, disk")


@pytest.mark.parametrize(("hours", "is_missing"), [(5, False), (7, True)])
def test_ingest_is_missing_after_three_times_the_usual_time(attend, hours, is_missing):
    for at in range(6):
        run(attend.con, f"r{at}", NOW - timedelta(hours=hours + 2 * at))
    assert [one.kind for one in attend()] == ["run_missing"] * is_missing


def test_few_ingests_long_ago_are_somebody_trying_it_out(attend):
    for at in range(4):
        run(attend.con, f"r{at}", NOW - 20 * DAY + at * HOUR)
    assert not attend()


def test_secrets_in_addresses_and_errors_are_masked(attend):
    list_feed(attend.con, "feed?token=t0psecret", at=NOW - 9 * DAY)
    list_feed(attend.con, "feed?token=t0psecret", state="gone", at=NOW - DAY)
    run(attend.con, "r1", NOW - HOUR, "failed", detail="GET https://u:t0psecret@h.example/ failed")
    shown = " ".join(line.text for line in lines(attend()))
    assert "wire.example/feed?token=***" in shown
    assert "t0psecret" not in shown
