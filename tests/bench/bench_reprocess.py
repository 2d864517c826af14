"""What computing quotations again costs, beside the transform alone on all cores.

`python -m tests.bench.bench_reprocess [--articles 20000] [--loaded DIR]`: makes articles
out of the paragraphs of the samples in `seeds/articles`, loads them, and computes their
quotations again twice: with a pool of processes and nothing else, and as `reprocess` does
it, which reads from and appends to the warehouse. The aim is a ratio of at most 1.2,
publishing left out. With `--loaded` the loaded warehouse is kept there and taken from
there, and what is measured is done with a copy.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import orjson

from flows import reprocessing
from flows.batches import append_analysed
from flows.load import load_files
from flows.reprocessing import ReprocessSteps, ReprocessWish, reprocess_articles, stale_articles
from flows.seeds import load_lexicon, seeds_dir
from flows.settings import Settings
from transforms.lexicon import Lexicon
from transforms.pipeline import VERSIONS, annotate_with
from transforms.records import Article, Mention
from warehouse.connect import open_live
from warehouse.stored_revisions import read_stored

PARAGRAPHS = 14
_lexicon: Lexicon | None = None


def write_articles(path: Path, count: int) -> None:
    """Write JSON Lines of articles, each of other paragraphs in another order."""
    folder = seeds_dir() / "articles"
    texts = [file.read_text("utf-8") for file in sorted(folder.glob("*.txt"))]
    paragraphs = [line for text in texts for line in text.splitlines() if len(line) > 80]
    chance = random.Random(20)
    with path.open("wb") as lines:
        for number in range(count):
            text = "\n".join([f"Report {number}.", *chance.choices(paragraphs, k=PARAGRAPHS)])
            row = {"id": number, "text": text, "published": "2024-06-03"}
            lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def begin() -> None:
    global _lexicon  # noqa: PLW0603  # one a process
    _lexicon = load_lexicon()


def quote(task: tuple[Article, tuple[Mention, ...]]) -> int:
    article, names = task
    if _lexicon is None:
        raise AssertionError("unreachable")
    return len(annotate_with(article, _lexicon, {"quotations"}, names=names).quotations)


def transform_alone(settings: Settings) -> float:
    """Return the seconds of the transform alone, over articles that are in memory."""
    stale = stale_articles(settings, WISH, datetime.now(UTC))
    with open_live(settings.folder) as con:
        tasks = [(one.article, one.names) for one in read_stored(con, stale, has_places=False)]
    with multiprocessing.get_context("forkserver").Pool(initializer=begin) as pool:
        pool.map(quote, tasks[:50])
        started = time.perf_counter()
        found = sum(pool.imap_unordered(quote, tasks, chunksize=50))
        seconds = time.perf_counter() - started
    print(f"{len(tasks):,} articles, {found:,} quotations")
    return seconds


def load(folder: Path, count: int) -> None:
    """Load so many articles into a new data folder."""
    with tempfile.TemporaryDirectory() as name:
        lines = Path(name) / "articles.jsonl"
        write_articles(lines, count)
        started = time.perf_counter()
        load_files([lines], Settings(data=folder, batch_documents=2000))
    print(f"load                {time.perf_counter() - started:8.1f} s")


WISH = ReprocessWish(transforms=("quotations",))


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
        settings = Settings(data=Path(name) / "data")
        vars(reprocessing)["VERSIONS"] = VERSIONS | {
            "quotations": VERSIONS["quotations"] + 1
        }  # as if it were newer
        alone = transform_alone(settings)
        steps = ReprocessSteps(append=append_analysed, publish=lambda _: None)
        started = time.perf_counter()
        report = reprocess_articles(settings, WISH, steps)
        again = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"transform alone     {alone:8.1f} s on {len(os.sched_getaffinity(0))} cores")
    print(
        f"reprocess           {again:8.1f} s, ratio {again / alone:.2f}, {report.rows.quotations if report else 0:,} rows"
    )
    print(f"peak of this process {peak:7.0f} MB")


if __name__ == "__main__":
    main()
