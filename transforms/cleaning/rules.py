"""The user's rules for single publishers: where the parts of an article are on their pages.

A rule belongs to a site or to a part of it and names CSS selectors. Several rules may match
one page: then the most specific rule that has a key decides about that key. What the rules
say about one page is a `Correction`. Its digest is part of the version of each article that
it was applied to, so that a changed rule makes exactly its own articles stale.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import XPathError, _Element
from lxml.html import HtmlElement, document_fromstring

from transforms.cleaning.blocks import Block, read_blocks
from transforms.cleaning.instants import Stamp, read_instant
from transforms.cleaning.metadata import find_canonical
from transforms.cleaning.page import Page, squeeze
from transforms.cleaning.refusals import KEPT_TYPES
from transforms.cleaning.regions import cut
from transforms.cleaning.shown_days import read_day
from transforms.records import Document
from transforms.urls import absolute_url, canonical_url
from transforms.visit_plans import VisitPlan

UNMATCHED = "rule_unmatched"  # flag of an article for which a selector found nothing
_MARK = re.compile(r"\brules\.([0-9a-f]{8})\b")
_VALUES = ("datetime", "content", "title")  # attributes that may state an instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as the user wrote it; a key that it does not have is None.

    Attributes:
        number: Its place among the rules of the file, from 1.
        site: Host in lower case, without "www."; its subdomains belong to it.
        path: Pattern for the path of a URL, in which `*` stands for any characters.
        body: Selector of the elements that hold the text.
        title: Selector of the headline.
        byline: Selector of the bylines.
        published: Selector of the publication date.
        remove: Selectors of elements that are not part of the article.
        keep: Codes of refused pages that are articles here (see `refusals`).
        revisit: When pages of the site are fetched again; it corrects no article.
    """

    number: int
    site: str
    path: str | None = None
    body: str | None = None
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    remove: tuple[str, ...] | None = None
    keep: frozenset[str] | None = None
    revisit: VisitPlan | None = None

    def matches(self, host: str, path: str) -> bool:
        """Return whether the rule is about a page with this host and path."""
        if host != self.site and not host.endswith(f".{self.site}"):
            return False
        return (
            self.path is None or _pattern(self.path).fullmatch(path.rstrip("/") or "/") is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the rules say about one page; the keys are those of `Rule`.

    Attributes:
        numbers: The rules that it was made from, the most general first.
        keep_types: Codes of refused pages that are articles here.
    """

    numbers: tuple[int, ...]
    body: str | None = None
    title: str | None = None
    byline: str | None = None
    published: str | None = None
    remove: tuple[str, ...] = ()
    keep_types: frozenset[str] = frozenset()

    @property
    def digest(self) -> str:
        """Eight hexadecimal digits that change if, and only if, what the rules say changes."""
        said = [
            self.body,
            self.title,
            self.byline,
            self.published,
            self.remove,
            sorted(self.keep_types),
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:8]

    @property
    def mark(self) -> str:
        """The digest as it stands in versions: "rules.1a2b3c4d"."""
        return f"rules.{self.digest}"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a user, in the order of the file."""

    rules: tuple[Rule, ...] = ()

    def matching(self, url: str | None) -> list[Rule]:
        """Return the rules about the page with this URL, the most general first.

        A rule with a path is more specific than one without, a longer path more than a
        shorter one, and a subdomain more than its domain.
        """
        address = absolute_url(url) if url and self.rules else None
        if address is None:
            return []
        parts = urlsplit(address)
        found = [rule for rule in self.rules if rule.matches(parts.hostname or "", parts.path)]
        return sorted(found, key=_specificity)

    def for_page(self, url: str | None) -> Correction | None:
        """Return what the rules say about the page with this URL, None if nothing.

        >>> site = Rule(number=1, site="harbour-times.example", title="h1", body="article")
        >>> sport = Rule(number=2, site="harbour-times.example", path="/sport/*", title="h2")
        >>> said = Rules((site, sport)).for_page("https://www.harbour-times.example/sport/final")
        >>> said.title, said.body, said.numbers
        ('h2', 'article', (1, 2))
        """
        found = self.matching(url)
        merged: dict[str, str | tuple[str, ...] | frozenset[str]] = {}
        for rule in found:
            for name in ("body", "title", "byline", "published", "remove", "keep"):
                if (value := getattr(rule, name)) is not None:
                    merged["keep_types" if name == "keep" else name] = value
        if not any(merged.values()):
            return None
        return Correction(numbers=tuple(rule.number for rule in found), **merged)  # type: ignore[arg-type]

    def digest_for(self, url: str | None) -> str | None:
        """Return the digest of what the rules say about a page, None if nothing."""
        correction = self.for_page(url)
        return correction.digest if correction else None

    @property
    def revisits(self) -> dict[str, VisitPlan]:
        """The plans of visits that sites have of their own, by site."""
        return {rule.site: rule.revisit for rule in self.rules if rule.revisit is not None}

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that have rules, sorted."""
        return tuple(sorted({rule.site for rule in self.rules}))


NO_RULES: Final = Rules()


def address_of(document: Document, page: Page | None) -> str | None:
    """Return the URL by which rules know a document: where it came from.

    A page without one, such as a saved file, is known by the URL that it declares.
    """
    url = document.final_url or document.url
    declared = find_canonical(page, None) if page and not url else None
    return url or (canonical_url(declared) if declared else None)


def _specificity(rule: Rule) -> tuple[bool, int, int, int]:
    path = (rule.path or "").replace("*", "")
    return rule.path is not None, len(path), len(rule.site), rule.number


@lru_cache(maxsize=1024)
def _pattern(path: str) -> re.Pattern[str]:
    pieces = (path.rstrip("/") or "/").split("*")
    return re.compile(".*".join(map(re.escape, pieces)), re.DOTALL)


def digest_in(text: str | None) -> str | None:
    """Return the digest in a version or in the detail of a rejection, None if it has none.

    >>> digest_in("3+trafilatura.2.3.1+rules.1a2b3c4d")
    '1a2b3c4d'
    """
    match = _MARK.search(text or "")
    return match[1] if match else None


def kept_types(correction: Correction | None, kept: frozenset[str] = KEPT_TYPES) -> frozenset[str]:
    """Return the types of pages that are stored as articles: `kept` and those of the rules."""
    return kept | correction.keep_types if correction else kept


@lru_cache(maxsize=1024)  # a worker process compiles each selector once
def _selector(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def find_problem(css: str) -> str | None:
    """Return why `css` cannot be used as a selector, None if it can.

    >>> find_problem("div.story > p, blockquote")
    >>> find_problem("p::text")
    'Pseudo-elements are not supported'
    """
    try:
        _selector(css)(document_fromstring("<html><body></body></html>"))
    except (SelectorError, XPathError) as exc:
        return str(exc).rstrip(".") or type(exc).__name__
    return None


def select(tree: HtmlElement, css: str | None) -> list[_Element]:
    """Return the elements that a selector finds, in page order, without those inside others."""
    if css is None:
        return []
    found: dict[_Element, None] = dict.fromkeys(_selector(css)(tree))
    return [element for element in found if not any(a in found for a in element.iterancestors())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the selectors of a correction found on a page, besides its text.

    Attributes:
        title: The headline, None if there is no selector or it found nothing.
        bylines: The bylines; empty in the same cases.
        stamp: The publication date; None in the same cases.
        unmatched: Keys whose selector found nothing that can be used.
    """

    title: str | None = None
    bylines: tuple[str, ...] = ()
    stamp: Stamp | None = None
    unmatched: tuple[str, ...] = ()


def read_fields(
    page: Page, correction: Correction, months: Mapping[str, int], *, latest: datetime
) -> Fields:
    """Return what the selectors for headline, byline and date find on a page.

    Args:
        page: The page, before anything is cut out of it.
        correction: What the rules say about it.
        months: Month numbers by month names and abbreviations in lower case.
        latest: No article is published after this instant.
    """
    titles = [text for text in map(_text, select(page.tree, correction.title)) if text]
    bylines = [text for text in map(_text, select(page.tree, correction.byline)) if text]
    stamps = _stamps(select(page.tree, correction.published), months, latest)
    found = Fields(title=next(iter(titles), None), bylines=tuple(bylines), stamp=next(stamps, None))
    values = {"title": found.title, "byline": found.bylines, "published": found.stamp}
    missed = [key for key, value in values.items() if getattr(correction, key) and not value]
    return replace(found, unmatched=tuple(missed))


def _text(element: _Element) -> str:
    """Return the text of an element on one line; that of a `<meta>` is its content."""
    if element.tag == "meta":
        return squeeze(element.get("content") or "")
    return " ".join(squeeze(block.text) for block in read_blocks(element))


def _stamps(
    elements: Sequence[_Element], months: Mapping[str, int], latest: datetime
) -> Iterator[Stamp]:
    for element in elements:
        stated = [element.get(name) or "" for name in _VALUES]
        for text in filter(None, (*stated, _text(element))):
            read = read_instant(text)
            at, precision = (read[0], read[1]) if read else (read_day(text, months), "day")
            if at is not None and at <= latest + timedelta(days=1):
                yield Stamp(at.replace(tzinfo=at.tzinfo or UTC), precision, "rule")


def blocks_of(elements: Iterable[_Element]) -> list[Block]:
    """Return the blocks of text in elements, whole, in page order."""
    return [block for element in elements for block in read_blocks(element)]


def cut_removed(page: Page, correction: Correction) -> dict[str, int]:
    """Cut the elements that a correction removes; return the characters by selector.

    The body itself and what contains it are never cut.
    """
    spared = {page.body, *page.body.iterancestors()}
    removed: dict[str, int] = {}
    for css in correction.remove:
        doomed = [element for element in select(page.tree, css) if element not in spared]
        removed[css] = sum(len(squeeze("".join(element.itertext()))) for element in doomed)
        for element in doomed:
            cut(element)
    return removed
