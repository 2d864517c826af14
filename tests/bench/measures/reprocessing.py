"""`reprocess` of quotations, compared with the same transform on the same articles in a pool.

The articles are made of paragraphs of the samples in `seeds/articles`. Both sides are whole
commands: they start, read the word lists, and use as many processes.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import orjson

from flows.seeds import seeds_dir
from tests.bench.figures import Figure, Taken
from tests.bench.meter import run_metered
from tests.bench.rounds import Bench, Measure, Prepared

_PARAGRAPHS = 14
_SHARE = 20  # articles are a twentieth of those in the large warehouse
_PROGRAM = [sys.executable, "-m", "tests.bench.programs.reprocessing"]


def measure(bench: Bench) -> Measure:
    """Return the measure."""
    articles = max(bench.articles // _SHARE, 100)
    setting = f"{articles:,} articles"
    figures = (
        Figure(name="reprocess", ours=Taken("warehouse", "s CPU"),
               yardstick=Taken("alone", "s CPU"), against="pool", unit="s", aim=1.15,
               setting=setting),
        Figure(name="reprocess, memory", ours=Taken("warehouse", "MB"), unit="MB",
               yardstick=Taken("alone", "MB"), against="pool", setting=setting, is_detail=True),
    )  # fmt: skip
    prepare = partial(_prepared, bench, articles)
    return Measure(name="reprocess", figures=figures, prepare=prepare, most_rounds=3)


@contextmanager
def _prepared(bench: Bench, articles: int) -> Iterator[Prepared]:
    lines, tasks, loaded = (bench.folder / name for name in ("texts.jsonl", "tasks", "loaded"))
    _write_articles(lines, articles)
    load = ["load", str(lines), "--data", str(loaded)]
    run_metered([sys.executable, "-m", "flows", *load])
    kept = int(run_metered([*_PROGRAM, "keep", str(loaded), str(tasks)]).output)
    if kept != articles:
        raise AssertionError(f"{kept} of {articles} articles are in the warehouse")
    found: set[str] = set()
    alone = [*_PROGRAM, "alone", str(tasks), str(bench.cores)]
    yield {
        "alone": lambda: _use(alone, found),
        "warehouse": lambda: _in_copy(loaded, bench.cores, found),
    }
    shutil.rmtree(loaded)


def _write_articles(path: Path, count: int) -> None:
    """Write articles as JSON Lines, each with different paragraphs and order."""
    texts = [file.read_text("utf-8") for file in sorted((seeds_dir() / "articles").glob("*.txt"))]
    paragraphs = [line for text in texts for line in text.splitlines() if len(line) > 80]
    chance = random.Random(20)
    with path.open("wb") as lines:
        for number in range(count):
            text = "\n".join([f"Report {number}.", *chance.choices(paragraphs, k=_PARAGRAPHS)])
            row = {"id": number, "text": text, "published": "2024-06-03"}
            lines.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))


def _in_copy(loaded: Path, cores: int, found: set[str]) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=loaded.parent) as name:
        data = Path(name) / "data"
        shutil.copytree(loaded, data, ignore=shutil.ignore_patterns("archive", "published"))
        return _use([*_PROGRAM, "warehouse", str(data), str(cores)], found)


def _use(command: list[str], found: set[str]) -> dict[str, float]:
    use = run_metered(command)
    found.add(use.output.split()[-1])
    if len(found) > 1:
        raise AssertionError(f"the sides found different quotations: {sorted(found)}")
    return {"s CPU": use.cpu_s, "MB": use.peak_mb}
