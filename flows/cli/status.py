"""What `onrecord status` shows: what needs a person, totals, the last runs, rejections and visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flows.alerts.lines import Line
from flows.cli.attention import attention_in, show_attention
from flows.errors import RulesError
from flows.output.tables import as_table
from flows.printable import number, plain
from flows.settings import Settings
from transforms.visit_plans import VisitPlan, read_plan
from warehouse.checks import LAST_FINDINGS
from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder
from warehouse.queries import REJECTION_COUNTS, RUNS, TOTALS, WALL_COUNTS, query_rows
from warehouse.spool import spooled
from warehouse.visit_queries import VisitPlans, visit_figures

_QUERY_S = 30.0


def read_status(settings: Settings) -> dict[str, Any]:
    """Return the state of the warehouse; raise WarehouseMissingError if there is none."""
    folder = settings.folder
    plans = VisitPlans(usual=read_plan(settings.revisit), sites=_plans_of_sites(folder))
    with open_snapshot(folder) as con:
        needed = attention_in(con, settings)
        found = {
            name: [dict(zip(columns, row, strict=True)) for row in rows]
            for name, sql in (
                ("totals", TOTALS),
                ("runs", RUNS),
                ("rejections", REJECTION_COUNTS),
                ("walls", WALL_COUNTS),
                ("findings", LAST_FINDINGS),
            )
            for columns, rows in [query_rows(con, sql, timeout_s=_QUERY_S)]
        }
        figures = visit_figures(con, datetime.now(UTC), plans)
    return {
        "needs_you": None if needed is None else [asdict(line) for line in needed],
        "snapshot": str(folder.newest.resolve()),
        "waiting_batches": len(spooled(folder.spool)),
        **found,
        "visits": [figures] if figures else [],
    }


def _plans_of_sites(folder: DataFolder) -> Mapping[str, VisitPlan]:
    """Return the plans of visits in the rules; none if the rules are broken.

    `onrecord doctor` and the next run name the mistake.
    """
    if not folder.rules.exists():
        return {}
    from flows.rules import read_rules  # loads lxml, which takes longer than the queries

    try:
        return read_rules(folder.rules).revisits
    except RulesError:
        return {}


def show_status(found: dict[str, Any]) -> str:
    """Return the state as text for the terminal, what needs a person first."""
    needed = found["needs_you"]
    shown = show_attention(None if needed is None else [Line(**line) for line in needed])
    parts = [shown, "", f"snapshot: {found['snapshot']}"]
    if found["waiting_batches"]:
        parts.append(
            f"{number(found['waiting_batches'], 'batch', 'batches')} in the spool: the next `onrecord load` or `onrecord ingest` appends them"
        )
    for name in ("totals", "runs", "rejections", "walls", "visits", "findings"):
        rows = found[name]
        if rows:
            parts.append(plain(name))
            parts.append(as_table(list(rows[0]), [list(row.values()) for row in rows]).rstrip())
    return "\n".join(parts)
