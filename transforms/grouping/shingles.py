"""Shingles: the runs of five words in a text, as numbers.

Two texts that share many of them share many passages, whatever their order. A sample of them
is enough to find the texts that may be copies: of all numbers, the small ones are kept, so
two texts with a passage in common keep the same numbers of it, however long the rest of each
text is. (Broder, "On the resemblance and containment of documents", 1997, calls this sampling
modulo m; with hashes it is known as FracMinHash.)
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final
from zlib import crc32

WORDS: Final = 5
# One shingle in ten is in the sample: about thirty of an article of 300 words.
_RATE: Final = 10
# The sample of a brief has at least this many: a reworded one may have few shingles left.
_FEWEST: Final = 24
# Texts beyond this length are no articles; their beginning is enough to find copies.
_MOST_WORDS: Final = 40_000

_BITS: Final = 32
_LIMIT: Final = (1 << _BITS) // _RATE
_MASK: Final = (1 << 64) - 1
_BASE: Final = 0x9E3779B97F4A7C15  # odd; the digits of the golden ratio
_OLDEST: Final = pow(_BASE, WORDS, 1 << 64)
# Chinese and Japanese have no blanks: each character counts as a word there.
_CJK: Final = r"\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shingled:
    """The words and shingles of a text.

    Attributes:
        words: The words in lower case, without punctuation.
        starts: Where each word starts in the text.
        ends: Where each word ends.
        hashes: The shingle that starts at each word, as 32 bits; the last four words start
            none.
    """

    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]
    hashes: Sequence[int]


def shingle(text: str) -> Shingled:
    """Return the words and shingles of a text; punctuation and capitals do not count.

    >>> plain = shingle("The ferry will not sail on Monday, the operator said.")
    >>> curly = shingle("“The ferry will not sail on Monday”, the operator said.")
    >>> plain.words[:3], len(plain.hashes), plain.hashes == curly.hashes
    (['the', 'ferry', 'will'], 6, True)
    """
    spans = [found.span() for found in islice(_WORD.finditer(text), _MOST_WORDS)]
    words = [text[start:end].lower() for start, end in spans]
    return Shingled(words, [start for start, _ in spans], [end for _, end in spans], _hashes(words))


def _hashes(words: Sequence[str]) -> list[int]:
    """Return a rolling hash of each five words; it depends on nothing but the words."""
    codes = [crc32(word.encode("utf-8", "replace")) + 1 for word in words]
    rolling, hashes = 0, []
    for code in codes[: WORDS - 1]:
        rolling = (rolling * _BASE + code) & _MASK
    for code, oldest in zip(codes[WORDS - 1 :], [0, *codes], strict=False):
        rolling = (rolling * _BASE + code - oldest * _OLDEST) & _MASK
        mixed = (rolling ^ (rolling >> 29)) * _BASE & _MASK
        hashes.append(mixed >> (64 - _BITS))
    return hashes


def sample(hashes: Iterable[int]) -> list[int]:
    """Return the shingles that stand for a text in an index, smallest first.

    >>> len(sample(range(0, 1 << 32, 1 << 22))), len(sample([5, 5, (1 << 32) - 1]))
    (103, 2)
    """
    different = set(hashes)
    kept = sorted([code for code in different if code < _LIMIT])
    return kept if len(kept) >= _FEWEST else sorted(different)[:_FEWEST]


def inside(shingled: Shingled, spans: Iterable[Span]) -> set[int]:
    """Return the places of the shingles that lie wholly in one of `spans` of the text.

    >>> text = "He said: “We will not pay for it again.”"
    >>> sorted(inside(shingle(text), [(9, 39)]))
    [2, 3, 4]
    """
    found: set[int] = set()
    for start, end in spans:
        first, last = bisect_left(shingled.starts, start), bisect_right(shingled.ends, end)
        found.update(range(first, last - WORDS + 1))
    return found
