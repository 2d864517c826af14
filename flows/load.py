"""The flow `load`: article files in, rows out.

Tasks are coarse, one a stage and batch; what became of each document stands in our own
tables. Nothing is cached or persisted by Prefect: a run that is repeated finds in the
warehouse what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from flows.batches import PLAIN, Steps, run_batches
from flows.documents import read_items, readable
from flows.orchestration.artifacts import leave_artifacts
from flows.runs import RunReport, begin_run, failure_recorded
from flows.settings import Settings, read_settings

analyse = task(name="analyse", persist_result=False, cache_policy=NO_CACHE)(PLAIN.analyse)
append = task(name="append", persist_result=False, cache_policy=NO_CACHE)(PLAIN.append)
publish = task(name="publish", persist_result=False, cache_policy=NO_CACHE)(PLAIN.publish)

OnBatch = Callable[[RunReport], None]


@flow(name="load", persist_result=False, validate_parameters=False)
def load(
    paths: Sequence[Path], settings: Settings | None = None, on_batch: OnBatch | None = None
) -> RunReport:
    """Load article files and folders into the warehouse and publish a snapshot.

    Args:
        paths: HTML, text and JSON Lines files, and folders of them.
        settings: Settings of the run; those of the environment where None.
        on_batch: Told the report so far after each batch.
    """
    report = load_files(
        [Path(path) for path in paths],
        settings or read_settings(),
        Steps(analyse=analyse, append=append, publish=publish),
        on_batch=on_batch or (lambda _: None),
        flow_run_id=flow_run.get_id(),
    )
    leave_artifacts("load", report)
    return report


def load_files(
    paths: Sequence[Path],
    settings: Settings,
    steps: Steps = PLAIN,
    *,
    on_batch: OnBatch = lambda _: None,
    flow_run_id: str | None = None,
) -> RunReport:
    """Do what `load` does with the steps given: as plain functions or as Prefect's tasks."""
    run = begin_run(
        "load",
        settings,
        parameters={"paths": [readable(path) for path in paths]},
        now=datetime.now(UTC),
        flow_run_id=flow_run_id,
    )
    with failure_recorded(run):
        return run_batches(run, read_items(paths, now=run.now), steps, on_batch=on_batch)
