"""The tool that counts matches over time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field

from flows.assistant.answers import Answer, Telling, Told
from flows.assistant.arguments import Listed, Name, OfDays
from flows.assistant.cursors import cursor_of, key_of
from flows.assistant.library import Call
from flows.assistant.rows import CountRow
from flows.assistant.tool import Tool
from flows.assistant.tools.search import LANGUAGE, question_of
from flows.printable import number
from warehouse.search_counts import Range, count_articles, count_matches
from warehouse.search_explore import ask

_MOST: Final = 100


class CountArguments(Listed, OfDays):
    """The arguments of `counts`."""

    query: str = Field("", max_length=2_000, description=f"What to count. {LANGUAGE}")
    speaker: Name = Field("", description="Words of the name of somebody who is quoted")
    about: Name = Field("", description="A person, organization or place that is named")
    source: Name = Field(
        "", description="A source_id or a part of one; shares are of its articles alone"
    )
    by: Literal["day", "week", "month"] = Field(
        "month", description="Length of a period; a week begins on Monday"
    )
    limit: int = Field(_MOST, ge=1, le=_MOST, description="Maximum number of periods")


class _Period(NamedTuple):
    first_on: date
    matching: int
    articles: int


class Counts(Answer):
    """The answer of `counts`."""

    matching: int = Field(description="All articles that match, also those without a day")
    periods: list[CountRow] = Field(
        default_factory=list, description="Oldest first; periods without any article are left out"
    )


def counts(call: Call, asked: CountArguments) -> Told:
    """Count matches over time."""
    after = key_of(asked.cursor, asked, str)[0] if asked.cursor else ""
    tree = question_of(asked, asked.query, about=asked.about)
    with call.searching() as (con, months):
        found = ask(con, months, tree)
        matching = count_matches(con, found.matches, asked.by)
        within = Range(
            asked.since or date.min, asked.until or date.max, source_part=asked.source.lower()
        )
        totals = count_articles(con, months, within, asked.by)
    content = Counts(
        matching=found.matches.count,
        suggestions=[one for each in found.suggestions for one in each.nearest],
    )
    if found.tree is not tree:
        content.notes.append("No article has all words; those with some of them were counted.")
    if found.matches.is_cut:
        content.notes.append(
            "Only the newest texts were read for the words that follow each other, so older days have too few."
        )
    telling = Telling()
    telling.tell(
        f"Matching: {number(content.matching, 'article')}. First day, matching, all articles, share:"
    )
    rows = _periods(asked, matching, totals)
    _tell(telling, content, asked, [row for row in rows if row.first_on.isoformat() > after])
    return telling.answer(content)


def _periods(
    asked: CountArguments,
    matching: Mapping[tuple[Any, ...], int],
    totals: Mapping[tuple[Any, ...], int],
) -> list[_Period]:
    """Return the periods that have articles, from the first to the last match if no days were asked."""
    found = [day for (day,) in matching if day is not None]
    first = asked.since or min(found, default=date.max)
    last = asked.until or max(found, default=date.min)
    return [
        _Period(day, matching.get((day,), 0), articles)
        for (day,), articles in sorted(totals.items())
        if (asked.since or first <= day) and day <= last
    ]


def _tell(telling: Telling, content: Counts, asked: CountArguments, waiting: list[_Period]) -> None:
    last: date | None = None
    for at, (first_on, matching, articles) in enumerate(waiting):
        row = CountRow(
            first_on=first_on,
            matching=matching,
            articles=articles,
            share=round(matching / articles, 5),
        )
        text = f"{first_on} {matching:,} {articles:,} {row.share:.2%}"
        if at == asked.limit or not telling.add(row, text):
            content.cursor = cursor_of(asked, last.isoformat() if last else "")
            return
        content.periods.append(row)
        last = first_on


TOOLS: Final = (
    Tool(
        name="counts",
        title="Count articles over time",
        description=(
            "Count the articles that match by day, week or month, also as a share of all articles, which tells a"
            " growing subject from a growing archive."
        ),
        arguments=CountArguments,
        content=Counts,
        run=counts,
    ),
)
