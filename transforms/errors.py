"""The root of every error that this project raises on purpose."""

from __future__ import annotations

from typing import ClassVar


class OnrecordError(Exception):
    """The root of every error that this project raises on purpose.

    The command line prints it as one line and exits with `exit_code`: 2 for wrong usage.
    """

    exit_code: ClassVar[int] = 1
