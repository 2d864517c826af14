"""Helper: kill a process at its n-th call of chosen functions."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from typing import Any


def killed_at(moment: int, work: Callable[[KillPoints], None]) -> int:
    """Call `work` in a forked process that its kill points end; return the exit code.

    The code is 9 if the process was killed before its call number `moment`, 0 if there were
    fewer calls, and 1 if it failed.
    """
    pid = os.fork()
    if not pid:
        ended = 1
        try:
            work(KillPoints(moment))
            ended = 0
        except BaseException:  # noqa: BLE001  # the test only sees the exit code
            traceback.print_exc()
        finally:
            os._exit(ended)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class KillPoints:
    """Functions of which some call, counted over all of them, kills the process."""

    def __init__(self, left: int) -> None:
        """Allow `left` calls before the one that kills."""
        self._left = left

    def counted(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function; the process exits with 9 when no calls are left."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left < 0:
                os._exit(9)
            return function(*args, **kwargs)

        return call

    def replace(self, owner: Any, *names: str) -> None:
        """Replace functions of a module or class by counted ones."""
        for name in names:
            setattr(owner, name, self.counted(getattr(owner, name)))
