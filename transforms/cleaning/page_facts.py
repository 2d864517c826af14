"""The facts about an article that its page, its feed or the input states."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from transforms.article_urls import article_url
from transforms.cleaning.authors import choose_authors
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.instants import Stamp, find_day_in_url, find_modified, find_published
from transforms.cleaning.jsonld import Statement, read_jsonld
from transforms.cleaning.metadata import Metadata, read_metadata
from transforms.cleaning.page import Page
from transforms.cleaning.rules import Correction, read_fields
from transforms.cleaning.shown_bylines import find_bylines
from transforms.cleaning.shown_days import find_shown, search_published
from transforms.cleaning.titles import tidy_title
from transforms.records import Document
from transforms.urls import absolute_url, preferred_url, registered_domain, without_tracking


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about a page's article that are read before its text."""

    statement: Statement
    metadata: Metadata
    title: str | None
    authors: tuple[str, ...]
    stamp: Stamp | None
    modified_at: datetime | None
    unmatched: tuple[str, ...] = ()  # keys of the user's rules that found nothing


def key_url(document: Document, declared: str | None, *, is_later: bool) -> str | None:
    """Return the URL that is the key of an article.

    A later page of an article may declare the first one, but is no revision of that page.
    A print or mobile page has the key of the usual one.

    A link of a shortener or feed proxy leads to another site: the page there counts as its
    own site if it declares a canonical link within it. Other pages may be consent walls,
    which many articles lead to.
    """
    if is_later and address_of_page(document):
        declared = None
    own, final = document.url, document.final_url
    if final and declared and registered_domain(final) == registered_domain(declared):
        own = final
    preferred = preferred_url(own, declared or final)
    return (article_url(preferred) if preferred else None) or document.url


def original_url(declared: str | None, key: str | None) -> str | None:
    """Return the page that is declared as canonical, if it is on another site than the article.

    Publishers that print the text of another one declare its page.

    >>> original_url("https://agency.example/ferry?utm_source=x", "https://gazette.example/ferry")
    'https://agency.example/ferry'
    """
    if not declared or not key or registered_domain(declared) == registered_domain(key):
        return None
    return without_tracking(declared) if absolute_url(declared) else None


def address_of_page(document: Document) -> str | None:
    """Return where the page came from, None if that is no web address."""
    url = document.final_url or document.url
    return url if url and absolute_url(url) else None


def read_facts(document: Document, page: Page, boilerplate: Boilerplate) -> Facts:
    """Return the facts that a page, its feed or the input states.

    Args:
        document: The document.
        page: Its page, before anything is cut out of it.
        boilerplate: The compiled words.
    """
    url = address_of_page(document)
    statement = read_jsonld(page.tree, url)
    metadata = read_metadata(page, statement, url, boilerplate.bylines.prefix)

    def search() -> list[Sequence[str]]:
        return [*find_bylines(page.tree, boilerplate.bylines), document.authors]

    title = next(iter(metadata.titles), document.title)
    return Facts(
        statement=statement,
        metadata=metadata,
        title=title,
        authors=choose_authors(
            metadata.bylines, boilerplate.bylines, metadata.sites, search=search
        ),
        stamp=_find_published(document, page, statement, title, boilerplate),
        modified_at=find_modified(
            page, statement, latest=document.fetched_at, zones=boilerplate.zones
        ),
    )


def corrected_facts(
    facts: Facts,
    document: Document,
    page: Page,
    boilerplate: Boilerplate,
    correction: Correction,
) -> Facts:
    """Return the facts with those that the user's rules find on the page in their place."""
    found = read_fields(page, correction, boilerplate.months, latest=document.fetched_at)
    authors = facts.authors
    if found.bylines:
        authors = choose_authors([found.bylines], boilerplate.bylines, facts.metadata.sites)
    return replace(
        facts,
        title=tidy_title(found.title) if found.title else facts.title,
        authors=authors,
        stamp=found.stamp or facts.stamp,
        unmatched=found.unmatched,
    )


def _find_published(
    document: Document,
    page: Page,
    statement: Statement,
    title: str | None,
    boilerplate: Boilerplate,
) -> Stamp | None:
    """Return the time from the feed or input, then the page's, its URL's or a search's."""
    if document.published_at is not None:
        return Stamp(
            document.published_at,
            document.published_precision,
            document.published_from,
            document.published_confidence,
            document.published_confidence < 1,
        )
    latest, url = document.fetched_at, address_of_page(document)
    stamp = (
        find_published(page, statement, url, latest=latest, zones=boilerplate.zones)
        or find_shown(page.tree, title, boilerplate, latest=latest)
        or find_day_in_url(url, latest=latest)
    )
    if stamp or page.is_huge:
        return stamp
    return search_published(page.tree, latest=latest + timedelta(days=1))
