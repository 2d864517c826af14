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
    PARQUET = "parquet"


def sql(
    query: Annotated[
        str | None,
        typer.Argument(help="SQL; without it a prompt, or standard input where that is piped"),
    ] = None,
    *,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the SQL from a file")
    ] = None,
    example: Annotated[
        str | None,
        typer.Option("--example", help="Run an example question; [b]list[/b] names them"),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print views, tables and what their columns mean")
    ] = False,
    fmt: Annotated[Format, typer.Option("--format", help="How rows are printed")] = Format.TABLE,
    as_json: AsJson = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the rows to a file")
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(min=0, help="Most rows to print, 0 for all; default 100 on a terminal"),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds that a query may take")] = 60.0,
    data: Data = None,
) -> None:
    """Query the published snapshot, read-only.

    Example: [b]onrecord sql "SELECT speaker, statement FROM said LIMIT 5"[/b]
    """
    from flows.settings import read_settings
    from flows.terminal.asking import Asking, answer, example_names, example_sql, show_schema

    if example == "list":
        typer.echo("\n".join(example_names()))
        return
    asking = Asking(
        folder=read_settings(data=data).folder,
        fmt="json" if as_json else fmt.value,
        output=output,
        most=rows,
        timeout_s=timeout,
    )
    if schema:
        show_schema(asking)
    elif example is not None:
        answer(asking, example_sql(example))
    elif file is not None:
        answer(asking, _read(file))
    elif query is None and sys.stdin.isatty():
        from flows.terminal.prompt import run_prompt

        run_prompt(asking)
    else:
        answer(asking, query or sys.stdin.read())


def _read(file: Path) -> str:
    from flows.errors import InputError

    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise InputError(str(file), "unreadable", f"cannot be read: {exc}") from exc
