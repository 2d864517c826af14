"""Serves all schedules from one process: registers deployments, runs what is due.

Each flow run is a separate process. A flow run that starts while another run is writing ends
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
from collections.abc import Iterator
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
from flows.orchestration.server import Lifeline
from flows.settings import Settings

logger = logging.getLogger(__name__)

GONE_S = 15.0  # without a server, runs would try to report to it for minutes
RUNS_AT_ONCE = 3  # one writes; the others publish, check or end as skipped
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


async def serve(made: list[RunnerDeployment], lifeline: Lifeline) -> str | None:
    """Serve until told to stop or until the server is lost; return why it was lost."""
    stop = asyncio.Event()
    _stop_on_signals(stop)
    try:
        runner = Runner(name="onrecord", limit=RUNS_AT_ONCE, pause_on_shutdown=False)
        ours = [await runner.aadd_deployment(one) for one in made]
        async with get_client() as client:
            await _drop_leftovers(client, ours)
        if stop.is_set():
            return None
        with _ctrl_c_kept_from_runs():
            return await _serve_until_stopped(runner, lifeline, stop)
    except (
        Exception
    ) as exc:  # whatever Prefect raises if its server fails; the number of attempts is limited
        logger.debug("serving failed", exc_info=exc)
        return lifeline.find_loss() or _said(exc)


def _stop_on_signals(stop: asyncio.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)


async def _serve_until_stopped(
    runner: Runner, lifeline: Lifeline, stop: asyncio.Event
) -> str | None:
    others = living_children()
    serving = asyncio.create_task(runner.start())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    # Replace the handlers that the runner has just set: they stop things in the wrong order.
    _stop_on_signals(stop)
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


def _on_error(lifeline: Lifeline, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Hide errors of the runner that follow from the loss or from errors of the server."""
    if lifeline.find_loss() or isinstance(context.get("exception"), httpx.HTTPError):
        logger.debug("without a server: %s", context.get("message"))
    else:
        loop.default_exception_handler(context)


async def _wait(stop: asyncio.Event, lifeline: Lifeline) -> None:
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
