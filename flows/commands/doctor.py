"""`onrecord doctor`."""

from __future__ import annotations

import typer

from flows.commands.options import AsJson, Data


def doctor(*, data: Data = None, as_json: AsJson = False) -> None:
    """Look for trouble: versions, disk, locks, spool, and every byte of the warehouse.

    Changes nothing. Exits with 1 if something is wrong, each line saying what to do.

    Example: [b]onrecord doctor[/b]
    """
    from dataclasses import asdict

    from flows.orchestration.prefect_setup import prepare_prefect
    from flows.settings import read_settings

    settings = read_settings(data=data)
    prepare_prefect(settings.folder)

    from flows.doctor import as_line, examine
    from flows.terminal.tables import write_json
    from warehouse.health import Level

    found = []
    for finding in examine(settings):
        found.append(finding)
        if not as_json:
            typer.echo(as_line(finding))
    if as_json:
        write_json([asdict(finding) for finding in found])
    if any(finding.level is Level.ERROR for finding in found):
        raise typer.Exit(1)
