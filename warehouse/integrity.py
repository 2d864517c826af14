"""Verifies database files: every value is read, or every block that changed.

DuckDB compares a block with its checksum only when it reads the block, so a damaged block
of an old row goes unnoticed for months. `read_through` reads everything. `verify_blocks` gives
the same certainty for less: it takes a digest of each block, and reads only the values in blocks
whose digests are new.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from warehouse.connect import open_file
from warehouse.errors import WarehouseDamagedError
from warehouse.files import replace_file
from warehouse.quoting import identifier, quoted

_HEADER_BYTES: Final = 3 * 4096  # before the first block; DuckDB verifies it when it opens a file
_DIGEST_BYTES: Final = 16
_UNUSED: Final = bytes(_DIGEST_BYTES)  # stands for a block without content, which nobody verified

_TABLES = """
SELECT schema_name, table_name
FROM duckdb_tables()
WHERE NOT internal AND NOT temporary AND estimated_size >= $rows
ORDER BY ALL
"""
# Only the segments of a column itself and of its NULL marks count rows; those within a list
# count items.
_SEGMENTS = """
SELECT
    row_group_id,
    column_name,
    column_path,
    segment_type = 'VALIDITY' AND len(string_split(column_path, ',')) = 2
        OR len(string_split(column_path, ',')) = 1 AS counts_rows,
    start,
    count,
    list_append(additional_block_ids, block_id) AS block_ids
FROM pragma_storage_info({})
"""

Tables = list[tuple[str, str]]


def read_through(path: Path) -> dict[str, tuple[int, ...]]:
    """Read every value of a file; return the row count and column digests per table.

    Digests do not depend on the order of the rows, but they do on the DuckDB version.

    Raises:
        WarehouseError: The file cannot be opened or one of its blocks is damaged.
    """
    try:
        with open_file(path) as con:
            return {_dotted(*table): _read_table(con, *table) for table in _tables(con)}
    except duckdb.Error as exc:  # a damaged catalog can raise an error of any class
        raise WarehouseDamagedError(path, str(exc).partition("\n")[0]) from exc


def verify_blocks(
    path: Path,
    known: Sequence[bytes] = (),
    *,
    first: Callable[[duckdb.DuckDBPyConnection], None] = lambda _: None,
) -> list[bytes]:
    """Verify a whole file and return the digests of its blocks.

    A block with a known digest is as it was when it was verified. The values in all other
    blocks are read. The digests are those of the bytes on the disk, not in the cache.

    Args:
        path: The file; no process writes to it, and it has no write-ahead log.
        known: The digests that this function returned for an earlier state of the file.
        first: Called with a connection to the file before the blocks are verified.

    Raises:
        WarehouseDamagedError: The file cannot be opened or one of its blocks is damaged.
    """
    try:
        with open_file(path) as con:
            first(con)
            con.execute("SET threads = 1")  # runs beside others, and needs half the CPU time
            ((block_bytes, in_use),) = con.execute(
                "SELECT block_size, used_blocks FROM pragma_database_size()"
            ).fetchall()
            found = _digests(path, block_bytes)
            layouts = [_layout(con, *table) for table in _tables(con, rows=1)]
            used = _metadata_blocks(con).union(*(layout.blocks for layout in layouts))
            if len(used) != in_use or max(used, default=-1) >= len(found):
                read_through(path)  # DuckDB does not tell what some block is for
                return []
            changed = {at for at in used if at >= len(known) or known[at] != found[at]}
            for layout in layouts:
                layout.read(con, changed)
    except duckdb.Error as exc:
        raise WarehouseDamagedError(path, str(exc).partition("\n")[0]) from exc
    return [digest if at in used else _UNUSED for at, digest in enumerate(found)]


def read_digests(path: Path) -> list[bytes]:
    """Return the digests that `write_digests` wrote, none if there are none."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    return [content[at : at + _DIGEST_BYTES] for at in range(0, len(content), _DIGEST_BYTES)]


def write_digests(path: Path, digests: Iterable[bytes]) -> None:
    """Write the digests of verified blocks; without them, all blocks are verified again."""
    with replace_file(path, is_synced=False) as partial:
        partial.write_bytes(b"".join(digests))


@dataclass(slots=True)
class _Layout:
    """Where a table is in the file: the blocks of each range of rows of a column."""

    name: str
    ranges: dict[tuple[str, int, int], set[int]] = field(default_factory=dict)

    @property
    def blocks(self) -> set[int]:
        """All blocks with values of the table."""
        return set().union(*self.ranges.values())

    def read(self, con: duckdb.DuckDBPyConnection, changed: set[int]) -> None:
        """Read the values in changed blocks; DuckDB raises an error if one is damaged."""
        rows: dict[str, tuple[int, int]] = {}
        for (column, first, end), blocks in self.ranges.items():
            if not blocks.isdisjoint(changed):
                before = rows.get(column, (first, end))
                rows[column] = min(first, before[0]), max(end, before[1])
        together: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        for column, limits in rows.items():
            together[limits].append(f"bit_xor(hash({identifier(column)}))")
        for (first, end), digests in together.items():
            con.execute(
                f"SELECT {', '.join(digests)} FROM {self.name} WHERE rowid >= ? AND rowid < ?",
                [first, end],
            ).fetchall()


def _layout(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> _Layout:
    name = identifier(schema, table)
    segments = con.execute(_SEGMENTS.format(quoted(name))).fetchall()
    counts: defaultdict[int, int] = defaultdict(int)
    for group, _, path, _, start, count, _ in segments:
        if path == "[0]":
            counts[group] = max(counts[group], start + count)
    firsts, rows = {}, 0
    for group in sorted(counts):
        firsts[group], rows = rows, rows + counts[group]
    layout = _Layout(name)
    for group, column, _, counts_rows, start, count, block_ids in segments:
        blocks = {block for block in block_ids if block >= 0}  # a constant has none
        first = firsts[group] + (start if counts_rows else 0)
        end = first + (count if counts_rows else counts[group])
        if blocks:
            layout.ranges.setdefault((column, first, end), set()).update(blocks)
    return layout


def _metadata_blocks(con: duckdb.DuckDBPyConnection) -> set[int]:
    """Return the blocks with the catalog and the layouts; DuckDB has read them by now."""
    return {
        block for (block,) in con.execute("SELECT block_id FROM pragma_metadata_info()").fetchall()
    }


def _digests(path: Path, block_bytes: int) -> list[bytes]:
    return [hashlib.sha256(block).digest()[:_DIGEST_BYTES] for block in _blocks(path, block_bytes)]


def _blocks(path: Path, block_bytes: int) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        stream.seek(_HEADER_BYTES)
        while block := stream.read(block_bytes):
            yield block


def _tables(con: duckdb.DuckDBPyConnection, *, rows: int = 0) -> Tables:
    """Return the schema and name of each table that has at least so many rows, also deleted ones."""
    return con.execute(_TABLES, {"rows": rows}).fetchall()


def _read_table(con: duckdb.DuckDBPyConnection, schema: str, table: str) -> tuple[int, ...]:
    name = identifier(schema, table)
    result = con.execute(f"SELECT count(*), bit_xor(hash(COLUMNS(*))) FROM {name}")
    ((rows, *digests),) = result.fetchall()
    return (rows, *digests)


def _dotted(schema: str, table: str) -> str:
    return table if schema == "main" else f"{schema}.{table}"
