"""How a process exits, and which child processes it leaves behind."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.orchestration.serve import _ctrl_c_kept_from_runs, living_children

LEAVING = """
import atexit
from flows.orchestration.leaving import hurry, leave
atexit.register(print, "told at the end")
print("done")
{hurried}
leave(3)
"""


@pytest.mark.parametrize(
    ("hurried", "said"),
    [
        pytest.param("", "done\ntold at the end\n", id="in-order"),
        pytest.param("hurry()", "done\n", id="hurried"),
    ],
)
def test_hurried_exit_waits_only_for_output_and_exit_code(hurried, said):
    run = subprocess.run(
        [sys.executable, "-c", LEAVING.format(hurried=hurried)],
        cwd=Path(__file__).resolve().parents[3], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout, run.stderr) == (3, said, "")


def test_only_living_children_are_reported():
    before = living_children()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert living_children() - before == {child.pid}
        child.kill()
        child.wait()
        assert living_children() == before


ASK_MASK = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))"


def test_ctrl_c_reaches_the_server_but_not_its_runs():
    async def hear():
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
        with _ctrl_c_kept_from_runs():
            run = subprocess.run(
                [sys.executable, "-c", ASK_MASK], capture_output=True, text=True, check=True
            )
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.wait_for(stop.wait(), timeout=10)
        return run.stdout

    assert asyncio.run(hear()) == "True\n"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
