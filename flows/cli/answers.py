"""SQL queries on the published snapshot, and their results in the requested format."""

from __future__ import annotations

import contextlib
import gzip
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import SettingsError
from flows.output.formats import Format
from flows.output.row_text import sheet_of, text_of
from flows.output.tables import write_json
from flows.printable import number, plain, plain_lines
from flows.seeds import seeds_dir
from warehouse.errors import WarehouseUnwritableError
from warehouse.files import replace_output
from warehouse.folder import DataFolder
from warehouse.limited_reader import LimitedReader, QueryLimits, RowStream

if TYPE_CHECKING:  # this process starts without DuckDB, most queries without workbooks
    from warehouse.excel_csv import ExcelCsv
    from warehouse.relations import Relation

TERMINAL_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How queries are run and their results shown.

    Attributes:
        fmt: Format of the rows.
        output: File for the rows; None for standard output.
        excel_decimal: Sign before the decimals if CSV is written for Excel, otherwise None.
        most: Maximum number of rows; 0 for all; None for all, or 100 on a terminal.
        limits: What a query may use.
    """

    folder: DataFolder
    fmt: Format = Format.TABLE
    output: Path | None = None
    excel_decimal: str | None = None
    most: int | None = None
    limits: QueryLimits = field(default_factory=QueryLimits)


def answer(asking: Asking, sql: str, reader: LimitedReader | None = None) -> None:
    """Run a query on the newest snapshot and print or write its rows as they come.

    Args:
        asking: How it is run and shown.
        sql: The query.
        reader: A reader whose process is used again; None for one of its own.

    Raises:
        WarehouseError: There is no snapshot, the query failed, or the file cannot be written.
    """
    most = _most(asking)
    own = LimitedReader(asking.folder, asking.limits)
    with contextlib.nullcontext(reader) if reader else own as running:
        rows = running.stream(sql, most=most)
        excel = _excel_csv(asking.excel_decimal)
        if asking.output is None:
            _print(text_of(rows, asking.fmt, excel))
            notes = []
        else:
            notes = _write(rows, asking.output, asking.fmt, excel)
        notes += excel.notes() if excel else []
    if rows.is_cut:
        notes.append(f"only the first {most:,} rows are shown; --rows 0 shows all")
    sys.stderr.write("".join(f"{note}\n" for note in notes))


def _excel_csv(decimal: str | None) -> ExcelCsv | None:
    if decimal is None:
        return None
    from warehouse.excel_csv import ExcelCsv

    return ExcelCsv(decimal=decimal)


def _most(asking: Asking) -> int | None:
    if asking.most is not None:
        return asking.most or None
    is_shown = asking.output is None and asking.fmt == Format.TABLE and sys.stdout.isatty()
    return TERMINAL_ROWS if is_shown else None


def _print(pieces: Iterator[str]) -> None:
    sys.stdout.flush()
    is_terminal = sys.stdout.isatty()  # files and pipes get the exact text
    for text in pieces:
        shown = plain_lines(text) if is_terminal else text
        sys.stdout.buffer.write(shown.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def _write(rows: RowStream, output: Path, fmt: Format, excel: ExcelCsv | None) -> list[str]:
    """Write the rows to the file in one step; return what to tell the user."""
    notes: list[str] = []
    if fmt == Format.PARQUET:
        from warehouse.parquet import write_parquet

        write_parquet(rows, output)
    elif fmt == Format.XLSX:
        from warehouse.spreadsheet import write_workbook

        notes = write_workbook(output, [sheet_of(rows)]).notes()
    else:
        _write_text(text_of(rows, fmt, excel), output)
    return [f"wrote {number(rows.count, 'row')} to {output}", *notes]


def _write_text(pieces: Iterator[str], output: Path) -> None:
    try:
        with replace_output(output) as partial, partial.open("wb") as file:
            is_packed = output.suffix.lower() == ".gz"
            # Without its time and name, the same rows give the same file.
            packed = gzip.GzipFile("", "wb", fileobj=file, mtime=0) if is_packed else None
            with packed or contextlib.nullcontext(file) as stream:
                for text in pieces:
                    stream.write(text.encode("utf-8", "replace"))
    except OSError as exc:
        raise WarehouseUnwritableError(output, exc.strerror or str(exc)) from exc


def show_schema(asking: Asking) -> None:
    """Print the views, then the tables, with the meaning of their columns."""
    from warehouse.connect import open_snapshot
    from warehouse.relations import read_dictionary

    with open_snapshot(asking.folder) as con:
        relations = read_dictionary(con)
    if asking.fmt == Format.JSON:
        write_json([asdict(relation) for relation in relations])
    else:
        sys.stdout.write(schema_text(relations))


def schema_text(relations: list[Relation]) -> str:
    """Return the schema as text: one paragraph per relation, one line per column."""
    parts = []
    for relation in relations:
        kind = "view" if relation.is_view else "table"
        lines = [f"{relation.name} ({kind}): {plain(relation.comment)}"]
        names = max(len(column.name) for column in relation.columns)
        types = max(len(column.type) for column in relation.columns)
        lines += [
            f"  {column.name:{names}}  {column.type:{types}}  {plain(column.comment)}"
            for column in relation.columns
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def example_names() -> list[str]:
    """Return the names of the example queries, sorted."""
    return sorted(path.stem for path in _examples().glob("*.sql"))


def example_sql(name: str) -> str:
    """Return the SQL of an example query; raise SettingsError for an unknown name."""
    names = example_names()
    if name not in names:
        raise SettingsError("--example", name, f"one of {', '.join(names)}")
    return (_examples() / f"{name}.sql").read_text("utf-8")


def _examples() -> Path:
    return seeds_dir() / "queries"
