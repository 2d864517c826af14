"""Backfills from every origin, without Prefect."""

import gzip
import itertools
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.archive.warc import pack_record, stamp
from flows.backfill.plan import estimate, plan_backfill
from flows.backfill.request import BackfillRequest, Origin
from flows.errors import InputError, RangeError, RunActiveError
from flows.jobs.backfill import backfill_range
from flows.jobs.load import load_files
from flows.runs.lock import running
from flows.settings import Settings
from tests.helpers.news_server import FIRST_DAY, NewsServer, serving
from tests.helpers.warehouses import contents, query
from tests.helpers.web_archives import http, record, wacz, zstd_frame
from tests.helpers.web_archives import response as archived_response
from warehouse.publish import publish

pytestmark = pytest.mark.usefixtures("unpublished")

ROOT = Path(__file__).resolve().parents[3]
ARTICLES = ROOT / "seeds" / "articles"
FIRST, LAST = date(2024, 6, 1), date(2024, 6, 30)
HOST = "harbour-times.example"


def make_settings(folder, **given):
    return Settings(data=folder, workers=1, host_delay=0.0, **given)


def make_request(origin, *places, **given):
    days = {"since": FIRST, "until": LAST}
    return BackfillRequest(origin=origin, places=tuple(map(str, places)), **days | given)


def fill(settings, asked):
    report = backfill_range(settings, asked)
    assert report is not None
    return report


@pytest.fixture(scope="module")
def pages():
    """Return the pages of a publisher by path, with the day of each."""
    news = NewsServer(feeds=1, articles=6)
    news.server.server_close()
    return {path: news.pages[path] for path in news.lists["/feed-0.xml"]}


def response(url, body, *, status=200, at=FIRST_DAY, kind="text/html"):
    head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    fields = {
        "WARC-Type": "response", "WARC-Record-ID": f"<urn:x:{url}>", "WARC-Date": stamp(at),
        "WARC-Target-URI": url, "Content-Type": "application/http;msgtype=response",
    }  # fmt: skip
    return pack_record(fields, head.encode() + body)


@pytest.fixture
def warc(tmp_path, pages):
    """Return a file of another crawler: six pages, and records to skip."""
    records = [response(f"https://{HOST}{path}", body) for path, body in pages.items()]
    records += [
        response("https://elsewhere.example/a", b"<html><body>Other</body></html>"),
        response(f"https://{HOST}/gone", b"<html>gone</html>", status=404),
        response(f"https://{HOST}/boat.png", b"\x89PNG", kind="image/png"),
    ]
    path = tmp_path / "crawl-20240603.warc.gz"
    path.write_bytes(b"".join(records))
    return path


def test_pages_of_one_host_are_taken_from_a_foreign_warc(tmp_path, warc):
    settings = make_settings(tmp_path / "data")
    report = fill(settings, make_request(Origin.WARC, warc, source=HOST))
    assert (report.count.seen, report.count.appended, report.count.rejected) == (6, 6, 0)
    [(state, seen, detail)] = query(
        settings, "SELECT state, seen, detail FROM latest_backfill_windows"
    )
    assert (state, seen) == ("completed", 6)
    assert detail == (
        "skipped: 1 from other hosts; skipped: 1 not HTML; skipped: 1 not found or moved"
    )
    assert query(settings, "SELECT count(*) FROM documents WHERE warc_file IS NULL") == [(0,)]


def test_finished_window_is_redone_only_when_forced(tmp_path, warc):
    settings = make_settings(tmp_path / "data")
    asked = make_request(Origin.WARC, warc, source=HOST)
    backfill_range(settings, asked)
    assert backfill_range(settings, asked) is None
    forced = make_request(Origin.WARC, warc, source=HOST, is_forced=True)
    assert fill(settings, forced).count.known == 6


def test_days_of_capture_and_of_publication_are_distinguished(tmp_path, warc, pages):
    settings = make_settings(tmp_path / "data")
    days = {
        datetime.fromisoformat(
            body.decode().partition("published_time' content='")[2].partition("'")[0]
        ).date()
        for body in pages.values()
    }
    day = min(days)
    other = make_request(
        Origin.WARC, warc, source=HOST, captured_since=FIRST_DAY.date() + timedelta(1)
    )
    assert fill(settings, other).count.seen == 0
    report = fill(settings, make_request(Origin.WARC, warc, source=HOST, since=day, until=day))
    assert report.count.seen == 6
    assert {r.reason for r in report.rejections} == {"outside_range"}
    assert query(settings, "SELECT DISTINCT published_at::DATE FROM articles") == [(day,)]
    # A page outside one range can be inside another.
    assert fill(settings, make_request(Origin.WARC, warc, source=HOST)).count.known == (
        report.count.appended
    )
    assert query(settings, "SELECT count(*) FROM articles") == [(6,)]


@pytest.mark.parametrize(
    ("damage", "appended", "reason"),
    [
        pytest.param(lambda data: data[:-40], 5, "truncated", id="cut"),
        pytest.param(lambda data: data[:700] + b"\x00" * 20 + data[720:], 5, "bad_record", id="damaged"),
        pytest.param(lambda data: gzip.compress(gzip.decompress(data)), 6, None, id="one-member"),
        pytest.param(
            lambda data: data + response(f"https://{HOST}/bomb", b"\x00" * 70_000_000),
            6, "record_too_large", id="bomb",
        ),
    ],
)  # fmt: skip
def test_damaged_warc_loads_whole_records_and_reports_the_rest(
    tmp_path, pages, damage, appended, reason
):
    path = tmp_path / "odd.warc.gz"
    whole = b"".join(response(f"https://{HOST}{path}", body) for path, body in pages.items())
    path.write_bytes(damage(whole))
    settings = make_settings(tmp_path / "data")
    report = fill(settings, make_request(Origin.WARC, path))
    assert report.count.appended == appended
    assert {r.reason for r in report.rejections} == ({reason} if reason else set())
    assert all("#" in r.item for r in report.rejections)


def test_warc_on_the_web_is_fetched_read_and_deleted(tmp_path, warc, news):
    news.pages["/crawl.warc.gz"] = warc.read_bytes()
    settings = make_settings(tmp_path / "data", allow_hosts=news.host)
    asked = make_request(Origin.WARC, news.url("/crawl.warc.gz"), source=HOST)
    news.statuses["/crawl.warc.gz"] = 503
    assert fill(settings, asked).count.seen == 0
    assert query(settings, "SELECT state FROM latest_backfill_windows") == [("incomplete",)]
    del news.statuses["/crawl.warc.gz"]
    assert fill(settings, asked).count.appended == 6
    assert list((settings.data / "downloads").iterdir()) == []
    assert backfill_range(settings, asked) is None
    missing = make_request(Origin.WARC, news.url("/nowhere.warc.gz"))
    assert [r.reason for r in fill(settings, missing).rejections] == ["not_found"]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        pytest.param("x.wacz", lambda data: wacz({"a.warc.gz": data}), id="wacz"),
        pytest.param("x.warc.zst", lambda data: zstd_frame(gzip.decompress(data)), id="zstd"),
        pytest.param("archive", lambda data: data, id="gzip"),
    ],
)
def test_archives_on_the_web_are_read_by_their_content(tmp_path, warc, news, name, pack):
    news.pages[f"/{name}"] = pack(warc.read_bytes()) + b"cut"
    settings = make_settings(tmp_path / "data", allow_hosts=news.host)
    url = news.url(f"/{name}")
    report = fill(settings, make_request(Origin.WARC, url, source=HOST))
    assert report.count.appended == 6
    assert [r.item.partition("#")[0] for r in report.rejections] in ([], [url])
    assert report.notes == (
        "skipped: 1 from other hosts", "skipped: 1 not HTML", "skipped: 1 not found or moved",
    )  # fmt: skip


def test_folder_is_searched_for_archives_by_content(tmp_path, warc):
    folder = tmp_path / "crawls"
    folder.mkdir()
    warc.rename(folder / "monday")
    (folder / "tuesday.wacz").write_bytes(wacz({"a.warc.gz": (folder / "monday").read_bytes()}))
    (folder / "index.cdx.gz").write_bytes(gzip.compress(b"com,example)/ 20240603 {}"))
    (folder / "empty.warc.gz").touch()
    request = make_request(Origin.WARC, folder, source=HOST)
    plan = plan_backfill(make_settings(tmp_path / "data"), request)
    assert [Path(window.place).name for window in plan.windows] == [
        "empty.warc.gz", "monday", "tuesday.wacz",
    ]  # fmt: skip


def test_revisit_is_resolved_within_the_files_of_the_backfill(tmp_path, pages):
    (path, body), *_ = pages.items()
    digest = ["WARC-Payload-Digest: sha1:FERRY"]
    url, date = f"https://{HOST}{path}", "2024-06-03T12:00:00Z"
    first, second = tmp_path / "a.warc", tmp_path / "b.warc"
    first.write_bytes(record("revisit", f"{url}?again", http(b""), extra=digest, date=date))
    second.write_bytes(archived_response(url, body, extra=digest, date=date))
    settings = make_settings(tmp_path / "data")
    assert fill(settings, make_request(Origin.WARC, first, second)).count.appended == 2


def test_nothing_is_downloaded_from_a_private_address(tmp_path, news):
    settings = make_settings(tmp_path)
    report = fill(settings, make_request(Origin.WARC, news.url("/crawl.warc.gz")))
    assert [r.reason for r in report.rejections] == ["private_address"]
    assert news.asked["/crawl.warc.gz"] == 0


def test_each_folder_of_files_is_a_window(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "one.txt").write_text(
            f"Harbour {name} opens\nThe harbour of {name} opened on Monday after nine years.\n"
        )
    settings = make_settings(tmp_path / "data")
    today = datetime.now(UTC).date()
    report = fill(settings, make_request(Origin.FILES, tmp_path / "in", until=today))
    assert report.count.seen == 2
    assert query(settings, "SELECT windows, completed FROM backfills") == [(2, 2)]


def test_own_archive_fills_an_empty_warehouse_without_new_captures(tmp_path):
    settings = make_settings(tmp_path)
    load_files(sorted(ARTICLES.glob("*.*"))[:6], settings)
    before = contents(settings.folder)
    archived = {path: path.read_bytes() for path in settings.folder.archive.iterdir()}
    publish(settings.folder)
    settings.folder.live.unlink()
    shutil.rmtree(settings.folder.published)
    today = datetime.now(UTC).date()
    report = fill(settings, make_request(Origin.ARCHIVE, since=today - timedelta(1), until=today))
    assert report.count.appended > 0
    after = contents(settings.folder)
    assert after == before
    assert {path: path.read_bytes() for path in settings.folder.archive.iterdir()} == archived


@pytest.fixture
def news():
    with serving(feeds=1, articles=8) as server:
        days = [FIRST_DAY.date() + timedelta(days=number) for number in range(4)]
        paths = list(server.lists["/feed-0.xml"])
        listed = {day: paths[2 * n : 2 * n + 2] for n, day in enumerate(days)}
        for day, own in listed.items():
            rows = "".join(
                f"<url><loc>{server.url(path)}</loc><lastmod>{day}</lastmod></url>" for path in own
            )
            server.pages[f"/sitemap-{day}.xml"] = f"<urlset>{rows}</urlset>".encode()
        names = "".join(
            f"<sitemap><loc>{server.url(f'/sitemap-{day}.xml')}</loc></sitemap>" for day in days
        )
        server.pages["/sitemap.xml"] = f"<sitemapindex>{names}</sitemapindex>".encode()
        server.days, server.listed = days, listed
        yield server


def sitemap_request(news, **given):
    days = {"since": news.days[1], "until": news.days[2]}
    return make_request(Origin.SITEMAP, news.url("/sitemap.xml"), **days | given)


def test_only_sitemaps_that_the_range_needs_are_read(tmp_path, news):
    settings = make_settings(tmp_path, allow_hosts=news.host)
    report = fill(settings, sitemap_request(news))
    assert (report.count.seen, report.count.appended) == (4, 4)
    assert news.asked[f"/sitemap-{news.days[1]}.xml"] == 1
    assert news.asked[f"/sitemap-{news.days[0]}.xml"] == 0
    assert news.asked[f"/sitemap-{news.days[3]}.xml"] == 0
    assert query(
        settings, "SELECT starts_on, state, appended FROM latest_backfill_windows ORDER BY 1"
    ) == [(news.days[1], "completed", 2), (news.days[2], "completed", 2)]
    # Another range loads only its new days.
    wider = fill(settings, sitemap_request(news, until=news.days[3]))
    assert wider.count.seen == 2


def test_dry_run_fetches_no_page_and_estimates_each_window(tmp_path, news):
    settings = make_settings(tmp_path, allow_hosts=news.host)
    plan = plan_backfill(settings, sitemap_request(news))
    found = estimate(settings, plan)
    assert [(one.window, one.documents, one.requests) for one in found] == [
        (str(news.days[2]), 2, 2), (str(news.days[1]), 2, 2)
    ]  # fmt: skip
    assert not any(news.asked[path] for paths in news.lists.values() for path in paths)


def test_window_is_retried_after_its_server_went_away(tmp_path, news):
    settings = make_settings(tmp_path, allow_hosts=news.host)
    failing = news.listed[news.days[1]][0]
    news.statuses[failing] = 503
    report = fill(settings, sitemap_request(news))
    assert report.count.appended == 3
    states = dict(query(settings, "SELECT starts_on, state FROM latest_backfill_windows"))
    assert states == {news.days[1]: "incomplete", news.days[2]: "completed"}
    del news.statuses[failing]
    assert fill(settings, sitemap_request(news)).count.appended == 1
    assert backfill_range(settings, sitemap_request(news)) is None


def test_unfinished_day_is_redone(tmp_path, news):
    today = datetime.now(UTC).date()
    page = news.listed[news.days[0]][0]
    row = f"<url><loc>{news.url(page)}</loc><lastmod>{today}</lastmod></url>"
    news.pages["/today.xml"] = f"<urlset>{row}</urlset>".encode()
    settings = make_settings(tmp_path, allow_hosts=news.host)
    asked = make_request(Origin.SITEMAP, news.url("/today.xml"), since=today, until=today)
    assert fill(settings, asked).count.appended == 1
    assert fill(settings, asked).count.seen == 0
    assert news.asked[page] == 1
    [(state, detail)] = query(settings, "SELECT state, detail FROM latest_backfill_windows")
    assert (state, detail) == ("incomplete", "the day is not over yet")


def test_open_range_is_the_same_backfill_tomorrow(tmp_path, warc):
    today = datetime.now(UTC).date()
    asked = make_request(Origin.WARC, warc, until=today, is_open_ended=True)
    earlier = make_request(Origin.WARC, warc, until=today - timedelta(1), is_open_ended=True)
    settings = make_settings(tmp_path / "data")
    assert asked.backfill_id == earlier.backfill_id
    assert [window.window_id for window in plan_backfill(settings, asked).windows] == [
        window.window_id for window in plan_backfill(settings, earlier).windows
    ]


def publish_pages(news):
    """Serve a feed in four pages, each with the two articles of one day, newest first."""
    paths = news.lists["/feed-0.xml"]
    for number in range(4):
        items = "".join(
            f"<item><link>{news.url(path)}</link><guid>{path}</guid>"
            f"<pubDate>{news.days[3 - number]:%a, %d %b %Y} 08:00:00 GMT</pubDate></item>"
            for path in paths[2 * number : 2 * number + 2]
        )
        older = f"<atom:link rel='next' href='/paged-{number + 1}.xml'/>" if number < 3 else ""
        news.pages[f"/paged-{number}.xml"] = (
            "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
            f"<title>Harbour Times</title>{older}{items}</channel></rss>"
        ).encode()


def states_of(settings):
    """Return state and detail of each window, by its day."""
    rows = query(settings, "SELECT starts_on, state, detail FROM latest_backfill_windows")
    return {day: (state, detail) for day, state, detail in rows}


def test_paged_feed_is_followed_until_the_range_is_covered(tmp_path, news):
    publish_pages(news)
    settings = make_settings(tmp_path, allow_hosts=news.host)
    asked = make_request(
        Origin.FEED, news.url("/paged-0.xml"), since=news.days[2], until=news.days[3]
    )
    report = fill(settings, asked)
    assert report.count.appended == 4
    assert (news.asked["/paged-2.xml"], news.asked["/paged-3.xml"]) == (1, 0)


def test_limit_of_feed_pages_leaves_the_days_before_it_incomplete(tmp_path, news, monkeypatch):
    publish_pages(news)
    monkeypatch.setattr("flows.backfill.listing.MAX_FEED_PAGES", 2)
    settings = make_settings(tmp_path, allow_hosts=news.host)
    asked = make_request(
        Origin.FEED, news.url("/paged-0.xml"), since=news.days[1], until=news.days[3]
    )
    report = fill(settings, asked)
    note = f"{news.url('/paged-0.xml')}: stopped after 2 pages of this feed"
    assert report.notes == (note,)
    assert report.as_json()["notes"] == [note]
    assert states_of(settings) == {
        news.days[3]: ("completed", None),
        news.days[2]: ("incomplete", note),  # more of its entries may be on the next page
        news.days[1]: ("incomplete", note),
    }
    [(detail,)] = query(settings, "SELECT detail FROM run_summary WHERE flow = 'backfill'")
    assert detail == note
    monkeypatch.undo()
    assert fill(settings, asked).count.appended == 2
    assert {state for state, _ in states_of(settings).values()} == {"completed"}


def test_limit_of_sitemaps_leaves_every_day_incomplete(tmp_path, news, monkeypatch):
    monkeypatch.setattr("flows.backfill.listing.MAX_SITEMAPS", 2)
    settings = make_settings(tmp_path, allow_hosts=news.host)
    report = fill(settings, sitemap_request(news))
    note = "stopped after 2 sitemaps and feed pages"
    assert report.notes == (note,)
    assert states_of(settings) == {
        news.days[1]: ("incomplete", note),
        news.days[2]: ("incomplete", note),
    }


def test_sitemap_that_fails_for_now_leaves_every_day_incomplete(tmp_path, news):
    failing = f"/sitemap-{news.days[1]}.xml"
    news.statuses[failing] = 503
    settings = make_settings(tmp_path, allow_hosts=news.host)
    assert "server_error" in fill(settings, sitemap_request(news)).notes[0]
    assert {state for state, _ in states_of(settings).values()} == {"incomplete"}
    del news.statuses[failing]
    assert fill(settings, sitemap_request(news)).count.appended == 2
    assert {state for state, _ in states_of(settings).values()} == {"completed"}


def test_feed_that_names_no_older_page_says_what_cannot_be_reached(tmp_path, news):
    settings = make_settings(tmp_path, allow_hosts=news.host)
    plan = plan_backfill(settings, make_request(Origin.FEED, news.url("/feed-0.xml")))
    assert plan.pages is not None
    [problem] = plan.pages.listing.problems
    assert "has no link to older pages" in problem


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        pytest.param({"until": date(2024, 5, 1)}, RangeError, "before it starts", id="backwards"),
        pytest.param({"until": date(2999, 1, 1)}, RangeError, "is in the future", id="future"),
        pytest.param({"places": ()}, RangeError, "needs a file", id="nothing-given"),
        pytest.param({"places": ("nowhere.warc",)}, InputError, "does not exist", id="no-file"),
        pytest.param(
            {"origin": Origin.SITEMAP, "places": (), "source": "nowhere.example"},
            RangeError, "nowhere.example", id="unknown-source",
        ),
    ],
)  # fmt: skip
def test_impossible_request_is_refused_before_any_work(tmp_path, given, error, message):
    asked = {"origin": Origin.WARC, "places": ("x.warc",), "since": FIRST, "until": LAST} | given
    settings = make_settings(tmp_path)
    with pytest.raises(error, match=message):
        backfill_range(settings, BackfillRequest(**asked))


def test_concurrent_backfills_do_not_interfere(tmp_path, warc):
    settings = make_settings(tmp_path / "data")
    with running("backfill", settings, parameters={}), pytest.raises(RunActiveError):
        backfill_range(settings, make_request(Origin.WARC, warc, source=HOST))
    assert fill(settings, make_request(Origin.WARC, warc, source=HOST)).count.appended == 6


@pytest.fixture
def two_hosts():
    """Return two publishers with a day each, and one log of the requests to both."""
    with serving(feeds=1, articles=5) as first, serving(feeds=1, articles=5) as second:
        asked: list[str] = []
        days = [FIRST_DAY.date() + timedelta(days=number) for number in range(2)]
        # Two host names, because hosts are paced and ports are not.
        hosts = [first.host, second.host.replace("127.0.0.1", "localhost")]
        for name, host, day, server in zip("ab", hosts, days, (first, second), strict=True):
            paths = server.lists["/feed-0.xml"]
            rows = "".join(
                f"<url><loc>http://{host}{path}</loc><lastmod>{day}</lastmod></url>"
                for path in paths
            )
            server.pages["/sitemap.xml"] = f"<urlset>{rows}</urlset>".encode()
            server.asked = AskedInOrder(asked, name, set(paths))
        yield days, hosts, asked


class AskedInOrder(Counter[str]):
    """Counts the requests to a server, and logs pages in the log of all servers."""

    def __init__(self, log, name, pages):
        super().__init__()
        self.log, self.name, self.pages = log, name, pages

    def __setitem__(self, path, count):
        if path in self.pages:
            self.log.append(self.name)
        super().__setitem__(path, count)


@pytest.mark.parametrize(
    ("parallel", "changes"),
    [
        pytest.param(1, 1, id="one-after-the-other"),
        # Requests alternate, so both finish in about the time that one needs at its pace:
        # nine changes between hosts, fewer if the machine delays one of them.
        pytest.param(2, 5, id="side-by-side"),
    ],
)
def test_days_of_two_hosts_are_fetched_side_by_side(tmp_path, two_hosts, parallel, changes):
    days, hosts, asked = two_hosts
    settings = Settings(data=tmp_path, workers=1, host_delay=0.4, allow_hosts=",".join(hosts))
    places = [f"http://{host}/sitemap.xml" for host in hosts]
    asked_for = make_request(
        Origin.SITEMAP, *places, since=days[0], until=days[1], parallel=parallel
    )
    report = fill(settings, asked_for)
    assert (report.count.seen, report.count.appended) == (10, 10)
    assert sorted(asked) == ["a"] * 5 + ["b"] * 5
    found = sum(one != other for one, other in itertools.pairwise(asked))
    assert found == changes if parallel == 1 else found >= changes
    assert query(
        settings, "SELECT starts_on, state, seen, appended FROM latest_backfill_windows ORDER BY 1"
    ) == [(day, "completed", 5, 5) for day in days]
    assert query(settings, "SELECT count(*), count(DISTINCT url) FROM fetches") == [(10, 10)]
    assert query(settings, "SELECT count(*), count(DISTINCT url) FROM entries") == [(10, 10)]
    assert backfill_range(settings, asked_for) is None


def test_page_listed_on_two_days_is_fetched_once(tmp_path, news):
    page = news.listed[news.days[0]][0]
    first, second = news.days[1], news.days[2]
    urls = [f"/of-{day}.xml" for day in (first, second)]
    for url, day in zip(urls, (first, second), strict=True):
        row = f"<url><loc>{news.url(page)}</loc><lastmod>{day}</lastmod></url>"
        news.pages[url] = f"<urlset>{row}</urlset>".encode()
    settings = make_settings(tmp_path, allow_hosts=news.host)
    asked = make_request(Origin.SITEMAP, *map(news.url, urls), since=first, until=second)
    report = fill(settings, asked)
    assert (report.count.seen, report.count.appended, news.asked[page]) == (1, 1, 1)
    assert query(settings, "SELECT sum(seen), count(*) FROM latest_backfill_windows") == [(1, 2)]


RUN_DAYS = """
import sys
from datetime import date
from pathlib import Path
from flows.jobs.backfill import backfill_range
from flows.settings import Settings
from flows.backfill.windows import BackfillRequest, Origin
if __name__ == "__main__":
    folder, host, sitemap, since, until = sys.argv[1:]
    asked = BackfillRequest(
        origin=Origin.SITEMAP, places=(sitemap,), parallel=2,
        since=date.fromisoformat(since), until=date.fromisoformat(until),
    )
    settings = Settings(
        data=Path(folder), workers=1, batch_documents=1, host_delay=1.5, allow_hosts=host
    )
    backfill_range(settings, asked)
"""


@pytest.mark.slow
def test_concurrent_days_that_are_killed_lose_and_double_nothing(tmp_path, news):
    whole = {"since": news.days[0], "until": news.days[3], "parallel": 2}
    undisturbed = make_settings(tmp_path / "undisturbed", allow_hosts=news.host)
    assert fill(undisturbed, sitemap_request(news, **whole)).count.appended == 8
    settings = make_settings(tmp_path / "data", allow_hosts=news.host)
    script = tmp_path / "run.py"
    script.write_text(RUN_DAYS)
    process = subprocess.Popen(
        [
            sys.executable, script, settings.data, news.host, news.url("/sitemap.xml"),
            str(news.days[0]), str(news.days[3]),
        ],
        start_new_session=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    held = "SELECT count(*) FROM batches WHERE appended > 0"
    while process.poll() is None and (
        not settings.folder.live.exists() or query(settings, held)[0][0] < 3
    ):
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    [(before,)] = query(settings, "SELECT count(*) FROM articles")
    assert 0 < before < 8
    fill(settings, sitemap_request(news, **whole))
    tables = ("documents", "articles", "quotations", "mentions", "date_mentions", "entities")
    assert contents(settings.folder, tables) == contents(undisturbed.folder, tables)
    assert query(settings, "SELECT count(*), count(DISTINCT url) FROM entries") == [(8, 8)]
    assert query(settings, "SELECT DISTINCT state FROM latest_backfill_windows") == [("completed",)]
    assert backfill_range(settings, sitemap_request(news, **whole)) is None


RUN = """
import sys
from datetime import date
from pathlib import Path
from flows.jobs.backfill import backfill_range
from flows.settings import Settings
from flows.backfill.windows import BackfillRequest, Origin
if __name__ == "__main__":
    folder, *places = sys.argv[1:]
    asked = BackfillRequest(origin=Origin.WARC, since=date(2024, 6, 1), until=date(2024, 6, 30), places=tuple(places))
    backfill_range(Settings(data=Path(folder), workers=1, batch_documents=2), asked)
"""


@pytest.mark.slow
def test_backfill_killed_three_times_is_finished_by_the_fourth_run(tmp_path, pages):
    files = []
    for number in range(3):
        files.append(tmp_path / f"crawl-{number}.warc.gz")
        files[-1].write_bytes(
            b"".join(
                response(f"https://{HOST}/{number}{path}", body) for path, body in pages.items()
            )
        )
    asked = make_request(Origin.WARC, *files)
    undisturbed = make_settings(tmp_path / "undisturbed")
    backfill_range(undisturbed, asked)
    settings = make_settings(tmp_path / "data")
    script = tmp_path / "run.py"
    script.write_text(RUN)
    chance = random.Random(4)
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, script, settings.data, *files], start_new_session=True, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        while not settings.folder.slot.exists() and process.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.uniform(1.0, 5.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    backfill_range(settings, asked)
    tables = ("documents", "articles", "quotations", "mentions", "date_mentions", "entities")
    assert contents(settings.folder, tables) == contents(undisturbed.folder, tables)
    assert query(settings, "SELECT windows, completed FROM backfills") == [(3, 3)]
    assert query(settings, "SELECT count(*) FROM run_summary WHERE state = 'running'") == [(0,)]
