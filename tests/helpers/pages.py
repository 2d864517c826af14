"""Builders of small, valid pages for cleaning; a test overrides one part."""

from functools import cache

from flows.seeds import read_tables, seeds_dir
from tests.helpers.builders import NOW, make_document
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.clean import clean
from transforms.records import Article

PARAGRAPHS = (
    "The harbour authority closed the northern quay on Monday after divers found cracks in three of its piers.",
    "Engineers will inspect the remaining piers this week, the authority said, and ferries will use the southern quay until then.",
    "“We would rather close a quay for a month than lose a ship,” said Petra Lindqvist, who runs the port.",
    "Fishermen asked the town for help with the longer way to the market, which costs them an hour each morning.",
    "The quay was built in 1964 and last repaired eleven years ago, when a storm had torn off two bollards.",
)
TITLE = "Port closes quay after cracks are found"


@cache
def boilerplate():
    return Boilerplate.from_tables(read_tables(seeds_dir()))


def make_page(
    paragraphs=PARAGRAPHS,
    *,
    title=TITLE,
    head="",
    before="",
    after="",
    within="",
    lang="en",
    body=None,
):
    """Return the HTML of a news page; `within` goes into the middle of the article."""
    half = len(paragraphs) // 2
    text = [f"<p>{paragraph}</p>" for paragraph in paragraphs]
    article = "\n".join([*text[:half], within, *text[half:]])
    whole = body or (
        '<nav><a href="/">Home</a> <a href="/port">Port</a></nav>'
        f"{before}<article><h1>{title}</h1>{article}</article>{after}"
        "<footer><p>The Harbour Herald, 1 Quay Street</p></footer>"
    )
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head><body>{whole}</body></html>"
    )


def clean_page(html, **given):
    """Return the article of a page, or its rejection."""
    return clean(make_document(html, **{"fetched_at": NOW} | given), boilerplate())


def article_of(html, **given):
    article = clean_page(html, **given)
    assert isinstance(article, Article), article
    return article
