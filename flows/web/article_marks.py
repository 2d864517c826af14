"""What is marked in the text of an article, and what is told about each mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flows.web.marked_text import Mark

_COLOURS: Final = 6  # of speakers; more cannot be told apart

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A statement, a name or a day, with its places in the text.

    Attributes:
        about: Id of the element that tells about it.
        row: What the warehouse has about it; of a name that occurs often, about the first time.
        keys: Ids of its places.
        number: Its number in the text, 0 if it has none.
        colour: Number of its speaker's colour.
    """

    about: str
    row: Row
    keys: list[str] = field(default_factory=list)
    number: int = 0
    colour: int = 0


@dataclass(frozen=True, slots=True)
class ArticleMarks:
    """The marks of a text, and what is told about them."""

    marks: list[Mark]
    statements: list[Told]
    silences: list[Told]
    names: list[Told]
    days: list[Told]


def article_marks(
    statements: Sequence[Row], silences: Sequence[Row], names: Sequence[Row], days: Sequence[Row]
) -> ArticleMarks:
    """Return the marks of an article.

    Args:
        statements: Rows of `statements_of_article`.
        silences: Rows of `silences_of_article`.
        names: Rows of `names_in_article`.
        days: Rows of `days_in_article`.
    """
    marks: list[Mark] = []
    colours: dict[str | None, int] = {}
    keys: set[str] = set()
    said = [
        _statement(row, number, colours, keys, marks) for number, row in enumerate(statements, 1)
    ]
    first = len(said) + 1
    silent = [_silence(row, number, keys, marks) for number, row in enumerate(silences, first)]
    named: dict[str, Told] = {}
    for row in names:
        ident = row["entity_id"] or row["text"]
        one = named.setdefault(ident, Told(f"about-n{len(named) + 1}", row))
        one.keys.append(_name(row, one.about, keys, marks))
    dated = [Told(f"about-d{row['start_char']}", row) for row in days]
    for one in dated:
        one.keys.append(_day(one.row, one.about, keys, marks))
    return ArticleMarks(marks, said, silent, list(named.values()), dated)


def _statement(
    row: Row, number: int, colours: dict[str | None, int], keys: set[str], marks: list[Mark]
) -> Told:
    colour = colours.setdefault(row["speaker"], len(colours) % _COLOURS)
    key = _free(f"c{row['start_char']}", keys)
    told = Told(f"about-{key}", row, [key], number, colour)
    pieces = [(start, end) for start, end in row["fragments"] or []]
    label = f"Statement {number}, {row['speaker'] or 'by somebody unnamed'}"
    style = f"said sp{colour} {row['act']}"
    marks.append(
        Mark(
            key=key,
            pieces=pieces or [(row["start_char"], row["end_char"])],
            style=style,
            about=told.about,
            label=label,
            number=number,
        )
    )
    return told


def _silence(row: Row, number: int, keys: set[str], marks: list[Mark]) -> Told:
    key = _free(f"c{row['start_char']}", keys)
    told = Told(f"about-{key}", row, [key], number)
    label = f"Note {number}: {row['asked']} said nothing"
    pieces = [(row["start_char"], row["end_char"])]
    marks.append(Mark(key=key, pieces=pieces, style="said silent", about=told.about, label=label,
                      number=number))  # fmt: skip
    return told


def _name(row: Row, about: str, keys: set[str], marks: list[Mark]) -> str:
    key = _free(f"c{row['start_char']}", keys)
    kind = row["kind"] if row["kind"] in {"person", "organization", "place"} else "thing"
    pieces = [(row["start_char"], row["end_char"])]
    label = f"{row['name']}, {row['kind']}"
    marks.append(Mark(key=key, pieces=pieces, style=f"named {kind}", about=about, label=label))
    return key


def _day(row: Row, about: str, keys: set[str], marks: list[Mark]) -> str:
    key = _free(f"c{row['start_char']}", keys)
    pieces = [(row["start_char"], row["end_char"])]
    label = f"{row['text']}: {row['value'] or 'no value'}"
    marks.append(Mark(key=key, pieces=pieces, style="dated", about=about, label=label))
    return key


def _free(key: str, keys: set[str]) -> str:
    """Return a key that is not taken yet: a statement may start with a name.

    Other pages lead to the place by its first key.
    """
    while key in keys:
        key += "x"
    keys.add(key)
    return key
