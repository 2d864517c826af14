"""One article under several addresses: one key."""

import pytest

from tests.helpers.pages import article_of, make_page
from transforms.article_urls import article_url
from transforms.identity import article_id
from transforms.urls import canonical_url

STORY = "https://www.harbour.example/2024/ferry-aground"


def canonical(url):
    return f'<link rel="canonical" href="{url}">'


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"{STORY}/amp/", id="amp-last"),
        pytest.param(f"{STORY}?amp=1", id="amp-parameter"),
        pytest.param("https://amp.harbour.example/2024/ferry-aground", id="amp-host"),
        pytest.param(f"{STORY}?print=1", id="print-parameter"),
        pytest.param(f"{STORY}?utm_source=rss&view=print", id="view-parameter"),
        pytest.param(f"{STORY}?format=amp", id="format-parameter"),
        pytest.param(f"{STORY}/print/", id="print-last"),
        pytest.param(f"{STORY}/print.html", id="print-file"),
        pytest.param("https://www.harbour.example/print/2024/ferry-aground", id="print-first"),
        pytest.param("https://m.harbour.example/2024/ferry-aground", id="mobile-host"),
        pytest.param("http://mobile.harbour.example/2024/ferry-aground?mobile=1", id="mobile"),
    ],
)
def test_other_page_of_an_article_has_its_key(url):
    assert article_url(url) == STORY
    page = article_of(make_page(), url=url)
    assert page.article_id == article_id(STORY, "")


@pytest.mark.parametrize(
    "url",
    [
        "https://harbour.example/a",
        "https://www.harbour.example/culture/print",
        "https://www.harbour.example/print",
        "https://www.harbour.example/print/archive",
        "https://www.harbour.example/2024/printers-on-strike",
        "https://www.harbour.example/2024/ferry?print=7",
        "https://www.harbour.example/search?format=list",
        "https://www.harbour.example/mobile/new-phone-2024",
        "https://m.example/2024/ferry",
        "https://mail.harbour.example/2024/ferry",
        "https://www.harbour.example/",
        "https://harbour.blogspot.com/2024/ferry.html",
    ],
)
def test_usual_address_keeps_its_key(url):
    assert article_url(url) == canonical_url(url) == url


def test_key_of_a_key_is_the_key():
    once = article_url("https://m.harbour.example/print/2024/ferry-aground/print?print=1") or ""
    assert article_url(once) == once == STORY


def test_address_that_cannot_be_used_has_no_key():
    assert article_url("mailto:desk@harbour.example") is None


@pytest.mark.parametrize(
    ("url", "declared", "original"),
    [
        pytest.param(f"{STORY}-copy", STORY, None, id="same-site"),
        pytest.param("https://harbour.example/2024/ferry-aground", STORY, None, id="other-host"),
        pytest.param(STORY, "https://agency.example/ferry-7?utm_source=x", "https://agency.example/ferry-7", id="syndicated"),
        pytest.param(STORY, "https://agency.example/", None, id="front-page"),
        pytest.param(STORY, None, None, id="nothing-declared"),
    ],
)  # fmt: skip
def test_page_of_another_publisher_is_noted_but_is_no_key(url, declared, original):
    page = article_of(make_page(head=canonical(declared) if declared else ""), url=url)
    assert page.canonical_url == STORY
    assert page.original_url == original
