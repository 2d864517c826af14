"""Commands on unusable disks or files: one line, no traceback, nothing lost."""

import fcntl
import os
import shutil
import subprocess
import sys

import pytest

from flows.jobs.load import load_files
from flows.settings import Settings
from tests.helpers.aged_archive import fill
from tests.helpers.faults import small_disk
from tests.helpers.in_process import ARTICLES
from tests.helpers.news_server import serving
from tests.helpers.other_user import as_other_user, open_folder
from warehouse.connect import open_snapshot
from warehouse.errors import WarehouseError
from warehouse.folder import DataFolder
from warehouse.integrity import read_through

WRITING = [
    ("load", str(ARTICLES)),
    ("ingest", "--now"),
    ("publish",),
    ("compact",),
    ("check",),
    ("reprocess", "--all"),
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    settings = Settings(data=tmp_path_factory.mktemp("filled") / "data", workers=1)
    fill(settings)
    return settings.folder


def onrecord(folder, *arguments):
    """Run a command as the shell does; return its exit code and stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", *arguments, "--data", folder.root],
        capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"ONRECORD_LOCK_WAIT_S": "0.2"},
    )  # fmt: skip
    return done.returncode, done.stderr


def texts(folder):
    with open_snapshot(folder) as con:
        return con.execute("SELECT text FROM articles ORDER BY ALL").fetchall()


def is_one_line(told):
    """Whether the error is one line, after the line that says how the job runs."""
    error = told.removeprefix("running without Prefect: no server is running\n")
    return error.startswith("onrecord: ") and error.count("\n") == 1


def test_read_only_disk_is_reported_before_anything_is_fetched(filled, tmp_path):
    with small_disk(tmp_path / "disk", "64m") as disk, serving(feeds=1, articles=1) as news:
        folder = DataFolder(disk / "data")
        shutil.copytree(filled.root, folder.root, symlinks=True)
        folder.feed_list.write_bytes(news.opml())
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for command in WRITING:
            code, told = onrecord(folder, *command)
            assert code == 1, command
            assert is_one_line(told), told
            assert "Read-only file system" in told
        assert not news.asked
        code, told = onrecord(folder, "report", str(folder.root / "report.html"))
        assert code == 1
        assert "Read-only file system" in told
        for command in (("sql", "FROM sources"), ("search", "ferry"), ("status",), ("doctor",)):
            assert onrecord(folder, *command)[0] == 0, command


@pytest.mark.parametrize("command", WRITING, ids=lambda command: command[0])
def test_locked_warehouse_is_reported_with_the_process_that_holds_it(filled, tmp_path, command):
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(filled.root, folder.root, symlinks=True)
    folder.feed_list.write_text("<opml version='2.0'><body/></opml>")
    with folder.lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.write("4242")
        stream.flush()
        code, told = onrecord(folder, *command)
    assert code == 1
    assert is_one_line(told), told
    assert "locked by process 4242" in told


def test_locked_warehouse_can_still_be_read(filled, tmp_path):
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(filled.root, folder.root, symlinks=True)
    with folder.lock.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        for command in (("sql", "FROM sources"), ("search", "ferry"), ("status",), ("doctor",)):
            assert onrecord(folder, *command)[0] == 0, command


def test_full_disk_is_reported_and_existing_rows_are_kept(filled, tmp_path):
    with small_disk(tmp_path / "disk", "64m") as disk:
        folder = DataFolder(disk / "data")
        shutil.copytree(filled.root, folder.root, symlinks=True)
        before, shown = read_through(folder.live), texts(folder)
        free = shutil.disk_usage(disk).free
        with (disk / "ballast").open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, free - 8192)
        for command in (("load", str(ARTICLES)), ("publish",), ("compact",)):
            code, told = onrecord(folder, *command)
            assert code == 1, command
            assert "cannot be written" in told
            assert told.count("\n") == 1, told
        assert texts(folder) == shown
        (disk / "ballast").unlink()
        after = read_through(folder.live)
        books = {"runs", "alerts", "storage"}  # the failed runs themselves
        assert {name: after[name] for name in before if name not in books} == {
            name: digest for name, digest in before.items() if name not in books
        }
        assert onrecord(folder, "publish")[0] == 0


def refusal_of_load(folder):
    """Return the error of a load in this process: another user may not start Python here."""
    with pytest.raises(WarehouseError) as told:
        load_files([ARTICLES], Settings(data=folder.root, workers=1))
    return str(told.value)


def test_folder_without_permission_is_reported(filled):
    with open_folder() as place:
        folder = DataFolder(place / "data")
        shutil.copytree(filled.root, folder.root, symlinks=True)
        for path in (folder.root, *folder.root.rglob("*")):
            path.chmod(0o777)
        folder.live.parent.chmod(0o555)
        told = as_other_user(refusal_of_load, folder)
        folder.live.parent.chmod(0o777)
    assert "Permission denied" in told
    assert "free some space or use another disk" in told
