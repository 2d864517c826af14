"""A warehouse that is made again out of the archive equals the one it was."""

from pathlib import Path

import pytest

from flows.errors import RangeError
from flows.ingestion import PLAIN_INGEST, Wish, ingest_feeds
from flows.load import load_files
from flows.rebuilding import rebuild
from flows.settings import Settings
from tests.flows.news_server import serving
from tests.warehouses import TABLES, contents

ARTICLES = Path(__file__).resolve().parents[2] / "seeds" / "articles"


def test_rebuilt_warehouse_equals_the_old_one(tmp_path):
    with serving(feeds=2, articles=3) as news:
        old = Settings(data=tmp_path / "old", workers=1, host_delay=0.0, allow_hosts=news.host)
        old.data.mkdir()
        old.folder.feed_list.write_bytes(news.opml())
        ingest_feeds(old, Wish(), PLAIN_INGEST)
        path = news.lists["/feed-1.xml"][1]
        news.pages[path] = news.article(path, extra="The night boat is put off.")
        news.refresh()
        ingest_feeds(old, Wish(is_forced=True), PLAIN_INGEST)
        load_files(sorted(ARTICLES.glob("*.*"))[:4], old)

        report = rebuild(old, tmp_path / "new")
        assert report.count.rejected == 0
        new = old.model_copy(update={"data": tmp_path / "new"})
        tables = (*TABLES, "entries")
        before, after = contents(old.folder, tables), contents(new.folder, tables)
        for table in tables:
            assert after[table] == before[table], table

        # The new one goes on where the old one was: no page is fetched again.
        asked = {path: count for path, count in news.asked.items() if "article" in path}
        ingest_feeds(new, Wish(is_forced=True), PLAIN_INGEST)
        assert {path: count for path, count in news.asked.items() if "article" in path} == asked


def test_folder_that_is_in_use_is_left_alone(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "feeds.opml").write_text("mine")
    with pytest.raises(RangeError, match="not empty"):
        rebuild(Settings(data=tmp_path), tmp_path / "new")
    with pytest.raises(RangeError, match="nothing to rebuild from"):
        rebuild(Settings(data=tmp_path / "nowhere"), tmp_path / "other")
