"""The command `export`: the snapshot as files for other programs."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.settings import Settings


class ExportFormat(StrEnum):
    """Format of exported files."""

    PARQUET = "parquet"
    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    XLSX = "xlsx"


def export(
    *,
    to: Annotated[str, typer.Option(help="Folder, s3://bucket/prefix, or a workbook NAME.xlsx")],
    fmt: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="Format of the files; default parquet"),
    ] = None,
    quotations_only: Annotated[
        bool, typer.Option("--quotes-only", help="Export only quotations")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Skip months before the month of this day"),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Export the published snapshot, one file per table and month, or as one workbook.

    In a folder or bucket, only months that changed are written again; [b]manifest.json[/b] lists
    all files with rows and checksums. For S3, set the usual AWS_* variables. A workbook has one
    sheet per table and is always written whole.

    Example: [b]onrecord export --to articles-parquet[/b]
    """
    from flows.settings import read_settings
    from warehouse.export import TABLES

    settings = read_settings(data=data)
    tables = ("quotations",) if quotations_only else TABLES
    if is_workbook(to, fmt):
        _export_workbook(settings, Path(to), tables, since, as_json=as_json)
    else:
        _export_files(settings, to, fmt or ExportFormat.PARQUET, tables, since, as_json=as_json)


def is_workbook(to: str, fmt: ExportFormat | None) -> bool:
    """Whether `--to` names one workbook and not a folder or bucket.

    Raises:
        SettingsError: It names a file of another format, or the format contradicts it.
    """
    from flows.cli.output_format import ending_of
    from flows.errors import SettingsError

    path = Path(to)
    ending = "" if "://" in to or path.is_dir() else ending_of(path.name)
    if not ending:
        return False
    if ending != ".xlsx":
        expected = (
            f"a folder: only a workbook (.xlsx) is one file, {ending} files are one per month"
        )
        raise SettingsError("--to", to, expected)
    if fmt not in (None, ExportFormat.XLSX):
        raise SettingsError("--format", str(fmt), f"xlsx, the format of {path.name}")
    if not path.parent.is_dir():
        raise SettingsError("--to", to, "a file in an existing folder")
    return True


def _export_workbook(
    settings: Settings,
    file: Path,
    tables: tuple[str, ...],
    since: datetime | None,
    *,
    as_json: bool,
) -> None:
    from flows.cli.tables import write_json
    from warehouse.export import export_workbook

    first = since.date() if since else None
    rows, notes = export_workbook(settings.folder, file, tables=tables, since=first)
    for note in notes:
        typer.echo(note, err=True)
    if as_json:
        write_json({"written": [str(file)], "kept": [], "rows": rows})
        return
    for table, count in rows.items():
        typer.echo(f"{count:>12,} rows  {table}")
    typer.echo(f"wrote {file}")


def _export_files(
    settings: Settings,
    to: str,
    fmt: ExportFormat,
    tables: tuple[str, ...],
    since: datetime | None,
    *,
    as_json: bool,
) -> None:
    from flows.cli.export_target import target_for
    from flows.cli.tables import write_json
    from warehouse.export import export as run

    done = run(
        settings.folder,
        target_for(to),
        fmt=fmt.value,
        now=datetime.now(UTC),
        tables=tables,
        since=since.date() if since else None,
    )
    for note in done.notes:
        typer.echo(note, err=True)
    if as_json:
        write_json({"written": [p.file for p in done.written], "kept": [p.file for p in done.kept]})
        return
    for part in done.written:
        typer.echo(f"{part.rows:>12,} rows  {part.file}")
    typer.echo(f"{len(done.written):,} written, {len(done.kept):,} unchanged in {to}")
