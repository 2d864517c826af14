"""The passage of a text that best shows why a search found it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

CHARS = 220  # two to three lines of a terminal

_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")
_SENTENCE_START = re.compile(r"(?:^|[.!?…][”’»\"')]*\s+|\n)(?=\S)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage on one line.

    Attributes:
        text: The passage, with "…" if the text continues.
        marks: Half-open ranges of code points in `text` of the words that were found.
    """

    text: str
    marks: tuple[tuple[int, int], ...]


def words_of(text: str) -> set[str]:
    """Return the words of a text in lower case.

    >>> sorted(words_of("The Alliance's strategy"))
    ['alliance', 's', 'strategy', 'the']
    """
    return {word.lower() for word in set(_WORD.findall(text))}


def snippet(text: str, found: AbstractSet[str], *, chars: int = CHARS) -> Snippet:
    """Return the passage of about `chars` characters with the most `found` words.

    It starts with a sentence if one starts near enough. If no word is found, it is the
    start of the text.

    Args:
        text: Text of the article or statement.
        found: Words as in the text, but in lower case.
        chars: Target length in code points.

    Examples:
        >>> snippet("Ferries stop. A strike of three days begins.", {"strike"}, chars=30)
        Snippet(text='…A strike of three days begins.', marks=((3, 9),))
    """
    hits = [match.span() for match in _WORD.finditer(text) if match[0].lower() in found]
    start = _start(text, _densest(text, hits, chars), chars)
    end = _end(text, start, chars)
    shown = [(at, to) for at, to in hits if start <= at and to <= end]
    return _one_line(text, start, end, shown)


def _densest(text: str, hits: list[tuple[int, int]], chars: int) -> tuple[int, int]:
    """Return start and end of the window of hits with the most different words."""
    best, best_score, first = (0, 0), (0, 0), 0
    words = [text[at:to].lower() for at, to in hits]
    counts: Counter[str] = Counter()
    for last, (_, to) in enumerate(hits):
        counts[words[last]] += 1
        while to - hits[first][0] > chars and first < last:
            _drop(counts, words[first])
            first += 1
        score = (len(counts), last - first)
        if score > best_score:
            best, best_score = (hits[first][0], to), score
    return best


def _drop(counts: Counter[str], word: str) -> None:
    counts[word] -= 1
    if not counts[word]:
        del counts[word]


def _start(text: str, window: tuple[int, int], chars: int) -> int:
    at, to = window
    if len(text) <= chars:
        return 0
    earliest = max(0, to - chars)
    starts = [match.end() for match in _SENTENCE_START.finditer(text, 0, at + 1)]
    if starts and starts[-1] >= earliest:
        return starts[-1]
    blank = text.find(" ", earliest, at)
    return 0 if earliest == 0 else blank + 1 if blank >= 0 else at


def _end(text: str, start: int, chars: int) -> int:
    if start + chars >= len(text):
        return len(text)
    blank = text.rfind(" ", start + chars // 2, start + chars)
    return blank if blank > 0 else start + chars


def _one_line(text: str, start: int, end: int, shown: list[tuple[int, int]]) -> Snippet:
    parts, marks, length = ["…" if start else ""], [], 1 if start else 0
    at = start
    for first, last in [*shown, (end, end)]:
        for piece, is_mark in ((text[at:first], False), (text[first:last], True)):
            flat = _SPACE.sub(" ", piece)
            if is_mark and flat:
                marks.append((length, length + len(flat)))
            parts.append(flat)
            length += len(flat)
        at = last
    return Snippet("".join(parts).rstrip() + ("…" if end < len(text) else ""), tuple(marks))
