"""From a document to an article: its text, and what is known about it."""

from __future__ import annotations

import importlib.metadata
from datetime import datetime

from transforms.blocks import key_of, read_blocks
from transforms.boilerplate import Boilerplate, drop_boilerplate
from transforms.candidates import select_blocks, with_standfirst
from transforms.extraction import extract_lines
from transforms.identity import article_id, sha256_text
from transforms.jsonld import read_jsonld
from transforms.page import find_binary, parse_page
from transforms.records import Article, Document, Rejection
from transforms.regions import cut_markup, cut_regions

VERSION = 2


def clean(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    """Return the article in `document`, or why there is none."""
    if document.media_type == "html":
        return _clean_html(document, boilerplate)
    content = document.content
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    if document.is_clean:
        return _article(document, text, title=document.title, extractor="verbatim")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    title, *body = drop_boilerplate(lines, boilerplate) or [""]
    if not body:
        return Rejection(
            item=document.url or document.document_id,
            stage="clean",
            reason="too_short",
            detail="no paragraph after the headline",
        )
    return _article(document, "\n".join(body), title=document.title or title, extractor="plain")


def _clean_html(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    page = parse_page(document.content, document.charset)
    body = page.tree.find("body") if page else None
    if page is None or body is None:
        return _no_text(document)
    statement = read_jsonld(page.tree, document.url)
    cut_markup(page.tree)
    cut_regions(body, boilerplate)
    blocks = read_blocks(body)
    lines = extract_lines(page.tree, document.url)
    selection = select_blocks(blocks, [key_of(line) for line in lines], key_of(statement.body or ""))
    descriptions = [statement.description, page.first("og:description"), page.first("description")]
    chosen = with_standfirst(blocks, selection.blocks, [d for d in descriptions if d], boilerplate)
    found = [line for block in chosen for line in block.text.split("\n")] or lines
    text = "\n".join(drop_boilerplate(found, boilerplate))
    if not text:
        return _no_text(document)
    return _article(document, text, title=statement.headline, extractor=selection.extractor)


def _no_text(document: Document) -> Rejection:
    return Rejection(
        item=document.url or document.document_id,
        stage="clean",
        reason="no_text",
        detail="no article text found in the page",
    )


def _article(
    document: Document,
    text: str,
    *,
    title: str | None,
    extractor: str,
    authors: tuple[str, ...] = (),
    published_at: datetime | None = None,
    language: str | None = None,
) -> Article:
    return Article(
        article_id=article_id(document.url, text),
        document_id=document.document_id,
        url=document.url,
        canonical_url=document.url,
        title=title,
        text=text,
        content_sha256=sha256_text(f"{title or ''}\n{text}"),
        text_sha256=sha256_text(text),
        extractor=extractor,
        extractor_version=importlib.metadata.version("trafilatura"),
        authors=authors or document.authors,
        published_at=document.published_at or published_at,
        published_from="input" if document.published_at else "meta" if published_at else None,
        language=document.language or language or "en",
    )
