"""Processes that tests start: environment, ports and waiting."""

import os
import socket
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(folder, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    # Each folder has its own server database; one per module would be shared state.
    return kept | {"PREFECT_HOME": str(folder / "prefect"), "HOME": str(folder)} | more


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_until(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition was not met in time"
        time.sleep(0.2)


def group_outlives(group):
    """Return whether a process of the group still lives after ten seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True
