"""The start of a new interpreter: CPU time of the first `onrecord.extract`, and of an import.

A first round, which is not counted, writes the bytecode of all modules, the compiled word lists
and the unpacked language model. The first extract is to take at most .7 s more than importing
trafilatura; the aims for the ratios leave a tenth of slack over what was measured.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from flows.seeds import seeds_dir
from tests.bench.figures import Figure, Taken
from tests.bench.meter import run_metered
from tests.bench.rounds import Bench, Measure, Prepared

_BARE = "import trafilatura"
_PIPELINE, _LISTS = "import transforms.pipeline", "word lists"
_EXTRACT = "import onrecord; from pathlib import Path; onrecord.extract(Path({path!r}).read_text())"
_ARTICLES = seeds_dir() / "articles"
_PROGRAMS = {
    _BARE: _BARE,
    "first text": _EXTRACT.format(path=str(_ARTICLES / "16-harbour-master-interview.txt")),
    "first page": _EXTRACT.format(path=str(_ARTICLES / "03-ferry-strike.html")),
    _PIPELINE: _PIPELINE,
    _LISTS: "from flows.seeds import load_lexicon; load_lexicon()",
}


def measure(_: Bench) -> Measure:
    """Return the measure."""
    figures = [
        Figure(name=name, ours=Taken(name, "s"), yardstick=Taken(_BARE, "s"),
               against="trafilatura", unit="s", aim=aim)
        for name, aim in (("first text", 2.2), ("first page", 3.1))
    ]  # fmt: skip
    figures += [
        Figure(name="pipeline import", ours=Taken(_PIPELINE, "s"), yardstick=Taken(_BARE, "s"),
               against="trafilatura", unit="s", aim=0.5, aim_of="ours"),
        Figure(name=_LISTS, ours=Taken(_LISTS, "s"), yardstick=Taken(_BARE, "s"),
               against="trafilatura", unit="s", is_detail=True),
    ]  # fmt: skip
    return Measure(name="start", figures=tuple(figures), prepare=_prepared)


@contextmanager
def _prepared() -> Iterator[Prepared]:
    for program in _PROGRAMS.values():
        _run(program)
    yield {name: partial(_run, program) for name, program in _PROGRAMS.items()}


def _run(program: str) -> dict[str, float]:
    return {"s": run_metered([sys.executable, "-c", program]).cpu_s}
