"""Keep live files open between their uses in one test: to open one costs 20 ms of CPU, a run opens ten.

A file is really opened again if anybody else has changed it, and for good once a test starts a process,
which may want to open it. After each use it is written out, so that it has what a closed file has.
"""

import contextlib
import os
import subprocess

import duckdb

from warehouse import connect


class KeptWarehouses:
    """The live files that one test has open.

    Attributes:
        is_over: Whether the test has started a process: from then on no file is kept.
    """

    def __init__(self):
        self._connect, self._connect_any = connect._connect, duckdb.connect
        self._closing = connect._closing
        self._kept = {}
        self.is_over = False

    def patch(self, monkeypatch):
        """Keep files until the test ends."""
        monkeypatch.setattr(connect, "_connect", self._open)
        monkeypatch.setattr(connect, "_closing", self._close)
        monkeypatch.setattr(duckdb, "connect", self._open_any)
        monkeypatch.setattr(subprocess.Popen, "__init__", self._before(subprocess.Popen.__init__))
        monkeypatch.setattr(os, "fork", self._before(os.fork))

    def drop(self):
        """Close all files."""
        for path in list(self._kept):
            self._drop(path)

    def _open(self, path, config, *, read_only, wait_s):
        kept = self._kept.get(path)
        if kept is not None and (read_only or kept[1:] != (config, _stamp(path))):
            self._drop(path)
        is_live = path.name == "onrecord.duckdb" and path.parent.name == "live"
        if not read_only and not is_live:
            self.drop()  # the live file may be attached to another database
        con = self._connect(path, config, read_only=read_only, wait_s=wait_s)
        if is_live and not (read_only or self.is_over or path in self._kept):
            again = self._connect(path, config, read_only=False, wait_s=0.0)  # the same database
            self._kept[path] = (again, config, None)
        return con

    def _open_any(self, database=":memory:", **given):
        for path in list(self._kept):
            if str(path) == str(database) and "config" not in given:
                self._drop(path)
        return self._connect_any(database, **given)

    @contextlib.contextmanager
    def _close(self, con):
        with self._closing(con):
            yield
        for path, (kept, config, _) in list(self._kept.items()):
            try:
                kept.execute("CHECKPOINT")
                self._kept[path] = (kept, config, _stamp(path))
            except (duckdb.Error, OSError):  # another connection writes, or the file is damaged
                self._drop(path)

    def _before(self, start):
        def begin(*args, **given):
            self.is_over = True
            self.drop()
            return start(*args, **given)

        return begin

    def _drop(self, path):
        with contextlib.suppress(duckdb.Error):
            self._kept.pop(path)[0].close()


def _stamp(path):
    """Return what changes if anybody replaces or writes a file."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns
