"""Quotation marks in a text, paired into spans.

Only outer marks count: the text between them is opaque to the later steps, so a quotation
within a quotation stays part of it. A mark that never closes ends with its paragraph and
is flagged. Inches and minutes are recognized by the characters next to them, and so are
apostrophes (`apostrophes`). If the next paragraph opens again during a speech, its
quotation is joined by the `continues` flag. Blanks next to the marks do not count. One
pass over the marks, with a bounded look-ahead for single and for spaced ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from transforms.quoting.apostrophes import find_single_end, opens_again

# Runs of four and more are ornament: they match as a whole, with a group, and are skipped.
# The character class comes first, so that the search skips all other characters at once.
_MARK = re.compile(
    r"[\"“”„«»‘'‚‹›`’\n](?:(?<=([^`’\n]))\1{3,}|(?<=')'|(?<=`)`|(?<=’)’|(?<=\n)\n*|(?<![`’\n]))"
)
_CLOSERS = {"“": "”“", "„": "“”", "«": "»", "»": "«", "‘": "’", "‚": "‘’", "‹": "›", "'": "'"}
# The mark that a pair of single marks means in texts typed without double marks.
_NICKNAME = re.compile(r"(?<=\s)[\"“”„'‘«][^\"“”'’»\n]+[\"“”'’»](?=\s)")
_PAIRS = {"''": '"', "``": '"', "’’": "”"}
_DOUBLE = '"“„«»'
_OTHER_DOUBLE = re.compile('[“„«"]|’’')
_SINGLE = "‘'‚‹"
_BLANKS = {" ", "\xa0", "\u2009", "\u202f"}
# Longest look-ahead from one mark to another.
_NEXT_MARK = 600
_STRAIGHT = re.compile(r"\"|''|\n")

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


def find_nicknames(text: str, names: Iterable[tuple[int, int]]) -> list[Marked]:
    """Return the nicknames in marks inside names, without overlaps.

    Args:
        text: The article's text.
        names: Spans of people's names.

    Examples:
        >>> find_nicknames('Ana "Rook" Holm left.', [(0, 15)])
        [Marked(start=4, inner_start=5, inner_end=9, end=10, is_closed=True, continues=False)]
    """
    found = []
    for start, end in names:
        m = _NICKNAME.search(text, start, end)
        if m and start < m.start() and m.end() < end:
            found.append(Marked(m.start(), m.start() + 1, m.end() - 1, m.end()))
    return found


def find_marked(text: str) -> list[Marked]:
    r"""Return the quoted spans of `text` in reading order, without overlaps.

    >>> text = "The 6'2\" keeper said: “It’s ‘over’, lads.”"
    >>> [text[q.inner_start : q.inner_end] for q in find_marked(text)]
    ['It’s ‘over’, lads.']
    """
    if "”" in text and not _OTHER_DOUBLE.search(text):  # Swedish and Finnish open with it, too
        text = text.replace("”", '"')
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
        elif opened is None and mark in _SINGLE:
            single = _single(text, at, mark)
            found += single
            done = single[0].end if single else m.end()
        elif opened is None:
            if mark in _DOUBLE and _may_open(text, at, m.end(), mark):
                opened = (at, m.end(), mark)
        else:
            closed = _close(text, m, mark, opened)
            found += closed[0]
            opened = closed[1]
    if opened:
        found.append(_unclosed(text, opened, len(text)))
    return [inner for quote in found if (inner := _without_blanks(text, quote))]


def _without_blanks(text: str, quote: Marked) -> Marked | None:
    """Return a quotation without the blanks next to its marks, None if it has no words."""
    words = text[quote.inner_start : quote.inner_end]
    if not words.strip():
        return None
    start = quote.inner_end - len(words.lstrip())
    end = quote.inner_start + len(words.rstrip())
    if (start, end) == (quote.inner_start, quote.inner_end):
        return quote
    return replace(quote, inner_start=start, inner_end=end)


def _single(text: str, at: int, mark: str) -> list[Marked]:
    """Return the quotation that a single mark opens, nothing for an apostrophe."""
    end = find_single_end(text, at, _CLOSERS[mark])
    if end:
        return [Marked(at, at + 1, end, end + 1)]
    if opens_again(text, at):
        return [_unclosed(text, (at, at + 1, mark), text.find("\n", at))]
    return []


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
    before = text[at - 1 : at] if at else ""
    if not following or following.isspace():
        if following not in _BLANKS or not (not before or before.isspace()):
            return False
        is_inch = text[max(0, at - 2) : at - 1].isdigit()  # "6 \" long"
        return mark != '"' or (not is_inch and _closes_spaced(text, after))
    if mark == "»":
        return not before or before.isspace()
    return mark in "“„«" or not (before.isalnum() or before in {"'", "’", "”"})


def _closes_spaced(text: str, after: int) -> bool:
    """Return whether the next straight mark closes the one before `after` (`" No . "`)."""
    m = _STRAIGHT.search(text, after, after + _NEXT_MARK)
    return bool(m and m[0] != "\n" and not text[m.end() : m.end() + 1].isalnum())


def _closes(text: str, at: int, end: int, mark: str, opener: str) -> bool:
    before, after = text[at - 1 : at], text[end : end + 1]
    if opener == "“" and mark in {"“", '"'}:
        # typed the wrong way round: `here,“ said` or `here," said`
        if before.isspace() or after.isalnum():
            return False
        # `“A," he said. "B.”`: this mark can close none of the open ones
        is_alone = mark == '"' and not text.count('"', max(0, at - _NEXT_MARK), at)
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
    closing = text.find("”", at, at + _NEXT_MARK)
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
    first = text.find("”", at, at + _NEXT_MARK)
    second = text.find("”", first + 1, first + _NEXT_MARK) if first > 0 else -1
    return second > 0 and text.find("“", at + 1, second) < 0 and "\n" not in text[at:second]


def _unclosed(text: str, opened: _Opened, end: int, *, again: bool = True) -> Marked:
    start, inner, mark = opened
    while end > inner and text[end - 1].isspace():
        end -= 1
    rest = text[end : end + 8].lstrip()
    goes_on = again and rest[:1] == mark
    return Marked(start, inner, end, end, is_closed=False, continues=goes_on)
