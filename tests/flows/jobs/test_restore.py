"""`onrecord restore`, `publish` and `compact` on the command line."""

import os
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.jobs.load import load_files
from flows.jobs.restore import later_files
from flows.runs.linking import link_new
from flows.settings import read_settings
from tests.helpers.builders import make_analysis, make_article, make_batch, make_run
from tests.helpers.in_process import ARTICLES, analyse_in_process
from warehouse.append import append_batch
from warehouse.connect import open_live, open_snapshot
from warehouse.folder import DataFolder
from warehouse.publish import is_behind, publish, snapshots
from warehouse.spool import spool


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path / "data")


def fill(folder, *texts):
    with open_live(folder, wait_s=0) as con:
        for text in texts:
            batch = spool(make_batch(make_analysis(make_article(text))), folder.spool)
            append_batch(con, batch)
            batch.remove()


def run(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    return result.output


def published(folder):
    with open_snapshot(folder) as con:
        return [row[0] for row in con.execute("SELECT text FROM articles ORDER BY 1").fetchall()]


def test_sound_warehouse_is_not_changed(folder):
    fill(folder, "One.")
    link_new(make_run(folder.root))
    publish(folder, wait_s=0)
    told = run("restore", "--data", folder.root)
    assert "nothing was replaced" in told
    assert "0 documents" in told
    assert list(snapshots(folder)) == [1]


def test_damaged_warehouse_is_restored_completed_and_published(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    folder.live.write_bytes(b"no database")
    spool(make_batch(make_analysis(make_article("Three."))), folder.spool)
    (folder.spool / "b1-broken").mkdir()
    (folder.spool / "b1-broken" / "batch.json").write_text("{")
    told = run("restore", "--data", folder.root)
    assert "set aside: " in told
    assert "appended 1 batch from the spool" in told
    assert "could not append" in told
    assert "from the archive:" in told
    assert published(folder) == ["One.", "Three."]
    assert not is_behind(folder)


def test_older_snapshot_can_be_requested(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    publish(folder, wait_s=0)
    run("restore", "--data", folder.root, "--snapshot", 1)
    assert published(folder) == ["One."]


def test_publish_prints_the_snapshot(folder):
    fill(folder, "One.")
    assert run("publish", "--data", folder.root).strip().endswith("onrecord-000001.duckdb")


def test_compact_prints_the_saved_space(folder):
    fill(folder, "One.")
    assert " rows" in run("compact", "--data", folder.root)
    publish(folder, wait_s=0)
    assert published(folder) == ["One."]


def test_lost_rows_are_restored_from_the_archive(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    settings = read_settings(data=tmp_path / "data", workers=1, batch_documents=2)
    folder = settings.folder
    load_files([ARTICLES], settings)
    whole, archived = contents_of(folder), sizes_of(folder.archive)
    early = min(folder.archive.iterdir())
    os.utime(early, (1, 1))  # older than the newest batch: read only if everything is lost
    folder.live.write_bytes(b"no database")
    for path in snapshots(folder).values():
        path.write_bytes(b"no database")
    (folder.archive / "onrecord-torn.warc.gz").write_bytes(early.read_bytes()[:3000])
    told = run("restore", "--data", folder.root)
    assert "no intact file was found" in told
    assert "onrecord-torn.warc.gz@" in told
    restored = contents_of(folder)
    assert restored["articles"] == whole["articles"]
    assert restored["quotations"] == whole["quotations"]
    assert restored["documents"] == whole["documents"]
    assert sizes_of(folder.archive) | archived == sizes_of(folder.archive), "duplicate capture"


def contents_of(folder):
    with open_snapshot(folder) as con:
        return {
            table: con.execute(f"SELECT {columns} FROM {table} ORDER BY ALL").fetchall()
            for table, columns in (
                ("articles", "article_id, revision, text, title"),
                ("quotations", "article_id, revision, text"),
                ("documents", "document_id, url, path, sha256, fetched_at, warc_file"),
            )
        }


def sizes_of(archive):
    return {path.name: path.stat().st_size for path in archive.iterdir()}


def test_archive_files_completed_long_before_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
    settings = read_settings(data=tmp_path / "data", workers=1)
    load_files([ARTICLES], settings)
    newest = datetime.now(UTC)
    files = list(settings.folder.archive.iterdir())
    assert later_files(settings.folder, since=newest) == files
    for path in files:
        os.utime(path, (1, 1))
    assert later_files(settings.folder, since=newest) == []
    assert later_files(settings.folder) == files
