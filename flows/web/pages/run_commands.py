"""Starts polls, backfills and the like as processes of their own, and shows what they print.

What takes long is planned first: a dry run shows what would be done, and a second form starts
it. The command line does the work, so both have the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from starlette.responses import RedirectResponse, Response

from flows.errors import RangeError
from flows.runs.started import DRY_RUN, StartedCommand
from flows.web.desk import desk_of
from flows.web.page import Page, PageNotFoundError
from flows.web.pages.runs import ORIGINS
from flows.web.templating import safe_link
from transforms.pipeline import VERSIONS

_MOST_PLACES: Final = 20
_MOST_CHARS: Final = 300  # of a source or reason


def start_ingest(page: Page) -> Response:
    """Start a poll of the feeds that are due, of all, or of one."""
    arguments = ["ingest"]
    if page.given("now"):
        arguments.append("--now")
    if feed := page.given("feed"):
        arguments.append(f"--feed={feed}")
    return _started(page, arguments)


def plan_backfill(page: Page) -> Response:
    """Start the dry run of a backfill."""
    origin = page.given("origin")
    if origin not in ORIGINS:
        raise RangeError(f"from: got {origin!r}, expected one of {', '.join(ORIGINS)}")
    if not page.given("since"):
        raise RangeError("since: give the first day of the range")
    places = page.given("places").split()
    if len(places) > _MOST_PLACES or not all(map(safe_link, places)):
        raise RangeError(f"addresses: give at most {_MOST_PLACES} that start with https://")
    end = ["--", *places] if places else []
    return _started(
        page, ["backfill", f"--from={origin}", *_days(page), *_text(page, "source"), DRY_RUN, *end]
    )


def plan_reprocess(page: Page) -> Response:
    """Start the dry run of a reprocess."""
    chosen = [name for name in VERSIONS if page.given(f"transform-{name}")]
    return _started(
        page,
        [
            "reprocess", *(f"--transform={name}" for name in chosen), *_days(page),
            *_text(page, "source"), DRY_RUN,
        ],
    )  # fmt: skip


def plan_retry(page: Page) -> Response:
    """Start the dry run of a retry of refused items."""
    if not page.given("reason"):
        raise RangeError("reason: give the code of a refusal")
    return _started(page, ["retry", *_text(page, "reason"), *_days(page), DRY_RUN])


def start_planned(page: Page) -> Response:
    """Start what a dry run has shown."""
    planned = _command(page)
    if not planned.is_plan or planned.is_running:
        raise RangeError("this is no plan, or it is not ready yet")
    return _started(page, [word for word in planned.arguments if word != DRY_RUN])


def show_command(page: Page) -> Response:
    """Return what a command that was started has printed; with `part`, only what changes."""
    template = "command_state.html.j2" if page.value("part") else "command.html.j2"
    refresh = page.value("refresh") == "5"
    return page.show(template, command=_command(page), refresh=refresh)


def _command(page: Page) -> StartedCommand:
    name = page.request.path_params["name"]
    found = desk_of(page.request).commands.find(name)
    if found is None:
        raise PageNotFoundError(
            f"No command was started under the key {name}, or its text was removed: the last "
            "hundred are kept. The page Runs lists all runs."
        )
    return found


def _started(page: Page, arguments: list[str]) -> Response:
    name = desk_of(page.request).commands.start(arguments)
    return RedirectResponse(f"/runs/started/{name}", 303)


def _days(page: Page) -> Iterator[str]:
    for name in ("since", "until"):
        text = page.given(name)
        if not text:
            continue
        try:
            yield f"--{name}={date.fromisoformat(text)}"
        except ValueError as exc:
            raise RangeError(f"{name}: got {text!r}, expected a day, such as 2024-06-03") from exc


def _text(page: Page, name: str) -> Iterator[str]:
    text = page.given(name)
    if len(text) > _MOST_CHARS or "\x00" in text:
        raise RangeError(f"{name}: longer than {_MOST_CHARS} characters, or not text")
    if text:
        yield f"--{name}={text}"


ROUTES: Final = (
    ("POST", "/runs/ingest", start_ingest),
    ("POST", "/runs/backfill", plan_backfill),
    ("POST", "/runs/reprocess", plan_reprocess),
    ("POST", "/runs/retry", plan_retry),
    ("GET", "/runs/started/{name}", show_command),
    ("POST", "/runs/started/{name}/start", start_planned),
)
