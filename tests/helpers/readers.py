"""Readers of the real server, on plain sockets: some ask, some ask slowly, some go away."""

import contextlib
import os
import re
import socket
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from tests.helpers.process_use import descendants
from tests.helpers.processes import ROOT


@contextlib.contextmanager
def served_apart(folder, *, cwd=ROOT, **settings):
    """Serve the pages of a data folder in a process of their own; give its id and address."""
    ours = {f"ONRECORD_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "web", "--data", str(folder.root), "--port", "0"],
        cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)} | ours, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        line = process.stderr.readline()
        yield process.pid, re.fullmatch(r"pages: (http://127\.0\.0\.1:\d+)/\n", line)[1]
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()


def asked(address, path):
    """Return the status and the text of an answer."""
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname, place.port, timeout=120)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def begun(address, path=None):
    """Return a socket on which a request was sent and nothing is read; without a path, none was."""
    place = urlsplit(address)
    connection = socket.create_connection((place.hostname, place.port), timeout=120)
    if path is not None:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return connection


def removed_files(pid):
    """Return the removed files that a process or a descendant of it still has open."""
    found = []
    for one in (pid, *descendants(pid)):
        with contextlib.suppress(FileNotFoundError):  # a process or a file has ended meanwhile
            for link in Path(f"/proc/{one}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):
                    found.append(os.readlink(link))  # noqa: PTH115  # the name, also of no file
    return [name for name in found if name.endswith(" (deleted)")]
