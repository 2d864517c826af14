from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.urls import (
    MAX_URL_CHARS,
    absolute_url,
    address_and_key,
    canonical_url,
    preferred_url,
    registered_domain,
    source_id,
    without_tracking,
)

STORY = "https://www.example.org/world/ferry-aground"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://www.example.org/world/ferry-aground?utm_source=rss", id="utm"),
        pytest.param("https://www.example.org/world/ferry-aground?UTM_Medium=x", id="utm-case"),
        pytest.param(
            "https://www.example.org/world/ferry-aground?fbclid=7&gclid=8", id="click-ids"
        ),
        pytest.param("https://www.example.org/world/ferry-aground?at_medium=RSS", id="broadcaster"),
        pytest.param("https://www.example.org/world/ferry-aground?xtor=RSS-7", id="xtor"),
        pytest.param("https://www.example.org/world/ferry-aground?ref=rss&src=x", id="words"),
        pytest.param("https://www.example.org//world/ferry-aground", id="empty-segment"),
        pytest.param("https://www.example.org/world/ferry-aground#comments", id="fragment"),
        pytest.param("https://www.example.org/world/ferry-aground/", id="closing-slash"),
        pytest.param("https://www.example.org/world/ferry-aground?", id="empty-query"),
        pytest.param("http://www.example.org/world/ferry-aground", id="http"),
        pytest.param("https://www.example.org:443/world/ferry-aground", id="port-443"),
        pytest.param("http://www.example.org:80/world/ferry-aground", id="port-80"),
        pytest.param("HTTPS://WWW.Example.ORG/world/ferry-aground", id="case"),
        pytest.param("https://www.example.org./world/ferry-aground", id="root-dot"),
        pytest.param("https://reader:pw@www.example.org/world/ferry-aground", id="credentials"),
        pytest.param("https://www.example.org/./world/x/../ferry-aground", id="dots"),
        pytest.param("https://www.example.org/world/ferry%2Daground", id="needless-escape"),
        pytest.param(" https://www.example.org/world/\nferry-aground ", id="white-space"),
        pytest.param("https://www.example.org/world/ferry-aground;jsessionid=7A", id="session"),
        pytest.param("https://amp.example.org/world/ferry-aground", id="amp-host"),
        pytest.param("https://www.example.org/amp/world/ferry-aground", id="amp-first"),
        pytest.param("https://www.example.org/world/ferry-aground/amp/", id="amp-last"),
        pytest.param("https://www.example.org/world/ferry-aground?amp=1", id="amp-query"),
        pytest.param("https://www.example.org/world/ferry-aground?outputType=amp", id="amp-output"),
        pytest.param(
            "https://www.google.com/amp/s/www.example.org/world/ferry-aground", id="amp-google"
        ),
        pytest.param(
            "https://www-example-org.cdn.ampproject.org/c/s/www.example.org/world/ferry-aground",
            id="amp-cache",
        ),
    ],
)
def test_variants_of_a_url_have_one_key(url: str) -> None:
    assert canonical_url(url) == STORY


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.org/world/ferry-afloat",
        "https://www.example.org/World/ferry-aground",
        "https://www.example.org/world/ferry-aground?id=7",
        "https://www.example.org/world/ferry-aground?page=2",
        "https://www.example.org/world/ferry-aground?ref=4711",
        "https://example.org/world/ferry-aground",
        "https://www.example.org:8443/world/ferry-aground",
        "https://www.example.org/world/lamp",
    ],
)
def test_different_pages_have_different_keys(url: str) -> None:
    assert canonical_url(url) not in {STORY, None}


def test_order_of_parameters_does_not_matter() -> None:
    assert canonical_url("https://a.example/s?b=2&a=1") == canonical_url(
        "https://a.example/s?a=1&utm_id=x&b=2"
    )


def test_credentials_are_kept_only_on_request() -> None:
    url = "https://Desk:p%40ss@a.example:443/feed#x"
    assert absolute_url(url) == "https://a.example/feed"
    assert absolute_url(url, keeps_credentials=True) == "https://Desk:p%40ss@a.example/feed"


def test_url_to_fetch_keeps_scheme_and_parameters() -> None:
    assert absolute_url("http://a.example/s/?utm_source=rss&b#top") == (
        "http://a.example/s/?utm_source=rss&b"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "https://bücher.example/größe?q=ä",
            "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe?q=%C3%A4",
        ),
        ("https://straße.example/", "https://xn--strae-oqa.example/"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("https://a.example/%e4%f6 x", "https://a.example/%E4%F6%20x"),
        ("https://[2001:DB8::1]:8080/a", "https://[2001:db8::1]:8080/a"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("?page=2", "https://news.example/list/index.html?page=2"),
        ("", "https://news.example/list/index.html"),
    ],
)
def test_url_becomes_absolute_ascii(url: str, expected: str) -> None:
    assert absolute_url(url, "https://news.example/list/index.html") == expected


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/x",
        "gopher://a.example/x",
        "mailto:desk@a.example",
        "https://",
        "https:///x",
        "http://[::1",
        "http://a.example:99999/",
        "http://a.example:x/",
        "http://a b.example/",
        "http://-a.example/",
        "http://a..example/",
        "http://" + "a" * 64 + ".example/",
        "https://a.example/" + "x" * MAX_URL_CHARS,
        "https://a.example/" + "ß" * 500,
        "x" * 100_000,
        "/relative",
    ],
)
def test_unusable_url_is_refused(url: str) -> None:
    assert absolute_url(url) is None
    assert canonical_url(url) is None


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        pytest.param("https://example.org/story", "https://example.org/story", id="same-domain"),
        pytest.param("/story?id=7", "https://m.example.org/story?id=7", id="relative"),
        pytest.param("https://other.example/story", "https://m.example.org/a", id="other-domain"),
        pytest.param("https://example.org/", "https://m.example.org/a", id="front-page"),
        pytest.param("javascript:0", "https://m.example.org/a", id="unusable"),
        pytest.param(None, "https://m.example.org/a", id="none"),
    ],
)
def test_declared_url_is_used_only_on_its_own_domain(declared: str | None, expected: str) -> None:
    assert preferred_url("https://m.example.org/a", declared) == expected


@pytest.mark.parametrize(
    ("url", "declared", "expected"),
    [
        pytest.param(None, "http://a.example/s/?utm_id=7", "https://a.example/s", id="no-url"),
        pytest.param("files/s.html", "https://a.example/s", "https://a.example/s", id="identifier"),
        pytest.param(None, "https://a.example/", None, id="front-page-of-a-file"),
        pytest.param(None, "/s", None, id="relative-to-nothing"),
        pytest.param("urn:uuid:7", None, None, id="neither"),
        pytest.param(
            "https://a.example", "https://www.a.example/", "https://www.a.example/", id="front-page"
        ),
        pytest.param(
            "https://one.blogspot.com/s", "https://two.blogspot.com/s", "https://one.blogspot.com/s",
            id="another-blog",
        ),
        pytest.param(
            "https://m.one.co.uk/s", "https://www.one.co.uk/s", "https://www.one.co.uk/s",
            id="second-level-suffix",
        ),
        pytest.param(
            "https://one.co.uk/s", "https://two.co.uk/s", "https://one.co.uk/s",
            id="other-domain-below-a-suffix",
        ),
    ],
)  # fmt: skip
def test_preferred_url_is_chosen(
    url: str | None, declared: str | None, expected: str | None
) -> None:
    assert preferred_url(url, declared) == expected


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.news.example.com/", "example.com"),
        ("https://www.taz.de/", "taz.de"),
        ("https://m.harbour-times.example/", "harbour-times.example"),
        ("https://www.one.blogspot.com/", "one.blogspot.com"),
        ("https://one.github.io:8080/a", "one.github.io"),
        ("https://www.example.org./", "example.org"),
        ("https://www.example.co.uk/", "example.co.uk"),
        ("https://example.com.au/", "example.com.au"),
        ("https://co.uk/", "co.uk"),
        ("http://192.0.2.7/", "192.0.2.7"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://localhost/", "localhost"),
    ],
)
def test_registered_domain_is_found(url: str, domain: str) -> None:
    assert registered_domain(url) == domain


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.A.example:8080/x", "a.example"),
        ("https://m.a.example/x", "m.a.example"),
        ("https://ana:secret@a.example/x", "a.example"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("https://[half/x", "files"),
        ("urn:uuid:7", "files"),
        ("", "files"),
        (None, "files"),
    ],
)
def test_source_of_a_url_is_its_domain(url: str | None, expected: str) -> None:
    assert source_id(url) == expected


ADDRESSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["https://a.example/", "http://www.a.example/amp/", "//b.example/?", "/", ""]),
    st.text(),
    st.sampled_from(["", "/amp/", ".amp.html", "?utm_source=x&a", "#x", "%zz", "/../.."]),
)


@given(ADDRESSES)
def test_key_of_a_key_is_itself(url: str) -> None:
    key = canonical_url(url, "https://base.example/x/")
    if key is not None:
        assert canonical_url(key) == key
        assert key.isascii()
        assert len(key) <= MAX_URL_CHARS


@given(ADDRESSES)
def test_absolute_url_is_not_changed(url: str) -> None:
    made = absolute_url(url, "https://base.example/x/")
    if made is not None:
        assert absolute_url(made) == made


@given(
    st.sampled_from(
        ["a.example", "www.amp.example", "amp.b.example", "c.ampproject.org", "1.2.3.4"]
    ),
    st.lists(
        st.sampled_from(
            ["/", "//", "/.", ".", "..", "a", "amp", ".html", "?", "&", "utm_source=x", "id=7", "-"]
        ),
        max_size=7,
    ).map("".join),
)
def test_url_in_normal_form_has_the_key_of_its_other_spellings(host: str, rest: str) -> None:
    # a scheme in capitals skips the fast path
    assert canonical_url(f"https://{host}{rest}") == canonical_url(f"HTTPS://{host}{rest}")
    assert address_and_key(f"https://{host}{rest}") == address_and_key(f"HTTPS://{host}{rest}")


@pytest.mark.parametrize(
    "pair",
    [
        "utm_source=rss", "UTM_Medium=x", "fbclid=IwAR0", "gclid=x", "dclid=x", "gbraid=x", "wbraid=x",
        "gad_source=1", "msclkid=x", "mc_cid=x", "mc_eid=x", "igshid=x", "yclid=7", "_hsenc=x",
        "_hsmi=7", "mkt_tok=x", "ref_src=twsrc%5Etfw", "cmpid=rss", "ncid=rss", "xtor=RSS-7",
        "wt_mc=x", "WT.mc_id=x", "at_medium=RSS", "smid=tw-share", "sref=x", "ref=rss", "source=twitter",
        "from=newsletter-west", "amp;utm_source=rss", "epik=x", "s_kwcid=x", "elqTrackId=x", "wpisrc=x",
    ],
)  # fmt: skip
def test_tracking_parameters_are_removed_and_the_rest_stays(pair: str) -> None:
    assert without_tracking(f"http://a.example/s/?b=2&{pair}&a=%C3%A4#top") == (
        "http://a.example/s/?b=2&a=%C3%A4#top"
    )
    assert without_tracking(f"https://a.example/s?{pair}") == "https://a.example/s"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://a.example/forum.php?mod=viewthread&tid=7", id="forum"),
        pytest.param("https://a.example/s?source=archive", id="archive"),
        pytest.param("https://a.example/s?ref=4711", id="reference"),
        pytest.param("https://a.example/watch?v=x&feature=player", id="player"),
        pytest.param("https://a.example/s?amp=1", id="mobile-version"),
        pytest.param("https://a.example/s?id=7&cid=8&t=9&page=2", id="identifiers"),
        pytest.param("https://a.example/s?story", id="without-value"),
        pytest.param("https://a.example/s?", id="empty-query"),
        pytest.param("https://a.example/#/story?utm_content", id="application"),
        pytest.param("https://a.example/s#page=2", id="anchor"),
        pytest.param("column-17", id="identifier"),
    ],
)
def test_parameters_that_may_select_the_page_stay(url: str) -> None:
    assert without_tracking(url) == url


def test_anchor_that_only_tracks_is_removed() -> None:
    assert without_tracking("https://a.example/s#xtor=RSS-7") == "https://a.example/s"
    assert (
        without_tracking("https://a.example/s?id=7#utm_a=x&utm_b=y") == "https://a.example/s?id=7"
    )
