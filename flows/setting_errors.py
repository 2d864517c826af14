"""Wrong settings as errors: where the value comes from, and what is expected instead."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from flows.errors import SettingsError
from flows.secrets import MASK

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

PREFIX: Final = "ONRECORD_"
FILE: Final = "onrecord.toml"
# Settings whose values are never shown, also if somebody mistypes their names.
_SECRET: Final = ("alert_url", "ping", "web_password_hash", "web_reader_password_hash", "webhook")


def wrong_value(
    problem: ErrorDetails, flags: Mapping[str, Any], names: Iterable[str]
) -> SettingsError:
    """Return the error for one problem, with where the value comes from.

    Args:
        problem: What pydantic found.
        flags: The settings that were given as flags.
        names: The names of all settings.
    """
    name = ".".join(map(str, problem["loc"])) or FILE
    got, message = problem.get("input"), problem["msg"]
    if problem["type"] == "extra_forbidden":
        return SettingsError(FILE, name, _known_name(name, names))
    variable = f"{PREFIX}{name.upper()}"
    origin = "" if name in flags else f" ({variable if variable in os.environ else FILE})"
    if problem["type"] == "value_error":  # raised by us
        expected = message.removeprefix("Value error, ")
    else:  # "Input should be a valid integer, unable to parse string as an integer"
        expected = message.removeprefix("Input should be ").partition(", ")[0]
    value = MASK if _is_secret(name) else str(got) if isinstance(got, Path) else got
    return SettingsError(f"{name}{origin}", value, expected)


def unknown_variables(names: Iterable[str]) -> list[SettingsError]:
    """Return an error for each variable that looks like a setting and is none."""
    names = list(names)
    known = {f"{PREFIX}{name.upper()}" for name in names}
    found = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    return [
        SettingsError(
            name, MASK if _is_secret(name) else os.environ[name], _known_name(name, names)
        )
        for name in found
    ]


def _known_name(written: str, names: Iterable[str]) -> str:
    """Return what is expected instead of an unknown name: the nearest one, if there is one."""
    prefix = PREFIX if written.startswith(PREFIX) else ""
    own = written.removeprefix(prefix).lower()
    near = difflib.get_close_matches(own, list(names), n=1)
    name = f"{prefix}{near[0].upper() if prefix else near[0]}" if near else ""
    hint = f"did you mean {name}?" if name else "`onrecord settings` lists them"
    return f"the name of a setting: {hint}"


def _is_secret(name: str) -> bool:
    return name.lower().removeprefix(PREFIX.lower()).startswith(_SECRET)
