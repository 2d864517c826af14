"""`onrecord load`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import AsJson, Data


def load(
    paths: Annotated[list[Path], typer.Argument(help="Article files, and folders of them")],
    *,
    data: Data = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default one a core")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 if anything was rejected")
    ] = False,
    as_json: AsJson = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's log")] = False,
) -> None:
    """Load article files into the warehouse: HTML, text, JSON Lines, folders of them.

    What is in the warehouse already is not loaded again. What cannot be read is a row in
    [b]rejections[/b], and the rest goes on.

    Example: [b]onrecord load seeds/articles[/b]
    """
    from flows.documents import readable
    from flows.errors import InputError
    from flows.orchestration.prefect_setup import prepare_prefect, require_room
    from flows.settings import read_settings
    from warehouse.connect import open_live

    for path in paths:
        if readable(path) != str(path):  # Prefect keeps it as a parameter
            problem = "is no UTF-8: load the folder that it lies in, or rename it"
            raise InputError(readable(path), "unreadable", problem)
    settings = read_settings(data=data, workers=workers)
    with open_live(settings.folder, wait_s=settings.lock_wait_s):
        pass  # says at once, before Prefect starts, if the warehouse cannot be written
    require_room(settings.folder)
    prepare_prefect(settings.folder, is_verbose=verbose)

    from flows.load import load as flow
    from flows.load import load_files
    from flows.orchestration.with_prefect import run_flow
    from flows.stopping import stoppable
    from flows.terminal.progress import progress
    from flows.terminal.report import summary
    from flows.terminal.tables import write_json

    with stoppable(), progress() as on_batch:
        report = run_flow(
            flow, lambda: load_files(paths, settings, on_batch=on_batch), paths, settings, on_batch
        )
    if as_json:
        write_json(report.as_json())
    else:
        typer.echo(summary(report))
    if report.count.seen and report.count.seen == sum(r.stage == "read" for r in report.rejections):
        raise typer.Exit(1)
    if strict and report.count.rejected:
        raise typer.Exit(3)
