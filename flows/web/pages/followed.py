"""Feeds for feed readers: what a watch finds, the articles of a story, what a speaker says.

Feed readers cannot sign in. An address of a feed may carry a token; a page shows such an address
only if somebody asks for one, because it opens what the token opens.
"""

from __future__ import annotations

import hashlib
import secrets
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote, unquote, urlencode, urlsplit

from starlette.responses import Response

from flows.alerts.watch_feeds import described, feed_items
from flows.rss import Item
from flows.web.day_span import DaySpan
from flows.web.feed_answers import KINDS, Feed, answer, site_address
from flows.web.page import Page, PageNotFoundError, Row
from flows.web.pages.stories import state_of_story
from flows.web.pages.watches import read_shown
from flows.web.programs import is_feed
from flows.web.scopes import Scope
from flows.web.speaker_names import names_of, statements_in
from flows.web.story_states import days_of_story, with_headlines
from flows.web.templating import safe_link
from flows.web.tokens import add_token

_MOST: Final = 50  # items
_RECENT: Final = timedelta(days=30)  # days that are read first
_BEGINNING: Final = 400  # characters of an article
_TITLE: Final = 120  # characters


def follow_watch(page: Page) -> Response:
    """Return the newest matches of a watch."""
    name = page.request.path_params["name"]
    watches, _ = read_shown(page, most=_MOST)
    shown = next((one for one in watches if one.watch.name.casefold() == name.casefold()), None)
    if shown is None:
        raise PageNotFoundError(f"There is no watch {name}.")
    found = zip(shown.matches, feed_items(shown.watch, shown.matches), strict=True)
    last_at, added_at = shown.found.last_found_at, shown.watch.recorded_at
    feed = Feed(
        title=f"onrecord: {shown.watch.name}",
        page="/watches",
        description=described(shown.watch),
        items=[_linked(page, item, match.article_id, match.url) for match, item in found],
        changed_at=max(last_at or added_at, added_at),
    )
    return answer(page.request, feed)


def follow_story(page: Page) -> Response:
    """Return the newest articles of a story; one that became part of another one goes on there."""
    state = state_of_story(page, page.request.path_params["story_id"])
    days = days_of_story(state)
    rows = page.rows("newest_of_story", story=state["story_id"], most=_MOST, **days)
    if not rows:
        raise PageNotFoundError(f"The story {state['story_id']} has no article any more.")
    (named,) = with_headlines(page, [state])
    keys = sorted(row["article_id"] for row in rows)
    found = page.rows("beginnings_of_articles", articles=keys, chars=_BEGINNING, **days)
    beginnings = {row["article_id"]: row["beginning"] for row in found}
    feed = Feed(
        title=f"onrecord: {named['headline'] or 'a story'}",
        page=f"/stories/{quote(state['story_id'], safe='')}",
        description="The articles of a story, the newest first",
        items=[_article(page, row, beginnings.get(row["article_id"])) for row in rows],
        changed_at=_published_at(page),
    )
    return answer(page.request, feed)


def follow_speaker(page: Page) -> Response:
    """Return the newest statements of a speaker that have a day."""
    name = page.value("name")
    known = page.span("span_of_speaker", "speaker", name, count="statements", speaker=name)
    if known is None or known["last_on"] is None:
        raise PageNotFoundError(f"Nobody named {name} is quoted on a known day.")
    recent = max(known["first_on"], known["last_on"] - _RECENT)
    rows = _newest_said(page, name, DaySpan(recent, known["last_on"]))
    if len(rows) < _MOST and recent > known["first_on"]:
        rows = _newest_said(page, name, DaySpan(known["first_on"], known["last_on"]))
    items = {item.guid: item for item in reversed([_statement(page, row) for row in rows])}
    feed = Feed(
        title=f"onrecord: {name}",
        page=f"/speakers/{quote(name, safe='')}",
        description=f"Statements of {name}, the newest first",
        items=list(reversed(items.values())),
        changed_at=_published_at(page),
    )
    return answer(page.request, feed)


def make_address(page: Page) -> Response:
    """Return addresses of a feed with a token of their own, which is shown this once."""
    asked = urlsplit(page.given("feed"))
    path = unquote(asked.path)
    if asked.netloc or not is_feed(path):
        raise PageNotFoundError("There is no such feed.")
    now = datetime.now(UTC)
    name = f"feed-{now:%Y%m%d}-{secrets.token_hex(3)}"
    token = add_token(page.settings.folder, name, frozenset({Scope.READ}), now=now)
    stem = f"{site_address(page.request)}{quote(path.rpartition('.')[0])}"
    query = f"{asked.query}&" if asked.query else ""
    addresses = [f"{stem}.{kind}?{query}{urlencode({'token': token})}" for kind in KINDS]
    return page.show("feed_address.html.j2", addresses=addresses, token=name)


def _newest_said(page: Page, name: str, span: DaySpan) -> list[Row]:
    said = statements_in(page, name, names_of(page, name, span), span)
    return page.rows("newest_of_speaker", of=said, since=span.since, until=span.until, most=_MOST)


def _statement(page: Page, row: Row) -> Item:
    said = f"{row['speaker']}: {row['statement']}"
    digest = hashlib.sha256(row["statement"].encode("utf-8", "replace")).hexdigest()[:16]
    item = Item(
        guid=f"tag:onrecord,2026:{row['article_id']}:{digest}",
        title=textwrap.shorten(said, _TITLE, placeholder=" ..."),
        description=f"{said} ({row['source_id']}: {row['title'] or 'without a headline'})",
        published_at=row["published_at"],
    )
    return _linked(page, item, row["article_id"], row["url"])


def _article(page: Page, row: Row, text: str | None) -> Item:
    beginning = textwrap.shorten(text or "", _BEGINNING - 20, placeholder=" ...")
    item = Item(
        guid=f"tag:onrecord,2026:{row['article_id']}",
        title=row["title"] or "(without a headline)",
        description=f"{beginning} ({row['source_id']})",
        category="copy" if row["is_copy"] else None,
        published_at=row["appeared_at"],
    )
    return _linked(page, item, row["article_id"], row["url"])


def _linked(page: Page, item: Item, article_id: str, url: str | None) -> Item:
    """Return an item that leads to its publisher, or to our own page if that is not possible."""
    own = f"{site_address(page.request)}/articles/{quote(article_id, safe='')}"
    return replace(item, link=safe_link(url) or own)


def _published_at(page: Page) -> datetime:
    """Return when the snapshot was written: its feeds change with it."""
    written_at = page.snapshot.path.stat().st_mtime if page.snapshot else 0.0
    return datetime.fromtimestamp(written_at, UTC)


ROUTES: Final = (
    *(("GET", f"/watches/{{name}}.{kind}", follow_watch) for kind in KINDS),
    *(("GET", f"/stories/{{story_id}}.{kind}", follow_story) for kind in KINDS),
    *(("GET", f"/speakers.{kind}", follow_speaker) for kind in KINDS),
    ("POST", "/feed-address", make_address),
)
