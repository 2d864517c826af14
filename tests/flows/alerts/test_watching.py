import shutil
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import feedparser
import pytest

from flows.alerts.watch_feeds import MOST_ITEMS, as_rss, watch_feed
from flows.alerts.watching import (
    LISTED,
    add_watch,
    list_watches,
    message,
    remove_watch,
    run_watches,
    try_watch,
)
from flows.settings import read_settings
from tests.helpers.questions import BRIDGE, BUDGET, PLAN
from tests.helpers.stories import append_stories
from warehouse.connect import open_live, open_snapshot
from warehouse.errors import WatchError
from warehouse.publish import publish
from warehouse.watches import Match, make_watch

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Outbox:
    """Keeps messages; it fails as often as it is told."""

    def __init__(self, failures=0):
        self.sent, self.failures = [], failures

    def __call__(self, title, body, _facts):
        if self.failures:
            self.failures -= 1
            raise KeyboardInterrupt
        self.sent.append((title, body))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    settings = read_settings(data=tmp_path_factory.mktemp("published"))
    append(settings, PLAN)
    publish(settings.folder)
    return settings.data


@pytest.fixture
def settings(tmp_path, published):
    shutil.copytree(published, tmp_path, dirs_exist_ok=True, symlinks=True)
    return read_settings(data=tmp_path)


def append(settings, *stories):
    with open_live(settings.folder) as con:
        append_stories(con, settings.folder.spool, *stories)


def add(settings, **asked):
    given = {"name": None, "words": None, "speaker": None, "entity": None} | asked
    return add_watch(settings, make_watch(given.pop("name"), **given), now=NOW)


def run(settings, outbox, minutes=1):
    return run_watches(settings, now=NOW + timedelta(minutes=minutes), deliver=outbox)


def items(settings, watch):
    parsed = feedparser.parse(watch_feed(settings.folder, watch).read_bytes())
    assert not parsed.bozo
    return parsed.entries


def test_new_watch_starts_with_what_is_there_and_sends_no_message(settings):
    outbox = Outbox()
    watch, past = add(settings, words="quantum")
    (item,) = items(settings, watch)
    assert (past, item.title, item.category) == (1, PLAN.article.title, "past")
    assert (run(settings, outbox), outbox.sent) == ([], [])


def test_run_tells_new_matches_once_in_rows_feed_and_message(settings):
    outbox = Outbox()
    watch, _ = add(settings, words="quantum", name="quantum")
    append(settings, BUDGET, BRIDGE)
    run(settings, outbox)
    run(settings, outbox, minutes=2)
    assert outbox.sent == [
        ("quantum: 1 new match", "2026-02-03  b.example  Budget day in Aren\nhttps://b.example/budget")
    ]  # fmt: skip
    assert [item.link for item in items(settings, watch)] == [
        "https://b.example/budget",
        "https://a.example/plan",
    ]
    with open_snapshot(settings.folder) as con:
        rows = con.execute("SELECT title, is_past FROM watch_matches ORDER BY found_at").fetchall()
    assert rows == [(PLAN.article.title, True), (BUDGET.article.title, False)]


def test_message_is_sent_for_each_watch_with_new_matches(settings):
    outbox = Outbox()
    add(settings, words="quantum")
    add(settings, speaker="Ana Ruiz")
    add(settings, entity="Nobody")
    append(settings, BUDGET)
    run(settings, outbox)
    assert sorted(title for title, _ in outbox.sent) == ["ana-ruiz: 1 new match", "quantum: 1 new match"]  # fmt: skip
    assert "Ana Ruiz: Strategy comes later" in dict(outbox.sent)["ana-ruiz: 1 new match"]


def test_interrupted_message_is_not_sent_again_and_the_others_are(settings):
    outbox = Outbox(failures=1)
    add(settings, words="quantum")
    add(settings, words="budget")
    append(settings, BUDGET)
    with pytest.raises(KeyboardInterrupt):
        run(settings, outbox)
    run(settings, outbox, minutes=2)
    assert [title for title, _ in outbox.sent] == ["quantum: 1 new match"]


def test_feed_that_an_interrupted_run_did_not_write_is_written_by_the_next(settings):
    watch, _ = add(settings, words="quantum")
    before = watch_feed(settings.folder, watch).read_bytes()
    append(settings, BUDGET)
    run(settings, Outbox())
    after = watch_feed(settings.folder, watch).read_bytes()
    watch_feed(settings.folder, watch).write_bytes(before)
    run(settings, Outbox(), minutes=2)
    assert watch_feed(settings.folder, watch).read_bytes() == after != before


def test_identifiers_in_a_feed_are_stable_and_distinct(settings):
    watch, _ = add(settings, words="quantum OR brücke")
    first = {item.link: item.id for item in items(settings, watch)}
    append(settings, BUDGET, BRIDGE)
    run(settings, Outbox())
    second = {item.link: item.id for item in items(settings, watch)}
    assert second.items() >= first.items()
    assert len(set(second.values())) == 3


def test_feed_has_the_last_matches_and_no_character_that_xml_lacks():
    watch = make_watch("quantum", words="quantum", speaker=None, entity=None)
    match = Match(
        article_id="a1", revision=1, title="Quantum \x00 & \x1b[1m <b>", url="https://a.example/?a&b",
        speaker="Ana\ufffe Ruiz", statement="“Yes” ]]>", source_id="a.example", published_at=NOW,
    )  # fmt: skip
    root = ET.fromstring(as_rss(watch, [match], NOW))
    (item,) = root.iter("item")
    texts = {element.tag: element.text for element in item}
    assert texts["title"] == "Quantum \ufffd & \ufffd[1m <b>"
    assert texts["description"] == "Ana\ufffd Ruiz: “Yes” ]]&gt; (a.example)"  # as HTML
    assert (texts["link"], texts["pubDate"]) == (
        "https://a.example/?a&b",
        "Sun, 01 Mar 2026 12:00:00 GMT",
    )
    assert [root.findtext(f"channel/{name}") is not None for name in ("title", "link", "description")] == [True] * 3  # fmt: skip


def test_feed_has_at_most_the_newest_items(settings, monkeypatch):
    assert MOST_ITEMS == 100
    monkeypatch.setattr("flows.alerts.watch_feeds.MOST_ITEMS", 2)
    watch, _ = add(settings, words="quantum OR brücke")
    append(settings, BUDGET, BRIDGE)
    run(settings, Outbox())
    assert [item.title for item in items(settings, watch)] == [
        BRIDGE.article.title,
        BUDGET.article.title,
    ]


def test_message_lists_the_first_matches_and_counts_the_rest():
    watch = make_watch("quantum", words="quantum", speaker=None, entity=None)
    many = [Match(article_id=f"a{n}", revision=1, title=f"Report {n}") for n in range(LISTED + 2)]
    title, body = message(watch, many)
    assert title == f"quantum: {LISTED + 2} new matches"
    assert body.count("Report") == LISTED
    assert body.endswith("and 2 others: see watches/quantum.xml in the published folder")


def test_message_cannot_steer_a_terminal():
    watch = make_watch("quantum", words="quantum", speaker=None, entity=None)
    match = Match(article_id="a", revision=1, title="Red \x1b[31malert\nnow", source_id="a.example")
    assert message(watch, [match])[1] == "undated  a.example  Red \ufffd[31malert now"


def test_list_counts_past_and_new_matches(settings):
    add(settings, words="quantum")
    append(settings, BUDGET)
    run(settings, Outbox())
    ((_, found),) = list_watches(settings)
    assert (found.past_matches, found.new_matches) == (1, 1)
    assert found.last_found_at == NOW + timedelta(minutes=1)


def test_trying_a_watch_stores_and_sends_nothing(settings):
    add(settings, words="quantum", name="quantum")
    assert [match.title for match in try_watch(settings, "quantum", most=5)] == [PLAN.article.title]
    ((_, found),) = list_watches(settings)
    assert found.new_matches == 0
    with pytest.raises(WatchError):
        try_watch(settings, "other", most=5)


def test_removed_watch_has_no_feed_and_sends_nothing(settings):
    outbox = Outbox()
    watch, _ = add(settings, words="quantum", name="quantum")
    remove_watch(settings, "quantum", now=NOW + timedelta(minutes=1))
    append(settings, BUDGET)
    assert run(settings, outbox, minutes=2) == []
    assert not watch_feed(settings.folder, watch).exists()


def test_watch_added_before_anything_is_published_sees_everything_later(tmp_path):
    settings, outbox = read_settings(data=tmp_path), Outbox()
    add(settings, words="quantum", name="quantum")
    append(settings, PLAN)
    run(settings, outbox)
    assert [title for title, _ in outbox.sent] == ["quantum: 1 new match"]
