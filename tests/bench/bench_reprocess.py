"""Time of recomputing quotations, compared with the bare transform on all cores.

`python -m tests.bench.bench_reprocess [--articles 20000] [--loaded DIR]`: makes articles
from the paragraphs of the samples in `seeds/articles`, loads them, and recomputes their
quotations twice: once with a bare pool of processes, and once with `reprocess`, which reads
from and appends to the warehouse. The aim is a ratio of at most 1.2, without publishing.
With `--loaded` the loaded warehouse is kept in DIR and reused; the measured work uses a copy.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import orjson

from flows.jobs import reprocess as job
from flows.jobs.reprocess import (
    ReprocessRequest,
    reprocess_articles,
    stale_articles,
)
from flows.seeds import load_lexicon, seeds_dir
from flows.settings import Settings
from tests.helpers.builders import with_steps
from transforms.lexicon import Lexicon
from transforms.pipeline import VERSIONS, annotate_with
from transforms.records import Article, Mention
from warehouse.connect import open_live
from warehouse.stale import in_parts, read_stored

PARAGRAPHS = 14
REQUEST = ReprocessRequest(transforms=("quotations",))
T = TypeVar("T")


def write_articles(path: Path, count: int) -> None:
    """Write articles as JSON Lines, each with different paragraphs and order."""
    folder = seeds_dir() / "articles"
    texts = [file.read_text("utf-8") for file in sorted(folder.glob("*.txt"))]
    paragraphs = [line for text in texts for line in text.splitlines() if len(line) > 80]
    chance = random.Random(20)
    with path.open("wb") as lines:
        for number in range(count):
            text = "\n".join([f"Report {number}.", *chance.choices(paragraphs, k=PARAGRAPHS)])
            row = {"id": number, "text": text, "published": "2024-06-03"}
            lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


_tasks: list[tuple[Article, tuple[Mention, ...]]] = []
_lexicon: list[Lexicon] = []


def quote(numbers: range) -> int:
    found = 0
    for number in numbers:
        article, names = _tasks[number]
        analysis = annotate_with(article, _lexicon[0], {"quotations"}, names=names)
        found += len(analysis.quotations)
    return found


def transform_alone(data: Path) -> tuple[float, int, int]:
    """Return the seconds of the bare transform and the articles and quotations seen.

    The processes get all input at the start and return only numbers.
    """
    settings = Settings(data=data)
    _lexicon.append(load_lexicon())
    stale = stale_articles(settings, REQUEST, datetime.now(UTC))
    for part in in_parts(stale, 1000):
        with open_live(settings.folder) as con:
            stored = read_stored(con, part, has_places=False)
        _tasks.extend((one.article, one.names) for one in stored)
    gc.freeze()
    chunks = [range(start, min(start + 50, len(_tasks))) for start in range(0, len(_tasks), 50)]
    with multiprocessing.get_context("fork").Pool() as pool:
        pool.map(quote, chunks[:4])
        started = time.perf_counter()
        found = sum(pool.imap_unordered(quote, chunks))
        return time.perf_counter() - started, len(_tasks), found


def reprocess(data: Path) -> tuple[float, int, int]:
    """Return the seconds of a reprocess run, its rows and its peak memory in MB."""
    context = with_steps(publish=lambda _: None)
    started = time.perf_counter()
    report = reprocess_articles(Settings(data=data), REQUEST, context)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return seconds, report.rows.quotations if report else 0, peak


def in_process(function: Callable[[Path], T], data: Path) -> T:
    """Run the function in its own process, where the transforms are newer."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_raise) as pool:
        return pool.submit(function, data).result()


def _raise() -> None:
    newer = VERSIONS | {"quotations": VERSIONS["quotations"] + 1}
    vars(job)["VERSIONS"] = newer


def load(folder: Path, count: int) -> None:
    """Load `count` articles into a new data folder."""
    # Workers import this module too; an import at the top would load Prefect in each of them.
    from flows.jobs.load import load_files

    with tempfile.TemporaryDirectory() as name:
        lines = Path(name) / "articles.jsonl"
        write_articles(lines, count)
        started = time.perf_counter()
        load_files([lines], Settings(data=folder, batch_documents=2000))
    print(f"load                {time.perf_counter() - started:8.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--loaded", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        loaded = asked.loaded or Path(name) / "loaded"
        if not loaded.exists():
            load(loaded, asked.articles)
        shutil.copytree(loaded, Path(name) / "data", ignore=shutil.ignore_patterns("archive"))
        data = Path(name) / "data"
        alone, articles, found = in_process(transform_alone, data)
        again, rows, peak = in_process(reprocess, data)
    print(f"{articles:,} articles, {found:,} quotations, {rows:,} rows")
    print(f"transform alone     {alone:8.1f} s on {len(os.sched_getaffinity(0))} cores")
    print(f"reprocess           {again:8.1f} s, ratio {again / alone:.2f}")
    print(f"peak of its process {peak:8,} MB")


if __name__ == "__main__":
    main()
