"""Whether the extra is installed that assistants need."""

from __future__ import annotations

import importlib.util

from transforms.errors import OnrecordError


class NotInstalledError(OnrecordError):
    """The package of the Model Context Protocol is not installed.

    Attributes:
        name: The command that needs it.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"`{self.name}` needs a package that is not installed: run `pip install 'onrecord[mcp]'`"


def is_installed() -> bool:
    """Whether assistants can be served; nothing is imported."""
    return importlib.util.find_spec("mcp") is not None


def check_installed() -> None:
    """Raise NotInstalledError if assistants cannot be served."""
    if not is_installed():
        raise NotInstalledError("onrecord mcp")
