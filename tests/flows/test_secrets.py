from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.secrets import mask_text, mask_url

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
        "mailto:desk@wire.example",
    ],
)
def test_url_without_a_secret_is_kept(url):
    assert mask_url(url) == url


def test_credentials_in_a_header_are_masked():
    assert CANARY not in mask_text(f"Authorization: Bearer {CANARY}")


def test_masking_is_idempotent():
    once = mask_url(f"https://desk:{CANARY}@wire.example/feed?token={CANARY}")
    assert mask_url(once) == once


@given(st.text(alphabet="/:@?&;#=%3fF2dtokenkey. ", max_size=80))
def test_masking_anything_is_idempotent(text):
    once = mask_text(text)
    assert mask_text(once) == once
