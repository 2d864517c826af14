"""Links the new articles of a run with earlier ones: copies, edits, stories.

This happens after the articles are appended, so it works across all publishers, runs and
days. Each step remembers the batches that it has linked. What an interrupted run leaves
unlinked, the next one links.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.runs import wording_links
from flows.runs.edits import change_rows
from flows.runs.interruption import raise_if_stopped
from flows.runs.run import Run
from flows.runs.story_links import link_stories
from flows.runs.wording_links import link_wordings
from transforms.comparison import changes
from transforms.grouping import copies, stories
from transforms.grouping.copies import CopyIndex, Source
from transforms.grouping.overlap import Text
from transforms.grouping.shingles import sample
from transforms.urls import FILES_SOURCE
from warehouse.append import append_batch
from warehouse.changes import edited_revisions
from warehouse.conditions import Connection
from warehouse.connect import open_live
from warehouse.copies import TextRow, known_places, new_texts, parts_of, texts_of
from warehouse.linking import LINKED, linked_rows, unlinked_batches
from warehouse.rows import Row
from warehouse.spool import Batch, SpooledBatch, spool

_AT_ONCE: Final = 500  # articles in one transaction
# A warehouse of an older version is linked in many runs, so that none takes hours.
_PER_RUN: Final = 20_000

Rows = dict[str, list[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that compares new articles with earlier ones.

    Attributes:
        name: Its name in `linked_batches`.
        version: Raised when its results change.
        link: Returns the rows that it found for the articles of some batches, by table.
    """

    name: str
    version: int
    link: Callable[[Connection, Sequence[str], datetime], Rows]


def link_new(run: Run, steps: Sequence[Step] | None = None) -> None:
    """Link the articles that no run has linked yet, the oldest first.

    Args:
        run: The run.
        steps: The steps to take; None for all.

    Raises:
        WarehouseError: The warehouse cannot be written; the next run links the rest.
    """
    taken = STEPS if steps is None else steps
    for _ in range(_PER_RUN // _AT_ONCE):
        raise_if_stopped()
        if not _link_some(run, taken):
            break


def _link_some(run: Run, steps: Sequence[Step]) -> bool:
    """Let each step link its oldest unlinked batches; return whether some are left."""
    settings, is_left = run.settings, False
    appended: list[SpooledBatch] = []

    def append(found: Batch) -> None:
        appended.append(spool(found, settings.folder.spool))
        append_batch(con, appended[-1])

    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        batch = Batch(run_id=run.run_id)
        for step in steps:
            batches, is_last = unlinked_batches(con, step.name, most=_AT_ONCE)
            is_left |= not is_last
            if not batches:
                continue
            if batch.lines.keys() - {LINKED}:  # a step uses what the ones before it have found
                append(batch)
                batch = Batch(run_id=run.run_id)
            batch.add(step.link(con, batches, run.now))
            batch.add(linked_rows(step.name, batches, version=step.version, now=run.now))
        if batch.lines:
            append(batch)
    for spooled in appended:
        spooled.remove()
    return is_left


def _link_copies(con: Connection, batches: Sequence[str], now: datetime) -> Rows:
    """Return the rows of the copies among the new articles."""
    new = new_texts(con, batches)
    texts = [_source(row).prepared() for row in new]
    index = _index_for(con, texts)
    rows: Rows = {"copies": [], "fingerprints": []}
    merged: dict[str, str] = {}
    for row, text in zip(new, texts, strict=True):
        copy, codes = index.add(_source(row), text)
        if codes:
            rows["fingerprints"].append({"article_id": row.article_id, "hashes": codes})
        if copy is not None:
            merged.update(dict.fromkeys(copy.merged, copy.cluster))
            rows["copies"].append(_copy_row(copy, row.revision))
    # A cluster that was merged into one of these before is now part of the oldest one, too.
    merged |= parts_of(con, merged)
    rows["cluster_merges"] = [
        {"cluster_id": part, "into_cluster_id": index.cluster_of(whole), "merged_at": now}
        for part, whole in merged.items()
    ]
    return rows


def _index_for(con: Connection, texts: Sequence[Text]) -> CopyIndex:
    """Return an index with the earlier articles that may be what new texts are copies of."""
    samples = [sample(text.shingled.hashes) for text in texts]
    known = known_places(con, set().union(*samples), most=copies.COMMON)
    index = CopyIndex(known.places, known.clusters, known.order)
    likely = {
        key
        for text, codes in zip(texts, samples, strict=True)
        for key in index.candidates(codes, without=text.key)
    }
    index.know(map(_source, texts_of(con, likely)))
    return index


def _source(text: TextRow) -> Source:
    return Source(
        key=text.article_id,
        text=text.text,
        title=text.title,
        source=None if text.source_id == FILES_SOURCE else text.source_id,
        quotations=tuple(text.quotations),
    )


def _copy_row(copy: copies.Copy, revision: int) -> Row:
    overlap = copy.overlap
    return {
        "article_id": copy.key,
        "revision": revision,
        "cluster_id": copy.cluster,
        "copied_article_id": copy.of,
        "similarity": round(overlap.similarity, 4),
        "containment": round(overlap.containment, 4),
        "words_added": overlap.words_added,
        "words_cut": overlap.words_cut,
        "added": overlap.added,
        "cut": overlap.cut,
        "transform_version": copies.VERSION,
    }


def _link_edits(con: Connection, batches: Sequence[str], _: datetime) -> Rows:
    """Return the rows of what the edited revisions changed."""
    return {"changes": change_rows(edited_revisions(con, batches))}


# In this order: copies of one text share a story.
STEPS: Final = (
    Step(name="copies", version=copies.VERSION, link=_link_copies),
    Step(name="edits", version=changes.VERSION, link=_link_edits),
    Step(name="stories", version=stories.VERSION, link=link_stories),
    Step(name="wordings", version=wording_links.VERSION, link=link_wordings),
)
