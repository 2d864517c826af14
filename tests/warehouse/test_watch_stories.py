"""Watches on stories: each article that joins is told once, whatever happens in between."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flows.runs.linking import link_new
from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.builders import make_run
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.stories import append_stories, make_story
from tests.quality.story_gold import read_gold
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.watch_matching import look, newest_commit, recent_matches
from warehouse.watch_stories import find_watched
from warehouse.watches import add_watch, last_matches, make_watch

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FIRST = flood("a", "2024-06-03", hour=7)
SECOND = flood("b", "2024-06-03", hour=9)
EDITED = flood(
    "a", "2024-06-03", hour=7, text=f"Flood in Aveling, a reports\nThe Torne flooded the market of "
    f"Aveling and its school at night.\n“{SAID},” said Karin Holt. Edwin Prast was there.",
)  # fmt: skip


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    return load_linked(tmp_path_factory.mktemp("flooded"), [FIRST, TRIAL])


@pytest.fixture
def folder(tmp_path, flooded):
    shutil.copytree(flooded.root, tmp_path, dirs_exist_ok=True)
    return DataFolder(tmp_path)


def story_of(folder, title):
    sql = "SELECT story_id FROM story_articles WHERE title = $title"
    return rows_of(folder, sql, title=title)[0][0]


def watch(folder, title=FIRST.article.title, **asked):
    """Watch the story of an article from now on."""
    made = make_watch("flood", story_id=story_of(folder, title), **asked)
    with open_live(folder) as con:
        if commit := newest_commit(con):
            made = replace(made, starts_after=commit)
        return add_watch(con, made, [], now=NOW)


def append(folder, *stories):
    with open_live(folder) as con:
        append_stories(con, folder.spool, *stories)


def load(folder, *stories):
    append(folder, *stories)
    link_new(make_run(folder.root))


def told(folder, one):
    """Look, and return how many matches are new, and the titles of all."""
    with open_live(folder) as con:
        new = look(con, now=NOW)
        return new, sorted(match.title or "" for match in last_matches(con, one, most=100))


@pytest.mark.parametrize(
    ("words", "new"), [("flood NOT page:live NOT topic:sport", 1), ("flood topic:sport", 0)]
)
def test_topic_and_kind_of_page_are_asked_of_articles_that_join(folder, words, new):
    one = watch(folder, words=words)
    load(folder, SECOND)
    assert told(folder, one)[0] == new


def test_article_that_joins_the_story_is_told_once(folder):
    one = watch(folder)
    assert told(folder, one) == (0, [])
    load(folder, SECOND, CLEANING)
    both = [CLEANING.article.title, SECOND.article.title]
    assert told(folder, one) == (2, both)
    assert told(folder, one) == (0, both)
    load(folder, SECOND, CLEANING)
    assert told(folder, one) == (0, both)


def test_article_that_a_later_run_links_is_told_then(folder):
    one = watch(folder)
    append(folder, SECOND)
    assert told(folder, one) == (0, [])
    link_new(make_run(folder.root))
    assert told(folder, one) == (1, [SECOND.article.title])


@pytest.mark.parametrize("step", ["append", "commit"])
def test_interrupted_look_is_made_again(folder, step):
    def stop(at):
        if at == step:
            raise KeyboardInterrupt

    one = watch(folder)
    load(folder, SECOND)
    with pytest.raises(KeyboardInterrupt), open_live(folder) as con:
        look(con, now=NOW, on_step=stop)
    assert told(folder, one) == (1, [SECOND.article.title])
    assert told(folder, one) == (0, [SECOND.article.title])


def test_edited_article_of_the_story_is_no_new_one(folder):
    one = watch(folder)
    load(folder, EDITED)
    assert rows_of(folder, "SELECT max(revision) FROM articles") == [(2,)]
    assert told(folder, one) == (0, [])


def test_article_that_was_cleaned_again_before_it_was_linked_is_told(folder):
    one = watch(folder)
    append(folder, SECOND)
    append(folder, flood("b", "2024-06-03", hour=9, text=f"{SECOND.article.text} The end."))
    with open_live(folder) as con:
        con.execute("UPDATE articles SET revision_cause = 'reprocessed' WHERE revision = 2")
    link_new(make_run(folder.root))
    assert told(folder, one) == (1, [SECOND.article.title])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"words": "residents cleaned"}, [CLEANING.article.title], id="words"),
        pytest.param({"entity": "Edwin Prast"}, [SECOND.article.title], id="entity"),
        pytest.param({"speaker": "Karin Holt"}, [SECOND.article.title], id="speaker"),
        pytest.param({"words": "treasurer"}, [], id="no-article-of-the-story"),
    ],
)
def test_story_and_what_else_is_asked_must_match(folder, asked, expected):
    one = watch(folder, **asked)
    load(folder, SECOND, CLEANING)
    assert told(folder, one) == (len(expected), expected)


def test_edited_article_that_matches_now_is_told(folder):
    one = watch(folder, words="school")
    load(folder, SECOND)
    assert told(folder, one) == (0, [])
    load(folder, EDITED)
    assert told(folder, one) == (1, [EDITED.article.title])


def test_new_statement_in_the_story_is_told(folder):
    one = watch(folder, speaker="Karin Holt")
    load(folder, SECOND)
    told(folder, one)
    with open_live(folder) as con:
        ((match),) = last_matches(con, one, most=5)
    assert (match.speaker, match.statement) == ("Karin Holt", SAID)


def test_watch_of_a_merged_story_goes_on_with_the_other_one(tmp_path):
    """A text that has two earlier ones in it is a copy of both: their stories are one."""
    younger, older = (
        next(article for article in read_gold("dev") if article.event == event)
        for event in ("flood-marsby", "trial-agerholt")
    )
    texts = {"younger": younger.text, "older": older.text, "again": older.text}
    texts |= {"both": f"{younger.text}\n{older.text}", "later": older.text}
    days = {"older": "2024-06-03", "again": "2024-06-03"}
    told_by = {
        name: make_story(f"{name}\n{text}", url=f"https://{name}.example/1", day=days.get(name, "2024-06-04"))
        for name, text in texts.items()
    }  # fmt: skip
    folder = load_linked(tmp_path, [told_by["younger"], told_by["older"]])
    one = watch(folder, "younger")
    load(folder, told_by["again"])
    assert told(folder, one) == (0, [])
    load(folder, told_by["both"])
    assert rows_of(folder, "SELECT kind FROM story_changes") == [("merged",)]
    # What joined the other story since the watch was added is now of the watched one.
    assert told(folder, one) == (2, ["again", "both"])
    load(folder, told_by["later"])
    assert told(folder, one) == (1, ["again", "both", "later"])
    survivor = story_of(folder, "older")
    with open_live(folder) as con:
        assert find_watched(con, one.story_id).story_id == survivor != one.story_id


def test_recent_matches_are_the_articles_of_the_story(folder):
    load(folder, SECOND, CLEANING)
    publish(folder)
    one = make_watch("flood", story_id=story_of(folder, FIRST.article.title))
    assert [match.title for match in recent_matches(folder, one, most=2)] == [
        CLEANING.article.title,
        SECOND.article.title,
    ]
    one = replace(one, entity="Edwin Prast")
    found = [match.title or "" for match in recent_matches(folder, one, most=5)]
    assert sorted(found) == [FIRST.article.title, SECOND.article.title]


def test_batches_from_before_the_watch_are_not_looked_at(folder):
    """An older watch that asks for words has seen the articles, and not how they were linked."""
    with open_live(folder) as con:
        add_watch(con, make_watch("old", words="flooded"), [], now=NOW)
        assert look(con, now=NOW) == 1
    watch(folder)
    load(folder, SECOND)
    with open_live(folder) as con:
        assert look(con, now=NOW) == 2
    sql = "SELECT rows_appended ->> 'story_members' FROM batches SEMI JOIN watch_looks USING (batch_id)"
    assert sorted(rows_of(folder, sql), key=str) == [("1",), (None,), (None,)]
