"""Why a call has no answer: which argument, what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from transforms.errors import OnrecordError
from warehouse.errors import (
    QueryError,
    SchemaTooOldError,
    SearchSyntaxError,
    WarehouseMemoryError,
    WarehouseMissingError,
)

_NOTHING_YET: Final = (
    "Nothing was published yet, so there is nothing to ask. The user can load articles by"
    " `onrecord load FOLDER` or fetch feeds by `onrecord ingest`; then call this tool again."
)
_TOO_OLD: Final = (
    "An older onrecord made the snapshot. The user can run `onrecord publish`; then call again."
)
_SHOWN: Final = 80  # characters of a wrong value


class CallError(OnrecordError):
    """A call has no answer.

    Attributes:
        argument: The argument that is wrong, None if none is.
        problem: What is wrong.
        advice: What to do.
    """

    def __init__(self, argument: str | None, problem: str, advice: str) -> None:
        super().__init__(argument, problem, advice)
        self.argument, self.problem, self.advice = argument, problem, advice

    def __str__(self) -> str:
        name = f"{self.argument}: " if self.argument else ""
        return f"{name}{self.problem}. {self.advice}"


def told(error: OnrecordError, words: str = "query") -> str:
    """Return what an assistant is told of an error.

    Args:
        error: The error.
        words: The argument with words to search for, or with SQL.
    """
    match error:
        case WarehouseMissingError():
            return _NOTHING_YET
        case SchemaTooOldError():
            return _TOO_OLD
        case WarehouseMemoryError():
            return "This needs more memory than one call may use. Choose fewer days or narrower filters."
        case SearchSyntaxError():
            return f"{words}: {error}. The description of the tool `search` has the language of questions."
        case QueryError():
            return f"{words}: {error}"
    return str(error)


def told_of_arguments(error: ValidationError, known: Iterable[str]) -> str:
    """Return which arguments are wrong, what is wrong with each, and what to do."""
    names = ", ".join(known) or "none"
    lines = [_line(one, names) for one in error.errors(include_url=False)]
    return "\n".join(lines)


def _line(one: Mapping[str, Any], names: str) -> str:
    name = ".".join(str(part) for part in one["loc"])
    kind = one["type"]
    if kind == "extra_forbidden":
        return f"{name}: there is no such argument. The arguments are: {names}."
    if kind == "missing":
        return f"{name}: it is missing. Give it."
    problem = str(one["msg"]).removeprefix("Value error, ")
    if kind == "value_error":
        return f"{name}: {problem}" if name else problem
    return f"{name}: got {_shortened(one['input'])}. {problem}."


def _shortened(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."
