"""Exports the newest snapshot as files: one folder per table and month.

    DIR/manifest.json
    DIR/quotations/month=2023-11/quotations.parquet

The folders are Hive partitions: DuckDB, pandas, polars and Spark read them as one table.
Only months with changed rows are written again, each file in one step and the manifest
last. A month that lost all its rows gets an empty file. Parquet and JSON Lines are exact.
CSV and TSV are for spreadsheets: an apostrophe precedes text cells that a spreadsheet would
run as a formula (OWASP, "CSV injection"), and lists are JSON. Workbooks (.xlsx) need no
apostrophe; `export_workbook` writes one workbook with a sheet per table.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import orjson

from warehouse.connect import open_file
from warehouse.errors import ExportError, WarehouseMissingError
from warehouse.excel_csv import ExcelCsv
from warehouse.export_targets import Target
from warehouse.folder import DataFolder
from warehouse.quoting import quoted
from warehouse.spreadsheet import Sheet, write_workbook

Format = Literal["parquet", "csv", "tsv", "jsonl", "xlsx"]

TABLES = (
    "articles", "quotations", "no_comments", "mentions", "dates", "keyphrases", "topics", "stories",
    "story_articles", "clusters", "edits",
)  # fmt: skip
MANIFEST = "manifest.json"
UNDATED = "undated"

_LAYOUT = 1  # version of folders and manifest
_MONTH = f"coalesce(strftime({{}}, '%Y-%m'), '{UNDATED}')"
_INSTANTS = {"stories": "first_at"}  # of tables whose rows are of no single article
# Columns by which rows of one instant are ordered.
_KEYS = ("story_id", "cluster_id", "article_id", "revision", "start_char", "phrase", "topic_code")
_OPTIONS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "tsv": "FORMAT csv, HEADER, DELIMITER '\t'",
    "jsonl": "FORMAT json",
}
# Excel, LibreOffice and Google Sheets read these as the start of a formula.
_FORMULA = r"^[=+\-@\t\r\n]"
_PIECE_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One file: the rows of one table and month.

    Attributes:
        file: Its name, relative to the target.
        fingerprint: Digest of its rows that does not depend on their order, used to detect
            changes.
        sha256: Hexadecimal digest of the file.
    """

    table: str
    month: str
    file: str
    rows: int
    fingerprint: str
    bytes: int = 0
    sha256: str = ""


@dataclass(slots=True)
class Exported:
    """Outcome of an export.

    Attributes:
        written: The files it wrote.
        kept: The unchanged files it kept.
        notes: What Excel could not hold, one sentence per file and limit.
    """

    written: list[Partition] = field(default_factory=list)
    kept: list[Partition] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(
    folder: DataFolder,
    target: Target,
    *,
    fmt: Format,
    now: datetime,
    tables: Sequence[str] = TABLES,
    since: date | None = None,
    excel_decimal: str | None = None,
) -> Exported:
    """Export the newest snapshot to a target and return the written and kept files.

    Args:
        folder: The data folder.
        target: Where to write the files.
        fmt: Their format; a target contains one format.
        now: The instant of the export, for the manifest.
        tables: Tables to export; files of other tables are kept.
        since: Skip months before the month of this day.
        excel_decimal: Sign before the decimals if CSV is written for Excel, otherwise None.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        ExportError: The target cannot be read or written, or contains another format.
    """
    snapshot = _snapshot(folder)
    known = _known(target, fmt)
    style = _Style(fmt, excel_decimal)
    done = Exported()
    with open_file(snapshot) as con:
        for table in tables:
            for part in _partitions(con, table, style, since, known):
                before = known.get((table, part.month))
                if before and before.fingerprint == part.fingerprint and target.has(before):
                    done.kept.append(before)
                    continue
                done.written.append(_put(con, target, part, style, done.notes))
        current = known | {(p.table, p.month): p for p in (*done.kept, *done.written)}
        _put_manifest(target, _manifest(con, current, fmt=fmt, snapshot=snapshot, now=now))
    return done


def export_workbook(
    folder: DataFolder, file: Path, *, tables: Sequence[str] = TABLES, since: date | None = None
) -> tuple[dict[str, int], list[str]]:
    """Export the newest snapshot to one workbook, with a sheet per table.

    Args:
        folder: The data folder.
        file: The workbook to create or replace.
        tables: Tables to export.
        since: Skip months before the month of this day.

    Returns:
        The rows of each table, and what Excel could not hold, one sentence per limit.

    Raises:
        WarehouseMissingError: Nothing was published yet.
        WarehouseUnwritableError: The file cannot be written.
    """
    first = f"{since:%Y-%m}" if since else ""
    with open_file(_snapshot(folder)) as con:
        limits = write_workbook(
            file, (_sheet(con, table, f"{_month(table)} >= ?", first) for table in tables)
        )
        count = "SELECT count(*) FROM ({}) WHERE {} >= ?"
        rows = {
            table: con.execute(count.format(_query(table), _month(table)), [first]).fetchall()[0][0]
            for table in tables
        }
    return rows, limits.notes()


def _snapshot(folder: DataFolder) -> Path:
    if not folder.newest.exists():
        raise WarehouseMissingError(folder.newest)
    return folder.newest.resolve()


def _known(target: Target, fmt: Format) -> dict[tuple[str, str], Partition]:
    """Return the files in the manifest of an earlier export, if there is one."""
    data = target.read(MANIFEST)
    if data is None:
        return {}
    try:
        found = orjson.loads(data)
        if found["layout"] != _LAYOUT:
            return {}
        parts = [Partition(**part) for part in found["partitions"]]
    except (ValueError, TypeError, KeyError):
        return {}  # all files are rewritten
    if found["format"] != fmt:
        problem = f"contains an export as {found['format']}: choose another folder or that format"
        raise ExportError(target.name, problem)
    return {(part.table, part.month): part for part in parts}


@dataclass(frozen=True, slots=True)
class _Style:
    """Format of the files, and the sign before the decimals if CSV is for Excel."""

    fmt: Format
    excel_decimal: str | None


def _partitions(
    con: duckdb.DuckDBPyConnection,
    table: str,
    style: _Style,
    since: date | None,
    known: dict[tuple[str, str], Partition],
) -> Iterator[Partition]:
    first = f"{since:%Y-%m}" if since else ""
    # Format and columns are part of the fingerprint, because the files depend on them.
    written = f"{style.fmt}{style.excel_decimal or ''}"
    seed = "\x1f".join(
        (written, duckdb.__version__, *(f"{n} {t}" for n, t in _columns(con, table)))
    )
    salt = hashlib.sha256(seed.encode()).hexdigest()[:12]
    rows = con.execute(
        f"SELECT {_month(table)} AS month, count(*), sum(CAST(hash(row_) AS HUGEINT))"
        f" FROM ({_query(table)}) AS row_ GROUP BY month HAVING month >= ? ORDER BY month",
        [first],
    ).fetchall()
    found = {month: (count, f"{salt}-{total:x}") for month, count, total in rows}
    emptied = {month for of, month in known if of == table and month >= first} - set(found)
    for month, (count, print_) in sorted((found | dict.fromkeys(emptied, (0, salt))).items()):
        yield Partition(
            table=table,
            month=month,
            file=f"{table}/month={month}/{table}.{style.fmt}",
            rows=count,
            fingerprint=print_,
        )


def _put(
    con: duckdb.DuckDBPyConnection,
    target: Target,
    part: Partition,
    style: _Style,
    notes: list[str],
) -> Partition:
    """Write one file to the target and return it as written; add what Excel could not hold."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / Path(part.file).name
        found = _write(con, part.table, part.month, style, file)
        notes += [f"{part.file}: {note}" for note in found]
        written = replace(part, **_measured(file))
        target.put(file, part.file)
    return written


def _put_manifest(target: Target, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / MANIFEST
        file.write_bytes(content)
        target.put(file, MANIFEST)


def _write(
    con: duckdb.DuckDBPyConnection, table: str, month: str, style: _Style, file: Path
) -> list[str]:
    """Write one file; return what Excel could not hold."""
    fmt = style.fmt
    if fmt == "xlsx":
        return write_workbook(file, [_sheet(con, table, f"{_month(table)} = ?", month)]).notes()
    columns = _columns(con, table)
    is_for_sheets = fmt in ("csv", "tsv")
    listed = ", ".join(_cell(name, kind) if is_for_sheets else name for name, kind in columns)
    try:
        if style.excel_decimal:
            return _write_excel_csv(
                file, style.excel_decimal, _sheet(con, table, f"{_month(table)} = ?", month)
            )
        con.execute(
            f"COPY (SELECT {listed} FROM ({_query(table)}) WHERE {_month(table)} = $month"
            f" ORDER BY {_order(table, columns)}) TO {quoted(file)} ({_OPTIONS[fmt]})",
            {"month": month},
        )
    except (OSError, duckdb.IOException) as exc:  # the folder for temporary files is full
        raise ExportError(str(file), str(exc).partition("\n")[0]) from exc
    return []


def _write_excel_csv(file: Path, decimal: str, sheet: Sheet) -> list[str]:
    excel = ExcelCsv(decimal=decimal)
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.writelines(excel.text_of(sheet))
    return excel.notes()


def _sheet(con: duckdb.DuckDBPyConnection, table: str, condition: str, month: str) -> Sheet:
    columns = _columns(con, table)

    def pieces() -> Iterator[list[tuple[Any, ...]]]:
        con.execute(
            f"SELECT * FROM ({_query(table)}) WHERE {condition} ORDER BY {_order(table, columns)}",
            [month],
        )
        while rows := con.fetchmany(_PIECE_ROWS):
            yield rows

    names, types = zip(*columns, strict=True)
    return Sheet(name=table, columns=names, types=types, pieces=pieces())


def _order(table: str, columns: list[tuple[str, str]]) -> str:
    keys = [name for name, _ in columns if name in _KEYS]
    return ", ".join((_INSTANTS.get(table, "published_at"), *keys))


def _month(table: str) -> str:
    """Return the SQL of the month of a row; a story is of the month in which it began."""
    return _MONTH.format(_INSTANTS.get(table, "published_at"))


def _cell(name: str, kind: str) -> str:
    if kind.endswith("[]"):
        return f"CAST(to_json({name}) AS VARCHAR) AS {name}"
    if kind == "VARCHAR":
        return f"CASE WHEN regexp_matches({name}, '{_FORMULA}') THEN '''' || {name} ELSE {name} END AS {name}"
    return name


def _columns(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str]]:
    described = con.execute(f"DESCRIBE {_query(table)}").fetchall()
    return [(name, kind) for name, kind, *_ in described]


def _query(table: str) -> str:
    script = importlib.resources.files("warehouse").joinpath("exports", f"{table}.sql")
    return script.read_text("utf-8")


def _measured(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def _manifest(
    con: duckdb.DuckDBPyConnection,
    parts: dict[tuple[str, str], Partition],
    *,
    fmt: Format,
    snapshot: Path,
    now: datetime,
) -> bytes:
    tables = sorted({table for table, _ in parts})
    return orjson.dumps(
        {
            "layout": _LAYOUT,
            "format": fmt,
            "exported_at": now,
            "snapshot": snapshot.name,
            "rows": {t: sum(p.rows for p in parts.values() if p.table == t) for t in tables},
            "columns": {table: dict(_columns(con, table)) for table in tables},
            "partitions": [asdict(parts[key]) for key in sorted(parts)],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )
