"""What is recorded and told: once at the start, once at the end, and not more."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.alerts.decisions import decide
from flows.settings import ALERT_KINDS
from tests.helpers.alert_rows import forget, list_feed
from warehouse.alert_log import append_alerts, read_known
from warehouse.conditions import Condition
from warehouse.connect import open_live
from warehouse.folder import DataFolder

NOW = datetime(2024, 7, 1, 12, tzinfo=UTC)
KINDS = frozenset(ALERT_KINDS)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with open_live(DataFolder(tmp_path_factory.mktemp("decisions"))) as con:
        yield con


@pytest.fixture
def look(shared):
    """Return a function that looks `hours` after the beginning and tells what was told."""
    forget(shared)

    def looked(hours, *found, **options):
        now = NOW + timedelta(hours=hours)
        decision = decide(found, read_known(shared, now), now, kinds=KINDS, **options)
        append_alerts(shared, decision.rows)
        started = [condition.subject for condition in decision.started]
        return started, [ended.subject for ended in decision.ended]

    return looked


def problem(subject="feed", kind="feed_failing", *, is_urgent=True):
    return Condition(
        kind=kind, item=subject, subject=subject, source_id=None, since_at=NOW, code="",
        detail="is broken", is_urgent=is_urgent,
    )  # fmt: skip


def minor(subject="quiet"):
    return problem(subject, "feed_silent", is_urgent=False)


NOTHING: tuple[list[str], list[str]] = ([], [])


def test_problem_is_told_once_when_it_starts_and_once_when_it_has_stayed_away(look):
    assert look(0, problem()) == (["feed"], [])
    assert look(1, problem()) == NOTHING
    assert look(2) == NOTHING
    assert look(13) == NOTHING
    assert look(14) == ([], ["feed"])
    assert look(15) == NOTHING


def test_problem_that_comes_and_goes_is_one_problem(look, shared):
    assert look(0, problem()) == (["feed"], [])
    for hour in range(1, 30):
        assert look(hour, *[problem()] * (hour % 2)) == NOTHING
    ((state,),) = shared.execute("SELECT detail FROM open_alerts").fetchall()
    assert state == "is broken"
    assert look(30) == NOTHING
    assert look(42) == ([], ["feed"])


def test_problem_that_starts_again_within_a_day_is_told_if_it_lasts(look):
    failing = problem("ingest", "run_failed")
    assert look(0, failing) == (["ingest"], [])
    assert look(1) == NOTHING
    assert look(2) == ([], ["ingest"])
    assert look(3, failing) == NOTHING
    assert look(4, failing) == NOTHING
    assert look(5, failing) == (["ingest"], [])


def test_problem_that_starts_again_briefly_is_not_told_again(look):
    failing = problem("ingest", "run_failed")
    look(0, failing), look(1), look(2)
    assert look(3, failing) == NOTHING
    assert look(3.5) == NOTHING
    assert look(5) == NOTHING
    assert look(40, failing) == (["ingest"], [])


def test_end_of_a_feed_that_was_removed_is_not_told(look, shared):
    look(0, problem("feed-1"))
    list_feed(shared, "feed-1", state="removed", at=NOW)
    assert look(1) == NOTHING
    assert look(14) == NOTHING
    assert look(40) == NOTHING
    assert not shared.execute("FROM open_alerts").fetchall()


def test_many_problems_of_one_run_are_told_together(look):
    found = [problem(f"feed-{at}") for at in range(40)]
    assert look(0, *found) == ([one.subject for one in found], [])


def test_minor_problems_wait_for_the_digest_of_the_next_day(look):
    assert look(0, minor("a")) == (["a"], [])  # the first digest
    assert look(1, minor("a"), minor("b")) == NOTHING
    assert look(23, minor("a"), minor("b"), minor("c")) == NOTHING
    assert look(24, minor("a"), minor("b"), minor("c")) == (["b", "c"], [])
    assert look(25, minor("b"), minor("c")) == NOTHING
    assert look(48, minor("b"), minor("c")) == ([], ["a"])


def test_minor_problem_that_ends_before_the_digest_is_not_told(look):
    look(0, minor("a"))
    assert look(1, minor("a"), minor("b")) == NOTHING
    assert look(2, minor("a")) == NOTHING
    assert look(30, minor("a")) == NOTHING


def test_after_six_messages_a_day_only_runs_and_the_disk_are_told_at_once(look):
    look(0, minor())
    found = []
    for at in range(6):
        found.append(problem(f"feed-{at}"))
        assert look(1 + at / 10, minor(), *found) == ([f"feed-{at}"], [])
    found.append(problem("seventh"))
    assert look(2, minor(), *found) == NOTHING
    found.append(problem("data", "disk"))
    assert look(3, minor(), *found) == (["data"], [])
    assert look(24, minor(), *found) == (["seventh"], [])


def test_nothing_counts_as_told_before_there_is_a_channel(look):
    assert look(0, problem(), minor(), has_channels=False) == NOTHING
    assert look(9, problem(), minor()) == (["feed", "quiet"], [])


def test_problems_of_a_kind_that_was_not_looked_for_stay_as_they_are(look, shared):
    look(0, problem())
    later = NOW + timedelta(days=9)
    decision = decide([], read_known(shared, later), later, kinds=KINDS - {"feed_failing"})
    assert not decision.rows
