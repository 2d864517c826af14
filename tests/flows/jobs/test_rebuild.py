"""A warehouse that is rebuilt from the archive equals the original."""

from pathlib import Path

import pytest

from flows.errors import RangeError
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.jobs.rebuild import rebuild
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.warehouses import FEED_TABLES, TABLES, contents, learnt, query

pytestmark = pytest.mark.usefixtures("unpublished")

ARTICLES = Path(__file__).resolve().parents[3] / "seeds" / "articles"


def test_rebuilt_warehouse_equals_the_old_one(tmp_path):
    with serving(feeds=2, articles=3) as news:
        old = Settings(data=tmp_path / "old", workers=1, host_delay=0.0, allow_hosts=news.host)
        old.data.mkdir()
        old.folder.feed_list.write_bytes(news.opml())
        ingest_feeds(old, IngestRequest())
        path = news.lists["/feed-1.xml"][1]
        news.pages[path] = news.article(path, extra="The night boat is put off.")
        news.refresh()
        ingest_feeds(old, IngestRequest(is_forced=True))
        news.statuses["/feed-0.xml"] = 503
        ingest_feeds(old, IngestRequest(is_forced=True))
        del news.statuses["/feed-0.xml"]
        ingest_feeds(old, IngestRequest(is_forced=True))
        load_files(sorted(ARTICLES.glob("*.*"))[:4], old)

        report = rebuild(old, tmp_path / "new")
        assert report.count.rejected == 0
        new = old.model_copy(update={"data": tmp_path / "new"})
        tables = (*TABLES, *FEED_TABLES)
        before, after = contents(old.folder, tables), contents(new.folder, tables)
        for table in tables:
            assert after[table] == before[table], table

        assert learnt(new) == learnt(old)

        # The new warehouse continues where the old one stopped: no page is fetched again.
        asked = {path: count for path, count in news.asked.items() if "article" in path}
        ingest_feeds(new, IngestRequest(is_forced=True))
        assert {path: count for path, count in news.asked.items() if "article" in path} == asked


def test_polls_of_a_sitemap_index_are_rebuilt_as_one(tmp_path):
    with serving(feeds=1, articles=4) as news:
        paths = news.lists["/feed-0.xml"]
        for number, own in enumerate((paths[:2], paths[2:])):
            rows = "".join(f"<url><loc>{news.url(path)}</loc></url>" for path in own)
            news.pages[f"/part-{number}.xml"] = f"<urlset>{rows}</urlset>".encode()
        parts = "".join(
            f"<sitemap><loc>{news.url(f'/part-{number}.xml')}</loc></sitemap>" for number in (0, 1)
        )
        news.pages["/index.xml"] = f"<sitemapindex>{parts}</sitemapindex>".encode()
        news.lists = {"/index.xml": paths}
        old = Settings(data=tmp_path / "old", workers=1, host_delay=0.0, allow_hosts=news.host)
        old.data.mkdir()
        old.folder.feed_list.write_bytes(news.opml())
        for _ in range(2):
            ingest_feeds(old, IngestRequest(is_forced=True))
        rebuild(old, tmp_path / "new")
    tables = (*TABLES, *FEED_TABLES)
    before = contents(old.folder, tables)
    assert len(before["entries"]) == len(before["documents"]) == 4
    assert len(before["polls"]) == 2
    assert contents(Settings(data=tmp_path / "new").folder, tables) == before


def test_rules_are_part_of_a_rebuilt_warehouse(tmp_path):
    with serving(feeds=1, articles=1) as news:
        old = Settings(data=tmp_path / "old", workers=1, host_delay=0.0, allow_hosts=news.host)
        old.data.mkdir()
        old.folder.feed_list.write_bytes(news.opml())
        ingest_feeds(old, IngestRequest())
    old.folder.rules.write_text('[[rules]]\nsite = "127.0.0.1"\ntitle = "nav"\n')
    rebuild(old, tmp_path / "new")
    new = Settings(data=tmp_path / "new")
    assert query(new, "SELECT title FROM articles") == [("Home",)]
    assert new.folder.rules.exists()


def test_folder_in_use_is_not_touched(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "feeds.opml").write_text("mine")
    with pytest.raises(RangeError, match="not empty"):
        rebuild(Settings(data=tmp_path), tmp_path / "new")
    with pytest.raises(RangeError, match="nothing to rebuild from"):
        rebuild(Settings(data=tmp_path / "nowhere"), tmp_path / "other")
