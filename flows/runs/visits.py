"""Visits: the page of a recent article is fetched again, whether or not its feed changes.

Each visit becomes a row of `visits` that says what was found, and from which the next one
starts. A page that has not changed costs one conditional request and no analysis. A page
whose article is missing is looked at again a day later before the article counts as gone:
a single 404 is often a mistake of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from flows.archive.captures import capture_of
from flows.errors import FetchError, TransientFetchError
from flows.fetching.fetch_records import FetchRequest, header
from flows.fetching.fetcher import Fetcher
from flows.runs.items import Item
from flows.runs.page_archive import KeptPage
from flows.runs.page_documents import document_of
from flows.runs.retries import next_attempt
from flows.secrets import mask_url
from transforms.article_urls import article_url
from transforms.identity import article_id
from transforms.records import Analysis, Article, Document, Rejection
from transforms.urls import canonical_url, source_id
from warehouse.rows import move_row
from warehouse.visit_queries import CHECKED_FOR, DueVisit

CHECK_AFTER: Final = timedelta(days=1)  # a page that is missing then too is gone
_MISSING_CODES: Final = frozenset({"not_found", "gone"})
_GONE_REASONS: Final = frozenset({"soft_404", "section_front"})
_FRONTS: Final = frozenset({"listing", "collection"})  # if a redirect led there
_HOME_PATHS: Final = frozenset({"", "/", "/index.html", "/index.php", "/home"})


async def visit_page(
    visit: DueVisit, fetcher: Fetcher | KeptPage, *, now: Callable[[], datetime]
) -> Item:
    """Return what the page of an article shows now, as an item with a row of `visits`.

    The item has a document only if the server sent a page that may hold the article.
    """
    page, state = visit.page, visit.state
    request = FetchRequest(url=page.url, etag=state.etag, last_modified=state.last_modified)
    path = mask_url(page.url)
    try:
        result = await fetcher.fetch(request)
    except FetchError as exc:
        row = _row_without_page(visit, exc, now())
        return Item(path, None, None, exc.http_status, {"visits": [row]})
    row = _row(visit, result.fetched_at) | {"http_status": result.http_status}
    if result.is_not_modified:
        there = {"visits": [_there(row, "unchanged")]}
        return Item(path, None, None, 304, there | _moves(row, result.final_url))
    if leads_home(page.url, result.final_url):
        detail = f"the address leads to the home page {mask_url(result.final_url)}"
        row = _missing(row, "home_page", detail)
        evidence = capture_of(result, {"unused": "home_page"})
        return Item(path, None, None, result.http_status, {"visits": [row]}, others=(evidence,))
    document = document_of(page, result)
    return Item(path, document, capture_of(result), result.http_status, {"visits": [row]})


def leads_home(url: str, final_url: str) -> bool:
    """Return whether a redirect from the page of an article ended at a home page.

    >>> leads_home("https://harbour-times.example/2024/ferry", "https://harbour-times.example/")
    True
    >>> leads_home("https://harbour-times.example/?p=7", "https://harbour-times.example/?p=7")
    False
    """
    final = urlsplit(canonical_url(final_url) or final_url)
    is_home = final.path.lower() in _HOME_PATHS and not final.query
    return is_home and canonical_url(url) != canonical_url(final_url)


def with_visit(item: Item, outcome: Analysis | Rejection | None, *, is_followed: bool) -> Item:
    """Return the item of a page with its row of `visits` completed, or with its first one.

    Args:
        item: The item of a document; one from a file is returned unchanged.
        outcome: What the analysis of its document gave; None if the document is known.
        is_followed: Whether the page of a new article is visited again later.
    """
    visits, fetches = item.rows.get("visits"), item.rows.get("fetches")
    if visits:
        done = _completed(visits[0], item, outcome)
    elif is_followed and fetches and item.capture and isinstance(outcome, Analysis):
        done = _first_row(fetches[0], item, outcome.article)
    else:
        return item
    rows = {**item.rows, "visits": [done]}
    if visits and outcome is None and isinstance(item.content, Document):
        rows |= _moves(done, item.content.final_url)
    return replace(item, rows=rows)


def shown_again(items: Iterable[Item]) -> set[str]:
    """Return the known documents with which a page went back to an earlier version.

    They are analysed again, because the article has that version again, too.
    """
    return {
        item.content.document_id
        for item in items
        if isinstance(item.content, Document)
        and any(
            row["document_id"] != item.content.document_id for row in item.rows.get("visits", ())
        )
    }


def _moves(row: Mapping[str, Any], final_url: str | None) -> dict[str, list[dict[str, Any]]]:
    """Return the row of `moves` if the page that has not changed is at another address now."""
    new = article_url(final_url or "")
    if new is None or new == row["canonical_url"] or article_id(new, "") == row["article_id"]:
        return {}
    moved = move_row(
        article_id(new, ""), row["article_id"], new, requested_url=row["url"], at=row["visited_at"]
    )
    return {"moves": [moved]}


def _completed(
    row: dict[str, Any], item: Item, outcome: Analysis | Rejection | None
) -> dict[str, Any]:
    content = item.content
    if isinstance(outcome, Rejection):
        is_moved = isinstance(content, Document) and content.final_url is not None
        is_missing = outcome.reason in _GONE_REASONS or (is_moved and outcome.reason in _FRONTS)
        if is_missing:
            return _missing(row, outcome.reason, outcome.detail)
        refused = {"outcome": "refused", "reason": outcome.reason, "detail": outcome.detail}
        return _still_checked(row | refused)
    row = _there(row, "unchanged") | _validators(item)
    if isinstance(content, Document):
        row["document_id"] = content.document_id
    if outcome is None:
        return row
    article = outcome.article
    if article.article_id != row["article_id"]:
        row["outcome"] = "moved"
    elif not _is_same(article, row):
        row["outcome"] = "changed"
    return row | {
        "content_sha256": article.content_sha256,
        "wording_sha256": article.wording_sha256,
    }


def _is_same(article: Article, row: Mapping[str, Any]) -> bool:
    """Return whether the page shows what it showed at the visit before, or changed trivially."""
    if article.content_sha256 == row["content_sha256"]:
        return True
    wording = row["wording_sha256"]
    return wording is not None and article.wording_sha256 == wording


def _first_row(fetch: Mapping[str, Any], item: Item, article: Article) -> dict[str, Any]:
    """Return the row for a page that was fetched for its entry: its plan starts here."""
    content = item.content
    at = content.fetched_at if isinstance(content, Document) else fetch["fetched_at"]
    return {
        "article_id": article.article_id,
        "canonical_url": fetch["canonical_url"],
        "url": fetch["url"],
        "source_id": source_id(fetch["url"]),
        "visited_at": at,
        "outcome": "fetched",
        "http_status": item.http_status,
        "document_id": article.document_id,
        "content_sha256": article.content_sha256,
        "wording_sha256": article.wording_sha256,
        "starts_at": min(article.published_at or at, at),
        "last_seen_at": at,
        "is_gone": False,
        "failed_visits": 0,
        **_validators(item),
    }


def _row(visit: DueVisit, at: datetime) -> dict[str, Any]:
    """Return a row that takes the state of the page over from the visit before."""
    return visit.state.as_row() | {
        "canonical_url": visit.page.canonical_url,
        "url": mask_url(visit.page.url),
        "visited_at": at,
    }


def _validators(item: Item) -> dict[str, Any]:
    """Return what makes the next request conditional, as the server sent it."""
    headers = item.capture.headers if item.capture else ()
    return {"etag": header(headers, "etag"), "last_modified": header(headers, "last-modified")}


def _there(row: dict[str, Any], outcome: str) -> dict[str, Any]:
    """Return the row of a page that shows an article; an article that was gone is back."""
    return row | {
        "outcome": outcome,
        "last_seen_at": row["visited_at"],
        "gone_since_at": None,
        "is_gone": False,
        "failed_visits": 0,
    }


def _row_without_page(visit: DueVisit, error: FetchError, at: datetime) -> dict[str, Any]:
    row = _row(visit, at) | {"http_status": error.http_status}
    if error.code in _MISSING_CODES:
        return _missing(row, error.code, error.detail)
    row |= {"outcome": "failed", "reason": error.code, "detail": error.detail}
    row["failed_visits"] += 1
    if isinstance(error, TransientFetchError):
        row["again_at"] = next_attempt(row["failed_visits"], at, asked_s=error.retry_after_s)
    return _still_checked(row)


def _missing(row: dict[str, Any], reason: str, detail: str) -> dict[str, Any]:
    """Return the row of a page without its article: gone, or to be checked a day later."""
    at = row["visited_at"]
    since = row["gone_since_at"] or at
    is_gone = row["is_gone"] or reason == "gone" or at - since >= CHECK_AFTER
    return row | {
        "outcome": "missing",
        "reason": reason,
        "detail": detail,
        "gone_since_at": since,
        "is_gone": is_gone,
        "failed_visits": 0,
        "again_at": None if is_gone else since + CHECK_AFTER,
    }


def _still_checked(row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with a check a day later if a missing page was not seen this time.

    After a week of failed checks only the planned visits remain.
    """
    is_doubtful = row["gone_since_at"] is not None and not row["is_gone"]
    again_at = row["visited_at"] + CHECK_AFTER
    if is_doubtful and not row.get("again_at") and again_at <= row["gone_since_at"] + CHECKED_FOR:
        row["again_at"] = again_at
    return row
