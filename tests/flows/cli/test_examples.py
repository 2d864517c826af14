from datetime import UTC, date, datetime

import pytest

from flows.cli.answers import example_names, example_sql
from flows.errors import SettingsError
from flows.runs.linking import link_new
from tests.helpers.builders import NOW, make_run
from tests.helpers.harbour import CORRECTED, FIRST_DRAFT, LATE, OPENING, SHOWN, SYNDICATED
from tests.helpers.stories import append_stories, make_story
from tests.quality.copy_gold import FILLERS
from warehouse.append import append_rows
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.limited_reader import LimitedReader
from warehouse.publish import publish

OLD_NOTICE = make_story(
    "A notice\nThe Port Union rents rooms, a spokesman said.",
    url="https://c.example/notice",
    day="2024-05-01",
    said=[("The Port Union rents rooms", "spokesman", None, "indirect")],
    named=[("Port Union", "organization")],
)
PROMISE = make_story(
    "A bridge too\nThe bridge would open on July 9, Piet Soll said.",
    url="https://b.example/8",
    day="2024-06-05",
    said=[
        (
            "The bridge would open on July 9",
            "Piet Soll",
            "director",
            "indirect",
            {"reported_by": "Holm"},
        )
    ],
    dated=[("July 9", "2024-07-09")],
)
STOPPED = [
    make_story(f"Report {day}\nAll is calm.", url=f"https://d.example/{day}", day=f"2024-06-0{day}")
    for day in (1, 2, 3, 4)
]
# The same text in two outlets.
COPIED = [
    make_story(
        f"{title}\n" + "\n".join(text for text in FILLERS),
        url=f"https://{outlet}.example/station",
        day=day,
    )
    for title, outlet, day in (
        ("Station to close", "e", "2024-05-02"),
        ("Last train on Friday", "f", "2024-05-03"),
    )
]
WAITED = "We waited long enough"

ANSWERS = {
    "who_said_what": [
        ("Ana Ruiz", "mayor", SHOWN, date(2024, 6, 6)),
        ("Soll", None, "There will be no strike", date(2024, 6, 5)),
        ("Piet Soll", "director", "The bridge would open on July 9", date(2024, 6, 5)),
        ("Ana Ruiz", None, WAITED, date(2024, 6, 4)),
        ("Piet Soll", "director", "the cranes would follow on June 20", date(2024, 6, 4)),
        ("Ana Ruiz", "mayor", WAITED, date(2024, 6, 3)),
        ("spokesman", None, "The Port Union rents rooms", None),
    ],
    "most_quoted_this_week": [("Ana Ruiz", 3, 2), ("Piet Soll", 2, 1), ("Soll", 1, 1)],
    "quoted_by_one_source_only": [
        ("Piet Soll", "b.example", 2),
        ("Soll", "a.example", 1),
        ("spokesman", "c.example", 1),
    ],
    "said_about": [
        ("Ana Ruiz", "Aren", SHOWN, date(2024, 6, 6)),
        ("spokesman", "Port Union", "The Port Union rents rooms", None),
    ],
    "no_comment": [
        (
            "Port Union",
            "declined",
            "who pays",
            "the Gazette",
            "The Port Union declined to tell the Gazette who pays",
            date(2024, 6, 6),
        ),
        (
            "The captain",
            "unreachable",
            None,
            None,
            "The captain could not be reached",
            date(2024, 6, 6),
        ),
    ],
    "attitudes_and_plans": [
        ("Piet Soll", "attitude", "opposes", "the new pier", date(2024, 6, 6)),
        ("Piet Soll", "plan", "plans", "to leave on July 9", date(2024, 6, 6)),
    ],
    "said_in_what": [("a letter", 1, 1, SHOWN)],
    "known_from_others": [
        ("Piet Soll", "The bridge would open on July 9", "Holm", date(2024, 6, 5))
    ],
    "named_together": [
        ("Ana Ruiz", "Aren", 3, 2),
        ("Ana Ruiz", "Port Union", 2, 2),
        ("Aren", "Port Union", 2, 2),
        ("Piet Soll", "Port Union", 2, 2),
        ("Ana Ruiz", "Piet Soll", 1, 1),
        ("Aren", "Piet Soll", 1, 1),
    ],
    "promised_for_next_month": [
        (*[date(2024, 7, 9)] * 2, "Piet Soll", "The bridge would open on July 9", date(2024, 6, 5)),
        (*[date(2024, 7, 9)] * 2, "Piet Soll", "to leave on July 9", date(2024, 6, 6)),
    ],
    "silent_sources": [("d.example", date(2024, 6, 4), 27, 0.14)],
    "articles_without_a_day": [("c.example", "A notice", "plain")],
    "reused_quotations": [("Ana Ruiz", WAITED, 2, 2, "a.example")],
    "places_on_a_map": [("Aren", "XV", 54.5, 18.25, 3)],
    "named_day_by_day": [
        ("Ana Ruiz", date(2024, 6, 3), 2, 1),
        ("Ana Ruiz", date(2024, 6, 6), 1, 1),
    ],
    "headline_changes": [("a.example", "Strike looms", "Strike is off", True)],
    "largest_edits": [
        (
            "a.example",
            "Strike is off",
            9,
            8,
            ["There will be no strike"],
            ["They may strike in May"],
            [],
            ["Piet Soll"],
            [],
        )
    ],
    "edited_articles": [("a.example", "Strike is off", "Strike looms", 2)],
    "unnamed_speakers": [
        ("c.example", 1, 1, 100.0),
        ("a.example", 2, 1, 50.0),
        ("b.example", 4, 0, 0.0),
    ],
    "why_rejected": [("clean", "too_short", "fault", 1, "https://a.example/gallery")],
    "days_ahead": [
        (date(2024, 6, 20), 1, "A harbour at last"),
        (date(2024, 7, 1), 1, "Harbour opens"),
        (date(2024, 7, 3), 1, "The ferry is late"),
        (date(2024, 7, 9), 2, "A bridge too"),
    ],
    "biggest_stories": [
        (datetime(2024, 6, 3, tzinfo=UTC), "Harbour opens", 3, 2, "a.example"),
        (datetime(2024, 5, 2, tzinfo=UTC), "Station to close", 2, 2, "e.example"),
    ],
    "spread_of_statements": [("Ana Ruiz", WAITED, 2, 1, 24.0)],
    "most_copied_texts": [
        (date(2024, 5, 2), "Station to close", "e.example", "e.example", 1, 24.0)
    ],
    "own_and_copied_text": [
        ("d.example", 4, 4, 0, 0, 0.0),
        ("b.example", 3, 3, 0, 0, 0.0),
        ("a.example", 2, 2, 0, 0, 0.0),
        ("c.example", 1, 1, 0, 0, 0.0),
        ("e.example", 1, 0, 1, 0, 0.0),
        ("f.example", 1, 0, 0, 1, 100.0),
    ],
    "word_for_word": [("a.example", 2, 50.0), ("b.example", 4, 50.0), ("c.example", 1, 0.0)],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("examples"))
    with open_live(folder) as con:
        append_stories(
            con,
            folder.spool,
            OPENING,
            SYNDICATED,
            FIRST_DRAFT,
            OLD_NOTICE,
            PROMISE,
            LATE,
            *STOPPED,
            *COPIED,
        )
        append_stories(con, folder.spool, CORRECTED)
        append_rows(con, "rejections", [REFUSED])
        for table in ("articles", "quotations", "mentions"):
            undated = "published_on = NULL, published_at = NULL"
            con.execute(f"UPDATE {table} SET {undated} WHERE source_id = 'c.example'")
    link_new(make_run(folder.root))
    publish(folder)
    return folder


REFUSED = {"rejection_id": "r1", "run_id": "run-1", "stage": "clean", "reason": "too_short",
           "item": "https://a.example/gallery", "detail": "got 3 words", "rejected_at": NOW,
           "batch_id": "b1"}  # fmt: skip


@pytest.fixture(scope="module")
def reader(folder):
    with LimitedReader(folder) as reader:
        yield reader


@pytest.mark.parametrize("name", example_names())
def test_example_query_returns_the_expected_rows(reader, name):
    assert reader.ask(example_sql(name)).rows == ANSWERS[name]


def test_there_are_at_least_fifteen_examples():
    assert set(example_names()) == set(ANSWERS)
    assert len(ANSWERS) >= 15


@pytest.mark.parametrize("name", example_names())
def test_example_starts_with_its_question(name):
    first = example_sql(name).splitlines()[0]
    assert first.startswith("-- ")
    assert first.endswith("?")


def test_unknown_example_lists_the_known_ones():
    with pytest.raises(SettingsError, match="silent_sources"):
        example_sql("../seeds")


def test_spans_count_for_the_month_or_week_that_they_are_about(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, *(pledge(*told) for told in enumerate(PLEDGES)))
    publish(folder)
    with LimitedReader(folder) as reader:
        pledged = reader.ask(example_sql("promised_for_next_month")).rows
        ahead = reader.ask(example_sql("days_ahead")).rows
    with open_snapshot(folder) as con:
        days = con.execute("SELECT date_value, falls_on FROM promised WHERE falls_on IS NOT NULL")
        assert days.fetchall() == [("2025-01-09", date(2025, 1, 9))]
    assert [(starts_on.isoformat(), ends_on.isoformat()) for starts_on, ends_on, *_ in pledged] == [
        ("2024-12-30", "2025-01-05"),
        ("2025-01-01", "2025-01-31"),
        ("2025-01-06", "2025-01-12"),
        ("2025-01-09", "2025-01-09"),
    ]
    assert [day for day, *_ in ahead] == [date(2025, 1, 9)]


PLEDGES = ["2025", "2025-Q1", "2025-01", "2025-W01", "2025-W02", "2025-01-09", "2025-02"]


def pledge(number, value):
    return make_story(
        f"Pledge {number}\nThe pier would open in {value}, Piet Soll said.",
        url=f"https://b.example/pledge-{number}",
        day="2024-12-05",
        said=[(f"The pier would open in {value}", "Piet Soll", "director", "indirect")],
        dated=[(value, value)],
    )
