"""Records as rows: one mapping from column to value for each table."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Mapping
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any
from urllib.parse import urlsplit

from transforms.records import Analysis, Article, Document, Rejection

Row = dict[str, Any]
FILES_SOURCE = "files"

_ARTICLE_COLUMNS = (
    "article_id", "document_id", "url", "canonical_url", "title", "authors", "published_at",
    "published_from", "published_precision", "published_confidence", "modified_at", "language",
    "declared_language", "publisher", "description", "image_url", "section", "tags", "agency",
    "dateline", "text", "content_sha256", "text_sha256", "extractor", "extractor_version",
    "agreement", "visible_chars", "is_paywalled", "opt_out", "flags", "paragraph_kinds",
    "detected_language",
)  # fmt: skip
_ENTITY_COLUMNS = (
    "entity_id", "name", "kind", "aliases", "country", "latitude", "longitude", "wikidata_id",
)  # fmt: skip
_TRANSFORMS = {"quotations": "quotations", "mentions": "mentions", "date_mentions": "dates"}
_SPAN_COLUMNS = {"start": "start_char", "end": "end_char"}


def document_row(document: Document, *, path: str | None, http_status: int | None = None) -> Row:
    """Return the row of `documents`, without its place in the archive."""
    content = document.content
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return {
        "document_id": document.document_id,
        "source_id": _host(document.url),
        "url": document.url,
        "final_url": document.final_url,
        "path": path,
        "media_type": document.media_type,
        "fetched_at": document.fetched_at,
        "http_status": http_status,
        "charset": document.charset,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def source_id(article: Article) -> str:
    """Return the host of an article's address without "www.", or `files` without one."""
    return _host(article.canonical_url or article.url)


def source_row(article: Article, fetched_at: datetime) -> Row:
    """Return the row of `sources` that the article's publisher would get."""
    ident = source_id(article)
    url = urlsplit(article.canonical_url or article.url or "")
    return {
        "source_id": ident,
        "name": article.publisher or ident,
        "home_url": f"{url.scheme}://{url.netloc}/" if url.netloc else None,
        "language": article.language,
        "first_seen_at": fetched_at,
    }


def analysis_rows(
    analysis: Analysis, *, fetched_at: datetime, now: datetime, versions: Mapping[str, int]
) -> dict[str, list[Row]]:
    """Return the rows of each table that one analysis gives.

    Rows of annotations carry `content_sha256` for the join that finds their revision.

    Args:
        analysis: What was read out of the document.
        fetched_at: When the document was acquired.
        now: The instant of the run.
        versions: Version of each transform, `clean` among them.
    """
    article = analysis.article
    row = _named(article, *_ARTICLE_COLUMNS)
    row |= {
        "source_id": source_id(article),
        "words": len(article.text.split()),
        "transform_version": versions["clean"],
        "fetched_at": fetched_at,
        "published_on": _day(article.published_at),
    }
    key = {"article_id": article.article_id, "content_sha256": article.content_sha256}
    place = {name: row[name] for name in ("published_at", "published_on", "source_id")}
    analyses = []
    found = _annotations(analysis)
    for table, transform in _TRANSFORMS.items():
        version = {"transform_version": versions[transform]}
        _number_paragraphs(found[table], article.text)
        found[table] = [key | place | version | item for item in found[table]]
        analyses.append(
            key | version | {"transform": transform, "items": len(found[table]), "analysed_at": now}
        )
    _name_neighbours(found["mentions"])
    return found | {
        "articles": [row],
        "analyses": analyses,
        "entities": [_named(entity, *_ENTITY_COLUMNS) for entity in analysis.entities],
        "sources": [source_row(article, fetched_at)],
    }


def _host(url: str | None) -> str:
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:  # "http://[half" is no address of a host
        host = ""
    return host.removeprefix("www.") or FILES_SOURCE


def _annotations(analysis: Analysis) -> dict[str, list[Row]]:
    return {
        "quotations": [_quotation(item) for item in analysis.quotations],
        "mentions": [
            _row(item, "text", "kind", "entity_id", "confidence", "candidates")
            for item in analysis.mentions
        ],
        "date_mentions": [
            _row(item, "text", "type", "value", "starts_on", "ends_on", "anchor", "confidence")
            for item in analysis.dates
        ],
    }


def _named(item: object, *names: str) -> Row:
    return {name: getattr(item, name) for name in names}


def _number_paragraphs(items: list[Row], text: str) -> None:
    breaks = [at for at, char in enumerate(text) if char == "\n"]
    for item in items:
        item["paragraph"] = 1 + bisect_left(breaks, item["start_char"])


def _name_neighbours(mentions: list[Row]) -> None:
    named: dict[int, set[str]] = {}
    for mention in mentions:
        named.setdefault(mention["paragraph"], set()).add(mention["entity_id"])
    told = set()
    for mention in sorted(mentions, key=itemgetter("start_char")):
        paragraph, entity_id = mention["paragraph"], mention["entity_id"]
        if (paragraph, entity_id) not in told:
            told.add((paragraph, entity_id))
            mention["beside"] = sorted(named[paragraph] - {entity_id})


def _day(instant: datetime | None) -> date | None:
    return instant.astimezone(UTC).date() if instant else None


def rejection_row(
    rejection: Rejection, *, run_id: str, document_id: str | None, now: datetime
) -> Row:
    """Return the row of `rejections`."""
    parts = (rejection.item, rejection.stage, rejection.reason, rejection.detail)
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
    return {
        "rejection_id": f"r1-{digest[:24]}",
        "run_id": run_id,
        "document_id": document_id,
        "item": rejection.item,
        "stage": rejection.stage,
        "reason": rejection.reason,
        "detail": rejection.detail,
        "rejected_at": now,
    }


def _row(item: object, *names: str) -> Row:
    columns = {name: _SPAN_COLUMNS.get(name, name) for name in ("start", "end", *names)}
    return {column: getattr(item, name) for name, column in columns.items()}


def _quotation(quotation: Any) -> Row:
    return _row(
        quotation, "text", "kind", "fragments", "speaker_name", "speaker_role",
        "speaker_entity_id", "cue", "confidence", "fingerprint",
    ) | {
        "speaker": quotation.speaker_name or quotation.speaker,
        "speaker_text": quotation.speaker,
        "speaker_start_char": quotation.speaker_start,
        "speaker_end_char": quotation.speaker_end,
        "cue_start_char": quotation.cue_start,
    }  # fmt: skip
