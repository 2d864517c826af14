"""Messages that wait to be sent: one file per message and channel.

A message is queued before it is sent, so a killed run loses none. A message that fails is
tried again by later runs, with growing pauses, and is dropped after three days.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import orjson

from flows.alerts.channels import channels, deliver, is_webhook, parcel
from flows.alerts.facts import Facts, of_message
from flows.settings import Settings
from warehouse.errors import WarehouseBusyError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.lock import writer_lock

_FIRST_PAUSE: Final = timedelta(minutes=10)
_LONGEST_PAUSE: Final = timedelta(hours=6)
_KEPT: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A message for one channel that was not sent yet.

    Attributes:
        path: Its file.
        channel: Name of the channel.
        queued_at: When it was queued, UTC.
        next_at: When to try again, UTC.
        attempts: Attempts so far.
        problem: Why the last attempt failed, empty before the first.
        event_id: The key of the event if the channel is a webhook, empty for others. It and the
            payload are the same at each attempt.
        payload: The event.
    """

    path: Path
    channel: str
    title: str
    body: str
    queued_at: datetime
    next_at: datetime
    attempts: int = 0
    problem: str = ""
    event_id: str = ""
    payload: str = ""


def enqueue(
    settings: Settings, title: str, body: str, *, now: datetime, facts: Facts | None = None
) -> None:
    """Queue a message for every channel of the settings.

    An event that waits already, because a run was killed after it was queued, is not queued twice.

    Args:
        settings: The channels are in them.
        title: One line.
        body: Plain text.
        now: When it happened.
        facts: The same for programs; None if there is no more to tell.

    Raises:
        OSError: The files cannot be written.
    """
    settings.folder.alerts.mkdir(parents=True, exist_ok=True)
    facts = facts or of_message("alert.message", title, now)
    key = uuid.uuid4().hex[:12]
    known = {(one.channel, one.event_id) for one in waiting(settings.folder)}
    for channel in channels(settings):
        path = settings.folder.alerts / f"{now:%Y%m%dT%H%M%S}-{key}-{channel}.json"
        one = Waiting(
            path=path, channel=channel, title=title, body=body, queued_at=now, next_at=now
        )
        if is_webhook(channel):
            payload = facts.payload(title, body, now)
            one = replace(one, event_id=facts.event_id, payload=payload)
            if (channel, one.event_id) in known:
                continue
        _write(one)


def waiting(folder: DataFolder) -> list[Waiting]:
    """Return the messages that wait, oldest first; files that cannot be read are left out."""
    found = []
    for path in sorted(folder.alerts.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            kept = orjson.loads(path.read_bytes())
            for name in ("queued_at", "next_at"):
                kept[name] = datetime.fromisoformat(kept[name])
            found.append(Waiting(path=path, **kept))
    return found


def deliver_waiting(settings: Settings, *, now: datetime, ping: str = "") -> list[Waiting]:
    """Send what is due, and request the address of the watchdog; return what was dropped.

    Messages of a channel that is no longer in the settings are dropped, too. If another
    process sends at the same time, nothing is sent.
    """
    folder = settings.folder
    if not waiting(folder):
        deliver([], ping=ping)  # without an address either, this does nothing
        return []
    try:
        with writer_lock(folder.alerts / "queue.lock", wait_s=0.0):
            return _deliver(settings, waiting(folder), now, ping)
    except WarehouseBusyError:
        deliver([], ping=ping)
        return []


def _deliver(
    settings: Settings, found: Iterable[Waiting], now: datetime, ping: str
) -> list[Waiting]:
    known = channels(settings)
    dropped, due = [], []
    for one in found:
        if one.channel not in known or now - one.queued_at > _KEPT:
            one.path.unlink(missing_ok=True)
            dropped.append(one)
        elif one.next_at <= now:
            due.append(one)
    parcels = [
        parcel(
            settings, one.channel, one.title, one.body, event_id=one.event_id, payload=one.payload
        )
        for one in due
    ]
    for one, problem in zip(due, deliver(parcels, ping=ping), strict=True):
        if problem is None:
            one.path.unlink(missing_ok=True)
        else:
            _write(_postponed(one, problem, now))
    return dropped


def _postponed(one: Waiting, problem: str, now: datetime) -> Waiting:
    """Return a message after an attempt that failed.

    >>> day = datetime(2024, 7, 1)
    >>> one = Waiting(path=Path(), channel="x", title="", body="", queued_at=day, next_at=day)
    >>> [
    ...     (_postponed(replace(one, attempts=n), "", day).next_at - day).total_seconds()
    ...     for n in (0, 1, 5)
    ... ]
    [600.0, 1800.0, 21600.0]
    """
    pause = min(_FIRST_PAUSE * 3 ** min(one.attempts, 9), _LONGEST_PAUSE)
    return replace(one, attempts=one.attempts + 1, problem=problem, next_at=now + pause)


def _write(one: Waiting) -> None:
    kept = {
        "channel": one.channel,
        "title": one.title,
        "body": one.body,
        "queued_at": one.queued_at,
        "next_at": one.next_at,
        "attempts": one.attempts,
        "problem": one.problem,
        "event_id": one.event_id,
        "payload": one.payload,
    }
    with replace_file(one.path) as partial:
        partial.write_bytes(orjson.dumps(kept))
