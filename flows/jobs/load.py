"""The job `load`: load article files into the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from flows.inputs.files import read_items, readable
from flows.runs.batches import run_batches
from flows.runs.report import RunReport
from flows.runs.run import JobContext, begin_run, failure_recorded
from flows.settings import Settings


def load_files(
    paths: Sequence[Path], settings: Settings, context: JobContext | None = None
) -> RunReport:
    """Load article files and folders into the warehouse and publish a snapshot.

    Args:
        paths: HTML, text and JSON Lines files, and folders of them.
        settings: Settings of the run.
        context: How the job is executed; None to run without Prefect.

    Raises:
        WarehouseError: The warehouse cannot be written.
    """
    run = begin_run(
        "load",
        settings,
        context,
        parameters={"paths": [readable(path) for path in paths]},
        now=datetime.now(UTC),
    )
    with failure_recorded(run):
        return run_batches(run, read_items(paths, now=run.now))
