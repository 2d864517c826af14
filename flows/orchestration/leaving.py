"""The end of the process, at once where something would wait for a server that has gone."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

_is_hurried = False


def hurry() -> None:
    """Say that nothing which runs at the end of the process is worth waiting for.

    Prefect tells its server what is left to tell when the interpreter ends, and tries for
    ten seconds with each thing: minutes after a run of some batches.
    """
    global _is_hurried  # noqa: PLW0603  # a process ends once
    _is_hurried = True


def leave(code: str | int | None) -> NoReturn:
    """End the process with an exit code, as SystemExit has it."""
    if _is_hurried and not isinstance(code, str):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)
    sys.exit(code)
