"""The tool that tells about a speaker."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from pydantic import Field

from flows.assistant.answers import Answer, Telling, Told, statement_fields, told_statement
from flows.assistant.arguments import Key, OfDays
from flows.assistant.evidence import evidence_of
from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.assistant.rows import RepeatedRow, RoleRow
from flows.assistant.tool import Tool
from flows.printable import number
from flows.web.day_span import DaySpan, days_at_once
from flows.web.reading import Reading, Row
from flows.web.selection import Selection
from flows.web.speaker_names import Names, last_day, names_of, statements_in
from flows.web.statement_words import with_words

_ROLES, _REPEATED, _NEAREST = 10, 6, 5


class SpeakerArguments(OfDays):
    """The arguments of `speaker`."""

    name: Key = Field(description="The name as `statements` gives it, letter by letter")


class SpeakerShown(Answer):
    """The answer of `speaker`; the first four fields are about all days."""

    name: str
    all_statements: int
    all_first_on: date | None
    all_last_on: date | None
    since: date | None = Field(None, description="First day of what follows")
    until: date | None = Field(None, description="Last day of what follows")
    statements: int = 0
    attitudes: int = 0
    plans: int = 0
    sources: int = Field(0, description="How many outlets")
    entity_id: str | None = None
    roles: list[RoleRow] = Field(default_factory=list)
    repeated: list[RepeatedRow] = Field(
        default_factory=list, description="What several articles have, the most outlets first"
    )


def speaker(call: Call, asked: SpeakerArguments) -> Told:
    """Tell about a speaker."""
    with call.reading() as reading:
        known = reading.span(
            "span_of_speaker", "speaker", asked.name, count="statements", speaker=asked.name
        )
        if known is None:
            raise _unknown(reading, asked.name)
        content = SpeakerShown(
            name=asked.name,
            all_statements=known["statements"],
            all_first_on=known["first_on"],
            all_last_on=known["last_on"],
        )
        telling = Telling()
        _tell_known(telling, content)
        if known["last_on"] is not None:
            _fill(reading, asked, content, known)
            repeated = _repeated(reading, asked, content)
            _tell_span(telling, content)
            _tell_repeated(telling, content, repeated)
    return telling.answer(content)


def _unknown(reading: Reading, name: str) -> CallError:
    rows = reading.rows("nearest_speakers", name=name, most=_NEAREST)
    nearest = ", ".join(repr(row["speaker"]) for row in rows)
    advice = f"The nearest names are {nearest}" if nearest else "No name is near to it"
    return CallError(
        "name",
        f"nobody named {name[:100]!r} is quoted",
        f"{advice}. Names are matched letter by letter: call `statements` with a part of the name as"
        " speaker to see how it is written.",
    )


def _fill(reading: Reading, asked: SpeakerArguments, content: SpeakerShown, known: Row) -> None:
    """Fill in the facts of a span of days: the one that was asked for, otherwise the newest days."""
    first_on = known["first_on"]
    until = asked.until or last_day(reading, asked.name, known["last_on"])
    shown = days_at_once(first_on, until, known["statements"]) if until >= first_on else 1
    since = asked.since or until - timedelta(shown - 1)
    content.since, content.until = since, until
    _, said = _said_by(reading, content)
    facts = reading.row("facts_of_speaker", of=said) or {}
    for name in ("statements", "attitudes", "plans", "sources", "entity_id"):
        setattr(content, name, facts.get(name))
    content.roles = [
        RoleRow(role=row["speaker_role"], **{key: row[key] for key in _OF_ROLE})
        for row in reading.rows("roles_of_speaker", of=said, most=_ROLES)
    ]
    if since > first_on:
        content.notes.append(
            f"Roles and repeated statements are those from {since} to {until}: give since for more."
        )


_OF_ROLE: Final = ("statements", "sources", "first_on", "last_on")


def _said_by(reading: Reading, content: SpeakerShown) -> tuple[Names, Selection]:
    span = DaySpan(content.since or date.min, content.until or date.max)
    names = names_of(reading, content.name, span)
    return names, statements_in(reading, content.name, names, span)


def _repeated(
    reading: Reading, asked: SpeakerArguments, content: SpeakerShown
) -> list[RepeatedRow]:
    names, said = _said_by(reading, content)
    places = reading.rows(
        "repeated_of_speaker", of=said, speaker=asked.name, bare=names.bare, most=_REPEATED
    )
    rows = with_words(reading, places)
    evidence = evidence_of(reading, [(row["article_id"], row["published_on"]) for row in rows])
    return [
        RepeatedRow(
            **statement_fields(row | evidence.get((row["article_id"], row["revision"]), {})),
            articles=row["articles"], sources=row["sources"], wordings=row["wordings"],
        )
        for row in rows
    ]  # fmt: skip


def _tell_known(telling: Telling, content: SpeakerShown) -> None:
    telling.tell(
        f"{telling.quote(content.name, 200)}: {number(content.all_statements, 'statement')} from"
        f" {content.all_first_on or 'an unknown day'} to {content.all_last_on or 'an unknown day'},"
        " in all versions of the articles."
    )


def _tell_span(telling: Telling, content: SpeakerShown) -> None:
    telling.tell(
        f"From {content.since} to {content.until}: {number(content.statements, 'statement')}, {number(content.attitudes, 'attitude')},"
        f" {number(content.plans, 'plan')}, in {number(content.sources, 'outlet')}."
    )
    for role in content.roles:
        telling.tell(
            f"- role {telling.quote(role.role, 120)}: {number(role.statements, 'statement')} in {number(role.sources, 'outlet')},"
            f" {role.first_on} to {role.last_on}"
        )


def _tell_repeated(telling: Telling, content: SpeakerShown, rows: list[RepeatedRow]) -> None:
    if rows:
        telling.tell("Most repeated, each as it was printed first:")
    for place, row in enumerate(rows, 1):
        head = f"{place}. {number(row.articles, 'article')} of {number(row.sources, 'outlet')}, {number(row.wordings, 'wording')}:"
        if not telling.add(row, told_statement(telling, row, head)):
            break
        content.repeated.append(row)


TOOLS: Final = (
    Tool(
        name="speaker",
        title="Tell about a speaker",
        description=(
            "Tell about somebody who is quoted: how often, from when to when, in which roles, and what several"
            " outlets repeat. Call `statements` for everything they said."
        ),
        arguments=SpeakerArguments,
        content=SpeakerShown,
        run=speaker,
    ),
)
