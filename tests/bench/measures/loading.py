"""`load` of many pages: CPU and wall time, memory, and what a second worker brings."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, Taken
from tests.bench.meter import Use, run_metered
from tests.bench.page_set import write_pages
from tests.bench.rounds import Bench, Measure, Prepared

_LOADED, _BARE, _ONE, _TWO = "load", "trafilatura", "one worker", "two workers"


def measure(bench: Bench) -> Measure:
    """Return the measure; two workers are the sides that use all cores if there are two."""
    two = _LOADED if bench.cores == 2 else _TWO
    setting = f"{bench.loaded_pages:,} from {bench.pages.setting}"
    given: dict[str, Any] = {"against": "trafilatura", "setting": setting}
    figures = (
        Figure(name="load, CPU per page", ours=Taken(_LOADED, "ms CPU"), unit="ms", aim=1.0,
               yardstick=Taken(_BARE, "ms CPU"), **given),
        Figure(name="load, wall per page", ours=Taken(_LOADED, "ms"), unit="ms", aim=1.0,
               yardstick=Taken(_BARE, "ms"), **given),
        Figure(name="load, two workers", ours=Taken(two, "pages/s"), unit="pages/s", aim=1.85,
               yardstick=Taken(_ONE, "pages/s"), is_least=True, **given | {"against": "one"}),
        Figure(name="load, memory", ours=Taken(_LOADED, "MB"), unit="MB", aim=700, aim_of="ours",
               yardstick=Taken(_BARE, "MB"), **given),
    )  # fmt: skip
    return Measure(name="load", figures=figures, prepare=partial(_prepared, bench), most_rounds=3)


@contextmanager
def _prepared(bench: Bench) -> Iterator[Prepared]:
    pages = write_pages(bench.folder / "load.jsonl", bench.pages, bench.loaded_pages)
    bare = [sys.executable, "-m", "tests.bench.programs.trafilatura_pool", str(pages)]
    sides = {
        _LOADED: lambda: _load(pages, bench.loaded_pages, bench.cores),
        _BARE: lambda: _quantities(run_metered([*bare, str(bench.cores)]), bench.loaded_pages),
        _ONE: lambda: _load(pages, bench.loaded_pages, 1),
    }
    if bench.cores > 2:
        sides[_TWO] = lambda: _load(pages, bench.loaded_pages, 2)
    yield sides
    pages.unlink()


def _load(pages: Path, count: int, workers: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "flows", "load", str(pages), "--data", data, "--json"]
        use = run_metered([*command, "--workers", str(workers)])
    counted = json.loads(use.output)
    if counted["seen"] != count or counted["known"]:
        told = {name: counted[name] for name in ("seen", "appended", "known", "rejected")}
        raise AssertionError(f"{told} of {count} different pages")
    return _quantities(use, count)


def _quantities(use: Use, count: int) -> dict[str, float]:
    return {
        "ms CPU": 1000 * use.cpu_s / count,
        "ms": 1000 * use.wall_s / count,
        "pages/s": count / use.wall_s,
        "MB": use.peak_mb,
    }
