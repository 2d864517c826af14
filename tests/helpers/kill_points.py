"""Helper: kill a process at its n-th call of chosen functions."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


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
