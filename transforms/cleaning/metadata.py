"""Facts about an article besides its text, read before the page is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element

from transforms.cleaning.jsonld import Statement
from transforms.cleaning.page import Page
from transforms.cleaning.titles import find_titles, site_keys
from transforms.patterns import LazyPattern
from transforms.url_parts import join_url, split_url

_AUTHOR_META = (
    "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator",
    "authors", "og:author", "og:article:author", "article.author", "cxenseparse:author", "citation_author",
    "citation_authors", "dcsext.author", "creator", "article:author_name", "dc.contributor",
)  # fmt: skip
_FAMILY_FIRST = ("citation_author", "citation_authors")  # "Weaver, Anna", one per tag
_MAX_PLAIN_WORDS = 3
_NO_AUTHOR = ("http:", "https:", "@", "/", "(")
_OPT_OUT = ("noai", "noimageai", "noarchive", "notranslate", "nosnippet", "noindex")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_].*)?$")
_REGION = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z]{4})?[-_]([a-zA-Z]{2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Facts that a page states about its article.

    Attributes:
        titles: Its headlines, the one that the page shows first.
        bylines: Bylines by source, most trusted first.
        sites: Keys of the site's names.
    """

    titles: tuple[str, ...]
    bylines: tuple[tuple[str, ...], ...]
    sites: frozenset[str]
    canonical_url: str | None
    publisher: str | None
    description: str | None
    image_url: str | None
    section: str | None
    tags: tuple[str, ...]
    language: str | None
    region: str | None
    is_paywalled: bool | None
    opt_out: tuple[str, ...]


def read_metadata(
    page: Page, statement: Statement, url: str | None, prefix: LazyPattern
) -> Metadata:
    """Return the facts that a page states about its article.

    Args:
        page: The page, before anything is cut out of it.
        statement: The statements of its JSON-LD.
        url: The URL that it came from; relative URLs are resolved against it.
        prefix: Matches the words before the names of a byline ("Written by").
    """
    publisher = (
        page.first("og:site_name")
        or statement.publisher
        or page.first("application-name", "publisher")
    )
    canonical = find_canonical(page, url)
    sites = _sites(page, statement, publisher, (url, canonical))
    return Metadata(
        titles=find_titles(page, statement, sites),
        bylines=(tuple(map(capitalized, statement.authors)), *_meta_authors(page, prefix)),
        sites=sites,
        canonical_url=canonical,
        publisher=publisher,
        description=statement.description
        or page.first("og:description", "description", "twitter:description"),
        image_url=_absolute(
            page.first("og:image", "og:image:url", "twitter:image") or statement.image, url
        ),
        section=page.first("article:section", "section", "cxenseparse:recs:category")
        or statement.section,
        tags=_tags(page, statement),
        language=_language(page, statement),
        region=_region(page, statement),
        is_paywalled=_is_paywalled(page, statement),
        opt_out=_opt_out(page),
    )


def _sites(
    page: Page, statement: Statement, publisher: str | None, addresses: Sequence[str | None]
) -> frozenset[str]:
    """Return the keys of the site's names, from what it calls itself and its host."""
    stated = (page.first("application-name"), page.first("twitter:site"))
    hosts = [split_url(address).hostname for address in addresses if address]
    return site_keys((publisher, statement.publisher, *stated), hosts)


def find_canonical(page: Page, url: str | None) -> str | None:
    """Return the URL that the page declares as its own, absolute and without a fragment."""
    found = next((link.get("href") for link in page.tree.iter("link") if _is_canonical(link)), None)
    address = _absolute(found or page.first("og:url"), url)
    if (
        address
        and split_url(address).path in {"", "/"}
        and url
        and split_url(url).path not in {"", "/"}
    ):
        return None  # a front page is the canonical URL of no other page
    return address


def _is_canonical(link: _Element) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split() and bool(
        (link.get("href") or "").strip()
    )


def _absolute(address: str | None, url: str | None) -> str | None:
    try:
        joined = join_url(url or "", (address or "").strip()) if address else None
        return (
            joined.split("#")[0]
            if joined and split_url(joined).scheme in {"http", "https"}
            else None
        )
    except ValueError:  # "Invalid IPv6 URL" and the like
        return None


def _meta_authors(page: Page, prefix: LazyPattern) -> Iterator[tuple[str, ...]]:
    """Yield the bylines under each `<meta>` name, then those of labelled Twitter tags."""
    for name in _AUTHOR_META:
        contents = [text for text in page.meta.get(name, ()) if not text.startswith(_NO_AUTHOR)]
        if name in _FAMILY_FIRST:
            contents = [_given_first(text) for text in contents]
        if contents:
            yield tuple(map(capitalized, contents))
    for number in "12":
        label = page.first(f"twitter:label{number}") or ""
        content = page.first(f"twitter:data{number}")
        if content and prefix.match(f"{label} x"):
            yield (capitalized(content),)


def _given_first(name: str) -> str:
    """Return "Weaver, Anna B." as "Anna B. Weaver"."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and "," not in given else name


def capitalized(name: str) -> str:
    """Return a name of two or three words with capitals if it has none.

    >>> capitalized("anna weaver")
    'Anna Weaver'
    """
    words = name.split(" ")
    is_plain = 1 < len(words) <= _MAX_PLAIN_WORDS and all(map(str.isalpha, words))
    return name.title() if is_plain and name.islower() else name


def _tags(page: Page, statement: Statement) -> tuple[str, ...]:
    found = list(page.meta.get("article:tag", ()))
    if not found:
        found = [
            part.strip() for part in (page.first("news_keywords", "keywords") or "").split(",")
        ]
    return tuple(dict.fromkeys(tag for tag in (*found, *statement.keywords) if 1 < len(tag) < 80))[
        :50
    ]


def _language(page: Page, statement: Statement) -> str | None:
    """Return the declared language as ISO 639-1, preferably from the `<html>` element."""
    for declared in _locales(page, statement):
        match = _LANGUAGE.match(declared)
        if match and len(match[1]) == 2:
            return match[1].lower()
    return None


def _region(page: Page, statement: Statement) -> str | None:
    found = map(region_of, _locales(page, statement))
    return next((region for region in found if region), None)


def region_of(tag: str | None) -> str | None:
    """Return the region of a language tag or locale as ISO 3166-1 alpha-2, None without one.

    >>> region_of("en-GB"), region_of("en_IE"), region_of("zh-Hant-TW"), region_of("en")
    ('GB', 'IE', 'TW', None)
    """
    match = _REGION.match((tag or "").strip())
    return match[1].upper() if match else None


def _locales(page: Page, statement: Statement) -> list[str]:
    """Return the language tags and locales that the page declares, the surest first."""
    declared = (
        page.tree.get("lang"), page.tree.get("xml:lang"), page.first("og:locale"), page.first("content-language"),
        page.first("dc.language", "language"), statement.language,
    )  # fmt: skip
    return [locale.strip() for locale in declared if locale]


def _is_paywalled(page: Page, statement: Statement) -> bool | None:
    tier = (page.first("article:content_tier", "cxenseparse:content_tier") or "").lower()
    if tier:
        return tier != "free"
    return None if statement.is_free is None else not statement.is_free


def _opt_out(page: Page) -> tuple[str, ...]:
    """Return the page's opt-out signals, sorted."""
    robots = ",".join(page.meta.get("robots", ()) + page.meta.get("googlebot", ())).lower()
    found = {word for word in map(str.strip, robots.split(",")) if word in _OPT_OUT}
    if page.first("tdm-reservation") == "1":
        found.add("tdm-reservation")
    return tuple(sorted(found))
