"""The progress of a run: a bar on a terminal, otherwise one line per batch."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from flows.runs.report import RunReport, count_line, poll_lines


@contextlib.contextmanager
def progress() -> Iterator[Callable[[RunReport], None]]:
    """Yield a function that shows the report so far on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _print_line
        return
    columns = (
        SpinnerColumn(),
        BarColumn(20),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda report: bar.update(task, description=_rate(report))


def _rate(report: RunReport) -> str:
    if report.polls is not None and not report.count.seen:
        return poll_lines(report)[0]
    return f"{count_line(report)}, {report.count.seen / max(report.seconds, 0.001):.0f}/s"


def _print_line(report: RunReport) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {_rate(report)}\n")
    sys.stderr.flush()
