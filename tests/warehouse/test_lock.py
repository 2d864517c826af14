"""Locks are released when their holder ends."""

import os
import signal
import threading
import time

import pytest

from tests.helpers.faults import in_other_process
from warehouse.errors import WarehouseBusyError, WarehouseUnwritableError
from warehouse.lock import (
    exclusive_lock,
    lock_holder,
    pauses,
    shared_lock,
    try_lock,
    writer_lock,
)

HOLD = """
import sys, time
from pathlib import Path
from warehouse.lock import writer_lock
with writer_lock(Path(sys.argv[1]), wait_s=0):
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path):
    """Start a process that holds the lock."""
    with in_other_process(HOLD, tmp_path / "writer.lock") as process:
        yield process
        process.kill()


def test_second_writer_sees_who_holds_the_lock(tmp_path, other):
    path = tmp_path / "writer.lock"
    with (
        pytest.raises(WarehouseBusyError, match=f"process {other.pid}"),
        writer_lock(path, wait_s=0.05),
    ):
        pass
    assert lock_holder(path) == str(other.pid)


def test_lock_of_a_killed_process_is_free(tmp_path, other):
    other.send_signal(signal.SIGKILL)
    other.wait()
    with writer_lock(tmp_path / "writer.lock", wait_s=1):
        assert lock_holder(tmp_path / "writer.lock") == str(os.getpid())
    assert lock_holder(tmp_path / "writer.lock") is None


def test_waiting_writer_gets_the_lock_when_it_is_released(tmp_path):
    path = tmp_path / "writer.lock"
    entered = threading.Event()

    def hold():
        with writer_lock(path, wait_s=0):
            entered.set()
            time.sleep(0.15)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    with writer_lock(path, wait_s=5):
        pass
    thread.join()


def test_threads_of_one_process_exclude_each_other(tmp_path):
    path = tmp_path / "writer.lock"
    with (
        writer_lock(path, wait_s=0),
        pytest.raises(WarehouseBusyError, match=str(os.getpid())),
        writer_lock(path, wait_s=0),
    ):
        pass


def test_lock_on_a_removed_file_blocks_nobody_for_long(tmp_path):
    path = tmp_path / "writer.lock"
    with writer_lock(path, wait_s=0):
        path.unlink()
        with writer_lock(path, wait_s=1):
            assert lock_holder(path) == str(os.getpid())


def test_folder_that_cannot_be_created_is_reported(tmp_path):
    (tmp_path / "live").write_text("a file, not a folder")
    with (
        pytest.raises(WarehouseUnwritableError, match="live"),
        writer_lock(tmp_path / "live" / "writer.lock", wait_s=0),
    ):
        pass


def test_without_a_wait_there_is_one_attempt():
    assert len(list(pauses(0))) == 1


HOLD_FOLDER = """
import sys, time
from pathlib import Path
from warehouse import lock
with getattr(lock, sys.argv[2])(Path(sys.argv[1]), **({"wait_s": 0} if sys.argv[2] == "exclusive_lock" else {})):
    print("ready", flush=True)
    time.sleep(60)
"""


def test_shared_locks_on_a_folder_do_not_exclude_each_other(tmp_path):
    with in_other_process(HOLD_FOLDER, tmp_path, "shared_lock") as process:
        with shared_lock(tmp_path), shared_lock(tmp_path):
            assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("kind", ["shared_lock", "exclusive_lock"])
def test_exclusive_lock_waits_for_every_other_lock(tmp_path, kind):
    with in_other_process(HOLD_FOLDER, tmp_path, kind) as process:
        with (
            pytest.raises(WarehouseBusyError, match="reads or writes its files"),
            exclusive_lock(tmp_path, wait_s=0.05),
        ):
            pass
        process.kill()
    with exclusive_lock(tmp_path, wait_s=5):
        pass


def test_shared_lock_waits_for_the_exclusive_one(tmp_path):
    entered, left = threading.Event(), []

    def hold():
        with exclusive_lock(tmp_path, wait_s=0):
            entered.set()
            time.sleep(0.15)
            left.append(True)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    with shared_lock(tmp_path):
        assert left
    thread.join()


def test_shared_lock_on_a_missing_folder_does_nothing(tmp_path):
    with shared_lock(tmp_path / "archive"):
        pass
    with pytest.raises(FileNotFoundError), exclusive_lock(tmp_path / "archive", wait_s=0):
        pass


def test_second_descriptor_does_not_get_the_lock_until_the_first_is_closed(tmp_path):
    path = tmp_path / "onrecord-20240506-00000.warc.gz"
    first, second = (os.open(path, os.O_RDWR | os.O_CREAT) for _ in range(2))
    assert try_lock(first)
    assert not try_lock(second)
    os.close(first)
    assert try_lock(second)
    os.close(second)
