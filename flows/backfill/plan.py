"""The plan of a backfill: its windows, with estimates of their work and time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.backfill.listing import PagePlan, plan_pages
from flows.backfill.request import BackfillRequest, Origin, check_range
from flows.backfill.windows import Window, day_windows, file_windows, loose_files
from flows.inputs.downloads import is_address
from flows.printable import number
from flows.settings import Settings
from warehouse.connect import open_live
from warehouse.run_queries import documents_per_second, finished_windows

BYTES_PER_PAGE = 25_000  # in a gzipped WARC file, average of CC-NEWS
REQUEST_S = 1.0  # per page, if no host asks for pauses
PAGES_PER_S = 20.0  # assumed until earlier runs show how fast this machine is


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The windows of a backfill, and the pages listed for them.

    Attributes:
        windows: All windows, in order.
        finished: Keys of the completed windows that will not be redone.
        pages: The pages that sitemaps or feeds list; None for files on disk.
    """

    windows: tuple[Window, ...]
    finished: frozenset[str]
    pages: PagePlan | None = None

    @property
    def open(self) -> list[Window]:
        """The windows that are not completed yet."""
        return [window for window in self.windows if window.window_id not in self.finished]

    @property
    def notes(self) -> tuple[str, ...]:
        """Problems and limits of the listing, one line each."""
        if self.pages is None:
            return ()
        listing = self.pages.listing
        return (*listing.problems, *(limit.note for limit in listing.limits))


def plan_backfill(settings: Settings, request: BackfillRequest) -> Plan:
    """Read the sitemaps and feeds of a backfill, and return its windows.

    Raises:
        RangeError: The days or the source are not valid.
        InputError: A file or folder does not exist.
    """
    check_range(request, datetime.now(UTC).date())
    pages = None
    if request.origin in {Origin.SITEMAP, Origin.FEED}:
        pages = plan_pages(settings, request)
        windows = day_windows(request, pages.place)
    else:
        windows = file_windows(request, settings.folder.archive)
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        finished = finished_windows(con, [window.window_id for window in windows])
    return Plan(
        windows=tuple(windows),
        finished=frozenset() if request.is_forced else frozenset(finished),
        pages=pages,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Estimated documents, requests and wall seconds of one window."""

    window: str
    state: str
    documents: int
    requests: int
    seconds: float


def estimate(settings: Settings, plan: Plan) -> list[Estimate]:
    """Return an estimate for each window, from the speed of earlier runs."""
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        pages_per_s = documents_per_second(con) or PAGES_PER_S
    found = []
    for window in plan.windows:
        is_done = window.window_id in plan.finished
        requests, seconds = 0, 0.0
        if plan.pages is not None:
            urls = plan.pages.urls(window.starts_on)
            documents = requests = len(urls)
            pause_s = max(settings.host_delay, REQUEST_S / settings.concurrency)
            seconds = max(Counter(plan.pages.hosts(urls)).values(), default=0) * pause_s
        else:
            documents, requests = _documents(window), int(is_address(window.place))
        seconds = max(seconds, documents / pages_per_s)
        state = "done before" if is_done else "to do"
        found.append(
            Estimate(
                window=window.label,
                state=state,
                documents=documents,
                requests=requests,
                seconds=0.0 if is_done else seconds,
            )
        )
    return found


def work_line(estimates: Sequence[Estimate]) -> str:
    """Return the estimated work of a backfill as one line."""
    to_do = [one for one in estimates if one.state == "to do"]
    return (
        f"{number(len(to_do), 'window')} to do, with about {sum(e.documents for e in to_do):,} documents, "
        f"{sum(e.requests for e in to_do):,} requests, {sum(e.seconds for e in to_do):,.0f} s"
    )


def _documents(window: Window) -> int:
    path = Path(window.place)
    if is_address(window.place):
        return 0  # unknown until it is downloaded
    if path.is_dir():
        return len(loose_files(path))
    if window.origin == Origin.FILES:
        return 1
    return max(1, path.stat().st_size // BYTES_PER_PAGE)
