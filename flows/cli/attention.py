"""The list of what needs a person, as `status`, `alert` and the report show it."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flows.alerts.attention import find_attention
from flows.alerts.lines import Line, lines, needs_you
from flows.alerts.marks import last_ingest, marked_at
from flows.settings import Settings
from warehouse.conditions import ingest_history
from warehouse.connect import open_snapshot
from warehouse.errors import SchemaTooOldError, WarehouseMissingError


def read_attention(settings: Settings) -> list[Line]:
    """Return a line for each thing that needs a person now, by the newest snapshot.

    Raises:
        WarehouseMissingError: Nothing was published yet.
    """
    try:
        with open_snapshot(settings.folder) as con:
            return lines(find_attention(con, settings, datetime.now(UTC)))
    except SchemaTooOldError:  # the tables come with the next run
        return []


def show_attention(found: Sequence[Line]) -> str:
    """Return the list as text that fits the terminal."""
    width = max(40, shutil.get_terminal_size((80, 24)).columns)
    parts = [needs_you(len(found))]
    for line in found:
        mark = "!" if line.is_urgent else "-"
        parts += textwrap.wrap(line.text, width, initial_indent=f"{mark} ", subsequent_indent="  ")
        parts += textwrap.wrap(
            f"Next: {line.advice}", width, initial_indent="  ", subsequent_indent="  "
        )
    return "\n".join(parts)


def age_problem(settings: Settings, most: timedelta) -> str | None:
    """Return why the last completed ingest is too old, None if it is not older than `most`.

    The snapshot is opened only if no ingest has left its mark.
    """
    now = datetime.now(UTC)
    last_at = marked_at(last_ingest(settings.folder)) or _last_completed_at(settings, now)
    if last_at is None:
        return "no ingest has completed: run `onrecord ingest` or `onrecord serve`"
    if now - last_at <= most:
        return None
    return (
        f"the last completed ingest was at {last_at:%Y-%m-%d %H:%M} UTC, {span(now - last_at)} ago: "
        "look whether `onrecord serve`, or what else starts it, is running"
    )


def span(time: timedelta) -> str:
    """Return a duration for people, in its largest unit.

    >>> span(timedelta(minutes=95)), span(timedelta(hours=30)), span(timedelta(days=9))
    ('95 min', '30 h', '9 days')
    """
    minutes = int(time.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"


def _last_completed_at(settings: Settings, now: datetime) -> datetime | None:
    try:
        with open_snapshot(settings.folder) as con:
            return ingest_history(con, now).completed_at
    except WarehouseMissingError:
        return None
