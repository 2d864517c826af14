"""A digest of the content of tables, the same for the same rows on every machine.

It does not depend on the order of the rows, the format of the file or the version of a
program. Another program computes it like this:

1. Write each value as text. Whole numbers in decimal digits; other numbers with exactly six
   decimals, as C's `%.6f` does; `true` and `false`; days as `2024-06-03`; instants in UTC and
   whole seconds as `2024-06-03T10:00:00Z`; text as it is. A list is its items, each written as
   in step 2, one after the other.
2. Frame each value: the number of its bytes in UTF-8, a colon, and the text (`5:ferry`). A
   missing value is a tilde (`~`), and so is an empty text, because CSV cannot tell them apart.
   An empty list is `0:`.
3. A row is its framed values, one after the other, in the order of the columns. Take its
   SHA-256 in lower-case hexadecimal digits.
4. The digest of a table is the SHA-256 of lines that end with a line feed: first the names of
   the columns, joined by commas, then the digests of all rows, sorted.
5. The digest of a data set is the SHA-256 of a line `NAME ROWS DIGEST` for each table, sorted
   by name.

`manifest.json` lists the columns of each table that its digest covers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from warehouse.quoting import identifier

_PIECE_ROWS = 100_000

# The value `{}` as text, by its DuckDB type.
_TEXTS = {
    "VARCHAR": "nullif({}, '')",
    "INTEGER": "CAST({} AS VARCHAR)",
    "BIGINT": "CAST({} AS VARCHAR)",
    # Minus zero is written as zero.
    "DOUBLE": "CASE WHEN abs({0}) < 0.0000005 THEN '0.000000' ELSE printf('%.6f', {0}) END",
    "BOOLEAN": "CASE {} WHEN true THEN 'true' WHEN false THEN 'false' END",
    "DATE": "strftime({}, '%Y-%m-%d')",
    "TIMESTAMP WITH TIME ZONE": "strftime({} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%SZ')",
}
TYPES = (*_TEXTS, *(f"{kind}[]" for kind in _TEXTS), *(f"{kind}[][]" for kind in _TEXTS))


@dataclass(frozen=True, slots=True)
class TableDigest:
    """Number of rows of a table and the digest of its content."""

    rows: int
    digest: str


def digest_of_table(
    con: duckdb.DuckDBPyConnection, query: str, columns: Mapping[str, str]
) -> TableDigest:
    """Return the digest of the rows of a query.

    Args:
        con: A connection.
        query: Its rows are digested.
        columns: The digested columns, in order, with their DuckDB types, which are among
            `TYPES`.
    """
    framed = " || ".join(_framed(identifier(name), kind) for name, kind in columns.items())
    found = con.execute(f"SELECT sha256({framed}) AS row_digest FROM ({query}) ORDER BY row_digest")
    digest = hashlib.sha256(f"{','.join(columns)}\n".encode())
    rows = 0
    while piece := found.fetchmany(_PIECE_ROWS):
        digest.update("".join(f"{row}\n" for (row,) in piece).encode())
        rows += len(piece)
    return TableDigest(rows, digest.hexdigest())


def digest_of_all(tables: Mapping[str, TableDigest]) -> str:
    """Return the digest of a data set from those of its tables, by name."""
    lines: Iterable[str] = (f"{name} {one.rows} {one.digest}\n" for name, one in tables.items())
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def _framed(value: str, kind: str, depth: int = 0) -> str:
    text = _text(value, kind, depth)
    return f"coalesce(strlen({text}) || ':' || {text}, '~')"


def _text(value: str, kind: str, depth: int) -> str:
    if not kind.endswith("[]"):
        return _TEXTS[kind].format(value)
    item = f"item_{depth}"
    framed = _framed(item, kind.removesuffix("[]"), depth + 1)
    joined = f"array_to_string([{framed} FOR {item} IN {value}], '')"
    # Some versions of DuckDB join no items to NULL, others to an empty text.
    return f"CASE WHEN len({value}) = 0 THEN '' ELSE {joined} END"
