"""A watch on a story from the files of a run to the message, and after `reprocess`."""

import json

import pytest

from flows.alerts.watching import add_watch, run_watches, story_to_watch
from flows.jobs.load import load_files
from flows.jobs.reprocess import ReprocessRequest, reprocess_articles
from flows.runs import batches
from flows.settings import Settings
from tests.helpers.aveling import CLEANING, TRIAL, flood
from tests.helpers.builders import NOW
from tests.helpers.warehouses import query
from warehouse.watches import make_watch

FIRST, SECOND = flood("a", "2024-06-03", hour=7), flood("b", "2024-06-03", hour=9)


@pytest.fixture
def settings(tmp_path):
    settings = Settings(data=tmp_path / "data", workers=1)
    load(settings, FIRST, TRIAL)
    return settings


def load(settings, *stories):
    path = settings.data.parent / "articles.jsonl"
    lines = [
        {
            "url": story.article.canonical_url,
            "title": story.article.title,
            "text": story.article.text.partition("\n")[2],
            "published": story.article.published_at.isoformat(),
        }
        for story in stories
    ]
    path.write_text("\n".join(map(json.dumps, lines)))
    return load_files([path], settings)


def watch_flood(settings):
    ((key,),) = query(settings, "SELECT story_id FROM stories WHERE headline LIKE 'Flood%'")
    story = story_to_watch(settings, key)
    made = make_watch("flood", story_id=story.story_id, headline=story.headline)
    return add_watch(settings, made, now=NOW)


def messages(settings):
    """Return the messages of a run's end."""
    sent = []
    run_watches(settings, now=NOW, deliver=lambda title, body, _: sent.append((title, body)))
    return sent


def test_articles_of_a_run_that_join_the_story_are_one_message(settings):
    _, past = watch_flood(settings)
    assert (past, messages(settings)) == (1, [])
    load(settings, SECOND, CLEANING)
    ((title, body),) = messages(settings)
    assert title == "flood: 2 new matches"
    assert body.split("\n")[::3] == [
        "2024-06-04  c.example  Aveling cleans up after the flood",
        "2024-06-03  b.example  Flood in Aveling, b reports",
    ]
    rows = query(settings, "SELECT source_id, is_past FROM watch_matches ORDER BY source_id")
    assert rows == [("a.example", True), ("b.example", False), ("c.example", False)]
    assert messages(settings) == []


def test_run_that_was_killed_before_it_linked_loses_no_match(settings, monkeypatch):
    def stop(_run):
        raise KeyboardInterrupt

    watch_flood(settings)
    with monkeypatch.context() as patched:
        patched.setattr(batches, "link_new", stop)
        with pytest.raises(KeyboardInterrupt):
            load(settings, SECOND)
    assert messages(settings) == []
    load(settings, TRIAL)
    assert [title for title, _ in messages(settings)] == ["flood: 1 new match"]


def test_articles_that_are_analysed_again_are_not_told_again(settings):
    watch_flood(settings)
    load(settings, SECOND)
    assert len(messages(settings)) == 1
    report = reprocess_articles(settings, ReprocessRequest(is_all=True))
    assert report is not None
    assert report.count.seen == 3
    assert messages(settings) == []
    assert query(settings, "SELECT count(*) FROM watch_matches") == [(2,)]
