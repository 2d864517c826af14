"""The paragraphs of an article, made from the lines chosen for it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from transforms.cleaning.blocks import key_of
from transforms.cleaning.boilerplate import Boilerplate, drop_boilerplate
from transforms.cleaning.bylines import split_byline
from transforms.cleaning.page import squeeze
from transforms.normal_forms import normalized

_OPENING_LINES = 4  # headline, section, byline and date are among the first lines
_CLOSING_LINES = 4
_BYLINE_CHARS = 120
_CONTACT_CHARS = 200
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,60}\.\w")
_REPEAT_KEY = 30  # shorter lines may repeat ("No.", "Applause.")
_COMPARED_LINES = 500  # longer texts are compared only line by line, in linear time
_QUOTES = frozenset('"“”„«»「」')


def tidy(
    lines: Sequence[str],
    title: str | None,
    authors: Sequence[str],
    boilerplate: Boilerplate,
    kinds: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Return the paragraphs of an article from the lines chosen for it.

    Drops boilerplate lines, a headline or byline repeated at the start, notes on the author
    at the end, and duplicate paragraphs. The text is in NFC.

    Args:
        lines: Lines in page order.
        title: The headline, which is stored separately.
        authors: The names in the byline.
        boilerplate: The phrases that are not part of an article.
        kinds: `Block.kind` of the lines by their keys, if known.
    """
    clean = [squeeze(normalized("NFC", line.replace("\xad", ""))) for line in lines]
    kept = _drop_repeats(drop_boilerplate([line for line in clean if line], boilerplate), kinds)
    first = min(_OPENING_LINES, max(1, len(kept) - 1))  # the last line may credit the reporters
    opening = [line for line in kept[:first] if not _is_opening(line, title, authors, boilerplate)]
    rest = kept[first:]
    if len(opening) + len(rest) <= 1:
        return opening + rest
    body = opening + rest
    start = max(1, len(body) - _CLOSING_LINES)
    return body[:start] + [
        line
        for line in body[start:]
        if not is_note_on_author(line, authors) and not is_contact(line)
    ]


def _drop_repeats(lines: Sequence[str], kinds: Mapping[str, str]) -> list[str]:
    """Return `lines` without duplicates and without pull quotes of other lines.

    A subheading, a list item or a paragraph may repeat a sentence; a box with a quotation
    from the text is an ornament.
    """
    keys = [key_of(line) for line in lines]
    whole = "\n".join(keys) if len(lines) <= _COMPARED_LINES else ""
    seen: set[str] = set()
    kept = []
    for line, key in zip(lines, keys, strict=True):
        is_pulled = (
            kinds.get(key) == "quote"
            and len(key) >= _REPEAT_KEY
            and whole.count(key) > 1
            and keys.count(key) == 1
        )
        if key not in seen and not is_pulled:
            kept.append(line)
        if len(key) >= _REPEAT_KEY:
            seen.add(key)
    return kept


def _is_opening(
    line: str, title: str | None, authors: Sequence[str], boilerplate: Boilerplate
) -> bool:
    """Return whether a line at the start repeats the headline or is the byline."""
    key = key_of(line).casefold()
    if title and key == key_of(title).casefold():
        return True
    if len(line) > _BYLINE_CHARS or not authors:
        return False
    names = split_byline(line, boilerplate.bylines)
    return bool(names) and names[0] in authors


def is_contact(line: str) -> bool:
    """Return whether a short line gives a contact e-mail address.

    >>> is_contact("Write to the city desk at desk@herald.example")
    True
    """
    return (
        len(line) <= _CONTACT_CHARS and _EMAIL.search(line) is not None and not _QUOTES & set(line)
    )


def is_note_on_author(line: str, authors: Sequence[str]) -> bool:
    """Return whether a line says who the author is ("Anna Weaver is a reporter ...").

    >>> is_note_on_author("Anna Weaver covers transport for the Herald.", ["Anna Weaver"])
    True
    >>> is_note_on_author("Anna Weaver", ["Tom Reed"])
    False
    """
    if any(char in _QUOTES for char in line):
        return False
    return any(
        line.startswith(author)
        and (line[len(author) :].lstrip(" ,")[:1].islower() or line == author)
        for author in authors
        if " " in author
    )


def paragraph_spans(text: str) -> list[tuple[int, int]]:
    r"""Return the spans of the paragraphs, which are the lines that are not blank.

    >>> paragraph_spans("One line.\n\nAnother.")
    [(0, 9), (11, 19)]
    """
    return [m.span() for m in re.finditer(r"[^\n]+", text) if m[0].strip()]
