"""What an edit changed: words, headline, statements, names and numbers.

A statement was altered if the same person says most of the same words, or if the same words
have another speaker now. A number was changed if digits stand where other digits stood: "12
dead" became "14 dead". Numbers that are spelled out are words like others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from transforms.comparison.readable import marked
from transforms.comparison.word_diff import Piece, diff_words
from transforms.comparison.wording import same_words
from transforms.identity import fold

VERSION: Final = 1

# Dice's coefficient of the words of two statements of one speaker. Below a half, most words are
# new, and a reader would not call it the same statement.
_SAME_STATEMENT: Final = 0.5
# Added and cut words as a share of the words of both. It is a third if an edit doubles a text, and
# at least 0.92 for two of the sample articles that are about different matters.
_MOST_CHANGED: Final = 0.6
_MOST_COMPARED: Final = 100  # changed statements of a revision: a page with more was replaced
_MOST_PASSAGES: Final = 20
_PASSAGE_CHARS: Final = 600
_NOUN_CHARS: Final = 60  # room for the word after a number
_NUMBER: Final = re.compile(r"[^\w\s]?\d[\w.,]*[%‰°]?")
_SIGNS: Final = "$€£¥%‰°"
_SIGN_CHARS: Final = 2
_TOKEN: Final = re.compile(r"\S+")
_EDGES: Final = ".,;:!?()[]\"'“”„‘’«»–—-"
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said, as it is shown; `speaker` is None if nobody is named."""

    speaker: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One revision of an article.

    Attributes:
        title: The headline, None without one.
        text: The text.
        statements: Its statements, in reading order.
        names: The names in it, by the key of their entity.
    """

    title: str | None
    text: str
    statements: tuple[Statement, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What one revision changed in the revision before.

    Attributes:
        is_headline_changed: Whether the headline changed by more than the punctuation between
            its words and the style of its marks.
        is_text_changed: The same for the text.
        words_added: Words that only the later headline or text has.
        words_cut: Words that only the earlier headline or text has.
        share: Added and cut words as a share of the words of both, 0 to 1.
        headline: The difference of the headlines, "" if they are equal.
        diff: The difference of the texts, "" if they are equal: "[-12-] {+14+} dead".
        added: The passages that were added to the text, at most twenty.
        cut: The passages that were cut from it.
        statements_added: Statements that are new, as they are shown.
        statements_altered: Statements before and after, with the speaker if that changed.
        statements_removed: Statements that are gone.
        names_added: Names that are new, sorted.
        names_removed: Names that are gone, sorted.
        numbers_changed: Numbers before and after, with the word that follows.
    """

    is_headline_changed: bool
    is_text_changed: bool
    words_added: int
    words_cut: int
    share: float
    headline: str
    diff: str
    added: tuple[str, ...]
    cut: tuple[str, ...]
    statements_added: tuple[str, ...]
    statements_altered: tuple[Pair, ...]
    statements_removed: tuple[str, ...]
    names_added: tuple[str, ...]
    names_removed: tuple[str, ...]
    numbers_changed: tuple[Pair, ...]


def find_changes(before: Version, after: Version) -> Edit:
    """Return what `after` changed in `before`.

    >>> edit = find_changes(
    ...     Version(title="Ferry sinks", text="At least 12 people died when the ferry sank."),
    ...     Version(title="Ferry sinks", text="At least 14 people died when the ferry sank."),
    ... )
    >>> edit.words_added, edit.numbers_changed, edit.diff
    (1, (('12 people', '14 people'),), 'At least [-12-] {+14+} people died when the ferry sank.')
    """
    titles = before.title or "", after.title or ""
    headline, text = diff_words(*titles), diff_words(before.text, after.text)
    added, cut = _count([*headline, *text], "added"), _count([*headline, *text], "cut")
    shared = _count([*headline, *text], "equal")
    new, altered, gone = _statements(before.statements, after.statements)
    return Edit(
        is_headline_changed=not same_words(*titles),
        is_text_changed=not same_words(before.text, after.text),
        words_added=added,
        words_cut=cut,
        share=(added + cut) / max(added + cut + 2 * shared, 1),
        headline=marked(*titles, headline),
        diff=marked(before.text, after.text, text),
        added=_passages(after.text, (piece.after for piece in text if piece.kind == "added")),
        cut=_passages(before.text, (piece.before for piece in text if piece.kind == "cut")),
        statements_added=new,
        statements_altered=altered,
        statements_removed=gone,
        names_added=_names_without(after.names, before.names),
        names_removed=_names_without(before.names, after.names),
        numbers_changed=tuple(
            dict.fromkeys([*_numbers(*titles, headline), *_numbers(before.text, after.text, text)])
        ),
    )


def is_same_text(before: str, after: str) -> bool:
    """Return whether a later text is an edit of an earlier one, rather than another text.

    >>> is_same_text("The ferry sails at noon.", "The ferry sails at one.")
    True
    >>> is_same_text("The ferry sails at noon.", "The mayor resigned on Friday.")
    False
    """
    pieces = diff_words(before, after)
    changed = _count(pieces, "added") + _count(pieces, "cut")
    return changed <= _MOST_CHANGED * max(changed + 2 * _count(pieces, "equal"), 1)


def _names_without(some: Mapping[str, str], others: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names that the others do not have, sorted.

    A name is no news if other words around it make it the name of another entity.
    """
    found = {some[key] for key in some.keys() - others.keys()}
    return tuple(sorted(found - {*others.values()}))


def _count(pieces: Iterable[Piece], kind: str) -> int:
    return sum(piece.words for piece in pieces if piece.kind == kind)


def _passages(text: str, spans: Iterable[tuple[int, int]]) -> tuple[str, ...]:
    found = [text[start:end] for start, end in spans][:_MOST_PASSAGES]
    return tuple(
        one if len(one) <= _PASSAGE_CHARS else f"{one[: _PASSAGE_CHARS - 1]}…" for one in found
    )


def _statements(
    before: Sequence[Statement], after: Sequence[Statement]
) -> tuple[tuple[str, ...], tuple[Pair, ...], tuple[str, ...]]:
    """Return the statements that are new, altered and gone."""
    new, gone = _without(after, before), _without(before, after)
    if len(new) > _MOST_COMPARED or len(gone) > _MOST_COMPARED:
        return _texts(new), (), _texts(gone)
    said = [*map(_said, new)]
    likely = sorted(
        (-likeness, at, place)
        for at, one in enumerate(map(_said, gone))
        for place, other in enumerate(said)
        if (likeness := _likeness(one, other)) >= _SAME_STATEMENT
    )
    pairs: dict[int, int] = {}
    for _, at, place in likely:
        if at not in pairs and place not in pairs.values():
            pairs[at] = place
    altered = tuple(_shown(gone[at], new[place]) for at, place in sorted(pairs.items()))
    kept = [one for place, one in enumerate(new) if place not in pairs.values()]
    return _texts(kept), altered, _texts(one for at, one in enumerate(gone) if at not in pairs)


def _without(some: Sequence[Statement], others: Sequence[Statement]) -> list[Statement]:
    """Return the statements that the others do not have, each as often as it is new."""
    left = Counter(map(_key, others))
    kept = []
    for one in some:
        if left[_key(one)] > 0:
            left[_key(one)] -= 1
        else:
            kept.append(one)
    return kept


def _key(statement: Statement) -> tuple[str, ...]:
    return (fold(statement.speaker or ""), *_words(statement.text))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _likeness(one: _Said, other: _Said) -> float:
    """Return how much of two statements is the same, 0 for other words of other speakers."""
    shared = (one.words & other.words).total()
    likeness = 2 * shared / max(one.words.total() + other.words.total(), 1)
    if one.speaker and other.speaker and one.speaker != other.speaker:
        return likeness if likeness == 1 else 0.0
    return likeness


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement as it is compared."""

    speaker: str
    words: Counter[str]


def _said(statement: Statement) -> _Said:
    return _Said(fold(statement.speaker or ""), Counter(_words(statement.text)))


def _texts(statements: Iterable[Statement]) -> tuple[str, ...]:
    return tuple(statement.text for statement in statements)


def _shown(one: Statement, other: Statement) -> Pair:
    """Return an altered statement before and after, with its speakers if they changed."""
    if _words(one.text) != _words(other.text):
        return one.text, other.text
    return _attributed(one), _attributed(other)


def _attributed(statement: Statement) -> str:
    return f"{statement.speaker}: {statement.text}" if statement.speaker else statement.text


def _numbers(before: str, after: str, pieces: Sequence[Piece]) -> list[Pair]:
    """Return the numbers that were replaced by others, each with the word that follows it."""
    found: list[Pair] = []
    for cut, added in pairwise(pieces):
        if (cut.kind, added.kind) != ("cut", "added"):
            continue
        mine, theirs = _numbers_in(before, *cut.before), _numbers_in(after, *added.after)
        if len(mine) == len(theirs):
            found += [
                (one, other)
                for (value, one), (new_value, other) in zip(mine, theirs, strict=True)
                if value != new_value
            ]
    return found


def _numbers_in(text: str, start: int, end: int) -> list[Pair]:
    """Return the numbers between two places: their digits, and the number as it is shown."""
    found = []
    for token in _TOKEN.finditer(text, *_whole_tokens(text, start, end)):
        number = token[0].strip(_EDGES)
        if _NUMBER.fullmatch(number):
            line = text[token.end() : token.end() + _NOUN_CHARS].partition("\n")[0]
            following = None if token[0][-1] in ".;:!?" else _TOKEN.match(line.lstrip())
            noun = following[0].strip(_EDGES) if following else ""
            digits = re.sub(r"[.,](?=\d{3}\b)", "", number)
            found.append((digits, f"{number} {noun}" if noun[:1].isalpha() else number))
    return found


def _whole_tokens(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the places without the signs that they cut off: "$" before, "%" after a number."""
    first, last = max(start - _SIGN_CHARS, 0), end + _SIGN_CHARS
    before, after = text[first:start], text[end:last]
    signs = before[len(before.rstrip(_SIGNS)) :], after[: len(after) - len(after.lstrip(_SIGNS))]
    return start - len(signs[0]), end + len(signs[1])
