"""Files that appear complete or not at all."""

import errno
import os
from pathlib import Path

import pytest

from warehouse import files
from warehouse.files import copy_file, replace_file


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text("old")
    return path


def names(target):
    return sorted(path.name for path in target.parent.iterdir())


def test_file_is_replaced_when_the_block_ends(target):
    with replace_file(target) as partial:
        partial.write_text("new")
        assert target.read_text() == "old"
        assert partial.parent == target.parent
        assert names(target) == [".manifest.json.partial", "manifest.json"]
    assert target.read_text() == "new"
    assert names(target) == ["manifest.json"]


def test_partial_file_can_have_another_name(target):
    own = target.with_suffix(".tmp")
    with replace_file(target, partial=own) as partial:
        assert partial == own
        partial.write_text("new")
    assert target.read_text() == "new"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("is_written", [False, True])
def test_error_in_the_block_keeps_the_old_file(target, error, is_written):
    def write():
        with replace_file(target) as partial:
            if is_written:
                partial.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert target.read_text() == "old"
    assert names(target) == ["manifest.json"]


def test_file_that_cannot_be_synced_does_not_replace_the_old_one(target, monkeypatch):
    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"), replace_file(target) as partial:
        partial.write_text("new")
    assert target.read_text() == "old"
    assert names(target) == ["manifest.json"]


@pytest.mark.parametrize(
    ("is_synced", "expected"),
    [
        pytest.param(True, ["file", "rename", "folder"], id="synced"),
        pytest.param(False, ["rename"], id="not-synced"),
    ],
)
def test_file_is_synced_before_its_rename_and_its_folder_after(
    target, monkeypatch, is_synced, expected
):
    steps, rename = [], Path.rename

    def renamed(path, other):
        steps.append("rename")
        return rename(path, other)

    monkeypatch.setattr(files, "sync_file", lambda _: steps.append("file"))
    monkeypatch.setattr(files, "sync_folder", lambda _: steps.append("folder"))
    monkeypatch.setattr(Path, "rename", renamed)
    with replace_file(target, is_synced=is_synced) as partial:
        partial.write_text("new")
    assert steps == expected
    assert target.read_text() == "new"


def test_large_file_is_copied_completely(tmp_path, monkeypatch):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(100_001))
    monkeypatch.setattr("warehouse.files._PIECE", 4096)
    copy_file(source, target)
    assert target.read_bytes() == source.read_bytes()


def test_disk_that_fails_during_a_copy_leaves_no_copy(tmp_path, monkeypatch):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(100_001))

    def fail(_descriptor):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("warehouse.files._PIECE", 4096)
    monkeypatch.setattr("warehouse.files.os.fdatasync", fail)
    with pytest.raises(OSError, match="Input/output error"):
        copy_file(source, target)
    assert not target.exists()
