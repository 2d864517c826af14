"""Processes that tests start: their environment, their ports, and waiting for them."""

import os
import socket
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(folder, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    # One server's database for the whole module would be shared state: each folder has its own.
    return kept | {"PREFECT_HOME": str(folder / "prefect"), "HOME": str(folder)} | more


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_until(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.2)


def group_outlives(group):
    """Whether a process of the group is there ten seconds later."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
