"""`onrecord check`."""

from __future__ import annotations

import sys
from dataclasses import asdict

import typer

from flows.commands.options import AsJson, Data


def check(*, data: Data = None, as_json: AsJson = False) -> None:
    """Run the data checks over what readers see; exit with 3 where one finds an error.

    Example: [b]onrecord check[/b]
    """
    from flows.checking import check_warehouse
    from flows.errors import ChecksFailedError
    from flows.settings import read_settings
    from flows.terminal.tables import as_table, write_json

    try:
        report = check_warehouse(read_settings(data=data))
        findings, summary, code = report.findings, report.summary, 0
    except ChecksFailedError as exc:
        findings, summary, code = exc.findings, exc.summary, 3
    if as_json:
        write_json({"summary": summary, "findings": [asdict(found) for found in findings]})
    else:
        if findings:
            rows = [list(asdict(found).values()) for found in findings]
            sys.stdout.write(as_table(list(asdict(findings[0])), rows))
        typer.echo(summary)
    raise typer.Exit(code)
