"""Points: which are there, which are removed, and what is never removed."""

import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from flows.backups.manifest import (
    Manifest,
    Piece,
    SavedFile,
    is_piece,
    manifest_name,
    piece_name,
    read_manifest,
    write_manifest,
)
from flows.backups.points import (
    newest_point,
    newest_readable,
    points,
    prepare_store,
    prune,
    read_point,
    require_store,
)
from flows.errors import BackupError
from tests.helpers.memory_store import WRITTEN_AT, Gone, MemoryStore

FIRST = datetime(2024, 7, 1, 6, 40, tzinfo=UTC)


def add_point(store, number, *words):
    """Add a point with one file for each word."""
    saved = []
    for word in words:
        digest = f"{ord(word[0]):064x}"
        piece = Piece(piece_name("archive", f"archive/{word}.warc.gz", 0, digest), 3, digest)
        store.files[piece.name] = b"abc"
        saved.append(
            SavedFile(path=f"archive/{word}.warc.gz", bytes=3, sha256=digest, mode=0o644,
                      modified_ns=7, pieces=(piece,))
        )  # fmt: skip
    manifest = Manifest(
        created_at=FIRST + timedelta(days=number),
        onrecord_version="0.1.0",
        schema="0011_outlets",
        duckdb_version="1.5.5",
        newest_batch_at=None,
        snapshot="published/onrecord-000001.duckdb",
        rows={"articles": 4},
        files=tuple(saved),
    )
    store.files[manifest_name(manifest.point)] = write_manifest(manifest)
    return manifest


@pytest.fixture
def store():
    store = MemoryStore()
    prepare_store(store)
    return store


def archived(store):
    return {name.split(".")[0] for name in store.files if name.startswith("archive/")}


def test_manifest_is_read_as_it_was_written(store):
    manifest = add_point(store, 0, "ferry")
    assert read_point(store, "2024-07-01T064000Z") == manifest
    later = orjson.loads(write_manifest(manifest)) | {"colour": "blue"}
    later["files"][0]["weight"] = 3
    assert read_manifest(orjson.dumps(later), "here") == manifest


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"format": 2}, r"newer onrecord \(format 2\): update onrecord", id="newer"),
        pytest.param({"rows": None, "files": 3}, "is damaged", id="other-type"),
        pytest.param({"files": [{"path": "../../etc/passwd"}]}, "is not a path", id="outside"),
        pytest.param(
            {"files": [{"path": "a", "pieces": [{"name": "../b", "bytes": 1, "sha256": ""}]}]},
            "is not the name of a piece", id="other-piece",
        ),
    ],
)  # fmt: skip
def test_manifest_that_cannot_be_used_is_refused(store, change, told):
    content = orjson.loads(write_manifest(add_point(store, 0, "ferry"))) | change
    with pytest.raises(BackupError, match=told):
        read_manifest(orjson.dumps(content), "here")


def test_half_a_manifest_is_damaged_and_an_older_point_is_used(store):
    first = add_point(store, 0, "ferry")
    second = add_point(store, 1, "ferry")
    name = manifest_name(second.point)
    store.files[name] = store.files[name][:90]
    with pytest.raises(BackupError, match=r"2024-07-02T064000Z.*is damaged"):
        newest_point(store)
    assert newest_readable(store) == first


def test_missing_point_names_those_that_exist(store):
    with pytest.raises(BackupError, match="has no complete backup"):
        newest_point(store)
    add_point(store, 0, "ferry")
    with pytest.raises(BackupError, match=r"has no point 2020: the newest are 2024-07-01T064000Z"):
        read_point(store, "2020")


def test_store_with_other_files_is_refused_and_unchanged():
    store = MemoryStore()
    store.files["holiday.jpg"] = b"sea"
    with pytest.raises(BackupError, match=r"has other files \(holiday.jpg\)"):
        prepare_store(store)
    with pytest.raises(BackupError, match="there is no backup of onrecord"):
        require_store(store)
    assert store.files == {"holiday.jpg": b"sea"}


def test_store_of_a_newer_onrecord_or_with_a_damaged_marker_is_refused(store):
    store.files["onrecord-backup.json"] = b'{"format": 2}'
    with pytest.raises(BackupError, match="update onrecord"):
        prepare_store(store)
    store.files["onrecord-backup.json"] = b"{"
    with pytest.raises(BackupError, match=r'is damaged: replace its content by {"format": 1}'):
        prepare_store(store)
    store.files["onrecord-backup.json"] = b'{"format": 1}'
    prepare_store(store)


def test_old_points_and_what_only_they_need_are_removed(store):
    for number, words in enumerate((("ferry", "coast"), ("ferry", "dock"), ("ferry", "island"))):
        add_point(store, number, *words)
    store.ages = dict.fromkeys(store.files, WRITTEN_AT)
    pruned = prune(store, 2, now=WRITTEN_AT)
    assert pruned.points == ("2024-07-01T064000Z",)
    assert (pruned.files, pruned.bytes) == (1, 3)
    assert points(store) == ["2024-07-02T064000Z", "2024-07-03T064000Z"]
    assert archived(store) == {"archive/ferry", "archive/dock", "archive/island"}
    assert prune(store, 1, now=WRITTEN_AT).files == 1
    assert archived(store) == {"archive/ferry", "archive/island"}
    assert prune(store, 1, now=WRITTEN_AT).points == ()
    assert points(store) == ["2024-07-03T064000Z"]


def test_files_of_others_and_fresh_leftovers_are_kept(store):
    add_point(store, 0, "ferry")
    fresh = piece_name("archive", "archive/fresh.warc.gz", 0, "a" * 64)
    left = piece_name("settings", "old.toml", 0, "b" * 64)
    partial = f"warehouse/.{'c' * 32}.piece.partial"
    others = {"holiday.jpg", "archive/holiday.jpg", "backups/notes.txt"}
    store.files |= dict.fromkeys({fresh, left, partial, *others}, b"abc")
    store.ages = {fresh: WRITTEN_AT + timedelta(hours=20)}
    assert prune(store, 1, now=WRITTEN_AT + timedelta(days=1, hours=1)).files == 2
    assert {fresh, *others} <= set(store.files)
    assert not {left, partial} & set(store.files)


def test_no_piece_is_removed_while_a_manifest_cannot_be_read(store):
    for number, word in enumerate(("coast", "dock", "island")):
        add_point(store, number, word)
    store.files[manifest_name("2024-07-02T064000Z")] = b"{"
    pruned = prune(store, 1, now=WRITTEN_AT + timedelta(days=9))
    assert pruned.unreadable == ("2024-07-02T064000Z",)
    assert pruned.points == ("2024-07-01T064000Z",)
    assert archived(store) == {"archive/coast", "archive/dock", "archive/island"}


def test_killed_removal_leaves_whole_points_and_is_finished_later(store):
    for number, word in enumerate(("coast", "dock", "island")):
        add_point(store, number, word, "ferry")
    for moment in range(12):
        copy = MemoryStore()
        copy.files, copy.left = dict(store.files), moment
        with contextlib.suppress(Gone):
            prune(copy, 1, now=WRITTEN_AT)
        copy.left = None
        for point in points(copy):
            assert {piece.name for piece in read_point(copy, point).pieces} <= set(copy.files)
        prune(copy, 1, now=WRITTEN_AT + timedelta(days=2))
        assert archived(copy) == {"archive/ferry", "archive/island"}


def test_names_of_pieces_are_recognised():
    manifest = add_point(MemoryStore(), 0, "ferry")
    assert all(is_piece(piece.name) for piece in replace(manifest).pieces)
    assert is_piece(piece_name("settings", "no-ending", 0, "a" * 64))
    assert not is_piece("archive/onrecord-20240701-00000.warc.gz")
    assert not is_piece(f"elsewhere/{'a' * 32}.piece")


def test_backup_of_a_wrong_clock_displaces_no_other(store):
    add_point(store, (datetime.now(UTC) - FIRST).days + 200, "a")
    right = add_point(store, 1, "b")
    assert newest_point(store) == right
    prune(store, 1, now=FIRST + timedelta(days=2))
    assert points(store) == [right.point]
