"""SQL queries on the published snapshot, and their results in the requested format."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.cli.tables import as_bytes, write_json
from flows.errors import SettingsError
from flows.printable import number, plain, plain_lines
from flows.seeds import seeds_dir
from warehouse.connect import open_snapshot
from warehouse.dictionary import Relation, read_dictionary
from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.parquet import write_parquet
from warehouse.queries import Result, ask

TERMINAL_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How queries are run and their results shown.

    Attributes:
        fmt: `table`, `csv`, `json`, `markdown` or `parquet`.
        output: File for the rows; None for standard output.
        most: Maximum number of rows; 0 for all; None for all, or 100 on a terminal.
        timeout_s: Maximum seconds for a query.
    """

    folder: DataFolder
    fmt: str = "table"
    output: Path | None = None
    most: int | None = None
    timeout_s: float = 60.0


def answer(asking: Asking, sql: str) -> None:
    """Run a query on the newest snapshot and print or write its result.

    Raises:
        WarehouseError: There is no snapshot, the query failed, or the file cannot be written.
        SettingsError: Parquet was requested without a file.
    """
    if asking.fmt == "parquet" and asking.output is None:
        raise SettingsError("--output", None, "a file, because Parquet cannot be printed")
    most = _most(asking)
    with open_snapshot(asking.folder) as con:
        result = ask(con, sql, timeout_s=asking.timeout_s, most=most)
    if asking.output is None:
        sys.stdout.flush()
        rows = as_bytes(result.columns, result.rows, fmt=asking.fmt)
        if sys.stdout.isatty():  # files and pipes get the exact text
            rows = plain_lines(rows.decode()).encode()
        sys.stdout.buffer.write(rows)
        sys.stdout.buffer.flush()
    else:
        _write(asking, result, asking.output)
    if result.is_cut:
        sys.stderr.write(f"only the first {most:,} rows are shown; --rows 0 shows all\n")


def _most(asking: Asking) -> int | None:
    if asking.most is not None:
        return asking.most or None
    is_shown = asking.output is None and asking.fmt == "table" and sys.stdout.isatty()
    return TERMINAL_ROWS if is_shown else None


def _write(asking: Asking, result: Result, output: Path) -> None:
    if asking.fmt == "parquet":
        write_parquet(result, output)
    else:
        try:
            output.write_bytes(as_bytes(result.columns, result.rows, fmt=asking.fmt))
        except OSError as exc:
            raise WarehouseUnwritableError(output, exc.strerror or str(exc)) from exc
    sys.stderr.write(f"wrote {number(len(result.rows), 'row')} to {output}\n")


def show_schema(asking: Asking) -> None:
    """Print the views, then the tables, with the meaning of their columns."""
    with open_snapshot(asking.folder) as con:
        relations = read_dictionary(con)
    if asking.fmt == "json":
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
