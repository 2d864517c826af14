"""`onrecord sql`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import AsJson, Data


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"


def sql(
    query: Annotated[
        str | None, typer.Argument(help="SQL; from standard input where left out")
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the SQL from a file")
    ] = None,
    data: Data = None,
    fmt: Annotated[Format, typer.Option("--format", help="How rows are printed")] = Format.TABLE,
    as_json: AsJson = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print tables, views and their columns")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds that a query may take")] = 60.0,
) -> None:
    """Query the published snapshot, read-only.

    Example: [b]onrecord sql "SELECT speaker, statement FROM said LIMIT 5"[/b]
    """
    from flows.settings import read_settings
    from flows.tables import write_rows
    from warehouse.connect import open_snapshot
    from warehouse.queries import SCHEMA, query_rows

    settings = read_settings(data=data)
    if schema:
        text = SCHEMA
    elif file is not None:
        text = file.read_text("utf-8")
    else:
        text = query or sys.stdin.read()
    with open_snapshot(settings.folder) as con:
        columns, rows = query_rows(con, text, timeout_s=timeout)
    write_rows(columns, rows, fmt="json" if as_json else fmt.value)
