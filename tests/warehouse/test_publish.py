"""Snapshots: complete, numbered, three kept; readers and writer never wait."""

import os
import signal
import time

import duckdb
import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.faults import in_other_process, small_disk
from warehouse import publish as publishing
from warehouse.append import append_batch
from warehouse.connect import open_file, open_live, open_snapshot
from warehouse.errors import (
    WarehouseBusyError,
    WarehouseDamagedError,
    WarehouseUnwritableError,
)
from warehouse.folder import DataFolder
from warehouse.integrity import read_through
from warehouse.publish import is_behind, open_for_notes, publish, snapshots
from warehouse.query_messages import spill_folder
from warehouse.search_index import search_folder
from warehouse.spool import spool

READERS = 6
STAGE = "INSERT INTO stages VALUES ('a run', 'poll', 1, now())"
READ_ON = """
import sys, time
from pathlib import Path
from warehouse.connect import open_snapshot
from warehouse.folder import DataFolder
print("ready", flush=True)
seen, waited, until = [], 0.0, time.monotonic() + float(sys.argv[2])
# On a busy machine the writer may not have published often enough by then.
while (now := time.monotonic()) < until or (len(set(seen)) < 4 and now < until + 60):
    asked = time.monotonic()
    with open_snapshot(DataFolder(Path(sys.argv[1]))) as con:
        articles = con.execute("SELECT count(*) FROM articles").fetchall()[0][0]
        waited = max(waited, time.monotonic() - asked)
        time.sleep(0.3)
        assert con.execute("SELECT count(*) FROM articles").fetchall()[0][0] == articles
        assert con.execute("SELECT sum(appended) FROM batches").fetchall()[0][0] == articles
    seen.append(articles)
assert seen == sorted(seen)
print(len(seen), seen[-1], waited)
"""


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path / "data")


def fill(folder, *texts):
    with open_live(folder, wait_s=5) as con:
        for text in texts:
            append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))


def published_articles(folder):
    with open_snapshot(folder) as con:
        return con.execute("SELECT count(*) FROM articles").fetchall()[0][0]


def test_snapshot_has_the_appended_rows_and_the_stable_name(folder):
    fill(folder, "One.", "Two.")
    path = publish(folder, wait_s=0)
    assert path.name == "onrecord-000001.duckdb"
    assert folder.newest.resolve() == path.resolve()
    assert published_articles(folder) == 2
    assert sorted(file.name for file in folder.published.iterdir() if file.is_file()) == [
        "onrecord-000001.duckdb",
        "onrecord.duckdb",
    ]


def test_last_three_are_kept_and_no_number_is_reused(folder):
    for number in range(5):
        fill(folder, f"Story {number}.")
        publish(folder, wait_s=0)
    assert list(snapshots(folder)) == [3, 4, 5]
    for path in snapshots(folder).values():
        path.unlink()
    assert publish(folder, wait_s=0).name == "onrecord-000006.duckdb"


def test_long_lived_reader_sees_the_new_snapshot_at_its_next_query(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    with open_snapshot(folder) as old:
        fill(folder, "Two.")
        publish(folder, wait_s=0)
        assert published_articles(folder) == 2
        assert old.execute("SELECT count(*) FROM articles").fetchone() == (1,)


def test_snapshot_removed_during_a_read_stays_readable(folder):
    fill(folder, *(f"Story {number}. " + "On and on. " * 2000 for number in range(30)))
    publish(folder, wait_s=0)
    with open_snapshot(folder) as old:
        for _ in range(4):
            publish(folder, wait_s=0)
        assert 1 not in snapshots(folder)
        assert old.execute("SELECT sum(length(text)) FROM articles").fetchall()[0][0] > 600_000


def test_log_of_a_pruned_snapshot_is_removed_too(folder):
    fill(folder, "One.")
    path = publish(folder, wait_s=0)
    log = path.with_name(f"{path.name}.wal")
    log.write_bytes(b"left by a program that opened the snapshot for writing")
    for _ in range(3):
        publish(folder, wait_s=0)
    assert not log.exists()


def test_readers_that_spill_to_disk_do_not_block_publishing(folder):
    fill(folder, "One.")
    path = publish(folder, wait_s=0)
    path.with_name(f"{path.name}.tmp").mkdir()
    (folder.published / "onrecord-000002.partial").write_bytes(b"what a kill left")
    publish(folder, wait_s=0)
    assert not list(folder.published.glob("*.partial"))


def test_files_of_killed_queries_are_removed_after_a_day(folder):
    publish(folder, wait_s=0)
    old, new = spill_folder(folder.root, 11), spill_folder(folder.root, 12)
    for path in (old, new):
        path.mkdir()
        (path / "duckdb_temp_storage-0.tmp").write_bytes(b"rows")
    os.utime(old, (time.time() - 90_000,) * 2)
    publish(folder, wait_s=0)
    assert (old.exists(), new.exists()) == (False, True)


def test_published_snapshot_is_not_behind(folder):
    fill(folder, "One.")
    assert is_behind(folder)
    publish(folder, wait_s=0)
    assert not is_behind(folder)
    fill(folder, "One.")  # a batch without new rows
    assert not is_behind(folder)
    fill(folder, "Two.")
    assert is_behind(folder)


def test_files_are_compared_again_only_if_one_has_changed(folder, monkeypatch):
    def compared(*_):
        raise AssertionError("the files were compared")

    fill(folder, "One.")
    publish(folder, wait_s=0)
    monkeypatch.setattr(publishing, "_batches_if_same", compared)
    assert not is_behind(folder)  # publishing has made them equal
    with open_for_notes(folder) as con:
        con.execute(STAGE)
    assert not is_behind(folder)
    with open_live(folder) as con:
        con.execute(STAGE)
    with pytest.raises(AssertionError, match="compared"):
        is_behind(folder)


def test_missing_index_is_behind_without_a_comparison(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    (search_folder(folder) / "manifest.json").unlink()
    assert is_behind(folder)


def test_unreadable_snapshot_is_behind(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0).write_bytes(b"ruined")
    assert is_behind(folder)
    publish(folder, wait_s=0)
    assert published_articles(folder) == 1


def test_live_file_that_changes_while_it_is_copied_is_not_published(folder, monkeypatch):
    fill(folder, "One.")
    publish(folder, wait_s=0)

    def write_meanwhile(source, target):
        target.write_bytes(source.read_bytes())
        os.utime(source, (1, 1))

    monkeypatch.setattr("warehouse.publish.copy_file", write_meanwhile)
    with pytest.raises(WarehouseBusyError):
        publish(folder, wait_s=0)
    assert list(snapshots(folder)) == [1]
    assert not list(folder.published.glob("*.partial"))


def damage(path, at):
    """Write 64 bytes into a file."""
    # All different: DuckDB's checksum does not notice an even number of equal words.
    with path.open("r+b") as stream:
        stream.seek(at)
        stream.write(bytes(range(64)))


def test_damaged_live_file_replaces_no_snapshot(folder):
    for number in range(3):
        fill(folder, f"Story {number}. " + "On and on. " * 200)
        publish(folder, wait_s=0)
    with open_file(folder.live) as con:
        ((block,),) = con.execute(
            "SELECT max(block_id) FROM pragma_storage_info('articles') WHERE column_name = 'text'"
        ).fetchall()
    damage(folder.live, 12_288 + 262_144 * block + 8192)
    damaged, before = folder.live.read_bytes(), snapshots(folder)
    for _ in range(4):
        with pytest.raises(WarehouseDamagedError, match=r"live/.* run `onrecord restore`"):
            publish(folder, wait_s=0)
    assert folder.live.read_bytes() == damaged
    assert snapshots(folder) == before
    assert published_articles(folder) == 3
    assert not list(folder.published.glob("*.partial"))
    for path in before.values():
        read_through(path)


@pytest.mark.parametrize("place", ["header", "catalog"])
def test_unreadable_live_file_replaces_no_snapshot(folder, place):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    damage(folder.live, {"header": 4096, "catalog": 12_288 + 8192}[place])
    damaged = folder.live.read_bytes()
    with pytest.raises(WarehouseDamagedError, match="onrecord restore"):
        publish(folder, wait_s=0)
    assert folder.live.read_bytes() == damaged
    assert list(snapshots(folder)) == [1]


def test_disk_that_damages_the_copy_is_reported_as_the_cause(folder, monkeypatch):
    fill(folder, "One.")
    publish(folder, wait_s=0)

    def copy_badly(source, target):
        target.write_bytes(source.read_bytes())
        damage(target, 12_288 + 262_144)

    monkeypatch.setattr("warehouse.publish.copy_file", copy_badly)
    with pytest.raises(WarehouseUnwritableError, match="does not keep what is written"):
        publish(folder, wait_s=0)
    assert list(snapshots(folder)) == [1]
    assert not list(folder.published.glob("*.partial"))


def test_full_disk_keeps_the_old_snapshot(tmp_path):
    with small_disk(tmp_path / "disk", "24m") as disk:
        folder = DataFolder(disk)
        fill(folder, "One.")
        publish(folder, wait_s=0)
        fill(folder, "Two.")
        (disk / "ballast").write_bytes(bytes(24_000_000 - sum_of(disk)))
        with pytest.raises(WarehouseUnwritableError, match="No space left on device"):
            publish(folder, wait_s=0)
        assert published_articles(folder) == 1
        assert not list(folder.published.glob("*.partial"))
        (disk / "ballast").unlink()
        publish(folder, wait_s=0)
        assert published_articles(folder) == 2


def sum_of(disk):
    return sum(path.stat().st_size for path in disk.rglob("*") if path.is_file()) - 1_000_000


STEPS = ("checkpoint", "copy", "verify", "rename", "link", "prune")


@pytest.mark.parametrize("step", STEPS)
def test_publisher_killed_at_a_step_leaves_a_valid_snapshot(folder, step):
    fill(folder, "One.")
    for _ in range(3):
        publish(folder, wait_s=0)
    fill(folder, "Two.")
    assert kill_publisher(folder, at=step) == -signal.SIGKILL
    assert published_articles(folder) == (2 if step == "prune" else 1)
    with open_file(folder.newest.resolve()) as con:
        assert con.execute("SELECT count(*) FROM batches").fetchall()[0][0] >= 1
    publish(folder, wait_s=1)
    assert published_articles(folder) == 2
    assert len(snapshots(folder)) == 3
    assert not list(folder.published.glob("*.partial"))


def kill_publisher(folder, *, at):
    pid = os.fork()
    if not pid:

        def on_step(step):
            if step == at:
                os.kill(os.getpid(), signal.SIGKILL)

        publish(folder, wait_s=1, on_step=on_step)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_six_readers_and_an_appending_writer_never_wait_for_each_other(folder):
    fill(folder, "Story 0.")
    publish(folder, wait_s=0)
    readers = [in_other_process(READ_ON, folder.root, 4) for _ in range(READERS)]
    appended = 1
    while any(reader.poll() is None for reader in readers):
        with open_live(folder, wait_s=0) as con:  # no wait: readers never lock the live file
            batch = make_batch(make_analysis(make_article(f"Story {appended}.")))
            append_batch(con, spool(batch, folder.spool))
        appended += 1
        publish(folder, wait_s=0)
        time.sleep(0.05)
    for reader in readers:
        out, _ = reader.communicate()
        assert reader.returncode == 0, out
        reads, articles, waited = map(float, out.split())
        assert reads >= 3
        assert articles > 1
        assert waited < 10  # many times the time that a loaded machine needs to open a snapshot
    assert published_articles(folder) == appended
    assert appended > 3


def test_plain_duckdb_can_open_the_stable_name(folder):
    fill(folder, "One.")
    publish(folder, wait_s=0)
    with duckdb.connect(folder.newest, read_only=True) as con:
        assert con.execute("SELECT text FROM articles").fetchall() == [("One.",)]
