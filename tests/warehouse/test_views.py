import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.helpers.harbour import CORRECTED, FIRST_DRAFT, OPENING, SYNDICATED
from tests.helpers.stories import append_stories, entity_id, make_story
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.migrate import scripts


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    root = tmp_path_factory.mktemp("views")
    with open_live(DataFolder(root)) as con:
        append_stories(con, root / "spool", OPENING, SYNDICATED, FIRST_DRAFT)
        append_stories(con, root / "spool", CORRECTED)
        yield con


QUESTIONS = [
    pytest.param(
        "SELECT title, revision, revision_cause, published_on FROM latest_articles"
        " WHERE source_id = 'a.example' ORDER BY title",
        [
            ("Harbour opens", 1, "first", date(2024, 6, 3)),
            ("Strike is off", 2, "edited", date(2024, 6, 5)),
        ],
        id="latest_articles",
    ),
    pytest.param(
        "SELECT transform, items FROM latest_analyses WHERE article_id = (SELECT article_id FROM"
        " articles WHERE title = 'Harbour opens') ORDER BY transform",
        [("dates", 1), ("keyphrases", 0), ("mentions", 6), ("quotations", 1), ("topics", 0)],
        id="latest_analyses",
    ),
    pytest.param(
        "SELECT speaker, text, paragraph, source_id FROM latest_quotations"
        " ORDER BY published_at, start_char",
        [
            ("Ana Ruiz", "We waited long enough", 2, "a.example"),
            ("Ana Ruiz", "We waited long enough", 2, "b.example"),
            ("Piet Soll", "the cranes would follow on June 20", 3, "b.example"),
            ("Soll", "There will be no strike", 2, "a.example"),
        ],
        id="latest_quotations-of-the-newest-revision",
    ),
    pytest.param(
        "SELECT revision, count(*) FROM current_quotations GROUP BY revision ORDER BY revision",
        [(1, 4), (2, 1)],
        id="current_quotations-of-all-revisions",
    ),
    pytest.param(
        "SELECT revision, count(*) FROM current_mentions GROUP BY revision ORDER BY revision",
        [(1, 9)],
        id="current_mentions",
    ),
    pytest.param(
        "SELECT text, paragraph, published_on FROM latest_mentions WHERE source_id = 'b.example'"
        " ORDER BY start_char",
        [("Piet Soll", 3, date(2024, 6, 4)), ("Port Union", 3, date(2024, 6, 4))],
        id="latest_mentions",
    ),
    pytest.param(
        "SELECT text, starts_on FROM latest_date_mentions ORDER BY published_at",
        [("July 1", date(2024, 7, 1)), ("June 20", date(2024, 6, 20))],
        id="latest_date_mentions",
    ),
    pytest.param(
        "SELECT speaker, speaker_role, statement, kind, title, url FROM said"
        " WHERE published_on = '2024-06-03'",
        [
            (
                "Ana Ruiz",
                "mayor",
                "We waited long enough",
                "direct",
                "Harbour opens",
                "https://a.example/1",
            )
        ],
        id="said",
    ),
    pytest.param(
        "SELECT * FROM speakers ORDER BY speaker",
        [
            ("Ana Ruiz", "mayor", 2, 2, 0, 0, 2, 2, date(2024, 6, 3), date(2024, 6, 4)),
            ("Piet Soll", "director", 1, 0, 0, 1, 1, 1, date(2024, 6, 4), date(2024, 6, 4)),
            ("Soll", None, 1, 0, 0, 1, 1, 1, date(2024, 6, 5), date(2024, 6, 5)),
        ],
        id="speakers",
    ),
    pytest.param(
        "SELECT speaker, statement, articles, sources, first_source_id, first_at, last_at"
        " FROM quotation_reuse",
        [
            (
                "Ana Ruiz",
                "We waited long enough",
                2,
                2,
                "a.example",
                datetime(2024, 6, 3, tzinfo=UTC),
                datetime(2024, 6, 4, tzinfo=UTC),
            )
        ],
        id="quotation_reuse",
    ),
    pytest.param(
        "SELECT name, text, kind, country, title FROM mentioned WHERE name = 'Aren'"
        " ORDER BY start_char",
        [("Aren", "Aren", "place", "XV", "Harbour opens")] * 2,
        id="mentioned",
    ),
    pytest.param(
        "SELECT name, published_on, mentions, articles, sources FROM entity_daily"
        " WHERE kind != 'place' ORDER BY name, published_on",
        [
            ("Ana Ruiz", date(2024, 6, 3), 2, 1, 1),
            ("Piet Soll", date(2024, 6, 3), 1, 1, 1),
            ("Piet Soll", date(2024, 6, 4), 1, 1, 1),
            ("Port Union", date(2024, 6, 3), 1, 1, 1),
            ("Port Union", date(2024, 6, 4), 1, 1, 1),
        ],
        id="entity_daily",
    ),
    pytest.param(
        "SELECT name, country, latitude, longitude, published_on, mentions FROM places",
        [("Aren", "XV", 54.5, 18.25, date(2024, 6, 3), 2)],
        id="places",
    ),
    pytest.param(
        "SELECT other_name, paragraph, source_id FROM co_mentions WHERE name = 'Ana Ruiz'"
        " ORDER BY paragraph, other_name",
        [
            ("Aren", 2, "a.example"),
            ("Aren", 3, "a.example"),
            ("Piet Soll", 3, "a.example"),
            ("Port Union", 3, "a.example"),
        ],
        id="co_mentions-within-a-paragraph",
    ),
    pytest.param(
        "SELECT a.name FROM co_mentions AS a ANTI JOIN co_mentions AS b ON b.entity_id ="
        " a.other_entity_id AND b.other_entity_id = a.entity_id AND b.article_id = a.article_id"
        " AND b.paragraph = a.paragraph",
        [],
        id="co_mentions-in-both-directions",
    ),
    pytest.param(
        "SELECT starts_on, text, title FROM timeline ORDER BY starts_on",
        [
            (date(2024, 6, 20), "June 20", "A harbour at last"),
            (date(2024, 7, 1), "July 1", "Harbour opens"),
        ],
        id="timeline",
    ),
    pytest.param(
        "SELECT speaker, date_text, date_value, starts_on, falls_on, is_inside FROM promised",
        [("Piet Soll", "June 20", "2024-06-20", date(2024, 6, 20), date(2024, 6, 20), True)],
        id="promised",
    ),
]


@pytest.mark.parametrize(("sql", "expected"), QUESTIONS)
def test_view_gives_the_expected_rows(con, sql, expected):
    assert con.execute(sql).fetchall() == expected


def test_beside_lists_the_neighbours_once_per_paragraph(con):
    rows = con.execute(
        "SELECT beside FROM latest_mentions WHERE entity_id = ? AND paragraph = 3"
        " AND source_id = 'a.example'",
        [entity_id("Ana Ruiz")],
    ).fetchall()
    assert rows == [([entity_id("Aren"), entity_id("Piet Soll"), entity_id("Port Union")],)]


def test_replaced_analysis_is_not_shown(con):
    con.execute("BEGIN")
    con.execute(
        "INSERT INTO analyses BY NAME SELECT * REPLACE (2 AS transform_version, 'later' AS batch_id,"
        " batch_id AS replaces_batch_id) FROM analyses WHERE transform = 'quotations'"
    )
    con.execute(
        "INSERT INTO quotations BY NAME SELECT * REPLACE ('later' AS batch_id, 'Nobody' AS speaker)"
        " FROM quotations LIMIT 1"
    )
    shown = con.execute("SELECT speaker FROM said").fetchall()
    newest = con.execute(
        "SELECT DISTINCT transform_version FROM latest_analyses WHERE transform = 'quotations'"
    ).fetchall()
    con.execute("ROLLBACK")
    assert (shown, newest) == ([("Nobody",)], [(2,)])


def test_every_view_on_articles_is_tested_in_this_module():
    views = {
        name
        for script in scripts("views")
        if script.name < "20"  # views on feeds and flows have their own tests
        for name in re.findall(r"CREATE OR REPLACE VIEW (\w+)", script.sql)
    }
    asked = " ".join(str(question.values[0]) for question in QUESTIONS)
    elsewhere = {"run_summary"}  # in test_coverage.py
    elsewhere |= {"linked_people"}  # below
    elsewhere |= {
        "attributed",
        "said_mentions",
        "latest_no_comments",
        "no_comment",
    }  # in test_statements.py
    assert {name for name in views if f" {name} " not in f"{asked} "} == elsewhere


def test_view_does_not_change_when_a_table_gains_a_column(con):
    con.execute("BEGIN")
    before = [row[0] for row in con.execute("DESCRIBE said").fetchall()]
    con.execute("ALTER TABLE quotations ADD COLUMN later VARCHAR")
    con.execute("ALTER TABLE articles ADD COLUMN later VARCHAR")
    after = [row[0] for row in con.execute("DESCRIBE said").fetchall()]
    assert con.execute("SELECT count(*) FROM said").fetchone() == (4,)
    con.execute("ROLLBACK")
    assert before == after


def test_no_view_selects_a_star():
    for script in scripts("views"):
        assert "*" not in script.sql.replace("count(*)", "").replace(" * ", ""), script.name


def callender(source, name, day="2024-06-04", number=1):
    text = f"The council heard {name} on Tuesday in {source}, day {day}, item {number}."
    url = f"https://{source}.example/{name.replace(' ', '-')}-{day}-{number}"
    said = [("heard", name, None, "indirect")]
    story = make_story(text, url=url, day=day, named=((name, "person"),), said=said)
    key = entity_id(name)
    quotations = tuple(replace(quotation, speaker_entity_id=key) for quotation in story.quotations)
    return replace(story, quotations=quotations)


@pytest.fixture(scope="module")
def callenders(tmp_path_factory):
    stories = [
        callender("post", "Ruth Callender"), callender("post", "Callender"),
        callender("wire", "Ruth Callender"), callender("wire", "Tom Callender"),
        callender("wire", "Callender"),
        callender("post", "Callender", "2024-06-14"),
        callender("mail", "Ruth Callender"), callender("mail", "Ruth Callender", "2024-06-08"),
        callender("mail", "Callender", number=2),
        callender("echo", "Joe Callender Jr."), callender("echo", "Callender"),
    ]  # fmt: skip
    root = tmp_path_factory.mktemp("callenders")
    with open_live(DataFolder(root)) as con:
        append_stories(con, root / "spool", *stories)
        yield con


def test_last_name_alone_is_linked_to_its_only_person_in_the_same_source_and_week(callenders):
    linked = callenders.execute(
        "SELECT name, full_name, source_id, week_starts_on, confidence FROM linked_people"
        " ORDER BY source_id"
    ).fetchall()
    week = date(2024, 6, 3)
    assert linked == [
        ("Callender", "Joe Callender Jr.", "echo.example", week, 0.67),
        ("Callender", "Ruth Callender", "mail.example", week, 0.75),
        ("Callender", "Ruth Callender", "post.example", week, 0.67),
    ]


@pytest.mark.parametrize(
    ("name", "since", "until", "sources"),
    [
        pytest.param("callender", None, None, ["echo", "mail", "post"], id="all-days"),
        pytest.param("callender", date(2024, 6, 9), None, ["echo", "mail", "post"], id="last-day"),
        pytest.param("callender", date(2024, 6, 10), None, [], id="next-week"),
        pytest.param("callender", None, date(2024, 6, 3), ["echo", "mail", "post"], id="monday"),
        pytest.param("callender", None, date(2024, 6, 2), [], id="week-before"),
        pytest.param("allender", None, None, [], id="part-of-a-name"),
    ],
)
def test_links_of_one_name_are_those_of_the_view(callenders, name, since, until, sources):
    of_name = callenders.execute(
        "SELECT * FROM linked_people_of(?, ?, ?) ORDER BY source_id", [name, since, until]
    ).fetchall()
    of_all = callenders.execute(
        "SELECT * FROM linked_people WHERE source_id IN (SELECT unnest(?)) ORDER BY source_id",
        [[f"{source}.example" for source in sources]],
    ).fetchall()
    assert of_name == of_all
    assert len(of_name) == len(sources)


def test_speakers_count_the_statements_of_a_linked_last_name(callenders):
    counts = callenders.execute(
        "SELECT speaker, statements, articles, sources FROM speakers ORDER BY speaker"
    ).fetchall()
    assert counts == [
        ("Callender", 2, 2, 2),
        ("Joe Callender Jr.", 2, 2, 1),
        ("Ruth Callender", 6, 6, 3),
        ("Tom Callender", 1, 1, 1),
    ]


def test_entity_daily_counts_the_mentions_of_a_linked_last_name(callenders):
    counts = callenders.execute(
        "SELECT name, entity_id, published_on, mentions, sources FROM entity_daily"
        " WHERE name LIKE '%Callender%' AND name NOT LIKE 'Joe%' ORDER BY ALL"
    ).fetchall()
    ruth, bare, tom = map(entity_id, ("Ruth Callender", "Callender", "Tom Callender"))
    first = date(2024, 6, 4)
    assert counts == [
        ("Callender", bare, first, 1, 1),
        ("Callender", bare, date(2024, 6, 14), 1, 1),
        ("Ruth Callender", ruth, first, 5, 3),
        ("Ruth Callender", ruth, date(2024, 6, 8), 1, 1),
        ("Tom Callender", tom, first, 1, 1),
    ]
