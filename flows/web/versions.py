"""What the edits of an article changed, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from flows.printable import plain_lines
from transforms.comparison.readable import CONTEXT, shown_runs
from transforms.comparison.word_diff import diff_words

_ELEMENTS = {"added": "ins", "cut": "del"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A revision and what it changed in the one before.

    Attributes:
        row: A row of `revisions_of_article`.
        headline: The difference of the headlines, None if they are the same.
        text: The difference of the texts, empty if they are the same.
    """

    row: dict[str, Any]
    headline: Markup | None
    text: list[Markup]


def edits(revisions: Sequence[dict[str, Any]]) -> list[Edit]:
    """Return the edits of an article, newest first; none if there is one revision."""
    found = []
    for before, after in pairwise(revisions):
        headline = difference(before["title"] or "", after["title"] or "")
        text = difference(before["text"], after["text"])
        found.append(Edit(after, Markup(" ").join(headline) or None, text))
    return found[::-1]


def difference(before: str, after: str) -> list[Markup]:
    """Return what changed, by paragraph, with a few words around each change.

    >>> difference("The ferry sank on Monday.", "The ferry sank on Tuesday.")
    [Markup('The ferry sank on <del>Monday</del> <ins>Tuesday</ins>.')]
    """
    parts = [Markup("")]
    for run in shown_runs(before, after, diff_words(before, after), context=CONTEXT):
        element = _ELEMENTS.get(run.kind)
        for at, line in enumerate((run.gap + run.text).split("\n")):
            if at:
                parts.append(Markup(""))
            blank = " " if line[:1].isspace() else ""
            text = Markup.escape(plain_lines(line.lstrip()))
            if element and text:
                text = Markup("<{0}>{1}</{0}>").format(Markup(element), text)  # noqa: S704  # ins or del
            parts[-1] += blank + text
    return [part for part in parts if part.strip()]
