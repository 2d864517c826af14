"""`restore --from`: onto an empty folder, again after a kill, and not over other data."""

import shutil

import orjson
import pytest

from flows.backups.checking import check_points
from flows.backups.points import newest_point, points
from flows.errors import BackupError
from flows.jobs.backup import back_up
from flows.jobs.restore import restore_backup
from tests.helpers.aged_archive import take
from tests.helpers.memory_store import Gone, MemoryStore
from tests.helpers.warehouses import contents, query
from warehouse import migrate
from warehouse.errors import WarehouseBusyError, WarehouseError, WarehouseUnwritableError
from warehouse.lock import writer_lock
from warehouse.search import Question, search


@pytest.fixture
def memory(settings, memory):
    """Return a store in memory with one backup."""
    back_up(settings, "memory")
    return memory


def restored(new):
    return sorted(
        path.relative_to(new.data).as_posix()
        for path in new.data.rglob("*")
        if path.is_file() and ".lock" not in path.name
    )


def test_search_finds_the_articles_of_a_restored_folder(memory, new):
    restore_backup(new, "memory")
    [hit] = search(new.folder, Question(text="coast")).hits
    assert hit.url == "https://a.example/coast"


def test_killed_restore_is_finished_by_the_next(settings, memory, new):
    expected = contents(settings.folder)
    restore_backup(new, "memory")
    files, moments = restored(new), 0
    while True:
        shutil.rmtree(new.data, ignore_errors=True)
        memory.left = moments
        try:
            restore_backup(new, "memory")
        except Gone:
            memory.left = None
        else:
            break
        if moments % 4 == 2:
            restore_backup(new, "memory")
            assert restored(new) == files
        moments += 1
    memory.left = None
    assert moments > 5
    assert contents(new.folder) == expected


def test_files_that_are_there_are_not_fetched_again(memory, new):
    memory.left = 5
    with pytest.raises(Gone):
        restore_backup(new, "memory")
    memory.left = None
    [archived] = (new.data / "archive").glob("*.warc.gz")
    before = archived.stat().st_ino
    restore_backup(new, "memory")
    assert archived.stat().st_ino == before


def test_restore_killed_while_the_warehouse_is_made_is_finished(settings, memory, new, monkeypatch):
    def killed(*_, **__):
        raise Gone

    with monkeypatch.context() as patch:
        patch.setattr("flows.jobs.restore.update_index", killed)
        with pytest.raises(Gone):
            restore_backup(new, "memory")
    with pytest.raises(BackupError, match="holds an unfinished restore"):
        back_up(new, "memory")
    restore_backup(new, "memory")
    assert contents(new.folder) == contents(settings.folder)


def test_other_data_is_not_replaced_unless_it_is_forced(settings, memory, new):
    take(new, 0, ("https://a.example/island", "island"))
    new.folder.feed_list.write_text("mine")
    (new.data / "notes.txt").write_text("mine")
    with pytest.raises(
        BackupError, match=r"would replace .*feeds\.opml, live/onrecord\.duckdb"
    ) as told:
        restore_backup(new, "memory")
    assert "notes.txt" not in str(told.value)
    assert new.folder.feed_list.read_text() == "mine"
    done = restore_backup(new, "memory", is_forced=True)
    assert contents(new.folder) == contents(settings.folder)
    assert (new.data / "notes.txt").read_text() == "mine"
    aside = {path.name: path for path in done.set_aside}
    assert aside["feeds.opml"].read_text() == "mine"
    assert {"feeds.opml", "onrecord.duckdb"} <= set(aside)
    assert all(path.is_relative_to(new.folder.quarantine) for path in aside.values())


def test_folder_with_only_other_files_is_refused(memory, new):
    new.data.mkdir()
    (new.data / "notes.txt").write_text("mine")
    with pytest.raises(BackupError, match=r"is not empty; the restore has|is not empty"):
        restore_backup(new, "memory")


def test_restore_of_another_point_does_not_continue_an_unfinished_one(memory, settings, new):
    first = newest_point(memory).point
    second = back_up(settings, "memory").point
    memory.left = 6
    with pytest.raises(Gone):
        restore_backup(new, "memory", at=first)
    memory.left = None
    with pytest.raises(BackupError, match=rf"unfinished restore \(--from memory --at {first}\)"):
        restore_backup(new, "memory", at=second)


@pytest.mark.parametrize("damage", ["missing", "shorter", "other"])
def test_damaged_piece_is_found_and_not_restored(memory, new, damage):
    assert check_points(memory, points(memory)).damage == ()
    name = next(name for name in memory.files if name.startswith("archive/"))
    content = memory.files.pop(name)
    if damage != "missing":
        memory.files[name] = content[:-1] if damage == "shorter" else content[:-1] + b"\xff\xff"[:1]
    [found] = check_points(memory, points(memory)).damage
    assert found.file == name
    assert found.paths == (f"archive/{next(iter(name.split('/')[1].split('.')))}.warc.gz",)
    assert found.points == tuple(points(memory))
    with pytest.raises(BackupError, match=r"archive/.*restore another point"):
        restore_backup(new, "memory")
    memory.files[name] = content
    restore_backup(new, "memory")


def test_damaged_manifest_is_found(memory, settings):
    back_up(settings, "memory")
    name = max(name for name in memory.files if name.startswith("backups/"))
    memory.files[name] = b"{"
    [found] = check_points(memory, points(memory)).damage
    assert (found.file, found.paths) == (name, ())


def test_backup_of_an_older_onrecord_is_migrated(settings, memory, new, monkeypatch):
    known = migrate.scripts
    later = migrate.Script("9000_tone", "ALTER TABLE articles ADD COLUMN tone VARCHAR;"
                           "COMMENT ON COLUMN articles.tone IS 'Tone of the text';")  # fmt: skip
    expected = contents(settings.folder)
    monkeypatch.setattr(
        migrate, "scripts", lambda name: [*known(name), *([later] if name == "migrations" else [])]
    )
    restore_backup(new, "memory")
    assert query(new, "SELECT count(*) FROM articles WHERE tone IS NULL") == [(3,)]
    assert contents(new.folder, ("quotations", "mentions")) == {
        name: expected[name] for name in ("quotations", "mentions")
    }


def test_backup_of_a_newer_onrecord_is_refused(memory, new):
    name = max(name for name in memory.files if name.startswith("backups/"))
    memory.files[name] = orjson.dumps(orjson.loads(memory.files[name]) | {"schema": "9000_tone"})
    with pytest.raises(BackupError, match=r"made by a newer onrecord .*9000_tone.*update onrecord"):
        restore_backup(new, "memory")
    assert not new.data.exists()


def test_folder_that_a_run_writes_to_is_not_restored(memory, new):
    with writer_lock(new.folder.slot, wait_s=0), pytest.raises(WarehouseBusyError):
        restore_backup(new, "memory")


def test_disk_that_is_too_small_is_told_before_anything_is_written(memory, new, monkeypatch):
    monkeypatch.setattr(
        "flows.backups.restoring.shutil.disk_usage",
        lambda _: shutil._ntuple_diskusage(1000, 900, 100),
    )
    with pytest.raises(WarehouseUnwritableError, match=r"the restore needs .*, 100 B are free"):
        restore_backup(new, "memory")
    assert restored(new) == []


def test_store_without_backups_is_told(new, monkeypatch):
    monkeypatch.setattr("flows.jobs.restore.open_store", lambda _: MemoryStore())
    with pytest.raises(BackupError, match="there is no backup of onrecord"):
        restore_backup(new, "memory")
    assert issubclass(WarehouseBusyError, WarehouseError)
