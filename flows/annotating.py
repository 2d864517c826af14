"""Annotations computed again from the stored text of an article."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from transforms.lexicon import Lexicon
from transforms.pipeline import annotate_with
from warehouse.rows import again_rows
from warehouse.spool import as_lines
from warehouse.stale import StoredRevision


def annotate_again(
    stored: StoredRevision, lexicon: Lexicon, *, now: datetime, versions: Mapping[str, int]
) -> dict[str, bytes]:
    """Return what the stale transforms find in a revision now, as lines for the spool.

    Args:
        stored: The revision, with its names where those are not to be found again.
        lexicon: The compiled word lists.
        now: The instant of the run.
        versions: Version of each transform.
    """
    analysis = annotate_with(stored.article, lexicon, stored.transforms, names=stored.names)
    rows = again_rows(
        analysis,
        transforms=stored.transforms,
        revision=stored.revision,
        replaces=stored.replaces,
        now=now,
        versions=versions,
    )
    return as_lines(rows)
