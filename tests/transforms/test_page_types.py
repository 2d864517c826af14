"""Which pages are articles, and what type the others are."""

from dataclasses import replace

import pytest

from tests.helpers.builders import NOW, make_document
from tests.helpers.pages import PARAGRAPHS, boilerplate, clean_page
from transforms.cleaning.clean import clean
from transforms.cleaning.refusals import type_of_refusal
from transforms.cleaning.rules import Rule, Rules
from transforms.records import Article

HOST = "https://osk-courier.example"
STORY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
MENU = "<nav><a href='/'>Start</a> <a href='/region'>Region</a> <a href='/sport'>Sport</a></nav>"


def page(title, body, head=""):
    return (
        f"<html lang='en'><head><title>{title}</title>{head}</head>"
        f"<body>{MENU}<main><h1>{title}</h1>{body}</main></body></html>"
    )


def card(number, *, price="", text="", path="/story"):
    return (
        f"<div class='card product'><h3><a href='{path}/{number}'>Lamp of the harbour number {number}"
        f"</a></h3>{f'<span class=price>{price}</span>' if price else ''}{text}</div>"
    )


PRODUCT = page(
    "Brass lamp, 40 cm",
    "<p>A lamp of brass for the desk or the wall, made in Ostwick.</p><span class='price'>$ 89.00</span>"
    "<form><select><option>Brass</option></select><button>Add to cart</button></form>",
    "<meta property='og:type' content='product'><script type='application/ld+json'>"
    '{"@type": "Product", "name": "Brass lamp", "offers": {"@type": "Offer", "price": "89"}}</script>',
)
COLLECTION = page(
    "Lamps",
    "<label>Sort by</label><button>Filter</button>"
    + "".join(card(n, price=f"$ {n}9.00", path="/products/lamp") for n in range(1, 20)),
)
LISTING = page(
    "Region",
    "".join(
        card(n, text="<p>The council of the region spoke about it for hours.</p>")
        for n in range(15)
    ),
)
FORUM = page(
    "Which oil for an old lamp?",
    "".join(
        f"<li class='post'><span class='user'>keeper{n}</span><time>3 May</time>"
        f"<div class='post-body'>I have used the thick oil for years, and it never smoked. Lamp {n} is fine."
        "</div><button>Quote</button><button>Reply</button></li>"
        for n in range(6)
    ),
    "<meta name='generator' content='phpBB'>",
)
DOCUMENTATION = page(
    "Install the lamp driver",
    "<p>Install the package, then start the service on the machine that the lamp is wired to.</p>"
    "<pre>lamp install --all</pre><p>Set the level of the light in the file of settings.</p><pre>level = 3</pre>"
    "<pre>lamp start</pre><a href='/edit'>Edit this page</a>",
    "<meta name='generator' content='Sphinx 7.2'>",
)
SERVICE = page(
    "Lighting for your office",
    "<p>We plan and fit the lamps in your office, and we keep them clean for you.</p>"
    "<a class='button' href='/demo'>Book a demo</a><h2>Why us</h2><p>Our team is quick.</p>"
    "<a href='/quote'>Get a quote</a><h2>Prices</h2><a href='/contact'>Contact us</a>",
)


@pytest.mark.parametrize(
    ("path", "html", "expected"),
    [
        pytest.param("/products/brass-lamp", PRODUCT, "product", id="product"),
        pytest.param("/collections/lamps", COLLECTION, "collection", id="collection"),
        pytest.param("/category/region", LISTING, "listing", id="listing"),
        pytest.param("/forum/oil-for-lamps", FORUM, "forum", id="forum"),
        pytest.param("/docs/install", DOCUMENTATION, "documentation", id="documentation"),
        pytest.param("/services/lighting", SERVICE, "service", id="service"),
    ],
)
def test_page_that_is_no_article_is_refused_with_its_type(path, html, expected):
    refused = clean_page(html, url=HOST + path)
    assert refused.reason == expected
    assert type_of_refusal(refused.reason) == expected
    assert refused.detail.startswith("the page is a") or refused.detail.startswith(
        "the page is doc"
    )
    assert "told by: " in refused.detail


@pytest.mark.parametrize(
    "path",
    [
        "/2024/05/03/quay-closed", "/a/1234", "/news/quay-closed-after-cracks", "/docs/7715044", "/",
        "/products/quay-closed-after-cracks-are-found", "/?p=4711", "/services/quay", "/forum/quay",
    ],
)  # fmt: skip
def test_article_with_a_declared_day_is_an_article_at_any_address_but_a_front_page(path):
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Quay closed",'
        ' "datePublished": "2024-05-03T08:00:00Z", "author": {"name": "Mira Tolland"}}</script>'
        "<meta property='article:published_time' content='2024-05-03T08:00:00Z'>"
    )
    found = clean_page(page("Quay closed", STORY, head), url=HOST + path)
    assert isinstance(found, Article), found
    assert found.page_type == "article"


@pytest.mark.parametrize(
    "path",
    [
        "/quay-closed", "/a/1234", "/2024/05/03/quay", "/story.php?id=9", "/docs/7715044",
        "/services/quay", "/category/quay", "/section/quay-closed", "/forum/quay", "/products/quay",
        "/wiki/quay", "/tag/quay", "/collections/quay",
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [3, 5])
def test_article_that_declares_nothing_is_an_article_in_any_folder(path, count):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:count])
    footer = "<div><a href='/c'>Contact us</a> <a href='/s'>Subscribe</a> <a href='/j'>Apply now</a></div>"
    found = clean_page(page("Quay closed after divers find cracks", text + footer), url=HOST + path)
    assert isinstance(found, Article), found
    assert found.page_type == "article"


def test_page_without_an_address_is_judged_by_what_it_shows():
    assert clean_page(page("Quay closed", STORY)).page_type == "article"
    assert clean_page(PRODUCT, url=None).reason == "product"


def test_article_with_many_comments_is_no_forum():
    comments = "".join(
        f"<li class='comment'><b>reader{n}</b><p>This quay was never safe, and everybody in the town knew "
        "it for years before the divers came.</p><button>Reply</button></li>"
        for n in range(40)
    )
    found = clean_page(
        page("Quay closed", f"{STORY}<ol>{comments}</ol>"), url=f"{HOST}/2024/05/quay"
    )
    assert isinstance(found, Article), found


def test_article_that_recommends_products_with_prices_is_an_article():
    offers = "".join(
        f"<li>Lamp {n}: $ {n}9.90, <a href='/buy/{n}'>shop now</a></li>" for n in range(1, 9)
    )
    found = clean_page(
        page("The best lamps for a small quay", f"{STORY}<ul>{offers}</ul>"),
        url=f"{HOST}/guides/best-lamps-small-quay",
    )
    assert isinstance(found, Article), found


def test_live_report_has_its_own_type():
    head = (
        '<script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "Quay closed",'
        ' "datePublished": "2024-05-03T08:00:00Z"}</script>'
    )
    assert clean_page(page("Quay closed", STORY, head), url=f"{HOST}/live/quay").page_type == "live"


def test_address_of_an_article_that_leads_to_a_front_page_is_refused():
    found = clean_page(LISTING, url=f"{HOST}/2024/05/03/quay-closed", final_url=f"{HOST}/")
    assert found.reason == "section_front"
    assert type_of_refusal(found.reason) == "listing"


def test_type_that_a_rule_or_the_setting_keeps_is_stored_with_its_type():
    rules = Rules((Rule(number=1, site="osk-courier.example", keep=frozenset({"product"})),))
    document = make_document(PRODUCT, url=f"{HOST}/products/brass-lamp", fetched_at=NOW)
    assert clean(document, boilerplate(), rules).page_type == "product"
    keeping = replace(boilerplate(), kept_types=frozenset({"article", "product"}))
    assert clean(document, keeping).page_type == "product"
    assert clean(document, boilerplate()).reason == "product"


def test_text_in_a_feed_is_an_article_whatever_its_address():
    text = "<p>We fit lamps in your office. Book a demo or get a quote.</p>"
    given = {"url": f"{HOST}/services/lamps", "title": "Lamps for offices"}
    assert clean_page(text, **given, is_feed_text=True).page_type == "article"
