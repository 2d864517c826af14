"""Which pages are due for a visit, how many visits are planned, and what comes next."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.helpers.builders import NOW
from tests.helpers.visits import HOUR, append_visits, visit_row
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.due_times import next_due
from warehouse.folder import DataFolder
from warehouse.spool import Batch, spool
from warehouse.visit_queries import (
    NO_VISITS,
    VisitPlans,
    VisitTally,
    count_visits,
    due_visits,
    next_visit_at,
    visit_figures,
)

PLANS = VisitPlans(usual=(3600, 21_600, 86_400))
LONGEST = timedelta(days=34)


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def due(folder, *, now=NOW, plans=PLANS, most=9, **given):
    with open_live(folder) as con:
        found = due_visits(con, now, plans, most=most, **given)
    return [visit.page.url.rpartition("/")[2] for visit in found]


def test_page_is_due_at_each_planned_time_once(folder):
    append_visits(folder, visit_row("a", 0, outcome="fetched"))
    asked = {}
    for minutes in (0, 59, 60, 61, 359):
        asked[minutes] = due(folder, now=NOW + timedelta(minutes=minutes))
    assert asked == {0: [], 59: [], 60: ["a"], 61: ["a"], 359: ["a"]}
    append_visits(folder, visit_row("a", -5, published=0))
    assert due(folder, now=NOW + 5.9 * HOUR) == []
    assert due(folder, now=NOW + 6 * HOUR) == ["a"]


def test_missed_visits_are_made_once(folder):
    append_visits(folder, visit_row("a", 30, outcome="fetched"))
    assert due(folder) == ["a"]
    append_visits(folder, visit_row("a", 0, published=30))
    assert due(folder, now=NOW + 9000 * HOUR) == []


def test_page_that_has_waited_longest_comes_first(folder):
    append_visits(
        folder,
        visit_row("late", 1.5),
        visit_row("early", 5),
        visit_row("soon", 0.5),
        visit_row("last", 1.1),
    )
    assert due(folder) == ["early", "late", "last"]
    assert due(folder, most=1) == ["early"]
    assert due(folder, without=["https://harbour.example/early"]) == ["late", "last"]


def test_plan_starts_with_the_first_publication(folder):
    append_visits(
        folder, visit_row("a", 3, outcome="fetched"), visit_row("a", 0.5, outcome="fetched")
    )
    assert due(folder, now=NOW + 0.6 * HOUR) == []  # not an hour after the second fetch
    assert due(folder, now=NOW + 3.1 * HOUR) == ["a"]


@pytest.mark.parametrize(
    ("again", "expected"), [(timedelta(minutes=-1), ["a"]), (timedelta(minutes=1), [])]
)
def test_instant_to_look_again_replaces_the_planned_time(folder, again, expected):
    append_visits(folder, visit_row("a", 2, outcome="missing", again_at=NOW + again))
    assert due(folder) == expected


def test_most_specific_site_decides(folder):
    hosts = ("harbour.example", "sport.harbour.example", "myharbour.example")
    append_visits(folder, *(visit_row(host, 2, host=host) for host in hosts))
    none = VisitPlans(usual=PLANS.usual, sites={"harbour.example": ()})
    assert due(folder, plans=none) == ["myharbour.example"]
    sites = {"harbour.example": (), "sport.harbour.example": (3600,)}
    assert sorted(due(folder, plans=VisitPlans(usual=(90_000,), sites=sites))) == [
        "sport.harbour.example"
    ]
    assert due(folder, plans=NO_VISITS) == []


def test_page_is_given_with_its_entry_and_its_state(folder):
    append_visits(
        folder, visit_row("a", 2, etag='"7"', last_modified="Mon, 03 Jun 2024 08:00:00 GMT")
    )
    with open_live(folder) as con:
        [found] = due_visits(con, NOW, PLANS, most=1)
    assert (found.page.title, found.page.authors) == ("Ferry", ("Anna Weaver",))
    assert (found.page.source_id, found.page.is_zone_assumed) == ("feeds.example", True)
    assert (found.state.article_id, found.state.etag) == ("a1-a", '"7"')
    assert found.state.starts_at == NOW - 2 * HOUR


def test_next_instant_is_the_earliest_of_feeds_pages_and_visits(folder):
    with open_live(folder) as con:
        assert next_due(con, NOW, PLANS, longest_wait=LONGEST) is None
    append_visits(folder, visit_row("a", 2), visit_row("b", 0.5))
    fetched = {
        "canonical_url": "https://harbour.example/a", "url": "https://harbour.example/a",
        "source_id": "harbour.example", "entry_id": "e1-https://harbour.example/a",
        "fingerprint": "p", "fetched_at": NOW - HOUR, "attempts": 1, "next_fetch_at": NOW + 0.2 * HOUR,
    }  # fmt: skip
    batch = Batch(run_id="run-1")
    batch.add({"fetches": [fetched]})
    with open_live(folder) as con:
        append_batch(con, spool(batch, folder.spool))
        assert next_visit_at(con, NOW, PLANS) == NOW - HOUR
        assert next_due(con, NOW, PLANS, longest_wait=LONGEST) == NOW - HOUR
        assert next_due(con, NOW, NO_VISITS, longest_wait=LONGEST) == NOW + 0.2 * HOUR
        con.execute(
            "INSERT INTO feeds (feed_id, source_id, url, state, recorded_at, batch_id)"
            " VALUES ('f1', 'harbour.example', 'https://harbour.example/rss', 'listed', now(), 'b')"
        )
        assert (
            next_due(con, NOW, NO_VISITS, longest_wait=LONGEST) == NOW
        )  # a feed that was never polled


def test_status_counts_requests_and_findings(folder):
    now = datetime.now(UTC)
    append_visits(
        folder,
        visit_row("a", 48, outcome="fetched"),
        visit_row("a", 47, published=48, outcome="changed"),
        visit_row("a", 42, published=48),
        visit_row("b", 30, outcome="fetched"),
        visit_row("b", 29, published=30, outcome="missing", is_gone=True, gone_since_at=NOW),
        visit_row("c", 0.5, outcome="fetched"),
    )
    with open_live(folder) as con:
        figures = visit_figures(con, NOW, PLANS)
        assert count_visits(con, since=NOW - 43 * HOUR) == VisitTally(made=2, unchanged=1, gone=1)
        assert visit_figures(con, now + timedelta(days=400), PLANS) == {}
    # a and b have one overdue visit each; c has two in the next 24 hours and one at 23.5 hours.
    assert figures == {"made_per_day": 1.5, "planned_next_day": 5, "changed": 1, "gone": 1}


def test_visit_of_a_wrong_clock_hides_no_planned_one(folder):
    append_visits(folder, visit_row("a", 2))
    append_visits(folder, visit_row("a", 2, visited_at=NOW + timedelta(days=200)))
    append_visits(folder, visit_row("b", 2, visited_at=NOW + timedelta(days=200)))
    assert due(folder) == ["a", "b"]
