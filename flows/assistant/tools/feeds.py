"""The tool that tells how the feeds do."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import UTC, datetime
from typing import Final

from pydantic import Field

from flows.assistant.answers import Answer, Telling, Told, at_minute
from flows.assistant.arguments import Listed, Name
from flows.assistant.cursors import cursor_of, key_of
from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.assistant.rows import FeedRow
from flows.assistant.tool import Tool
from flows.feeds.health import narrowed
from flows.printable import number
from flows.web.reading import Row
from warehouse.errors import WarehouseMissingError


class FeedArguments(Listed):
    """The arguments of `feeds_status`."""

    words: Name = Field("", description="Words in the title or address of a feed")
    source: Name = Field("", description="A source_id or a part of one")
    state: Name = Field("", description="A state as `states` of the answer names it")


class Feeds(Answer):
    """The answer of `feeds_status`."""

    feeds_in_all: int
    states: dict[str, int] = Field(description="How many feeds are in each state")
    feeds: list[FeedRow] = Field(default_factory=list)


def feeds_status(call: Call, asked: FeedArguments) -> Told:
    """Tell how the feeds do."""
    rows = _rows(call)
    states = Counter(row["state"] for row in rows)
    if asked.state and asked.state not in states:
        known = ", ".join(sorted(states)) or "none"
        raise CallError("state", f"no feed is in the state {asked.state!r}", f"The states are: {known}.")  # fmt: skip
    found = narrowed(
        rows, words=asked.words.split(), state=asked.state or None, source=asked.source or None
    )
    after = key_of(asked.cursor, asked, str, str) if asked.cursor else None
    waiting = [row for row in sorted(found, key=_key) if after is None or _key(row) > after]
    content = Feeds(feeds_in_all=len(rows), states=dict(states.most_common()))
    telling = Telling()
    counted = ", ".join(f"{count} {state}" for state, count in states.most_common())
    telling.tell(
        f"{number(len(rows), 'feed')}: {counted or 'none'}. {len(found)} of them match, by source:"
    )
    for at, one in enumerate(waiting):
        row = FeedRow(
            **{name: one.get(name) for name in FeedRow.model_fields} | {"note": one["note"] or ""}
        )
        if at == asked.limit or not telling.add(row, _told(telling, row)):
            content.cursor = cursor_of(asked, *_key(waiting[at - 1]))
            break
        content.feeds.append(row)
    return telling.answer(content)


def _rows(call: Call) -> list[Row]:
    now = datetime.now(UTC)
    with contextlib.suppress(WarehouseMissingError), call.reading() as reading:
        return [*call.library.board.rows(reading.con, reading.snapshot_name, now)]
    return [*call.library.board.rows(None, None, now)]


def _key(row: Row) -> list[str]:
    return [row["source_id"] or "", row["key"]]


def _told(telling: Telling, row: FeedRow) -> str:
    note = f" ({row.note})" if row.note else ""
    per_day = "" if row.new_per_day is None else f", {row.new_per_day:g} new entries a day"
    return (
        f"- {row.source_id}: {row.state}{note}, last poll {at_minute(row.polled_at)}{per_day} |"
        f" {telling.quote(row.title, 120)} | {row.url}"
    )


TOOLS: Final = (
    Tool(
        name="feeds_status",
        title="How the feeds do",
        description=(
            "Tell how many feeds are watched and how each does: its state, its last poll and how much it brings."
            " Call it to judge whether an outlet is missing from the other answers because its feed is broken."
        ),
        arguments=FeedArguments,
        content=Feeds,
        run=feeds_status,
    ),
)
