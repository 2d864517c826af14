"""Pages whose JSON-LD, titles, bylines and attributes are hostile."""

import json
from html import escape

import pytest

from tests.helpers.builders import NOW
from tests.helpers.hostile import hostile, superlinear
from tests.helpers.pages import PARAGRAPHS, TITLE, article_of, boilerplate, clean_page, make_page
from transforms.charsets import decode
from transforms.cleaning.authors import MAX_BYLINE_CHARS, choose_authors
from transforms.cleaning.instants import day_of_url, read_instant
from transforms.cleaning.jsonld import read_jsonld
from transforms.cleaning.meta_refresh import find_target, parse_refresh
from transforms.cleaning.page import parse_page
from transforms.cleaning.regions import words_of
from transforms.cleaning.titles import MAX_TITLE_CHARS, cut_site, tidy_title

# The inputs that parsers and extractors mind most; a whole page takes too long for all.
FOR_PAGES = (
    *("blanks", "hard_blanks", "digits", "comments", "nested_tags", "nested_blocks", "accents"),
    *("quotation_marks", "commas", "references", "bylines"),
)


def with_jsonld(script):
    return make_page(head=f'<script type="application/ld+json">{script}</script>')


def read(script):
    return read_jsonld(parse_page(with_jsonld(script)).tree)


def authors_of(*bylines):
    return choose_authors([bylines], boilerplate().bylines, frozenset())


def news(**fields):
    return json.dumps({"@type": "NewsArticle", "headline": TITLE} | fields)


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(read, id="json-ld"),
        pytest.param(lambda text: read(news() + text), id="json-ld-behind"),
        pytest.param(lambda text: read(text + news()), id="json-ld-before"),
        pytest.param(
            lambda text: read(news(name=text, author=text, articleBody=text, keywords=text)),
            id="json-ld-fields",
        ),
        pytest.param(lambda text: cut_site(tidy_title(text), frozenset({"herald"})), id="title"),
        pytest.param(authors_of, id="byline"),
        pytest.param(read_instant, id="instant"),
        pytest.param(lambda text: day_of_url(f"https://herald.example/{text}"), id="day-of-url"),
        pytest.param(parse_refresh, id="refresh"),
        pytest.param(
            lambda text: find_target(b"<meta http-equiv=refresh>" + text.encode(), "https://a.example"),
            id="refreshing-page",
        ),
        pytest.param(words_of, id="class"),
        pytest.param(lambda text: decode(text.encode()), id="charset"),
        pytest.param(lambda text: decode(b"caf\xe9" + text.encode("cp1252", "replace")), id="cp1252"),
    ],
)  # fmt: skip
def test_fact_of_a_page_costs_linear_time(run):
    assert superlinear(run) == []


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(lambda text: make_page(within=f"<p>{escape(text)}"), id="text"),
        pytest.param(lambda text: make_page(within=text), id="markup"),
        pytest.param(lambda text: make_page(head=f"<title>{escape(text)}</title>"), id="title"),
        pytest.param(
            lambda text: make_page(before=f'<a class="byline" href="{escape(text)}">{escape(text)}</a>'),
            id="byline",
        ),
        pytest.param(
            lambda text: make_page(
                head=f'<meta name=author content="{escape(text)}"><meta name=date content="{escape(text)}">',
                before=f'<div class="{escape(text)}"><time datetime="{escape(text)}">x</time></div>',
            ),
            id="attributes",
        ),
    ],
)  # fmt: skip
def test_cleaning_costs_linear_time(page):
    assert superlinear(lambda text: clean_page(page(text)), names=FOR_PAGES) == []


def test_blanks_in_jsonld_do_not_lose_the_article():
    script = f"<!-- {hostile('blanks', 90_000)} {news(datePublished='2024-05-06')} -->"
    article = article_of(with_jsonld(script))
    assert (article.title, article.published_at.day) == (TITLE, 6)
    assert article.text.endswith(PARAGRAPHS[-1])


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(news(position=1).replace("1}", "7" * 5000 + "}"), id="long-number"),
        pytest.param("[" * 100_000, id="nested"),
        pytest.param(news(headline="&#" + "7" * 5000 + ";"), id="long-reference"),
        pytest.param(json.dumps([json.loads(news())] * 20_000), id="many-objects"),
        pytest.param(
            json.dumps([{"@id": "#a", "name": "A" * 300_000}, json.loads(news(author=[{"@id": "#a"}] * 9000))]),
            id="one-long-name-many-times",
        ),
    ],
)  # fmt: skip
def test_odd_jsonld_does_not_lose_the_article(script):
    assert article_of(with_jsonld(script)).text.endswith(PARAGRAPHS[-1])


def test_long_number_in_a_reference_is_an_unknown_character():
    assert tidy_title("Quay &#" + "7" * 5000 + "; closed") == "Quay \ufffd closed"


def test_long_title_is_cut():
    article = article_of(make_page(title="Quay closed " * 10_000))
    assert article.title.startswith("Quay closed Quay")
    assert len(article.title) <= MAX_TITLE_CHARS


def test_names_beyond_the_limit_of_bylines_are_left_out():
    names = [f"Anna Weaver{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600)]
    found = authors_of(*names)
    assert list(found) == names[: len(found)]
    assert MAX_BYLINE_CHARS * 0.9 < sum(len(name) + 1 for name in found) <= MAX_BYLINE_CHARS


def test_many_authors_of_a_study_are_all_kept():
    names = [f"Anna Weaver{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(90)]
    assert list(article_of(with_jsonld(news(author=names)), fetched_at=NOW).authors) == names


def test_marks_of_comments_in_an_attribute_keep_the_text():
    article = article_of(make_page(within=f'<p title="{hostile("comments", 100_000)}">Tide.</p>'))
    assert article.text.endswith(PARAGRAPHS[-1])
