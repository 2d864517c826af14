"""The rules of JSON Feed 1.1, as far as they can be checked."""

import re
from urllib.parse import urlsplit

import orjson

_FEED = {"version", "title", "home_page_url", "feed_url", "description", "user_comment", "next_url",
         "icon", "favicon", "authors", "language", "expired", "hubs", "items"}  # fmt: skip
_ITEM = {"id", "url", "external_url", "title", "content_html", "content_text", "summary", "image",
         "banner_image", "date_published", "date_modified", "authors", "tags", "language",
         "attachments"}  # fmt: skip
# RFC 3339, 5.6
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def read_json_feed(content):
    """Return a feed; fail if it breaks a rule of the specification."""
    content.decode("utf-8")
    feed = orjson.loads(content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert set(feed) <= _FEED
    assert feed["title"]
    assert all(_is_url(feed[name]) for name in ("home_page_url", "feed_url"))
    assert isinstance(feed["items"], list)
    for item in feed["items"]:
        assert set(item) <= _ITEM
        assert isinstance(item["id"], str)
        assert item["id"]
        assert isinstance(item.get("content_text") or item.get("content_html"), str)
        assert _is_url(item.get("url", feed["home_page_url"]))
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
        assert _INSTANT.fullmatch(item.get("date_published", "2026-01-01T00:00:00Z"))
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    return feed


def _is_url(text):
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
