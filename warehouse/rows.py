"""Records as rows: one mapping from column to value per row.

Worker processes import this module, so it does not load DuckDB.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import accumulate, chain
from operator import attrgetter, itemgetter
from typing import Any, Final

from transforms.records import Analysis, Article, Document, NoComment, Quotation, Rejection, Topic
from transforms.urls import home_url, source_id, without_tracking

Row = dict[str, Any]


def _reader(*names: str, **columns: str) -> Callable[[object], Row]:
    """Return a function that makes a row of a record.

    `columns` maps fields to columns with another name.
    """
    listed = (*names, *columns.values())
    read = attrgetter(*names, *columns)
    return lambda record: dict(zip(listed, read(record), strict=True))


_ARTICLE = _reader(
    "article_id", "document_id", "url", "canonical_url", "title", "authors", "published_at",
    "published_from", "published_precision", "published_confidence", "modified_at", "language",
    "declared_language", "publisher", "description", "image_url", "section", "tags", "agency",
    "dateline", "text", "content_sha256", "text_sha256", "extractor", "extractor_version",
    "agreement", "visible_chars", "is_paywalled", "opt_out", "flags", "paragraph_kinds",
    "detected_language", "declared_region", "page_type", "next_page_url", "alternative_titles",
    "wording_sha256", "original_url",
)  # fmt: skip
_ENTITY = _reader(
    "entity_id", "name", "kind", "aliases", "country", "latitude", "longitude", "wikidata_id"
)
_PRONOUNS = frozenset({
    *("i", "we", "he", "she", "they", "it", "who", "which", "that", "his", "her", "their", "its"),
    *("my", "our", "you", "one", "some", "others", "many", "most", "several", "both", "this"),
})  # fmt: skip
_SPAN = {"start": "start_char", "end": "end_char"}
_QUOTATION = _reader(
    "text", "kind", "fragments", "speaker_name", "speaker_role", "speaker_entity_id", "cue",
    "confidence", "fingerprint", "statement", "act", "medium", "reported_by", **_SPAN,
    speaker="speaker_text", speaker_start="speaker_start_char", speaker_end="speaker_end_char",
    cue_start="cue_start_char",
)  # fmt: skip
_NO_COMMENT = _reader(
    "text", "kind", "asked_name", "asked_role", "asked_entity_id", "asked_by", "about", "cue",
    "confidence", **_SPAN, asked="asked_text", asked_start="asked_start_char",
    asked_end="asked_end_char", cue_start="cue_start_char",
)  # fmt: skip
_MENTION = _reader("text", "kind", "entity_id", "confidence", "candidates", **_SPAN)
_KEYPHRASE = _reader("phrase", "score", "occurrences", "entity_id", **_SPAN)
_TOPIC = _reader("level", "broader_code", "score", code="topic_code", name="topic")
_DATE = _reader("text", "type", "value", "starts_on", "ends_on", "anchor", "confidence", **_SPAN)


def _quotation(quotation: Quotation) -> Row:
    row = _QUOTATION(quotation)
    row["speaker"] = _who(quotation.speaker_name, quotation.speaker_role, quotation.speaker)
    return row


def _no_comment(note: NoComment) -> Row:
    row = _NO_COMMENT(note)
    row["asked"] = note.asked_name or note.asked
    return row


def _topic(topic: Topic) -> Row:
    row = _TOPIC(topic)
    row["evidence"] = [
        {"term": one.term, "weight": one.weight, "occurrences": one.occurrences,
         "start_char": one.start, "end_char": one.end}
        for one in topic.evidence
    ]  # fmt: skip
    return row


def _who(name: str | None, role: str | None, written: str | None) -> str | None:
    """Return who speaks; None for a role ("the deputy mayor") or a pronoun without a name."""
    if name or role or not written:
        return name
    return None if written.lower().partition("'")[0] in _PRONOUNS else written


# Tables of each transform, and the functions that make their rows.
_TRANSFORMS: Final[dict[str, dict[str, Callable[[Analysis], list[Row]]]]] = {
    "quotations": {
        "quotations": lambda analysis: [*map(_quotation, analysis.quotations)],
        "no_comments": lambda analysis: [*map(_no_comment, analysis.no_comments)],
    },
    "mentions": {"mentions": lambda analysis: [*map(_MENTION, analysis.mentions)]},
    "dates": {"date_mentions": lambda analysis: [*map(_DATE, analysis.dates)]},
    "keyphrases": {"keyphrases": lambda analysis: [*map(_KEYPHRASE, analysis.keyphrases)]},
    "topics": {"article_topics": lambda analysis: [*map(_topic, analysis.topics)]},
}


def document_row(document: Document, *, path: str | None, http_status: int | None = None) -> Row:
    """Return the row of `documents`, without its archive file and offset.

    Its key is that of the URL as it was requested; `url` is that without tracking parameters.
    """
    content = document.content
    url, final_url = _stored(document.url), _stored(document.final_url)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return {
        "document_id": document.document_id,
        "source_id": source_id(document.url, document.publisher),
        "url": url,
        "requested_url": document.url if document.url != url else None,
        "final_url": final_url if final_url != url else None,
        "path": path,
        "media_type": document.media_type,
        "fetched_at": document.fetched_at,
        "http_status": http_status,
        "charset": document.charset,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _stored(url: str | None) -> str | None:
    return without_tracking(url) if url else None


def source_row(article: Article, fetched_at: datetime) -> Row:
    """Return the row of `sources` for the publisher of an article."""
    url = article.canonical_url or article.url
    ident = _source_of(article)
    return {
        "source_id": ident,
        "name": article.publisher or ident,
        "home_url": home_url(url),
        "language": article.language,
        "first_seen_at": fetched_at,
    }


def _source_of(article: Article) -> str:
    """Return the source of an article; a text without a URL may name its outlet."""
    outlet = None if article.page_type else article.publisher
    return source_id(article.canonical_url or article.url, outlet)


def analysis_rows(
    analysis: Analysis, *, fetched_at: datetime, now: datetime, versions: Mapping[str, int]
) -> dict[str, list[Row]]:
    """Return the rows of one analysis by table.

    Rows of annotations have `content_sha256` for the join that finds their revision.

    Args:
        analysis: The analysis of the document.
        fetched_at: When the document was acquired.
        now: The instant of the run.
        versions: Version of each transform, `clean` among them.
    """
    return annotation_rows(analysis, _TRANSFORMS, now=now, versions=versions) | {
        "articles": [article_row(analysis.article, fetched_at=fetched_at, versions=versions)],
        "entities": entity_rows(analysis),
        "sources": [source_row(analysis.article, fetched_at)],
    }


def article_row(article: Article, *, fetched_at: datetime, versions: Mapping[str, int]) -> Row:
    """Return the row of `articles`, without its revision."""
    return _ARTICLE(article) | {
        "url": _stored(article.url),
        "source_id": _source_of(article),
        "words": len(article.text.split()),
        "transform_version": versions["clean"],
        "fetched_at": fetched_at,
        "published_on": _day(article.published_at),
    }


def annotation_rows(
    analysis: Analysis,
    transforms: Iterable[str],
    *,
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, list[Row]]:
    """Return the rows that the named transforms found, and the rows of their runs.

    Rows have `content_sha256` for the join that finds their revision.
    """
    article = analysis.article
    key = {"article_id": article.article_id, "content_sha256": article.content_sha256}
    place = {
        "published_at": article.published_at,
        "published_on": _day(article.published_at),
        "source_id": _source_of(article),
    }
    found: dict[str, list[Row]] = {"analyses": []}
    for transform in transforms:
        version = {"transform_version": versions[transform]}
        run: Row = {"transform": transform, "analysed_at": now}
        tables = {table: rows_of(analysis) for table, rows_of in _TRANSFORMS[transform].items()}
        rows = [*chain.from_iterable(tables.values())]
        _number_paragraphs(rows, article.text)
        if transform == "mentions":
            _name_neighbours(rows)
        shared = key | place | version
        for row in rows:
            row.update(shared)
        found |= tables
        if transform == "mentions":
            run["model"] = ", ".join(analysis.name_models) or None
        found["analyses"].append(key | version | run | {"items": len(rows)})
    return found


def entity_rows(analysis: Analysis) -> list[Row]:
    """Return the rows of `entities` for the entities of an analysis."""
    return [_ENTITY(entity) for entity in analysis.entities]


def _number_paragraphs(items: list[Row], text: str) -> None:
    ends = [*accumulate(len(paragraph) + 1 for paragraph in text.split("\n"))]
    for item in items:
        if "start_char" not in item:  # topics belong to the whole text
            return
        item["paragraph"] = 1 + bisect_right(ends, item["start_char"])


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


def again_rows(
    analysis: Analysis,
    *,
    transforms: Collection[str],
    revision: int,
    replaces: Mapping[str, str],
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, list[Row]]:
    """Return the recomputed rows of the named transforms, by file name in the spool.

    Args:
        analysis: The new analysis.
        transforms: Transforms that ran; `clean` adds a row saying that it ran over this
            revision.
        revision: Revision that they ran over.
        replaces: Batch of the previous newest run of each transform over this revision.
        now: The instant of the run.
        versions: Version of each transform.
    """
    annotated = sorted(_TRANSFORMS.keys() & set(transforms))
    found = annotation_rows(analysis, annotated, now=now, versions=versions)
    ran = found["analyses"]
    if "clean" in transforms:
        article = analysis.article
        ran.append(
            {
                "article_id": article.article_id,
                "content_sha256": article.content_sha256,
                "transform": "clean",
                "transform_version": versions["clean"],
                "items": 1,
                "analysed_at": now,
            }
        )
    for row in ran:
        row["replaces_batch_id"] = replaces.get(row["transform"])
    for row in chain.from_iterable(found.values()):
        row["revision"] = revision
    rows = {f"again_{table}": some for table, some in found.items()}
    return rows | {"entities": entity_rows(analysis) if "mentions" in transforms else []}


def revised_rows(
    analysis: Analysis,
    *,
    revision: int,
    fetched_at: datetime,
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, list[Row]]:
    """Return the rows of a new revision that a newer cleaning step made.

    Args:
        analysis: The new analysis of a known document.
        revision: The new revision.
        fetched_at: When the document was acquired.
        now: The instant of the run.
        versions: Version of each transform.
    """
    rows = again_rows(
        analysis,
        transforms={"clean", *_TRANSFORMS},
        revision=revision,
        replaces={},
        now=now,
        versions=versions,
    )
    row = article_row(analysis.article, fetched_at=fetched_at, versions=versions)
    row |= {"revision": revision, "revision_cause": "reprocessed"}
    return rows | {"again_articles": [row]}


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


def move_row(
    article_id: str,
    known_article_id: str,
    canonical_url: str | None,
    *,
    requested_url: str,
    at: datetime,
) -> Row:
    """Return the row of `moves` for an article whose page is at another address now.

    Args:
        article_id: The key that an article at the new address would have.
        known_article_id: The key of the article.
        canonical_url: The new address, as the key of the page.
        requested_url: The address that was asked for: the old one, or that of a mobile page.
        at: When this was seen.
    """
    return {
        "article_id": article_id,
        "known_article_id": known_article_id,
        "canonical_url": canonical_url,
        "requested_url": without_tracking(requested_url),
        "seen_at": at,
    }
