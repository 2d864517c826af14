from __future__ import annotations

import json
from typing import Any

import pytest

from tests.helpers.feed_builders import parsed, refused

ITEM = {
    "id": "7",
    "url": "https://news.example.org/7",
    "title": "Ferry aground",
    "content_html": "<p>The <i>Gull</i> ran aground.</p>",
    "date_published": "2024-05-06T08:00:00+02:00",
    "date_modified": "2024-05-06T09:00:00Z",
    "authors": [{"name": "Ann Lee"}, {"url": "https://news.example.org/desk"}],
    "tags": ["shipping"],
    "language": "en",
}


def feed(*items: object, **fields: object) -> bytes:
    whole: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour News",
        "home_page_url": "https://news.example.org/",
        "items": list(items),
    }
    return json.dumps(whole | fields).encode()


def test_item_becomes_an_entry() -> None:
    read = parsed(feed(ITEM))
    (entry,) = read.entries
    assert (read.kind, read.version, read.title) == ("json_feed", "json11", "Harbour News")
    assert (entry.guid, entry.url) == ("7", "https://news.example.org/7")
    assert (entry.authors, entry.tags) == (("Ann Lee",), ("shipping",))
    assert entry.content == "<p>The <i>Gull</i> ran aground.</p>"
    assert entry.summary == "The Gull ran aground."
    assert entry.published_at is not None
    assert entry.published_at.isoformat() == "2024-05-06T06:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "guid"),
    [({"id": 7}, "7"), ({"id": 7.5}, "7.5"), ({"id": True}, None), ({"id": None}, None)],
)
def test_identifier_may_be_a_number(fields: dict[str, object], guid: str | None) -> None:
    assert parsed(feed(ITEM | fields)).entries[0].guid == guid


def test_author_of_version_1_and_of_the_feed_is_read() -> None:
    alone = {key: value for key, value in ITEM.items() if key != "authors"}
    assert parsed(feed(alone | {"author": {"name": "Ben Ode"}})).entries[0].authors == ("Ben Ode",)
    assert parsed(feed(alone, author={"name": "The Desk"})).entries[0].authors == ("The Desk",)


def test_plain_content_is_kept_as_markup() -> None:
    entry = parsed(feed({"id": "1", "content_text": "1 < 2"})).entries[0]
    assert (entry.summary, entry.content) == ("1 < 2", "<p>1 &lt; 2</p>")


def test_entry_of_a_link_blog_links_to_the_page_it_discusses() -> None:
    entry = parsed(feed({"id": "1", "external_url": "https://a.example/x"})).entries[0]
    assert entry.url == "https://a.example/x"


def test_items_of_wrong_types_are_counted() -> None:
    read = parsed(feed(ITEM, "text", None, {"title": 7, "tags": "x", "authors": "me"}))
    assert (len(read.entries), read.unusable) == (1, 3)


def test_feed_without_version_is_recognized_by_its_items() -> None:
    assert len(parsed(feed(ITEM, version=None)).entries) == 1


def test_items_over_the_limit_are_counted() -> None:
    read = parsed(feed(*(ITEM | {"id": str(number)} for number in range(2_050))))
    assert (len(read.entries), read.over_limit) == (2_000, 50)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [', "bad_json"),
        (b"[" * 100_000, "bad_json"),
        (b'{"name": "harbour", "version": "1.0.0"}', "unsupported_feed"),
        (b'{"error": "not found"}', "unsupported_feed"),
        (b"[1, 2, 3]", "unsupported_feed"),
        (b'{"items": "x", "version": "https://jsonfeed.org/version/1"}', "unsupported_feed"),
    ],
)
def test_other_json_is_refused(content: bytes, reason: str) -> None:
    assert refused(content).reason == reason
