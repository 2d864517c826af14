"""Break off every call to the operating system with which a load writes its files.

Run it with `make kill`; it needs the Debian package `strace`. DuckDB writes its files itself, so
these calls are seen by no test in Python. Each call fails once like a full or a broken disk, and is
once the last of the process; then the load is repeated and compared with an undisturbed one.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.kill_checks import digests, problems_after_kill, problems_at_end
from tests.faults.kill_jobs import Job, Load
from tests.faults.kills import finish
from tests.helpers.news_server import serving

CALLS = ("pwrite64", "fsync", "fdatasync", "rename", "ftruncate", "sendfile", "unlink", "link")
BREAKS = ("error=ENOSPC", "error=EIO", "signal=SIGKILL")


def calls_of(job: Job, data: Path) -> Counter[str]:
    """Return how often an undisturbed run makes each call in its main process."""
    trace = job.root / "trace"
    process = job.start(data, under=("strace", "-f", "-o", str(trace), "-e", ",".join(CALLS)))
    process.communicate()
    lines = [line.split(maxsplit=1) for line in trace.read_text(errors="replace").splitlines()]
    return Counter(
        call.partition("(")[0]
        for pid, call in lines
        if pid == lines[0][0] and call.partition("(")[0] in CALLS
    )


@dataclass(frozen=True, slots=True)
class Break:
    """A call that is broken off: its name, its number in the process, and how."""

    call: str
    number: int
    how: str

    def __str__(self) -> str:
        return f"{self.call}-{self.number}-{self.how}"

    @property
    def tracer(self) -> tuple[str, ...]:
        """The program that breaks it off, with its arguments."""
        inject = f"inject={self.call}:{self.how}:when={self.number}"
        return ("strace", "-f", "-o", "/dev/null", "-e", f"trace={self.call}", "-e", inject)


def problems_of(job: Job, data: Path, at: Break, expected: dict[str, str]) -> Iterator[str]:
    """Break off one call of a run, repeat the run, and yield what is wrong then."""
    job.prepare(data)
    job.start(data, under=at.tracer).communicate(timeout=300)
    for found in (problems_after_kill(data), finish(job, data), problems_at_end(data, expected)):
        yield from (f"{at}: {problem}" for problem in found)


def breaks_of(made: Counter[str], step: int) -> list[Break]:
    """Return the calls to break off: each one in each way, or only each n-th."""
    return [
        Break(call, number, how)
        for call, count in sorted(made.items())
        for number in range(1, count + 1, step)
        for how in BREAKS
    ]


def main() -> int:
    """Break off each call in each way, print what is wrong and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="where to keep what failed")
    parser.add_argument("--each", type=int, default=1, help="break off only each n-th call")
    asked = parser.parse_args()
    if shutil.which("strace") is None:
        print("skipped: strace is not installed (Debian package strace)")
        return 0
    root = Path(tempfile.mkdtemp(prefix="onrecord-calls-", dir=asked.folder))
    problems = list[str]()
    with serving(feeds=2, articles=4) as news:
        job = Load(root, news)
        whole = root / "undisturbed"
        job.prepare(whole)
        breaks = breaks_of(calls_of(job, whole), asked.each)
        expected = digests(whole)
        for at in breaks:
            data = root / str(at)
            if found := list(problems_of(job, data, at, expected)):
                problems += found
                print(*found, sep="\n", flush=True)
            else:
                shutil.rmtree(data)
    print(f"{len(breaks)} calls were broken off, {len(problems)} problems")
    if not problems:
        shutil.rmtree(root)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
