"""Reads the article of a parsed page: first the facts, then the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml.etree import _Element

from transforms.cleaning.agency import find_agency, find_dateline
from transforms.cleaning.blocks import Block, key_of, prose_in_container, read_blocks
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.candidates import (
    Draft,
    choose_text,
    find_state_text,
    with_standfirst,
)
from transforms.cleaning.consent import find_consent
from transforms.cleaning.extractor import TRAFILATURA, extract_lines
from transforms.cleaning.metadata import region_of
from transforms.cleaning.page import Page, parse_page, squeeze
from transforms.cleaning.page_facts import (
    Facts,
    address_of_page,
    corrected_facts,
    key_url,
    original_url,
    read_facts,
)
from transforms.cleaning.pagination import Pages, find_pages
from transforms.cleaning.paragraphs import tidy
from transforms.cleaning.refusals import Refused
from transforms.cleaning.regions import cut_markup, cut_regions
from transforms.cleaning.rules import (
    UNMATCHED,
    Correction,
    blocks_of,
    cut_removed,
    kept_types,
    select,
)
from transforms.cleaning.screening import Look, judge, look_at
from transforms.cleaning.selection import select_blocks
from transforms.identity import article_id, sha256_text
from transforms.languages.detection import tell_language
from transforms.records import Article, Document

# Articles in the sample pages contain at least a fifth of the visible text. A text below
# a tenth, or shorter than two sentences, is more often a paywall notice than an article.
_SUSPICIOUS_SHARE = 0.1
_SUSPICIOUS_CHARS = 250
_FAILED_SHARE = 0.3  # of the prose in one element: a smaller text is only a part of it
RULE = "rule"  # the extractor of a text that the user's rules select
_STATE_CHARS = 500  # a page that shows less may draw its article with scripts


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
    reading = _read(document, page, boilerplate, correction)
    verdict, is_ruled = reading.verdict, reading.draft.extractor == RULE
    kept = kept_types(correction, boilerplate.kept_types)
    if isinstance(verdict, Refused) and not is_ruled and verdict.reason not in kept:
        return verdict
    if not reading.paragraphs and not reading.facts.title:
        return Refused("no_text", "the page has neither text nor a headline")
    article = _article(document, page, reading, boilerplate)
    return _with_flags(_with_facts(article, reading.facts), document, page, reading.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What was read from a page.

    Attributes:
        facts: The facts that it states.
        draft: The text that was taken as the article.
        paragraphs: The paragraphs of that text.
        pages: Its place among the pages of an article.
        visible: All its visible text.
        verdict: Its type, or why it is no article.
    """

    facts: Facts
    draft: Draft
    paragraphs: list[str]
    pages: Pages
    visible: str
    verdict: Refused | str


def _read(
    document: Document, page: Page, boilerplate: Boilerplate, correction: Correction | None
) -> _Reading:
    facts = read_facts(document, page, boilerplate)
    look = _look(document, page, facts, boilerplate)
    selected: list[_Element] = []
    if correction is not None:
        facts = corrected_facts(facts, document, page, boilerplate, correction)
        cut_removed(page, correction)
        selected = select(page.tree, correction.body)
    pages = find_pages(
        page.tree, address_of_page(document), facts.metadata.canonical_url, boilerplate.pages
    )
    cut_markup(page.tree)
    visible = squeeze(page.body.text_content())
    ruled = _selected_draft(selected)
    cut_regions(page.body, boilerplate)
    blocks = _without_consent(read_blocks(page.body), boilerplate)
    draft = ruled or _draft(document, page, blocks, facts, boilerplate)
    if correction is not None and correction.body and not ruled:
        facts = replace(facts, unmatched=(*facts.unmatched, "body"))
    paragraphs = tidy(draft.lines, facts.title, facts.authors, boilerplate, draft.kinds)
    verdict: Refused | str = "article"
    if not document.is_feed_text:  # its publisher says that it is one
        verdict = judge(
            look,
            page,
            blocks=blocks,
            visible=visible,
            text="\n".join(paragraphs),
            walls=boilerplate.walls,
            page_types=boilerplate.page_types,
        )
    return _Reading(
        facts=facts,
        draft=draft,
        paragraphs=paragraphs,
        pages=pages,
        visible=visible,
        verdict=verdict,
    )


def _article(
    document: Document, page: Page, reading: _Reading, boilerplate: Boilerplate
) -> Article:
    facts, draft, paragraphs = reading.facts, reading.draft, reading.paragraphs
    metadata, verdict, text = facts.metadata, reading.verdict, "\n".join(paragraphs)
    credited = [name for source in metadata.bylines for name in source]
    is_later = "later_page" in reading.pages.flags
    canonical_url = key_url(document, metadata.canonical_url, is_later=is_later)
    return Article(
        article_id=article_id(canonical_url, text),
        document_id=document.document_id,
        url=document.url,
        canonical_url=canonical_url,
        original_url=original_url(metadata.canonical_url, canonical_url),
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
        flags=(*reading.pages.flags, *((UNMATCHED,) if facts.unmatched else ())),
        next_page_url=reading.pages.next_url,
        agreement=None if draft.extractor == RULE else round(draft.agreement, 3),
        visible_chars=len(reading.visible),
        page_type=verdict.reason if isinstance(verdict, Refused) else verdict,
        paragraph_kinds=tuple(draft.kinds.get(key_of(line), "text") for line in paragraphs),
    )


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


def _look(document: Document, page: Page, facts: Facts, boilerplate: Boilerplate) -> Look:
    """Return what the page shows before anything is cut out of it."""
    return look_at(
        page,
        facts.statement,
        title=facts.title,
        authors=facts.authors,
        stamp=facts.stamp,
        url=address_of_page(document) or facts.metadata.canonical_url,
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
    lines = _extract(page, blocks)
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


def _extract(page: Page, blocks: Sequence[Block]) -> list[str]:
    """Return trafilatura's lines, from its slower mode if the faster one found little."""
    if page.is_huge:
        return []
    lines = extract_lines(page.tree)
    if _FAILED_SHARE * prose_in_container(blocks) <= sum(map(len, lines)):
        return lines
    return max(
        lines, extract_lines(page.tree, is_fast=False), key=lambda found: sum(map(len, found))
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
