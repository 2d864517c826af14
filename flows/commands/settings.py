"""`onrecord settings`."""

from __future__ import annotations

import typer

from flows.commands.options import AsJson, Data


def settings(*, data: Data = None, as_json: AsJson = False) -> None:
    """Show each setting, where its value comes from, and what it is for.

    Example: [b]ONRECORD_HOST_DELAY=10 onrecord settings[/b]
    """
    from flows.settings import Settings, origins, read_settings
    from flows.terminal.tables import as_table, write_json

    found = read_settings(data=data)
    sources = origins(found, data=data)
    rows = [
        (name, str(getattr(found, name)), sources[name], field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    if as_json:
        write_json({name: {"value": value, "from": source} for name, value, source, _ in rows})
    else:
        typer.echo(as_table(("setting", "value", "from", "what for"), rows), nl=False)
