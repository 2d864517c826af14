"""The parameters of an endpoint: read from an address, and described for programs.

A model of pydantic says what each one is; nothing else describes it.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from starlette.datastructures import QueryParams

from flows.web.problems import ProblemError
from warehouse.listings import Filter, Listing

MOST_ROWS: Final = 1_000  # of a page as JSON
_LONGEST: Final = 1_000  # characters of a value
_MOST_VALUES: Final = 40

P = TypeVar("P", bound="Parameters")
Text = Annotated[str, Field(max_length=_LONGEST)]


class Parameters(BaseModel):
    """Parameters of an endpoint; others are refused."""

    model_config = ConfigDict(extra="forbid")


class Days(Parameters):
    """The days that an endpoint is about."""

    since: date | None = Field(None, description="First day", examples=["2024-06-03"])
    until: date | None = Field(None, description="Last day", examples=["2024-06-05"])


class Rows(Parameters):
    """Which rows to return, and how."""

    fields: Text | None = Field(
        None, description="Columns, separated by commas; all but long texts if it is missing"
    )
    limit: int | None = Field(
        None,
        ge=1,
        description=f"Maximum number of rows: of a page up to {MOST_ROWS:,}, 100 if it is missing;"
        " of a stream all of them if it is missing",
        examples=[20],
    )
    cursor: Text | None = Field(None, description="Where the page before ended: its next")
    format: Literal["json", "jsonl", "csv", "parquet"] = Field(
        "json", description="A page as JSON, or a stream of all rows"
    )


class DatedRows(Rows, Days):
    """Which rows of which days to return, and how."""


def of_listing(listing: Listing) -> type[Rows]:
    """Return the parameters of a listing: its filters, and those of all listings."""
    base = DatedRows if listing.days or listing.counted_days else Rows
    filters: dict[str, Any] = {
        name: (_kind(one) | None, Field(None, description=one.about, examples=[one.example]))
        for name, one in listing.filters.items()
    }
    return create_model(f"{listing.name}_parameters", __base__=base, **filters)


def _kind(one: Filter) -> Any:
    if one.choices:
        return Literal[one.choices]
    return bool if one.kind is bool else Text


def parsed(model: type[P], query: QueryParams) -> P:
    """Return the parameters in an address.

    Raises:
        ProblemError: One is unknown, given twice or has no valid value; it says which one.
    """
    given = query.multi_items()
    names = [name for name, _ in given]
    if len(given) > _MOST_VALUES:
        raise ProblemError(400, f"An address has at most {_MOST_VALUES} parameters.")
    for name in names:
        if names.count(name) > 1:
            raise ProblemError(400, f"{name} is given twice: give it once.", parameter=name)
    try:
        return model.model_validate({name: value for name, value in given if value != ""})
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"][:1]))
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(model.model_fields)) or "none"
            detail = f"There is no parameter {name}. Known ones: {known}."
        else:
            detail = f"{name}: {first['msg'][:1].lower()}{first['msg'][1:]}."
        raise ProblemError(400, detail, parameter=name) from exc
