"""A restored warehouse has its feeds, polls, entries and fetches back, and goes on with them."""

import shutil

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.settings import Settings
from tests.helpers.news_server import serving
from tests.helpers.warehouses import FEED_TABLES, TABLES, contents, learnt, query
from warehouse.connect import open_file
from warehouse.publish import snapshots

EVERYTHING = (*TABLES, *FEED_TABLES)
BOOKKEEPING = ("runs", "stages", "settled_batches")
HEADER_BYTES, BLOCK_BYTES = 12_288, 262_144


@pytest.fixture(scope="module")
def news():
    with serving(feeds=2, articles=3) as server:
        yield server


@pytest.fixture(scope="module")
def collected(tmp_path_factory, news):
    """Return a data folder that went on after its only snapshot: polls, edits and failures."""
    settings = settings_of(tmp_path_factory.mktemp("collected") / "data", news)
    settings.folder.root.mkdir()
    settings.folder.feed_list.write_bytes(news.opml())
    ingest_feeds(settings, IngestRequest())
    folder = settings.folder
    only = folder.newest.resolve()
    content = only.read_bytes()
    path = news.lists["/feed-1.xml"][1]
    news.pages[path] = news.article(path, extra="The night boat is put off.")
    news.pages["/0/article-9"] = news.article("/0/article-9")
    news.lists["/feed-0.xml"].append("/0/article-9")
    news.refresh()
    ingest_feeds(settings, IngestRequest(is_forced=True))
    news.statuses["/feed-0.xml"] = 503
    ingest_feeds(settings, IngestRequest(is_forced=True))
    del news.statuses["/feed-0.xml"]
    ingest_feeds(settings, IngestRequest(is_forced=True))
    for path in snapshots(folder).values():
        path.unlink()
    only.write_bytes(content)
    folder.newest.unlink()
    folder.newest.symlink_to(only.name)
    return settings


@pytest.fixture
def settings(tmp_path, collected, news):
    shutil.copytree(collected.folder.root, tmp_path / "data", symlinks=True)
    return settings_of(tmp_path / "data", news)


def settings_of(data, news):
    return Settings(data=data, workers=1, host_delay=0.0, allow_hosts=news.host)


def damage(path, table, column):
    """Overwrite a part of the block that holds a column."""
    with open_file(path) as con:
        ((block,),) = con.execute(
            f"SELECT max(block_id) FROM pragma_storage_info('{table}') WHERE column_name = ?",
            [column],
        ).fetchall()
    with path.open("r+b") as stream:
        stream.seek(HEADER_BYTES + BLOCK_BYTES * block + 4096)
        stream.write(bytes(range(64)))


def restore(settings):
    result = CliRunner().invoke(
        app, ["restore", "--data", str(settings.folder.root)], env={"ONRECORD_WORKERS": "1"}
    )
    assert result.exit_code == 0, result.output
    return result.output


def check_restored(settings, collected, news):
    before, after = contents(collected.folder, EVERYTHING), contents(settings.folder, EVERYTHING)
    for table in EVERYTHING:
        assert after[table] == before[table], table
    assert learnt(settings) == learnt(collected)
    # It goes on where it was: no page is fetched again, and known feeds answer 304.
    asked = {path: count for path, count in news.asked.items() if "article" in path}
    report = ingest_feeds(settings, IngestRequest(is_forced=True))
    assert report.polls.unchanged == 2
    assert {path: count for path, count in news.asked.items() if "article" in path} == asked


def test_missing_file_is_replaced_by_the_snapshot_and_the_archive(settings, collected, news):
    settings.folder.live.unlink()
    told = restore(settings)
    assert "polls: 8 rows: 2 from the snapshot, 6 from the spool and the archive" in told
    check_restored(settings, collected, news)


def test_everything_is_replaced_by_the_archive(settings, collected, news):
    for path in (settings.folder.live, *snapshots(settings.folder).values()):
        path.write_bytes(b"no database")
    restore(settings)
    check_restored(settings, collected, news)


@pytest.mark.parametrize("has_snapshot", [True, False])
def test_readable_rows_of_the_damaged_file_are_kept(settings, collected, news, has_snapshot):
    written = {table: query(settings, f"FROM {table}") for table in BOOKKEEPING}
    damage(settings.folder.live, "articles", "text")
    if not has_snapshot:
        for path in snapshots(settings.folder).values():
            path.write_bytes(b"no database")
    told = restore(settings)
    assert "set aside: " in told
    for table in BOOKKEEPING:
        rows = query(settings, f"FROM {table}")
        assert rows[: len(written[table])] == written[table]
    assert [line for line in told.splitlines() if line.endswith(" lost")] == []
    check_restored(settings, collected, news)


def test_rows_that_nobody_has_any_more_are_reported_as_lost(settings):
    [(runs,)] = query(settings, "SELECT count(*) FROM runs")
    with open_file(snapshots(settings.folder)[1]) as con:
        ((kept,),) = con.execute("SELECT count(*) FROM runs").fetchall()
    damage(settings.folder.live, "runs", "run_id")
    told = restore(settings)
    # The restore is a run itself, with two rows.
    assert f"runs: {kept + 2} rows" in told
    assert f"{runs - kept - 2} lost" in told
