"""Measures all figures in one run and prints them as a table in Markdown.

    python -m tests.bench [--only NAME ...] [--rounds 5] [--articles 100000] [--save]

In each round, our side and its yardstick take turns. The table shows medians of our quantity and
of the yardstick's, and the median and the range of the ratios of all rounds. Where an aim is for our
own quantity, its best round is shown; if a user waits for it, it is in wall seconds, though ratios
are of CPU seconds. The result is also written as JSON, with every sample. `--save` keeps it as the result of this release.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows import __version__
from tests.bench.compare import LATEST, RESULTS
from tests.bench.figures import row_of, value_of
from tests.bench.measures import (
    extracting,
    growth,
    loading,
    polling,
    reprocessing,
    starting,
    transforms,
)
from tests.bench.page_set import read_pages
from tests.bench.rounds import Bench, Measure, Outcome, run_rounds
from tests.bench.tables import figure_table, growth_table

_MEASURES = (
    loading.measure,
    extracting.measure,
    transforms.measure,
    starting.measure,
    reprocessing.measure,
    polling.measure,
    growth.measure,
)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(
            pages=read_pages(options.pages),
            articles=options.articles,
            loaded_pages=options.loaded,
            cores=len(os.sched_getaffinity(0)),
            folder=Path(name),
            warehouses=options.data or Path(name) / "warehouses",
            is_compact=options.compact,
        )
        measures = {one.name: one for one in (make(bench) for make in _MEASURES)}
        if unknown := set(options.only) - measures.keys():
            sys.exit(f"got {', '.join(sorted(unknown))}, expected some of {', '.join(measures)}")
        result = _facts(bench)
        outcomes = {
            name: run_rounds(one, options.rounds)
            for name, one in measures.items()
            if name in options.only or not options.only
        }
    result |= {
        "load_average_after": os.getloadavg(),
        "figures": [row for name, one in outcomes.items() for row in _rows(measures[name], one)],
        "samples": {name: one.samples for name, one in outcomes.items()},
    }
    _write(options.output, result)
    if options.save:
        _write(RESULTS / f"{__version__}.json", result)
    _show(result, outcomes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure speed, as ratios.")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="only these measures")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; long measures have fewer")
    parser.add_argument("--articles", type=int, default=100_000, help="in the largest warehouse")
    parser.add_argument("--loaded", type=int, default=2000, help="pages that `load` loads")
    parser.add_argument("--pages", type=Path, help="pages as JSON Lines; default the samples")
    parser.add_argument("--data", type=Path, help="keep the warehouses in this folder for later")
    parser.add_argument("--compact", action="store_true", help="measure compacted warehouses")
    parser.add_argument("--output", type=Path, default=LATEST, help="where to write the result")
    parser.add_argument("--save", action="store_true", help="keep the result of this release")
    return parser.parse_args()


def _facts(bench: Bench) -> dict[str, Any]:
    """Return what was measured, with what and on which machine."""
    pages = bench.pages.pages
    return {
        "version": __version__,
        "commit": _git("rev-parse", "HEAD"),
        "has_changes": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("trafilatura", "duckdb")},
        "cores": bench.cores,
        "load_average": os.getloadavg(),
        "pages": bench.pages.setting,
        "kb_per_page": round(sum(len(page.html) for page in pages) / len(pages) / 1000, 1),
        "articles": bench.articles,
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _rows(measure: Measure, outcome: Outcome) -> list[dict[str, Any]]:
    figures = list(measure.figures)
    if measure.name == "warehouse":
        figures += growth.details(measure, outcome.samples)
    return [row_of(one, value_of(one, outcome.samples, outcome.errors)) for one in figures]


def _write(path: Path, result: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


def _show(result: dict[str, Any], outcomes: dict[str, Outcome]) -> None:
    packages = ", ".join(f"{name} {found}" for name, found in result["packages"].items())
    print(
        f"onrecord {result['version']} ({result['commit'][:8]}), Python {result['python']}, {packages}"
    )
    print(f"{result['cores']} cores, load {result['load_average'][0]:.1f} to"
          f" {result['load_average_after'][0]:.1f}; {result['pages']}\n")  # fmt: skip
    rows = result["figures"]
    print(figure_table([row for row in rows if not row["is_detail"]]))
    if more := [row for row in rows if row["is_detail"]]:
        print("\n" + figure_table(more))
    if "warehouse" in outcomes and outcomes["warehouse"].samples:
        head, *lines = growth.growth(outcomes["warehouse"].samples)
        print("\n" + growth_table(head, lines))


if __name__ == "__main__":
    main()
