"""Which batches a linking step has not compared with earlier articles yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb
import orjson

from warehouse.rows import Row

LINKED = "linked_batches"
# The ledger counts the rows of each batch by table.
_UNLINKED = """
SELECT batch_id, CAST(rows_appended ->> 'articles' AS INTEGER) AS articles
FROM batches
WHERE articles > 0
    AND batch_id NOT IN (SELECT linked_batch_id FROM linked_batches WHERE step = $step)
ORDER BY committed_at, batch_id
"""


def unlinked_batches(
    con: duckdb.DuckDBPyConnection, step: str, *, most: int
) -> tuple[list[str], bool]:
    """Return the oldest batches that a step has not linked, and whether these are all.

    Args:
        con: The live file.
        step: The step.
        most: How many articles are in these batches; more if the first one has more.
    """
    found: list[str] = []
    articles = 0
    for batch_id, count in con.execute(_UNLINKED, {"step": step}).fetchall():
        if found and articles + count > most:
            return found, False
        found.append(batch_id)
        articles += count
    return found, True


def listed(values: Iterable[object]) -> str:
    """Return a list as JSON: DuckDB's Python client needs 0.1 ms for each item of a list."""
    return orjson.dumps([*values]).decode()


def linked_rows(
    step: str, batches: list[str], *, version: int, now: datetime
) -> dict[str, list[Row]]:
    """Return the rows of `linked_batches` for batches that a step has linked."""
    shared = {"step": step, "linked_at": now, "transform_version": version}
    return {LINKED: [shared | {"linked_batch_id": batch_id} for batch_id in batches]}
