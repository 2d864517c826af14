"""Cleaning as a whole: pages, paywalls, plain text, verbatim text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.builders import make_document
from tests.helpers.pages import PARAGRAPHS, TITLE, article_of, boilerplate, clean_page, make_page
from transforms.cleaning.clean import VERSION, clean
from transforms.identity import article_id
from transforms.records import Article
from transforms.urls import canonical_url

TEXT = "\n".join(PARAGRAPHS)


def clean_text(text, **given):
    return clean(make_document(text, media_type="text", **given), boilerplate())


def test_page_becomes_its_paragraphs():
    article = article_of(make_page())
    assert article.text == TEXT
    assert article.title == TITLE
    assert article.extractor == "consensus"
    assert article.extractor_version.startswith(f"{VERSION}+trafilatura.")
    assert article.agreement == 1.0
    assert article.flags == ()


@pytest.mark.parametrize(
    "within",
    [
        pytest.param(
            "<aside><p>Tide tables for every harbour of the coast, in one small book.</p></aside>",
            id="aside",
        ),
        pytest.param(
            '<p><a href="/fares">Ferry fares to rise in May, the council has decided</a></p>',
            id="linked-headline",
        ),
        pytest.param('<p>Read more: <a href="/fares">Ferry fares to rise</a></p>', id="read-more"),
        pytest.param(
            '<div class="newsletter-signup"><p>Get the news of the port every morning at seven.</p></div>',
            id="newsletter",
        ),
        pytest.param(
            '<figure><img src="q.jpg"><figcaption>The quay on Monday. Photo: L. Brandt</figcaption></figure>',
            id="caption",
        ),
        pytest.param(
            '<div class="related-stories"><p>Fish prices rise for the third month in a row, say traders.</p></div>',
            id="related",
        ),
        pytest.param(
            "<script>var quay = 'closed';</script><style>p {color: red}</style>",
            id="script-and-style",
        ),
        pytest.param(
            '<p style="display: none">A hidden line that no reader of this page ever sees.</p>',
            id="hidden",
        ),
        pytest.param(f"<p>{PARAGRAPHS[0]}</p>", id="repeated-paragraph"),
        pytest.param("<p>Advertisement</p>", id="advertisement"),
    ],
)
def test_other_content_between_the_paragraphs_is_removed(within):
    assert article_of(make_page(within=within)).text == TEXT


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            '<h2>More from the Harbour Herald</h2><p><a href="/a">Fish prices rise</a></p>',
            id="more-from",
        ),
        pytest.param(
            '<div class="author-bio"><p>Anna Weaver covers the port and its people for this paper.</p></div>',
            id="author",
        ),
        pytest.param(
            '<section id="comments"><p>They should have closed it years ago, in my humble opinion.</p></section>',
            id="comments",
        ),
    ],
)
def test_content_after_the_article_is_cut(after):
    assert article_of(make_page(after=after)).text == TEXT


@pytest.mark.parametrize(
    "within",
    [
        pytest.param("<h2>What the divers saw</h2>", id="subheading"),
        pytest.param(
            "<ul><li>Cracks in three piers of the quay, each as wide as a hand.</li></ul>",
            id="list",
        ),
        pytest.param(
            "<blockquote><p>Nobody was ever in danger, and nobody ever will be here.</p></blockquote>",
            id="quote",
        ),
        pytest.param(
            "<table><tr><td>Pier 4</td><td>2 cracks</td></tr><tr><td>Pier 5</td><td>none</td></tr></table>",
            id="table",
        ),
    ],
)
def test_parts_of_an_article_are_kept(within):
    text = article_of(make_page(within=within)).text
    assert text != TEXT
    assert set(PARAGRAPHS) <= set(text.split("\n"))


def test_standfirst_is_part_of_the_text():
    standfirst = "Ferries use the southern quay until engineers have looked at every pier."
    head = f'<meta property="og:description" content="{standfirst}">'
    html = make_page(head=head).replace("</h1>", f'</h1><div class="dek">{standfirst}</div>')
    assert article_of(html).text == f"{standfirst}\n{TEXT}"


def test_line_breaks_separate_paragraphs():
    body = f"<h1>{TITLE}</h1><div>{'<br><br>'.join(PARAGRAPHS)}</div>"
    assert article_of(make_page(body=body)).text == TEXT


def test_other_articles_before_the_headline_are_removed():
    ticker = "".join(
        f"<p>Ticker {n}: the fish market opens an hour later than usual this week.</p>"
        for n in range(3)
    )
    body = f"<div>{ticker}<h1>{TITLE}</h1>{''.join(f'<p>{p}</p>' for p in PARAGRAPHS)}</div>"
    assert article_of(make_page(body=body)).text == TEXT


def test_name_of_a_region_on_the_article_itself_is_ignored():
    html = make_page().replace("<article>", '<article class="story related">')
    assert article_of(html).text == TEXT


def test_text_in_json_ld_is_used_if_the_page_shows_none():
    ld = {"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(PARAGRAPHS)}
    head = f'<script type="application/ld+json">{json.dumps(ld)}</script>'
    article = article_of(
        make_page(head=head, body=f"<h1>{TITLE}</h1><p>Loading the article for you now.</p>")
    )
    assert (article.text, article.extractor) == (TEXT, "json_ld")


def test_text_in_a_script_is_used_if_the_page_shows_none():
    state = json.dumps({"story": {"html": "".join(f"<p>{p}</p>" for p in PARAGRAPHS)}})
    article = article_of(
        make_page(head=f"<script>window.state = {state}</script>", body=f"<h1>{TITLE}</h1>")
    )
    assert (article.text, article.extractor) == (TEXT, "page_state")


def test_text_of_the_feed_is_used_behind_a_paywall():
    wall = make_page(
        body=f"<h1>{TITLE}</h1><p>We value your privacy. Accept all cookies to read on.</p>"
    )
    article = article_of(wall, feed_text="".join(f"<p>{p}</p>" for p in PARAGRAPHS))
    assert (article.text, article.extractor) == (TEXT, "feed")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            f"<h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p><p>Subscribe to read on.</p>", id="paywall"
        ),
        pytest.param(f"<h1>{TITLE}</h1>", id="empty"),
        pytest.param(
            f"<h1>{TITLE}</h1><p>{PARAGRAPHS[0]}</p>"
            + "<p><a href='/x'>Another story of the day</a></p>" * 99,
            id="index",
        ),
    ],
)
def test_much_too_short_text_is_kept_and_flagged_with_both_lengths(body):
    article = article_of(make_page(body=body))
    assert "suspicious_extraction" in article.flags
    assert article.visible_chars > len(article.text)
    assert article.title == TITLE


def test_canonical_url_is_absolute_and_is_the_key_of_the_article():
    html = make_page(head='<link rel="canonical" href="/port/quay#top">')
    one = article_of(html, url="https://herald.example/port/quay?from=home")
    two = article_of(html, url="https://herald.example/port/quay?from=feed")
    assert one.canonical_url == "https://herald.example/port/quay"
    assert one.article_id == two.article_id


def test_one_article_on_several_hosts_of_a_publisher_has_one_key():
    html = make_page(head='<link rel="canonical" href="https://taz.de/Quay-closed/!123/">')
    urls = ["https://taz.de/!123/", "https://www.taz.de/!123/", "https://m.taz.de/!123/"]
    found = [article_of(html, url=url) for url in urls]
    assert {one.canonical_url for one in found} == {"https://taz.de/Quay-closed/!123"}
    assert len({one.article_id for one in found}) == 1
    assert [one.url for one in found] == urls


@pytest.mark.parametrize(
    ("url", "canonical", "expected"),
    [
        pytest.param(
            "https://herald.example/a", "https://tribune.example/a", "https://herald.example/a",
            id="another-publisher",
        ),
        pytest.param(None, "http://herald.example/a/?utm_id=7", "https://herald.example/a", id="file"),
        pytest.param("story-7", "https://herald.example/a", "https://herald.example/a", id="identifier"),
        pytest.param("story-7", "", "story-7", id="identifier-alone"),
        pytest.param("https://[half/a", "", "https://[half/a", id="malformed"),
        pytest.param(None, "", None, id="nothing"),
    ],
)  # fmt: skip
def test_url_that_is_the_key_of_an_article(url, canonical, expected):
    article = article_of(make_page(head=f'<link rel="canonical" href="{canonical}">'), url=url)
    assert article.canonical_url == expected
    assert article.article_id == article_id(expected, article.text)


@pytest.mark.parametrize(
    ("canonical", "expected"),
    [
        pytest.param(
            "https://herald.example/quay", "https://herald.example/quay", id="its-own-site"
        ),
        pytest.param("https://tribune.example/quay", "https://short.example/x7", id="another-site"),
        pytest.param("", "https://short.example/x7", id="none"),
    ],
)
def test_page_behind_a_shortener_has_its_declared_key(canonical, expected):
    html = make_page(head=f'<link rel="canonical" href="{canonical}">')
    final = "https://www.herald.example/quay?utm_source=x"
    article = article_of(html, url="https://short.example/x7", final_url=final)
    assert article.canonical_url == expected


def test_article_from_a_feed_has_the_key_of_its_entry():
    url = "http://herald.example/a/?utm_source=rss"
    for article in (article_of(make_page(), url=url), clean_text(TEXT, url=url)):
        assert article.canonical_url == canonical_url(url) == "https://herald.example/a"
        assert article.article_id == article_id(canonical_url(url), TEXT)


def test_plain_text_has_its_identifier_as_key():
    article = clean_text(TEXT, url="story-7")
    assert (article.canonical_url, article.article_id) == ("story-7", article_id("story-7", TEXT))


@pytest.mark.parametrize(
    "canonical", ["/", "https://herald.example", "http://[broken", "javascript:void(0)", ""]
)
def test_invalid_canonical_url_is_ignored(canonical):
    html = make_page(head=f'<link rel="canonical" href="{canonical}">')
    url = "https://herald.example/port/quay"
    assert article_of(html, url=url).canonical_url == url


def test_facts_beside_the_text_are_read():
    head = (
        '<meta property="og:site_name" content="The Harbour Herald">'
        '<meta property="og:image" content="/quay.jpg">'
        '<meta property="article:section" content="Port">'
        '<meta property="article:tag" content="Quay"><meta property="article:tag" content="Ferries">'
        '<meta name="description" content="Cracks close a quay.">'
        '<meta name="robots" content="index, noarchive, noai">'
        '<meta property="article:content_tier" content="locked">'
    )
    article = article_of(make_page(head=head), url="https://herald.example/port/quay")
    assert article.publisher == "The Harbour Herald"
    assert article.image_url == "https://herald.example/quay.jpg"
    assert (article.section, article.tags) == ("Port", ("Quay", "Ferries"))
    assert article.description == "Cracks close a quay."
    assert article.opt_out == ("noai", "noarchive")
    assert article.is_paywalled is True


def test_plain_text_gives_headline_and_paragraphs():
    article = clean_text(f"{TITLE}\n\n{TEXT}\n\nRelated topics: port, ferries\nMore news\n")
    assert (article.title, article.text, article.extractor) == (TITLE, TEXT, "plain")


def test_plain_text_without_headline_keeps_its_first_paragraph():
    assert clean_text(TEXT).text == TEXT


def test_agency_and_dateline_of_plain_text_are_found():
    lines = f"{TITLE}\nTALLINN, May 6 - {TEXT}\nUkrinform reports this with reference to the port."
    article = clean_text(lines)
    assert (article.dateline, article.agency) == ("TALLINN, May 6", "Ukrinform")


@pytest.mark.parametrize("text", ["", "\n\n", "More news", "Quay closed"])
def test_empty_text_is_too_short(text):
    assert clean_text(text).reason == "too_short"


def test_plain_text_in_another_charset_is_read():
    article = clean_text(
        "Порт закрыл причал\nВодолазы нашли трещины в трёх опорах причала.".encode("cp1251")
    )
    assert article.title == "Порт закрыл причал"


@pytest.mark.parametrize("text", [TEXT, f"  {TEXT}\n\nMore news\n", "x"])
def test_clean_text_is_used_verbatim(text):
    article = clean_text(text, is_clean=True, title="Quay")
    assert (article.text, article.title, article.extractor) == (text, "Quay", "verbatim")


def test_cleaning_cleaned_text_changes_nothing():
    once = clean_text(f"{TITLE}\n{TEXT}").text
    assert clean_text(once, title=TITLE).text == once


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["within", "before", "after", "title", "head"]))
def test_no_text_in_a_page_breaks_cleaning(text, place):
    outcome = clean_page(make_page(**{place: text}))
    if isinstance(outcome, Article):
        outcome.text.encode("utf-8")
        assert "\r" not in outcome.text


def test_same_page_gives_the_same_article():
    assert article_of(make_page()) == article_of(make_page())


def test_unclosed_form_control_does_not_swallow_the_page():
    html = make_page(PARAGRAPHS * 3).replace("<nav>", "<button>Menu <nav>")
    assert article_of(html).text == TEXT


def test_ruby_readings_of_characters_are_not_text():
    first = "<ruby>港<rt>みなと</rt></ruby>を管理する当局は月曜日、桟橋の柱にひびが見つかったと発表した。"
    assert article_of(make_page((first, *PARAGRAPHS))).text.startswith("港を管理する")


def test_promotion_in_a_script_is_not_the_article():
    promo = (
        "<p>"
        + "Subscribers read every issue of our monthly supplement on gardens and houses. " * 9
        + "</p>"
    )
    article = article_of(
        make_page(head=f"<script>var box = {json.dumps(promo)}</script>", body=f"<h1>{TITLE}</h1>")
    )
    assert article.text == ""


def test_page_without_paragraphs_keeps_its_text_next_to_a_named_region():
    body = f'<div class="story-related"><h1>{TITLE}</h1>{"".join(f"<div>{p}</div>" for p in PARAGRAPHS)}</div>'
    assert article_of(make_page(body=body)).text == TEXT


@pytest.mark.slow
def test_plain_text_over_the_limit_is_cut_and_flagged():
    article = clean_text(f"{TITLE}\n" + f"{PARAGRAPHS[0]}\n" + "The tide came in.\n" * 300_000)
    assert article.flags == ("truncated_input",)
    assert article.text.startswith(PARAGRAPHS[0])


def test_verbatim_text_keeps_its_length_without_lone_surrogates():
    article = clean_text("Quay \ud800 closed", is_clean=True)
    assert article.text == "Quay ? closed"


def test_kind_of_each_paragraph_is_kept_with_the_text():
    within = "<h2>What the divers saw</h2><ul><li>Three cracks, each as wide as a hand.</li></ul><blockquote><p>Nobody was ever in danger, and nobody ever will be.</p></blockquote>"
    article = article_of(make_page(within=within))
    assert article.paragraph_kinds == ("text",) * 2 + ("heading", "item", "quote") + ("text",) * 3
    assert len(article.paragraph_kinds) == len(article.text.split("\n"))


def test_address_of_the_newsroom_does_not_end_the_article():
    article = article_of(
        make_page((*PARAGRAPHS, "Write to Anna Weaver at a.weaver@herald.example"))
    )
    assert article.text == TEXT


def test_address_within_a_statement_is_kept():
    said = "“Send every complaint to cracks@port.example and we will read it,” said the engineer."
    assert article_of(make_page((*PARAGRAPHS, said))).text.endswith(said)
