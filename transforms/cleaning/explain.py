"""Says why a page became the article that it became: the origin of each part, what was cut.

The article itself is that of `clean`. Its origins are found afterwards, by comparing it with
what each source on a second parse of the page states, so that cleaning does not have to keep
track of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from lxml.etree import _Element

from transforms.cleaning.authors import choose_authors
from transforms.cleaning.blocks import key_of
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.clean import clean
from transforms.cleaning.jsonld import Statement, read_jsonld
from transforms.cleaning.metadata import Metadata, read_metadata
from transforms.cleaning.page import Page, parse_page, squeeze
from transforms.cleaning.refusals import KEPT_TYPES
from transforms.cleaning.regions import cut_markup, cut_regions
from transforms.cleaning.rules import (
    NO_RULES,
    Correction,
    Fields,
    Rules,
    address_of,
    cut_removed,
    kept_types,
    read_fields,
)
from transforms.cleaning.shown_bylines import find_bylines
from transforms.cleaning.titles import cut_site, tidy_title
from transforms.cleaning.webpages import RULE
from transforms.records import Article, Document, Rejection

_MAX_CLASSES = 2  # of a name: more of them are layout
_CLASS = re.compile(r"-?[A-Za-z_][\w-]*")  # needs no escape in a selector


@dataclass(frozen=True, slots=True)
class Removed:
    """Elements that were cut out of a page before its text was read.

    Attributes:
        by: `rule` (of the user) or `region` (known by its tag or name).
        name: The selector of the rule; otherwise one that would find the elements.
        characters: The characters of text in them.
    """

    by: str
    name: str
    characters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What the cleaning step made of a document, and why.

    Attributes:
        outcome: The article, or the reason for its rejection.
        title_from: Sources that state the title as it is, the deciding one first: `rule`,
            `h1`, `json_ld`, `og:title`, `twitter:title`, `title_tag`, `feed`.
        authors_from: Sources that name one of the authors, the most trusted first: `rule`,
            `json_ld`, `meta`, `byline`, `feed`.
        removed: What was cut, the largest first; rules before regions.
        unmatched: Keys of the rules whose selector found nothing.
        is_kept_by_rule: Whether the page would be refused because of its type without a rule.
    """

    outcome: Article | Rejection
    title_from: tuple[str, ...] = ()
    authors_from: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    unmatched: tuple[str, ...] = ()
    is_kept_by_rule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sources:
    """What may have stated a part of an article."""

    document: Document
    page: Page
    statement: Statement
    metadata: Metadata
    fields: Fields


def explain(document: Document, boilerplate: Boilerplate, rules: Rules = NO_RULES) -> Explanation:
    """Return what `clean` makes of a document, with the origin of each part."""
    outcome = clean(document, boilerplate, rules)
    page = _parse(document)
    if page is None or isinstance(outcome, Rejection):
        return Explanation(outcome=outcome)
    url = document.final_url or document.url
    statement = read_jsonld(page.tree, url)
    correction = rules.for_page(address_of(document, page))
    fields, unmatched = Fields(), list[str]()
    if correction is not None:
        fields = read_fields(page, correction, boilerplate.months, latest=document.fetched_at)
        is_missed = correction.body is not None and outcome.extractor != RULE
        unmatched = [*fields.unmatched, *(["body"] if is_missed else [])]
    sources = _Sources(
        document=document,
        page=page,
        statement=statement,
        metadata=read_metadata(page, statement, url, boilerplate.bylines.prefix),
        fields=fields,
    )
    return Explanation(
        outcome=outcome,
        title_from=tuple(_title_origins(outcome, sources)),
        authors_from=tuple(_author_origins(outcome, sources, boilerplate)),
        removed=tuple(_find_removed(document, correction, outcome, boilerplate)),
        unmatched=tuple(unmatched),
        is_kept_by_rule=(outcome.page_type or "article") not in KEPT_TYPES
        and outcome.page_type in kept_types(correction),
    )


def _parse(document: Document) -> Page | None:
    is_page = document.media_type == "html"
    return parse_page(document.content, document.charset) if is_page else None


def _title_origins(article: Article, sources: _Sources) -> Iterator[str]:
    if sources.fields.title:
        yield RULE
        return
    page = sources.page
    stated: Mapping[str, Iterable[str | None]] = {
        "h1": [squeeze(heading.text_content()) for heading in page.tree.iter("h1")],
        "json_ld": [sources.statement.headline],
        "og:title": [page.first("og:title")],
        "twitter:title": [page.first("twitter:title")],
        "title_tag": [element.text_content() for element in page.tree.iter("title")],
        "feed": [sources.document.title],
    }
    key = key_of(article.title or "").casefold()
    for origin, texts in stated.items():
        shown = [tidy_title(text) for text in texts if text]
        forms = [form for text in shown for form in (text, cut_site(text, sources.metadata.sites))]
        if key and any(key_of(form).casefold() == key for form in forms):
            yield origin


def _author_origins(article: Article, sources: _Sources, boilerplate: Boilerplate) -> Iterator[str]:
    if sources.fields.bylines:
        yield RULE
        return
    metadata = sources.metadata
    stated: Mapping[str, Iterable[Sequence[str]]] = {
        "json_ld": [sources.statement.authors],
        "meta": metadata.bylines[1:],  # the first is that of the JSON-LD
        "byline": find_bylines(sources.page.tree, boilerplate.bylines),
        "feed": [sources.document.authors],
    }
    for origin, bylines in stated.items():
        named = (choose_authors([one], boilerplate.bylines, metadata.sites) for one in bylines)
        if any(name in article.authors for names in named for name in names):
            yield origin


def _find_removed(
    document: Document, correction: Correction | None, article: Article, boilerplate: Boilerplate
) -> Iterator[Removed]:
    page = _parse(document)
    if page is None:
        return
    if correction is not None:
        for css, characters in cut_removed(page, correction).items():
            yield Removed(RULE, css, characters)
    if article.extractor == RULE:  # what the rules select is taken whole
        return
    cut_markup(page.tree)
    before = list(page.body.iterdescendants())
    cut_regions(page.body, boilerplate)
    gone = sorted((_name(element), _chars(element)) for element in before if _is_root(element))
    found = [
        Removed("region", name, sum(characters for _, characters in some))
        for name, some in groupby(gone, key=lambda one: one[0])
    ]
    found = [one for one in found if one.characters]
    yield from sorted(found, key=lambda one: (-one.characters, one.name))


def _is_root(element: _Element) -> bool:
    return element.getparent() is None


def _chars(element: _Element) -> int:
    return len(squeeze("".join(element.itertext())))


def _name(element: _Element) -> str:
    """Return a selector for elements like this one: its tag with its id or classes."""
    tag = str(element.tag)
    classes = [name for name in (element.get("class") or "").split() if _CLASS.fullmatch(name)]
    if classes:
        return ".".join((tag, *classes[:_MAX_CLASSES]))
    ident = element.get("id") or ""
    return f"{tag}#{ident}" if _CLASS.fullmatch(ident) else tag
