"""Articles cleaned again from the archive, by the cleaning step as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from flows.annotating import annotate_again
from flows.archive.remnants import REMOVED
from flows.archive.stored_captures import read_capture
from flows.archive.stored_documents import item_of_capture
from flows.errors import ArchiveError
from transforms.lexicon import Lexicon
from transforms.pipeline import analyse, with_dependents
from transforms.records import Article, Document, Rejection
from warehouse.rows import again_rows, revised_rows
from warehouse.spool import as_lines
from warehouse.stale import StoredRevision

# What readers see of an article and its cleaning decides; the rest follows from these.
_DECIDING: Final = (
    "content_sha256", "canonical_url", "authors", "published_at", "published_from",
    "published_precision", "modified_at", "language", "publisher", "description", "image_url",
    "section", "tags", "agency", "dateline", "is_paywalled", "opt_out", "flags",
)  # fmt: skip

# Why there is no document to clean again.
_ONLY_TEXT: Final = frozenset({REMOVED, "not_archived"})


def reclean(
    stored: StoredRevision,
    lexicon: Lexicon,
    *,
    archive: Path,
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, bytes] | Rejection:
    """Return what the archived document of a revision gives now, as lines for the spool.

    Where there is no document any more, the stored text has to do for what else is stale.

    Args:
        stored: The revision, with where its document is archived.
        lexicon: The compiled word lists.
        archive: Folder of the archive.
        now: The instant of the run.
        versions: Version of each transform.
    """
    before = stored.article
    document = _read(archive, stored, before)
    if isinstance(document, Rejection):
        others = with_dependents(stored.transforms - {"clean"})
        if document.reason not in _ONLY_TEXT or not others:
            return document
        stored = stored._replace(transforms=others)
        return annotate_again(stored, lexicon, now=now, versions=versions)
    analysis = analyse(document, lexicon, now=now)
    if isinstance(analysis, Rejection):
        return analysis
    # The key stays, even where it was made of the text: it is the same article.
    article = replace(analysis.article, article_id=before.article_id)
    analysis = replace(analysis, article=article)
    if _is_same(article, before):
        rows = again_rows(
            analysis,
            transforms=with_dependents(stored.transforms),
            revision=stored.revision,
            replaces=stored.replaces,
            now=now,
            versions=versions,
        )
    else:
        rows = revised_rows(
            analysis,
            revision=stored.revision + 1,
            fetched_at=stored.fetched_at,
            now=now,
            versions=versions,
        )
    return as_lines(rows)


def _read(archive: Path, stored: StoredRevision, before: Article) -> Document | Rejection:
    item = before.url or before.article_id
    if stored.warc_file is None or stored.warc_offset is None:
        detail = "its document is not in the archive: it stays as it is"
        return Rejection(item=item, stage="read", reason="not_archived", detail=detail)
    try:
        content = item_of_capture(
            read_capture(archive, stored.warc_file, stored.warc_offset)
        ).content
    except ArchiveError as exc:
        detail = f"{exc.detail}: its text stays" if exc.code == REMOVED else str(exc)
        return Rejection(item=item, stage="read", reason=exc.code, detail=detail)
    except OSError as exc:
        detail = f"{stored.warc_file}: {exc.strerror}"
        return Rejection(item=item, stage="read", reason="not_archived", detail=detail)
    if not isinstance(content, Document):
        raise TypeError(f"no document: {item}")
    return replace(content, document_id=before.document_id)


def _is_same(article: Article, before: Article) -> bool:
    return all(getattr(article, name) == getattr(before, name) for name in _DECIDING)
