"""Backfills on the terminal: the plan of one, and the progress of all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict

from flows.backfill.plan import Estimate, Plan, work_line
from flows.output.tables import Rows, as_table, write_json
from flows.printable import plain
from flows.settings import Settings
from warehouse.connect import open_live
from warehouse.queries import query_rows
from warehouse.run_queries import BACKFILLS

_QUERY_S = 30.0


def show_plan(plan: Plan, estimates: Sequence[Estimate], *, as_json: bool) -> None:
    """Print an estimate for each window, and what the listing could not reach."""
    problems = list(plan.notes)
    passed = plan.pages.listing.passed if plan.pages else {}
    if as_json:
        windows = [asdict(estimate) for estimate in estimates]
        write_json({"windows": windows, "passed": dict(passed), "not_reached": problems})
        return
    columns = list(Estimate.__slots__)
    rows = [
        (one.window, one.state, one.documents, one.requests, f"{one.seconds:.0f}")
        for one in estimates
    ]
    sys.stdout.write(as_table(columns, rows))
    lines = [
        work_line(estimates),
        *(f"skipped: {count:,} {reason}" for reason, count in passed.items()),
    ]
    lines += [f"not reached: {plain(problem)}" for problem in problems]
    sys.stdout.write("\n".join(lines) + "\n")


def read_backfills(settings: Settings) -> tuple[list[str], Rows]:
    """Return the backfills, latest first, from the live file, which includes one in progress."""
    with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
        return query_rows(con, BACKFILLS, timeout_s=_QUERY_S)


def show_backfills(found: tuple[list[str], Rows], *, as_json: bool) -> None:
    """Print the backfills as a table or as JSON."""
    columns, rows = found
    if as_json:
        write_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        sys.stdout.write(as_table(columns, rows))
    else:
        sys.stdout.write("there are no backfills yet; see onrecord backfill --help\n")
