"""The metrics in Prometheus' format: on an address, and as a file for node_exporter."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from flows import __version__
from flows.errors import MetricsError
from flows.metrics.families import (
    AGES,
    FAMILIES,
    FEW_FEEDS,
    NEVER,
    OLDER,
    OVERDUE_S,
    Samples,
)
from flows.metrics.figures import FeedFigures, Figures, figures_file, read_figures
from flows.secrets import mask_url
from warehouse.files import replace_file
from warehouse.folder import DataFolder


class FiguresCollector(Collector):
    """Yields the metrics from the figures of the last run; the file is read when it changed."""

    def __init__(self, folder: DataFolder, *, now: Callable[[], float] = time.time) -> None:
        """Take the data folder, and the clock in seconds since 1970."""
        self._folder, self._now = folder, now
        self._cached: tuple[int, Figures | None] = (0, None)

    def collect(self) -> Iterable[Metric]:
        """Yield every metric that has a value."""
        found = samples_of(self._figures(), self._folder, now=self._now())
        for family in FAMILIES:
            if not (samples := found.get(family.name)):
                continue
            kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            metric = kind(family.name, family.meaning, labels=family.labels)
            for labels, value in samples:
                metric.add_metric(labels, value)
            yield metric

    def _figures(self) -> Figures | None:
        try:
            changed = figures_file(self._folder).stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if changed != self._cached[0]:
            self._cached = (changed, read_figures(self._folder))
        return self._cached[1]


def samples_of(figures: Figures | None, folder: DataFolder, *, now: float) -> dict[str, Samples]:
    """Return the samples of every metric, by its name.

    Args:
        figures: What the last run wrote; None before the first.
        folder: The data folder, whose spool and quarantine are looked at.
        now: Seconds since 1970.
    """
    found: dict[str, Samples] = {"onrecord_info": [((__version__,), 1.0)]}
    found["onrecord_batches_waiting"] = [((), _entries(folder.spool))]
    found["onrecord_quarantined_items"] = [((), _quarantined(folder.quarantine))]
    if figures is None:
        return found
    found["onrecord_metrics_written_timestamp_seconds"] = [((), figures.written_at)]
    return found | figures.samples | _feed_samples(figures.feeds, now)


def _feed_samples(feeds: list[FeedFigures], now: float) -> dict[str, Samples]:
    polled = [f for f in feeds if not f.is_stopped and f.state not in {"gone", "paused"}]
    due = [feed.next_poll_at for feed in polled if feed.next_poll_at is not None]
    found: dict[str, Samples] = {
        "onrecord_feeds": [((s,), n) for s, n in sorted(Counter(f.state for f in feeds).items())],
        "onrecord_feeds_failing": [
            ((), sum(feed.is_failing for feed in feeds if feed.state != "paused"))
        ],
        "onrecord_feeds_stopped": [((), len(feeds) - len(polled))],
        "onrecord_feeds_overdue": [((), sum(now - at > OVERDUE_S for at in due))],
        "onrecord_feeds_by_last_success": _by_age([feed.succeeded_at for feed in feeds], now),
        "onrecord_feeds_by_last_new_entry": _by_age([feed.new_at for feed in feeds], now),
    }
    if due:
        found["onrecord_next_poll_timestamp_seconds"] = [((), min(due))]
    if len(feeds) <= FEW_FEEDS:
        for name, instant in (("success", "succeeded_at"), ("new_entry", "new_at")):
            found[f"onrecord_feed_last_{name}_timestamp_seconds"] = [
                ((feed.feed_id, mask_url(feed.url)), at)
                for feed in feeds
                if (at := getattr(feed, instant)) is not None
            ]
    return found


def _by_age(instants: list[float | None], now: float) -> Samples:
    counts = Counter(_age_label(at, now) for at in instants)
    return [((label,), counts[label]) for label in (*AGES, OLDER, NEVER)]


def _age_label(at: float | None, now: float) -> str:
    if at is None:
        return NEVER
    return next((label for label, limit in AGES.items() if now - at <= limit), OLDER)


def _entries(folder: Path) -> float:
    """Return the number of entries of a folder that are not hidden."""
    with contextlib.suppress(FileNotFoundError):
        return sum(not path.name.startswith(".") for path in folder.iterdir())
    return 0


def _quarantined(folder: Path) -> float:
    """Return the number of items; a page has its reason in a file beside it."""
    pages = sum(path.is_file() and path.suffix != ".json" for path in folder.glob("*"))
    return pages + sum(1 for _ in folder.glob("*/*"))


def _registry(folder: DataFolder) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(FiguresCollector(folder))
    return registry


def write_metrics_file(path: Path, folder: DataFolder) -> None:
    """Write the metrics to a file, which is replaced in one step.

    Raises:
        OSError: It cannot be written.
    """
    text = generate_latest(_registry(folder))
    with replace_file(path, is_synced=False) as partial:
        partial.write_bytes(text)
        partial.chmod(0o644)  # node_exporter is another user


@contextlib.contextmanager
def metrics_served(host: str, port: int, folder: DataFolder) -> Iterator[str | None]:
    """Serve the metrics from a thread and yield their URL; None if the port is 0.

    Raises:
        MetricsError: The address cannot be used.
    """
    if not port:
        yield None
        return
    folder.metrics.mkdir(parents=True, exist_ok=True)
    try:
        server, thread = start_http_server(port, host, _registry(folder))
    except OSError as exc:
        raise MetricsError(host, port, exc.strerror or str(exc)) from exc
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
