"""What Prefect must know before it is imported.

Its run history lies in the data folder unless the user has a Prefect of their own;
telemetry is off; only what is critical is logged, because a run's report and errors are
ours to tell (`--verbose` shows Prefect's log). What the user has set stays.
"""

from __future__ import annotations

import os
import shutil
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from warehouse.errors import WarehouseUnwritableError
from warehouse.folder import DataFolder
from warehouse.health import size

LEAST_FREE_BYTES = 16_000_000  # Prefect's database, a small batch and its snapshot
_OURS = ("PREFECT_HOME", "PREFECT_PROFILES_PATH", "PREFECT_PROFILE", "PREFECT_API_URL")


def prepare_prefect(folder: DataFolder, *, is_verbose: bool = False) -> None:
    """Set the environment that Prefect reads at its import."""
    settings = {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "INFO" if is_verbose else "CRITICAL",
        "PREFECT_INTERNAL_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        # A machine at work needs longer than the 20 s that Prefect gives its own server; and
        # five retries hold a run that is done for a minute at each thing that is told.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90",
        "PREFECT_CLIENT_MAX_RETRIES": "3",
    }
    has_own = any(name in os.environ for name in _OURS)
    if not has_own and not (Path.home() / ".prefect" / "profiles.toml").exists():
        settings["PREFECT_HOME"] = str((folder.root / "prefect").absolute())
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def require_room(folder: DataFolder) -> None:
    """Raise WarehouseUnwritableError where the disk is too full to begin a run.

    Prefect's server waits for a minute there, and ends with a traceback.
    """
    free = shutil.disk_usage(folder.root).free
    if free < LEAST_FREE_BYTES:
        reason = f"a run needs at least {size(LEAST_FREE_BYTES)}, and {size(free)} are free"
        raise WarehouseUnwritableError(folder.root, reason)


def missing_api() -> str | None:
    """Return the address of the user's Prefect API where it does not answer, else None."""
    url = os.environ.get("PREFECT_API_URL")
    if not url:
        return None
    try:
        with urllib.request.urlopen(f"{url.rstrip('/')}/health", timeout=5):  # noqa: S310  # the user's own setting
            return None
    except urllib.error.HTTPError:  # it answers, if only to ask who we are
        return None
    except (OSError, ValueError) as exc:
        # Prefect may know a certificate that we do not.
        return None if isinstance(getattr(exc, "reason", None), ssl.SSLError) else url
