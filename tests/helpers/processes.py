"""Processes that tests start: variables, ports and waiting."""

import os
import socket
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def without_prefect(variables):
    """Return environment variables without the settings of Prefect."""
    return {name: value for name, value in variables.items() if not name.startswith("PREFECT_")}


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
