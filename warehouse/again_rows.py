"""What was computed again, as rows that name the revision they belong to."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from transforms.records import Analysis
from warehouse.rows import Row, annotation_rows, article_row, entity_rows

ANNOTATIONS: Final = frozenset({"mentions", "quotations", "dates"})


def again_rows(
    analysis: Analysis,
    *,
    transforms: Collection[str],
    revision: int,
    replaces: Mapping[str, str],
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, list[Row]]:
    """Return the rows of the named transforms, under the names that the spool has for them.

    Args:
        analysis: What was computed.
        transforms: Those that ran; `clean` leaves the mark that it ran over this revision.
        revision: Revision that they ran over.
        replaces: Batch of the newest run so far of each transform over it.
        now: The instant of the run.
        versions: Version of each transform.
    """
    annotated = sorted(ANNOTATIONS.intersection(transforms))
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
    for row in itertools.chain.from_iterable(found.values()):
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
    """Return the rows of a new revision that a newer cleaning step made of a known document.

    Args:
        analysis: What was computed.
        revision: The new revision.
        fetched_at: When the document was acquired.
        now: The instant of the run.
        versions: Version of each transform.
    """
    rows = again_rows(
        analysis,
        transforms={"clean", *ANNOTATIONS},
        revision=revision,
        replaces={},
        now=now,
        versions=versions,
    )
    row = article_row(analysis.article, fetched_at=fetched_at, versions=versions)
    row |= {"revision": revision, "revision_cause": "reprocessed"}
    return rows | {"again_articles": [row]}
