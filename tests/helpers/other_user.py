"""Runs a function as a user who may not read everything, also if the tests run as root."""

import contextlib
import os
import pickle
import tempfile
from pathlib import Path

NOBODY = 65534


def as_other_user(function, *arguments):
    """Return what a function returns to a user without rights, or raise what it raises.

    Root may read and write everything, so a forked process becomes another user. Results are
    pickled. Files must be in a folder that others may enter, such as `open_folder`.
    """
    if os.geteuid():
        return function(*arguments)
    receiving, sending = os.pipe()
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException), os.fdopen(sending, "wb") as stream:
            stream.write(pickle.dumps(_outcome(function, arguments)))
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, "rb") as stream:
        content = stream.read()
    os.waitpid(pid, 0)
    returned, raised = pickle.loads(content)
    if raised is not None:
        raise raised
    return returned


def _outcome(function, arguments):
    try:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return function(*arguments), None
    except BaseException as exc:  # noqa: BLE001  # raised again by the other process
        return None, exc


@contextlib.contextmanager
def open_folder():
    """Yield a new folder that other users may enter and write; those of pytest are closed."""
    with tempfile.TemporaryDirectory(prefix="onrecord-") as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder
