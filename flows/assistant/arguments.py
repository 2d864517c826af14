"""What the arguments of several tools have in common."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MOST_ROWS: Final = 20
_NAME: Final = 300  # characters

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_NAME)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class Arguments(BaseModel):
    """The arguments of a tool; others are refused, because a misspelt filter would filter nothing."""

    model_config = ConfigDict(extra="forbid")


class Listed(Arguments):
    """The arguments of a tool that lists rows."""

    limit: int = Field(10, ge=1, le=MOST_ROWS, description="Maximum number of rows")
    cursor: str | None = Field(None, description="From the last answer, for the rows after it")


class OfDays(Arguments):
    """The arguments of a tool for a span of days."""

    since: date | None = Field(None, description="First day of publication, YYYY-MM-DD")
    until: date | None = Field(None, description="Last day of publication, YYYY-MM-DD")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.since > self.until:
            raise ValueError(
                f"since: {self.since} is after until, {self.until}. Exchange the two days."
            )
        return self
