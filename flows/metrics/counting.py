"""Counts the figures at the end of a run.

Counters never fall, although `compact` may drop old polls and `restore` may go back to a
snapshot: the file keeps both the value of a counter and the number of rows that it was last
made from, and only more rows raise it. Runs count one after the other, so no older figure
replaces a newer one.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import orjson

from flows.metrics.families import COUNTERS, Samples
from flows.metrics.figures import FeedFigures, Figures, figures_file, read_figures
from warehouse.connect import open_live, open_snapshot
from warehouse.errors import WarehouseMissingError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock
from warehouse.metric_queries import FeedAge, count_rows, count_runs, count_wanted, feed_ages

STATES = ("completed", "failed", "interrupted", "skipped")
OUTCOMES = ("new", "unchanged", "failed", "excused", "gone")


def write_figures(folder: DataFolder, *, wait_s: float) -> Figures:
    """Count what the warehouse and the data folder have, write the file and return it.

    Raises:
        WarehouseError: The warehouse cannot be read now.
        OSError: The file cannot be written.
    """
    folder.metrics.mkdir(parents=True, exist_ok=True)
    with writer_lock(folder.metrics / "figures.lock", wait_s=wait_s):
        with open_live(folder, wait_s=wait_s) as con:
            counted = count_runs(con)
        feeds: list[FeedAge] = []
        with contextlib.suppress(WarehouseMissingError), open_snapshot(folder) as con:
            counted |= count_rows(con)
            counted["onrecord_pages_waiting"] = [((), float(count_wanted(con)))]
            feeds = feed_ages(con)
        counted |= _with_zeros(counted)
        rows = {name: samples for name, samples in counted.items() if name in COUNTERS}
        figures = Figures(
            written_at=time.time(),
            samples=counted | _sizes(folder) | _risen(read_figures(folder), rows),
            rows=rows,
            feeds=list(map(_feed_figures, feeds)),
        )
        with replace_file(figures_file(folder), is_synced=False) as partial:
            partial.write_bytes(orjson.dumps(asdict(figures)))
    return figures


def _with_zeros(counted: Mapping[str, Samples]) -> dict[str, Samples]:
    """Return the counts of runs and polls, also of states and outcomes that never occurred.

    Prometheus takes no notice of the first failure if there was no zero before it.
    """
    runs = counted["onrecord_runs_total"]
    flows = {"ingest", *(labels[0] for labels, _ in runs)}
    ended: dict[tuple[str, ...], float]
    ended = {(flow, state): 0.0 for flow in flows for state in STATES} | dict(runs)
    polls: dict[tuple[str, ...], float] = {(outcome,): 0.0 for outcome in OUTCOMES}
    polls |= dict(counted.get("onrecord_polls_total", ()))
    return {
        "onrecord_runs_total": sorted(ended.items()),
        "onrecord_polls_total": sorted(polls.items()),
    }


def _risen(before: Figures | None, rows: Mapping[str, Samples]) -> dict[str, Samples]:
    """Return the counters: their last value, and what was counted since."""
    if before is None:
        return dict(rows)
    risen: dict[str, Samples] = {}
    for name in {*rows, *before.rows}:
        now, last = dict(rows.get(name, ())), dict(before.rows.get(name, ()))
        values = dict(before.samples.get(name, ()))
        for labels, count in now.items():
            values[labels] = values.get(labels, 0.0) + max(0.0, count - last.get(labels, 0.0))
        risen[name] = sorted(values.items())
    return risen


def _sizes(folder: DataFolder) -> dict[str, Samples]:
    snapshots = [path for path in folder.published.glob("*.duckdb") if not path.is_symlink()]
    sizes: dict[str, Samples] = {
        "onrecord_archive_bytes": [((), _bytes_below(folder.archive))],
        "onrecord_warehouse_bytes": [
            (("live",), _bytes_of([folder.live])),
            (("snapshots",), _bytes_of(snapshots)),
        ],
        "onrecord_disk_free_bytes": [((), float(shutil.disk_usage(folder.root).free))],
    }
    with contextlib.suppress(FileNotFoundError):  # nothing was published yet
        published_at = folder.newest.stat().st_mtime
        sizes["onrecord_snapshot_published_timestamp_seconds"] = [((), published_at)]
    return sizes


def _bytes_below(folder: Path) -> float:
    return sum(
        _bytes_of([Path(at) / name for name in names]) for at, _, names in os.walk(folder)
    )  # fmt: skip


def _bytes_of(paths: list[Path]) -> float:
    total = 0.0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # removed meanwhile
            total += path.stat().st_size
    return total


def _feed_figures(feed: FeedAge) -> FeedFigures:
    return FeedFigures(
        feed_id=feed.feed_id,
        url=feed.url,
        state=feed.state,
        is_failing=feed.is_failing,
        is_stopped=feed.is_stopped,
        next_poll_at=_seconds(feed.next_poll_at),
        succeeded_at=_seconds(feed.succeeded_at),
        new_at=_seconds(feed.new_at),
    )


def _seconds(instant: datetime | None) -> float | None:
    return instant.timestamp() if instant else None
