"""The root of every error that this project raises on purpose."""

from __future__ import annotations


class OnrecordError(Exception):
    """The root of every error that this project raises on purpose.

    The command line prints it as one line and exits with 1.
    """
