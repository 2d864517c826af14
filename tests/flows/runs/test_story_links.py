"""Stories in the warehouse, from the articles of runs to the views."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from flows.runs.linking import link_new
from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.builders import make_run
from tests.helpers.linked import grouped, load_linked, rows_of
from tests.helpers.stories import append_stories, make_story
from tests.quality.story_gold import analyses_of, read_gold
from warehouse.connect import open_live
from warehouse.story_queries import find_story


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return load_linked(
        tmp_path_factory.mktemp("stories"),
        [flood("a", "2024-06-03", hour=7), TRIAL],
        [flood("b", "2024-06-03", hour=9), CLEANING],
    )


def test_articles_of_later_runs_join_the_story(folder):
    rows = rows_of(
        folder,
        "SELECT headline, articles, texts, sources, people, places, first_at, last_at FROM stories"
        " ORDER BY articles DESC",
    )
    assert rows == [
        (
            "Flood in Aveling, a reports",
            3,
            2,
            3,
            ["Karin Holt", "Edwin Prast"],
            ["Aveling", "Torne"],
            datetime(2024, 6, 3, 7, tzinfo=UTC),
            datetime(2024, 6, 4, tzinfo=UTC),
        ),
        (
            "Treasurer on trial",
            1,
            1,
            1,
            ["Nils Agerholt"],
            ["Lindhaven"],
            datetime(2024, 6, 3, tzinfo=UTC),
            datetime(2024, 6, 3, tzinfo=UTC),
        ),
    ]


def test_story_articles_mark_copies_and_the_headline(folder):
    rows = rows_of(
        folder,
        "SELECT source_id, is_copy, is_central FROM story_articles"
        " WHERE title <> 'Treasurer on trial' ORDER BY published_at",
    )
    assert rows == [
        ("a.example", False, True),
        ("b.example", True, False),
        ("c.example", False, False),
    ]


def test_timeline_has_a_row_for_each_day(folder):
    rows = rows_of(
        folder,
        "SELECT published_on, articles, texts, source_ids, headline FROM story_timeline"
        " SEMI JOIN stories USING (story_id) WHERE sources > 1 OR published_on > '2024-06-03'"
        " ORDER BY published_on",
    )
    assert rows == [
        (date(2024, 6, 3), 2, 1, ["a.example", "b.example"], "Flood in Aveling, a reports"),
        (date(2024, 6, 4), 1, 1, ["c.example"], "Aveling cleans up after the flood"),
    ]


def test_most_repeated_statement_is_counted_with_and_without_copies(folder):
    rows = rows_of(
        folder, "SELECT speaker, statement, articles, texts, sources FROM story_statements"
    )
    assert rows == [("Karin Holt", SAID, 2, 1, 2)]


def test_second_linking_adds_nothing(folder):
    tables = ("story_members", "story_states", "story_terms", "story_keys", "linked_batches")
    sql = " UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in tables)
    before = rows_of(folder, sql)
    link_new(make_run(folder.root))
    assert rows_of(folder, sql) == before


def test_new_revision_stays_in_its_story(tmp_path):
    edited = flood(
        "a",
        "2024-06-03",
        text=f"Flood in Aveling\n{TRIAL.article.text}\n“{SAID},” said Karin Holt. Edwin Prast. Torne. Aveling.",
    )
    folder = load_linked(tmp_path, [flood("a", "2024-06-03")], [edited])
    assert rows_of(folder, "SELECT articles FROM stories") == [(1,)]
    assert rows_of(folder, "SELECT revision FROM story_articles") == [(2,)]


def test_articles_of_a_merged_story_move_and_the_merge_is_recorded(tmp_path):
    """A text that has two earlier ones in it is a copy of both: their stories are one."""
    one, other = (
        next(article for article in read_gold("dev") if article.event == event)
        for event in ("flood-marsby", "trial-agerholt")
    )
    both = make_story(
        f"Both\n{one.text}\n{other.text}", url="https://d.example/both", day="2024-06-05"
    )
    folder = load_linked(
        tmp_path,
        [
            make_story(f"{told.title}\n{told.text}", url=f"https://a.example/{told.id}", day=day)
            for told, day in ((one, "2024-06-04"), (other, "2024-06-03"))
        ],
        [both],
    )
    older = rows_of(folder, "SELECT story_id FROM story_members WHERE moves = 1")
    assert rows_of(folder, "SELECT story_id, articles FROM stories") == [(*older[0], 3)]
    assert rows_of(folder, "SELECT kind, other_story_id, articles FROM story_changes") == [
        ("merged", *older[0], 1)
    ]
    key = rows_of(folder, "SELECT story_id FROM story_changes")[0][0]
    with open_live(folder) as con:
        assert find_story(con, key).story.story_id == older[0][0]


@pytest.mark.parametrize("per_run", [3, 8])
def test_story_does_not_depend_on_the_size_of_batches(tmp_path, per_run):
    articles = [flood(chr(97 + at), "2024-06-03", hour=at) for at in range(7)] + [CLEANING]
    parts = [articles[at : at + per_run] for at in range(0, len(articles), per_run)]
    folder = load_linked(tmp_path, *parts)
    assert rows_of(folder, "SELECT articles, texts FROM stories") == [(8, 2)]


@pytest.mark.slow
def test_the_same_article_two_thousand_times_is_one_story(tmp_path):
    with open_live(load_linked(tmp_path)) as con:
        for first in range(0, 2000, 500):
            append_stories(
                con,
                tmp_path / "spool",
                *(flood("a", "2024-06-03", page=f"p{first + at}") for at in range(500)),
            )
    link_new(make_run(tmp_path))
    folder = load_linked(tmp_path)
    assert rows_of(folder, "SELECT articles, texts FROM stories") == [(2000, 1)]
    assert rows_of(folder, "SELECT count(*) <= 20 FROM story_keys") == [(True,)]


@pytest.mark.slow
def test_split_moves_articles_with_their_copies_and_is_recorded(tmp_path):
    """A fire in a flooded town looks like a part of the flood while little is known."""
    gold = [
        article
        for article in read_gold("dev")
        for _ in range(2 if article.title.startswith("Smoke over Aveling") else 1)
    ]
    again = next(at for at, article in enumerate(gold) if article == gold[at - 1])
    gold[again] = replace(gold[again], id="copy", source="copier.example")
    analyses = analyses_of(gold)
    folder = load_linked(tmp_path, *(analyses[at : at + 10] for at in range(0, len(gold), 10)))
    changes = rows_of(
        folder, "SELECT story_id, other_story_id, articles FROM story_changes WHERE kind = 'split'"
    )
    found = grouped(folder)
    fires = [article.id for article in gold if article.event == "fire-aveling"]
    floods = [article.id for article in gold if article.event == "flood-aveling"]
    assert changes == [(found["copy"], found[floods[0]], 4)]  # one report came later
    assert {found[article] for article in fires} == {found["copy"]}
    assert {found[article] for article in floods} == {found[floods[0]]}
    people = rows_of(
        folder, "SELECT people[1:2] FROM stories WHERE story_id = $story", story=found["copy"]
    )
    assert {*people[0][0]} == {"Greg Amis", "Dora Finch"}
