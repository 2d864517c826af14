"""A growing warehouse: what it costs to append, ask, search, publish and store.

The warehouses are invented (see `warehouse_data` and `linked_data`), as appended by a year of
batches: 5 statements, 20 names and 3 dates per article, copies, stories, keyphrases and topics.
All are measured in turn. Times are CPU seconds, those of questions the best of three (of fewer if
one takes long), compared with a count of all mentions in the same warehouse. The aims of questions
are for how long a user waits.
"""

from __future__ import annotations

import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from tests.bench.figures import Figure, Samples, Taken
from tests.bench.linked_data import fill_linked
from tests.bench.new_articles import append_new, watch_new
from tests.bench.rounds import Bench, Measure, Prepared, tell
from tests.bench.tables import amount
from tests.bench.warehouse_data import fill
from tests.bench.warehouse_questions import queries, searches
from warehouse.compact import compact
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import copy_live
from warehouse.search import question_tree, search
from warehouse.search_explore import Shown, explore
from warehouse.search_index import update_index
from warehouse.search_reader import SearchReader

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_SMALL = 10_000
_TRIES, _ENOUGH_S = 3, 1.0
_SCAN = "SELECT count(DISTINCT entity_id) FROM mentions"
_FACETS = "with facets"
_WAITED = ", waited"
_VIEWS_S, _SEARCH_S = 0.3, 0.2
_MAIN_SEARCHES = ("rare and a speaker", "common word", "phrase", _FACETS)
_FEED_TABLES = ("feeds", "polls", "entries", "fetches")
# Bytes of a table: each segment of a block reaches to the next one, or to the end of the block.
_STORED = """
SELECT coalesce(sum(ends - block_offset + 262136 * more), 0)
FROM (
    SELECT
        block_offset,
        len(additional_block_ids) AS more,
        coalesce(lead(block_offset) OVER (PARTITION BY block_id ORDER BY block_offset), 262136) AS ends
    FROM pragma_storage_info('{}')
    WHERE persistent AND block_id >= 0
)
"""


def measure(bench: Bench) -> Measure:
    """Return the measure; each question is a figure of its own in the second table."""
    full = f"{bench.articles:,}"
    given: dict[str, Any] = {"setting": f"{full} articles" + ", compact" * bench.is_compact}
    scan = given | {"yardstick": Taken(full, "scan"), "against": "count", "unit": "s"}
    questions = {"slowest view or query": ("slowest", _VIEWS_S)}
    questions |= {f"search, {name}": (f"search, {name}", _SEARCH_S) for name in _MAIN_SEARCHES}
    figures = [
        Figure(name="append of 500", ours=Taken(full, "append"), unit="s", aim=1.10,
               yardstick=Taken(f"{_SMALL:,}", "append"), against=f"at {_SMALL:,}", **given),
        *(Figure(name=name, ours=Taken(full, key), waited=Taken(full, f"{key}{_WAITED}"), aim=aim,
                 aim_of="ours", **scan) for name, (key, aim) in questions.items()),
        *_sizes(full, given),
        *_watched(full, given),
    ]  # fmt: skip
    return Measure(
        name="warehouse", figures=tuple(figures), prepare=partial(_prepared, bench), most_rounds=3
    )


def _sizes(full: str, given: dict[str, Any]) -> Iterator[Figure]:
    zipped = given | {"yardstick": Taken(full, "gzip"), "against": "gzip", "unit": "bytes"}
    yield Figure(name="bytes per article", ours=Taken(full, "bytes"), aim=1.7, **zipped)
    yield Figure(name="bytes with feed history", ours=Taken(full, "all bytes"), aim=1.9, **zipped)


def _watched(full: str, given: dict[str, Any]) -> Iterator[Figure]:
    """Yield figures without an aim."""
    yield Figure(name="publish without index", ours=Taken(full, "publish"), unit="s",
                 yardstick=Taken(full, "copy"), against="cp", is_detail=True, **given)  # fmt: skip
    for name in ("few match", "all match"):
        yield Figure(name=f"100 watches, {name}", ours=Taken(full, f"watches, {name}"), unit="s",
                     yardstick=Taken(full, "append"), against="append", is_detail=True, **given)  # fmt: skip


def details(measure: Measure, samples: Samples) -> list[Figure]:
    """Return a figure for each question, whose names are known only after it was asked."""
    full = next(figure for figure in measure.figures if figure.name == "slowest view or query")
    asked = samples.get(full.ours.side) or [{}]
    main = {taken.quantity for one in measure.figures for taken in (one.ours, one.yardstick)}
    return [
        Figure(name=name, ours=Taken(full.ours.side, name), yardstick=full.yardstick, unit="s",
               against=full.against, aim=_VIEWS_S, aim_of="ours", setting=full.setting, is_detail=True,
               waited=Taken(full.ours.side, f"{name}{_WAITED}"))
        for name in asked[0] if f"{name}{_WAITED}" in asked[0] and name not in main
    ]  # fmt: skip


def growth(samples: Samples) -> list[tuple[str, ...]]:
    """Return the lines of the table of growth in CPU seconds: a head, and one for each warehouse."""
    lines: list[tuple[str, ...]] = [
        ("articles", "append", "slowest view", "all views", "slowest search", "size")
    ]
    for articles, taken in ((size, taken) for size, taken in samples.items() if taken):
        searched = [
            max(cpu_s for name, cpu_s in _of(one, "search, ").items() if not name.endswith(_WAITED))
            for one in taken
        ]
        times = [median(one[name] for one in taken) for name in ("append", "slowest", "all")]
        shown = [amount(number, "s") for number in (*times, median(searched))]
        size = amount(median(one["size"] for one in taken), "MB")
        lines.append((articles, *shown, size))
    return lines


@contextmanager
def _prepared(bench: Bench) -> Iterator[Prepared]:
    sizes = sorted({*(size for size in _SIZES if size <= bench.articles), _SMALL, bench.articles})
    sides = {}
    for articles in sizes:
        folder = DataFolder(bench.warehouses / f"{articles}{'-compact' * bench.is_compact}")
        made = folder.root / "made.json"
        if not made.exists():
            tell(f"warehouse, {articles:,} articles are made")
            made.write_text(json.dumps(_make(folder, articles, is_compact=bench.is_compact)))
        sides[f"{articles:,}"] = partial(_quantities, folder, json.loads(made.read_text()))
    yield sides


def _make(folder: DataFolder, articles: int, *, is_compact: bool) -> dict[str, float]:
    """Make a warehouse; return what is measured only then: its size, and how long it is published."""
    shutil.rmtree(folder.root, ignore_errors=True)
    with open_live(folder) as con:
        fill(con, articles)
        fill_linked(con)
    if is_compact:
        compact(folder)
    copied = _cpu_s(lambda: _copy(folder.live))
    published = _cpu_s(lambda: copy_live(folder))
    update_index(folder)
    return {"copy": copied, "publish": published, **_bytes(folder)}


def _bytes(folder: DataFolder) -> dict[str, float]:
    """Return the size of the live file and of the texts in it, per article."""
    with open_live(folder) as con:
        texts = con.execute("SELECT text FROM articles USING SAMPLE 2000 ROWS").fetchall()
        (articles,) = con.execute("SELECT count(*) FROM articles").fetchone() or (1,)
        feeds = sum(
            float(row[0])
            for table in _FEED_TABLES
            for row in con.execute(_STORED.format(table)).fetchall()
        )
    size = folder.live.stat().st_size
    return {
        "gzip": sum(len(gzip.compress(text.encode())) for (text,) in texts) / len(texts),
        "bytes": (size - feeds) / articles,
        "all bytes": size / articles,
        "size": size / 1e6,
    }


def _quantities(folder: DataFolder, made: dict[str, float]) -> dict[str, float]:
    times = _asked(folder)
    asked = {name: cpu_s for name, (cpu_s, _) in times.items()}
    waited = {f"{name}{_WAITED}": wall_s for name, (_, wall_s) in times.items()}
    views, waits = _of(asked, "view, "), _of(waited, "view, ")
    return {
        **made,
        **asked,
        **waited,
        "slowest": max(views.values()),
        f"slowest{_WAITED}": max(waits.values()),
        "all": sum(views.values()),
        **watch_new(folder),
        "append": append_new(folder),
    }


def _of(quantities: Mapping[str, float], kind: str) -> dict[str, float]:
    return {name: number for name, number in quantities.items() if name.startswith(kind)}


def _asked(folder: DataFolder) -> dict[str, tuple[float, float]]:
    """Return the CPU and the wall seconds of each question."""
    reader = SearchReader(folder)
    with open_snapshot(folder) as con:
        found = {"scan": _best_s(partial(_rows, con, _SCAN))}
        for name, sql in queries(con).items():
            found[f"view, {name}"] = _best_s(partial(_rows, con, sql))
        asked = searches(con, folder)
    for name, question in asked.items():
        found[f"search, {name}"] = _best_s(partial(search, folder, question))
    with reader.reading() as (con, months):
        tree = question_tree(asked["common word"])
        found[f"search, {_FACETS}"] = _best_s(partial(explore, con, months, tree, Shown()))
    reader.close()
    return found


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def _best_s(work: Callable[[], object]) -> tuple[float, float]:
    """Return the least CPU and wall seconds of some tries."""
    cpu, wall = list[float](), list[float]()
    while len(wall) < _TRIES and sum(wall) < _ENOUGH_S:
        started = time.perf_counter()
        cpu.append(_cpu_s(work))
        wall.append(time.perf_counter() - started)
    return min(cpu), min(wall)


def _cpu_s(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _copy(path: Path) -> None:
    copy = path.with_suffix(".copy")
    shutil.copyfile(path, copy)
    copy.unlink()
