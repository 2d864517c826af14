"""Articles cleaned again from the archive, by the cleaning step as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flows.archive.remnants import REMOVED
from flows.archive.stored_captures import read_capture
from flows.archive.stored_documents import item_of_capture
from flows.errors import ArchiveError
from flows.runs import Run
from flows.workers import Workers
from transforms.pipeline import VERSIONS
from transforms.records import Analysis, Article, Document, Rejection
from warehouse.again_rows import again_rows, revised_rows
from warehouse.rows import Row
from warehouse.stale import StoredRevision

# What readers see of an article and its cleaning decides; the rest follows from these.
_DECIDING: Final = (
    "content_sha256", "canonical_url", "authors", "published_at", "published_from",
    "published_precision", "modified_at", "language", "publisher", "description", "image_url",
    "section", "tags", "agency", "dateline", "is_paywalled", "opt_out", "flags",
)  # fmt: skip

_ONLY_TEXT: Final = frozenset({REMOVED, "not_archived"})


@dataclass(frozen=True, slots=True)
class Recleaned:
    """A revision with the rows that its document gives now, or why it gives none."""

    stored: StoredRevision
    outcome: dict[str, list[Row]] | Rejection

    @property
    def has_only_text(self) -> bool:
        """Whether there is no document to clean again, so that the stored text has to do."""
        return isinstance(self.outcome, Rejection) and self.outcome.reason in _ONLY_TEXT


def reclean(
    run: Run, workers: Workers, stored: Iterable[tuple[StoredRevision, frozenset[str]]]
) -> Iterator[Recleaned]:
    """Yield what the archived document of each revision gives now.

    Args:
        run: The run.
        workers: Where documents are cleaned and analysed.
        stored: Revisions, each with the transforms that are stale over it.
    """
    archive = run.settings.folder.archive
    asked: dict[str, tuple[StoredRevision, frozenset[str]]] = {}
    refused: list[Recleaned] = []

    def documents() -> Iterator[Document]:
        for revision, transforms in stored:
            document = _read(archive, revision)
            if isinstance(document, Rejection):
                refused.append(Recleaned(revision, document))
                continue
            asked[document.document_id] = (revision, transforms)
            yield document

    for document, outcome in workers.analyse(documents(), now=run.now):
        revision, transforms = asked.pop(document.document_id)
        if isinstance(outcome, Rejection):
            yield Recleaned(revision, outcome)
        else:
            yield Recleaned(revision, _rows(run, revision, transforms, outcome))
    yield from refused


def _read(archive: Path, stored: StoredRevision) -> Document | Rejection:
    item = stored.article.url or stored.article.article_id
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
    return replace(content, document_id=stored.article.document_id)


def _rows(
    run: Run, stored: StoredRevision, transforms: frozenset[str], analysis: Analysis
) -> dict[str, list[Row]]:
    # The key stays, even where it was made of the text: it is the same article.
    article = replace(analysis.article, article_id=stored.article.article_id)
    analysis = replace(analysis, article=article)
    if _is_same(article, stored.article):
        return again_rows(
            analysis,
            transforms=transforms,
            revision=stored.revision,
            replaces=stored.replaces,
            fetched_at=stored.fetched_at,
            now=run.now,
            versions=VERSIONS,
        )
    return revised_rows(
        analysis,
        revision=stored.revision + 1,
        fetched_at=stored.fetched_at,
        now=run.now,
        versions=VERSIONS,
    )


def _is_same(article: Article, before: Article) -> bool:
    return all(getattr(article, name) == getattr(before, name) for name in _DECIDING)
