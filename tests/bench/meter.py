"""Measures a command with all processes that come of it (Linux).

A pool's workers are children of another process than the command, and that process outlives it.
So the command runs below a process that adopts orphans and waits for all of them: the system then
counts the CPU time of every process, also of those that were killed and replaced.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.process_use import descendants, proportional_bytes

ROOT = Path(__file__).resolve().parents[2]
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
_EACH_S = 0.2


@dataclass(frozen=True, slots=True)
class Use:
    """What a command used.

    Attributes:
        cpu_s: User and system seconds of all its processes.
        wall_s: Seconds until it ended.
        peak_mb: Most memory of all processes at a time; shared pages count once.
        output: Its standard output.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    output: str


def run_metered(
    command: Sequence[str], *, given: str = "", env: Mapping[str, str] | None = None
) -> Use:
    """Run a command in the folder of the project, and return what it used.

    Args:
        command: The program and its arguments.
        given: Its standard input.
        env: Variables that are added to the environment.

    Raises:
        CommandFailedError: It did not end with 0.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # fmt: skip
    with tempfile.NamedTemporaryFile("r", suffix=".json") as told:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.meter", told.name, *command],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
            env=inherited | {"PYTHONPATH": str(ROOT), "ONRECORD_PREFECT": "never", **(env or {})},
        )
        if done.returncode:
            raise CommandFailedError(command, done.stderr or done.stdout)
        return Use(**json.load(told), output=done.stdout)


class CommandFailedError(Exception):
    """A command failed; the last line of what it printed says why."""

    def __init__(self, command: Sequence[str], printed: str) -> None:
        super().__init__(command, printed)
        self.command, self.printed = command, printed

    def __str__(self) -> str:
        lines = self.printed.strip().splitlines()
        return f"{' '.join(self.command[1:4])}: {lines[-1] if lines else 'printed nothing'}"


def main() -> None:
    """Run the command that follows the name of the file for the report."""
    report, *command = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot adopt orphans")
    started = time.perf_counter()
    child = subprocess.Popen(command)
    peak, done = [0], threading.Event()
    sampler = threading.Thread(target=_sample, args=(peak, done))
    sampler.start()
    code, wall_s = child.wait(), time.perf_counter() - started
    _wait_for_all()
    done.set()
    sampler.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {"cpu_s": used.ru_utime + used.ru_stime, "wall_s": wall_s, "peak_mb": peak[0] / 1e6}
    Path(report).write_text(json.dumps(told), "utf-8")
    sys.exit(code)


def _wait_for_all() -> None:
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _sample(peak: list[int], done: threading.Event) -> None:
    while not done.wait(_EACH_S):
        peak[0] = max(peak[0], sum(map(proportional_bytes, descendants())))


if __name__ == "__main__":
    main()
