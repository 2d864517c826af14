"""Articles that come as plain text: one paragraph a line, the headline often first."""

from __future__ import annotations

from transforms.cleaning.bylines import Bylines, choose_authors
from transforms.cleaning.page import repair_characters, squeeze

_HEADLINE_CHARS = 200
_BYLINE_CHARS = 100


def split_headline(lines: list[str], title: str | None) -> tuple[str | None, list[str]]:
    """Return the headline and the lines behind it.

    The first line is the headline where it repeats the known `title`, or else where it
    is short and ends without a full stop.

    >>> split_headline(["Ferry strike ends", "The ferries sailed again on Monday."], None)
    ('Ferry strike ends', ['The ferries sailed again on Monday.'])
    """
    if not lines:
        return title, []
    first, *rest = lines
    if title and squeeze(first).casefold() == squeeze(title).casefold():
        return title, rest
    if title is None and len(first) <= _HEADLINE_CHARS and not first.endswith((".", ":", ",", ";")):
        return first, rest
    return title, lines


def find_authors(lines: list[str], bylines: Bylines) -> tuple[str, ...]:
    """Return the names in the byline under the headline ("By Anna Weaver")."""
    first = next(iter(lines), "")
    if len(first) > _BYLINE_CHARS or first.endswith(".") or not bylines.opening.match(first):
        return ()
    return choose_authors([[first]], bylines, frozenset())


def read_lines(text: str) -> list[str]:
    """Return the lines of `text` that hold anything, white space squeezed."""
    lines = map(squeeze, repair_characters(text).splitlines())
    return [line for line in lines if line]
