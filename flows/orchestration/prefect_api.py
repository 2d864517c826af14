"""Which Prefect API a command uses, if any.

`onrecord serve` holds a lock in the data folder while it runs and writes the URL of its
server beside it, so that commands on the same data folder find it. This module does not
import Prefect, because that takes seconds.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.errors import ServerError
from flows.secrets import mask_url
from flows.settings import Settings
from warehouse.errors import WarehouseBusyError
from warehouse.files import replace_file
from warehouse.folder import DataFolder
from warehouse.lock import lock_holder, writer_lock

_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class ApiChoice:
    """How a command runs its job.

    Attributes:
        url: The API that records the run as a flow run; None without one.
        is_temporary: Whether Prefect starts a temporary server for the run.
        line: What the command says about it.
    """

    url: str | None
    is_temporary: bool
    line: str

    @property
    def is_flow_run(self) -> bool:
        """Whether the job runs as a Prefect flow run."""
        return self.is_temporary or self.url is not None


def choose_api(settings: Settings) -> ApiChoice:
    """Return how a command runs its job: as a flow run, or without Prefect.

    Raises:
        ServerError: A flow run is required, but the named server does not answer.
    """
    if settings.prefect == "never":
        return ApiChoice(None, is_temporary=False, line="running without Prefect")
    served = served_api(settings.folder)
    named = os.environ.get("PREFECT_API_URL") or served or _profile_api()
    if named is None:
        if settings.prefect == "always":
            line = "running as a Prefect flow run on a temporary server"
            return ApiChoice(None, is_temporary=True, line=line)
        line = "running without Prefect: no server is running"
        return ApiChoice(None, is_temporary=False, line=line)
    shown = mask_url(named)
    if answers(named):
        where = shown.removesuffix("/").removesuffix("/api")
        return ApiChoice(named, is_temporary=False, line=f"running as a flow run on {where}")
    if settings.prefect == "always":
        raise ServerError(
            f"Prefect's API at {shown} does not answer: start it, or set ONRECORD_PREFECT=auto"
        )
    line = f"Prefect's API at {shown} does not answer; running without it"
    return ApiChoice(None, is_temporary=False, line=line)


def answers(url: str) -> bool:
    """Return whether a Prefect API answers at a URL."""
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=_ANSWER_S):  # noqa: S310  # the user's own setting
            return True
    except urllib.error.HTTPError:  # it answers, even if it wants a password
        return True
    except (OSError, ValueError) as exc:
        # Prefect may trust a certificate that we do not.
        return isinstance(getattr(exc, "reason", None), ssl.SSLError)


def missing_api() -> str | None:
    """Return the URL of the Prefect API in use if it does not answer, otherwise None."""
    url = os.environ.get("PREFECT_API_URL")
    return url if url and not answers(url) else None


@contextlib.contextmanager
def serving_alone(folder: DataFolder) -> Iterator[None]:
    """Hold the lock of `onrecord serve` on a data folder.

    Raises:
        ServerError: Another process serves this data folder.
    """
    lock = _lock(folder)
    try:
        with writer_lock(lock, wait_s=0.0):
            try:
                yield
            finally:
                _record(folder).unlink(missing_ok=True)
    except WarehouseBusyError as exc:
        if exc.path != lock:
            raise
        where = served_api(folder)
        at = f" at {where.removesuffix('/api')}" if where else ""
        raise ServerError(
            f"`onrecord serve` already runs on {folder.root}{at} ({exc.holder}): "
            "stop it first, or serve another data folder"
        ) from exc


def announce(folder: DataFolder, url: str) -> None:
    """Record the URL of the API for commands; only the holder of the lock may call this."""
    with replace_file(_record(folder), is_synced=False) as partial:
        partial.write_text(url)


def served_api(folder: DataFolder) -> str | None:
    """Return the API of the `onrecord serve` that runs on a data folder, None if none runs."""
    if lock_holder(_lock(folder)) is None:
        return None
    try:
        return _record(folder).read_text() or None
    except OSError:  # it is just starting
        return None


def _lock(folder: DataFolder) -> Path:
    return folder.root / "prefect" / "serve.lock"


def _record(folder: DataFolder) -> Path:
    return folder.root / "prefect" / "serve.url"


def _profile_api() -> str | None:
    """Return the API of the user's active Prefect profile, None if there is none."""
    home = Path(os.environ.get("PREFECT_HOME") or Path.home() / ".prefect")
    path = Path(os.environ.get("PREFECT_PROFILES_PATH") or home / "profiles.toml")
    try:
        stated = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    name = os.environ.get("PREFECT_PROFILE") or stated.get("active")
    profile = stated.get("profiles", {}).get(name, {})
    url = profile.get("PREFECT_API_URL") if isinstance(profile, dict) else None
    return url if isinstance(url, str) else None
