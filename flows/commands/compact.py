"""`onrecord compact`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.options import Data

if TYPE_CHECKING:  # the command line starts without pydantic
    from flows.settings import Settings


def compact(
    *,
    data: Data = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what the settings would remove")
    ] = False,
) -> None:
    """Write the warehouse's file anew, without the room that old rows left in it.

    Needs room for a second file while it works. Where [b]ONRECORD_KEEP_POLLS_DAYS[/b] or
    [b]ONRECORD_KEEP_ARCHIVE_DAYS[/b] is set, older polls are left behind and older captures
    are removed from the archive, but for what newer ones refer to.

    Example: [b]onrecord compact --dry-run[/b]
    """
    from datetime import UTC, timedelta

    from flows.settings import read_settings
    from flows.stopping import stoppable
    from warehouse.compact import compact as run
    from warehouse.compact import count_old_polls
    from warehouse.health import size

    settings = read_settings(data=data)
    now, days = datetime.now(UTC), settings.keep_polls_days
    since = now - timedelta(days=days) if days else None
    with stoppable():
        _thin_archive(settings, now, is_dry=dry_run)
        if dry_run:
            polls = count_old_polls(settings.folder, since) if since else 0
            typer.echo(f"{polls:,} polls would be left behind" if since else "all polls are kept")
            return
        done = run(settings.folder, polls_since=since, wait_s=settings.lock_wait_s)
    typer.echo(f"{size(done.before)} before, {size(done.after)} now, {done.rows:,} rows in all")


def _thin_archive(settings: Settings, now: datetime, *, is_dry: bool) -> None:
    days = settings.keep_archive_days
    if days is None:
        if is_dry:
            typer.echo("the whole archive is kept")
        return
    from flows.archive.retention import removable, remove_old
    from flows.terminal.report import number
    from warehouse.health import size

    act = removable if is_dry else remove_old
    found = act(settings, keep_days=days, now=now)
    would = "would be removed" if is_dry else "removed"
    kept = f"; {number(found.kept, 'capture')} of them stay: needed" if found.kept else ""
    typer.echo(
        f"archive: {number(found.captures, 'capture')} ({number(found.documents, 'document')}) in "
        f"{number(found.files, 'file')} older than {number(days, 'day')} {would}, "
        f"{size(found.bytes)}{kept}"
    )
