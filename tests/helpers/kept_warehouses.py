"""Keep live files open between their uses in one test: to open one costs 20 ms of CPU, a run opens ten.

A file is closed, and so written out, before anybody else opens, moves or lists it: a process that the
test starts, or Python code that reads it. It is opened again if anybody else has changed it.
"""

import contextlib
import os
import subprocess
import sys
import weakref

import duckdb

from warehouse import connect

_TESTS: "weakref.WeakSet[KeptWarehouses]" = weakref.WeakSet()  # what keeps files now
_TOUCHING = frozenset({
    "open", "os.chmod", "os.chown", "os.link", "os.listdir", "os.remove", "os.rename", "os.scandir",
    "os.truncate", "os.utime", "shutil.copyfile", "shutil.move",
})  # fmt: skip


class KeptWarehouses:
    """The live files that one test has open.

    Attributes:
        is_over: Whether the test has started a process: from then on no file is kept.
    """

    def __init__(self):
        self._connect, self._connect_any = connect._connect, duckdb.connect
        self._kept = {}
        self.is_over = False

    def patch(self, monkeypatch):
        """Keep files until the test ends."""
        monkeypatch.setattr(connect, "_connect", self._open)
        monkeypatch.setattr(duckdb, "connect", self._open_any)
        monkeypatch.setattr(subprocess.Popen, "__init__", self._before(subprocess.Popen.__init__))
        monkeypatch.setattr(os, "fork", self._before(os.fork))
        _TESTS.add(self)

    def drop(self):
        """Close all files."""
        for path in list(self._kept):
            self._drop(path)

    def drop_if_touched(self, path):
        """Close the files that Python code is going to read or change."""
        for kept in list(self._kept):
            if path.startswith(str(kept)) or path == str(kept.parent):
                self._drop(kept)

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
            self._kept[path] = (again, config, _stamp(path))
        return con

    def _open_any(self, database=":memory:", **given):
        for path in list(self._kept):
            if str(path) == str(database) and "config" not in given:
                self._drop(path)
        return self._connect_any(database, **given)

    def _before(self, start):
        def begin(*args, **given):
            self.is_over = True
            self.drop()
            return start(*args, **given)

        return begin

    def _drop(self, path):
        with contextlib.suppress(duckdb.Error, KeyError):
            self._kept.pop(path)[0].close()


def _stamp(path):
    """Return what changes if anybody replaces the file."""
    return path.stat().st_ino


def _watch(event, args):
    if event in _TOUCHING and _TESTS:
        for path in args[:2]:
            if isinstance(path, (str, bytes, os.PathLike)):
                for kept in list(_TESTS):
                    kept.drop_if_touched(os.fsdecode(path))


sys.addaudithook(_watch)
