"""What onrecord writes can be read by its owner only, or by the group if the settings say so."""

from __future__ import annotations

import os
import stat
import subprocess

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.permissions import find_readable
from warehouse.folder import DataFolder


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


def modes(root):
    """Return the modes of a folder and of all that is in it, by path; links have none."""
    return {path: mode(path) for path in (root, *root.rglob("*")) if not path.is_symlink()}


def onrecord(*arguments):
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_data_folder_is_closed_to_others(data):
    onrecord("init")
    assert [path for path, found in modes(data).items() if found & 0o077] == []
    assert mode(data) == 0o700
    assert list(find_readable(DataFolder(data), is_shared=False)) == []


def test_group_can_read_but_not_the_secrets(data, monkeypatch):
    monkeypatch.setenv("ONRECORD_SHARED", "group")
    onrecord("init")
    found = modes(data)
    assert mode(data) == 0o750
    assert mode((data / "published" / "onrecord.duckdb").resolve()) == 0o640
    assert mode(data / "feeds.opml") == 0o600
    assert [path for path, bits in found.items() if bits & 0o027] == []
    assert list(find_readable(DataFolder(data), is_shared=True)) == []


def test_files_for_the_user_have_the_modes_of_the_user(data, tmp_path):
    onrecord("init")
    os.umask(0o022)  # as in a new process
    onrecord("sql", "SELECT 1 AS one", "-o", str(tmp_path / "one.csv"))
    assert mode(tmp_path / "one.csv") == 0o644


def test_open_folder_and_files_are_named_with_the_command_that_closes_them(data):
    onrecord("init")
    (data / "secrets.toml").write_text("")
    (data / "secrets.toml").chmod(0o640)
    data.chmod(0o755)
    lines = list(find_readable(DataFolder(data), is_shared=False))
    assert [line.partition("run ")[2] for line in lines] == [
        f"`chmod -R go= {data}`", f"`chmod 600 {data / 'secrets.toml'}`",
    ]  # fmt: skip
    shared = list(find_readable(DataFolder(data), is_shared=True))
    assert f"`chmod -R g-w,o= {data}`" in shared[0]
    for line in lines:
        subprocess.run(["sh", "-c", line.partition("`")[2].removesuffix("`")], check=True)
    assert list(find_readable(DataFolder(data), is_shared=False)) == []
