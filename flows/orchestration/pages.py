"""Serves the pages beside the schedules of `onrecord serve`, in a process of their own.

A crash of the pages does not touch the schedules: they are started again. They end with us, also
if we are killed, because they hold the other end of a pipe.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final

from flows.events import PagesFailed, PagesStarted
from flows.logs import log
from flows.printable import plain
from flows.settings import Settings

PAUSES_S: Final = (1.0, 5.0, 30.0, 120.0, 300.0)  # before pages that ended are started again
STEADY_S: Final = 3600.0  # pages that lived so long begin with the first pause
STOP_S: Final = 10.0
_SIGN: Final = "pages: "  # `onrecord web` prints their address after it
_WRONG_SETTING: Final = 2  # the exit code; another try would end the same way


@contextlib.contextmanager
def pages_served(settings: Settings) -> Iterator[None]:
    """Serve the pages in the `with` body; not at all if the setting `web_port` is 0.

    That they cannot be served is logged, and no error.
    """
    if not settings.web_port:
        yield
        return
    pages = _Pages(settings)
    keeper = threading.Thread(target=pages.keep, name="pages")
    keeper.start()
    try:
        yield
    finally:
        pages.stop()
        keeper.join()


class _Pages:
    """The process of the pages, which is started again if it ends by itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = settings.folder.root / "prefect" / "pages.log"
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._process: subprocess.Popen[str] | None = None

    def keep(self) -> None:
        """Start the pages, again and again if they crash, until `stop` is called."""
        crashes = 0
        while not self._stopped.is_set():
            began = time.monotonic()
            code, told = self._run()
            # A stop of all processes of ours is no crash.
            if self._stopped.is_set() or code in (0, -signal.SIGTERM):
                return
            if code == _WRONG_SETTING:
                log(PagesFailed(detail=told, pause_s=None))
                return
            crashes = 1 if time.monotonic() - began > STEADY_S else crashes + 1
            pause_s = PAUSES_S[min(crashes, len(PAUSES_S)) - 1]
            detail = f"exit code {code}: see {self._log}"
            log(PagesFailed(detail=detail, pause_s=pause_s))
            self._stopped.wait(pause_s)

    def stop(self) -> None:
        """Stop the pages and do not start them again."""
        with self._lock:
            self._stopped.set()
            process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def _run(self) -> tuple[int, str]:
        """Serve the pages until their process ends; return its exit code and its last words."""
        with self._lock:
            if self._stopped.is_set():
                return 0, ""
            process = self._process = self._start()
        told = ""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with process, self._log.open("a", encoding="utf-8") as output:
            for line in process.stderr or ():
                if line.startswith(_SIGN):
                    log(PagesStarted(url=line.removeprefix(_SIGN).strip()))
                    continue
                output.write(line)
                output.flush()
                told = plain(line.strip()) or told
        return process.wait(), told.removeprefix("onrecord: ")

    def _start(self) -> subprocess.Popen[str]:
        data = self._settings.folder.root.absolute()
        return subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", "flows", "web", "--until-eof", f"--data={data}"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            encoding="utf-8", errors="replace",
            start_new_session=True,  # Ctrl-C must not end them before the runs
        )  # fmt: skip
