"""Keeps `onrecord serve` serving: if Prefect's server is lost, it is started again.

This module imports Prefect only when a server was started, because Prefect reads the address of
its API when it is imported; without one, it would start a temporary server of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import ServerError
from flows.events import ServerLost, ServeStarted
from flows.logs import log
from flows.orchestration.prefect_api import announce
from flows.orchestration.prefect_database import PrefectDatabase
from flows.orchestration.server import Lifeline, Server, prefect_server
from flows.runs.interruption import stoppable
from flows.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

PAUSES_S = (1.0, 5.0, 30.0, 120.0, 300.0)  # before a lost server is started again
STEADY_S = 3600.0  # losses that are older do not count


def keep_serving(settings: Settings, *, server_log: Path, metrics_url: str | None) -> None:
    """Serve all deployments until SIGTERM or Ctrl-C; start a lost server again.

    Args:
        settings: The settings of the deployments, and the address of the server.
        server_log: File for what the server prints.
        metrics_url: Where the metrics are, for the log.

    Raises:
        ServerError: The server cannot be started, or was lost too often.
    """
    os.environ["ONRECORD_DATA"] = str(settings.data.absolute())  # runs inherit it
    serving = _Serving(settings, server_log, metrics_url)
    # The loop handles signals while it serves; before and after that they stop us here.
    with contextlib.suppress(KeyboardInterrupt), stoppable():
        _restart_when_lost(serving, server_log)


def _restart_when_lost(serving: _Serving, server_log: Path) -> None:
    lost_at: list[float] = []
    while (reason := serving.until_lost()) is not None:
        now = time.monotonic()
        lost_at = [at for at in lost_at if now - at < STEADY_S] + [now]
        if len(lost_at) > len(PAUSES_S):
            raise ServerError(
                f"Prefect's server was lost {len(lost_at)} times within an hour, at last because "
                f"{reason}: see {server_log}, then run `onrecord serve` again to catch up"
            )
        pause_s = PAUSES_S[len(lost_at) - 1]
        log(ServerLost(detail=reason, pause_s=pause_s))
        time.sleep(pause_s)


class _Serving:
    """Serves the same deployments with one server after the other."""

    def __init__(self, settings: Settings, server_log: Path, metrics_url: str | None) -> None:
        self._settings, self._server_log, self._metrics_url = settings, server_log, metrics_url
        self._named = os.environ.get("PREFECT_API_URL")
        self._database = self._find_database()
        self._made: list[RunnerDeployment] | None = None
        self._has_served = False

    def until_lost(self) -> str | None:
        """Serve; return why the server was lost, None if we were told to stop.

        Raises:
            ServerError: The deployments cannot be made, a damaged database cannot be set aside,
                or the first server cannot be started and its database is sound.
        """
        host, port = self._settings.serve_host, self._settings.serve_port
        try:
            with prefect_server(host, port, log=self._server_log) as server:
                os.environ["PREFECT_API_URL"] = server.url
                reason = self._serve_with(server)
        except ServerError as exc:
            if not self._has_served:
                raise
            reason = str(exc)
        finally:
            if self._named is None:  # so that the next server is ours again
                os.environ.pop("PREFECT_API_URL", None)
        if reason is None:
            return None
        problem = self._database.problem()
        if problem is None and not self._has_served:
            raise ServerError(reason)
        try:
            kept = self._database.make_way(datetime.now(UTC))
        except OSError as exc:
            detail = f"{problem or reason}, and it cannot be set aside ({exc.strerror})"
            raise ServerError(f"Prefect's server was lost because {detail}: remove it") from exc
        self._database = self._find_database()  # the next loss is another one
        return (problem or reason) + (f"; it is kept as {kept}" if kept else "")

    def _serve_with(self, server: Server) -> str | None:
        # Prefect reads the address of its API when it is imported.
        from flows.orchestration.serve import make_apart, serve  # noqa: PLC0415

        self._made = self._made or make_apart(self._settings)  # while the server starts
        try:
            server.wait_until_up()
        except ServerError as exc:
            return str(exc)
        self._database = self._find_database()
        self._has_served = True
        announce(self._settings.folder, server.url)
        log(ServeStarted(url=server.url.removesuffix("/api"), metrics_url=self._metrics_url))
        # Prefect prints the errors of a server that fails for half a minute.
        with server.log.open("a") as output, contextlib.redirect_stdout(output), stoppable():
            return asyncio.run(serve(self._made, Lifeline(server, self._database)))

    def _find_database(self) -> PrefectDatabase:
        return PrefectDatabase(None) if self._named else PrefectDatabase.of_environment()
