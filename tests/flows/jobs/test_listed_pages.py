"""Pages that a user listed are fetched politely, archived, and fetched once."""

import pytest

from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.runs.lock import running
from flows.runs.pages import fetch_pages
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.tool_records import as_csv
from tests.helpers.warehouses import query

pytestmark = pytest.mark.usefixtures("unpublished")


@pytest.fixture
def news():
    with serving(feeds=1, articles=6) as server:
        yield server


@pytest.fixture
def settings(tmp_path, news):
    data = tmp_path / "data"
    data.mkdir()
    (data / "feeds.opml").write_text("<opml version='2.0'><head/><body/></opml>")
    return Settings(data=data, workers=1, host_delay=0.0, allow_hosts=news.host)


@pytest.fixture
def addresses(tmp_path, news):
    """Return a list of all articles of the publisher, a page that is missing and a repetition."""
    urls = [news.url(path) for paths in news.lists.values() for path in paths]
    file = tmp_path / "urls.txt"
    file.write_text("\n".join([*urls, news.url("/missing"), urls[0] + "?utm_source=mail"]) + "\n")
    return file


def counts(report):
    return report.count.seen, report.count.appended, report.count.known, report.count.rejected


def test_listed_pages_are_fetched_archived_and_counted_once(settings, news, addresses):
    report = load_files([addresses], settings)
    assert counts(report) == (7, 6, 0, 1)
    assert [(one.stage, one.reason) for one in report.rejections] == [("fetch", "not_found")]
    assert report.found == ("found: addresses, 8 records",)
    assert report.notes == ("1 address repeated in the input: read once",)
    assert query(settings, "SELECT count(*) FROM documents WHERE warc_file IS NOT NULL") == [(6,)]
    assert news.asked["/robots.txt"] == 1


def test_second_load_asks_only_for_what_is_missing(settings, news, addresses):
    load_files([addresses], settings)
    before = news.asked.total()
    report = load_files([addresses], settings)
    assert counts(report) == (7, 0, 6, 1)
    assert news.asked.total() - before == 1  # the missing page; robots.txt is known


def test_interrupted_load_is_resumed_by_the_next_one(settings, news, addresses, monkeypatch):
    fetched = 0

    real = fetch_pages

    def stop_after_three(*given, **named):
        nonlocal fetched
        for item in real(*given, **named):
            fetched += 1
            if fetched > 3:
                raise KeyboardInterrupt
            yield item

    small = settings.model_copy(update={"batch_documents": 1})
    monkeypatch.setattr("flows.jobs.listed_pages.fetch_pages", stop_after_three)
    with pytest.raises(KeyboardInterrupt):
        load_files([addresses], small)
    assert query(settings, "SELECT count(*) FROM articles") in ([(2,)], [(3,)])
    monkeypatch.undo()
    report = load_files([addresses], settings)
    assert counts(report)[0] == 7
    assert query(settings, "SELECT count(DISTINCT article_id), count(*) FROM articles") == [(6, 6)]


def test_page_that_cannot_be_had_now_is_fetched_by_ingest(settings, news, addresses):
    news.statuses["/0/article-0"] = 503
    report = load_files([addresses], settings)
    assert counts(report) == (6, 5, 0, 1)
    assert "1 page could not be fetched now; ingest will try again" in report.notes
    del news.statuses["/0/article-0"]
    load_files([addresses], settings)  # sooner than ingest would
    assert query(settings, "SELECT count(*) FROM articles") == [(6,)]
    assert ingest_feeds(settings, IngestRequest(is_forced=True)) is None


def test_pages_wait_for_ingest_if_another_run_is_fetching(settings, news, addresses):
    with running("ingest", settings, parameters={}):
        report = load_files([addresses], settings)
    assert counts(report) == (0, 0, 0, 0)
    assert any("will be fetched by ingest" in note for note in report.notes)
    found = ingest_feeds(settings, IngestRequest())
    assert found.count.appended == 6


def test_table_of_addresses_gives_title_and_day_to_pages_that_have_none(settings, news, tmp_path):
    page = news.pages["/0/article-1"].decode()
    bare = page.replace("published_time", "unknown_time")
    news.pages["/0/article-1"] = bare.encode()
    file = tmp_path / "stories.csv"
    file.write_bytes(as_csv(["url", "publish_date"], [news.url("/0/article-1"), "2024-06-09"]))
    load_files([file], settings)
    [(day, source)] = query(settings, "SELECT published_on, published_from FROM latest_articles")
    assert (day.isoformat(), source) == ("2024-06-09", "feed")


def test_known_article_from_a_file_is_not_fetched(settings, news, addresses, tmp_path):
    text = "The council has opened a new landing for ferries after nine years without one."
    table = as_csv(["url", "text"], [news.url("/0/article-2"), text])
    (tmp_path / "texts.csv").write_bytes(table)
    load_files([tmp_path / "texts.csv"], settings)
    load_files([addresses], settings)
    assert news.asked["/0/article-2"] == 0


def test_private_address_is_refused_like_any_other(settings, tmp_path):
    (tmp_path / "urls.txt").write_text("http://127.0.0.2:9/a\n")
    report = load_files([tmp_path / "urls.txt"], settings)
    assert [one.reason for one in report.rejections] == ["private_address"]
