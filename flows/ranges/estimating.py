"""What a backfill would take: documents, requests and time, by what earlier runs took."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from flows.archive.warc_download import is_address
from flows.ranges.backfilling import Plan
from flows.ranges.windows import loose_files
from flows.settings import Settings
from warehouse.connect import open_live
from warehouse.run_queries import documents_per_second

BYTES_PER_PAGE = 25_000  # of a gzipped WARC file, on average over CC-NEWS
REQUEST_S = 1.0  # a page takes so long where no host asks for pauses
PAGES_PER_S = 20.0  # before this machine has shown what it can do


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one window would take: documents, requests and wall seconds."""

    window: str
    state: str
    documents: int
    requests: int
    seconds: float


def estimate(settings: Settings, plan: Plan) -> list[Estimate]:
    """Return what each window would take, by what earlier runs took."""
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
            documents, requests = _documents(window.place), int(is_address(window.place))
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


def _documents(place: str) -> int:
    path = Path(place)
    if is_address(place):
        return 0  # only fetching it tells
    if path.is_dir():
        return len(loose_files(path))
    is_warc = path.name.endswith((".warc", ".warc.gz"))
    return max(1, path.stat().st_size // BYTES_PER_PAGE) if is_warc else 1
