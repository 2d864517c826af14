"""Ends the process, immediately if Prefect would wait for an unreachable server."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

_is_hurried = False


def hurry() -> None:
    """Make `leave` end the process immediately, without running exit handlers.

    When the interpreter ends, Prefect sends its remaining events to its server and tries
    each for ten seconds. Without a server, that takes minutes after a few batches.
    """
    global _is_hurried  # noqa: PLW0603  # a process ends once
    _is_hurried = True


def leave(code: str | int | None) -> NoReturn:
    """End the process with the exit code of a SystemExit."""
    if _is_hurried and not isinstance(code, str):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)
    sys.exit(code)
