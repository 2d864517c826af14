"""`onrecord extract`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def extract(
    file: Annotated[str, typer.Argument(help="JSON Lines, .gz too; - for standard input")] = "-",
    *,
    output: Annotated[Path | None, typer.Option(help="Write here, not to standard output")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; default one a core")
    ] = None,
) -> None:
    """Clean and analyse documents without a warehouse: JSON Lines in, JSON Lines out.

    Each line is an object with [b]text[/b] or [b]html[/b]; one line comes out for each.

    Example: [b]onrecord extract articles.jsonl > analyses.jsonl[/b]
    """
    from flows.extract import extract as run
    from flows.settings import read_settings
    from flows.workers import WorkerOptions

    settings = read_settings(workers=workers)
    options = WorkerOptions(processes=settings.workers, spacy_model=settings.name_model)
    now = datetime.now(UTC)
    if output is None:
        run(file, sys.stdout.buffer, options=options, now=now)
    else:
        with output.open("wb") as stream:
            run(file, stream, options=options, now=now)
