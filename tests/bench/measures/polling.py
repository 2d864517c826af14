"""A poll of 1,000 feeds, compared with the bare libraries: CPU of whole processes.

A publisher on loopback, in its own process, serves the feeds. Where nothing is new, all entries
are known: the server says so (304), or it sends a changed feed with the same entries.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure, Taken
from tests.bench.meter import ROOT, run_metered
from tests.bench.rounds import Bench, Measure, Prepared, Side

_FEEDS, _ENTRIES = 1000, 20
_PROGRAM = [sys.executable, "-m", "tests.bench.programs.polling"]
# For each kind of feed: the bare libraries, what the row is called, and its aim.
_KINDS = {
    "304": ("httpx", "poll, nothing new", 1.3),
    "plain": ("httpx-feedparser", "poll, known entries", 1.5),
}


def measure(_: Bench) -> Measure:
    """Return the measure."""
    figures = []
    for kind, (library, name, aim) in _KINDS.items():
        for side, title, wanted in ((f"{kind}: known", name, aim), (f"{kind}: new", f"poll, all new ({kind})", None)):  # fmt: skip
            figures.append(
                Figure(name=title, ours=Taken(side, "ms"), yardstick=Taken(f"{kind}: bare", "ms"),
                       against=library.rpartition("-")[2], unit="ms", aim=wanted, is_detail=wanted is None,
                       setting=f"{_FEEDS} feeds")
            )  # fmt: skip
    return Measure(name="poll", figures=tuple(figures), prepare=_prepared)


@contextmanager
def _prepared() -> Iterator[Prepared]:
    with _server() as port, tempfile.TemporaryDirectory() as name:
        sides: dict[str, Side] = {}
        for kind, (library, *_) in _KINDS.items():
            urls = [f"http://127.0.0.1:{port}/{kind}/{number}" for number in range(_FEEDS)]
            known = Path(name) / kind
            _poll("ours", urls, known)
            sides |= {
                f"{kind}: bare": partial(_poll, library, urls, known),
                f"{kind}: known": partial(_poll, "ours", urls, known),
                f"{kind}: new": partial(_poll_new, urls, Path(name)),
            }
        yield sides


@contextmanager
def _server() -> Iterator[int]:
    command = [*_PROGRAM, "serve", str(_ENTRIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as server:
        try:
            yield int(server.stdout.readline() if server.stdout else "")
        finally:
            server.terminate()


def _poll_new(urls: list[str], folder: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=folder) as data:
        return _poll("ours", urls, Path(data))


def _poll(name: str, urls: list[str], data: Path) -> dict[str, float]:
    use = run_metered([*_PROGRAM, name, str(data)], given=json.dumps(urls))
    return {"ms": 1000 * use.cpu_s / len(urls)}
