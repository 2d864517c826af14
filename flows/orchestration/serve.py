"""Serves all schedules from one process: registers deployments, runs what is due.

If Prefect's server ends or loses its database, it is started again and the schedules go on. Each
flow run is a separate process. A flow run that starts while another run is writing ends
as "skipped". Late flow runs are deleted at the start, because due times are in our tables and
one run catches up. The processes of runs are found by asking the operating system.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.states import Crashed

from flows.errors import ServerError
from flows.events import ServerLost, ServeStarted
from flows.logs import log
from flows.orchestration.prefect_api import announce
from flows.orchestration.prefect_database import PrefectDatabase
from flows.orchestration.server import Server, prefect_server
from flows.settings import Settings

logger = logging.getLogger(__name__)

GONE_S = 15.0  # without a server, runs would try to report to it for minutes
RUNS_AT_ONCE = 3  # one writes; the others publish, check or end as skipped
PAUSES_S = (1.0, 5.0, 30.0, 120.0, 300.0)  # before a lost server is started again
STEADY_S = 3600.0  # losses that are older do not count
STOP_S = 60.0  # a rollback takes seconds; recording the run may wait for the warehouse

_PROC = Path("/proc")


def make_apart(settings: Settings) -> list[RunnerDeployment]:
    """Return the deployments, made in a child process.

    This keeps the modules that the flows load out of the memory of this process.

    Raises:
        ServerError: They cannot be made; the child process has printed the reason.
    """
    made = subprocess.run(  # our own module
        [sys.executable, "-m", "flows.orchestration.deployments"],
        input=pickle.dumps(settings), stdout=subprocess.PIPE, check=False,
        start_new_session=True,  # on Ctrl-C it is killed; it would print a traceback
    )  # fmt: skip
    if made.returncode:
        raise ServerError("the deployments cannot be made: see the message above")
    deployments: list[RunnerDeployment] = pickle.loads(made.stdout)  # noqa: S301  # from our own process
    return deployments


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
            ServerError: The deployments cannot be made, or the first server cannot be started
                and its database is sound.
        """
        host, port = self._settings.serve_host, self._settings.serve_port
        try:
            with prefect_server(host, port, log=self._server_log) as server:
                os.environ["PREFECT_API_URL"] = server.url
                reason = self._serve_with(server)
        finally:
            if self._named is None:  # so that the next server is ours again
                os.environ.pop("PREFECT_API_URL", None)
        if reason is None:
            return None
        problem = self._database.problem()
        if problem is None and not self._has_served:
            raise ServerError(reason)
        kept = self._database.make_way(datetime.now(UTC))
        self._database = self._find_database()  # the next loss is another one
        return (problem or reason) + (f"; it is kept as {kept}" if kept else "")

    def _serve_with(self, server: Server) -> str | None:
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
        with server.log.open("a") as output, contextlib.redirect_stdout(output):
            return asyncio.run(_serve(self._made, _Lifeline(server, self._database)))

    def _find_database(self) -> PrefectDatabase:
        return PrefectDatabase(None) if self._named else PrefectDatabase.of_environment()


@dataclass(slots=True)
class _Lifeline:
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


async def _serve(made: list[RunnerDeployment], lifeline: _Lifeline) -> str | None:
    """Serve until told to stop or until the server is lost; return why it was lost."""
    try:
        runner = Runner(name="onrecord", limit=RUNS_AT_ONCE, pause_on_shutdown=False)
        ours = [await runner.aadd_deployment(one) for one in made]
        async with get_client() as client:
            await _drop_leftovers(client, ours)
        with _ctrl_c_kept_from_runs():
            return await _serve_until_stopped(runner, lifeline)
    except (
        Exception
    ) as exc:  # whatever Prefect raises if its server fails; the number of attempts is limited
        logger.debug("serving failed", exc_info=exc)
        return lifeline.find_loss() or _said(exc)


async def _serve_until_stopped(runner: Runner, lifeline: _Lifeline) -> str | None:
    stop = asyncio.Event()
    others = living_children()
    serving = asyncio.create_task(runner.start())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    # Replace the handlers that the runner has just set: they stop things in the wrong order.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.set_exception_handler(partial(_on_error, lifeline))
    waiting = asyncio.create_task(_wait(stop, lifeline))
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        failure = serving.exception()
        lifeline.reason = _said(failure) if failure else "its runner ended"
        logger.debug("the runner ended", exc_info=failure)
    within_s = GONE_S if lifeline.reason else STOP_S
    await _end_runs(others, within_s=within_s)
    serving.cancel()
    await asyncio.wait({serving}, timeout=within_s)
    return None if stop.is_set() else lifeline.reason


def _said(error: BaseException) -> str:
    """Return the innermost error of Prefect's task groups as one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    line = str(error).strip().partition("\n")[0]
    return f"it failed ({type(error).__name__}: {line})"


@contextlib.contextmanager
def _ctrl_c_kept_from_runs() -> Iterator[None]:
    """Let only this process hear Ctrl-C, which a terminal sends to the runs as well.

    Runs are stopped with SIGTERM. Python turns Ctrl-C into a traceback in a run that is still
    loading its flow. Processes inherit the signal mask of the thread that starts them, so
    this thread blocks SIGINT, and another one receives it for the handlers of the loop.
    """
    ended = threading.Event()

    def listen() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        ended.wait()

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    listener = threading.Thread(target=listen, name="ctrl-c", daemon=True)
    listener.start()
    try:
        yield
    finally:
        ended.set()
        listener.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def living_children() -> set[int]:
    """Return the ids of our child processes that have not ended."""
    ours = os.getpid()
    return {pid for pid, parent, state in _processes() if parent == ours and state != "Z"}


def _on_error(
    lifeline: _Lifeline, loop: asyncio.AbstractEventLoop, context: dict[str, Any]
) -> None:
    """Hide errors of the runner that follow from the loss or from errors of the server."""
    if lifeline.find_loss() or isinstance(context.get("exception"), httpx.HTTPError):
        logger.debug("without a server: %s", context.get("message"))
    else:
        loop.default_exception_handler(context)


async def _wait(stop: asyncio.Event, lifeline: _Lifeline) -> None:
    while not stop.is_set() and lifeline.find_loss() is None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=1.0)


async def _drop_leftovers(client: PrefectClient, ours: list[Any]) -> None:
    """Delete late flow runs, and mark flow runs that a kill left open as crashed."""
    which = DeploymentFilter(id=DeploymentFilterId(any_=ours))
    states = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]
    found = await client.read_flow_runs(
        deployment_filter=which,
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,  # late runs come first
        limit=200,  # the server's maximum; it schedules a hundred ahead
    )
    now = datetime.now(UTC)
    for run in found:
        due_at = run.next_scheduled_start_time or run.expected_start_time
        if run.state_type != StateType.SCHEDULED:
            crashed: State[Any] = Crashed(
                message="its process died when `onrecord serve` was killed"
            )
            await client.set_flow_run_state(run.id, crashed, force=True)
        elif run.auto_scheduled and due_at is not None and due_at < now:
            await client.delete_flow_run(run.id)


async def _end_runs(others: set[int], *, within_s: float) -> None:
    """Stop the active runs and wait until they have recorded their states.

    Args:
        others: Child processes that are not runs.
        within_s: Seconds to wait; remaining runs are killed together with the runner.
    """
    signalled: set[int] = set()
    deadline = asyncio.get_running_loop().time() + within_s
    # Look for child processes, because each Prefect release keeps them in another attribute.
    while runs := living_children() - others:
        for pid in runs - signalled:
            _signal(pid)
        signalled |= runs
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.1)


def _signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        logger.debug("run had already ended: process %d", pid)


def _processes() -> Iterator[tuple[int, int, str]]:
    """Yield the id, the parent's id and the state letter of every process."""
    if not (_PROC / "self" / "stat").exists():
        listed = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        for line in listed.stdout.splitlines():
            pid, parent, state = line.split()[:3]
            yield int(pid), int(parent), state[0]
        return
    for path in _PROC.glob("[1-9]*/stat"):
        try:
            text = path.read_text()
        except OSError:  # it has just ended
            continue
        state, parent = text.rpartition(")")[2].split()[:2]  # the name may contain brackets
        yield int(path.parent.name), int(parent), state
