"""Pages that only lead to another address, and pages that merely refresh."""

import pytest

from transforms.cleaning.meta_refresh import find_target

HERE = "https://wire.example/old/ferry"
STORY = "<p>" + "The ferry to Aren left the harbour an hour late on Monday. " * 9 + "</p>"


def page(content, *, body="<p>You are being taken to the new address.</p>", head=""):
    tag = f'<meta http-equiv="refresh" content="{content}">'
    return f"<!doctype html><html><head>{head}{tag}</head><body>{body}</body></html>".encode()


@pytest.mark.parametrize(
    ("content", "target"),
    [
        pytest.param("0; url=/news/ferry", "https://wire.example/news/ferry", id="path"),
        pytest.param("0;URL='ferry-2'", "https://wire.example/old/ferry-2", id="quoted"),
        pytest.param("0.5, https://b.example/x", "https://b.example/x", id="no-url-word"),
        pytest.param(" 5 ; url = //b.example/x?a=1&amp;b=2 ", "https://b.example/x?a=1&b=2", id="blanks"),
        pytest.param("0; url=https://b.example/url=7", "https://b.example/url=7", id="url-in-url"),
        pytest.param("10; url=/a", "https://wire.example/a", id="ten-seconds"),
        pytest.param("60; url=/a", None, id="a-minute"),
        pytest.param("0", None, id="reload"),
        pytest.param("url=/a", None, id="no-delay"),
        pytest.param("0; url=", None, id="empty"),
        pytest.param("0; url=javascript:go()", None, id="script"),
        pytest.param("0; url=http://[b", None, id="bad-url"),
        pytest.param("0; url=/old/ferry#top", None, id="itself"),
        pytest.param("0; url=/", None, id="front-page"),
    ],
)  # fmt: skip
def test_target_is_read_as_browsers_do(content, target):
    assert find_target(page(content), HERE) == target


def test_front_page_may_lead_to_another_front_page():
    found = find_target(page("0; url=https://www.wire.example/"), "https://wire.example/")
    assert found == "https://www.wire.example/"


def test_page_without_a_body_is_read():
    assert (
        find_target(b"<meta http-equiv=Refresh content=0;url=/a>", HERE) == "https://wire.example/a"
    )


def test_base_element_is_used():
    found = find_target(page("0; url=a", head='<base href="/en/">'), HERE)
    assert found == "https://wire.example/en/a"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(page("0; url=/a", body=STORY), id="article"),
        pytest.param(page("0; url=/a") + b" " * 70_000, id="large"),
        pytest.param(b"<noscript>" + page("0; url=/a")[36:-14] + b"</noscript>", id="noscript"),
        pytest.param(b"<!--" + page("0; url=/a") + b"-->", id="comment"),
        pytest.param(b"<script>'" + page("0; url=/a") + b"'</script>", id="script"),
        pytest.param(b"<p>The ferry left.</p>", id="no-refresh"),
        pytest.param(b"", id="empty"),
    ],
)
def test_page_with_something_to_read_is_not_left(content):
    assert find_target(content, HERE) is None


def test_hidden_text_is_no_text():
    body = f"<script>{STORY}</script><noscript>{STORY}</noscript>"
    assert find_target(page("0; url=/a", body=body), HERE) == "https://wire.example/a"
