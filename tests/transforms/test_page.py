"""Parsing of pages: repairs, limits, and content that is not a page."""

import gzip
import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.cpu_time import takes_at_most
from tests.helpers.pages import PARAGRAPHS, TITLE, article_of, clean_page, make_page
from transforms.cleaning.page import (
    MAX_BYTES,
    cut_at_tag,
    find_binary,
    parse_page,
    repair_characters,
)


@pytest.mark.parametrize(
    "reference", ["&#1;", "&#11;", "&#x1F;", "&#xFFFE;", "&#xD800;", "&#x110000;"]
)
def test_forbidden_reference_does_not_lose_the_page(reference):
    text = article_of(make_page().replace("divers", f"divers{reference}")).text
    assert "after divers found cracks" in text


@pytest.mark.parametrize("tag", ["div", "span", "b", "section"])
@pytest.mark.parametrize("levels", [300, 3000])
def test_deep_nesting_does_not_lose_the_text(tag, levels):
    body = f"<{tag}>" * levels + "".join(f"<p>{p}</p>" for p in PARAGRAPHS) + f"</{tag}>" * levels
    article = article_of(make_page(body=f"<h1>{TITLE}</h1>{body}"))
    assert PARAGRAPHS[-1] in article.text
    assert "nesting_flattened" in article.flags


@pytest.mark.slow
def test_too_large_page_is_cut_at_a_tag_and_flagged():
    page = make_page(after="<ul>" + "<li>tide table</li>" * (MAX_BYTES // 18) + "</ul>")
    article = article_of(page)
    assert "truncated_input" in article.flags
    assert PARAGRAPHS[0] in article.text


@pytest.mark.slow
def test_huge_text_node_is_cut_and_flagged():
    page = make_page(within="<pre>" + "0123456789 " * 1_000_000 + "</pre>")
    assert "truncated_input" in article_of(page).flags


def test_cut_never_splits_a_tag():
    assert cut_at_tag("<p>quay</p><p class=x>pier</p>", 17) == "<p>quay</p>"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param(b"%PDF-1.7\n1 0 obj", "PDF", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(50), "PNG", id="png"),
        pytest.param(gzip.compress(b"<html></html>"), "gzip", id="gzip"),
        pytest.param(b"PK\x03\x04" + bytes(40), "ZIP", id="zip"),
        pytest.param(bytes(200), "binary", id="nothing-but-nul"),
        pytest.param(bytes(range(1, 9)) * 40, "binary", id="control-bytes"),
    ],
)
def test_content_that_is_not_a_page_is_rejected_by_its_first_bytes(content, what):
    rejection = clean_page(content)
    assert rejection.reason == "not_html"
    assert what in rejection.detail


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1251"])
def test_page_in_any_charset_is_recognized(charset):
    assert find_binary(make_page(lang="ru").encode(charset)) is None


@pytest.mark.parametrize("content", ["", "<!-- nothing -->", b" "])
def test_empty_page_is_rejected(content):
    assert clean_page(content).reason == "no_text"


def test_xml_bombs_and_external_entities_yield_nothing():
    bomb = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "port"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]><html><body><p>&b; &f;</p></body></html>'
    page = parse_page(bomb)
    assert page is not None
    assert "root:" not in "".join(page.tree.itertext())


def test_lone_surrogates_and_controls_never_reach_the_text():
    text = article_of(make_page().replace("divers", "div\ud800ers\x00\x07 \ufffe")).text
    text.encode("utf-8")
    assert not set("\x00\x07\ufffe") & set(text)


@pytest.mark.parametrize(
    "forbidden", ["\x01", "\x0b", "\x7f", "\x80", "\x9f", "\ud800", "\ufffe", "\uffff"]
)
def test_each_forbidden_character_is_found(forbidden):
    assert "div-ers" in "".join(parse_page(f"<p>div-{forbidden}ers</p>").tree.itertext())


@given(st.text())
def test_page_has_the_repaired_text(text):
    page = parse_page(f"<body><p>quay{html.escape(text)}</p></body>")
    words = "".join(repair_characters(text).split())
    assert "".join("".join(page.body.itertext()).split()) == f"quay{words}"


@given(st.text())
def test_repaired_text_can_be_stored(text):
    repaired = repair_characters(text)
    assert repaired.encode("utf-8").decode() == repaired


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("<br>" * 100_000, id="line-breaks"),
        pytest.param("<a href=x>quay</a> " * 20_000, id="links"),
        pytest.param("<tr><td>1</td><td>2</td></tr>" * 20_000, id="table-rows"),
        pytest.param("<!--" * 50_000, id="open-comments"),
        pytest.param("&#" * 200_000, id="broken-references"),
        pytest.param('<div class="' + "a-" * 100_000 + '">', id="long-class"),
    ],
)
@pytest.mark.slow
def test_own_steps_take_linear_time(hostile):
    def parse(part):
        parse_page(make_page(after=part))

    assert takes_at_most(
        12, lambda: parse(hostile), lambda: parse(hostile[: len(hostile) // 4]), slack_s=0.2
    )


@pytest.mark.parametrize(
    "tag",
    [
        pytest.param("<div " + " ".join(f"a{n}=1" for n in range(50_000)) + ">", id="unquoted"),
        pytest.param(
            "<div " + " ".join(f'data-a{n}="x"' for n in range(50_000)) + ">", id="quoted"
        ),
    ],
)
def test_tag_with_too_many_attributes_is_read_without_them(tag):
    page = make_page(after=f"{tag}tide</div>")
    assert article_of(page).text.endswith(PARAGRAPHS[-1])
    prose = make_page(after="<p>The tide was high.</p>" * (len(tag) // 25))
    assert takes_at_most(5, lambda: article_of(page), lambda: article_of(prose))


def test_long_attribute_value_is_kept():
    value = "x = y " * 2000
    page = parse_page(make_page(after=f'<div data-state="{value}">tide</div>'))
    assert page is not None
    assert page.body.xpath("//div/@data-state") == [value]


@pytest.mark.slow
@pytest.mark.parametrize(
    "repeated",
    [
        pytest.param("<h1>Port closes quay</h1>", id="headlines"),
        pytest.param('<span class="author">By A</span>', id="bylines"),
        pytest.param('<time itemprop="datePublished">x</time>', id="times"),
        pytest.param("<li>tide table</li>", id="list-items"),
        pytest.param(
            "<p>The quay was closed again, she said, because of the tide.</p>", id="paragraphs"
        ),
    ],
)
def test_cleaning_takes_at_most_linear_time(repeated):
    few, many = (make_page(after=repeated * count) for count in (10_000, 40_000))
    assert takes_at_most(8, lambda: article_of(many), lambda: article_of(few), slack_s=0.2)
