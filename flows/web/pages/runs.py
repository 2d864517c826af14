"""The pages about runs: what ran and runs, and one run."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.responses import Response

from flows.backfill.request import Origin
from flows.orchestration.prefect_api import served_api
from flows.runs.lock import active_run
from flows.runs.started import StartedCommand
from flows.web.desk import desk_of
from flows.web.page import Page, PageNotFoundError
from flows.web.templating import query_string
from transforms.pipeline import VERSIONS

_PER_PAGE: Final = 50
_MOST_PAGES: Final = 10_000
_COUNTED: Final = timedelta(days=30)
_BATCHES: Final = 200
_COMMANDS: Final = 8
_REFRESH: Final = range(5, 121)  # seconds
# Places on this machine's disk are not for readers of the pages.
ORIGINS: Final = (Origin.SITEMAP, Origin.FEED, Origin.ARCHIVE)
NEXT: Final = {
    "failed": "correct the cause, then start it again; `onrecord doctor` looks for other problems",
    "interrupted": "start it again: it continues where this one ended",
    "skipped": "nothing, if the other run did the work; otherwise start it again",
}
Row = dict[str, Any]


def show_runs(page: Page) -> Response:
    """Return what runs now, forms that start something, and the runs so far."""
    kept: dict[str, Any] = {name: page.value(name) or None for name in ("flow", "state")}
    at = page.number("page", 1, most=_MOST_PAGES)
    rows, states = [], []
    if page.opened is not None:
        rows = page.rows("runs_listed", **kept, skip=(at - 1) * _PER_PAGE, most=_PER_PAGE + 1)
        states = page.rows("run_states", since=datetime.now(UTC) - _COUNTED)
    refresh = page.value("refresh")
    return page.show(
        "runs.html.j2",
        **_now(page),
        rows=rows[:_PER_PAGE],
        states=states,
        kept=kept,
        advice=NEXT,
        number=at,
        has_more=len(rows) > _PER_PAGE,
        link=lambda number: "/runs" + query_string(**kept, page=number),
        refresh=int(refresh) if refresh.isdecimal() and int(refresh) in _REFRESH else None,
        origins=[str(origin) for origin in ORIGINS],
        transforms=list(VERSIONS),
    )


def show_now(page: Page) -> Response:
    """Return the part of the page that says what runs now, for the script that renews it."""
    return page.show("runs_now.html.j2", **_now(page), advice=NEXT)


def _now(page: Page) -> dict[str, Any]:
    """Return the runs that are not over or not in the snapshot yet, and started commands."""
    desk = desk_of(page.request)
    found = desk.live.now()
    published = set()
    if page.opened is not None and found.rows:
        since = min(row["started_at"] for row in found.rows)
        published = {row["run_id"] for row in page.rows("ended_runs_since", since=since)}
    commands = desk.commands.all()
    by_run = {one.run_id: one for one in commands if one.run_id}
    return {
        "newer": [
            row | {"last_line": _last_line(by_run.get(row["run_id"]))}
            for row in found.rows
            if row["run_id"] not in published
        ],
        "read_at": found.read_at,
        "active": active_run(page.settings.folder),
        "starting": next((one for one in commands if one.is_running), None),
        "commands": commands[:_COMMANDS],
        "now": datetime.now(UTC),
    }


def _last_line(command: StartedCommand | None) -> str:
    return command.printed.rstrip().rpartition("\n")[2] if command else ""


def show_run(page: Page) -> Response:
    """Return everything about one run."""
    key = page.request.path_params["run_id"]
    has_snapshot = page.opened is not None
    states = page.rows("states_of_run", run_id=key) if has_snapshot else []
    live = next(
        (row for row in desk_of(page.request).live.now().rows if row["run_id"] == key), None
    )
    last = live or next(iter(states), None)
    if last is None:
        raise PageNotFoundError(f"There is no run with the key {key}. The page Runs lists all.")
    return page.show(
        "run.html.j2",
        run=last,
        states=states,
        is_published=bool(states),
        parameters=_parameters(last["parameters"]),
        stages=page.rows("stages_of_run", run_id=key) if states else [],
        batches=page.rows("batches_of_run", run_id=key, most=_BATCHES) if states else [],
        most_batches=_BATCHES,
        rejections=page.rows("rejections_of_run", run_id=key) if states else [],
        command=desk_of(page.request).commands.of_run(key),
        prefect=_prefect_page(page, last["flow_run_id"]),
        next_step=NEXT.get(last["state"], ""),
    )  # fmt: skip


def _parameters(written: str | None) -> list[tuple[str, str]]:
    """Return the parameters that a run was given, without those that were not."""
    try:
        stated = orjson.loads(written or "{}")
    except orjson.JSONDecodeError:
        return [("parameters", written or "")]
    if not isinstance(stated, dict):
        return [("parameters", str(stated))]
    return [
        (name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in stated.items()
        if value not in (None, [], "", False)
    ]


def _prefect_page(page: Page, flow_run_id: str | None) -> str | None:
    """Return the address of a flow run in Prefect's pages, None if no server is known."""
    api = served_api(page.settings.folder) or os.environ.get("PREFECT_API_URL")
    if not api or not flow_run_id:
        return None
    return f"{api.rstrip('/').removesuffix('/api')}/runs/flow-run/{quote(flow_run_id, safe='')}"


ROUTES: Final = (
    ("GET", "/runs", show_runs),
    ("GET", "/runs/now", show_now),
    ("GET", "/runs/{run_id}", show_run),
)
