"""JSON-LD as publishers write it, valid and broken."""

import json

import pytest

from tests.helpers.pages import article_of, make_page
from transforms.cleaning.jsonld import Statement, read_jsonld
from transforms.cleaning.page import parse_page

URL = "https://herald.example/port/quay"


def read(*scripts, url=URL):
    head = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    page = parse_page(make_page(head=head))
    assert page is not None
    return read_jsonld(page.tree, url)


def news(**fields):
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Quay closed",
    } | fields


@pytest.mark.parametrize(
    ("author", "names"),
    [
        pytest.param("Anna Weaver", ["Anna Weaver"], id="string"),
        pytest.param({"@type": "Person", "name": "Anna Weaver"}, ["Anna Weaver"], id="object"),
        pytest.param(
            [{"name": "Anna Weaver"}, {"name": "Tom Reed"}], ["Anna Weaver", "Tom Reed"], id="list"
        ),
        pytest.param(
            {"name": ["Anna Weaver", "Tom Reed"]}, ["Anna Weaver", "Tom Reed"], id="names-in-one"
        ),
        pytest.param([{"name": "https://herald.example/anna"}], [], id="address"),
        pytest.param(None, [], id="null"),
        pytest.param([], [], id="empty"),
    ],
)
def test_authors_are_read_in_every_shape(author, names):
    assert list(read(json.dumps(news(author=author))).authors) == names


def test_author_is_looked_up_in_the_graph():
    graph = [
        news(author={"@id": "#anna"}),
        {"@type": "Person", "@id": "#anna", "name": "Anna Weaver"},
    ]
    assert read(json.dumps({"@graph": graph})).authors == ("Anna Weaver",)


def test_article_is_chosen_among_other_objects():
    page = {"@type": "WebPage", "name": "Port", "datePublished": "2020-01-01"}
    assert read(json.dumps([page, news(datePublished="2024-05-06")])).published == "2024-05-06"


def test_article_with_the_url_of_the_page_is_chosen_among_several():
    other = news(headline="Fish prices rise", url="https://herald.example/fish")
    mine = news(headline="Quay closed", url=f"{URL}?from=home")
    assert read(json.dumps([other, mine])).headline == "Quay closed"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param('{"@type":"NewsArticle","headline":"Quay closed",}', id="trailing-comma"),
        pytest.param(
            '<!-- {"@type":"NewsArticle","headline":"Quay closed"} -->', id="comment-marks"
        ),
        pytest.param(
            '//<![CDATA[\n{"@type":"NewsArticle","headline":"Quay closed"}\n//]]>', id="cdata"
        ),
        pytest.param(
            '{"@type":"NewsArticle","headline":"Quay\nclosed"}', id="line-break-in-string"
        ),
        pytest.param('{"@type":"NewsArticle","headline":"Quay closed"};', id="semicolon"),
        pytest.param(
            '{"@type":["NewsArticle"],"headline":"Quay &amp;amp; closed"}', id="escaped-twice"
        ),
    ],
)
def test_repairable_json_is_read(broken):
    assert read(broken).headline in {"Quay closed", "Quay & closed"}


@pytest.mark.parametrize("hopeless", ["{", "[]", "null", "7", '{"@type": 7}', "[" * 50_000])
def test_unreadable_json_is_ignored(hopeless):
    assert read(hopeless) == Statement()


def test_ten_megabytes_are_not_read():
    assert read(json.dumps(news(keywords=["quay" * 400_000]))) == Statement()


def test_body_keeps_its_paragraphs():
    assert (
        read(json.dumps(news(articleBody="<p>One.</p><p>Two <b>bold</b>.</p>"))).body
        == "One.\nTwo bold."
    )


@pytest.mark.parametrize(
    ("stated", "is_free"),
    [
        pytest.param("False", False, id="text"),
        pytest.param(False, False, id="boolean"),
        pytest.param("true", True, id="free"),
        pytest.param(None, None, id="silent"),
    ],
)
def test_paywall_is_detected(stated, is_free):
    assert read(json.dumps(news(isAccessibleForFree=stated))).is_free is is_free


def test_malformed_json_does_not_change_the_article():
    article = article_of(make_page(head='<script type="application/ld+json">{"@type": </script>'))
    assert article.text.count("\n") == 4
