"""Links new wordings of statements with earlier wordings of the same speakers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from warehouse.conditions import Connection
from warehouse.rows import Row
from warehouse.wordings import like_wordings

VERSION: Final = 1


def link_wordings(con: Connection, batches: Sequence[str], now: datetime) -> dict[str, list[Row]]:  # noqa: ARG001  # steps are alike
    """Return the rows of the new wordings of known statements."""
    rows: dict[tuple[str, str], Row] = {}
    for found in like_wordings(con, batches):
        key = (found.fingerprint, found.speaker)
        if key in rows:
            continue  # the first row is the one that it is most like
        like = rows.get((found.like_fingerprint, found.like_speaker))
        statement = like["statement_id"] if like else found.statement_id
        rows[key] = {
            "fingerprint": found.fingerprint,
            "speaker": found.speaker,
            "statement_id": statement or found.like_fingerprint,
            "like_fingerprint": found.like_fingerprint,
            "containment": round(found.containment, 4),
            "transform_version": VERSION,
        }
    return {"statement_wordings": [*rows.values()]}
