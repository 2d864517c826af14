"""What this process and its descendants use, read from /proc (Linux)."""

import contextlib
import os
import resource
import threading
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def descendants(pid=None):
    """Yield the ids of the living descendants of a process, by default this one."""
    for task in Path(f"/proc/{pid or os.getpid()}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a process has ended meanwhile
            for found in map(int, task.read_text().split()):
                yield found
                yield from descendants(found)


def resident_bytes(pid=None):
    """Return the resident memory of a process, by default this one; 0 if it has ended."""
    with contextlib.suppress(OSError):
        pages = int(Path(f"/proc/{pid or os.getpid()}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def proportional_bytes(pid):
    """Return the memory of a process, of each shared page its share; 0 if it has ended."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(one.split()[1]) * 1024 for one in lines if one.startswith("Pss:")), 0)
    return 0


def open_files():
    """Return the number of open files of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def cpu_seconds(but=None):
    """Return the CPU seconds of this process, its descendants and those that have ended.

    `but` is the id of a child that is left out while it lives.
    """
    own, ended = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = own.ru_utime + own.ru_stime + ended.ru_utime + ended.ru_stime
    for pid in descendants():
        with contextlib.suppress(OSError):
            if pid == but:
                continue
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds += sum(map(int, fields[11:15])) / _TICKS  # utime, stime, cutime, cstime
    return seconds


@contextlib.contextmanager
def sampled_memory():
    """Yield a one-item list: the peak memory of this process and its descendants, in bytes."""
    peak, done = [0], threading.Event()

    def sample():
        while not done.wait(0.2):
            peak[0] = max(peak[0], sum(map(resident_bytes, [None, *descendants()])))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()
