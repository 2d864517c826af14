"""The tool that shows an article: its facts, its paragraphs and what is said in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import Field

from flows.assistant.answers import Answer, Telling, Told, at_minute, proof
from flows.assistant.arguments import Arguments, Key
from flows.assistant.library import Call
from flows.assistant.problems import CallError
from flows.assistant.quoting import cut, note_of_cut
from flows.assistant.rows import ArticleRow, ParagraphRow, SaidRow, Short
from flows.assistant.tool import Tool
from flows.printable import number
from flows.web.reading import Reading, Row
from transforms.article_urls import article_keys

_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_MOST_TEXT: Final = 3_600  # characters of paragraphs in one answer; the statements in them follow
_MOST_SAID: Final = 20
_AUTHORS: Final = 10
_OF_SAID: Final = 160  # characters of a statement, which stands in its paragraph as a whole


class ArticleArguments(Arguments):
    """The arguments of `article`."""

    article: Key = Field(description="article_id, or address of the article (https://...)")
    paragraph: int = Field(1, ge=1, description="First paragraph to show, 1 for the beginning")
    start_char: int = Field(
        0, ge=0, description="First character to show, from next_start_char of the last answer"
    )


class ArticleShown(Answer):
    """The answer of `article`."""

    article: ArticleRow
    authors: list[Short]
    modified_at: datetime | None
    page_type: str | None
    is_paywalled: bool | None
    story_id: str | None = Field(description="For the tool `story`")
    paragraphs: int = Field(description="How many it has")
    shown: list[ParagraphRow] = Field(default_factory=list)
    next_start_char: int | None = Field(None, description="Give it as start_char for the rest")
    statements: int = Field(description="How many it has: statements, attitudes and plans")
    said: list[SaidRow] = Field(default_factory=list, description="Those in `shown`")


def article(call: Call, asked: ArticleArguments) -> Told:
    """Show an article."""
    with call.reading() as reading:
        found = _found(reading, asked.article)
        key = {"article_id": found["article_id"], "revision": found["revision"]}
        said = reading.rows("statements_of_article", **key, day=found["published_on"])
        story = reading.row("story_of_article", article_id=found["article_id"])
    lines = _lines(found["text"], found["paragraph_kinds"] or ())
    first = asked.start_char or _first_char(lines, asked.paragraph)
    content = ArticleShown(
        article=ArticleRow(**{name: found.get(name) for name in _FACTS}),
        authors=(found["authors"] or [])[:_AUTHORS],
        modified_at=found["modified_at"],
        page_type=found["page_type"],
        is_paywalled=found["is_paywalled"],
        story_id=story["story_id"] if story else None,
        paragraphs=len(lines),
        statements=len(said),
    )
    telling = Telling()
    _tell_facts(telling, content, found)
    _tell_text(telling, content, lines, first)
    _tell_said(telling, content, said, lines)
    return telling.answer(content)


_FACTS: Final = (
    "article_id", "revision", "published_on", "published_at", "source_id", "url", "sha256", "title", "language",
)  # fmt: skip


def _found(reading: Reading, asked: str) -> Row:
    key = asked
    if _ADDRESS.match(asked):
        row = reading.row("article_at", keys=article_keys(asked))
        if row is None:
            raise CallError(
                "article", f"no article is known at {asked[:200]}",
                "Call `search` with words of its headline.",
            )  # fmt: skip
        key = row["article_id"]
    found = reading.row("article", article_id=key)
    if found is None:
        raise CallError(
            "article", f"there is no article {asked[:100]!r}",
            "Take an article_id from `search` or `statements`, or give the address of the article.",
        )  # fmt: skip
    return found


def _lines(text: str, kinds: Sequence[str]) -> list[ParagraphRow]:
    """Return the paragraphs that are not blank, each with its number among all lines."""
    lines = text.split("\n")
    if len(kinds) != len(lines):
        kinds = ["text"] * len(lines)
    found, start = [], 0
    for at, (line, kind) in enumerate(zip(lines, kinds, strict=True), 1):
        if line.strip():
            found.append(
                ParagraphRow(
                    paragraph=at,
                    start_char=start,
                    end_char=start + len(line),
                    kind=kind,
                    text=line,
                )
            )
        start += len(line) + 1
    return found


def _first_char(lines: Sequence[ParagraphRow], paragraph: int) -> int:
    """Return the first character of a paragraph."""
    for line in lines:
        if line.paragraph >= paragraph:
            return line.start_char
    last = lines[-1].paragraph if lines else 0
    raise CallError(
        "paragraph", f"got {paragraph}, but the last one is {last}", "Give a smaller number."
    )


def _tell_facts(telling: Telling, content: ArticleShown, found: Row) -> None:
    telling.tell(telling.quote(found["title"], 300))
    if content.authors:
        telling.tell(f"by {telling.quote(', '.join(content.authors), 200)}")
    telling.tell(proof(content.article))
    parts = [
        f"published {at_minute(found['published_at'])} (known to the {found['published_precision'] or '?'})",
        f"language {found['language'] or 'unknown'}",
        number(content.paragraphs, "paragraph"),
        f"{content.statements} statements, attitudes and plans",
    ]
    if content.story_id:
        parts.append(f"story_id {content.story_id}")
    telling.tell("; ".join(parts))


def _tell_text(
    telling: Telling, content: ArticleShown, lines: Sequence[ParagraphRow], first: int
) -> None:
    """Tell the paragraphs from a character on, as many as there is room for."""
    left = _MOST_TEXT
    for line in lines:
        if line.end_char <= first:
            continue
        skipped = max(first - line.start_char, 0)
        text, left_out = cut(line.text[skipped:], left)
        start = line.start_char + skipped
        row = line.model_copy(
            update={
                "start_char": start, "end_char": start + len(text), "text": text, "left_out": left_out,
            }
        )  # fmt: skip
        content.shown.append(row)
        telling.tell(f"{row.paragraph} ({row.kind}, from character {start}) {telling.quote(text)}")
        left -= len(text) + 60
        rest = start + len(text)
        if left_out or left < 200:
            content.next_start_char = rest if rest < lines[-1].end_char else None
            break
    if content.next_start_char is not None:
        content.notes.append(
            f"The article goes on: call again with start_char={content.next_start_char}."
        )
    if lines and not content.shown:
        content.notes.append(f"The text ends at character {lines[-1].end_char}.")


def _tell_said(
    telling: Telling, content: ArticleShown, said: Sequence[Row], lines: Sequence[ParagraphRow]
) -> None:
    """Tell the statements that begin in the paragraphs that are shown."""
    if not content.shown:
        return
    first, last = content.shown[0].start_char, content.shown[-1].end_char
    inside = [row for row in said if first <= row["start_char"] < last]
    for at, one in enumerate(inside):
        row = _said(one, lines)
        who = ", ".join(
            part for part in (row.speaker or "somebody unnamed", row.speaker_role) if part
        )
        words, left_out = cut(row.statement, _OF_SAID)
        text = (
            f"- {row.act}, {row.kind}, characters {row.start_char}-{row.end_char}, paragraph {row.paragraph}, "
            f"confidence {row.confidence or 0:.2f}, statement_id {row.statement_id or '-'}: "
            f"{telling.quote(f'{who}: {words}')}{note_of_cut(left_out)}"
        )
        if at == _MOST_SAID or not telling.add(row.model_copy(update={"statement": words}), text):
            rest = len(inside) - at
            content.notes.append(
                f"{rest} more statements are in these paragraphs: call again with"
                f" start_char={row.start_char}."
            )
            return
        content.said.append(row.model_copy(update={"statement": words}))


def _said(row: dict[str, Any], lines: Sequence[ParagraphRow]) -> SaidRow:
    at = row["start_char"]
    inside = (line.paragraph for line in lines if line.start_char <= at < line.end_char + 1)
    return SaidRow(
        **{name: row.get(name) for name in SaidRow.model_fields if name != "paragraph"},
        paragraph=next(inside, None),
    )


TOOLS: Final = (
    Tool(
        name="article",
        title="Show an article",
        description=(
            "Show one article by article_id or address: when and by whom it was published, its text by"
            " numbered paragraphs, and the statements in them with their places. Long articles come in parts."
        ),
        arguments=ArticleArguments,
        content=ArticleShown,
        run=article,
    ),
)
