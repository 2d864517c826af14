"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None, typer.Option("--data", help="Data folder; default $ONRECORD_DATA or ./data")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines")]
