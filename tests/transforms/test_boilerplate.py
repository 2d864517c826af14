"""Lines that are not part of the article: all phrases of the seeds; prose is kept."""

import pytest

from flows.seeds import read_table, seeds_dir
from tests.helpers.pages import PARAGRAPHS, boilerplate
from transforms.cleaning.boilerplate import drop_boilerplate, fold_line, is_boilerplate
from transforms.cleaning.consent import find_consent
from transforms.cleaning.regions import words_of

ROWS = read_table(seeds_dir() / "boilerplate" / "lines.csv")


@pytest.mark.parametrize("place", ["line", "end"])
def test_example_of_each_phrase_is_recognized(place):
    phrases = boilerplate().lines if place == "line" else boilerplate().ends
    missed = [
        row["example"]
        for row in ROWS
        if row["place"] == place and not phrases.match(fold_line(row["example"]))
    ]
    assert missed == []


def test_phrases_are_stored_in_folded_form():
    assert [row["phrase"] for row in ROWS if row["phrase"] != row["phrase"].lower()] == []


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Ferry fares to rise in May",
        "» Lesen Sie auch: Streik bei der Fähre",
        "Читайте також: Страйк на поромі",
        "Sign up to our morning newsletter for the news of the port.",
        "Photo: Lena Brandt / Harbour Herald",
        "© 2024 The Harbour Herald",
        "Published: 12 March 2024, 10:15",
        "4 min read",
        "___",
        "12 comments",
    ],
)
def test_line_beside_the_article_is_dropped(line):
    assert is_boilerplate(line, boilerplate())


@pytest.mark.parametrize(
    "line",
    [
        *PARAGRAPHS,
        "Also on Monday, the council voted to raise ferry fares.",
        "“Sign up for the course before you need it,” the coastguard told the fishermen.",
        "Photographs of the cracks were shown to the council, which had asked for them in spring.",
        "Share prices of the port company fell by four percent.",
        "More than forty boats had to wait outside the harbour.",
        "Published figures show that the port lost money in three of the last five years.",
        "Read the label, the chemist warned.",
    ],
)
def test_sentence_of_an_article_is_kept(line):
    assert not is_boilerplate(line, boilerplate())


def test_text_after_the_end_of_the_article_is_cut():
    lines = [*PARAGRAPHS, "More from the Harbour Herald", "Fish prices rise", "Tides for June"]
    assert drop_boilerplate(lines, boilerplate()) == list(PARAGRAPHS)


def test_label_in_the_middle_removes_no_paragraph():
    lines = [*PARAGRAPHS[:2], "Related stories", *PARAGRAPHS[2:]]
    assert drop_boilerplate(lines, boilerplate()) == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("name", "is_region"),
    [
        ("article__author-bio", True),
        ("relatedStories", True),
        ("newsletter-signup", True),
        ("article-body", False),
        ("has-sidebar", False),
        ("adrenaline", False),
        ("headline", False),
    ],
)
def test_name_of_an_element_is_read_word_by_word(name, is_region):
    assert (boilerplate().region.search(words_of(name)) is not None) is is_region


CONSENT_ROWS = read_table(seeds_dir() / "boilerplate" / "consent.csv")


@pytest.mark.parametrize("language", sorted({row["language"] for row in CONSENT_ROWS}))
def test_consent_text_is_known_in_each_language(language):
    address, topic = (
        [r["phrase"] for r in CONSENT_ROWS if r["language"] == language and r["class"] == kind]
        for kind in ("address", "topic")
    )
    texts = [f"{address[0]} … {topic[0]}", *PARAGRAPHS]
    assert find_consent(texts, boilerplate().consent) == {0}
