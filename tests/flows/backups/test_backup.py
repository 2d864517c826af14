"""Backups of a data folder: what is in them, what they cost, and that they come back whole."""

import runpy
import sys
from datetime import UTC, datetime, timedelta

import pytest

from flows.backups.manifest import manifest_name
from flows.backups.points import newest_point, points, read_point
from flows.backups.saving import Saver
from flows.backups.stores import open_store
from flows.errors import BackupError
from flows.jobs import backup as job
from flows.jobs.backup import back_up
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.restore import restore_backup
from flows.settings import Settings, read_settings
from tests.helpers.aged_archive import take, text
from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.memory_store import Gone
from tests.helpers.news_server import serving
from tests.helpers.warehouses import TABLES, contents, query
from warehouse.connect import open_live
from warehouse.errors import WarehouseBusyError, WarehouseMissingError
from warehouse.integrity import read_through
from warehouse.lock import writer_lock
from warehouse.publish import publish
from warehouse.spool import spool

ALL_TABLES = (*TABLES, "feeds", "polls", "entries", "fetches")


@pytest.fixture
def target(tmp_path):
    return str(tmp_path / "kept")


def elsewhere(settings, name="new"):
    return settings.model_copy(update={"data": settings.data.with_name(name)})


def saved_bytes(folder):
    """Return the content of the files that a backup has, except the warehouse."""
    files = [*folder.archive.glob("*.warc.gz"), *folder.root.glob("*.*")]
    return {path.name: path.read_bytes() for path in files if path.is_file()}


def rows_of(settings):
    return contents(settings.folder, ALL_TABLES)


def warc(settings):
    [path] = settings.folder.archive.glob("*.warc.gz")
    return path


def test_data_folder_comes_back_as_it_was(settings, new, target):
    before = rows_of(settings)
    report = back_up(settings, target)
    done = restore_backup(new, target)
    assert done.manifest.point == report.point
    assert done.manifest.rows["articles"] == 3
    assert rows_of(new) == before
    assert read_through(new.folder.newest.resolve()) == read_through(
        settings.folder.newest.resolve()
    )
    assert saved_bytes(new.folder) == saved_bytes(settings.folder)
    assert (new.folder.root / "onrecord.toml").stat().st_mode & 0o777 == 0o600
    assert not (new.folder.root / "robots").exists()
    assert not (new.folder.root / "restore.json").exists()
    assert read_settings(data=new.data).batch_documents == 7
    assert query(new, "SELECT flow, state, detail FROM run_summary WHERE flow = 'restore'") == [
        ("restore", "completed", f"restored from the backup {report.point}")
    ]


def test_restored_folder_is_worked_with_and_backed_up_again(settings, target):
    back_up(settings, target)
    new = elsewhere(settings)
    restore_backup(new, target)
    take(new, -1, ("https://a.example/island", "island"))
    back_up(new, target)
    assert newest_point(open_store(target)).rows["articles"] == 4
    third = elsewhere(settings, "third")
    restore_backup(third, target)
    assert rows_of(third) == rows_of(new)


def test_backup_is_recorded_and_no_restored_warehouse_has_it_as_active(settings, target):
    first, _ = back_up(settings, target), back_up(settings, target)
    recorded = query(settings, "SELECT state, detail FROM run_summary WHERE flow = 'backup'")
    assert [state for state, _ in recorded] == ["completed", "completed"]
    assert any(first.point in detail for _, detail in recorded)
    new = elsewhere(settings)
    restore_backup(new, target, at=first.point)
    assert query(new, "SELECT flow FROM run_summary WHERE state = 'running'") == []


def test_second_backup_copies_only_new_bytes(settings, memory):
    first = back_up(settings, "memory")
    assert first.copied_bytes == first.bytes
    written = memory.written
    second = back_up(settings, "memory")
    assert (second.copied_bytes, second.bytes) == (0, first.bytes)
    assert memory.written - written == len(memory.files[manifest_name(second.point)])
    assert second.point > first.point
    size = warc(settings).stat().st_size
    take(settings, 0, ("https://a.example/island", "island"))
    rules = settings.folder.rules.read_text() + "\n"
    settings.folder.rules.write_text(rules)
    third = back_up(settings, "memory")
    grown = warc(settings).stat().st_size - size
    snapshot = settings.folder.newest.resolve().stat().st_size
    assert grown + len(rules) < third.copied_bytes <= grown + len(rules) + snapshot
    pieces = {file.path: file.pieces for file in newest_point(memory).files}
    assert [piece.bytes for piece in pieces[f"archive/{warc(settings).name}"]] == [size, grown]


def test_only_changed_parts_of_the_warehouse_are_copied(settings, memory):
    with open_live(settings.folder) as con:
        con.execute(
            "CREATE TABLE big AS SELECT sha256(i::VARCHAR) AS word FROM range(200000) AS r (i)"
        )
    publish(settings.folder)
    first = back_up(settings, "memory")
    take(settings, 0, ("https://a.example/island", "island"))
    second = back_up(settings, "memory")
    assert first.copied_bytes > 5_000_000
    assert 0 < second.copied_bytes < second.bytes * 0.6


def test_file_that_is_being_written_is_completed_later(settings, target):
    path = warc(settings)
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])  # the writer is in the middle of a record
    first = back_up(settings, target)
    with path.open("ab") as stream:
        stream.write(whole[-100:])
    assert back_up(settings, target).copied_bytes == 100
    for at, expected in ((first.point, whole[:-100]), (None, whole)):
        new = elsewhere(settings, f"new-{at}")
        restore_backup(new, target, at=at)
        assert warc(new).read_bytes() == expected


def test_replaced_file_is_copied_whole_and_the_older_point_keeps_its_own(settings, target):
    path = warc(settings)
    before = path.read_bytes()
    first = back_up(settings, target)
    path.write_bytes(b"x" * 50 + before)  # longer, but with another beginning
    assert back_up(settings, target).copied_bytes == len(before) + 50
    new = elsewhere(settings)
    restore_backup(new, target, at=first.point)
    assert warc(new).read_bytes() == before


def test_killed_backup_leaves_the_earlier_points_and_the_next_one_continues(
    settings, memory, request
):
    first = back_up(settings, "memory")
    take(settings, 0, ("https://a.example/island", "island"))
    settings.folder.rules.write_text("")
    publish(settings.folder)
    files = dict(memory.files)
    needed = back_up(settings, "memory").copied_bytes
    every = 1 if request.config.getoption("--all-operations") else 3
    killed = 0
    while True:
        memory.files, memory.written, memory.left = dict(files), 0, every * killed
        try:
            back_up(settings, "memory")
        except Gone:
            memory.left = None
            assert points(memory) == [first.point]
            assert {piece.name for piece in read_point(memory, first.point).pieces} <= set(
                memory.files
            )
        else:
            break
        copied = memory.written
        if killed % 4 == 2:
            assert back_up(settings, "memory").copied_bytes == needed - copied
        killed += 1
    assert every * killed > 8
    states = query(
        settings, "SELECT state, count(*) FROM run_summary WHERE flow = 'backup' GROUP BY 1"
    )
    assert dict(states)["interrupted"] == killed


def test_old_points_are_removed(settings, target):
    made = [back_up(settings, target, keep=2).point for _ in range(3)]
    store = open_store(target)
    assert points(store) == made[1:]
    settings.folder.rules.unlink()
    report = back_up(settings, target, keep=1)
    assert report.pruned.points == tuple(made[1:])
    assert report.pruned.files == 1
    restore_backup(elsewhere(settings), target)
    assert not elsewhere(settings).folder.rules.exists()


def test_files_that_another_backup_removed_meanwhile_are_noticed(settings, memory, monkeypatch):
    back_up(settings, "memory")
    save = Saver.save

    def removed(self, source, known):
        saved = save(self, source, known)
        memory.files.pop(saved.pieces[0].name, None)
        return saved

    monkeypatch.setattr(Saver, "save", removed)
    with pytest.raises(BackupError, match="disappeared during the backup"):
        back_up(settings, "memory")
    assert len(points(memory)) == 1
    monkeypatch.undo()
    monkeypatch.setattr(job, "open_store", lambda _: memory)
    assert back_up(settings, "memory").copied_bytes > 0  # what is missing is copied again


def test_waiting_batches_are_appended_first(settings, target):
    spool(make_batch(make_analysis(make_article(text("island")))), settings.folder.spool)
    back_up(settings, target)
    assert newest_point(open_store(target)).rows["articles"] == 4
    assert list(settings.folder.spool.iterdir()) == []


def test_rows_that_no_batch_has_are_saved_too(settings, new, target):
    back_up(settings, target)
    with open_live(settings.folder) as con:
        con.execute(
            "INSERT INTO checks VALUES ('run-1', 'gap', 'warning', 'a.example', '2', now())"
        )
    back_up(settings, target)
    restore_backup(new, target)
    assert query(new, "SELECT check_name FROM checks") == [("gap",)]


def test_locked_warehouse_is_not_backed_up(settings, target):
    quick = settings.model_copy(update={"lock_wait_s": 0})
    with (
        writer_lock(settings.folder.lock, wait_s=0),
        pytest.raises(WarehouseBusyError, match=r"writer\.lock is locked by process"),
    ):
        back_up(quick, target)


def test_point_is_later_than_those_that_are_there(settings, memory):
    first = back_up(settings, "memory")
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=20)  # another machine's
    memory.files[manifest_name(f"{later:%Y-%m-%dT%H%M%SZ}")] = memory.files[
        manifest_name(first.point)
    ]
    after = later + timedelta(seconds=1)
    assert back_up(settings, "memory").point == f"{after:%Y-%m-%dT%H%M%SZ}"


def test_name_that_cannot_be_saved_is_told(settings, target):
    (settings.data / "notes\udcff.txt").write_text("mine")
    with pytest.raises(BackupError, match=r"notes\\udcff\.txt.*rename the file"):
        back_up(settings, target)


def test_only_one_backup_runs_at_a_time(settings, target):
    with (
        writer_lock(settings.folder.backup_lock, wait_s=0),
        pytest.raises(WarehouseBusyError, match=r"backup\.lock is locked by process"),
    ):
        back_up(settings, target)


def test_damaged_snapshot_is_not_backed_up(settings, target, monkeypatch):
    publish(settings.folder)
    for name in ("is_behind", "lacks_rows"):  # else it is replaced first
        monkeypatch.setattr(job, name, lambda *_, **__: False)
    snapshot = settings.folder.newest.resolve()
    content = bytearray(snapshot.read_bytes())
    for at in range(12_288 + 262_144, len(content), 4096):
        content[at] ^= 0xFF
    snapshot.write_bytes(content)
    with pytest.raises(BackupError, match="is damaged"):
        back_up(settings, target)
    assert points(open_store(target)) == []
    [(state,)] = query(settings, "SELECT state FROM run_summary WHERE flow = 'backup'")
    assert state == "failed"


def test_useless_targets_are_refused(settings, tmp_path):
    inside = settings.folder.root / "backups"
    for target in (inside, settings.folder.root, tmp_path):
        with pytest.raises(BackupError, match="is in the data folder"):
            back_up(settings, str(target))
    with pytest.raises(WarehouseMissingError, match="run `onrecord init` or `onrecord load PATH`"):
        back_up(elsewhere(settings), str(tmp_path / "kept"))
    assert not elsewhere(settings).data.exists()


def test_backup_is_put_together_without_onrecord(settings, target, tmp_path, monkeypatch, capsys):
    report = back_up(settings, target)
    readme = (tmp_path / "kept" / "README.txt").read_text()
    program = tmp_path / "assemble.py"
    program.write_text(readme.partition("--- assemble.py ---\n")[2])
    manifest = tmp_path / "kept" / manifest_name(report.point)
    monkeypatch.setattr(sys, "argv", ["assemble.py", str(manifest), str(tmp_path / "out")])
    runpy.run_path(str(program))
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["ok"] * 5
    snapshot = newest_point(open_store(target)).snapshot
    assert read_through(tmp_path / "out" / snapshot)["articles"][0] == 3
    name = warc(settings).name
    assert (tmp_path / "out" / "archive" / name).read_bytes() == warc(settings).read_bytes()


@pytest.mark.slow
def test_restored_folder_polls_only_what_is_due(tmp_path, target):
    with serving(feeds=2, articles=1) as news:
        settings = Settings(
            data=tmp_path / "data", workers=1, host_delay=0.0, allow_hosts=news.host
        )
        settings.folder.root.mkdir()
        settings.folder.feed_list.write_bytes(news.opml())
        ingest_feeds(settings, IngestRequest())
        before, asked = rows_of(settings), news.asked.total()
        back_up(settings, target)
        new = elsewhere(settings)
        restore_backup(new, target)
        assert rows_of(new) == before
        assert len(before["polls"]) == len(before["entries"]) == 2
        assert ingest_feeds(new, IngestRequest()) is None
        assert news.asked.total() == asked
