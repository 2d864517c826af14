"""Tells quotations in single marks from apostrophes.

Within words an apostrophe is no mark ("don't"). At the end of a word it may be one of a
plural ("the workers' rights"), at its start one of a shortened word ("'em"). So all marks
up to the next opening one are weighed: a mark after a full stop or comma closes, then one
before a comma or full stop, then one after another letter than "s".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# A longer quotation in single marks is far more likely to be a lone apostrophe.
_LIMIT = 600
_TRIES = 8
_ENDS = '.,!?…;:—–-”")'
# Words that are written with an apostrophe in front, in English and Dutch.
_SHORTENED = {
    *("bout", "cause", "cept", "em", "n", "neath", "round", "til", "till", "tis", "twas"),
    *("twere", "twill", "twould", "d", "k", "m", "r", "s", "t", "z"),
}
# The first words after a quotation that ends in "s"; a noun follows a possessive.
_AFTER_QUOTATION = {
    *("a", "an", "and", "as", "at", "because", "before", "but", "by", "did", "for", "from"),
    *("had", "has", "have", "he", "if", "in", "into", "is", "on", "or", "said", "says", "she"),
    *("so", "than", "that", "the", "they", "to", "was", "we", "were", "when", "which", "while"),
    *("who", "will", "with", "would"),
}
_WORD = re.compile(r"\w+")
# The first word of a quotation; "'90s" and "'24" are years.
_FIRST = re.compile(r"[’'“\"£$€(\[…]?(?!\d\ds?\b)(?=[^\W_])(\w+)")
# The marks at the start or end of a word, not those within one.
_EDGES = {
    "'": re.compile(r"(?<!\w)'|'(?!\w)"),
    "‘": re.compile(r"‘(?=[\w’“])|’(?!\w)|(?<!\w)’(?=\w)"),
}
# How surely a mark closes a quotation.
_SURE, _LIKELY, _POSSIBLE, _POSSESSIVE = 3, 2, 1, 0


def find_single_end(text: str, at: int, closers: str) -> int | None:
    """Return where the quotation that the single mark at `at` opens is closed.

    Args:
        text: The article's text.
        at: The offset of the mark.
        closers: The marks that can close it.

    Returns:
        The offset of the closing mark, None if the mark is an apostrophe.

    >>> text = "'The drivers' pay is low,' said Holm."
    >>> text[: find_single_end(text, 0, "'")]
    "'The drivers' pay is low,"
    >>> find_single_end("Tell 'em that the drivers' pay is low.", 5, "'") is None
    True
    """
    if not _opens(text, at):
        return None
    limit = text.find("\n", at, at + _LIMIT)
    limit = limit if limit > 0 else at + _LIMIT
    edges = _EDGES.get(text[at])
    if edges is None:
        return min((p for c in closers if (p := _find(text, at, limit, c)) > 0), default=None)
    ranked = list(_ranked(text, edges, at, limit))
    best = max((rank for _, rank in ranked), default=_POSSESSIVE)
    if best == _POSSESSIVE and (text[at] == "'" or opens_again(text, at)):
        return None
    return next((position for position, rank in ranked if rank == best), None)


def opens_again(text: str, at: int) -> bool:
    """Return whether a paragraph and the next one both open with the mark at `at`.

    A speech of several paragraphs closes only in the last one.
    """
    if not _opens(text, at) or (at and text[at - 1] != "\n"):
        return False
    end = text.find("\n", at, at + 4 * _LIMIT)
    rest = text[end : end + 8].lstrip() if end > 0 else ""
    return rest[:1] == text[at] and rest[1:2].isalpha()


def _opens(text: str, at: int) -> bool:
    if at and text[at - 1].isalnum():
        return False
    m = _FIRST.match(text, at + 1)
    if not m:
        return False
    if m[0][0] in "’'":  # "‘’Tis so,’ he said": the apostrophe is there as well
        return True
    is_closed = text[m.end() : m.end() + 1] == "'" and len(m[1]) > 1
    return is_closed or m[1].lower() not in _SHORTENED or m[1].isupper()


def _ranked(text: str, edges: re.Pattern[str], at: int, limit: int) -> Iterator[tuple[int, int]]:
    """Yield the marks that may close, with their ranks, up to the next one that opens."""
    is_any = False
    for number, m in enumerate(edges.finditer(text, at + 1, limit)):
        position = m.start()
        if number == _TRIES:
            return
        is_edge = text[position + 1 : position + 2].isalnum() and not text[position - 1].isalnum()
        if is_edge or text[position] == "‘":
            if is_any and _opens(text, position):
                return
            continue
        if text[position - 1].isspace():
            continue
        is_any = True
        rank = _rank(text, position)
        yield position, rank
        if rank == _SURE:
            return


def _rank(text: str, position: int) -> int:
    before, after = text[position - 1], text[position + 1 : position + 2]
    if not before.isalnum():
        return _SURE if before in _ENDS else _POSSIBLE
    is_followed = not after or not after.isspace() or after == "\n"
    if before not in "sS":
        return _LIKELY if is_followed else _POSSIBLE
    if is_followed:
        return _POSSIBLE
    word = _WORD.match(text, position + 2)
    return _POSSESSIVE if word and word[0] not in _AFTER_QUOTATION else _POSSIBLE


def _find(text: str, at: int, limit: int, closer: str) -> int:
    """Return where `closer` ends a word before `limit`, or -1."""
    position = at
    for _ in range(_TRIES):
        position = text.find(closer, position + 1, limit)
        if position < 0 or not text[position + 1 : position + 2].isalnum():
            return position
    return -1
