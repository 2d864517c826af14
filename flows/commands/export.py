"""`onrecord export`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from flows.commands.options import AsJson, Data


class Format(StrEnum):
    """How the files are written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


def export(
    *,
    to: Annotated[str, typer.Option(help="Folder, or s3://bucket/prefix")],
    fmt: Annotated[Format, typer.Option("--format", help="How the files are written")] = (
        Format.PARQUET
    ),
    quotations_only: Annotated[
        bool, typer.Option("--quotes-only", help="Only the table of quotations")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Leave months before that of this day as they are"),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Export the published snapshot as Parquet, CSV or JSON Lines, a file a month.

    Only months that changed are written again; [b]manifest.json[/b] lists all with rows
    and checksums. For S3 the usual AWS_* variables say who you are and where.

    Example: [b]onrecord export --to articles-parquet[/b]
    """
    from datetime import UTC

    from flows.export_target import target_for
    from flows.settings import read_settings
    from flows.terminal.tables import write_json
    from warehouse.export import TABLES
    from warehouse.export import export as run

    settings = read_settings(data=data)
    done = run(
        settings.folder,
        target_for(to),
        fmt=fmt.value,
        now=datetime.now(UTC),
        tables=("quotations",) if quotations_only else TABLES,
        since=since.date() if since else None,
    )
    if as_json:
        write_json({"written": [p.file for p in done.written], "kept": [p.file for p in done.kept]})
        return
    for part in done.written:
        typer.echo(f"{part.rows:>12,} rows  {part.file}")
    typer.echo(f"{len(done.written):,} written, {len(done.kept):,} unchanged in {to}")
