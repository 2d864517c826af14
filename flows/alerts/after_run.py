"""Looks, records and tells at the end of every run, whatever its outcome.

Nothing here fails a run: a problem of ours is one line on standard error. If the warehouse
cannot be written, that is told without it, at most once a day.
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flows.alerts.attention import find_attention
from flows.alerts.channels import channels, ping_address, send
from flows.alerts.decisions import Decision, decide
from flows.alerts.facts import Facts, of_problems
from flows.alerts.marks import last_emergency, last_ingest, last_look, mark, marked_at
from flows.alerts.messages import compose
from flows.alerts.queue import Waiting, deliver_waiting, enqueue
from flows.alerts.watching import run_watches
from flows.errors import ChecksFailedError, RunActiveError
from flows.events import AlertRecorded
from flows.logs import log
from flows.runs.interruption import was_interrupted
from flows.runs.run import JobContext, Run, record_state
from flows.secrets import mask_text
from flows.settings import Settings
from warehouse.alert_log import append_alerts, found_row, last_recorded_at, read_known
from warehouse.append import append_rows
from warehouse.conditions import Condition
from warehouse.connect import open_live
from warehouse.errors import WarehouseBusyError, WarehouseError
from warehouse.publish import publish
from warehouse.storage import is_due, measure, storage_history

_IDLE_LOOK: Final = timedelta(hours=1)  # an ingest that found nothing due looks this often
_EMERGENCY: Final = timedelta(days=1)
_FLOWS: Final = frozenset(
    {"ingest", "check", "backfill", "reprocess", "backup"}
)  # as in run_failed.sql


@contextlib.contextmanager
def followed(flow: str, settings: Settings, *, flow_run_id: str | None = None) -> Iterator[None]:
    """Call `after_run` when the body of the `with` ends, with its error if it raises one."""
    with failure_followed(flow, settings, flow_run_id=flow_run_id):
        yield
    after_run(settings, now=datetime.now(UTC), flow=flow)


@contextlib.contextmanager
def failure_followed(
    flow: str, settings: Settings, *, flow_run_id: str | None = None
) -> Iterator[None]:
    """Call `after_run` only if the body of the `with` raises an error; a signal is none."""
    began_at = datetime.now(UTC)
    try:
        yield
    except Exception as exc:
        if not was_interrupted(exc):
            after_run(
                settings,
                now=datetime.now(UTC),
                flow=flow,
                began_at=began_at,
                error=exc,
                flow_run_id=flow_run_id,
            )
        raise


def after_run(
    settings: Settings,
    *,
    now: datetime,
    flow: str = "",
    began_at: datetime | None = None,
    error: BaseException | None = None,
    flow_run_id: str | None = None,
) -> None:
    """Look what needs a person, record it, and tell it; never raises an error.

    Args:
        settings: Where alerts go, and which.
        now: The instant of the look.
        flow: The flow that ended, empty if there was none.
        began_at: When it began; its failure is recorded in `runs` if it has no row since.
        error: Why it failed, None if it did not.
        flow_run_id: Its key in Prefect, None without Prefect.
    """
    _guarded(functools.partial(_deliver, settings, now, ""))  # what earlier runs left
    is_failed = error is not None and not isinstance(error, RunActiveError | ChecksFailedError)
    ping = ""
    try:
        if flow == "ingest" and error is None:
            mark(last_ingest(settings.folder), now)
        if flow == "ingest" and settings.ping_url and (error is None or is_failed):
            ping = ping_address(settings.ping_url, is_failed=is_failed)
        if is_failed and flow in _FLOWS:
            _record_failure(settings, flow, began_at or now, error, now, flow_run_id=flow_run_id)
        _look(settings, now)
        if settings.folder.live.exists():

            def tell(title: str, body: str, facts: Facts) -> None:
                enqueue(settings, title, body, now=now, facts=facts)

            run_watches(settings, now=now, deliver=tell)
    except WarehouseBusyError:
        pass  # the run that writes looks when it ends
    except (WarehouseError, OSError) as exc:
        _guarded(functools.partial(_tell_emergency, settings, exc, now, is_said=error is not None))
    except Exception as exc:  # noqa: BLE001  # a bug here must not fail the run
        _say(f"could not look for problems: {type(exc).__name__}: {exc}")
    _guarded(functools.partial(_deliver, settings, now, ping))


def after_nothing_due(settings: Settings, *, now: datetime) -> None:
    """Do what `after_run` does when an ingest found nothing due; it looks once an hour."""
    try:
        looked_at = marked_at(last_look(settings.folder), now=now)
        if looked_at is None or now - looked_at >= _IDLE_LOOK:
            after_run(settings, now=now, flow="ingest")
            return
        mark(last_ingest(settings.folder), now)
    except OSError as exc:
        _say(f"cannot write to {settings.folder.alerts}: {exc.strerror or exc}")
    _guarded(functools.partial(_deliver, settings, now, settings.ping_url))


def _look(settings: Settings, now: datetime) -> None:
    """Record what needs a person and queue one message about what is new."""
    folder = settings.folder
    if not folder.live.exists() and not folder.newest.exists():
        return
    has_others = len(channels(settings)) > 1  # that a channel fails is told by others
    with open_live(folder, wait_s=settings.lock_wait_s) as con:
        history = storage_history(con, now)
        if is_due(history, now):
            row = measure(folder, now)
            append_rows(con, "storage", [{name: getattr(row, name) for name in row.__slots__}])
        found = find_attention(con, settings, now)
        decision = decide(
            found if has_others else [one for one in found if one.kind != "channel"],
            read_known(con, now),
            now,
            kinds=settings.told_kinds | {"channel"},
            has_channels=bool(channels(settings)),
        )
        recorded_at = last_recorded_at(con)
        con.execute("BEGIN")
        append_alerts(con, decision.rows)
        _queue(
            settings, decision, recorded_at, now
        )  # before the commit, so that a kill in between loses none
        con.execute("COMMIT")
    for recorded in decision.rows:
        log(AlertRecorded(**{name: recorded[name] for name in AlertRecorded.field_names()}))
    mark(last_look(folder), now)
    if decision.has_changed:
        publish(folder, wait_s=settings.lock_wait_s)
    if marked_at(last_emergency(folder)) is not None:
        last_emergency(folder).unlink()
        send(settings, "onrecord: the warehouse can be written again", str(folder.root.absolute()))


def _queue(
    settings: Settings, decision: Decision, recorded_at: datetime | None, now: datetime
) -> None:
    if decision.started or decision.ended:
        message = compose(settings, decision.started, decision.ended)
        facts = of_problems(decision.started, decision.ended, recorded_at=recorded_at)
        enqueue(settings, message.title, message.body, now=now, facts=facts)


def _record_failure(
    settings: Settings,
    flow: str,
    began_at: datetime,
    error: BaseException | None,
    now: datetime,
    *,
    flow_run_id: str | None,
) -> None:
    """Record a failed run that ended before it could: of a broken feed list, for example."""
    if not settings.folder.live.exists():
        return
    ours = [flow, os.getpid(), socket.gethostname(), began_at]
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        row = con.execute(
            "SELECT count(*) FROM runs WHERE flow = ? AND pid = ? AND host = ?"
            " AND recorded_at >= ? AND state IN ('failed', 'interrupted')",
            ours,
        ).fetchone()
    if row and not row[0]:
        run = Run(
            run_id=f"run-{uuid.uuid4().hex}",
            flow=flow,
            now=now,
            settings=settings,
            parameters={},
            context=JobContext(flow_run_id=flow_run_id),
        )
        record_state(run, "failed", detail=mask_text(str(error) or type(error).__name__))


def _deliver(settings: Settings, now: datetime, ping: str) -> None:
    dropped = deliver_waiting(settings, now=now, ping=ping)
    for one in dropped:
        _say(
            f"gave up a message of {one.queued_at:%Y-%m-%d %H:%M} UTC to {one.channel}: {one.title}"
        )
    if dropped and settings.folder.live.exists():
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            append_alerts(con, [_dropped_row(one, now) for one in dropped])


def _dropped_row(one: Waiting, now: datetime) -> dict[str, Any]:
    condition = Condition(
        kind="channel",
        item=one.channel,
        subject=one.channel,
        source_id=None,
        since_at=one.queued_at,
        code="",
        detail=f"{one.title}: not sent after {one.attempts} attempts: {one.problem or 'channel removed'}",
    )
    return found_row(condition, "dropped", now)


def _tell_emergency(settings: Settings, exc: Exception, now: datetime, *, is_said: bool) -> None:
    """Tell that the warehouse or its disk cannot be used, at most once a day.

    If the run failed, its own error is on the terminal and says the same.
    """
    path = last_emergency(settings.folder)
    told_at = marked_at(path, now=now)
    problem = mask_text(str(exc))
    if not is_said:
        _say(f"could not look for problems: {problem}")
    if not channels(settings) or (told_at is not None and now - told_at < _EMERGENCY):
        return
    mark(path, now)
    place = f"{socket.gethostname()}, {settings.folder.root.absolute()}"
    body = f"{problem}\n\nNext: `onrecord doctor` says what to do ({place})."
    for line in send(settings, "onrecord: the warehouse cannot be used", body):
        _say(line)


def _guarded(act: Callable[[], None]) -> None:
    """Call a function whose failure must not fail the run."""
    try:
        act()
    except Exception as exc:  # noqa: BLE001  # the run has ended; its own error counts
        _say(f"could not send: {type(exc).__name__}: {exc}")


def _say(line: str) -> None:
    sys.stderr.write(f"alerts: {mask_text(line)}\n")
