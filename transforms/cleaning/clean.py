"""Cleaning: makes an article from a document, a page or a plain text."""

from __future__ import annotations

from dataclasses import replace

from transforms.article_urls import article_url
from transforms.charsets import decode
from transforms.cleaning.agency import find_agency, find_dateline
from transforms.cleaning.authors import choose_authors
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.bylines import Bylines
from transforms.cleaning.file_texts import text_of_file
from transforms.cleaning.metadata import region_of
from transforms.cleaning.page import MAX_BYTES, find_binary, parse_page, repair_characters, squeeze
from transforms.cleaning.paragraphs import tidy
from transforms.cleaning.refusals import Refused
from transforms.cleaning.rules import NO_RULES, Correction, Rules, address_of
from transforms.formats.kinds import KINDS
from transforms.identity import article_id, sha256_text
from transforms.languages.detection import tell_language
from transforms.records import Article, Document, Rejection

VERSION = 4
_HEADLINE_CHARS = 200
_BYLINE_CHARS = 100


def clean(
    document: Document, boilerplate: Boilerplate, rules: Rules = NO_RULES
) -> Article | Rejection:
    """Return the article in `document`, or the reason for rejecting it.

    A page is cleaned. A text is cleaned lightly, or used verbatim if `is_clean` is set. A PDF,
    DOCX or EPUB is read as paragraphs, which are cleaned like a text.
    Rejection reasons: `not_html`, `no_text`, `too_short`, and those of `refusals` and of
    `formats.reading`. The user's
    `rules` apply to pages only; their digest is in the version of the article or in the detail
    of the rejection.
    """
    if document.media_type in KINDS:
        return _clean_file(document, boilerplate)
    if document.media_type != "html":
        return _clean_text(document, boilerplate)
    binary = find_binary(document.content)
    page = None if binary else parse_page(document.content, document.charset)
    correction = rules.for_page(address_of(document, page))
    if binary:
        return _reject(document, "not_html", f"the content is {binary}", correction)
    if page is None:
        return _reject(document, "no_text", "the page has no body", correction)
    from transforms.cleaning.webpages import read_article  # noqa: PLC0415  # .2 s with trafilatura

    article = read_article(document, page, boilerplate, correction)
    if isinstance(article, Refused):
        return _reject(document, article.reason, article.detail, correction)
    version = f"{VERSION}+{article.extractor_version}"
    return replace(
        article, extractor_version=f"{version}+{correction.mark}" if correction else version
    )


def _clean_file(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    """Return the article in a PDF, DOCX or EPUB."""
    read = text_of_file(document, boilerplate)
    if isinstance(read, Refused):
        return replace(_reject(document, read.reason, read.detail), stage="read")
    article = _clean_text(read.document, boilerplate)
    if isinstance(article, Rejection):
        return article
    return replace(
        article,
        publisher=read.publisher,
        extractor=document.media_type,
        extractor_version=f"{VERSION}+{read.reader}",
    )


def _clean_text(document: Document, boilerplate: Boilerplate) -> Article | Rejection:
    content, flags = document.content, set()
    if len(content) > MAX_BYTES and not document.is_clean:
        content = content[:MAX_BYTES]
        flags.add("truncated_input")
    decoded = decode(content, document.charset)
    if decoded.is_guessed:
        flags.add("charset_guessed")
    is_stated = document.published_at is not None and document.published_from != "text"
    if is_stated and document.published_confidence < 1:
        flags.add("zone_assumed")
    codes = tuple(sorted(flags))
    if document.is_clean:
        text = decoded.text.encode("utf-8", "replace").decode("utf-8")
        article = _plain_article(document, text, document.title, boilerplate)
        return replace(article, extractor="verbatim", flags=codes)
    title, body = split_headline(read_lines(decoded.text), document.title)
    authors = _stated_authors(document, boilerplate.bylines) or find_authors(
        body, boilerplate.bylines
    )
    paragraphs = tidy(body, title, authors, boilerplate)
    if not paragraphs:
        return _reject(document, "too_short", "no paragraph after the headline")
    article = _plain_article(document, "\n".join(paragraphs), title, boilerplate)
    return replace(article, authors=authors, flags=codes)


def _plain_article(
    document: Document, text: str, title: str | None, boilerplate: Boilerplate
) -> Article:
    """Return the article of a plain text with the facts that came with the input."""
    paragraphs = [line for line in text.split("\n") if line.strip()]
    has_instant = document.published_at is not None
    language = tell_language(text, document.language)
    key = article_url(document.url or "") or document.url  # the URL may be a plain identifier
    return Article(
        article_id=article_id(key, text, document.publisher),
        document_id=document.document_id,
        url=document.url,
        canonical_url=key,
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
        published_confidence=document.published_confidence if has_instant else None,
        language=language.code,
        declared_language=language.declared,
        detected_language=language.detected,
        declared_region=region_of(document.language),
        agency=find_agency(paragraphs, document.authors, boilerplate.credits),
        dateline=find_dateline(next(iter(paragraphs), ""), boilerplate.credits),
    )


def _reject(
    document: Document, reason: str, detail: str, correction: Correction | None = None
) -> Rejection:
    item = document.url or document.document_id
    by = f" ({correction.mark})" if correction else ""
    return Rejection(item=item, stage="clean", reason=reason, detail=detail + by)


def split_headline(lines: list[str], title: str | None) -> tuple[str | None, list[str]]:
    """Return the headline and the lines after it.

    The first line is the headline if it repeats the known `title`; without a known title,
    if it is short and does not end in a full stop.

    >>> split_headline(["Ferry strike ends", "The ferries sailed again on Monday."], None)
    ('Ferry strike ends', ['The ferries sailed again on Monday.'])
    """
    if not lines:
        return title, []
    first, *rest = lines
    if title and squeeze(first).casefold() == squeeze(title).casefold():
        return title, rest
    if title is None and len(first) <= _HEADLINE_CHARS and not first.endswith((".", ":", ",", ";")):
        return first, rest
    return title, lines


def _stated_authors(document: Document, bylines: Bylines) -> tuple[str, ...]:
    """Return the names in the bylines that came with a text."""
    return choose_authors([document.authors], bylines, frozenset()) if document.authors else ()


def find_authors(lines: list[str], bylines: Bylines) -> tuple[str, ...]:
    """Return the names in the byline under the headline ("By Anna Weaver")."""
    first = next(iter(lines), "")
    if len(first) > _BYLINE_CHARS or first.endswith(".") or not bylines.opening.match(first):
        return ()
    return choose_authors([[first]], bylines, frozenset())


def read_lines(text: str) -> list[str]:
    """Return the non-empty lines of `text` with white space squeezed."""
    lines = map(squeeze, repair_characters(text).splitlines())
    return [line for line in lines if line]
