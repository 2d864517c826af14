"""Run for long in one process, and check that memory, files and time stay as they were.

Run it with `make soak`. A publisher on loopback has 40 feeds; at each tick every feed has ten new
articles, and the job behind `onrecord ingest` runs. After each tick the resident memory, the open
files and the child processes of this process are measured. The exit code is 1 if memory, files,
processes or the CPU time of a thousand articles grow by more than the limits below.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import read_settings
from tests.helpers.news_server import NewsServer, serving
from tests.helpers.process_use import cpu_seconds, descendants, open_files, resident_bytes

FEEDS, NEW = 40, 10  # feeds, and new articles of each feed at a tick
TICKS = 50
FIRST = 5  # ticks after which memory, files and processes should stay as they are
MEMORY, TIME = 1.1, 1.1  # how much they may grow


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What was measured after a tick.

    Attributes:
        articles: Articles stored so far.
        polls: Polls so far.
        memory_mb: Resident memory of the process in megabytes.
        files: Its open files.
        processes: Its child processes.
        cpu_s: CPU seconds of this tick, with those of its workers.
    """

    articles: int
    polls: int
    memory_mb: float
    files: int
    processes: int
    cpu_s: float


def grow(news: NewsServer, tick: int, new_each: int) -> None:
    """Give each feed new articles; it lists those of the last two ticks."""
    for feed, paths in news.lists.items():
        number = feed.partition("-")[2].removesuffix(".xml")
        new = [f"/{number}/article-{tick * new_each + at}" for at in range(new_each)]
        for path in new:
            news.pages[path] = news.article(path)
        for path in paths[:-new_each]:
            del news.pages[path]
        news.lists[feed] = [*paths[-new_each:], *new]
    news.refresh()


def sampled(articles: int, polls: int, cpu_s: float) -> Sample:
    """Return what this process uses now."""
    gc.collect()
    return Sample(
        articles=articles,
        polls=polls,
        memory_mb=resident_bytes() / 1e6,
        files=open_files(),
        processes=len(list(descendants())),
        cpu_s=cpu_s,
    )


def soak(
    data: Path, ticks: int, *, feeds: int = FEEDS, new_each: int = NEW, workers: int | None = None
) -> list[Sample]:
    """Run the ticks, print a line for each fifth one, and return the samples."""
    samples, articles, polls = [], 0, 0
    with serving(feeds=feeds, articles=0) as news:
        (data / "feeds.opml").write_bytes(news.opml())
        settings = read_settings(
            data=data,
            host_delay=0.0,
            allow_hosts=news.host,
            prefect="never",
            revisit="off",
            workers=workers,
        )
        for tick in range(ticks):
            grow(news, tick, new_each)
            started = cpu_seconds()
            report = ingest_feeds(settings, IngestRequest(is_forced=True))
            articles += report.count.appended
            polls += report.polls.polled if report.polls else 0
            samples.append(sampled(articles, polls, cpu_seconds() - started))
            if tick % FIRST == FIRST - 1:
                print_sample(samples[-1])
    return samples


def print_sample(sample: Sample) -> None:
    """Print a line of the table."""
    print(
        f"{sample.articles:>8,} articles {sample.polls:>6,} polls {sample.memory_mb:>6.0f} MB "
        f"{sample.files:>4} files {sample.processes:>3} processes {sample.cpu_s:>6.1f} s",
        flush=True,
    )


def growth_of(samples: Sequence[Sample]) -> list[str]:
    """Return what grew: memory, open files or processes."""
    first, last = samples[FIRST - 1], samples[-1]
    found = []
    if last.memory_mb > MEMORY * first.memory_mb:
        found.append(f"memory grew from {first.memory_mb:.0f} to {last.memory_mb:.0f} MB")
    if last.files > first.files:
        found.append(f"open files grew from {first.files} to {last.files}")
    if last.processes > first.processes:
        found.append(f"processes grew from {first.processes} to {last.processes}")
    return found


def slowdown_of(samples: Sequence[Sample]) -> float:
    """Return how many times the CPU time of the first ticks the last ticks take."""
    quarter = max(len(samples) // 4, 1)
    early, late = (
        statistics.median(one.cpu_s for one in part)
        for part in (samples[FIRST : FIRST + quarter], samples[-quarter:])
    )
    return late / early


def main() -> int:
    """Run the ticks, print what was measured and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--ticks", type=int, default=TICKS, help="400 articles each; default 50")
    asked = parser.parse_args()
    if asked.ticks < 2 * FIRST:
        parser.error(f"--ticks: got {asked.ticks}, expected at least {2 * FIRST}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="onrecord-soak-") as folder:
        samples = soak(Path(folder), asked.ticks)
    problems, slowdown = growth_of(samples), slowdown_of(samples)
    if samples[-1].articles != asked.ticks * FEEDS * NEW:
        problems.append(f"{samples[-1].articles:,} articles, not {asked.ticks * FEEDS * NEW:,}")
    if slowdown > TIME:
        problems.append("time grew")
    print(f"the last articles take {slowdown:.2f} times the CPU time of the first")
    print(f"{time.monotonic() - started:,.0f} s in all")
    print("\n".join(problems) or "nothing grew")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
