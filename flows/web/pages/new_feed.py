"""The page that tries a feed or finds the feeds behind a page, and adds one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from flows.errors import FetchError, NoFeedError, RulesError
from flows.feeds.discovery import find_feeds_at
from flows.feeds.feed_list import listed_or_empty
from flows.feeds.list_edits import list_more
from flows.feeds.opml import ListedFeed, account_key
from flows.jobs.feed_trial import FeedTrial, SiteTrial, try_site, try_url
from flows.jobs.feed_trial_facts import entry_day, page_facts, trial_facts
from flows.jobs.trial import Trial
from flows.rules import read_rules
from flows.web.desk import desk_of
from flows.web.feed_board import with_keys
from flows.web.page import Page
from transforms.records import Article
from warehouse.feed_queries import known_entries

_MOST_URL: Final = 2_000  # characters
_ENTRIES: Final = 10
_BUSY: Final = "Other feeds are being tried just now. Try again in a moment."
_OURS: Final = ("same-origin", "none", "")


def show_new_feed(page: Page) -> Response:
    """Return the form; with a URL, what would come from there. Nothing is stored.

    A link of another site only fills in the form, so that no site can make us fetch.
    """
    url = page.value("url")[:_MOST_URL]
    if not url or page.request.headers.get("sec-fetch-site", "") not in _OURS:
        return _show(page, url)
    try:
        with _one_trial(page):
            return _show(page, url, **_tried(page, url))
    except (FetchError, NoFeedError, RulesError, _BusyError) as exc:
        return _show(page, url, problem=str(exc))


class _BusyError(Exception):
    """So many feeds are being tried that one more has to wait."""


@contextlib.contextmanager
def _one_trial(page: Page) -> Iterator[None]:
    trials = desk_of(page.request).trials
    if not trials.acquire(blocking=False):
        raise _BusyError(_BUSY)
    try:
        yield
    finally:
        trials.release()


def _tried(page: Page, url: str) -> dict[str, Any]:
    """Return what the template shows of a feed, a site or a page."""
    settings, now = page.settings, datetime.now(UTC)
    address = url if "://" in url else f"https://{url}"
    rules = read_rules(settings.folder.rules)

    def find_known(urls: Sequence[str]) -> frozenset[str]:
        if page.opened is None:
            return frozenset()
        return frozenset(known_entries(page.opened, [], urls, []).urls)

    tried = try_url(address, settings, rules, now=now, find_known=find_known)
    if isinstance(tried, FeedTrial):
        return {"trial": tried, **_of_feed(tried)}
    return {"site": _listed(page, try_site(address, settings)), "tried_page": _of_page(tried)}


def _of_feed(trial: FeedTrial) -> dict[str, Any]:
    return {
        "facts": [(label, text) for label, text in trial_facts(trial) if text],
        "entries": [
            (trial.is_new(entry), entry_day(entry), entry.title or entry.url or "")
            for entry in trial.feed.entries[:_ENTRIES]
        ],
        "pages": [
            (page.url, page_facts(page.outcome), "")
            if isinstance(page.outcome, Article)
            else (page.url, (), f"{page.outcome.reason}: {page.outcome.detail}")
            for page in trial.pages
        ],
    }


def _of_page(trial: Trial) -> dict[str, Any]:
    outcome = (trial.ruled or trial.plain).outcome
    if isinstance(outcome, Article):
        return {"facts": page_facts(outcome), "problem": ""}
    return {"facts": (), "problem": f"{outcome.reason}: {outcome.detail}"}


def _listed(page: Page, site: SiteTrial) -> list[tuple[ListedFeed, bool]]:
    """Return the feeds of a site, each with whether it is in the list, then its sitemaps."""
    listed = {account_key(feed.address) for feed in listed_or_empty(page.settings.folder)}
    maps = [ListedFeed(url=url, title="sitemap") for url in site.sitemaps]
    return [(feed, account_key(feed.address) in listed) for feed in (*site.feeds, *maps)]


def _show(page: Page, url: str, **found: Any) -> Response:
    empty: dict[str, Any] = {
        "trial": None, "facts": [], "entries": [], "pages": [], "site": None, "tried_page": None,
        "problem": "",
    }  # fmt: skip
    return page.show("new_feed.html.j2", url=url, **(empty | found))


def add_feed(page: Page) -> Response:
    """Add the feed at a URL, after reading it once more, and go to its page."""
    url = page.given("url")[:_MOST_URL]
    results: list[list[ListedFeed] | FetchError | NoFeedError] = []
    try:
        with _one_trial(page):
            find_feeds_at([url], page.settings, lambda _, found: results.append(found))
    except _BusyError as exc:
        return _show(page, url, problem=str(exc))
    [found] = results
    if not isinstance(found, list):
        return _show(page, url, problem=str(found))
    if len(found) > 1:
        return _show(page, url, site=_listed(page, SiteTrial(feeds=tuple(found), sitemaps=())))
    list_more(page.settings.folder, found, page.given("folder"))
    return RedirectResponse(f"/feeds/{_key_of(page, found[0])}?done=added", 303)


def _key_of(page: Page, feed: ListedFeed) -> str:
    """Return the key of a listed feed."""
    now = datetime.now(UTC)
    rows = desk_of(page.request).board.rows(page.opened, page.snapshot_name, now)
    own = account_key(feed.address)
    found = (row["key"] for row in rows if account_key(row["url"]) == own)
    return str(next(found, None) or with_keys([{"feed_id": None, "url": feed.address}])[0]["key"])


ROUTES: Final = (("GET", "/feeds/new", show_new_feed), ("POST", "/feeds/new", add_feed))
