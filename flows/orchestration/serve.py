"""Every schedule in one process: registers the deployments and runs what is due.

Each flow run is a process of its own. A tick that finds another run at work ends as
"skipped", and what a pause of hours has left waiting is dropped at the start: due times
lie in our tables, so one tick catches up.

The processes that this one has started, as the operating system tells it.
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
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

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
from flows.orchestration.server import Server
from flows.settings import Settings

logger = logging.getLogger(__name__)

GONE_S = 15.0  # without a server Prefect tries for minutes to tell what nobody takes
RUNS_AT_ONCE = 3  # one works; the others end as skipped, publish or check
STOP_S = 60.0  # a batch under way is rolled back within seconds; the report needs the warehouse


def make_apart(settings: Settings) -> list[RunnerDeployment]:
    """Return the deployments, made in a process that ends: theirs is all that the flows load.

    Raises:
        ServerError: They cannot be made; the process has said why.
    """
    made = subprocess.run(  # our own module
        [sys.executable, "-m", "flows.orchestration.deployments"],
        input=pickle.dumps(settings), stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    if made.returncode:
        raise ServerError("the deployments cannot be made: see above")
    deployments: list[RunnerDeployment] = pickle.loads(made.stdout)  # noqa: S301  # from our own process
    return deployments


async def serve(settings: Settings, made: list[RunnerDeployment], server: Server) -> None:
    """Serve every deployment until SIGTERM or Ctrl-C; runs under way are ended cleanly.

    Raises:
        ServerError: The server that was started for this has ended.
    """
    os.environ["ONRECORD_DATA"] = str(settings.data.absolute())  # for the runs, which inherit it
    runner = Runner(name="onrecord", limit=RUNS_AT_ONCE, pause_on_shutdown=False)
    ours = [await runner.aadd_deployment(one) for one in made]
    async with get_client() as client:
        await _drop_leftovers(client, ours)
    stop = asyncio.Event()
    others = living_children()
    serving = asyncio.create_task(runner.start())
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    # The runner sets a handler of its own when it starts, which stops in the wrong order.
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.set_exception_handler(partial(_on_error, server))
    waiting = asyncio.create_task(_wait(stop, server))
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        await serving
    await _end_runs(others, within_s=GONE_S if server.has_ended else STOP_S)
    serving.cancel()
    await asyncio.wait({serving}, timeout=STOP_S)
    if server.process is not None and not stop.is_set():
        raise ServerError(
            f"Prefect's server ended with {server.process.returncode}: serve again, what was due is made up for"
        )


def _on_error(server: Server, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Keep quiet about what fails in the runner because the server is gone."""
    if server.has_ended:
        logger.debug("without a server: %s", context.get("message"))
    else:
        loop.default_exception_handler(context)


async def _wait(stop: asyncio.Event, server: Server) -> None:
    while not stop.is_set() and not server.has_ended:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=1.0)


async def _drop_leftovers(client: PrefectClient, ours: list[Any]) -> None:
    """Drop what a pause has left waiting, and end what a kill has left running."""
    which = DeploymentFilter(id=DeploymentFilterId(any_=ours))
    states = [StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING]
    found = await client.read_flow_runs(
        deployment_filter=which,
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,  # what is late comes first
        limit=200,  # as many as the server gives; it schedules a hundred ahead
    )
    now = datetime.now(UTC)
    for run in found:
        due_at = run.next_scheduled_start_time or run.expected_start_time
        if run.state_type != StateType.SCHEDULED:
            crashed: State[Any] = Crashed(message="its process died with the one that served it")
            await client.set_flow_run_state(run.id, crashed, force=True)
        elif run.auto_scheduled and due_at is not None and due_at < now:
            await client.delete_flow_run(run.id)


async def _end_runs(others: set[int], *, within_s: float) -> None:
    """Tell the runs under way to stop, and wait until they have written their reports.

    Args:
        others: Processes of ours that are no runs.
        within_s: Whoever has not ended by then is killed with the runner.
    """
    told: set[int] = set()
    deadline = asyncio.get_running_loop().time() + within_s
    # Prefect has named the processes of its runs otherwise in each release.
    while runs := living_children() - others:
        for pid in runs - told:
            _signal(pid)
        told |= runs
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(0.1)


def _signal(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        logger.debug("run has ended by itself: process %d", pid)


_PROC = Path("/proc")


def living_children() -> set[int]:
    """Return the process ids of our children; those that have ended are not among them."""
    ours = os.getpid()
    return {pid for pid, parent, state in _processes() if parent == ours and state != "Z"}


def _processes() -> Iterator[tuple[int, int, str]]:
    """Yield the id of every process, its parent's, and the letter of its state."""
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
        except OSError:  # it has ended since
            continue
        state, parent = text.rpartition(")")[2].split()[:2]  # a name may hold brackets
        yield int(path.parent.name), int(parent), state
