"""Virtual environments of the programs that we are compared with.

Each program has a file with the versions of all its packages, so that a later result is compared
with the same program.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_PINS = Path(__file__).parent
_MADE = Path(".cache/bench").absolute()


def python_of(name: str) -> Path:
    """Return the interpreter of a program's environment; make it if its file has changed.

    Raises:
        InstallError: It cannot be installed.
    """
    pins, folder = _PINS / f"{name}.txt", _MADE / name
    python, installed = folder / "bin" / "python", folder / "installed.txt"
    if installed.exists() and installed.read_text("utf-8") == pins.read_text("utf-8"):
        return python
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], name)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(pins)]
    _run([str(python), *install], name)
    installed.write_text(pins.read_text("utf-8"), "utf-8")
    return python


def _run(command: list[str], name: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
        raise InstallError(f"{name} cannot be installed: {lines[-1]}")


class InstallError(Exception):
    """A program that we are compared with cannot be installed."""
