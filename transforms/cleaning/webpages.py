"""Reads the article of a parsed page: first the facts, then the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lxml.etree import _Element

from transforms.cleaning.agency import find_agency, find_dateline
from transforms.cleaning.authors import choose_authors
from transforms.cleaning.blocks import Block, key_of, prose_in_container, read_blocks
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.candidates import (
    TRAFILATURA,
    Draft,
    choose_text,
    extract_lines,
    find_state_text,
    with_standfirst,
)
from transforms.cleaning.consent import find_consent
from transforms.cleaning.instants import Stamp, find_day_in_url, find_modified, find_published
from transforms.cleaning.jsonld import Statement, read_jsonld
from transforms.cleaning.language import tell_language
from transforms.cleaning.metadata import Metadata, read_metadata, region_of
from transforms.cleaning.page import Page, parse_page, squeeze
from transforms.cleaning.pagination import find_pages
from transforms.cleaning.paragraphs import tidy
from transforms.cleaning.refusals import Refused
from transforms.cleaning.regions import cut_markup, cut_regions
from transforms.cleaning.rules import (
    UNMATCHED,
    Correction,
    blocks_of,
    cut_removed,
    kept_types,
    read_fields,
    select,
)
from transforms.cleaning.screening import Look, judge, look_at
from transforms.cleaning.selection import select_blocks
from transforms.cleaning.shown_bylines import find_bylines
from transforms.cleaning.shown_days import find_shown, search_published
from transforms.cleaning.titles import tidy_title
from transforms.identity import article_id, sha256_text
from transforms.records import Article, Document
from transforms.urls import absolute_url, preferred_url, registered_domain

# Articles in the sample pages contain at least a fifth of the visible text. A text below
# a tenth, or shorter than two sentences, is more often a paywall notice than an article.
_SUSPICIOUS_SHARE = 0.1
_SUSPICIOUS_CHARS = 250
_FAILED_SHARE = 0.3  # of the prose in one element: a smaller text is only a part of it
RULE = "rule"  # the extractor of a text that the user's rules select
_STATE_CHARS = 500  # a page that shows less may draw its article with scripts


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


def read_article(
    document: Document,
    page: Page,
    boilerplate: Boilerplate,
    correction: Correction | None = None,
) -> Article | Refused:
    """Return the article of a page, or why the page is none.

    Cuts parts out of `page.tree`, so a page can be read only once. The user's rules about it,
    the `correction`, win over everything else that states a fact or offers the text.
    """
    facts = _read_facts(document, page, boilerplate)
    look = _look(document, page, facts, boilerplate)
    selected: list[_Element] = []
    if correction is not None:
        facts = _corrected(facts, document, page, boilerplate, correction)
        cut_removed(page, correction)
        selected = select(page.tree, correction.body)
    pages = find_pages(
        page.tree, _address(document), facts.metadata.canonical_url, boilerplate.pages
    )
    cut_markup(page.tree)
    visible = squeeze(page.body.text_content())
    draft = _selected_draft(selected)
    cut_regions(page.body, boilerplate)
    blocks = _without_consent(read_blocks(page.body), boilerplate)
    draft = draft or _draft(document, page, blocks, facts, boilerplate)
    if correction is not None and correction.body and draft.extractor != RULE:
        facts = replace(facts, unmatched=(*facts.unmatched, "body"))
    paragraphs = tidy(draft.lines, facts.title, facts.authors, boilerplate, draft.kinds)
    metadata, text = facts.metadata, "\n".join(paragraphs)
    verdict = judge(
        look, page, blocks=blocks, visible=visible, text=text,
        walls=boilerplate.walls, page_types=boilerplate.page_types,
    )  # fmt: skip
    kept = kept_types(correction, boilerplate.kept_types)
    if isinstance(verdict, Refused) and draft.extractor != RULE and verdict.reason not in kept:
        return verdict
    if not paragraphs and not facts.title:
        return Refused("no_text", "the page has neither text nor a headline")
    credited = [name for source in metadata.bylines for name in source]
    is_later = "later_page" in pages.flags
    canonical_url = _canonical_url(document, metadata.canonical_url, is_later=is_later)
    article = Article(
        article_id=article_id(canonical_url, text),
        document_id=document.document_id,
        url=document.url,
        canonical_url=canonical_url,
        title=facts.title,
        text=text,
        content_sha256=sha256_text(f"{facts.title or ''}\n{text}"),
        text_sha256=sha256_text(text),
        extractor=draft.extractor,
        extractor_version=f"trafilatura.{TRAFILATURA}",
        authors=facts.authors,
        modified_at=facts.modified_at,
        agency=find_agency([*paragraphs, *draft.lines[-3:]], credited, boilerplate.credits),
        dateline=find_dateline(next(iter(paragraphs), ""), boilerplate.credits),
        charset=page.charset,
        flags=(*pages.flags, *((UNMATCHED,) if facts.unmatched else ())),
        next_page_url=pages.next_url,
        agreement=None if draft.extractor == RULE else round(draft.agreement, 3),
        visible_chars=len(visible),
        page_type=verdict.reason if isinstance(verdict, Refused) else verdict,
        paragraph_kinds=tuple(draft.kinds.get(key_of(line), "text") for line in paragraphs),
    )
    return _with_flags(_with_facts(article, facts), document, page, facts)


def _with_facts(article: Article, facts: Facts) -> Article:
    """Return `article` with the other facts that its page states."""
    metadata, stamp = facts.metadata, facts.stamp
    return replace(
        article,
        published_at=stamp.at if stamp else None,
        published_from=stamp.origin if stamp else None,
        published_precision=stamp.precision if stamp else None,
        published_confidence=stamp.confidence if stamp else None,
        publisher=metadata.publisher,
        description=metadata.description,
        image_url=metadata.image_url,
        section=metadata.section,
        tags=metadata.tags,
        is_paywalled=metadata.is_paywalled,
        alternative_titles=metadata.titles[1:],
        opt_out=metadata.opt_out,
    )


def _with_flags(article: Article, document: Document, page: Page, facts: Facts) -> Article:
    """Return `article` with its language and with flags for doubts about it."""
    flags = {*page.flags, *article.flags}
    if facts.stamp and facts.stamp.is_zone_assumed:
        flags.add("zone_assumed")
    least = max(_SUSPICIOUS_CHARS, _SUSPICIOUS_SHARE * (article.visible_chars or 0))
    if len(article.text) < least:
        flags.add("suspicious_extraction")
    language = tell_language(article.text, facts.metadata.language or document.language)
    if language.is_disputed:
        flags.add("language_disputed")
    return replace(
        article,
        language=language.code,
        declared_language=language.declared,
        detected_language=language.detected,
        declared_region=facts.metadata.region or region_of(document.language),
        flags=tuple(sorted(flags)),
    )


def _canonical_url(document: Document, declared: str | None, *, is_later: bool) -> str | None:
    """Return the URL that is the key of an article.

    A later page of an article may declare the first one, but is no revision of that page.

    A link of a shortener or feed proxy leads to another site: the page there counts as its
    own site if it declares a canonical link within it. Other pages may be consent walls,
    which many articles lead to.
    """
    if is_later and _address(document):
        declared = None
    own, final = document.url, document.final_url
    if final and declared and registered_domain(final) == registered_domain(declared):
        own = final
    return preferred_url(own, declared or final) or document.url


def _address(document: Document) -> str | None:
    """Return where the page came from, None if that is no web address."""
    url = document.final_url or document.url
    return url if url and absolute_url(url) else None


def _read_facts(document: Document, page: Page, boilerplate: Boilerplate) -> Facts:
    url = _address(document)
    statement = read_jsonld(page.tree, url)
    metadata = read_metadata(page, statement, url, boilerplate.bylines.prefix)
    bylines = _bylines(document, page, metadata, boilerplate)
    title = next(iter(metadata.titles), document.title)
    return Facts(
        statement=statement,
        metadata=metadata,
        title=title,
        authors=choose_authors(bylines, boilerplate.bylines, metadata.sites),
        stamp=_find_published(document, page, statement, title, boilerplate),
        modified_at=find_modified(
            page, statement, latest=document.fetched_at, zones=boilerplate.zones
        ),
    )


def _corrected(
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


def _bylines(
    document: Document, page: Page, metadata: Metadata, boilerplate: Boilerplate
) -> Iterator[Sequence[str]]:
    """Yield the bylines of each source, most trusted first."""
    yield from metadata.bylines
    yield from find_bylines(page.tree, boilerplate.bylines)
    yield document.authors


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
    latest, url = document.fetched_at, _address(document)
    stamp = (
        find_published(page, statement, url, latest=latest, zones=boilerplate.zones)
        or find_shown(page.tree, title, boilerplate, latest=latest)
        or find_day_in_url(url, latest=latest)
    )
    if stamp or page.is_huge:
        return stamp
    return search_published(page.tree, latest=latest + timedelta(days=1))


def _look(document: Document, page: Page, facts: Facts, boilerplate: Boilerplate) -> Look:
    """Return what the page shows before anything is cut out of it."""
    return look_at(
        page,
        facts.statement,
        title=facts.title,
        authors=facts.authors,
        stamp=facts.stamp,
        url=_address(document) or facts.metadata.canonical_url,
        asked_url=document.url,
        page_types=boilerplate.page_types,
    )


def _selected_draft(elements: Sequence[_Element]) -> Draft | None:
    """Return the text of the elements that the user's rules select, None if it is empty."""
    blocks = blocks_of(elements)
    lines = tuple(line for block in blocks for line in block.text.split("\n"))
    kinds = {key_of(line): block.kind for block in blocks for line in block.text.split("\n")}
    return Draft(lines, RULE, 1.0, kinds) if lines else None


def _draft(
    document: Document,
    page: Page,
    blocks: Sequence[Block],
    facts: Facts,
    boilerplate: Boilerplate,
) -> Draft:
    """Return the best text from the page, its JSON-LD and the feed."""
    statement = facts.statement
    lines = _extract(page, blocks, _address(document))
    stated = key_of(statement.body or "")
    selection = select_blocks(blocks, [key_of(line) for line in lines], stated, facts.title)
    descriptions = (statement.description, page.first("og:description"), page.first("description"))
    chosen = with_standfirst(blocks, selection.blocks, [d for d in descriptions if d], boilerplate)
    kinds = {key_of(line): b.kind for b in chosen for line in b.text.split("\n")}
    shown = tuple(line for block in chosen for line in block.text.split("\n")) or tuple(lines)
    stated_texts = {"json_ld": statement.body, "feed": _feed_text(document)}
    if sum(map(len, shown)) < _STATE_CHARS:
        stated_texts["page_state"] = _state_text(document, facts.title, boilerplate)
    draft = Draft(shown, selection.extractor, selection.agreement, kinds)
    return choose_text(draft, stated_texts)


def _without_consent(blocks: list[Block], boilerplate: Boilerplate) -> list[Block]:
    """Return the blocks without those boxes whose prose asks for consent, if any is left."""
    found = find_consent([block.text for block in blocks], boilerplate.consent)
    if not found:
        return blocks
    others = {_box(block) for at, block in enumerate(blocks) if block.is_prose and at not in found}
    asking = {_box(blocks[at]) for at in found} - others
    return [b for b in blocks if _box(b) not in asking] if others else blocks


def _box(block: Block) -> _Element | None:
    """Return the element around a paragraph, or the box that a loose text is in."""
    return block.element if block.tag in {"div", "section"} else block.element.getparent()


def _extract(page: Page, blocks: Sequence[Block], url: str | None) -> list[str]:
    """Return trafilatura's lines, from its slower mode if the faster one found little."""
    if page.is_huge:
        return []
    lines = extract_lines(page.tree, url)
    if _FAILED_SHARE * prose_in_container(blocks) <= sum(map(len, lines)):
        return lines
    return max(
        lines, extract_lines(page.tree, url, is_fast=False), key=lambda found: sum(map(len, found))
    )


def _state_text(document: Document, title: str | None, boilerplate: Boilerplate) -> str | None:
    """Return the text in the page's scripts, from a parse that still has them."""
    page = parse_page(document.content, document.charset)
    return find_state_text(page.tree, title, boilerplate) if page else None


def _feed_text(document: Document) -> str | None:
    if not document.feed_text:
        return None
    page = parse_page(f"<html><body>{document.feed_text}</body></html>")
    return "\n".join(block.text for block in read_blocks(page.body)) if page else None
