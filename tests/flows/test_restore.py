"""`onrecord restore`, `publish` and `compact` on the command line."""

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from tests.builders import make_analysis, make_article, make_batch
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


def test_sound_warehouse_is_left_alone(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    assert "nothing was replaced" in run("restore", "--data", folder.root)
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
    assert "appended 1 that waited in the spool" in told
    assert "could not append" in told
    assert "may be missing: load it again" in told
    assert published(folder) == ["One.", "Three."]
    assert not is_behind(folder)


def test_older_snapshot_can_be_asked_for(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    fill(folder, "Two.")
    publish(folder, wait_s=0)
    run("restore", "--data", folder.root, "--snapshot", 1)
    assert published(folder) == ["One."]


def test_publish_prints_the_snapshot(folder):
    fill(folder, "One.")
    assert run("publish", "--data", folder.root).strip().endswith("onrecord-000001.duckdb")


def test_compact_tells_what_it_saved(folder):
    fill(folder, "One.")
    assert "rows in all" in run("compact", "--data", folder.root)
    publish(folder, wait_s=0)
    assert published(folder) == ["One."]
