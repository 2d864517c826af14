"""Stores: a folder and a bucket behave alike, and say what is wrong."""

import os
import stat
from datetime import UTC, datetime

import pytest

from flows.backups import stores
from flows.backups.stores import FolderStore, open_store
from flows.errors import BackupError, SettingsError
from tests.helpers.bucket import KEY_ID, SECRET, bucket_store
from tests.helpers.faults import small_disk


@pytest.fixture
def bucket(monkeypatch):
    monkeypatch.setattr(stores, "_RETRIES", 0)
    with bucket_store() as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        yield server


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path):
    if request.param == "folder":
        return open_store(str(tmp_path / "kept" / "here"))
    request.getfixturevalue("bucket")
    return open_store("s3://newsroom/kept/here")


def test_files_are_written_read_listed_and_removed(store):
    assert store.listed() == {}
    assert store.read("archive/a.gz") is None
    store.write("archive/a.gz", b"one")
    store.write("archive/a.gz", b"more")
    store.write("backups/1/manifest.json", b"{}")
    store.write("empty", b"")
    assert store.read("archive/a.gz") == b"more"
    assert store.read("empty") == b""
    assert {name: file.bytes for name, file in store.listed().items()} == {
        "archive/a.gz": 4, "backups/1/manifest.json": 2, "empty": 0,
    }  # fmt: skip
    assert list(store.listed("backups")) == ["backups/1/manifest.json"]
    assert all(file.written_at <= datetime.now(UTC) for file in store.listed().values())
    store.remove(["archive/a.gz", "archive/never.gz"])
    assert set(store.listed()) == {"backups/1/manifest.json", "empty"}


def test_objects_are_below_the_prefix_of_the_bucket(bucket):
    open_store("s3://newsroom/kept/here/").write("a.gz", b"one")
    assert bucket.objects == {"newsroom/kept/here/a.gz": b"one"}


def test_only_the_owner_can_read_a_folder(tmp_path):
    store = FolderStore(tmp_path / "kept")
    store.write("settings/feeds.opml", b"secret")
    kept = [tmp_path / "kept", *(tmp_path / "kept").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in kept} == {0}


def test_killed_write_leaves_no_file_of_that_name(tmp_path, monkeypatch):
    store = FolderStore(tmp_path)
    store.write("a.gz", b"one")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        store.write("a.gz", b"more")
    assert store.read("a.gz") == b"one"
    assert list(store.listed()) == ["a.gz"]


def test_full_disk_is_told(tmp_path):
    with small_disk(tmp_path / "disk", "64k") as disk:
        store = FolderStore(disk)
        store.write("a.gz", bytes(20_000))
        with pytest.raises(BackupError, match=r"No space left on device.*the next backup"):
            store.write("b.gz", bytes(90_000))
        assert list(store.listed()) == ["a.gz"]


def test_folder_that_cannot_be_used_is_told(tmp_path):
    (tmp_path / "kept").write_text("a file")
    with pytest.raises(BackupError, match=r"kept: cannot be read \(Not a directory\)"):
        FolderStore(tmp_path / "kept").listed()
    with pytest.raises(BackupError, match="cannot be written"):
        FolderStore(tmp_path / "kept").write("a.gz", b"one")


def test_bucket_that_refuses_is_told_without_the_secret(bucket, monkeypatch):
    bucket.refuses = True
    with pytest.raises(BackupError, match=r"s3://newsroom/kept: cannot be written .*507") as told:
        open_store("s3://newsroom/kept").write("a.gz", b"one")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "stranger")
    with pytest.raises(BackupError, match=r"cannot be read .*403"):
        open_store("s3://newsroom/kept").read("a.gz")
    assert SECRET not in str(told.value)
    assert SECRET not in repr(open_store("s3://newsroom/kept"))


@pytest.mark.parametrize("to", ["", "ftp://a.example/b", "s3://", "s3:///prefix"])
def test_other_targets_are_refused(to):
    with pytest.raises(SettingsError, match="a folder or s3://bucket/prefix"):
        open_store(to)


def test_bucket_needs_its_keys(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    with pytest.raises(SettingsError, match="AWS_ACCESS_KEY_ID"):
        open_store("s3://newsroom/kept")
