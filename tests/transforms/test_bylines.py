"""Names of authors from bylines."""

import json

import pytest

from tests.helpers.pages import article_of, boilerplate, make_page
from transforms.cleaning.bylines import choose_authors, split_byline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        pytest.param("Anna Weaver", ["Anna Weaver"], id="name"),
        pytest.param("By Anna Weaver", ["Anna Weaver"], id="by"),
        pytest.param(
            "By Anna Weaver and Tom Reed, staff writers", ["Anna Weaver", "Tom Reed"], id="and-role"
        ),
        pytest.param(
            "Anna Weaver, Tom Reed & Ida Holm", ["Anna Weaver", "Tom Reed", "Ida Holm"], id="list"
        ),
        pytest.param("Von Anna Weber und Jan Holm", ["Anna Weber", "Jan Holm"], id="german"),
        pytest.param("Par Anne Tisserand et Luc Bois", ["Anne Tisserand", "Luc Bois"], id="french"),
        pytest.param("Автор: Олена Ткач", ["Олена Ткач"], id="ukrainian"),
        pytest.param("김하늘 기자", ["김하늘"], id="korean"),
        pytest.param("Anna Weaver (anna@herald.example)", ["Anna Weaver"], id="address"),
        pytest.param("Anna Weaver @annaw | 12 May 2024", ["Anna Weaver"], id="handle-and-date"),
        pytest.param("Robert Reed, Jr., editor", ["Robert Reed, Jr."], id="suffix"),
        pytest.param("Ida van der Holm", ["Ida van der Holm"], id="particles"),
        pytest.param("Anna Weaver\nPolitical correspondent\n12 May", ["Anna Weaver"], id="lines"),
        pytest.param("Photo: Lena Brandt", [], id="photo-credit"),
        pytest.param("admin", [], id="nobody"),
        pytest.param("Published on 12 May 2024", [], id="date-alone"),
        pytest.param("", [], id="empty"),
    ],
)
def test_byline_is_split_into_names(byline, names):
    assert split_byline(byline, boilerplate().bylines) == names


@pytest.mark.parametrize(
    ("sources", "authors"),
    [
        pytest.param([["The Herald"], ["Anna Weaver"]], ("Anna Weaver",), id="site-is-no-author"),
        pytest.param([["Anna Weaver", "Reuters"]], ("Anna Weaver",), id="agency-beside-a-person"),
        pytest.param([["Reuters"]], ("Reuters",), id="agency-alone"),
        pytest.param([[", The Herald"], []], (), id="name-missing"),
        pytest.param([[], ["Tom Reed", "Tom Reed"]], ("Tom Reed",), id="once"),
    ],
)
def test_first_source_with_people_wins(sources, authors):
    assert choose_authors(sources, boilerplate().bylines, frozenset({"theherald"})) == authors


@pytest.mark.parametrize(
    "byline",
    [
        pytest.param('<a rel="author" href="/anna">Anna Weaver</a>', id="rel"),
        pytest.param('<span itemprop="author">Anna Weaver</span>', id="itemprop"),
        pytest.param(
            '<div class="article-byline">By <b>Anna Weaver</b>, staff writer</div>', id="class"
        ),
        pytest.param("<p>By Anna Weaver</p>", id="plain-line"),
    ],
)
def test_byline_in_the_page_is_found(byline):
    html = make_page().replace("</h1>", f"</h1>{byline}")
    article = article_of(html)
    assert article.authors == ("Anna Weaver",)
    assert "Anna Weaver" not in article.text


def test_author_of_a_comment_is_not_an_author_of_the_article():
    after = '<section id="comments"><div class="comment"><span class="comment-author">Seadog</span><p>Well said.</p></div></section>'
    assert article_of(make_page(after=after)).authors == ()


def test_adjacent_co_authors_are_found():
    byline = '<div><address>By <a rel="author">Anna Weaver</a></address><address>By <a rel="author">Tom Reed</a></address></div>'
    html = make_page().replace("</h1>", f"</h1>{byline}")
    assert article_of(html).authors == ("Anna Weaver", "Tom Reed")


def test_stated_author_is_preferred_to_the_byline():
    ld = json.dumps({"@type": "NewsArticle", "headline": "Quay", "author": {"name": "Ida Holm"}})
    html = make_page(head=f'<script type="application/ld+json">{ld}</script>')
    assert article_of(
        html.replace("</h1>", '</h1><p class="byline">By Anna Weaver</p>')
    ).authors == ("Ida Holm",)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('<a href="/s">By The Sea</a>', id="linked-headline"),
        pytest.param("<h3>By The Sea</h3>", id="subheading"),
        pytest.param(
            "<p>By the time the divers came, the quay had moved by a hand.</p>", id="sentence"
        ),
    ],
)
def test_line_that_only_starts_like_a_byline_names_nobody(line):
    html = make_page().replace("</h1>", f"</h1>{line}")
    assert article_of(html).authors == ()


@pytest.mark.parametrize(
    "byline", ["By Anna Weaver, Friday", "Veröffentlicht von Anna Weaver", "Created by Anna Weaver"]
)
def test_text_around_a_name_is_not_a_name(byline):
    assert split_byline(byline, boilerplate().bylines) == ["Anna Weaver"]
