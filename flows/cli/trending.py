"""The command `trending`: what is in more articles than before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from flows.cli.options import AsJson, Data


class Kind(StrEnum):
    """What can be trending."""

    PHRASE = "phrase"
    ENTITY = "entity"
    SPEAKER = "speaker"


class Days(StrEnum):
    """Length of the newest span in days."""

    ONE = "1"
    SEVEN = "7"


def trending(
    *,
    kind: Annotated[Kind | None, typer.Option(help="Only these; default all kinds")] = None,
    days: Annotated[
        Days, typer.Option(help="Length of the newest span, which is compared with 28 days before")
    ] = Days.ONE,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of that span; default the newest day"),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Maximum number of rows")] = 20,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Show which phrases, names and speakers are in many more articles than before.

    The newest day of publication, or the newest 7 days, are compared with the 28 days before. A
    text that several publishers ran counts once. The score is a log-likelihood ratio: chance
    reaches 10.8, the lowest one shown, once in a thousand names. Names in fewer than three
    articles are left out.

    Example: [b]onrecord trending --kind speaker --days 7[/b]
    """
    from flows.output.tables import write_json
    from flows.settings import read_settings
    from warehouse.trending import TrendQuestion, read_trending

    question = TrendQuestion(
        kind=kind.value if kind else None,
        days=int(days.value),
        on=on.date() if on else None,
        limit=limit,
    )
    rows = read_trending(read_settings(data=data).folder, question)
    if as_json:
        write_json(rows)
    else:
        typer.echo(as_text(rows), nl=False)


def as_text(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table with the days that were compared, or why there are none."""
    from flows.output.tables import as_table

    if not rows:
        return "nothing is in clearly more articles than in the 28 days before\n"
    shown = [
        (row["kind"], row["name"], row["articles"], round(row["mean_before"], 1), row["sources"],
         round(row["score"], 1))
        for row in rows
    ]  # fmt: skip
    first = rows[0]
    span = f"{first['ends_on']}"
    if first["days"] > 1:
        span = f"{first['starts_on']} to {span}"
    columns = ("kind", "name", "articles", "before", "sources", "score")
    return f"{span}, and the mean of the 28 days before\n\n{as_table(columns, shown)}"
