"""The whole `extract` of a page, compared with two other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, Taken
from tests.bench.meter import ROOT, run_metered
from tests.bench.page_set import write_pages
from tests.bench.rounds import Bench, Measure, Prepared
from tests.bench.yardsticks.environments import python_of

_AIMS = {"newspaper4k": 0.33, "news-please": 0.18}
_PROGRAM = str(ROOT / "tests" / "bench" / "programs" / "extract_pages.py")


def measure(bench: Bench) -> Measure:
    """Return the measure."""
    figures = tuple(
        Figure(
            name=f"extract / {name}",
            ours=Taken("onrecord", "ms"),
            yardstick=Taken(name, "ms"),
            against=name,
            unit="ms",
            aim=aim,
            setting=bench.pages.setting,
        )
        for name, aim in _AIMS.items()
    )
    return Measure(name="extract", figures=figures, prepare=partial(_prepared, bench), most_rounds=3)  # fmt: skip


@contextmanager
def _prepared(bench: Bench) -> Iterator[Prepared]:
    pages = write_pages(bench.folder / "extract.jsonl", bench.pages)
    yield {name: partial(_run, name, pages) for name in ("onrecord", *_AIMS)}
    pages.unlink()


def _run(name: str, pages: Path) -> dict[str, float]:
    python = sys.executable if name == "onrecord" else str(python_of(name))
    used: dict[str, float] = json.loads(run_metered([python, _PROGRAM, name, str(pages)]).output)
    return used
