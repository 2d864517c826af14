"""The metrics: name, kind, labels and meaning of each. README's table is checked against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FEW_FEEDS: Final = 50  # with more feeds, metrics of single feeds would be too many series
OVERDUE_S: Final = 3600.0  # a run that polls it may be waiting for another one

Samples = list[tuple[tuple[str, ...], float]]  # labels and value

# Ages in seconds up to which a feed is counted under a label.
AGES: Final = {"1h": 3600.0, "6h": 21_600.0, "1d": 86_400.0, "7d": 604_800.0}
OLDER: Final = "older"
NEVER: Final = "never"


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with its labels; `meaning` is its HELP text."""

    name: str
    kind: Literal["counter", "gauge"]
    meaning: str
    labels: tuple[str, ...] = ()


FAMILIES: Final = (
    Family("onrecord_info", "gauge", "Always 1; the label has the version", ("version",)),
    Family("onrecord_runs_total", "counter", "Runs that ended, by flow and last state", ("flow", "state")),
    Family("onrecord_flow_last_completed_timestamp_seconds", "gauge", "When a run of the flow was last completed", ("flow",)),
    Family("onrecord_stage_seconds_total", "counter", "Wall-clock seconds that runs spent in a stage", ("flow", "stage")),
    Family("onrecord_polls_total", "counter", "Polls of feeds, by outcome", ("outcome",)),
    Family("onrecord_entries_total", "counter", "Entries seen in feeds: new, changed, or renamed", ("status",)),
    Family("onrecord_fetches_total", "counter", "Attempts to fetch a page: fetched, or the code of the failure", ("outcome",)),
    Family("onrecord_articles_total", "counter", "Articles that were loaded, revisions included"),
    Family("onrecord_rejections_total", "counter", "Pages, files and records that became no article, by stage and reason", ("stage", "reason")),
    Family("onrecord_feeds", "gauge", "Feeds in the feed list, by state", ("state",)),
    Family("onrecord_feeds_failing", "gauge", "Feeds whose last poll failed"),
    Family("onrecord_feeds_stopped", "gauge", "Feeds that are in the feed list, but are no longer polled"),
    Family("onrecord_feeds_overdue", "gauge", "Feeds that should have been polled more than an hour ago"),
    Family("onrecord_feeds_by_last_success", "gauge", "Feeds by the age of their last poll that did not fail; each feed is counted once", ("within",)),
    Family("onrecord_feeds_by_last_new_entry", "gauge", "Feeds by the age of their last new entry; each feed is counted once", ("within",)),
    Family("onrecord_next_poll_timestamp_seconds", "gauge", "When the next feed is due"),
    Family("onrecord_feed_last_success_timestamp_seconds", "gauge", f"Last poll of the feed that did not fail; only up to {FEW_FEEDS} feeds", ("feed_id", "url")),
    Family("onrecord_feed_last_new_entry_timestamp_seconds", "gauge", f"Last poll of the feed with a new entry; only up to {FEW_FEEDS} feeds", ("feed_id", "url")),
    Family("onrecord_pages_waiting", "gauge", "Pages of entries that are still to be fetched"),
    Family("onrecord_batches_waiting", "gauge", "Batches in the spool, which wait for the warehouse"),
    Family("onrecord_quarantined_items", "gauge", "Items in the quarantine folder"),
    Family("onrecord_archive_bytes", "gauge", "Size of the web archive"),
    Family("onrecord_warehouse_bytes", "gauge", "Size of the live file and of all snapshots", ("file",)),
    Family("onrecord_disk_free_bytes", "gauge", "Free space on the disk of the data folder"),
    Family("onrecord_snapshot_published_timestamp_seconds", "gauge", "When the newest snapshot was published"),
    Family("onrecord_metrics_written_timestamp_seconds", "gauge", "When a run last wrote these figures"),
)  # fmt: skip

COUNTERS: Final = frozenset(family.name for family in FAMILIES if family.kind == "counter")
