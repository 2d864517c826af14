"""What the search for other wordings of a statement reads from the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import duckdb

from warehouse.linking import listed
from warehouse.sql_files import read_sql

# A wording that was cut or joined anew loses some runs of three words at each cut.
_LEAST_SHARED: Final = 0.6
# Fewer runs than this are six words and less: too few to allow for a difference.
_SURE_RUNS: Final = 4


class LikeRow(NamedTuple):
    """A new wording that is like an earlier one.

    Attributes:
        fingerprint: The new wording.
        speaker: Who said it, as written there.
        at: When it first appeared.
        like_fingerprint: The earlier wording.
        like_speaker: Who said it, as written there.
        containment: Shared runs of three words as a share of those of the shorter one.
        statement_id: The statement of the earlier wording, None if it is the first.
    """

    fingerprint: str
    speaker: str
    at: datetime
    like_fingerprint: str
    like_speaker: str
    containment: float
    statement_id: str | None


def like_wordings(con: duckdb.DuckDBPyConnection, batches: Sequence[str]) -> list[LikeRow]:
    """Return the new wordings in some batches with all that they are like.

    The oldest come first, and for each of them what it is most like.
    """
    speakers = con.execute(
        read_sql("stories", "new_speakers"), {"batches": listed(batches)}
    ).fetchall()
    if not speakers:
        return []
    asked = {
        "batches": listed(batches),
        "last_names": listed(row[0] for row in speakers),
        "first_on": min(row[1] for row in speakers),
        "last_on": max(row[2] for row in speakers),
        "least": _LEAST_SHARED,
        "sure": _SURE_RUNS,
    }
    return [LikeRow(*row) for row in con.execute(read_sql("stories", "wordings"), asked).fetchall()]
