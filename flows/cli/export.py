"""The command `export`: the snapshot as files for other programs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data, DecimalComma, Excel
from flows.output.formats import ending_of, excel_decimal

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.settings import Settings
    from warehouse.export import Exported


class ExportFormat(StrEnum):
    """Format of exported files."""

    PARQUET = "parquet"
    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    XLSX = "xlsx"


def export(
    *,
    to: Annotated[
        str | None, typer.Option(help="Folder, s3://bucket/prefix, or a workbook NAME.xlsx")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option("--dataset", help="Folder of a data set to cite; see above")
    ] = None,
    fmt: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="Format of the files; default parquet"),
    ] = None,
    excel: Excel = False,
    decimal_comma: DecimalComma = False,
    quotations_only: Annotated[
        bool, typer.Option("--quotes-only", help="With --to: export only quotations")
    ] = False,
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="With --to: skip months before the month of this day"
        ),
    ] = None,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="With --dataset: leave out the texts; see above")
    ] = False,
    title: Annotated[str | None, typer.Option(help="With --dataset: its title")] = None,
    version: Annotated[
        str | None, typer.Option(help="With --dataset: its version; default the newest day")
    ] = None,
    author: Annotated[
        list[str] | None,
        typer.Option(help='With --dataset: an author, "Family, Given" or a group; repeatable'),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Export the snapshot: files per month, a workbook or a data set.

    With [b]--to[/b] a folder or bucket, there is one file per table and month, and only months
    that changed are written again; [b]manifest.json[/b] lists all files with rows and checksums.
    For S3, set the usual AWS_* variables. A workbook has one sheet per table and is always written
    whole. [b]--excel[/b] writes CSV for an Excel with decimal points (English), and with
    [b]--decimal-comma[/b] for one with decimal commas (German, French, ...).

    [b]--dataset[/b] writes one Parquet or CSV file per table, with a codebook, CITATION.cff, a
    Frictionless datapackage.json and digests that [b]onrecord verify[/b] checks. The texts belong
    to their publishers. [b]--no-text[/b] leaves out article texts, summaries, statements and
    phrases, so that no article can be rebuilt; headlines, names, roles, dates, hashes, offsets and
    URLs stay.

    Example: [b]onrecord export --dataset floods --no-text --author "Holm, Ana"[/b]
    """
    from flows.cli.dataset import DatasetFlags, write
    from flows.cli.export_target import target_for
    from flows.errors import SettingsError
    from flows.settings import read_settings
    from warehouse.export import TABLES
    from warehouse.export import export as run

    settings = read_settings(data=data)
    decimal = excel_decimal(is_for_excel=excel, has_comma=decimal_comma)
    if dataset is not None:
        refuse({"--to": to, "--quotes-only": quotations_only, "--since": since, "--excel": excel},
               because="a data set has all tables and days, and its own formats")  # fmt: skip
        flags = DatasetFlags(fmt=fmt and fmt.value, has_text=not no_text, title=title, version=version,
                    authors=tuple(author or ()))  # fmt: skip
        write(settings, dataset, flags, as_json=as_json)
        return
    if to is None:
        raise SettingsError("--to", to, "either --to or --dataset")
    refuse({"--no-text": no_text, "--title": title, "--version": version, "--author": author},
           because="it belongs to --dataset")  # fmt: skip
    tables = ("quotations",) if quotations_only else TABLES
    first = since.date() if since else None
    if is_workbook(to, fmt):
        refuse({"--excel": excel}, because="a workbook needs no CSV")
        _export_workbook(settings, Path(to), tables, first, as_json=as_json)
        return
    if excel and fmt != ExportFormat.CSV:
        raise SettingsError("--format", fmt and fmt.value, "csv, because of --excel")
    done = run(
        settings.folder,
        target_for(to),
        fmt=fmt.value if fmt else "parquet",
        now=datetime.now(UTC),
        tables=tables,
        since=first,
        excel_decimal=decimal,
    )
    _show_files(done, to, as_json=as_json)


def refuse(options: Mapping[str, object], *, because: str) -> None:
    """Raise SettingsError for the first option that is given."""
    from flows.errors import SettingsError

    for name, value in options.items():
        if value:
            raise SettingsError(name, value, f"no such option here: {because}")


def is_workbook(to: str, fmt: ExportFormat | None) -> bool:
    """Whether `--to` names one workbook and not a folder or bucket.

    Raises:
        SettingsError: It names a file of another format, or the format contradicts it.
    """
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
    since: date | None,
    *,
    as_json: bool,
) -> None:
    from flows.output.tables import write_json
    from warehouse.export import export_workbook

    rows, notes = export_workbook(settings.folder, file, tables=tables, since=since)
    for note in notes:
        typer.echo(note, err=True)
    if as_json:
        write_json({"written": [str(file)], "kept": [], "rows": rows})
        return
    for table, count in rows.items():
        typer.echo(f"{count:>12,} rows  {table}")
    typer.echo(f"wrote {file}")


def _show_files(done: Exported, to: str, *, as_json: bool) -> None:
    from flows.output.tables import write_json

    for note in done.notes:
        typer.echo(note, err=True)
    if as_json:
        write_json({"written": [p.file for p in done.written], "kept": [p.file for p in done.kept]})
        return
    for part in done.written:
        typer.echo(f"{part.rows:>12,} rows  {part.file}")
    typer.echo(f"{len(done.written):,} written, {len(done.kept):,} unchanged in {to}")
