"""From a document to an article: the one place where trafilatura is used."""

from __future__ import annotations

import importlib.metadata
from datetime import datetime

import trafilatura

from transforms.boilerplate import Boilerplate, drop_tail
from transforms.identity import article_id, sha256_text
from transforms.records import Article, Document, Rejection

VERSION = 1


def clean(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    """Return the article in `document`, or why there is none."""
    if document.media_type == "html":
        return _clean_html(document)
    content = document.content
    text = content if isinstance(content, str) else content.decode("utf-8", "replace")
    if document.is_clean:
        return _article(document, text, title=document.title, extractor="verbatim")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    title, *body = drop_tail(lines, boilerplate) or [""]
    if not body:
        return Rejection(
            item=document.url or document.document_id,
            stage="clean",
            reason="too_short",
            detail="no paragraph after the headline",
        )
    return _article(document, "\n".join(body), title=document.title or title, extractor="plain")


def _clean_html(document: Document) -> Article | Rejection:
    page = trafilatura.bare_extraction(
        document.content, url=document.url, with_metadata=True, deduplicate=False
    )
    if page is None or isinstance(page, dict) or not page.text:
        return Rejection(
            item=document.url or document.document_id,
            stage="clean",
            reason="no_text",
            detail="no article text found in the page",
        )
    published = datetime.fromisoformat(page.date) if page.date else None
    return _article(
        document,
        page.text,
        title=page.title,
        extractor="trafilatura",
        authors=tuple((page.author or "").split("; ")) if page.author else (),
        published_at=published,
        language=page.language,
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
        published_precision=document.published_precision if document.published_at else "day",
        published_from="input" if document.published_at else "meta" if published_at else None,
        language=document.language or language or "en",
    )
