"""Facts about an article besides its text, read before the page is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.etree import _Element
from lxml.html import HtmlElement

from transforms.cleaning.jsonld import Statement
from transforms.cleaning.page import Page, squeeze
from transforms.cleaning.titles import find_title, site_keys

_AUTHOR_META = (
    "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator",
    "authors", "og:author", "og:article:author", "article.author", "cxenseparse:author", "citation_author",
    "dcsext.author", "creator", "article:author_name", "twitter:data1",
)  # fmt: skip
_NO_AUTHOR = ("http:", "https:", "@", "/", "(")
_BYLINE_NAME = re.compile(
    r"author|byline|by-line|autor(?!id)|journalist|writer|redakteur|contributor|posted-by",
    re.IGNORECASE,
)
_NO_BYLINE = re.compile(
    r"comment|related|promo|teaser|bio\b|card-list|sidebar|recirc|popular|widget|footer",
    re.IGNORECASE,
)
_BYLINE_TAGS = (
    "a",
    "span",
    "div",
    "p",
    "address",
    "cite",
    "li",
    "strong",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "section",
    "ul",
)
_HEADLINE_TAGS = frozenset(("a", "h2", "h3", "h4", "h5"))  # "By the sea" links to another article
_MAX_BYLINE_CHARS = 150
_MAX_AUTHORS = 12
_MAX_OPENING_CHARS = 90
_MAX_OPENING_WORDS = 5  # "By Growing Cells in Rice Grains" is a headline
_BETWEEN_NAMES = re.compile(r",|&|/|;|\s(?:and|und|et|y|e|en|og|och|dan|и|та|і)\s")
_OPT_OUT = ("noai", "noimageai", "noarchive", "notranslate", "nosnippet", "noindex")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_].*)?$")
_REGION = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z]{4})?[-_]([a-zA-Z]{2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Facts that a page states about its article.

    Attributes:
        bylines: Bylines by source, most trusted first.
        sites: Keys of the site's names.
    """

    title: str | None
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


def read_metadata(page: Page, statement: Statement, url: str | None) -> Metadata:
    """Return the facts that a page states about its article.

    Args:
        page: The page, before anything is cut out of it.
        statement: The statements of its JSON-LD.
        url: The URL that it came from; relative URLs are resolved against it.
    """
    publisher = (
        page.first("og:site_name")
        or statement.publisher
        or page.first("application-name", "publisher")
    )
    canonical = find_canonical(page, url)
    names = (
        publisher,
        statement.publisher,
        page.first("application-name"),
        page.first("twitter:site"),
    )
    hosts = [urlsplit(address).hostname for address in (url, canonical) if address]
    sites = site_keys(names, hosts)
    return Metadata(
        title=find_title(page, statement, sites),
        bylines=(statement.authors, *_meta_authors(page)),
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


def find_canonical(page: Page, url: str | None) -> str | None:
    """Return the URL that the page declares as its own, absolute and without a fragment."""
    found = next((link.get("href") for link in page.tree.iter("link") if _is_canonical(link)), None)
    address = _absolute(found or page.first("og:url"), url)
    if (
        address
        and urlsplit(address).path in {"", "/"}
        and url
        and urlsplit(url).path not in {"", "/"}
    ):
        return None  # a front page is the canonical URL of no other page
    return address


def _is_canonical(link: _Element) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split() and bool(
        (link.get("href") or "").strip()
    )


def _absolute(address: str | None, url: str | None) -> str | None:
    try:
        joined = urljoin(url or "", (address or "").strip()) if address else None
        return (
            joined.split("#")[0]
            if joined and urlsplit(joined).scheme in {"http", "https"}
            else None
        )
    except ValueError:  # "Invalid IPv6 URL" and the like
        return None


def _meta_authors(page: Page) -> Iterator[tuple[str, ...]]:
    """Yield the bylines under each `<meta>` name."""
    for name in _AUTHOR_META:
        contents = [text for text in page.meta.get(name, ()) if not text.startswith(_NO_AUTHOR)]
        if contents and (name != "twitter:data1" or _is_label(page)):
            yield tuple(contents)


def _is_label(page: Page) -> bool:
    """Return whether Twitter's first label says that its value is the author."""
    return (page.first("twitter:label1") or "").lower() in {
        "written by",
        "verfasst von",
        "écrit par",
        "escrito por",
    }


def find_bylines(tree: HtmlElement, opening: re.Pattern[str]) -> list[str]:
    """Return the texts of the elements that are the byline of the page's article.

    Only elements after the headline count, because menus come before it. Elements marked
    as the author win over elements named so, and those over lines that start with "By".
    Several authors are next to each other; later bylines belong to other articles.
    """
    found: dict[str, list[_Element]] = {}
    known: dict[str, bool] = {}
    past_headline = False
    for element in tree.iter("h1", *_BYLINE_TAGS):
        if element.tag == "h1":
            found = found if past_headline else {}
            past_headline = True
        elif kind := _byline_kind(element, opening, known):
            found.setdefault(kind, []).append(element)
    for kind in ("marked", "named", "opening"):
        if texts := _texts_together(found.get(kind, [])):
            return texts
    return []


def _texts_together(elements: Sequence[_Element]) -> list[str]:
    """Return the text of the first element and of those next to it."""
    readable = [(element, _text(element)) for element in elements]
    readable = [(element, text) for element, text in readable if 0 < len(text) <= _MAX_BYLINE_CHARS]
    if not readable:
        return []
    around = readable[0][0]
    for above in readable[0][0].iterancestors():
        if len(_text(above)) > 2 * _MAX_BYLINE_CHARS:
            break
        around = above
    inside = set(around.iter())
    return [text for element, text in readable[:_MAX_AUTHORS] if element in inside]


def _text(element: _Element) -> str:
    return "\n".join(filter(None, map(squeeze, element.itertext())))


def _byline_kind(element: _Element, opening: re.Pattern[str], known: dict[str, bool]) -> str | None:
    """Return why an element may be a byline: marked or named so, or opening like one."""
    attributes = element.attrib
    if "author" in attributes.get("rel", "").split() or "author" in attributes.get("itemprop", ""):
        return "marked"
    name = (
        attributes.get("class", "")
        + " "
        + attributes.get("id", "")
        + " "
        + attributes.get("data-testid", "")
    )
    if name not in known:
        known[name] = (
            len(name) < 300
            and _BYLINE_NAME.search(name) is not None
            and not _NO_BYLINE.search(name)
        )
    if known[name]:
        return "named"
    text = (element.text or "").lstrip() if element.tag not in _HEADLINE_TAGS else ""
    if not text or len(text) > _MAX_OPENING_CHARS or not opening.match(f"{text} x"):
        return None
    whole = _text(element)
    words = max(len(part.split()) for part in _BETWEEN_NAMES.split(whole))
    return "opening" if len(whole) <= _MAX_OPENING_CHARS and words <= _MAX_OPENING_WORDS else None


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
