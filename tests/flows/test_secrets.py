from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.secrets import mask_links, mask_text, mask_url

CANARY = "cAnAry4711"


@pytest.mark.parametrize(
    "url",
    [
        f"https://desk:{CANARY}@wire.example/feed",
        f"https://{CANARY}@wire.example/feed",
        f"https://desk:p@{CANARY}@wire.example/",
        f"https://wire.example/feed?token={CANARY}",
        f"https://wire.example/feed?a=1&access_token={CANARY}&b=2",
        f"https://wire.example/feed?API-KEY={CANARY}",
        f"https://wire.example/feed?apiKey={CANARY}",
        f"https://wire.example/feed?key={CANARY}",
        f"https://wire.example/feed?sig={CANARY}",
        f"https://store.example/a?X-Amz-Signature={CANARY}&X-Amz-Credential={CANARY}",
        f"https://wire.example/feed;sid={CANARY}",
        f"https://wire.example/cb#access_token={CANARY}",
        f"https://go.example/?to=https%3A%2F%2Fwire.example%2F%3Ftoken%3D{CANARY}",
        f"https://wire.example/feed?user[password]={CANARY}",
        *(
            f"https://wire.example/feed?{name}={CANARY}"
            for name in ("k", "u", "uid", "pw", "access", "rss_key", "feedkey", "login", "email")
        ),
        f"https://wire.example/feeds/token/{CANARY}/news.xml",
        f"https://wire.example/rss/private/3f9A-{CANARY}b8Kq2Zx7Lw.rss",
        f"https://wire.example/feed/a3Fk2Ls9QmZ1{CANARY}",
    ],
)
def test_secret_is_masked(url):
    assert CANARY not in mask_url(url)
    assert CANARY not in mask_text(f"GET {url} failed: see '{url}'")
    assert "example" in mask_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://wire.example/feed?page=2&author=Ann",
        "https://wire.example/@desk/tokens",
        "https://wire.example/keynote?keyword=key",
        "https://wire.example/2024/06/03/d41d8cd98f00b204e9800998ecf8427e",
        "https://wire.example/rss/2024-06-03-ferry-strike-ends-after-eight-days.html",
        "https://wire.example/feed/1234567890123456789",
        "https://wire.example/feeds/posts/default?page=2",
        "https://feeds.example/rss/internationalpolitics.xml",
        "mailto:desk@wire.example",
    ],
)
def test_url_without_a_secret_is_kept(url):
    assert mask_url(url) == url


def test_uuid_in_the_path_of_a_feed_is_masked():
    url = "https://wire.example/feed/podcast/123e4567-e89b-42d3-a456-426614174000.rss"
    assert mask_url(url) == "https://wire.example/feed/podcast/***"
    assert mask_url(url.replace("feed/podcast", "story")) == url.replace("feed/podcast", "story")


def test_text_of_a_publisher_keeps_words_that_look_like_a_header():
    text = "Basic understanding, see https://wire.example/a?token=4711&page=2 and ?token=4711"
    shown = "Basic understanding, see https://wire.example/a?token=***&page=2 and ?token=4711"
    assert mask_links(text) == shown


def test_credentials_in_a_header_are_masked():
    assert CANARY not in mask_text(f"Authorization: Bearer {CANARY}")


def test_masking_is_idempotent():
    once = mask_url(f"https://desk:{CANARY}@wire.example/feed?token={CANARY}")
    assert mask_url(once) == once


@given(st.text(alphabet="/:@?&;#=%3fF2dtokenkey. ", max_size=80))
def test_masking_anything_is_idempotent(text):
    once = mask_text(text)
    assert mask_text(once) == once
