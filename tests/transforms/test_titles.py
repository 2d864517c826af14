"""Headlines: the shown headline, confirmed by the metadata of the page."""

import json

import pytest

from tests.helpers.pages import article_of, make_page
from transforms.cleaning.titles import cut_site, likeness, site_keys

SITES = site_keys(["The Harbour Herald"], ["www.harbourherald.example"])
QUAY = "Port closes quay after cracks are found"


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        pytest.param(f"{QUAY} | The Harbour Herald", QUAY, id="bar"),
        pytest.param(f"{QUAY} - Harbour Herald", QUAY, id="hyphen"),
        pytest.param(
            f"{QUAY} | Port | News | harbourherald.example", QUAY, id="sections-and-address"
        ),
        pytest.param(
            f"The Harbour Herald: {QUAY}", f"The Harbour Herald: {QUAY}", id="colon-is-no-cut"
        ),
        pytest.param(f"Harbour Herald | {QUAY}", QUAY, id="site-first"),
        pytest.param("Port - a town apart", "Port - a town apart", id="dash-of-the-headline"),
        pytest.param("The Harbour Herald", "The Harbour Herald", id="nothing-but-the-site"),
        pytest.param(f"{QUAY} | Quayside Group Online", QUAY, id="unknown-name-after-a-bar"),
        pytest.param("Port | Quay closed", "Port | Quay closed", id="short-before-a-bar"),
    ],
)
def test_site_name_is_cut_off(title, cut):
    assert cut_site(title, SITES) == cut


def page(*, shown, og=None, ld=None, title=None):
    head = '<meta property="og:site_name" content="The Harbour Herald">'
    if og:
        head += f'<meta property="og:title" content="{og}">'
    if ld:
        head += f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": ld})}</script>'
    headings = "".join(f"<h1>{text}</h1>" for text in shown)
    return make_page(title=title or "", head=head, before=headings).replace("<h1></h1>", "")


@pytest.mark.parametrize(
    ("given", "title"),
    [
        pytest.param(
            {"shown": [QUAY], "og": f"{QUAY} | The Harbour Herald"}, QUAY, id="shown-and-stated"
        ),
        pytest.param(
            {"shown": [QUAY], "og": "Cracks! What divers saw under your ferry"},
            QUAY,
            id="teaser-in-og",
        ),
        pytest.param({"shown": ["Log in", QUAY], "ld": QUAY}, QUAY, id="other-headings-first"),
        pytest.param({"shown": ["Harbour Herald"], "ld": QUAY}, QUAY, id="heading-is-the-site"),
        pytest.param({"shown": [], "og": f"{QUAY} - The Harbour Herald"}, QUAY, id="no-heading"),
        pytest.param({"shown": ["Quay"], "title": QUAY}, QUAY, id="heading-is-a-section"),
        pytest.param(
            {
                "shown": ["Ferries stay away"],
                "og": "Storm: Ferries stay away",
                "ld": "Storm: Ferries stay away",
            },
            "Storm: Ferries stay away",
            id="kicker-that-two-sources-state",
        ),
        pytest.param(
            {"shown": ["Prices for Harbour Trips"], "og": QUAY, "title": QUAY},
            QUAY,
            id="heading-is-a-label",
        ),
        pytest.param(
            {"shown": [QUAY, "Get our newsletter"], "og": "Cracks! Port closes a quay"},
            QUAY,
            id="headline-and-a-box",
        ),
    ],
)
def test_title_is_the_headline_of_the_page(given, title):
    assert article_of(page(**given)).title == title


def test_title_of_the_feed_is_used_if_the_page_has_none():
    html = make_page(title="").replace("<h1></h1>", "")
    assert article_of(html, title="Quay closed").title == "Quay closed"


def test_likeness_counts_words():
    assert likeness("Quay closed", "quay CLOSED today") == pytest.approx(2 / 3)


def test_separate_parts_of_a_heading_are_spaced_and_its_marks_are_not():
    html = make_page(title="").replace(
        "<h1></h1>", f"<h1><span>Storm</span>: <b>{QUAY}</b><i>Live</i></h1>"
    )
    assert article_of(html).title == f"Storm: {QUAY} Live"


def test_title_is_free_of_escapes_and_invisible_marks():
    head = '<meta property="og:title" content="Reed &amp;amp; Sons win har&#173;bour bid">'
    html = make_page(title="", head=head).replace("<h1></h1>", "")
    assert article_of(html).title == "Reed & Sons win harbour bid"


def test_other_headlines_are_kept_most_trusted_first():
    html = page(
        shown=[QUAY],
        ld="Cracks close a quay of the port",
        og="Cracks! What divers saw under your ferry | The Harbour Herald",
        title=f"{QUAY.upper()} - Harbour Herald",
    )
    assert article_of(html).alternative_titles == (
        "Cracks close a quay of the port",
        "Cracks! What divers saw under your ferry",
    )


def test_headline_stated_once_has_no_alternatives():
    assert article_of(page(shown=[QUAY], og=QUAY)).alternative_titles == ()
