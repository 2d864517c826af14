"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder; default $ONRECORD_DATA or ./data")
]
RulesFile = Annotated[
    Path | None,
    typer.Option("--rules", help="Rules file; default rules.toml in the data folder, if there"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs")]
Excel = Annotated[
    bool, typer.Option("--excel", help="Write CSV for Excel, if you cannot use .xlsx; see above")
]
DecimalComma = Annotated[
    bool, typer.Option("--decimal-comma", help="With --excel: 0,5 for numbers, ; between cells")
]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show Prefect's log")]


class LogFormat(StrEnum):
    """The form of the log."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The lowest level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


LogFormatOption = Annotated[
    LogFormat | None, typer.Option("--log-format", help="Form of the log; default auto")
]
LogLevelOption = Annotated[
    LogLevel | None, typer.Option("--log-level", help="Lowest level of the log")
]
Since = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="First day: 2024-06-03")
]
Until = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day, included")
]


def refuse_unknown_options(words: Sequence[str]) -> None:
    """Refuse words that look like a mistyped option.

    A command whose words may begin with "-" gets unknown options as words.
    """
    for word in words:
        if word.startswith("--") and len(word) > len("--"):
            raise typer.BadParameter(f"no such option: {word}")
