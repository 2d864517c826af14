"""Tasks without a result, and what the error that ended one means."""

from __future__ import annotations

from dataclasses import dataclass

from flows.errors import MachineError
from flows.machine_faults import is_out_of_memory, raise_machine_fault


@dataclass(frozen=True, slots=True)
class Lost:
    """A task without a result.

    Attributes:
        code: `timeout`, `crash`, `memory` or `error`.
        detail: What happened, for people.
    """

    code: str
    detail: str


def loss_of(error: Exception, detail: str) -> Lost:
    """Return what an error that ended a task means.

    The probe tells whether memory is too small for all tasks or only for this one.

    Args:
        error: The error.
        detail: What to say of an error that is a bug of ours or of a library.

    Raises:
        MachineError: The disk, the installation or another part of this machine is at fault.
    """
    if is_out_of_memory(error):
        return Lost("memory", "needed more memory than a worker may use")
    if isinstance(error, ImportError):  # libraries load parts of theirs when they need them
        problem = f"a part of a library cannot be loaded ({error})"
        raise MachineError(problem, "install onrecord again") from error
    raise_machine_fault(error)
    return Lost("error", detail)
