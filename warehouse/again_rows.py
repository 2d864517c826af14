"""What was computed again, as rows that name the revision they belong to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from transforms.records import Analysis
from warehouse.rows import Row, analysis_rows

TABLES: Final = {"mentions": "mentions", "quotations": "quotations", "dates": "date_mentions"}


def again_rows(
    analysis: Analysis,
    *,
    transforms: Collection[str],
    revision: int,
    replaces: Mapping[str, str],
    fetched_at: datetime,
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, list[Row]]:
    """Return the rows of the named transforms, under the names that the spool has for them.

    Args:
        analysis: What was computed.
        transforms: Those that ran; `clean` leaves the mark that it ran over this revision.
        revision: Revision that they ran over.
        replaces: Batch of the newest run so far of each transform over it.
        fetched_at: When the document was acquired.
        now: The instant of the run.
        versions: Version of each transform.
    """
    found = analysis_rows(analysis, fetched_at=fetched_at, now=now, versions=versions)
    ran = [row for row in found["analyses"] if row["transform"] in transforms]
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
    rows = {
        f"again_{table}": [row | {"revision": revision} for row in found[table]]
        for transform, table in TABLES.items()
        if transform in transforms
    }
    rows["again_analyses"] = [
        row | {"revision": revision, "replaces_batch_id": replaces.get(row["transform"])}
        for row in ran
    ]
    return rows | {"entities": found["entities"] if "mentions" in transforms else []}


def revised_rows(
    analysis: Analysis,
    *,
    revision: int,
    fetched_at: datetime,
    now: datetime,
    versions: Mapping[str, int],
) -> dict[str, list[Row]]:
    """Return the rows of a new revision that a newer cleaning step made of a known document."""
    found = analysis_rows(analysis, fetched_at=fetched_at, now=now, versions=versions)
    cause = {"revision": revision, "revision_cause": "reprocessed"}
    rows = again_rows(
        analysis,
        transforms={"clean", *TABLES},
        revision=revision,
        replaces={},
        fetched_at=fetched_at,
        now=now,
        versions=versions,
    )
    return rows | {"again_articles": [row | cause for row in found["articles"]]}
