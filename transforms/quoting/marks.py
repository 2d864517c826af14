"""Quotation marks in a text, paired into spans.

Only outer marks count: the text between them is opaque to the later steps, so a quotation
within a quotation stays part of it. A mark that never closes ends with its paragraph and
is flagged. Apostrophes, inches and minutes are recognized by the characters next to
them. If the next paragraph opens again during a speech, its quotation is joined by the
`continues` flag. One pass over the marks, with a bounded look-ahead for single ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Runs of four and more are ornament: they match as a whole, with a group, and are skipped.
_MARK = re.compile(r"([\"“”„«»‘'‚‹›])\1{3,}|''|``|’’|[\"“”„«»‘'‚‹›]|\n+")
_CLOSERS = {"“": "”“", "„": "“”", "«": "»", "»": "«", "‘": "’", "‚": "‘’", "‹": "›", "'": "'"}
# The mark that a pair of single marks means in texts typed without double marks.
_PAIRS = {"''": '"', "``": '"', "’’": "”"}
_DOUBLE = '"“„«»'
_SINGLE = "‘'‚‹"
# A longer quotation in single marks is far more likely to be a lone apostrophe.
_SINGLE_LIMIT = 600
_SINGLE_TRIES = 8
_ENDS = ".,!?…;:—-"

_Opened = tuple[int, int, str]  # the opening mark's start and end, and the mark


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of text between an outer pair of quotation marks.

    Attributes:
        start: Offset of the opening mark.
        inner_start: First character after it.
        inner_end: End of the quoted text, before the closing mark.
        end: Offset after the closing mark; `inner_end` if there is none.
        is_closed: Whether the closing mark was found.
        continues: Whether the next paragraph opens again, so the same speech continues.
    """

    start: int
    inner_start: int
    inner_end: int
    end: int
    is_closed: bool = True
    continues: bool = False


def find_marked(text: str) -> list[Marked]:
    r"""Return the quoted spans of `text` in reading order, without overlaps.

    >>> text = "The 6'2\" keeper said: “It’s ‘over’, lads.”"
    >>> [text[q.inner_start : q.inner_end] for q in find_marked(text)]
    ['It’s ‘over’, lads.']
    """
    found: list[Marked] = []
    opened: _Opened | None = None
    done = 0
    for m in _MARK.finditer(text):
        at, mark = m.start(), _PAIRS.get(m[0], m[0])
        if at < done or m[1]:
            continue
        if opened is not None and mark[0] == "\n":
            found.append(_unclosed(text, opened, at))
            opened = None
        elif opened is None:
            single = _single_end(text, at, mark) if mark in _SINGLE else None
            if single:
                found.append(Marked(at, at + 1, single, single + 1))
            elif mark in _DOUBLE and _may_open(text, at, m.end(), mark):
                opened = (at, m.end(), mark)
            done = single + 1 if single else m.end()
        else:
            closed = _close(text, m, mark, opened)
            found += closed[0]
            opened = closed[1]
    if opened:
        found.append(_unclosed(text, opened, len(text)))
    return [quote for quote in found if text[quote.inner_start : quote.inner_end].strip()]


def _close(
    text: str, m: re.Match[str], mark: str, opened: _Opened
) -> tuple[list[Marked], _Opened | None]:
    """Return the quotation that the mark `m` ends, and those still open after it."""
    at, end = m.span()
    if _closes(text, at, end, mark, opened[2]):
        return [Marked(opened[0], opened[1], at, end)], None
    if mark == opened[2] and _may_open(text, at, end, mark) and not _nests(text, at):
        return [_unclosed(text, opened, at, again=False)], (at, end, mark)
    return [], opened


def _may_open(text: str, at: int, after: int, mark: str) -> bool:
    following = text[after : after + 1]
    if not following or following.isspace():
        return mark != '"' and following in {" ", "\xa0"} and text[at - 1 : at].isspace()
    before = text[at - 1 : at] if at else ""
    if mark == "»":
        return not before or before.isspace()
    return mark in "“„«" or not (before.isalnum() or before in {"'", "’", "”"})


def _closes(text: str, at: int, end: int, mark: str, opener: str) -> bool:
    before, after = text[at - 1 : at], text[end : end + 1]
    if opener == "“" and mark in {"“", '"'}:
        # typed the wrong way round: `here,“ said` or `here," said`
        if before.isspace() or after.isalnum():
            return False
        # `“A," he said. "B.”`: this mark can close none of the open ones
        is_alone = mark == '"' and not text.count('"', max(0, at - _SINGLE_LIMIT), at)
        if before in ",.?!…" or (is_alone and not before.isdigit()):
            return True
        return not _proper_end(text, end)
    if opener != '"':
        return mark in _CLOSERS[opener] and not _is_inch(text, at)
    if mark == "”":
        return True
    return mark == '"' and (not before.isspace() or not after.isalnum())


def _proper_end(text: str, at: int) -> bool:
    """Return whether a curly closing mark comes before the next opening one."""
    closing = text.find("”", at, at + _SINGLE_LIMIT)
    if closing < 0:
        return False
    opening = text.find("“", at, closing)
    return opening < 0 and text.find("\n", at, closing) < 0


def _is_inch(text: str, at: int) -> bool:
    """Return whether the mark ends a height ("6’2”") inside a quotation."""
    is_height = text[at - 1 : at].isdigit() and any(m in text[at - 4 : at - 1] for m in "'’")
    return is_height and _proper_end(text, at + 1)


def _nests(text: str, at: int) -> bool:
    """Return whether two closing marks come before the next opening one."""
    first = text.find("”", at, at + _SINGLE_LIMIT)
    second = text.find("”", first + 1, first + _SINGLE_LIMIT) if first > 0 else -1
    return second > 0 and text.find("“", at + 1, second) < 0 and "\n" not in text[at:second]


def _single_end(text: str, at: int, mark: str) -> int | None:
    """Return where a quotation in single marks closes, None for an apostrophe."""
    before, following = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if before.isalnum() or not following.isalpha():
        return None
    limit = text.find("\n", at, at + _SINGLE_LIMIT)
    limit = limit if limit > 0 else at + _SINGLE_LIMIT
    ends = [_find_closer(text, at, limit, closer) for closer in _CLOSERS[mark]]
    end = min((end for end in ends if end > 0), default=0)
    if not end or (mark == "'" and text[end - 1] not in _ENDS):
        return None
    return end


def _find_closer(text: str, at: int, limit: int, closer: str) -> int:
    """Return where `closer` ends a word before `limit`, or -1."""
    position = at
    for _ in range(_SINGLE_TRIES):
        position = text.find(closer, position + 1, limit)
        if position < 0 or not text[position + 1 : position + 2].isalnum():
            return position
    return -1


def _unclosed(text: str, opened: _Opened, end: int, *, again: bool = True) -> Marked:
    start, inner, mark = opened
    while end > inner and text[end - 1].isspace():
        end -= 1
    rest = text[end : end + 8].lstrip()
    goes_on = again and rest[:1] == mark
    return Marked(start, inner, end, end, is_closed=False, continues=goes_on)
