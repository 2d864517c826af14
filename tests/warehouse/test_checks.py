"""Every data check finds its planted bad row, and nothing in sound rows."""

from datetime import timedelta

import pytest

from tests.helpers.builders import NOW, make_analysis, make_article, make_batch
from transforms.records import NoComment, Quotation
from warehouse.append import append_batch
from warehouse.checks import find_bad_rows, load_checks
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.spool import spool

URL = "https://harbour-times.example/{}"
CHECKS = {check.name: check for check in load_checks()}

# SQL that makes a sound warehouse of one article fail one check.
PLANTED = {
    "span_outside_text": "UPDATE quotations SET end_char = 9999",
    "fragment_outside_statement": "UPDATE quotations SET fragments = [[start_char - 1, end_char]]",
    "statement_says_something_else": "UPDATE quotations SET statement = 'We waited, she said'",
    "statement_without_words": "UPDATE quotations SET statement = ' '",
    "unknown_act_or_kind": "UPDATE quotations SET act = 'shout'",
    "span_says_something_else": "UPDATE quotations SET text = 'Nobody said this'",
    "annotation_without_article": "UPDATE quotations SET revision = 7",
    "later_revision_missing": "UPDATE articles SET revision = 2",
    "revision_twice": "INSERT INTO articles FROM articles",
    "tally_does_not_add_up": "UPDATE batches SET seen = seen + 1",
    "analysis_lost_rows": "DELETE FROM quotations; DELETE FROM no_comments",
    "ahead_of_clock": "UPDATE documents SET fetched_at = fetched_at + INTERVAL 200 DAY",
    "article_of_the_future": "UPDATE articles SET published_at = fetched_at + INTERVAL 2 DAY",
    "volume_fell": """
        INSERT INTO articles BY NAME SELECT * EXCLUDE (number) REPLACE (
            fetched_at - to_days(2 + (number % 27)::INTEGER) AS fetched_at, 'a' || number AS article_id
        ) FROM articles, range(300) AS numbers(number)
    """,
    "short_texts": """
        INSERT INTO articles BY NAME SELECT * EXCLUDE (number) REPLACE (3 AS words, 'a' || number AS article_id) FROM articles, range(12) AS numbers(number)
    """,
    "coverage_gap": """
        INSERT INTO feeds BY NAME SELECT 'f' AS feed_id, 's' AS source_id, 'https://x.example/rss' AS url,
            'listed' AS state, now() AS recorded_at, 'b' AS batch_id;
        INSERT INTO polls BY NAME SELECT 'f' AS feed_id, fetched_at AS polled_at, 'u' AS url,
            'new' AS outcome, 9 AS entries, 9 AS new_entries, 0 AS changed_entries, 0 AS known_entries,
            0 AS dropped_entries, true AS is_gap_risk, 0 AS failures, 0 AS conditional_polls,
            0 AS redirect_sightings, [] AS flags, 'b' AS batch_id FROM articles
    """,
}


@pytest.fixture
def con(tmp_path):
    article = make_article(url=URL.format("a"))
    quoted = "We waited long enough,"
    start = article.text.index(quoted)
    end = start + len(quoted)
    quotation = Quotation(
        start=start,
        end=end,
        text=quoted,
        statement=quoted,
        kind="direct",
        fragments=((start, end),),
    )
    asked = "the mayor"
    at = article.text.index(asked)
    note = NoComment(
        start=at,
        end=at + 14,
        text=article.text[at : at + 14],
        kind="declined",
        asked=asked,
        asked_start=at,
        asked_end=at + len(asked),
        cue="said",
        cue_start=at + 10,
    )
    analysis = make_analysis(article, quotations=(quotation,), no_comments=(note,))
    folder = DataFolder(tmp_path)
    batch = spool(make_batch(analysis), folder.spool)
    with open_live(folder) as con:
        append_batch(con, batch)
        yield con


def found(con, name):
    return find_bad_rows(con, CHECKS[name], NOW + timedelta(hours=1))


def test_every_check_is_tested():
    assert CHECKS.keys() == PLANTED.keys()


@pytest.mark.parametrize("name", sorted(PLANTED))
def test_check_finds_only_the_planted_row(con, name):
    assert found(con, name) == []
    for statement in PLANTED[name].split(";"):
        con.execute(statement)
    findings = found(con, name)
    assert findings
    assert all(finding.subject and finding.detail for finding in findings)
    assert {finding.severity for finding in findings} == {CHECKS[name].severity}


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("span_outside_text", "UPDATE no_comments SET end_char = 9999"),
        ("span_says_something_else", "UPDATE no_comments SET text = 'No comment'"),
        ("span_says_something_else", "UPDATE no_comments SET asked_text = 'Somebody'"),
        ("annotation_without_article", "UPDATE no_comments SET revision = 7"),
        ("unknown_act_or_kind", "UPDATE no_comments SET kind = 'laughed'"),
        ("unknown_act_or_kind", "UPDATE quotations SET kind = 'shouted'"),
        ("fragment_outside_statement", "UPDATE quotations SET fragments = []"),
        ("fragment_outside_statement", "UPDATE quotations SET fragments = [[start_char, end_char + 1]]"),
        (
            "fragment_outside_statement",
            "UPDATE quotations SET fragments = [[start_char, start_char + 9], [start_char + 5, end_char]]",
        ),
        (
            "fragment_outside_statement",
            "UPDATE quotations SET fragments = [[start_char, start_char], [start_char, end_char]]",
        ),
    ],
)  # fmt: skip
def test_check_finds_other_bad_rows(con, name, statement):
    con.execute(statement)
    assert len(found(con, name)) == 1


def test_rows_stored_before_the_new_columns_are_sound(con):
    con.execute("UPDATE quotations SET statement = NULL, act = NULL")
    assert not [finding for name in CHECKS for finding in found(con, name)]


def test_statement_may_leave_out_punctuation(con):
    con.execute("UPDATE quotations SET statement = 'We waited — long enough', text = text || '”'")
    assert found(con, "statement_says_something_else") == []


def test_many_findings_are_counted_and_not_listed(con):
    con.execute(
        "INSERT INTO articles BY NAME SELECT * EXCLUDE (number) REPLACE ('a' || number AS article_id,"
        " fetched_at + INTERVAL 2 DAY AS published_at)"
        " FROM articles, range(150) AS numbers(number)"
    )
    findings = found(con, "article_of_the_future")
    assert len(findings) == 101
    assert findings[-1].detail == "50 more rows"
