"""Targets: pages, and what they state about their article: addresses, titles, bylines, JSON-LD."""

from __future__ import annotations

import json
from html import escape

from hypothesis import strategies as st

import onrecord
from tests.fuzz.target import Target
from tests.fuzz.texts import SENTENCES, assert_in, lexicon
from tests.helpers.pages import make_page
from transforms.charsets import decode
from transforms.cleaning.bylines import read_byline
from transforms.cleaning.jsonld import Statement, read_jsonld
from transforms.cleaning.page import parse_page
from transforms.cleaning.titles import cut_site, find_titles, site_keys, tidy_title
from transforms.errors import OnrecordError
from transforms.urls import absolute_url, address_and_key, canonical_url, registered_domain

_URL_PIECES = (
    "http://", "https://", "HTTPS:", "//", "/", "www.", "amp.", "a.example", "Müller.de", "xn--", "münchen", "[::1]", "1.2.3.4", ":443", ":8080",
    "user:pw@", "@", "?", "&", "=", "#", "utm_source=x", "fbclid=1", "id=7", "..", ".", "./", "%2e", "%", "%zz", "%C3%A9", " ", "\t", "\\", "index.html",
    ".amp.html", "/amp/", ";jsessionid=1", "\u200b", "é", "javascript:", "mailto:", "\x00", "。", "a" * 70, "/2024/05/06/",
)  # fmt: skip
URLS = st.lists(st.sampled_from(_URL_PIECES) | st.text(max_size=4), max_size=12).map("".join)


def check_url(given):
    url, base = given
    address, key = absolute_url(url, base), canonical_url(url, base)
    both = address_and_key(url, base)
    assert both is None or (both[0] is not None and both[1] == key)
    registered_domain(url)
    if address is not None:
        assert address.startswith(("http://", "https://"))
        assert address.isascii()
        assert len(address) <= 2048
        assert absolute_url(address) == address
        assert canonical_url(address) == key
    if key is not None:
        assert canonical_url(key) == key


_TITLE_PIECES = (
    "Ferry strike ends", " | ", " - ", " – ", "The Harbour Herald", "harbourherald.example", "&amp;", "&amp;amp;", "&lt;b&gt;", "<b>", "</b>",
    "\u00ad", "\u200b", ":", "Live", "by Anna", "»", "…", "\n", "e\u0301", "2024",
)  # fmt: skip
TITLES = st.lists(st.sampled_from(_TITLE_PIECES) | st.text(max_size=6), max_size=10).map("".join)


def check_titles(given):
    title, shown, names = given
    sites = site_keys(names, ["www.harbourherald.example"])
    plain = tidy_title(title)
    assert plain == plain.strip()
    assert cut_site(plain, sites) in plain
    head = f'<meta property="og:title" content="{escape(shown)}"><h1>{escape(title)}</h1>'
    page = parse_page(make_page(title=escape(shown), head=head))
    assert page is not None
    found = find_titles(page, Statement(headline=title), sites)
    assert found == find_titles(page, Statement(headline=title), sites)
    assert len(found) == len(set(found))
    assert all(one and one == one.strip() for one in found)


_BYLINE_PIECES = (
    "By ", "by ", "Anna Weaver", "Tom Reed", " and ", ", ", " & ", "staff writers", "Reuters", "(AP)", "Photos: ", "in Oslo", "Dr. ", "PhD", "Jr.",
    "@anna", "anna@herald.example", "Von ", "und ", "Par ", "10:30", "|", "\n", "\xa0", "Updated", "Follow", "WEAVER", "Анна Иванова", "王小明", "記者",
)  # fmt: skip
BYLINES = st.lists(st.sampled_from(_BYLINE_PIECES) | st.text(max_size=5), max_size=12).map("".join)


def check_byline(byline):
    bylines = lexicon().boilerplate.bylines
    found = read_byline(byline, bylines)
    assert found == read_byline(byline, bylines)
    assert all(name and name == name.strip() for name in [*found.authors, *found.others])
    assert len(found.authors) == len(set(found.authors))


_KEYS = st.sampled_from(
    ("@type", "@id", "@graph", "headline", "author", "name", "url", "datePublished", "dateModified", "publisher",
     "keywords", "image", "articleBody", "articleSection", "inLanguage", "isAccessibleForFree", "mainEntityOfPage", "description")
)  # fmt: skip
_VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from(("NewsArticle", "Person", "#a", "2024-05-06", "https://a.example/1", "True"))
)  # fmt: skip
_OBJECTS = st.recursive(
    _VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=20,
)
_SCRIPTS = (
    _OBJECTS.map(json.dumps)
    | st.tuples(_OBJECTS.map(json.dumps), st.text(max_size=6), st.integers(0, 40)).map(
        lambda given: given[0][: given[2]] + given[1] + given[0][given[2] :]
    )
    | st.sampled_from(("[" * 5000, '{"a":' * 5000, "/* */ {}", "<!-- {} -->", '{"a": 1,}', "NaN"))
)


def check_jsonld(script):
    raw = script.replace("</", "<\\/")
    page = parse_page(make_page(head=f'<script type="application/ld+json">{raw}</script>'))
    assert page is not None
    found = read_jsonld(page.tree, "https://a.example/1")
    assert found == read_jsonld(page.tree, "https://a.example/1")
    for value in (found.headline, found.body, found.published, found.publisher, found.url):
        assert value is None or (isinstance(value, str) and value.strip())
    assert all(isinstance(name, str) and name.strip() for name in found.authors)
    assert found.is_free in (None, True, False)


_CHARSETS = st.none() | st.sampled_from(
    ("utf-8", "windows-1251", "latin-1", "shift_jis", "utf-16", "gb18030", "nonsense", "utf-7", "iso-2022-jp", "hz", "\x00")
)  # fmt: skip


def check_charset(given):
    content, declared = given
    found = decode(content, declared)
    assert found == decode(content, declared)
    found.text.encode()  # raises if half a surrogate pair is left
    is_plain = isinstance(content, bytes) and not {0, 0x1B, ord("~"), ord("+")} & set(content)
    if is_plain and declared is None:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            return
        assert found.text == text.removeprefix("\ufeff")


_MARKUP = (
    "<p>", "</p>", "<div>", "</div>", "<br>", "<a href='/a'>", "</a>", "<h1>", "</h1>", "<blockquote>", "</blockquote>", "<ul><li>", "</ul>", "<table><tr><td>",
    "</table>", "<script>", "</script>", "<style>", "<!--", "-->", "<![CDATA[", "]]>", "<img src=x>", "<time datetime='2024-05-06'>", "<svg>", "<template>",
    "<noscript>", "<iframe>", "<span class='author'>By Anna Weaver</span>", "<aside>", "</article>", "<body>", "</html>", "<p hidden>", "&nbsp;", "&#0;", "&#xD800;",
    "<meta name='author' content='Anna Weaver'>", "<link rel=canonical href='//'>", "<base href='/x/'>", "<", ">", "&", "\x00",
)  # fmt: skip
_WITHIN = st.lists(
    st.sampled_from(_MARKUP) | st.sampled_from(SENTENCES) | st.text(max_size=8), max_size=25
).map("".join)
PAGES = _WITHIN.map(lambda within: make_page(within=within)) | _WITHIN | st.binary(max_size=200)


def check_extract(content):
    """Check that a page gives a record whose offsets fit, or an error that says why not."""
    found = _extracted(content)
    assert found == _extracted(content)
    if isinstance(found, str):
        return
    json.dumps(found)
    text = found["text"]
    for one in [*found["quotations"], *found["no_comment"]]:
        assert_in(text, one["start"], one["end"], one["text"])
        assert text.startswith(one["cue"] or "", one["cue_start"] or 0)
    for one in [*found["mentions"], *found["dates"]]:
        assert_in(text, one["start"], one["end"], one["text"])
    assert found["title"] is None or found["title"].strip()


def _extracted(content):
    try:
        return onrecord.extract(content, url="https://a.example/2024/ferry")
    except OnrecordError as exc:
        return str(exc)


TARGETS = (
    Target(
        "urls",
        st.tuples(URLS, st.none() | URLS),
        check_url,
        found={
            "escaped-dot": ("https://a.example/%2e", None),
            "amp-behind-empty-segments": ("https://a.example///amp/ferry", None),
            "amp-twice": ("https://a.example/amp/amp/ferry", None),
        },
    ),
    Target(
        "titles", st.tuples(TITLES, TITLES, st.lists(TITLES, max_size=2)), check_titles, examples=30
    ),
    Target("bylines", BYLINES, check_byline),
    Target("jsonld", _SCRIPTS, check_jsonld, examples=40),
    Target(
        "charset",
        st.tuples(st.binary(max_size=200) | st.text(max_size=60).map(str.encode), _CHARSETS),
        check_charset,
    ),
    Target("extract", PAGES, check_extract, examples=25),
)
