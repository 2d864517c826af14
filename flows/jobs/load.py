"""The job `load`: load files and the pages that they list into the warehouse."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from flows.errors import FetchError
from flows.inputs.downloads import downloaded, is_address, names_archive
from flows.inputs.files import InputOptions, read_inputs
from flows.inputs.intake import Intake
from flows.inputs.links import Link, link_to
from flows.inputs.streams import readable
from flows.inputs.web_archives import read_web_archive, unwanted_page
from flows.jobs.listed_pages import ListedPages
from flows.runs.batches import append_spooled, finish_run, load_items, worker_options
from flows.runs.items import Flush, Item, refused
from flows.runs.publication import published_at_end
from flows.runs.report import RunReport
from flows.runs.run import JobContext, Run, begin_run, failure_recorded
from flows.runs.workers import Workers
from flows.secrets import mask_url
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
        archives: Number of web archives that would be downloaded.
        rejections: What cannot be read.
    """

    found: tuple[str, ...] = ()
    documents: int = 0
    pages: int = 0
    archives: int = 0
    rejections: list[Rejection] = field(default_factory=list)


def load_files(
    places: Sequence[Path | str],
    settings: Settings,
    context: JobContext | None = None,
    *,
    options: InputOptions | None = None,
) -> RunReport:
    """Load files, folders and pages into the warehouse and publish a snapshot.

    Args:
        places: Pages, texts, tables, records of other tools, lists of addresses, web archives,
            and folders of them. A string may be an address, too: of a web archive, by the ending
            of its path, or of a page.
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
        parameters={"paths": [_shown(place) for place in places]},
        now=datetime.now(UTC),
    )
    started = time.monotonic()
    with published_at_end(settings, context), failure_recorded(run):
        report = RunReport(run_id=run.run_id)
        append_spooled(run)
        intake, listed = Intake(), ListedPages(run)
        found = _found(run, places, options, intake)
        items = itertools.chain(_documents(found, listed), listed.items())
        run = _with_expected(run, listed)
        with Workers(worker_options(run)) as workers:
            report = load_items(run, items, workers, report)
        if listed.links:
            _settle(run)
        report = replace(report, found=tuple(intake.lines()), notes=tuple(listed.notes))
        return finish_run(run, report, seconds=time.monotonic() - started)


def survey_files(
    places: Sequence[Path | str], *, options: InputOptions | None = None, now: datetime
) -> Survey:
    """Read files as `load` does, and return what it would load; nothing is stored.

    Web archives at an address are only counted.
    """
    intake, survey = Intake(), Survey()
    files, addresses = _sorted(places)
    survey.archives = sum(map(names_archive, addresses))
    survey.pages = len(addresses) - survey.archives
    for found in read_inputs(files, now=now, options=options, intake=intake):
        if isinstance(found, Link):
            survey.pages += 1
        elif isinstance(found.content, Rejection):
            survey.rejections.append(found.content)
        else:
            survey.documents += 1
    survey.found = tuple(intake.lines())
    return survey


def _sorted(places: Sequence[Path | str]) -> tuple[list[Path], list[str]]:
    """Return the files and folders, and the addresses."""
    addresses = [place for place in places if isinstance(place, str) and is_address(place)]
    return [Path(place) for place in places if place not in addresses], addresses


def _shown(place: Path | str) -> str:
    return mask_url(place) if isinstance(place, str) else readable(place)


def _found(
    run: Run, places: Sequence[Path | str], options: InputOptions | None, intake: Intake
) -> Iterator[Item | Link]:
    """Yield what is in the files and at the addresses."""
    files, addresses = _sorted(places)
    yield from read_inputs(files, now=run.now, options=options, intake=intake)
    for url in addresses:
        if names_archive(url):
            yield from _archived(run, url, intake)
        elif (item := link_to(url)) is not None:
            yield item
        else:
            yield refused(mask_url(url), "bad_address", "is no address of a page")


def _archived(run: Run, url: str, intake: Intake) -> Iterator[Item]:
    """Yield the pages of a web archive at an address."""
    settings, shown = run.settings, mask_url(url)
    try:
        with downloaded(url, settings.folder.downloads, settings.fetch_options) as path:
            intake.files["web archive"] += 1
            passed = intake.skipped
            yield from read_web_archive(path, wants=unwanted_page, passed=passed, name=shown)
    except FetchError as exc:
        yield refused(shown, exc.code, exc.detail, stage="fetch")


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
