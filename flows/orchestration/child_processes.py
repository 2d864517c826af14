"""The processes that this one has started, as the operating system tells it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def living_children() -> set[int]:
    """Return the process ids of our children; those that have ended are not among them."""
    ours = os.getpid()
    return {pid for pid, parent, state in _processes() if parent == ours and state != "Z"}


def _processes() -> Iterator[tuple[int, int, str]]:
    """Yield the id of every process, its parent's, and the letter of its state."""
    if not (_PROC / "self" / "stat").exists():
        listed = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        for line in listed.stdout.splitlines():
            pid, parent, state = line.split()[:3]
            yield int(pid), int(parent), state[0]
        return
    for path in _PROC.glob("[1-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it has ended since
            continue
        state, parent = text.rpartition(")")[2].split()[:2]  # a name may hold brackets
        yield int(path.parent.name), int(parent), state
