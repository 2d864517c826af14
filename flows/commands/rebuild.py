"""`onrecord rebuild`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Data


def rebuild(
    target: Annotated[Path, typer.Argument(help="New data folder; it must not exist yet")],
    *,
    data: Data = None,
) -> None:
    """Make a new warehouse out of the archive and the feed list alone.

    The old data folder is not touched. Polls and pages that failed are not archived, so
    their history does not come back; nor do documents whose captures were removed under
    [b]ONRECORD_KEEP_ARCHIVE_DAYS[/b].

    Example: [b]onrecord rebuild data-new[/b]
    """
    from flows.archive.retention import lost_documents
    from flows.rebuilding import rebuild as run
    from flows.settings import read_settings
    from flows.stopping import stoppable
    from flows.terminal.report import lost_line, summary

    settings = read_settings(data=data)
    with stoppable():
        typer.echo(summary(run(settings, target)))
    if lost := lost_documents(settings.folder):
        typer.echo(f"not made again: {lost_line(lost)}")
