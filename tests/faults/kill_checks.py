"""What must hold after a kill, and after the run that finished the work."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from flows.archive.warc_reader import read_record
from flows.errors import ArchiveError
from tests.quality.row_digest import digest_table
from warehouse.connect import open_file
from warehouse.errors import WarehouseError
from warehouse.folder import DataFolder
from warehouse.publish import snapshots
from warehouse.spool import spooled

# The tables whose rows do not depend on how often a run was interrupted.
TABLES = (
    "articles", "quotations", "mentions", "date_mentions", "no_comments", "keyphrases",
    "article_topics", "entities", "sources",
)  # fmt: skip

_HALF_BATCHES = """
    SELECT count(*) FROM articles ANTI JOIN batches USING (batch_id)
    UNION ALL
    SELECT count(*) FROM (
        SELECT batch_id FROM batches LEFT JOIN articles USING (batch_id)
        GROUP BY batch_id, appended, run_id HAVING count(article_id) > appended
    )
    UNION ALL
    SELECT count(*) FROM batches WHERE seen <> appended + known + rejected
"""
# A batch that added no rows is no reason for a new snapshot.
_WITH_ROWS = """
FROM batches
WHERE list_sum(map_values(CAST(rows_appended AS MAP(VARCHAR, BIGINT)))) > 0
ORDER BY ALL
"""
_DOUBLED = """
    SELECT count(*) - count(DISTINCT (article_id, content_sha256)) FROM articles
    UNION ALL
    SELECT count(*) - count(DISTINCT document_id) FROM documents
"""


def problems_after_kill(data: Path) -> Iterator[str]:
    """Yield what a kill has broken: half a batch, or a snapshot that cannot be read."""
    folder = DataFolder(data)
    if folder.live.exists():
        with tempfile.TemporaryDirectory() as copies:
            # A copy, so that the next run itself replays the log.
            for file in folder.live.parent.glob("onrecord.duckdb*"):
                shutil.copy(file, copies)
            yield from _problems_of(Path(copies) / folder.live.name, "live file", _HALF_BATCHES)
    for snapshot in snapshots(folder).values():
        yield from _problems_of(snapshot, snapshot.name, _HALF_BATCHES)
    if snapshots(folder) and not folder.newest.exists():
        yield "there are snapshots, but no newest one"


def _problems_of(file: Path, name: str, sql: str) -> Iterator[str]:
    try:
        with open_file(file) as con:
            tables = con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
            ).fetchall()
            if ("batches",) not in tables:
                return
            for (table,) in tables:
                con.execute(f"SELECT sum(hash(each)) FROM {table} each").fetchall()
            if any(count for (count,) in con.execute(sql).fetchall()):
                yield f"{name}: a batch is not whole, or rows are doubled"
    except (WarehouseError, duckdb.Error) as exc:
        yield f"{name}: {exc}"


def problems_at_end(data: Path, expected: dict[str, str]) -> Iterator[str]:
    """Yield what differs from an undisturbed run after the last run was not killed.

    Args:
        data: The data folder.
        expected: What `digests` returned for an undisturbed run.
    """
    folder = DataFolder(data)
    yield from problems_after_kill(data)
    yield from _problems_of(folder.live, "live file", _DOUBLED)
    found = digests(data)
    yield from (f"{name}: other rows" for name in TABLES if found[name] != expected[name])
    with open_file(folder.live) as live, open_file(folder.newest.resolve()) as newest:
        ledgers = [con.execute(_WITH_ROWS).fetchall() for con in (live, newest)]
        running = live.execute(
            "SELECT count(*) FROM run_summary WHERE state = 'running'"
        ).fetchall()
        places = live.execute("SELECT warc_file, warc_offset FROM documents").fetchall()
    if ledgers[0] != ledgers[1]:
        yield "the snapshot lacks batches"
    if running != [(0,)]:
        yield f"{running[0][0]} runs that were killed count as running"
    if spooled(folder.spool):
        yield "a batch was left in the spool"
    for file, offset in places:
        try:
            read_record(folder.archive / file, offset)
        except (ArchiveError, OSError) as exc:
            yield f"archive: {exc}"


def digests(data: Path) -> dict[str, str]:
    """Return by table a digest of the rows in the newest snapshot."""
    with open_file(DataFolder(data).newest.resolve()) as con:
        return {name: digest_table(con, name)[" all"] for name in TABLES}
