"""`onrecord report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.options import Data


def report(
    output: Annotated[Path, typer.Argument(help="HTML file to write")] = Path("report.html"),
    *,
    days: Annotated[int, typer.Option(min=1, max=3660, help="Days up to the newest article")] = 30,
    data: Data = None,
) -> None:
    """Write one HTML page: what came in, what did not, who spoke, who was named.

    It needs no server and no network: open it, mail it, print it.

    Example: [b]onrecord report monday.html --days 7[/b]
    """
    from datetime import UTC, datetime

    from flows.report_page.page import render_report
    from flows.settings import read_settings
    from warehouse.errors import WarehouseUnwritableError
    from warehouse.report_data import read_report

    settings = read_settings(data=data)
    now = datetime.now(UTC)
    page = render_report(read_report(settings.folder, days=days, now=now), made_at=now)
    try:
        output.write_text(page, "utf-8")
    except OSError as exc:
        raise WarehouseUnwritableError(output, exc.strerror or str(exc)) from exc
    typer.echo(str(output))
