"""The warehouse follows the feed list, and feeds keep their history when secrets change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.feeds.feed_list import key_of, moved
from flows.feeds.feed_rows import find_known, list_changes
from flows.feeds.opml import ListedFeed
from flows.fetching.masked_values import MaskedValues
from tests.helpers.builders import NOW
from transforms.feeds.feed_records import PollState
from transforms.identity import feed_id
from warehouse.feed_queries import KnownFeed

ADA, BOB = (f"https://wire.example/feed?u={name}4711" for name in ("ada", "bob"))
MASKED = MaskedValues()


def listed(*urls):
    return [ListedFeed(url=url, title="Wire", address=MASKED.hide(url)) for url in urls]


def known(url, ident, state="listed"):
    return KnownFeed(
        feed_id=ident, source_id="wire.example", url=url, kind="rss", title="Wire", home_url=None,
        language=None, folder=None, state=state, poll_state=PollState(),
    )  # fmt: skip


def changes(feeds, before):
    rows = list_changes(feeds, before, now=NOW, hide=MASKED.hide)
    return [(row["feed_id"], row["state"], row["url"]) for row in rows]


@pytest.mark.parametrize("url", ["https://wire.example/feed", "https://wire.example/feed?page=2"])
def test_feed_without_secrets_has_the_key_of_its_url(url):
    [feed] = listed(url)
    assert changes([feed], []) == [(feed_id(key_of(url)), "listed", url)]
    assert changes([feed], [known(url, "f1")]) == []


def test_two_accounts_of_a_publisher_are_two_feeds():
    rows = changes(listed(ADA, BOB), [])
    assert len({ident for ident, _, _ in rows}) == 2
    before = [known(url, ident) for ident, _, url in rows]
    assert changes(listed(BOB, ADA), before) == []
    removed = changes(listed(BOB), before)
    assert [(ident, state) for ident, state, _ in removed] == [(rows[0][0], "removed")]


def test_feed_whose_key_changes_keeps_its_history():
    ada, bob = listed(ADA, BOB)
    before = [known(ada.address, "f1-ada"), known(bob.address, "f1-bob")]
    [new] = listed(BOB.replace("4711", "4712"))
    assert changes([ada, new], before) == [("f1-bob", "listed", new.address)]


@pytest.mark.parametrize("stored", [ADA, "https://wire.example/feed?u=***"])
def test_feed_that_an_older_version_stored_keeps_its_history(stored):
    [feed] = listed(ADA)
    assert changes([feed], [known(stored, "f1-old")]) == [("f1-old", "listed", feed.address)]
    assert find_known([feed], [known(stored, "f1-old")])[feed.address].feed_id == "f1-old"


def test_accounts_that_an_older_version_stored_are_not_mixed_up():
    ada, bob = listed(ADA, BOB)
    before = [known(BOB, "f1-bob"), known(ADA, "f1-ada")]
    assert changes([ada, bob], before) == [
        ("f1-ada", "listed", ada.address), ("f1-bob", "listed", bob.address),
    ]  # fmt: skip


def test_paused_and_removed_feeds_are_told_apart():
    feed = replace(listed(ADA)[0], paused_at=NOW)
    assert changes([feed], [known(feed.address, "f1")]) == [("f1", "paused", feed.address)]
    assert changes([], [known(ADA, "f1")]) == [("f1", "removed", "https://wire.example/feed?u=***")]
    assert changes([], [known(ADA, "f1", state="removed")]) == []


def test_moved_feed_keeps_its_login_only_where_it_is_safe():
    url = "https://desk:pa55@wire.example/feed"
    targets = {
        "https://wire.example/new": "https://desk:pa55@wire.example/new",
        "http://wire.example/new": "http://wire.example/new",
        "https://other.example/new": "https://other.example/new",
    }
    for target, wanted in targets.items():
        assert [feed.url for feed in moved(listed(url), {url: target})] == [wanted]
