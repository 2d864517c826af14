"""A flow through Prefect while Prefect works, and without it when it does not.

What a run does stands in our own tables; Prefect only shows it. So a server that does not
start, does not answer or goes away in the middle costs a line on the terminal, not the run.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Generic, TypeVar

from prefect import Flow
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.leaving import hurry
from flows.orchestration.prefect_setup import missing_api

R = TypeVar("R")


class _Body(Generic[R]):
    """The function of a flow, with what became of it.

    Args:
        function: The function.
        patience: Holds what is changed for the rest of the flow.
    """

    def __init__(self, function: Callable[..., R], patience: ExitStack) -> None:
        self._function, self._patience = function, patience
        self.results: list[R] = []
        self.error: BaseException | None = None

    def __call__(self, *arguments: Any) -> R:
        try:
            self.results.append(self._function(*arguments))
        except BaseException as exc:
            self.error = exc
            raise
        finally:
            if missing_api():  # nobody listens to how it ended: do not wait for that
                hurry()
                self._patience.enter_context(temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}))
        return self.results[0]


def run_flow(flow: Flow[..., Any], plain: Callable[[], R], *arguments: Any) -> R:
    """Return what the flow gives; where Prefect fails before the flow has begun, what `plain` does.

    Args:
        flow: The flow.
        plain: Does the same without Prefect.
        arguments: What the flow is called with.
    """
    if url := missing_api():
        _tell(f"Prefect's API at {url} does not answer: this runs without it")
        return plain()
    patience = ExitStack()
    body: _Body[R] = _Body(flow.fn, patience)
    watched: Flow[..., R] = Flow(
        functools.wraps(flow.fn)(body),
        name=flow.name, persist_result=False, validate_parameters=False,
    )  # fmt: skip
    try:
        with patience:
            return watched(*arguments)
    except Exception as exc:  # noqa: BLE001  # whatever fails in Prefect is no failure of the run
        if body.error is not None:
            raise body.error from None
        if body.results:
            _tell("Prefect went away: its pages lack how this run ended, our tables have it")
            hurry()
            return body.results[0]
        _tell(f"Prefect does not work ({type(exc).__name__}): this runs without it")
        return plain()


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
