"""`onrecord compact`."""

from __future__ import annotations

import typer

from flows.commands.options import Data


def compact(*, data: Data = None) -> None:
    """Write the warehouse's file anew, without the room that old rows left in it.

    Needs room for a second file while it works. Where [b]ONRECORD_KEEP_POLLS_DAYS[/b] is
    set, older polls are left behind.

    Example: [b]onrecord compact[/b]
    """
    from datetime import UTC, datetime, timedelta

    from flows.settings import read_settings
    from warehouse.compact import compact as run
    from warehouse.health import size

    settings = read_settings(data=data)
    days = settings.keep_polls_days
    since = datetime.now(UTC) - timedelta(days=days) if days else None
    done = run(settings.folder, polls_since=since, wait_s=settings.lock_wait_s)
    typer.echo(f"{size(done.before)} before, {size(done.after)} now, {done.rows:,} rows in all")
