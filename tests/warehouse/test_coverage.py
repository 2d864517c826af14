from datetime import UTC, date, datetime, timedelta

import pytest

from tests.helpers.builders import NOW, make_batch, make_document
from tests.helpers.stories import append_stories, make_story
from warehouse.append import append_batch, append_rows
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.rows import document_row
from warehouse.spool import spool

TODAY = date(2024, 7, 1)  # a Monday, the day of NOW in the builders


def daily(source, *, days, each):
    """Return `each` stories per day for `days` (days ago)."""
    return [
        make_story(
            f"Report {ago}-{number} of {source}\nNothing happened.",
            url=f"https://{source}/{ago}/{number}",
            day=(TODAY - timedelta(days=ago)).isoformat(),
        )
        for ago in days
        for number in range(each)
    ]


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    root = tmp_path_factory.mktemp("coverage")
    stories = [
        *daily("steady.example", days=range(40), each=3),
        *daily("stopped.example", days=range(10, 45), each=3),
        *daily("weekly.example", days=range(0, 42, 7), each=1),
    ]
    with open_live(DataFolder(root)) as con:
        append_stories(con, root / "spool", *stories)
        append_rows(con, "rejections", [_refusal(number) for number in range(2)])
        append_rows(con, "runs", [_state("running", 0), _state("completed", 5)])
        yield con


def _refusal(number):
    return {"rejection_id": f"r{number}", "run_id": "run-1", "stage": "clean",
            "item": f"https://www.stopped.example/gallery/{number}", "reason": "too_short",
            "detail": "got 3 words", "rejected_at": NOW, "batch_id": "b"}  # fmt: skip


def _state(state, seen):
    return {"run_id": "run-1", "flow": "load", "state": state, "started_at": NOW, "seen": seen,
            "recorded_at": NOW + timedelta(seconds=seen), "host": "desk", "pid": 7}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "ago", "expected"),
    [
        pytest.param("steady.example", 0, (3.0, 3, 0, "usual"), id="as-always"),
        pytest.param("stopped.example", 9, (3.0, 0, 0, "silent"), id="silent-from-the-first-day"),
        pytest.param("stopped.example", 0, (2.3, 0, 2, "usual"), id="the-expectation-fades"),
        pytest.param("weekly.example", 7, (1.0, 1, 0, "usual"), id="weekly-has-its-own-rhythm"),
        pytest.param("steady.example", 39, (0.0, 3, 0, "usual"), id="no-past-no-expectation"),
    ],
)
def test_coverage_compares_a_day_with_the_rhythm_of_its_source(con, source, ago, expected):
    row = con.execute(
        "SELECT expected, articles, rejected, status FROM coverage WHERE source_id = ? AND day = ?",
        [source, TODAY - timedelta(days=ago)],
    ).fetchone()
    assert row == expected


def test_coverage_names_the_main_reason_of_refusals(con):
    rows = con.execute(
        "SELECT source_id, day, main_reason FROM coverage WHERE rejected > 0"
    ).fetchall()
    assert rows == [("stopped.example", TODAY, "too_short")]


def test_coverage_has_each_day_once_and_no_future_days(con):
    doubled = con.execute(
        "SELECT source_id, day FROM coverage GROUP BY ALL HAVING count(*) > 1 OR day > ?", [TODAY]
    ).fetchall()
    assert doubled == []


def test_source_health_shows_silent_sources(con):
    rows = con.execute(
        "SELECT source_id, status, last_on, silent_days, usual_per_day, articles"
        " FROM source_health ORDER BY source_id"
    ).fetchall()
    assert rows == [
        ("steady.example", "usual", TODAY, 0, 3.0, 120),
        ("stopped.example", "silent", date(2024, 6, 21), 10, 3.0, 105),
        ("weekly.example", "usual", TODAY, 0, 0.14, 6),
    ]


def test_run_summary_shows_the_last_state(con):
    rows = con.execute("SELECT run_id, state, seen, recorded_at FROM run_summary").fetchall()
    assert rows == [("run-1", "completed", 5, datetime(2024, 7, 1, 12, 0, 5, tzinfo=UTC))]


def _feed(source, **given):
    return {"feed_id": f"f1-{source}", "source_id": source, "url": f"https://{source}/feed.xml",
            "state": "listed", "recorded_at": NOW - timedelta(days=60)} | given  # fmt: skip


def _poll(source, ago, **given):
    """Return the poll of a feed `ago` days ago."""
    return {"feed_id": f"f1-{source}", "polled_at": NOW - timedelta(days=ago), "outcome": "new",
            "url": f"https://{source}/feed.xml", "entries": 5, "new_entries": 1,
            "changed_entries": 0, "known_entries": 4, "dropped_entries": 0, "is_gap_risk": False,
            "failures": 0.0, "conditional_polls": 0, "redirect_sightings": 0, "flags": [],
            "next_poll_at": NOW - timedelta(days=ago - 1)} | given  # fmt: skip


def _entry(source, page, ago, **given):
    """Return an entry that the poll `ago` days ago returned."""
    return {"entry_id": f"n1-{source}-{page}", "feed_id": f"f1-{source}", "source_id": source,
            "status": "new", "url": f"https://{source}/{page}",
            "canonical_url": f"https://{source}/{page}", "authors": [], "tags": [], "flags": [],
            "fingerprint": "p1", "position": 0, "seen_at": NOW - timedelta(days=ago)} | given  # fmt: skip


def _fetch(source, page, ago, **given):
    """Return a fetch one minute after the poll `ago` days ago."""
    return {"canonical_url": f"https://{source}/{page}", "url": f"https://{source}/{page}",
            "source_id": source, "entry_id": f"n1-{source}-{page}", "fingerprint": "p1",
            "fetched_at": NOW + timedelta(minutes=1, days=-ago), "attempts": 1} | given  # fmt: skip


def _busy():
    """Return a source whose pages each have a different outcome today."""
    source = "busy.example"
    thin = make_document("<p>Gallery.</p>", url=f"https://www.{source}/thin", document_id="d1-thin")
    refused = {"rejection_id": "r-thin", "run_id": "run-1", "document_id": "d1-thin",
               "item": thin.url, "stage": "clean", "reason": "too_short", "detail": "got 1 word",
               "rejected_at": NOW}  # fmt: skip
    lost = refused | {"rejection_id": "r-lost", "document_id": None, "stage": "fetch",
                      "item": f"https://{source}/lost", "reason": "not_found"}  # fmt: skip
    return {
        "feeds": [_feed(source), _feed(source, feed_id="f1-old", state="removed")],
        "polls": [
            _poll(source, 8, is_gap_risk=True),
            _poll(source, 1),
            _poll(source, 0, is_gap_risk=True),
            _poll(source, 0, feed_id="f1-old", failure="not_found", failures=9.0),
        ],
        "entries": [
            _entry(source, "edited", 1),
            _entry(source, "edited", 0, status="changed", fingerprint="p2"),
            _entry(source, "read", 0, status="renamed"),
            *(_entry(source, page, 0) for page in ("read", "thin", "lost", "gone", "late", "next")),
        ],
        "fetches": [
            _fetch(source, "edited", 1, document_id="d1-edited"),
            _fetch(source, "read", 0, document_id="d1-read"),
            _fetch(source, "thin", 0, document_id="d1-thin"),
            _fetch(source, "lost", 0, failure="connect_timeout", next_fetch_at=NOW),
            _fetch(source, "lost", -0.1, failure="not_found", attempts=2),
            _fetch(source, "gone", 0, failure="not_found"),
            _fetch(source, "late", 0, failure="connect_timeout", next_fetch_at=NOW),
        ],
        "documents": [document_row(thin, path=None)],
        "rejections": [refused, lost],
    }


def _quiet():
    """Return a source whose feed had one entry per day until ten days ago."""
    source = "quiet.example"
    days = range(10, 40)
    return {
        "feeds": [_feed(source)],
        "polls": [
            _poll(source, ago, outcome="new" if ago in days else "unchanged") for ago in range(40)
        ],
        "entries": [_entry(source, f"{ago}/0", ago) for ago in days],
        "fetches": [_fetch(source, f"{ago}/0", ago) for ago in days],
    }


def _down():
    """Return a source whose feed has always failed."""
    source = "down.example"
    failed = [
        _poll(source, ago, outcome="failed", failure="server_error", failures=0.25 * (4 - ago))
        for ago in range(4)
    ]
    return {"feeds": [_feed(source)], "polls": failed}


@pytest.fixture(scope="module")
def fed(tmp_path_factory):
    root = tmp_path_factory.mktemp("fed")
    batch = make_batch(
        make_story("The pier opened.", url="https://busy.example/read", day=TODAY.isoformat()),
        *daily("quiet.example", days=range(10, 40), each=1),
    )
    for rows in (_busy(), _quiet(), _down()):
        batch.add(rows)
    with open_live(DataFolder(root)) as con:
        append_batch(con, spool(batch, root / "spool"))
        yield con


FUNNEL = (
    "polls", "failed_polls", "gap_risks", "entries", "waiting", "failed", "fetched", "extracted",
    "loaded", "articles", "rejected", "why_not",
)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "ago", "expected"),
    [
        pytest.param(
            "busy.example", 0, (2, 1, 1, 6, 3, 3, 2, 1, 1, 1, 2, "not_found"), id="every-outcome"
        ),
        pytest.param(
            "busy.example", 1, (1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, None), id="fetched-the-day-before"
        ),
        pytest.param(
            "busy.example", 8, (1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, None), id="nothing-but-a-gap-risk"
        ),
        pytest.param(
            "quiet.example", 12, (1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, None), id="read-that-day"
        ),
        pytest.param(
            "quiet.example", 9, (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, None), id="polled-and-silent"
        ),
        pytest.param(
            "down.example", 2, (1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, "server_error"), id="feed-is-down"
        ),
    ],
)
def test_coverage_follows_the_entries_of_a_day(fed, source, ago, expected):
    row = fed.execute(
        f"SELECT {', '.join(FUNNEL)} FROM coverage WHERE source_id = ? AND day = ?",
        [source, TODAY - timedelta(days=ago)],
    ).fetchone()
    assert dict(zip(FUNNEL, row, strict=True)) == dict(zip(FUNNEL, expected, strict=True))


def test_coverage_counts_wanted_pages_as_waiting(fed):
    waiting = fed.execute("SELECT source_id, sum(waiting) FROM coverage GROUP BY ALL").fetchall()
    wanted = fed.execute("SELECT source_id, count(*) FROM wanted_pages GROUP BY ALL").fetchall()
    assert {source: count for source, count in waiting if count} == dict(wanted)
    assert wanted


def test_source_health_shows_the_state_of_the_feeds(fed):
    rows = fed.execute(
        "SELECT source_id, name, status, articles, feeds, last_poll_at, next_poll_at, failures,"
        " poll_failure, gap_risks_7_days FROM source_health ORDER BY source_id"
    ).fetchall()
    due = NOW + timedelta(days=1)
    assert rows == [
        ("busy.example", "busy.example", "usual", 1, 1, NOW, due, 0.0, None, 1),
        ("down.example", "down.example", "empty", 0, 1, NOW, due, 1.0, "server_error", 0),
        ("quiet.example", "quiet.example", "silent", 30, 1, NOW, due, 0.0, None, 0),
    ]


def test_source_health_compares_silence_with_earlier_pauses(fed):
    rows = fed.execute(
        "SELECT source_id, last_entry_at, entries_per_day, silent_hours, longest_pause_hours"
        " FROM source_health ORDER BY source_id"
    ).fetchall()
    assert rows == [
        ("busy.example", NOW, 0.25, 0.0, 24.0),
        ("down.example", None, None, None, None),
        ("quiet.example", NOW - timedelta(days=10), 1.0, 240.0, 24.0),
    ]


def test_coverage_reaches_the_last_poll_without_new_articles(tmp_path):
    with open_live(DataFolder(tmp_path)) as con:
        batch = make_batch()
        batch.add(_down())
        append_batch(con, spool(batch, tmp_path / "spool"))
        last = con.execute("SELECT max(day), max(status) FROM coverage").fetchone()
    assert last == (TODAY, "usual")
