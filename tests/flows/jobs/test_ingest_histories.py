"""Feeds over three complete polls: moved feeds, repeated and renamed entries."""

import pytest

from flows.feeds.feed_list import read_feed_list
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.fault_server import FaultServer, answer, redirect, serving_faults
from tests.helpers.feed_builders import item, rss
from tests.helpers.news_server import serving
from warehouse.connect import open_live

pytestmark = pytest.mark.usefixtures("unpublished")

XML = "Content-Type: application/rss+xml"
ROUNDS = 3


def routes_of(round_number, link):
    """Return the publisher's responses in a round; `link` makes the URL of an article."""
    returning = [item(1, link=link("returning-1")), item(2, link=link("returning-2"))]
    if round_number == 1:
        returning = returning[1:]
    renamed = item(guid=f"build-{round_number}", link=link("renamed"))
    nameless = item(guid="", link="", title="Night boat is put off")
    future = item(link=link("future"), date="Tue, 06 May 2098 09:30:00 GMT")
    whole = rss(item(1, link=link("cut-1")), item(2, link=link("cut-2")))
    return {
        "/moved": redirect("/moved-to", "301 Moved"),
        "/moved-to": answer(rss(item(link=link("moved"))), XML),
        "/merged": redirect("/renamed", "301 Moved"),
        "/lent": redirect("/lent-to", "302 Found"),
        "/lent-to": answer(rss(item(link=link("lent"))), XML),
        "/renamed": answer(rss(renamed), XML),
        "/returning": answer(rss(*returning), XML),
        "/stamped": answer(rss(item(link=link("stamped"))), XML, f'ETag: "{round_number}"'),
        "/nameless": answer(rss(nameless, head=f"<ttl>{10 + round_number}</ttl>"), XML),
        "/future": answer(rss(future), XML),
        "/cut": answer(whole[: whole.index(b"cut-2")], XML),
    }


LISTED = (
    "/moved", "/merged", "/lent", "/renamed", "/returning", "/stamped", "/nameless", "/future",
    "/cut",
)  # fmt: skip
ARTICLES = (
    "moved", "lent", "renamed", "returning-1", "returning-2", "stamped", "future", "cut-1", "cut-2",
)  # fmt: skip


@pytest.fixture(scope="module")
def history(tmp_path_factory):
    """Poll all feeds three times; return settings, server and the reports."""
    data = tmp_path_factory.mktemp("history")
    server = FaultServer()
    with serving(feeds=0) as news, serving_faults(server):
        for name in ARTICLES:
            news.pages[f"/{name}-0"] = news.article(f"/{name}-0")
        outlines = "".join(f"<outline xmlUrl='{server.url(path)}'/>" for path in LISTED)
        (data / "feeds.opml").write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
        hosts = f"{news.host},{server.name}"
        settings = Settings(data=data, workers=1, host_delay=0.0, allow_hosts=hosts)
        reports = []
        for round_number in range(ROUNDS):
            server.routes = routes_of(round_number, lambda name: news.url(f"/{name}-0"))
            reports.append(ingest_feeds(settings, IngestRequest(is_forced=True)))
        yield settings, server, reports


def query(history, sql):
    with open_live(history[0].folder) as con:
        return con.execute(sql).fetchall()


def listed(history):
    settings, server, _ = history
    feeds = read_feed_list(settings.folder.feed_list).feeds
    return {feed.url.removeprefix(server.url("")) for feed in feeds}


def outcomes(history, path):
    return [
        outcome
        for (outcome,) in query(
            history, f"SELECT outcome FROM polls WHERE url LIKE '%{path}' ORDER BY polled_at"
        )
    ]


def test_no_feed_failed(history):
    assert [report.polls.failures for report in history[2]] == [()] * ROUNDS


def test_permanent_move_is_stored_at_its_third_sighting_but_a_temporary_one_never(history):
    assert "/moved" not in listed(history)
    assert "/moved-to" in listed(history)
    assert "/lent" in listed(history)
    states = "SELECT url, state FROM latest_feeds WHERE url LIKE '%/moved%'"
    assert [(url.rpartition("/")[2], state) for url, state in query(history, states)] == [
        ("moved-to", "moved")
    ]


def test_feed_that_moves_to_the_url_of_another_feed_keeps_its_url(history):
    assert {"/merged", "/renamed"} <= listed(history)
    flags = query(
        history, "SELECT flags FROM polls WHERE url LIKE '%/merged' ORDER BY polled_at DESC LIMIT 1"
    )
    assert flags == [(["redirect_to_other_feed"],)]


def test_new_etag_on_the_same_body_is_not_a_change(history):
    assert outcomes(history, "/stamped") == ["new", "unchanged", "unchanged"]
    assert query(history, "SELECT count(*) FROM entries WHERE url LIKE '%/stamped-0'") == [(1,)]


def test_new_guid_on_the_same_link_is_not_a_second_article(history):
    assert outcomes(history, "/renamed") == ["new"] * ROUNDS
    assert query(history, "SELECT count(*) FROM articles WHERE url LIKE '%/renamed-0'") == [(1,)]


def test_entry_that_disappears_and_returns_is_neither_lost_nor_doubled(history):
    assert query(
        history,
        "SELECT url[-13:], count(*) FROM entries WHERE url LIKE '%/returning-%' GROUP BY ALL ORDER BY 1",
    ) == [("returning-1-0", 1), ("returning-2-0", 1)]
    assert query(history, "SELECT count(*) FROM articles WHERE url LIKE '%/returning-%'") == [(2,)]


def test_entry_without_guid_and_link_is_kept_once(history):
    assert query(
        history, "SELECT url, count(*) FROM entries WHERE title LIKE 'Night boat%' GROUP BY ALL"
    ) == [(None, 1)]


def test_date_far_in_the_future_is_flagged_and_sets_no_clock(history):
    [(published_at, raw, flags)] = query(
        history,
        "SELECT published_at, published_raw, flags FROM entries WHERE url LIKE '%/future-0'",
    )
    assert (published_at, raw) == (None, "Tue, 06 May 2098 09:30:00 GMT")
    assert "future_date" in flags
    [(days,)] = query(
        history,
        "SELECT max(date_diff('day', polled_at, next_poll_at)) FROM polls WHERE url LIKE '%/future'",
    )
    assert days <= 1


def test_cut_feed_keeps_its_entries_and_is_reported(history):
    assert query(history, "SELECT count(*) FROM entries WHERE url LIKE '%/cut-1-0'") == [(1,)]
    [(flags,)] = query(
        history, "SELECT flags FROM polls WHERE url LIKE '%/cut' ORDER BY polled_at LIMIT 1"
    )
    assert "truncated" in flags


def test_each_article_was_loaded_once(history):
    taken = sum(report.count.appended for report in history[2])
    assert all(report.count.rejected == 0 for report in history[2])
    assert query(history, "SELECT count(*), count(DISTINCT url) FROM articles") == [(taken, taken)]
