"""The history of a statement: who printed it first, who repeated it and who changed it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flows.web.word_changes import WordChanges, word_changes

Row = Mapping[str, Any]
UNNAMED: Final = "-"  # stands for a speaker without a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """A statement in an article.

    Attributes:
        row: The statement and its article, as the queries return them.
        form: `first`, `same` (in the same words) or `changed`.
        hours_later: Hours after the first one, None if a time is unknown.
        wording: Number of its wording.
    """

    row: Row
    form: str
    hours_later: float | None
    wording: int

    @property
    def at(self) -> datetime | None:
        """When it was published."""
        return self.row["published_at"]  # type: ignore[no-any-return]

    @property
    def is_copy(self) -> bool:
        """Whether its article runs the text of another one."""
        return self.row["copied_article_id"] is not None

    @property
    def is_gone(self) -> bool:
        """Whether the newest version of its article lacks it."""
        return bool(self.row["revision"] < self.row["newest_revision"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way in which a statement was printed.

    Attributes:
        number: 1 for the first one, then by time.
        statement: The words.
        changes: What differs from the first one.
        appearances: Where it was printed, by time.
    """

    number: int
    statement: str
    changes: WordChanges
    appearances: tuple[Appearance, ...]

    @property
    def outlets(self) -> list[str]:
        """Who printed it, in the order in which they did."""
        return list(dict.fromkeys(one.row["source_id"] for one in self.appearances))


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is known of a statement; it has at least one appearance.

    Attributes:
        appearances: Where it was printed, by time, each article once.
        wordings: How it was worded; the first one is the earliest.
    """

    appearances: tuple[Appearance, ...]
    wordings: tuple[Wording, ...]

    @property
    def first(self) -> Appearance:
        """Where it was printed first."""
        return self.appearances[0]

    def of_form(self, form: str) -> list[Appearance]:
        """Return the appearances of a form."""
        return [one for one in self.appearances if one.form == form]

    @property
    def outlets(self) -> int:
        """How many outlets printed it."""
        return len({one.row["source_id"] for one in self.appearances})

    @property
    def is_first_sure(self) -> bool:
        """Whether the hours are known that decide who was first."""
        day = self.first.row["published_on"]
        rows = [one.row for one in self.appearances if one.row["published_on"] == day]
        return len(rows) == 1 or all(row["published_precision"] != "day" for row in rows)


def statement_history(rows: Sequence[Row]) -> History:
    """Return the history of a statement.

    An article that has it twice counts once, with the longer wording.

    Args:
        rows: The places where it was printed, by time; at least one.
    """
    longest = dict[str, Row]()
    for row in rows:
        known = longest.get(row["article_id"])
        if known is None or len(row["statement"]) > len(known["statement"]):
            longest[row["article_id"]] = row
    ordered = list(longest.values())
    first = ordered[0]["statement"]
    groups = dict[str, list[Row]]()
    for row in ordered:
        groups.setdefault(row["fingerprint"], []).append(row)
    changes = [word_changes(first, members[0]["statement"]) for members in groups.values()]
    numbers = {fingerprint: number for number, fingerprint in enumerate(groups, 1)}
    appearances = tuple(
        _appearance(row, ordered[0], number, changes[number - 1])
        for row in ordered
        for number in (numbers[row["fingerprint"]],)
    )
    wordings = tuple(
        Wording(
            number=number,
            statement=members[0]["statement"],
            changes=changes[number - 1],
            appearances=tuple(one for one in appearances if one.wording == number),
        )
        for number, members in enumerate(groups.values(), 1)
    )
    return History(appearances=appearances, wordings=wordings)


def _appearance(row: Row, first: Row, wording: int, changes: WordChanges) -> Appearance:
    later = "changed" if changes.is_change else "same"
    form = "first" if row is first else later
    hours = None
    if row["published_at"] and first["published_at"]:
        hours = (row["published_at"] - first["published_at"]).total_seconds() / 3600
    return Appearance(row=row, form=form, hours_later=hours, wording=wording)


def chosen_speaker(rows: Sequence[Row], asked: str) -> tuple[list[Row], list[tuple[str, int]]]:
    """Return the rows of one speaker, and the other speakers with their numbers of articles.

    The same words may be those of several people. People count as one if their last names are
    the same, because some articles give no first name.

    Args:
        rows: The places where a statement was printed; at least one.
        asked: A speaker who was asked for, `UNNAMED` for somebody without a name; the one with the
            most articles if it is none of them.
    """
    articles = Counter(
        {
            name: len({row["article_id"] for row in rows if _last_name(row) == name})
            for name in {_last_name(row) for row in rows}
        }
    )
    wanted = "" if asked == UNNAMED else asked.rpartition(" ")[2].lower()
    most = max(articles, key=lambda name: (articles[name], name))
    chosen = wanted if asked and wanted in articles else most
    mine = [row for row in rows if _last_name(row) == chosen]
    others = [
        (_full_name([row for row in rows if _last_name(row) == name]), count)
        for name, count in articles.most_common()
        if name != chosen
    ]
    return mine, others


def _last_name(row: Row) -> str:
    return (row["speaker"] or "").rpartition(" ")[2].lower()


def _full_name(rows: Sequence[Row]) -> str:
    return max((row["speaker"] or "" for row in rows), key=len)


def full_name(history: History) -> str | None:
    """Return the longest name of the speaker, None if nobody is named."""
    return _full_name([one.row for one in history.appearances]) or None
