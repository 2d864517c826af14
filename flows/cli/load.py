"""The command `load`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.options import AsJson, Data, LogFormatOption, LogLevelOption, Verbose

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.inputs.files import InputOptions
    from flows.jobs.load import Survey
    from flows.runs.report import RunReport


class DayOrder(StrEnum):
    """The order of day and month in figures."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


def load(
    places: Annotated[
        list[str], typer.Argument(help="Files, folders; addresses of pages and web archives")
    ],
    *,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="Which column has what: text=Volltext,published=Datum"),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Sheet of a workbook; default the first one")
    ] = None,
    dates: Annotated[
        DayOrder | None, typer.Option(help="How to read 04/05/2024, if nothing else tells")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be loaded")
    ] = False,
    data: Data = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; default one per core")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if anything was rejected")
    ] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
    log_format: LogFormatOption = None,
    log_level: LogLevelOption = None,
) -> None:
    """Load files: pages, texts, tables, records, web archives.

    The content decides what a file is: HTML, text, CSV, XLSX, JSON, JSON Lines, XML, WARC, WACZ,
    PDF, DOCX, EPUB, or a list of addresses, whose pages are fetched. Each row of a table becomes an
    article. Documents that are already in the warehouse are skipped. What cannot be read becomes a
    row in [b]rejections[/b], and loading continues.

    Example: [b]onrecord load seeds/articles[/b]
    """
    from flows.pool import start_forkserver

    if not dry_run:
        start_forkserver()  # it loads the word lists while this process loads the rest

    from flows.cli.run_command import run_command, show_report
    from flows.jobs.load import load_files
    from flows.secrets import mask_url
    from flows.settings import read_settings
    from warehouse.connect import open_live

    _check_names(places)
    options = _options(columns or [], sheet, dates)
    if dry_run:
        _show_survey(places, options, as_json=as_json)
        return
    settings = read_settings(data=data, workers=workers, log_format=log_format, log_level=log_level)
    with open_live(settings.folder, wait_s=settings.lock_wait_s):
        pass  # fails before Prefect starts if the warehouse cannot be written
    report = run_command(
        "load",
        lambda context: load_files(places, settings, context, options=options),
        settings,
        parameters={
            "paths": list(map(mask_url, places)),
            "columns": dict(options.columns),
            "sheet": sheet,
            "dates": dates,
        },
        is_verbose=verbose,
    )
    if report is None:
        return
    show_report(report, as_json=as_json)
    _exit_by(report, is_strict=strict)


def _check_names(places: list[str]) -> None:
    """Raise InputError for a name that is not UTF-8: Prefect stores names as a parameter."""
    from flows.errors import InputError
    from flows.inputs.streams import readable

    for place in places:
        if readable(Path(place)) != str(Path(place)):
            problem = "its name is not UTF-8: rename it, or load the folder that it is in"
            raise InputError(readable(Path(place)), "unreadable", problem)


def _exit_by(report: RunReport, *, is_strict: bool) -> None:
    """Exit with 1 if nothing could be read; with 3 if something was rejected and that matters."""
    unread = sum(rejection.stage == "read" for rejection in report.rejections)
    if report.count.seen and report.count.seen == unread:
        raise typer.Exit(1)
    if is_strict and report.count.rejected:
        raise typer.Exit(3)


def _options(columns: list[str], sheet: str | None, dates: DayOrder | None) -> InputOptions:
    from flows.errors import SettingsError
    from flows.inputs.files import InputOptions
    from transforms.importing.fields import FIELDS

    chosen = {}
    for pair in (pair for given in columns for pair in given.split(",")):
        field, equals, name = pair.partition("=")
        if field.strip() not in FIELDS or not equals or not name.strip():
            raise SettingsError("--map", pair, f"FIELD=COLUMN, with a field of {', '.join(FIELDS)}")
        chosen[field.strip()] = name.strip()
    is_month_first = None if dates is None else dates is DayOrder.MONTH_FIRST
    return InputOptions(columns=chosen, sheet=sheet, is_month_first=is_month_first)


def _show_survey(places: list[str], options: InputOptions, *, as_json: bool) -> None:
    from dataclasses import asdict
    from datetime import UTC, datetime

    from flows.jobs.load import survey_files
    from flows.output.tables import write_json

    survey = survey_files(places, options=options, now=datetime.now(UTC))
    if as_json:
        write_json(asdict(survey))
    else:
        typer.echo("\n".join(_survey_lines(survey)))


def _survey_lines(survey: Survey) -> list[str]:
    from flows.printable import number, plain
    from flows.runs.report import rejection_lines

    lines = [plain(line) for line in survey.found]
    pages = f", {number(survey.pages, 'page')} to fetch" if survey.pages else ""
    if survey.archives:
        pages += f", {number(survey.archives, 'web archive')} to download"
    rejected = f"{len(survey.rejections):,} rejected"
    lines.append(f"{number(survey.documents, 'document')} to load{pages}, {rejected}")
    return lines + rejection_lines(survey.rejections)
