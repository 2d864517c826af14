"""From a document to an article: its text, and what is known about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from transforms.agency import find_agency, find_dateline
from transforms.blocks import Block, key_of, prose_in_container, read_blocks
from transforms.boilerplate import Boilerplate
from transforms.bylines import choose_authors
from transforms.candidates import Draft, choose_text, select_blocks, with_standfirst
from transforms.datesearch import search_published
from transforms.decoding import decode
from transforms.extraction import TRAFILATURA, extract_lines
from transforms.identity import article_id, sha256_text
from transforms.instants import Stamp, find_modified, find_published
from transforms.jsonld import Statement, read_jsonld
from transforms.language import tell_language
from transforms.metadata import Metadata, find_bylines, read_metadata
from transforms.page import MAX_BYTES, Page, find_binary, parse_page, repair_characters, squeeze
from transforms.pagestate import find_state_text
from transforms.paragraphs import tidy
from transforms.plaintext import find_authors, read_lines, split_headline
from transforms.records import Article, Document, Rejection
from transforms.regions import cut_markup, cut_regions
from transforms.showndays import find_shown

VERSION = 2

# Articles of the sample pages hold a fifth of the visible text and more; a text under a
# tenth, or of less than two sentences, is more often a wall than an article.
_SUSPICIOUS_SHARE = 0.1
_SUSPICIOUS_CHARS = 250
_FAILED_SHARE = 0.3  # of the prose in one element: less is one of its parts
_STATE_CHARS = 500  # a page that shows less may draw its article with scripts


def clean(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    """Return the article in `document`, or why there is none.

    A page is cleaned; text is cleaned lightly, or used verbatim where `is_clean` says so.
    Reasons: `not_html`, `no_text`, `too_short`.
    """
    if document.media_type != "html":
        return _clean_text(document, boilerplate)
    binary = find_binary(document.content)
    if binary:
        return _reject(document, "not_html", f"the content is {binary}")
    page = parse_page(document.content, document.charset)
    if page is None:
        return _reject(document, "no_text", "the page has no content")
    return _clean_page(document, page, boilerplate)


def _clean_page(document: Document, page: Page, boilerplate: Boilerplate) -> Article | Rejection:
    url = document.final_url or document.url
    statement = read_jsonld(page.tree, url)
    metadata = read_metadata(page, statement, url)
    bylines = _bylines(document, page, metadata, boilerplate)
    authors = choose_authors(bylines, boilerplate.bylines, metadata.sites)
    title = metadata.title or document.title
    stamp = _find_published(document, page, statement, title, boilerplate)
    modified_at = find_modified(page, statement, latest=document.fetched_at)
    cut_markup(page.tree)
    visible_chars = len(squeeze(page.body.text_content()))
    draft = _draft(document, page, statement, title, boilerplate)
    paragraphs = tidy(draft.lines, title, authors, boilerplate)
    if not paragraphs and not title:
        return _reject(
            document, "no_text", f"no article text in {visible_chars} visible characters"
        )
    text = "\n".join(paragraphs)
    flags = set(page.flags)
    if len(text) < _SUSPICIOUS_CHARS or len(text) < _SUSPICIOUS_SHARE * visible_chars:
        flags.add("suspicious_extraction")
    language = tell_language(text, metadata.language or document.language)
    if language.is_disputed:
        flags.add("language_disputed")
    return Article(
        article_id=article_id(metadata.canonical_url or document.url, text),
        document_id=document.document_id,
        url=document.url,
        canonical_url=metadata.canonical_url,
        title=title,
        text=text,
        content_sha256=sha256_text(f"{title or ''}\n{text}"),
        text_sha256=sha256_text(text),
        extractor=draft.extractor,
        extractor_version=f"{VERSION}+trafilatura.{TRAFILATURA}",
        authors=authors,
        published_at=stamp.at if stamp else None,
        published_from=stamp.origin if stamp else None,
        published_precision=stamp.precision if stamp else None,
        published_confidence=stamp.confidence if stamp else None,
        modified_at=modified_at,
        language=language.code,
        declared_language=language.declared,
        publisher=metadata.publisher,
        description=metadata.description,
        image_url=metadata.image_url,
        section=metadata.section,
        tags=metadata.tags,
        agency=find_agency(
            [*paragraphs, *draft.lines[-3:]], _all_names(metadata), boilerplate.credits
        ),
        dateline=find_dateline(next(iter(paragraphs), ""), boilerplate.credits),
        charset=page.charset,
        agreement=round(draft.agreement, 3),
        visible_chars=visible_chars,
        is_paywalled=metadata.is_paywalled,
        opt_out=metadata.opt_out,
        flags=tuple(sorted(flags)),
        paragraph_kinds=tuple(draft.kinds.get(key_of(line), "text") for line in paragraphs),
    )


def _bylines(
    document: Document, page: Page, metadata: Metadata, boilerplate: Boilerplate
) -> Iterator[Sequence[str]]:
    """Yield the bylines of each source; the page is searched only where the others fail."""
    yield from metadata.bylines
    yield find_bylines(page.tree, boilerplate.bylines.opening)
    yield document.authors


def _all_names(metadata: Metadata) -> list[str]:
    return [name for source in metadata.bylines for name in source]


def _find_published(
    document: Document,
    page: Page,
    statement: Statement,
    title: str | None,
    boilerplate: Boilerplate,
) -> Stamp | None:
    """Return what the feed or input says, else the page, else what a search finds."""
    if document.published_at is not None:
        return Stamp(document.published_at, document.published_precision, document.published_from)
    latest, url = document.fetched_at, document.final_url or document.url
    stamp = find_published(page, statement, url, latest=latest) or find_shown(
        page.tree, title, boilerplate.months, latest=latest
    )
    if stamp or page.is_huge:
        return stamp
    return search_published(page.tree, url, latest=latest + timedelta(days=1))


def _draft(
    document: Document,
    page: Page,
    statement: Statement,
    title: str | None,
    boilerplate: Boilerplate,
) -> Draft:
    """Return the best of what the page, its JSON-LD and the feed hold."""
    cut_regions(page.body, boilerplate)
    blocks = read_blocks(page.body)
    lines = _extract(page, blocks, document.url)
    stated = key_of(statement.body or "")
    selection = select_blocks(blocks, [key_of(line) for line in lines], stated, title)
    descriptions = (statement.description, page.first("og:description"), page.first("description"))
    chosen = with_standfirst(blocks, selection.blocks, [d for d in descriptions if d], boilerplate)
    kinds = {key_of(line): b.kind for b in chosen for line in b.text.split("\n")}
    shown = tuple(line for block in chosen for line in block.text.split("\n")) or tuple(lines)
    stated_texts = {"json_ld": statement.body, "feed": _feed_text(document)}
    if sum(map(len, shown)) < _STATE_CHARS:
        stated_texts["page_state"] = _state_text(document, title)
    draft = Draft(shown, selection.extractor, selection.agreement, kinds)
    return choose_text(draft, stated_texts)


def _extract(page: Page, blocks: Sequence[Block], url: str | None) -> list[str]:
    """Return trafilatura's lines, from its slower mode where the faster one found little."""
    if page.is_huge:
        return []
    lines = extract_lines(page.tree, url)
    if _FAILED_SHARE * prose_in_container(blocks) <= sum(map(len, lines)):
        return lines
    return max(
        lines, extract_lines(page.tree, url, is_fast=False), key=lambda found: sum(map(len, found))
    )


def _state_text(document: Document, title: str | None) -> str | None:
    """Return the text in the page's scripts, from a parse that still has them."""
    page = parse_page(document.content, document.charset)
    return find_state_text(page.tree, title) if page else None


def _feed_text(document: Document) -> str | None:
    if not document.feed_text:
        return None
    page = parse_page(f"<html><body>{document.feed_text}</body></html>")
    return "\n".join(block.text for block in read_blocks(page.body)) if page else None


def _clean_text(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    content, flags = document.content, set()
    if len(content) > MAX_BYTES and not document.is_clean:
        content = content[:MAX_BYTES]
        flags.add("truncated_input")
    decoded = decode(content, document.charset)
    if decoded.is_guessed:
        flags.add("charset_guessed")
    codes = tuple(sorted(flags))
    if document.is_clean:
        text = decoded.text.encode("utf-8", "replace").decode("utf-8")
        article = _plain_article(document, text, document.title, boilerplate)
        return replace(article, extractor="verbatim", flags=codes)
    title, body = split_headline(read_lines(decoded.text), document.title)
    authors = document.authors or find_authors(body, boilerplate.bylines)
    paragraphs = tidy(body, title, authors, boilerplate)
    if not paragraphs:
        return _reject(document, "too_short", "no paragraph after the headline")
    article = _plain_article(document, "\n".join(paragraphs), title, boilerplate)
    return replace(article, authors=authors, flags=codes)


def _plain_article(
    document: Document, text: str, title: str | None, boilerplate: Boilerplate
) -> Article:
    """Return the article of a text with what the input says of it."""
    paragraphs = [line for line in text.split("\n") if line.strip()]
    has_instant = document.published_at is not None
    language = tell_language(text, document.language)
    return Article(
        article_id=article_id(document.url, text),
        document_id=document.document_id,
        url=document.url,
        canonical_url=document.url,
        title=repair_characters(title) if title else None,
        text=text,
        content_sha256=sha256_text(f"{title or ''}\n{text}"),
        text_sha256=sha256_text(text),
        extractor="plain",
        extractor_version=str(VERSION),
        authors=document.authors,
        published_at=document.published_at,
        published_from=document.published_from if has_instant else None,
        published_precision=document.published_precision if has_instant else None,
        published_confidence=1.0 if has_instant else None,
        language=language.code or "en",
        declared_language=language.declared,
        agency=find_agency(paragraphs, document.authors, boilerplate.credits),
        dateline=find_dateline(next(iter(paragraphs), ""), boilerplate.credits),
    )


def _reject(document: Document, reason: str, detail: str) -> Rejection:
    item = document.url or document.document_id
    return Rejection(item=item, stage="clean", reason=reason, detail=detail)
