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
        bool, typer.Option("--no-text", help="With --dataset: leave out the words of the articles")
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
    """Export the published snapshot: files per month, one workbook, or a data set to cite.

    With [b]--to[/b] a folder or bucket, there is one file per table and month, and only months
    that changed are written again; [b]manifest.json[/b] lists all files with rows and checksums.
    For S3, set the usual AWS_* variables. A workbook has one sheet per table and is always written
    whole.

    [b]--dataset[/b] writes one Parquet or CSV file per table, with a codebook, CITATION.cff, a
    Frictionless datapackage.json and digests that [b]onrecord verify[/b] checks. The texts belong
    to their publishers. [b]--no-text[/b] leaves out article texts, summaries, statements and
    phrases, so that no article can be rebuilt; headlines, names, roles, dates, hashes, offsets and
    URLs stay.

    Example: [b]onrecord export --dataset floods --no-text --author "Holm, Ana"[/b]
    """
    from flows.cli.dataset import Wish, write
    from flows.errors import SettingsError
    from flows.settings import read_settings
    from warehouse.export import TABLES

    if (to is None) == (dataset is None):
        raise SettingsError("--to", to, "either --to or --dataset")
    settings = read_settings(data=data)
    wish = Wish(
        fmt=fmt.value if fmt else None,
        has_text=not no_text,
        title=title,
        version=version,
        authors=tuple(author or ()),
    )
    if dataset is not None:
        if quotations_only or since:
            name = "--quotes-only" if quotations_only else "--since"
            raise SettingsError(name, True, "--to: a data set has all tables and days")
        write(settings, dataset, wish, as_json=as_json)
        return
    if wish != Wish(fmt=wish.fmt):
        raise SettingsError("--dataset", None, "a folder, because of the options of a data set")
    assert to is not None  # noqa: S101  # one of the two is given
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
