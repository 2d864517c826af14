"""`onrecord status`."""

from __future__ import annotations

import typer

from flows.commands.options import AsJson, Data


def status(*, data: Data = None, as_json: AsJson = False) -> None:
    """Show what the warehouse holds, the last runs and what was rejected.

    Example: [b]onrecord status --json[/b]
    """
    from flows.settings import read_settings
    from flows.terminal.status import read_status, show_status
    from flows.terminal.tables import write_json

    settings = read_settings(data=data)
    found = read_status(settings.folder)
    if as_json:
        write_json(found)
    else:
        typer.echo(show_status(found))
