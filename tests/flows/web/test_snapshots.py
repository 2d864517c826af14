"""Requests go on with the snapshot that they began with, and no old file stays open."""

import os
from pathlib import Path

import pytest

from flows.web.snapshots import Snapshots
from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.readers import removed_files
from tests.helpers.site import site_client
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.errors import WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool

COUNT = "SELECT count(*) FROM articles"


def add(folder, text):
    with open_live(folder) as con:
        article = make_article(text, url=f"https://paper.example/{len(text)}")
        append_batch(con, spool(make_batch(make_analysis(article)), folder.spool))
    publish(folder)


def open_snapshots(folder):
    """Return the paths of the snapshots that this process has open, removed ones too."""
    paths = [str(path.resolve()) for path in Path("/proc/self/fd").iterdir()]
    return [path for path in paths if path.startswith(str(folder.published.resolve()))]


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path)
    add(folder, "The ferry sails.")
    return folder


def count(con):
    return con.execute(COUNT).fetchone()[0]


def test_request_keeps_its_snapshot_while_newer_ones_are_published(folder):
    snapshots = Snapshots(folder)
    with snapshots.reading() as (con, opened):
        path = opened.path
        for text in ("The ferry sails again.", "The ferry sinks.", "Divers look for it.", "Found."):
            add(folder, text)  # three snapshots are kept, so the first file is removed
        assert not path.exists()
        assert count(con) == 1
        with snapshots.reading() as (newer, _):
            assert count(newer) == 5
        assert len(open_snapshots(folder)) == 2
    assert not any(path.name in name for name in open_snapshots(folder))
    snapshots.close()
    assert not open_snapshots(folder)


def test_requests_share_one_connection(folder):
    snapshots = Snapshots(folder)
    with snapshots.reading() as (one, opened), snapshots.reading() as (other, same):
        assert opened is same
        assert count(one) == count(other) == 1
    snapshots.close()


def test_connection_reads_no_files_and_changes_nothing(folder):
    snapshots = Snapshots(folder)
    with snapshots.reading() as (con, _):
        for sql in ("FROM read_text('/etc/hostname')", "SET threads = 1", "DELETE FROM articles"):
            with pytest.raises(Exception, match=r"disabled|locked|read-only"):
                con.execute(sql)
    snapshots.close()


def test_error_says_that_nothing_was_published(tmp_path):
    with pytest.raises(WarehouseMissingError), Snapshots(DataFolder(tmp_path)).reading():
        pass


def test_request_closes_the_index_of_a_removed_snapshot_that_nobody_searches(folder):
    def removed():
        return [name for name in removed_files(os.getpid()) if str(folder.root.resolve()) in name]

    client = site_client(folder)
    assert "ferry</mark> sails" in client.get("/search?q=ferry").text
    for text in ("The ferry sails again.", "The ferry sinks.", "Divers look for it.", "Found."):
        add(folder, text)
    assert removed()
    client.get("/help")
    assert not removed()
    assert "ferry</mark> sinks" in client.get("/search?q=ferry").text


def test_answers_are_kept_for_one_snapshot_only(folder):
    snapshots = Snapshots(folder)
    with snapshots.reading() as (_, opened):
        opened.answers.keep("question", [{"n": 1}])
        opened.answers.keep("long", [{"n": n} for n in range(1000)])
        opened.answers.keep("wide", [{"text": "x" * 1_000_000}])
    with snapshots.reading() as (_, opened):
        assert opened.answers.get("question") == [{"n": 1}]
        assert opened.answers.get("long") is None
        assert opened.answers.get("wide") is None
    add(folder, "The ferry sails again.")
    with snapshots.reading() as (_, opened):
        assert opened.answers.get("question") is None
    snapshots.close()


def test_few_answers_are_kept(folder):
    snapshots = Snapshots(folder)
    with snapshots.reading() as (_, opened):
        for number in range(1000):
            opened.answers.keep(number, [])
            opened.answers.get(0)
        assert opened.answers.get(0) == []
        assert opened.answers.get(1) is None
    snapshots.close()
