"""Commands of onrecord that the pages have started, each as a process of its own.

What a command prints goes to a file in the data folder, and its first line says what was
started. So the pages can show it after they were started again, and a command goes on when
the pages end.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from flows.errors import RunActiveError
from flows.printable import plain_lines
from flows.runs.lock import active_run
from flows.secrets import mask_url
from flows.settings import Settings
from warehouse.lock import is_alive

DRY_RUN: Final = "--dry-run"
_KEPT: Final = 100  # files; older ones are removed
_PLANS_AT_ONCE: Final = 3
_TAIL_BYTES: Final = 60_000
_STAMP: Final = "%Y%m%dT%H%M%S.%f"
_NAME: Final = re.compile(r"(?P<stamp>\d{8}T\d{6}\.\d{6})-(?P<pid>\d{1,10})")
_RUN: Final = re.compile(r"^.*\brun_started run_id=(run-[0-9a-f]{32})\b", re.MULTILINE)
_LOG: Final = ("--log-format=text", "--log-level=info")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedCommand:
    """A command that was started.

    Attributes:
        name: Its key.
        arguments: The command and its options, without the data folder.
        started_at: When it was started, UTC.
        is_running: Whether its process has not ended yet.
        printed: What it printed; of a long text, the end.
        run_id: The run that it began; None if it began none, or not yet.
    """

    name: str
    arguments: tuple[str, ...]
    started_at: datetime
    is_running: bool
    printed: str
    run_id: str | None

    @property
    def is_plan(self) -> bool:
        """Whether it only shows what would be done."""
        return DRY_RUN in self.arguments

    @property
    def line(self) -> str:
        """The command as a user would write it, without secrets."""
        words = [mask_url(word) if "://" in word else word for word in self.arguments]
        return " ".join(("onrecord", *words))


class StartedCommands:
    """Starts commands on a data folder, and tells of those that were started."""

    def __init__(self, settings: Settings) -> None:
        """Set up; nothing is started or read yet."""
        self._folder = settings.folder
        self._lock = threading.Lock()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def start(self, arguments: Sequence[str]) -> str:
        """Start a command and return its key.

        Raises:
            RunActiveError: A run is active, or was started a moment ago; nothing was started.
        """
        with self._lock:
            self._refuse_second(arguments)
            return self._start(tuple(arguments))

    def _refuse_second(self, arguments: Sequence[str]) -> None:
        running = [one for one in self.all() if one.is_running]
        if DRY_RUN in arguments:
            if len(plans := [one for one in running if one.is_plan]) >= _PLANS_AT_ONCE:
                raise RunActiveError(plans[0].line)
            return
        active = next((one.line for one in running if not one.is_plan), None)
        if active := active_run(self._folder) or active:
            raise RunActiveError(active)

    def _start(self, arguments: tuple[str, ...]) -> str:
        folder, now = self._folder.commands, datetime.now(UTC)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_old()
        stamp = f"{now:{_STAMP}}"
        log = folder / f"{stamp}.log"
        logged = () if DRY_RUN in arguments else _LOG
        with log.open("xb") as output:
            output.write(orjson.dumps(arguments) + b"\n")
            output.flush()
            os.fchmod(output.fileno(), 0o600)
            process = subprocess.Popen(  # noqa: S603  # our own command; no shell reads its arguments
                [
                    sys.executable, "-m", "flows", arguments[0],
                    f"--data={self._folder.root.absolute()}", *logged, *arguments[1:],
                ],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,  # it goes on when the pages end
            )  # fmt: skip
        self._processes = {
            pid: other for pid, other in self._processes.items() if other.poll() is None
        }
        self._processes[process.pid] = process
        name = f"{stamp}-{process.pid}"
        log.rename(folder / f"{name}.log")
        return name

    def _remove_old(self) -> None:
        found = sorted(self._folder.commands.glob("*.log"))
        for path in found[: -_KEPT + 1]:
            path.unlink(missing_ok=True)

    def all(self) -> list[StartedCommand]:
        """Return the commands, the newest first."""
        paths = sorted(self._folder.commands.glob("*.log"), reverse=True)
        return [found for path in paths if (found := self.find(path.stem)) is not None]

    def find(self, name: str) -> StartedCommand | None:
        """Return the command with a key, None if there is none."""
        known = _NAME.fullmatch(name)
        if known is None:
            return None
        started_at = datetime.strptime(known["stamp"], _STAMP).replace(tzinfo=UTC)
        is_running = self._is_running(int(known["pid"]), started_at)  # before its last words
        try:
            head, printed = _read(self._folder.commands / f"{name}.log")
            arguments = tuple(map(str, orjson.loads(head)))
        except (OSError, ValueError):
            return None
        run = _RUN.search(printed)
        return StartedCommand(
            name=name,
            arguments=arguments,
            started_at=started_at,
            is_running=is_running,
            printed=plain_lines(printed),
            run_id=run[1] if run else None,
        )

    def of_run(self, run_id: str) -> StartedCommand | None:
        """Return the command that began a run, None if the pages did not start it."""
        return next((one for one in self.all() if one.run_id == run_id), None)

    def _is_running(self, pid: int, started_at: datetime) -> bool:
        process = self._processes.get(pid)
        if process is None:
            return is_alive(pid, since=started_at)
        return process.poll() is None


def _read(path: Path) -> tuple[bytes, str]:
    """Return the first line of a file, and what follows it; of a long text, the beginning and end."""
    with path.open("rb") as file:
        head = file.readline(_TAIL_BYTES)
        start = file.read(_TAIL_BYTES)
        rest = b""
        with contextlib.suppress(OSError):
            file.seek(max(file.tell(), path.stat().st_size - _TAIL_BYTES))
            rest = file.read(_TAIL_BYTES)
    between = b"\n...\n" if rest else b""
    return head, (start + between + rest).decode("utf-8", "replace")
