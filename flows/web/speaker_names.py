"""How a speaker is named: in full, and by the last name alone where it stands for nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flows.web.day_span import DaySpan
from flows.web.reading import Reading, Row
from flows.web.selection import Near, Selection
from warehouse.search_places import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How a speaker is named in a span of days.

    Attributes:
        variants: Last names alone that stand for the speaker, with where they do.
        bearers: The people in full whom the speaker's name stands for, if it is a last name.
        bare: The last name that counts for the speaker, None if it counts for nobody.
        weeks: Where it does: sources with the Monday of a week.
    """

    variants: list[Row]
    bearers: list[Row]
    bare: str | None
    weeks: list[str]


def names_of(reading: Reading, name: str, span: DaySpan) -> Names:
    """Return how a speaker is named, by the last name."""
    last_name = name.rpartition(" ")[2].lower()
    found = reading.rows("bearers_of_name", last_name=last_name, since=span.since, until=span.until)
    variants = [row for row in found if row["full_name"] == name]
    return Names(
        variants=variants,
        bearers=[row for row in found if row["name"] == name],
        bare=variants[0]["name"] if variants else None,
        weeks=sorted({week for row in variants for week in row["weeks"]}),
    )


def statements_in(reading: Reading, name: str, names: Names, span: DaySpan) -> Selection:
    """Return the statements of a speaker in a span of days, for other queries to read."""
    spoken = [name] if names.bare is None else [name, names.bare]
    near = Near("latest_quotations", "speaker", spoken, Span(span.since, span.until))
    return reading.select(
        "said_by", "statements_of_speaker", near=near, speaker=name, bare=names.bare, weeks=names.weeks,
        since=span.since, until=span.until,
    )  # fmt: skip


def last_day(reading: Reading, name: str, last_on: date) -> date:
    """Return the last day on which somebody may be quoted, perhaps by the last name alone.

    It stands for a person in the week of a full name, so later weeks are not looked at.
    """
    bare = name.rpartition(" ")[2]
    alone = (
        reading.span("span_of_speaker", "speaker", bare, count="statements", speaker=bare)
        if bare != name
        else None
    )
    if alone is None or alone["last_on"] is None:
        return last_on
    sunday = last_on + timedelta(6 - last_on.weekday())
    alone_on: date = alone["last_on"]
    return max(last_on, min(sunday, alone_on))
