"""The writer's lock: one holder, told by its PID, dropped with it."""

import os
import signal
import threading
import time

import pytest

from tests.warehouse.faults import in_other_process
from warehouse.errors import WarehouseBusyError, WarehouseUnwritableError
from warehouse.lock import lock_holder, pauses, writer_lock

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
    """A process that holds the lock."""
    with in_other_process(HOLD, tmp_path / "writer.lock") as process:
        yield process
        process.kill()


def test_second_writer_is_told_who_holds_the_lock(tmp_path, other):
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


def test_waiting_writer_gets_the_lock_when_it_is_let_go(tmp_path):
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


def test_lock_on_a_removed_file_keeps_nobody_out_for_long(tmp_path):
    path = tmp_path / "writer.lock"
    with writer_lock(path, wait_s=0):
        path.unlink()
        with writer_lock(path, wait_s=1):
            assert lock_holder(path) == str(os.getpid())


def test_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "live").write_text("a file, not a folder")
    with (
        pytest.raises(WarehouseUnwritableError, match="live"),
        writer_lock(tmp_path / "live" / "writer.lock", wait_s=0),
    ):
        pass


def test_no_wait_is_one_try():
    assert len(list(pauses(0))) == 1
