"""The watches: saved questions, with their newest matches."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Final

from starlette.responses import RedirectResponse, Response

from flows.alerts.watching import ShownWatch, add_watch, read_watches, remove_watch
from flows.settings import Settings
from flows.web.page import Page
from warehouse.errors import SearchSyntaxError, WarehouseBusyError, WarehouseError, WatchError
from warehouse.watches import make_watch

_SHOWN: Final = 5  # matches of each watch
_WAIT_S: Final = 5.0  # a reader waits no longer for a run that is writing
_BUSY: Final = (
    "A run is writing to the warehouse now, so nothing was changed. Try again in a minute."
)


def show_watches(page: Page) -> Response:
    """Return the watches with their newest matches.

    They are read from the live file, which has a watch at once. While a run writes to it, the
    snapshot tells what it knows.
    """
    return _show(page)


def save_watch(page: Page) -> Response:
    """Add a watch and return to the list; if that fails, say why."""
    name, words = page.given("name"), page.given("words")
    try:
        watch = make_watch(name or None, words=words, speaker=None, entity=None)
        add_watch(_patient(page.settings), watch, now=datetime.now(UTC), snapshot=page.con)
    except (SearchSyntaxError, WatchError) as exc:
        return _show(page, status=400, problem=str(exc), name=name, words=words)
    except WarehouseBusyError:
        return _show(page, status=503, problem=_BUSY, name=name, words=words)
    return RedirectResponse("/watches", 303)


def drop_watch(page: Page) -> Response:
    """Remove a watch and return to the list; if that fails, say why."""
    try:
        remove_watch(_patient(page.settings), page.given("name"), now=datetime.now(UTC))
    except WatchError as exc:
        return _show(page, status=404, problem=str(exc))
    except WarehouseBusyError:
        return _show(page, status=503, problem=_BUSY)
    return RedirectResponse("/watches", 303)


def _show(
    page: Page, *, status: int = 200, problem: str = "", name: str = "", words: str = ""
) -> Response:
    watches, is_live = read_shown(page, most=_SHOWN)
    return page.show(
        "watches.html.j2",
        status=status,
        watches=watches,
        is_live=is_live,
        problem=problem,
        name=name,
        words=words,
    )


def read_shown(page: Page, *, most: int) -> tuple[list[ShownWatch], bool]:
    """Return the watches with their newest matches, and whether the live file told them."""
    with contextlib.suppress(WarehouseError):  # a run writes to it, or another page does
        if page.settings.folder.live.exists():
            return read_watches(page.settings, most=most), True
    return read_watches(page.con, most=most), False


def _patient(settings: Settings) -> Settings:
    """Return the settings for a reader, who waits less for a run than a command does."""
    return settings.model_copy(update={"lock_wait_s": min(_WAIT_S, settings.lock_wait_s)})


ROUTES: Final = (
    ("GET", "/watches", show_watches),
    ("POST", "/watches", save_watch),
    ("POST", "/watches/remove", drop_watch),
)
