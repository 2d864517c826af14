from datetime import UTC, date, datetime

import pytest

from tests.helpers.builders import NOW, VERSIONS, make_article, make_document
from tests.helpers.stories import entity_id, make_story
from warehouse.rows import analysis_rows, article_row, document_row, source_row

STORY = make_story(
    "Harbour opens\nAna Ruiz met Piet Soll.\nAna Ruiz, then Ana Ruiz again.",
    url="https://a.example/1",
    day="2024-06-03",
    hour=23,
    said=[("Ana Ruiz met", "Piet Soll", "clerk", "indirect"), ("again", "Soll", None, "indirect")],
    silent=[
        ("Ana Ruiz again", "declined", "Ana Ruiz", "again", {"asked_name": "Ana Maria Ruiz"}),
        ("Piet Soll", "unreachable", "Piet Soll", "Soll"),
    ],
    named=[("Ana Ruiz", "person"), ("Piet Soll", "person")],
    dated=[("then", None)],
)


def rows():
    return analysis_rows(STORY, fetched_at=NOW, now=NOW, versions=VERSIONS)


def test_annotations_have_day_source_and_paragraph():
    found = rows()
    for table in ("quotations", "no_comments", "mentions", "date_mentions"):
        for row in found[table]:
            assert row["published_on"] == date(2024, 6, 3)
            assert row["published_at"] == datetime(2024, 6, 3, 23, tzinfo=UTC)
            assert row["source_id"] == "a.example"
    assert [row["paragraph"] for row in found["mentions"]] == [2, 3, 3, 2]
    assert [row["paragraph"] for row in found["date_mentions"]] == [3]


def test_speaker_is_the_resolved_name_or_the_written_words():
    assert [row["speaker"] for row in rows()["quotations"]] == ["Piet Soll", "Soll"]


def test_who_was_asked_is_the_resolved_name_or_the_written_words():
    found = [(row["asked"], row["asked_text"], row["paragraph"]) for row in rows()["no_comments"]]
    assert found == [("Ana Maria Ruiz", "Ana Ruiz", 3), ("Piet Soll", "Piet Soll", 2)]


def test_run_of_a_transform_counts_the_rows_of_all_its_tables():
    items = {row["transform"]: row["items"] for row in rows()["analyses"]}
    assert items == {
        "quotations": 4,
        "mentions": 4,
        "dates": 1,
        "keyphrases": 0,
        "topics": 0,
    }


def test_neighbours_are_stored_with_the_first_mention_of_a_paragraph():
    beside = [row.get("beside") for row in rows()["mentions"]]
    assert beside == [[entity_id("Piet Soll")], [], None, [entity_id("Ana Ruiz")]]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://www.A.example:8080/x", "a.example", id="host"),
        pytest.param("https://ana:secret@a.example/x", "a.example", id="user"),
        pytest.param(None, "files", id="file"),
        pytest.param("https://[half/x", "files", id="no-url"),
    ],
)
def test_source_of_a_document_is_the_host_of_its_url(url, expected):
    assert document_row(make_document(url=url), path=None)["source_id"] == expected


@pytest.mark.parametrize(
    ("url", "source", "home"),
    [
        pytest.param("https://www.a.example/x", "a.example", "https://www.a.example/", id="url"),
        pytest.param("story-7", "files", None, id="identifier"),
        pytest.param("https://[half/x", "files", None, id="malformed"),
    ],
)
def test_source_row_of_an_article_has_the_address_of_its_site(url, source, home):
    row = source_row(make_story("Rain\nRain fell.", url=url, day="2024-06-03").article, NOW)
    assert (row["source_id"], row["home_url"]) == (source, home)


def test_text_without_a_url_belongs_to_the_outlet_that_it_names():
    article = make_article(url=None, canonical_url=None, publisher="Grenmoor  Mail")
    assert source_row(article, NOW)["source_id"] == "grenmoor mail"
    assert (
        article_row(article, fetched_at=NOW, versions={"clean": 1})["source_id"] == "grenmoor mail"
    )
    page = make_article(
        url=None, canonical_url=None, publisher="Grenmoor Mail", page_type="article"
    )
    assert source_row(page, NOW)["source_id"] == "files"
