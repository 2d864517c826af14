"""Rules of the user: which of them are about a page, and what they change in its article."""

import pytest

from tests.helpers.builders import NOW, make_document
from tests.helpers.pages import PARAGRAPHS, TITLE, article_of, boilerplate, make_page
from transforms.cleaning.clean import clean
from transforms.cleaning.rules import (
    NO_RULES,
    Rule,
    Rules,
    digest_in,
    find_problem,
    kept_types,
)
from transforms.records import Article

URL = "https://www.harbour-herald.example/sport/regatta"


def make_rules(*given):
    """Return rules for the site of `URL`, numbered in the order given."""
    site = {"site": "harbour-herald.example"}
    return Rules(tuple(Rule(number=at, **site | one) for at, one in enumerate(given, 1)))


def read(html, *given, url=URL):
    """Return the article of a page, cleaned with rules for its site."""
    document = make_document(html, fetched_at=NOW, url=url)
    article = clean(document, boilerplate(), make_rules(*given))
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize(
    ("url", "is_matched"),
    [
        ("https://harbour-herald.example/a", True),
        ("http://www.harbour-herald.example/a?id=7", True),
        ("https://live.sport.harbour-herald.example/a", True),
        ("https://HARBOUR-HERALD.example:8443/a", True),
        ("https://oldharbour-herald.example/a", False),
        ("https://harbour-herald.example.net/a", False),
        ("article-17", False),
        (None, False),
    ],
)
def test_site_matches_itself_and_its_subdomains(url, is_matched):
    assert bool(make_rules({"title": "h2"}).for_page(url)) is is_matched


@pytest.mark.parametrize(
    ("path", "is_matched"),
    [
        ("/sport/*", True),
        ("/sport/regatta", True),
        ("/sport/regatta/", True),
        ("*/regatta", True),
        ("/*", True),
        ("/sport", False),
        ("/Sport/*", False),
        ("/sport/regatt", False),
    ],
)
def test_star_in_a_path_stands_for_any_characters(path, is_matched):
    assert bool(make_rules({"path": path, "title": "h2"}).for_page(URL)) is is_matched


def test_most_specific_rule_that_has_a_key_decides_about_it():
    rules = make_rules(
        {"path": "/sport/*", "title": "h3", "remove": (".results",)},
        {"title": "h1", "body": "article", "remove": (".ad", ".promo"), "published": "time"},
        {"path": "/*", "title": "h2", "body": "main"},
        {"path": "/politics/*", "title": "h4"},
    )
    said = rules.for_page(URL)
    assert (said.title, said.body, said.published) == ("h3", "main", "time")
    assert said.remove == (".results",)
    assert said.numbers == (2, 3, 1)


def test_subdomain_is_more_specific_than_its_domain():
    rules = make_rules({"site": "sport.harbour-herald.example", "title": "h2"}, {"title": "h1"})
    assert rules.for_page("https://sport.harbour-herald.example/a").title == "h2"
    assert rules.for_page(URL).title == "h1"


def test_empty_list_takes_back_what_a_more_general_rule_removes():
    rules = make_rules({"remove": (".ad",)}, {"path": "/sport/*", "remove": ()})
    assert rules.for_page(URL) is None
    assert rules.for_page("https://harbour-herald.example/politics/a").remove == (".ad",)


def test_digest_changes_with_what_the_rules_say_and_with_nothing_else():
    one = make_rules({"body": "article", "remove": (".ad",)})
    split = make_rules({"body": "article"}, {"path": "/*", "remove": (".ad",)})
    other = make_rules({"body": "article", "remove": (".ads",)})
    assert one.digest_for(URL) == split.digest_for(URL) != other.digest_for(URL)
    assert NO_RULES.digest_for(URL) is None


def test_page_is_read_as_before_where_no_rule_is_about_it():
    page = make_page()
    plain = article_of(page, url=URL)
    assert read(page, {"site": "other.example", "body": "footer"}) == plain
    assert digest_in(plain.extractor_version) is None


def test_version_of_an_article_names_the_rules_that_were_applied():
    given = {"title": "h1"}
    article = read(make_page(), given)
    digest = make_rules(given).digest_for(URL)
    assert article.extractor_version.endswith(f"+rules.{digest}")
    assert digest_in(article.extractor_version) == digest


def test_body_is_taken_whole_in_page_order():
    page = make_page(
        after="<div class='sidebar'><p>Boats for sale at the pier.</p></div>"
        "<aside class='story'><h3>What comes next</h3><ul><li>Two cranes arrive.</li></ul></aside>"
    )
    article = read(page, {"body": "aside.story, article p:nth-of-type(2)"})
    assert article.text.split("\n") == [PARAGRAPHS[1], "What comes next", "Two cranes arrive."]
    assert article.paragraph_kinds == ("text", "heading", "item")
    assert (article.extractor, article.agreement) == ("rule", None)
    assert article.title == TITLE


def test_nested_matches_of_the_body_are_read_once():
    article = read(make_page(), {"body": "article, article p"})
    assert article.text.split("\n") == list(PARAGRAPHS)


def test_removed_elements_are_missing_and_the_text_after_them_is_not():
    box = "<p class='x-17'>Win a week on the islands with our readers, who rated it best.</p>"
    page = make_page(within=f"<div>{box}The pier stays open for those who walk to the boats.</div>")
    assert "islands" in read(page, {"title": "h1"}).text
    for given in ({"remove": (".x-17",)}, {"remove": (".x-17",), "body": "article"}):
        article = read(page, given)
        assert "islands" not in article.text
        assert "The pier stays open" in article.text


def test_body_of_the_page_is_never_removed():
    assert read(make_page(), {"remove": ("body", "html")}).text == article_of(make_page()).text


def test_title_byline_and_date_come_from_the_selected_elements():
    page = make_page(
        head="<meta property='og:title' content='Herald'><meta name='author' content='Web Desk'>"
        "<meta property='article:published_time' content='2023-01-02T03:04:05Z'>",
        before="<h2 class='top'>Regatta <em>ends</em><br>in fog</h2>"
        "<ul class='who'><li>By Anna Weaver</li><li>Tom Reed</li></ul>"
        "<span class='day'>Filed on 28 November 2023</span>",
    )
    given = {"title": "h2.top", "byline": ".who li", "published": ".day"}
    article = read(page, given)
    assert article.title == "Regatta ends in fog"
    assert article.authors == ("Anna Weaver", "Tom Reed")
    assert article.published_at.date().isoformat() == "2023-11-28"
    assert (article.published_from, article.published_precision) == ("rule", "day")
    assert article.flags == ()


@pytest.mark.parametrize(
    "markup",
    [
        "<time class='day' datetime='2023-11-28T09:30:00+01:00'>Tuesday</time>",
        "<meta class='day' content='2023-11-28 08:30'>",
        "<p class='day'>Dienstag, 28. November 2023</p>",
        "<abbr class='day' title='2023-11-28'>yesterday</abbr>",
    ],
)
def test_date_is_read_from_attributes_and_text(markup):
    article = read(make_page(before=markup), {"published": ".day"})
    assert article.published_at.date().isoformat() == "2023-11-28"


def test_rule_for_the_date_wins_over_the_feed():
    page = make_page(before="<p class='day'>2023-11-28</p>")
    document = make_document(page, fetched_at=NOW, url=URL, published_at=NOW, published_from="feed")
    article = clean(document, boilerplate(), make_rules({"published": ".day"}))
    assert article.published_from == "rule"


@pytest.mark.parametrize("key", ["body", "title", "byline", "published"])
def test_selector_that_finds_nothing_changes_nothing_but_is_flagged(key):
    before, article = article_of(make_page(), url=URL), read(make_page(), {key: "div.gone"})
    assert article.flags == ("rule_unmatched",)
    assert (article.text, article.title, article.authors) == (
        before.text,
        before.title,
        before.authors,
    )
    assert article.published_at == before.published_at


def test_date_in_the_future_is_not_believed():
    page = make_page(before="<p class='day'>1 January 2099</p>")
    article = read(page, {"published": ".day"})
    assert (article.published_at, article.flags) == (None, ("rule_unmatched",))


def test_page_behind_a_link_of_another_site_is_known_by_where_it_came_from():
    given = {"url": "https://links.example/17", "final_url": URL}
    document = make_document(make_page(), fetched_at=NOW, **given)
    article = clean(document, boilerplate(), make_rules({"body": "article p:last-of-type"}))
    assert article.text == PARAGRAPHS[-1]


def test_saved_page_is_known_by_the_address_that_it_declares():
    page = make_page(head=f"<link rel='canonical' href='{URL}'>")
    assert read(page, {"body": "article p:first-of-type"}, url=None).text == PARAGRAPHS[0]


def test_refusal_names_the_rules_that_were_applied():
    given = {"remove": ("h1", "title", "p")}
    document = make_document("<html><body><p>Fog.</p></body></html>", fetched_at=NOW, url=URL)
    refused = clean(document, boilerplate(), make_rules(given))
    assert refused.reason == "no_text"
    assert digest_in(refused.detail) == make_rules(given).digest_for(URL)


def test_text_that_is_no_page_has_no_rules():
    document = make_document("Fog came.", media_type="text", is_clean=True, url=URL)
    article = clean(document, boilerplate(), make_rules({"body": "p"}))
    assert digest_in(article.extractor_version) is None


def test_rule_keeps_more_types_of_pages():
    said = make_rules({"keep": frozenset({"listing"})}).for_page(URL)
    assert kept_types(said) == {"article", "live", "listing"}
    assert kept_types(None) == {"article", "live"}


@pytest.mark.parametrize("css", ["div[", "p::text", "a:nonsense", "", "//div"])
def test_problem_of_a_selector_is_found(css):
    assert find_problem(css)
