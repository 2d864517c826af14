"""The figures that runs write at their end, from which every scrape is answered.

A scrape opens no database: it reads one small file. Nothing here imports DuckDB, because
`serve` would keep it in memory for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from flows.metrics.families import Samples
from warehouse.folder import DataFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFigures:
    """What the metrics need to know of a feed; instants in seconds since 1970, or None."""

    feed_id: str
    url: str
    state: str
    is_failing: bool
    is_stopped: bool
    next_poll_at: float | None
    succeeded_at: float | None
    new_at: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The content of the file.

    Attributes:
        written_at: Seconds since 1970.
        samples: Labels and value of each sample, by metric.
        rows: For counters, what the warehouse itself has counted.
        feeds: The feeds of the feed list.
    """

    written_at: float
    samples: dict[str, Samples]
    rows: dict[str, Samples] = field(default_factory=dict)
    feeds: list[FeedFigures] = field(default_factory=list)


def figures_file(folder: DataFolder) -> Path:
    """Return the path of the file; its folder exists if anyone wants metrics."""
    return folder.metrics / "figures.json"


def read_figures(folder: DataFolder) -> Figures | None:
    """Return the figures of the last run; None before the first, and if a power cut damaged them."""
    try:
        return _parse(orjson.loads(figures_file(folder).read_bytes()))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _parse(known: Mapping[str, Any]) -> Figures:
    return Figures(
        written_at=known["written_at"],
        samples=_as_samples(known["samples"]),
        rows=_as_samples(known["rows"]),
        feeds=[FeedFigures(**feed) for feed in known["feeds"]],
    )


def _as_samples(stored: Mapping[str, Any]) -> dict[str, Samples]:
    return {
        name: [(tuple(labels), value) for labels, value in samples]
        for name, samples in stored.items()
    }
