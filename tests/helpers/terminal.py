"""A program in its own terminal, with keys typed and output read as by a person."""

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class Terminal:
    """`onrecord` with arguments in a terminal; every wait has a time limit."""

    def __init__(self, *arguments, columns=100):
        environment = os.environ | {
            "TERM": "xterm", "COLUMNS": str(columns), "LINES": "40", "PROMPT_TOOLKIT_NO_CPR": "1",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self.raw = ""
        self.shown = ""
        self._seen = 0
        self.pid, self._file = pty.fork()
        if not self.pid:
            os.execve(
                sys.executable,
                [sys.executable, "-m", "flows", *map(str, arguments)],
                environment,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self._file)

    def type(self, keys):
        """Press keys without waiting."""
        os.write(self._file, keys.encode())

    def type_until(self, keys, text, *, tries=20):
        """Press keys once a second until `text` is shown."""
        for _ in range(tries - 1):
            self.type(keys)
            deadline = time.monotonic() + 1.0
            while text not in self.shown[self._seen :] and self._read(deadline):
                pass
            if text in self.shown[self._seen :]:
                break
        self.wait_for(text, limit_s=1.0)

    def wait_for(self, text, *, limit_s=30.0):
        """Wait for `text` and return the output since the last wait."""
        deadline = time.monotonic() + limit_s
        while text not in self.shown[self._seen :]:
            assert self._read(deadline), f"no {text!r} in {self.shown[self._seen :]!r}"
        end = self.shown.index(text, self._seen) + len(text)
        part, self._seen = self.shown[self._seen : end], end
        return part

    def wait_for_end(self, *, limit_s=30.0):
        """Wait for the end of the program and return its exit code."""
        deadline = time.monotonic() + limit_s
        while self._read(deadline):
            pass
        while time.monotonic() < deadline:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        raise AssertionError(f"still running: {self.shown[self._seen :]!r}")

    def _read(self, deadline):
        """Read the output; return whether there may be more."""
        ready, _, _ = select.select([self._file], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return False
        try:
            data = os.read(self._file, 65536)
        except OSError:  # the program has ended
            return False
        text = data.decode("utf-8", "replace")
        self.raw += text
        self.shown += _STEERING.sub("", text)
        return bool(data)
