"""The list of what needs a person, as `status`, `alert` and the report show it."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from flows.alerts.attention import find_attention
from flows.alerts.lines import Line, lines, needs_you
from flows.settings import Settings
from warehouse.conditions import Connection
from warehouse.connect import open_snapshot
from warehouse.migrate import is_current

UNKNOWN: Final = "what needs you is shown after the next run or `onrecord publish`"


def read_attention(settings: Settings) -> list[Line] | None:
    """Return `attention_in` the newest snapshot.

    Raises:
        WarehouseMissingError: Nothing was published yet.
    """
    with open_snapshot(settings.folder) as con:
        return attention_in(con, settings)


def attention_in(con: Connection, settings: Settings) -> list[Line] | None:
    """Return a line for each thing that needs a person now.

    Returns:
        None if an older onrecord published the snapshot: it lacks the tables.
    """
    if not is_current(con):
        return None
    return lines(find_attention(con, settings, datetime.now(UTC)))


def show_attention(found: Sequence[Line] | None) -> str:
    """Return the list as text that fits the terminal."""
    if found is None:
        return UNKNOWN
    width = max(40, shutil.get_terminal_size((80, 24)).columns)
    parts = [needs_you(found)]
    for line in found:
        mark = "!" if line.is_urgent else "-"
        parts += textwrap.wrap(line.text, width, initial_indent=f"{mark} ", subsequent_indent="  ")
        parts += textwrap.wrap(
            f"Next: {line.advice}", width, initial_indent="  ", subsequent_indent="  "
        )
    return "\n".join(parts)
