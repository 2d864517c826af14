"""The events that are logged: one class for each, with its fields and its level.

This is the whole vocabulary of the log (see `flows.logs`). A field has the name of the column
in the warehouse that holds the same value. README's table of events is checked against this
module; the docstring of a class is its line there.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from flows.logs import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """A run began."""

    run_id: str
    flow: str
    flow_run_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _RunEnd(Event):
    """The fields of the last state of a run."""

    run_id: str
    flow: str
    state: str
    seen: int | None = None
    appended: int | None = None
    known: int | None = None
    rejected: int | None = None
    seconds: float | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(_RunEnd):
    """A run was completed, or skipped because another one was active."""

    is_reported: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInterrupted(_RunEnd):
    """A run was stopped or killed; the next one continues its work."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed(_RunEnd):
    """A run ended with an error, which is in `detail`."""

    level: ClassVar[int] = logging.ERROR
    is_reported: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSet(Event):
    """The clock was set during a run: forward by `seconds`, or back if they are negative."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTimesCorrected(Event):
    """Feeds had due times that only a wrong clock can have made, so they are polled now."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    feeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPolled(Event):
    """A feed had a new body."""

    feed_id: str
    url: str
    http_status: int | None
    new_entries: int
    changed_entries: int
    is_gap_risk: bool
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedUnchanged(Event):
    """A feed was the same as at its last poll."""

    level: ClassVar[int] = logging.DEBUG

    feed_id: str
    url: str
    http_status: int | None
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFailed(Event):
    """A feed could not be fetched or read; it is polled again at `next_poll_at`."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    feed_id: str
    url: str
    http_status: int | None
    failure: str | None
    detail: str | None
    failures: float
    next_poll_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFailed(Event):
    """All hosts failed together: the network of this machine is down, and no feed is backed off."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    feeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedStopped(Event):
    """A feed is gone for good and no longer polled, but still in the feed list."""

    level: ClassVar[int] = logging.WARNING

    feed_id: str
    url: str
    failure: str | None
    detail: str | None
    disabled_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMoved(Event):
    """A feed moved to a new URL, which is now in the feed list."""

    url: str
    redirect_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFetched(Event):
    """The page of an entry was fetched."""

    level: ClassVar[int] = logging.DEBUG

    url: str
    http_status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePostponed(Event):
    """A page could not be fetched; it is fetched again at `next_fetch_at`."""

    url: str
    http_status: int | None
    failure: str
    detail: str | None
    attempts: int
    next_fetch_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFailed(Event):
    """A page could not be fetched and is given up."""

    url: str
    http_status: int | None
    failure: str
    detail: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRejected(Event):
    """A page, file or record became no article: it has a row in `rejections`."""

    item: str
    stage: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFailed(Event):
    """The robots.txt of a host could not be fetched, so nothing is fetched from it now."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    url: str
    failure: str
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateUnchecked(Event):
    """The certificate of a host is not checked, as the setting `unverified_hosts` says."""

    level: ClassVar[int] = logging.WARNING

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerEnded(Event):
    """A worker process died or was stopped at its deadline; the others continue."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentQuarantined(Event):
    """A document that could not be processed was saved in the quarantine folder."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    document_id: str
    item: str
    reason: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAppended(Event):
    """A batch was appended to the warehouse in one transaction."""

    batch_id: str
    seen: int
    appended: int
    known: int
    rejected: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRecovered(Event):
    """Batches that an earlier run had left in the spool were appended."""

    batches: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesRecovered(Event):
    """Pages that an earlier run had fetched and not loaded were read from the archive."""

    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRefused(Event):
    """A batch from the spool cannot be appended; it was moved to `path`."""

    level: ClassVar[int] = logging.ERROR

    path: Path
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPublished(Event):
    """A snapshot for readers was published."""

    path: Path
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFound(Event):
    """A data check found something."""

    level: ClassVar[int] = logging.WARNING
    is_reported: ClassVar[bool] = True

    check_name: str
    severity: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRecorded(Event):
    """A problem started, ended or was told: it has a row in `alerts`."""

    kind: str
    subject: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeStarted(Event):
    """`onrecord serve` runs the schedules; Prefect's pages are at `url`."""

    url: str
    metrics_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesStarted(Event):
    """`onrecord serve` shows articles, feeds and runs as pages at `url`."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswered(Event):
    """The pages answered a request; `token` is the name of the token of a program."""

    method: str
    path: str
    status: int
    milliseconds: int
    bytes: int
    token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesFailed(Event):
    """The pages ended; they are started again after `pause_s` seconds, without it not at all. The schedules go on."""

    level: ClassVar[int] = logging.WARNING

    detail: str
    pause_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLost(Event):
    """Prefect's server failed; it is started again after `pause_s` seconds, then `serve` goes on."""

    level: ClassVar[int] = logging.WARNING

    detail: str
    pause_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeStopped(Event):
    """`onrecord serve` has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrefectFailed(Event):
    """Prefect did not take something that it should show; the run is not affected."""

    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsFailed(Event):
    """The metrics of a run could not be written; the run is not affected."""

    level: ClassVar[int] = logging.WARNING

    detail: str


def events() -> list[type[Event]]:
    """Return all events, in the order of this module."""
    found = [value for value in globals().values() if isinstance(value, type)]
    return [
        kind for kind in found
        if issubclass(kind, Event) and kind is not Event and not kind.__name__.startswith("_")
    ]  # fmt: skip
