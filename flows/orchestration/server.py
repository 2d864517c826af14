"""Runs Prefect's server for `onrecord serve`: locked down, and ended with us.

This module does not import Prefect, because Prefect reads its settings when imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from flows.errors import ServerError
from flows.orchestration.prefect_database import PrefectDatabase

START_S: Final = 120.0
STOP_S: Final = 15.0
_PDEATHSIG: Final = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def server_environment(host: str, port: int, *, pages: Path) -> dict[str, str]:
    """Return environment variables for a server that is as closed as possible.

    Args:
        host: The address that it listens on.
        port: Its port.
        pages: Folder for the files of its pages. By default they are copied into the installed
            package, which a service may not write.
    """
    origins = [f"http://{name}:{port}" for name in dict.fromkeys((host, "127.0.0.1", "localhost"))]
    return {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_API_HOST": host,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": ",".join(origins),
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(pages.absolute()),
        # By default, flow runs are kept for ever and the history grows without limit.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "2592000",
    }


def exposure_warning(host: str) -> str | None:
    """Return a warning if others can reach the server, otherwise None."""
    if is_loopback(host) or os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        return None
    return (
        f"warning: Prefect's server listens on {host} without a password: anyone who can reach it "
        "can run flows here; set PREFECT_SERVER_API_AUTH_STRING=user:password"
    )


def is_loopback(host: str | None) -> bool:
    """Whether a server on `host` can be reached from this machine only.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Server:
    """A server: the URL of its API, its log, and its process if we started it."""

    url: str
    log: Path
    process: subprocess.Popen[bytes] | None

    @property
    def has_ended(self) -> bool:
        """Whether we started the server and its process has ended."""
        return self.process is not None and self.process.poll() is not None

    def wait_until_up(self) -> None:
        """Wait until the server that we started answers.

        Raises:
            ServerError: It ended, or does not answer in two minutes.
        """
        if self.process is None:
            return
        deadline = time.monotonic() + START_S
        while not _answers(self.url):
            if self.has_ended:
                code = self.process.returncode
                raise ServerError(f"Prefect's server ended with exit code {code}: see {self.log}")
            if time.monotonic() > deadline:
                raise ServerError(
                    f"Prefect's server did not start in {START_S:.0f} s: see {self.log}"
                )
            time.sleep(0.1)


@dataclass(slots=True)
class Lifeline:
    """What serving depends on: the server and its database.

    Attributes:
        reason: Why serving ended, if it was lost.
    """

    server: Server
    database: PrefectDatabase
    reason: str | None = None

    def find_loss(self) -> str | None:
        """Return why the server was lost, None if it is there; the first reason is kept."""
        if self.reason is None and self.server.process is not None and self.server.has_ended:
            self.reason = f"its process ended with exit code {self.server.process.returncode}"
        if self.reason is None:
            self.reason = self.database.loss()
        return self.reason


@contextlib.contextmanager
def prefect_server(host: str, port: int, *, log: Path) -> Iterator[Server]:
    """Start a server, unless PREFECT_API_URL names one, and yield it before it is up.

    Raises:
        ServerError: Another program uses the port.
    """
    named = os.environ.get("PREFECT_API_URL")
    if named:
        yield Server(named, log, None)
        return
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/api"
    _require_free(host, port, url)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603  # our own arguments and a checked port
            [sys.executable, "-m", "prefect", "server", "start", "--host", host, "--port", str(port)],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env=os.environ | server_environment(host, port, pages=log.parent / "pages"),
            # Keep Ctrl-C away from the server: active runs still report to it.
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # no thread yet
        )  # fmt: skip
    try:
        yield Server(url, log, process)
    finally:
        _stop(process)


def _die_with_parent() -> None:
    """Make the kernel end the server when its parent ends, even if it is killed."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, signal.SIGTERM)


def _require_free(host: str, port: int, url: str) -> None:
    """Raise ServerError if something listens on the port already."""
    if _answers(url):
        raise ServerError(
            f"another Prefect server runs at {url}: set PREFECT_API_URL={url} to use it, or "
            "ONRECORD_SERVE_PORT to a free port"
        )
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as exc:
        problem = exc.strerror or str(exc)
        raise ServerError(
            f"cannot listen on {host}, port {port}: {problem}: set ONRECORD_SERVE_HOST and "
            "ONRECORD_SERVE_PORT to an address and a free port of this machine"
        ) from exc


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310  # our own http URL
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
