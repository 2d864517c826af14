"""The job `load`: load files and the pages that they list into the warehouse."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.inputs.files import InputOptions, read_inputs
from flows.inputs.intake import Intake
from flows.inputs.links import Link
from flows.inputs.streams import readable
from flows.jobs.listed_pages import ListedPages
from flows.runs.batches import append_spooled, finish_run, load_items, worker_options
from flows.runs.items import Flush, Item
from flows.runs.report import RunReport
from flows.runs.run import JobContext, Run, begin_run, failure_recorded
from flows.runs.workers import Workers
from flows.settings import Settings
from transforms.records import Rejection
from warehouse.connect import open_live
from warehouse.feed_queries import settle_batches


@dataclass(slots=True)
class Survey:
    """What `load` would read.

    Attributes:
        found: What was found among the input, one line each.
        documents: Number of documents that would be loaded.
        pages: Number of pages that would be fetched, unless they have an article.
        rejections: What cannot be read.
    """

    found: tuple[str, ...] = ()
    documents: int = 0
    pages: int = 0
    rejections: list[Rejection] = field(default_factory=list)


def load_files(
    paths: Sequence[Path],
    settings: Settings,
    context: JobContext | None = None,
    *,
    options: InputOptions | None = None,
) -> RunReport:
    """Load files and folders into the warehouse and publish a snapshot.

    Args:
        paths: Pages, texts, tables, records of other tools, lists of addresses, and folders.
        settings: Settings of the run.
        context: How the job is executed; None to run without Prefect.
        options: How structured files are read.

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
    started = time.monotonic()
    with failure_recorded(run):
        report = RunReport(run_id=run.run_id)
        append_spooled(run)
        intake, listed = Intake(), ListedPages(run)
        found = read_inputs(paths, now=run.now, options=options, intake=intake)
        items = itertools.chain(_documents(found, listed), listed.items())
        run = _with_expected(run, listed)
        with Workers(worker_options(run)) as workers:
            report = load_items(run, items, workers, report)
        if listed.links:
            _settle(run)
        report = replace(report, found=tuple(intake.lines()), notes=tuple(listed.notes))
        return finish_run(run, report, seconds=time.monotonic() - started)


def survey_files(
    paths: Sequence[Path], *, options: InputOptions | None = None, now: datetime
) -> Survey:
    """Read files as `load` does, and return what it would load; nothing is stored."""
    intake, survey = Intake(), Survey()
    for found in read_inputs(paths, now=now, options=options, intake=intake):
        if isinstance(found, Link):
            survey.pages += 1
        elif isinstance(found.content, Rejection):
            survey.rejections.append(found.content)
        else:
            survey.documents += 1
    survey.found = tuple(intake.lines())
    return survey


def _documents(found: Iterator[Item | Link], listed: ListedPages) -> Iterator[Item | Flush]:
    """Yield the documents and rejections; keep the addresses for later."""
    for one in found:
        if isinstance(one, Link):
            listed.links.append(one)
        else:
            yield one


def _with_expected(run: Run, listed: ListedPages) -> Run:
    """Return the run with progress reports that say how many pages are still to come."""
    on_report, before = run.context.on_report, 0

    def tell(report: RunReport) -> None:
        nonlocal before
        if listed.expected is None:
            before = report.count.seen
            on_report(report)
        else:
            on_report(replace(report, expected=before + listed.expected))

    return replace(run, context=replace(run.context, on_report=tell))


def _settle(run: Run) -> None:
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        settle_batches(con)
