"""What one visit makes of the state that the visit before it has left."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from flows.errors import FetchError
from flows.fetching.failures import failure
from flows.fetching.fetch_records import FetchRequest, make_result
from flows.runs.visits import visit_page, with_visit
from tests.helpers.builders import NOW, make_analysis, make_article
from warehouse.feed_queries import WantedPage
from warehouse.visit_queries import DueVisit, PageState

URL = "https://harbour.example/2024/ferry"
DAY = timedelta(days=1)


class Server:
    """Answers every request with one result or error, and keeps the requests."""

    def __init__(self, answer):
        self.answer, self.requests = answer, []

    async def fetch(self, request):
        self.requests.append(request)
        if isinstance(self.answer, FetchError):
            raise self.answer
        return self.answer


def make_visit(**state):
    page = WantedPage(
        canonical_url=URL, url=URL, source_id="harbour.example", entry_id="e1-1", fingerprint="p",
        title=None, authors=(), published_at=None, published_precision=None,
        is_zone_assumed=False, language=None, content=None, attempts=0,
    )  # fmt: skip
    known = {
        "article_id": "a1-1", "source_id": "harbour.example", "document_id": "d1-1",
        "content_sha256": "c", "wording_sha256": "w", "etag": '"1"', "last_modified": None,
        "starts_at": NOW - 20 * DAY,
        "last_seen_at": NOW - 9 * DAY, "gone_since_at": None, "is_gone": False, "failed_visits": 0,
    }  # fmt: skip
    return DueVisit(page, PageState(**known | state))


def page_at(url=URL, *, status=200, body=b"<p>The ferry sails.</p>", headers=(("ETag", '"2"'),)):
    return make_result(
        FetchRequest(url=URL),
        final_url=url,
        redirects=(),
        status=status,
        headers=headers,
        body=body,
        fetched_at=NOW,
    )


def visited(answer, **state):
    server: Any = Server(answer)
    return asyncio.run(visit_page(make_visit(**state), server, now=lambda: NOW))


def row_of(item):
    [row] = item.rows["visits"]
    return row


def test_request_is_conditional():
    server: Any = Server(page_at(status=304, body=b""))
    item = asyncio.run(visit_page(make_visit(last_modified="Mon"), server, now=lambda: NOW))
    assert [(r.etag, r.last_modified) for r in server.requests] == [('"1"', "Mon")]
    row = row_of(item)
    assert item.content is None
    assert (row["outcome"], row["document_id"], row["etag"]) == ("unchanged", "d1-1", '"1"')


def test_server_error_leaves_a_disappearance_as_it_is():
    error = failure(URL, "server_error", http_status=503)
    row = row_of(visited(error, is_gone=True, gone_since_at=NOW - 3 * DAY))
    assert (row["outcome"], row["is_gone"], row["gone_since_at"]) == ("failed", True, NOW - 3 * DAY)
    assert row["last_seen_at"] == NOW - 9 * DAY


@pytest.mark.parametrize(
    ("failed_visits", "minutes"), [(0, 15), (1, 60), (3, 960), (4, None), (9, None)]
)
def test_failed_visit_is_tried_again_after_growing_pauses(failed_visits, minutes):
    row = row_of(visited(failure(URL, "deadline"), failed_visits=failed_visits))
    expected = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert (row["failed_visits"], row["again_at"]) == (failed_visits + 1, expected)


def test_denied_visit_waits_for_the_next_planned_time():
    row = row_of(visited(failure(URL, "forbidden", http_status=403)))
    assert (row["outcome"], row["reason"], row.get("again_at")) == ("failed", "forbidden", None)


@pytest.mark.parametrize(("days", "expected"), [(1, NOW + DAY), (6, NOW + DAY), (7, None)])
def test_failed_check_of_a_missing_page_is_repeated_daily_for_a_week(days, expected):
    error = failure(URL, "forbidden", http_status=403)
    row = row_of(visited(error, gone_since_at=NOW - days * DAY))
    assert (row["is_gone"], row.get("again_at")) == (False, expected)


@pytest.mark.parametrize(
    ("hours", "is_gone"),
    [pytest.param(23, False, id="too-early"), pytest.param(24, True, id="day")],
)
def test_page_is_gone_if_it_is_missing_for_a_day(hours, is_gone):
    since = NOW - timedelta(hours=hours)
    row = row_of(visited(failure(URL, "not_found", http_status=404), gone_since_at=since))
    assert (row["is_gone"], row["gone_since_at"]) == (is_gone, since)
    assert row["again_at"] == (None if is_gone else since + DAY)


@pytest.mark.parametrize(
    ("final_url", "is_home"),
    [
        ("https://harbour.example/", True),
        ("https://www.harbour.example/index.html", True),
        ("https://harbour.example/?utm_source=old", True),
        ("https://harbour.example/?p=7", False),
        ("https://harbour.example/2024/ferry/", False),
        ("https://harbour.example/2024/", False),
    ],
)
def test_redirect_to_the_home_page_is_missing_and_not_analysed(final_url, is_home):
    item = visited(page_at(final_url))
    assert (item.content is None) == is_home
    assert (row_of(item).get("reason") == "home_page") == is_home
    assert [capture.unused for capture in item.others] == (["home_page"] if is_home else [])


def test_page_that_shows_another_article_has_moved():
    article = make_article(article_id="a1-other")
    row = row_of(with_visit(visited(page_at()), make_analysis(article), is_followed=True))
    assert (row["outcome"], row["article_id"]) == ("moved", "a1-1")


@pytest.mark.parametrize(("content", "outcome"), [("c", "unchanged"), ("other", "changed")])
def test_article_that_is_seen_again_ends_what_was_noted(content, outcome):
    article = make_article(article_id="a1-1", content_sha256=content)
    item = visited(page_at(), gone_since_at=NOW - DAY, is_gone=True, failed_visits=3)
    row = row_of(with_visit(item, make_analysis(article), is_followed=True))
    assert (row["outcome"], row["etag"], row["last_seen_at"]) == (outcome, '"2"', NOW)
    assert (row["gone_since_at"], row["is_gone"], row["failed_visits"]) == (None, False, 0)
