"""The tool that follows one statement through all outlets and wordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import Field

from flows.assistant.answers import (
    Answer,
    Telling,
    Told,
    at_minute,
    statement_fields,
    told_statement,
)
from flows.assistant.arguments import Key, Listed, Name
from flows.assistant.cursors import cursor_of, key_of
from flows.assistant.evidence import evidence_of
from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.assistant.quoting import cut
from flows.assistant.rows import AppearanceRow, Short, WordingRow
from flows.assistant.tool import Tool
from flows.printable import number
from flows.web.reading import Reading, Row
from flows.web.statement_history import (
    Appearance,
    History,
    Wording,
    chosen_speaker,
    full_name,
    statement_history,
)
from flows.web.statement_places import find_statement, with_articles

_WORDINGS: Final = 6  # that are shown; appearances have the others
_CHANGES: Final = 400  # characters
_OTHERS: Final = 5  # speakers


class SpreadArguments(Listed):
    """The arguments of `quote_spread`."""

    statement_id: Key = Field(description="From `statements`, `search`, `article` or `story`")
    speaker: Name = Field("", description="Whose, if several people said the same words")


class Spread(Answer):
    """The answer of `quote_spread`; the first page has the wordings."""

    speaker: Short | None
    outlets: int
    articles: int
    is_first_sure: bool = Field(
        description="False if hours are unknown on the first day, so another outlet may have been first"
    )
    first_source: str
    wordings: int
    other_speakers: list[Short] = Field(description="Others who said the same words")
    how_it_changed: list[WordingRow] = Field(default_factory=list)
    appearances: list[AppearanceRow] = Field(default_factory=list, description="By time")


def quote_spread(call: Call, asked: SpreadArguments) -> Told:
    """Follow a statement."""
    with call.reading() as reading:
        history, others, is_cut = _history(reading, asked)
        rows = [one.row for one in history.appearances]
        evidence = evidence_of(reading, [(row["article_id"], row["published_on"]) for row in rows])
    content = Spread(
        speaker=full_name(history),
        outlets=history.outlets,
        articles=len(history.appearances),
        is_first_sure=history.is_first_sure,
        first_source=history.first.row["source_id"],
        wordings=len(history.wordings),
        other_speakers=[name or "somebody unnamed" for name, _ in others][:_OTHERS],
    )
    if is_cut:
        content.notes.append(
            f"Only the first {content.articles:,} articles are known to this answer."
        )
    telling = Telling()
    _tell_head(telling, content, history)
    if asked.cursor is None:
        _tell_wordings(telling, content, history.wordings)
    _tell_places(telling, content, asked, history, evidence)
    return telling.answer(content)


def _history(
    reading: Reading, asked: SpreadArguments
) -> tuple[History, list[tuple[str, int]], bool]:
    """Return the history of a statement, who else said it, and whether places were left out."""
    found = find_statement(reading, asked.statement_id)
    if not found.places and found.elsewhere:  # a wording of another statement
        key = found.elsewhere.get(asked.speaker) or min(found.elsewhere.values())
        found = find_statement(reading, key)
    rows: Sequence[Any] = found.places
    others: list[tuple[str, int]] = []
    if rows:
        mine, others = chosen_speaker(rows, asked.speaker)
        rows = with_articles(reading, mine)
    if not rows:
        raise CallError(
            "statement_id", f"there is no statement {asked.statement_id[:100]!r}",
            "Take a statement_id from `statements`, `search` or `article`.",
        )  # fmt: skip
    return statement_history(rows), others, found.is_cut


def _tell_head(telling: Telling, content: Spread, history: History) -> None:
    first = history.first
    sure = "" if content.is_first_sure else " (the hours of that day are not all known)"
    telling.tell(
        f"{telling.quote(content.speaker or 'somebody unnamed', 200)}: {number(content.articles, 'article')} of"
        f" {number(content.outlets, 'outlet')}, {number(content.wordings, 'wording')}."
    )
    telling.tell(f"First in {content.first_source}, {at_minute(first.at)}{sure}.")
    if content.other_speakers:
        names = ", ".join(content.other_speakers)
        telling.tell(f"The same words are also said by {telling.quote(names, 300)}.")


def _tell_wordings(telling: Telling, content: Spread, wordings: Sequence[Wording]) -> None:
    for one in wordings[:_WORDINGS]:
        row = WordingRow(
            wording=one.number,
            statement=cut(one.statement)[0],
            changes=cut(_changes(one), _CHANGES)[0],
            sources=one.outlets[:10],
            articles=len(one.appearances),
        )
        what = row.changes or row.statement
        text = f"Wording {row.wording}, {number(row.articles, 'article')} ({', '.join(row.sources)}): {telling.quote(what)}"
        if not telling.add(row, text):
            break
        content.how_it_changed.append(row)
    left = len(wordings) - len(content.how_it_changed)
    if left:
        content.notes.append(f"{left} more wordings are among the appearances.")


def _changes(wording: Wording) -> str:
    """Return what changed from the first wording, with marks at what was left out and added."""
    signs = {"cut": ("[-", "-]"), "added": ("{+", "+}"), "equal": ("", "")}
    parts = [
        f"{piece.gap}{signs[piece.kind][0]}{piece.text}{signs[piece.kind][1]}"
        for piece in wording.changes.pieces
    ]
    return "".join(parts) if wording.number > 1 else ""


def _tell_places(
    telling: Telling,
    content: Spread,
    asked: SpreadArguments,
    history: History,
    evidence: dict[tuple[str, int], Row],
) -> None:
    after = key_of(asked.cursor, asked, str, str) if asked.cursor else None
    waiting = [one for one in history.appearances if after is None or _key(one) > after]
    for at, one in enumerate(waiting):
        row = _appearance(one, evidence)
        later = f", {row.hours_later:.1f} h later" if row.hours_later else ""
        signs = "".join(
            text
            for text, is_so in ((", copy", row.is_copy), (", removed since", row.is_gone))
            if is_so
        )
        head = f"- {row.form}, wording {row.wording}, {at_minute(row.published_at)}{later}{signs}:"
        if at == asked.limit or not telling.add(row, told_statement(telling, row, head)):
            content.cursor = cursor_of(asked, *_key(waiting[at - 1]))
            return
        content.appearances.append(row)


def _key(one: Appearance) -> list[str]:
    """Return what the places are sorted by."""
    return [one.at.isoformat() if one.at else "~", one.row["article_id"]]


def _appearance(one: Appearance, evidence: dict[tuple[str, int], Row]) -> AppearanceRow:
    row = {**one.row}
    proof = evidence.get((row["article_id"], row["revision"]), {})
    fields = statement_fields(row | proof | {"statement_id": row["fingerprint"]})
    return AppearanceRow(
        **fields, wording=one.wording, form=one.form, published_at=one.at,
        hours_later=one.hours_later, is_copy=one.is_copy, is_gone=one.is_gone,
    )  # fmt: skip


TOOLS: Final = (
    Tool(
        name="quote_spread",
        title="Follow a statement",
        description=(
            "Follow one statement through all outlets and wordings: who printed it first, who repeated it when,"
            " and which words changed."
        ),
        arguments=SpreadArguments,
        content=Spread,
        run=quote_spread,
    ),
)
