"""What needs a person now: the conditions of the warehouse, its runs, disk and channels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from flows.alerts.advice import advice
from flows.alerts.marks import last_ingest, marked_at
from flows.alerts.queue import waiting
from flows.printable import number
from flows.secrets import mask_text
from flows.settings import Settings
from warehouse.conditions import QUERIES, Condition, Connection, find_conditions, ingest_history
from warehouse.health import LOW_DISK_BYTES, size
from warehouse.storage import Storage, days_left, free_bytes, storage_history, unusual_growth

_MINOR: Final = frozenset({"feed_silent", "growth", "channel"})
_LEAST_INGESTS: Final = 5  # fewer are somebody trying it out
_LEAST_PAUSE: Final = timedelta(hours=2)
_UNSENT: Final = timedelta(hours=1)  # a channel that is down for less need not be looked at


def find_attention(con: Connection, settings: Settings, now: datetime) -> list[Condition]:
    """Return the conditions that need a person, the urgent ones first, then the oldest.

    Args:
        con: The live file or a snapshot.
        settings: Which kinds are wanted, and their limits.
        now: The instant to look from.
    """
    kinds = settings.told_kinds
    found = [
        condition
        for kind in QUERIES
        if kind in kinds
        for condition in find_conditions(
            con, kind, now, factor=settings.alert_silence, hours=settings.alert_failing_hours
        )
    ]
    if "run_missing" in kinds:
        found += _run_missing(con, settings, now)
    if kinds & {"disk", "growth"}:
        stored = [*_storage(settings, storage_history(con, now), now)]
        found += [condition for condition in stored if condition.kind in kinds]
    found += _channels(settings, now)
    done = map(_for_people, found)
    return sorted(done, key=lambda condition: (not condition.is_urgent, condition.since_at))


def _for_people(condition: Condition) -> Condition:
    """Return a condition with its urgency and advice, and without secrets."""
    is_minor = condition.kind in _MINOR or (condition.kind == "check" and condition.code != "error")
    return replace(
        condition,
        subject=mask_text(condition.subject),
        detail=" ".join(mask_text(condition.detail).split()),
        is_urgent=not is_minor,
        advice=advice(condition),
    )


def _run_missing(con: Connection, settings: Settings, now: datetime) -> Iterator[Condition]:
    history = ingest_history(con, now)
    if history.completed_at is None or history.completed < _LEAST_INGESTS:
        return
    last_at = max(
        history.completed_at,
        marked_at(last_ingest(settings.folder), now=now) or history.completed_at,
    )
    usual = timedelta(seconds=history.pause_s)
    if now - last_at > max(_LEAST_PAUSE, 3 * usual):
        yield Condition(
            kind="run_missing",
            item="ingest",
            subject="ingest",
            source_id=None,
            since_at=last_at,
            code="missing",
            detail=f"none has completed, though one usually does every {_span(usual)}",
        )


def _span(usual: timedelta) -> str:
    minutes = max(1, round(usual.total_seconds() / 60))
    return number(minutes, "minute") if minutes < 120 else f"{minutes / 60:.0f} hours"


def _storage(settings: Settings, history: list[Storage], now: datetime) -> Iterator[Condition]:
    free = free_bytes(settings.folder)
    live = settings.folder.live
    needed = max(LOW_DISK_BYTES, 2 * live.stat().st_size if live.exists() else 0)
    left = days_left(history, free)
    subject = str(settings.folder.root.absolute())
    if free < needed:
        detail = f"{size(free)} free, but a snapshot and a batch may need {size(needed)}"
        yield _stored("disk", subject, now, detail)
    elif left is not None and left < settings.alert_disk_days:
        detail = f"{size(free)} free, full in {number(round(left), 'day')} at the pace of this week"
        yield _stored("disk", subject, now, detail)
    if grown := unusual_growth(history):
        detail = f"grew by {size(grown[0])} in a day, usually {size(max(grown[1], 0))}"
        yield _stored("growth", subject, now, detail)


def _stored(kind: str, subject: str, now: datetime, detail: str) -> Condition:
    return Condition(
        kind=kind,
        item="data",
        subject=subject,
        source_id=None,
        since_at=now,
        code="",
        detail=detail,
    )


def _channels(settings: Settings, now: datetime) -> Iterator[Condition]:
    unsent: dict[str, list[tuple[datetime, str]]] = {}
    for one in waiting(settings.folder):
        if one.attempts:
            unsent.setdefault(one.channel, []).append((one.queued_at, one.problem))
    for channel, messages in unsent.items():
        since_at, _ = messages[0]
        if now - since_at >= _UNSENT:
            yield Condition(
                kind="channel",
                item=channel,
                subject=channel,
                source_id=None,
                since_at=since_at,
                code="",
                detail=f"{number(len(messages), 'message')} could not be sent: {messages[-1][1]}",
            )
