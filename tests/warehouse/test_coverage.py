from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import NOW
from tests.stories import append_stories, make_story
from warehouse.append import append_rows
from warehouse.connect import open_live
from warehouse.folder import DataFolder

TODAY = date(2024, 7, 1)  # a Monday, the day of the builders' NOW


def daily(source, *, days, each):
    """Return stories: `each` a day for `days` (days ago)."""
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


def test_coverage_has_a_day_once_and_none_to_come(con):
    doubled = con.execute(
        "SELECT source_id, day FROM coverage GROUP BY ALL HAVING count(*) > 1 OR day > ?", [TODAY]
    ).fetchall()
    assert doubled == []


def test_source_health_tells_who_fell_silent(con):
    rows = con.execute(
        "SELECT source_id, status, last_on, silent_days, usual_per_day, articles"
        " FROM source_health ORDER BY source_id"
    ).fetchall()
    assert rows == [
        ("steady.example", "usual", TODAY, 0, 3.0, 120),
        ("stopped.example", "silent", date(2024, 6, 21), 10, 3.0, 105),
        ("weekly.example", "usual", TODAY, 0, 0.14, 6),
    ]


def test_run_summary_has_the_last_state(con):
    rows = con.execute("SELECT run_id, state, seen, recorded_at FROM run_summary").fetchall()
    assert rows == [("run-1", "completed", 5, datetime(2024, 7, 1, 12, 0, 5, tzinfo=UTC))]
