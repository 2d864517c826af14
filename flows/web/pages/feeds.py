"""The pages about feeds: the list with its states, and one feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from flows.errors import RangeError
from flows.feeds.feed_facts import feed_facts, with_details
from flows.feeds.feed_list import parse_foreign_list
from flows.feeds.health import name_of, narrowed
from flows.feeds.list_edits import import_list, public_opml, unlist
from flows.feeds.opml import MAX_REASON_CHARS
from flows.feeds.pauses import pause_feeds, pause_from, resume_feeds
from flows.printable import number
from flows.web.desk import desk_of
from flows.web.heat_strip import LEVELS, heat_strip, in_words
from flows.web.page import Page, PageNotFoundError
from flows.web.templating import query_string
from transforms.feeds.feed_states import MEANINGS, STATES
from warehouse.feed_health import read_feed_details

_PER_PAGE: Final = 50
_VISIT_DAYS: Final = timedelta(days=28)
_ARTICLES, _ALERTS = 15, 10
_DONE: Final = {
    "added": "The feed was added. The next run polls it.",
    "paused": "The feed was paused.",
    "resumed": "The feed was resumed. The next run polls it.",
    "removed": "The feed was removed from the list; its articles stay.",
}
Row = dict[str, Any]
_NO_DETAILS: Final[Row] = dict.fromkeys(("last_polls", "last_entries", "pages_7_days"), ())


def show_feeds(page: Page) -> Response:
    """Return the feeds that the query string asks for, those that need attention first."""
    now = datetime.now(UTC)
    every = _rows(page, now)
    words, source = page.value("words"), page.value("source")
    named = narrowed(every, words=words.split(), source=source or None)
    state = page.value("state") if page.value("state") in STATES else None
    found = [row for row in named if state in (None, row["state"])]
    at = page.number("page", 1, most=max(1, -(-len(found) // _PER_PAGE)))
    shown = found[(at - 1) * _PER_PAGE : at * _PER_PAGE]
    counts = Counter(row["state"] for row in named)
    kept = {"words": words, "source": source, "state": state}
    return page.show(
        "feeds.html.j2",
        done=_DONE.get(page.value("done"), ""),
        imported=_imported(page),
        every=len(every),
        named=len(named),
        found=len(found),
        rows=[row | {"name": name_of(row)} for row in shown],
        strips=_strips(page, shown, now.date()),
        states=[(name, counts[name], MEANINGS[name]) for name in STATES if counts[name]],
        kept=kept,
        number=at,
        has_more=len(found) > at * _PER_PAGE,
        link=lambda number: "/feeds" + query_string(**kept, page=number),
        levels=LEVELS,
        now=now,
    )


def show_feed(page: Page) -> Response:
    """Return everything about one feed."""
    now = datetime.now(UTC)
    row = _row(page, now)
    key = row["feed_id"]
    is_polled = page.opened is not None and key is not None
    details = read_feed_details(page.con, key, now=now) if is_polled else {}
    feed = _NO_DETAILS | with_details(row, details, page.settings.folder)
    days = page.rows("feed_days", feeds=[key], last_on=now.date()) if is_polled else []
    return page.show(
        "feed.html.j2",
        feed=feed,
        name=name_of(row),
        done=_DONE.get(page.value("done"), ""),
        facts=[(label, text) for label, text in feed_facts(feed, now) if text],
        days=days,
        strip=heat_strip(days, has_titles=True) if days else None,
        told=in_words(days) if days else "",
        levels=LEVELS,
        **_more(page, row, now),
        earliest=(now + timedelta(days=1)).date(),
        most_chars=MAX_REASON_CHARS,
        now=now,
    )


def _more(page: Page, row: Row, now: datetime) -> dict[str, Any]:
    """Return the articles, visits and alerts of a feed."""
    key = row["feed_id"]
    if page.opened is None or key is None:
        return {"articles": [], "visits": [], "alerts": []}
    return {
        "articles": page.rows("articles_of_feed", feed_id=key, most=_ARTICLES),
        "visits": page.rows("visits_of_feed", feed_id=key, since=now - _VISIT_DAYS),
        "alerts": page.rows(
            "alerts_of_feed", feed_id=key, source_id=row["source_id"], most=_ALERTS
        ),
    }


def _rows(page: Page, now: datetime) -> Sequence[Row]:
    return desk_of(page.request).board.rows(page.opened, page.snapshot_name, now)


def _row(page: Page, now: datetime) -> Row:
    """Return the feed of the address; raises PageNotFoundError."""
    key = page.request.path_params["feed_id"]
    for row in _rows(page, now):
        if row["key"] == key:
            return row
    raise PageNotFoundError(
        f"No feed of the list has the key {key}. It may have been removed, or the address is cut "
        "off. The page Feeds has all that are listed."
    )


def _strips(page: Page, rows: Sequence[Row], today: date) -> dict[str, Any]:
    """Return the heat strips of feeds that were polled, by their keys."""
    keys = [row["feed_id"] for row in rows if row["feed_id"] is not None]
    if page.opened is None or not keys:
        return {}
    days: dict[str, list[Row]] = {key: [] for key in keys}
    for day in page.rows("feed_days", feeds=keys, last_on=today):
        days[day["feed_id"]].append(day)
    return {key: heat_strip(some) for key, some in days.items()}


def _imported(page: Page) -> str:
    """Return what an import brought, from the figures in the address."""
    added, known, unusable = (page.value(name) for name in ("added", "known", "unusable"))
    if not all(text.isascii() and text.isdigit() for text in (added, known, unusable)):
        return ""
    return (
        f"{number(int(added), 'feed')} added, {int(known):,} known, "
        f"{int(unusable):,} without a web address"
    )


def pause_feed(page: Page) -> Response:
    """Pause a feed and return to its page."""
    now = datetime.now(UTC)
    row = _row(page, now)
    asked = pause_from(now, until=_day(page.given("until")), reason=page.given("reason"))
    pause_feeds(page.settings.folder, {row["url"]}, asked)
    return _to_feed(row, "paused")


def resume_feed(page: Page) -> Response:
    """End the pause of a feed and return to its page."""
    row = _row(page, datetime.now(UTC))
    resume_feeds(page.settings.folder, {row["url"]})
    return _to_feed(row, "resumed")


def ask_removal(page: Page) -> Response:
    """Return the page that asks whether a feed is really to be removed."""
    row = _row(page, datetime.now(UTC))
    return page.show("feed_removal.html.j2", feed=row, name=name_of(row))


def remove_feed(page: Page) -> Response:
    """Remove a feed from the list and return to it."""
    row = _row(page, datetime.now(UTC))
    unlist(page.settings.folder, {row["url"]})
    return RedirectResponse("/feeds?done=removed", 303)


def _to_feed(row: Row, done: str) -> Response:
    return RedirectResponse(f"/feeds/{row['key']}?done={done}", 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise RangeError(f"until: got {text!r}, expected a day, such as 2024-06-03") from exc


def download_list(page: Page) -> Response:
    """Return the feed list as OPML, without the feeds that have a secret in their URL."""
    return Response(
        public_opml(page.settings.folder),
        media_type="text/x-opml; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="feeds.opml"'},
    )


def import_feeds(page: Page) -> Response:
    """Add the feeds of an OPML file that was sent."""
    folder = page.settings.folder
    done = import_list(folder, parse_foreign_list(Path("the file"), page.upload("file")))
    return RedirectResponse(
        "/feeds"
        + query_string(added=str(done.added), known=str(done.known), unusable=str(len(done.unusable))),
        303,
    )  # fmt: skip


ROUTES: Final = (
    ("GET", "/feeds", show_feeds),
    ("GET", "/feeds.opml", download_list),
    ("POST", "/feeds/import", import_feeds),
    ("GET", "/feeds/{feed_id}", show_feed),
    ("POST", "/feeds/{feed_id}/pause", pause_feed),
    ("POST", "/feeds/{feed_id}/resume", resume_feed),
    ("GET", "/feeds/{feed_id}/remove", ask_removal),
    ("POST", "/feeds/{feed_id}/remove", remove_feed),
)
