"""Faults of this machine: a full disk, too many open files, too little memory.

Such a fault stops the run as failed. It must never reject a document, or count as a failure
of a publisher, because the same work succeeds as soon as the machine is in order again.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from flows.errors import MachineError

_SPACE: Final = "free some space or use another disk"
_ADVICE: Final = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "raise the limit on the size of files (`ulimit -f`)",
    errno.EMFILE: "raise the limit on open files (`ulimit -n`)",
    errno.ENFILE: "close other programs, because they hold too many open files",
    errno.ENOMEM: "close other programs or add memory",
    errno.ENOBUFS: "close other programs, because they hold too many connections",
    errno.EROFS: "make the disk writable",
}
# What the system's loader says of a library that does not fit into the memory.
_UNMAPPED: Final = re.compile("failed to map segment|[Cc]annot allocate memory")
_WRITES: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


def machine_fault(error: BaseException) -> MachineError | None:
    """Return the fault of this machine that caused an error; None if it has another cause.

    An unreadable file (no permission, damaged) is not a fault of the machine: the file may be
    at fault.

    >>> str(machine_fault(OSError(errno.EMFILE, "Too many open files"))).partition(",")[0]
    'this machine cannot do the work: Too many open files: raise the limit on open files (`ulimit -n`)'
    >>> machine_fault(FileNotFoundError(errno.ENOENT, "No such file or directory"))
    """
    for cause in causes(error):
        if isinstance(cause, MachineError):
            return cause
        if isinstance(cause, OSError) and cause.errno in _ADVICE:
            return MachineError(_problem(cause), _ADVICE[cause.errno])
        if isinstance(cause, MemoryError):
            return MachineError("out of memory", _ADVICE[errno.ENOMEM])
    return None


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether too little memory caused an error, also while a library was loaded."""
    return any(
        isinstance(cause, MemoryError)
        or (isinstance(cause, OSError) and cause.errno == errno.ENOMEM)
        or (isinstance(cause, ImportError) and bool(_UNMAPPED.search(str(cause))))
        for cause in causes(error)
    )


def raise_machine_fault(error: BaseException) -> None:
    """Raise MachineError if this machine caused an error; otherwise do nothing."""
    if fault := machine_fault(error):
        raise fault from error


def unwritable(folder: Path, error: OSError) -> MachineError:
    """Return the fault of this machine for a folder of ours that cannot be written."""
    advice = _ADVICE.get(error.errno or 0, "make the folder writable for this user")
    return MachineError(f"{folder} cannot be written ({error.strerror or error})", advice)


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error`, the errors in it if it is a group, and their causes.

    httpcore keeps the first cause in `args`.
    """
    seen: set[int] = set()
    todo: list[BaseException] = [error]
    while todo:
        cause = todo.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        grouped = cause.exceptions if isinstance(cause, BaseExceptionGroup) else ()
        linked = (cause.__cause__, cause.__context__, *cause.args, *grouped)
        todo += [link for link in linked if isinstance(link, BaseException)]


def check_open_files() -> None:
    """Raise MachineError if this process can open no further file.

    The system's resolver does not say so: it reports that a name has no address.
    """
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as exc:
        raise_machine_fault(exc)


def _problem(error: OSError) -> str:
    reason = error.strerror or os.strerror(error.errno or 0)
    if error.filename is not None:
        return f"{reason} ({error.filename})"
    # A write does not name its file. Our own files have errors of their own.
    if error.errno in _WRITES and (folder := _temporary_folder()):
        return f"{reason} (temporary folder {folder})"
    return reason


def _temporary_folder() -> str | None:
    try:
        return tempfile.gettempdir()
    except OSError:  # none can be written
        return None
