"""`onrecord publish`."""

from __future__ import annotations

import typer

from flows.commands.options import Data


def publish(*, data: Data = None) -> None:
    """Publish a snapshot of what the warehouse holds now.

    Runs do this by themselves; the last three snapshots are kept.

    Example: [b]onrecord publish[/b]
    """
    from flows.settings import read_settings
    from warehouse.publish import publish as run

    settings = read_settings(data=data)
    typer.echo(str(run(settings.folder, wait_s=settings.lock_wait_s)))
