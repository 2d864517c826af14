"""The words of a text, and what is equal for the forms of a word."""

from __future__ import annotations

import functools
import re
from typing import Final

# Words keep their hyphens, apostrophes and full stops ("U.S.-backed", "don't", "S&P").
WORD: Final = re.compile(r"\w+(?:[-‐‑’'.&]\w+)*")
TOKEN: Final = re.compile(rf"{WORD.pattern}|[^\w\s]|\n")  # also marks and line ends

# The most usual endings of nouns and adjectives, longest first. More would join words of
# different meanings ("general", "generation"), which costs more than it finds.
_ENDINGS: Final = {
    "de": ("innen", "en", "er", "es", "em", "n", "e", "s"),
    "es": ("es", "s"),
    "fr": ("es", "s", "x", "e"),
    "it": ("i", "e", "o", "a"),
    "nl": ("en", "s"),
    "pl": ("ami", "ach", "ów", "om", "ie", "em", "y", "i", "a", "ę", "u", "e"),
    "pt": ("es", "s"),
    "ru": ("ами", "ями", "ого", "ов", "ей", "ам", "ах", "ой", "ый", "ая", "ые", "ы", "и", "а", "у", "е"),
    "uk": ("ами", "ями", "ого", "ів", "ей", "ам", "ах", "ою", "ий", "а", "у", "и", "і", "е"),
}  # fmt: skip
_LEAST_STEM_CHARS: Final = 4
_CACHED: Final = 1 << 14  # words of some ten articles


@functools.lru_cache(maxsize=_CACHED)
def stem(word: str, language: str) -> str:
    """Return what the singular and the plural of a word in lower case have in common.

    Args:
        word: The word in lower case.
        language: ISO 639-1 code; words of other languages than the ten that have endings here
            are returned as they are.

    >>> [stem(word, "en") for word in ("strikes", "ferries", "glass", "virus", "crash's")]
    ['strike', 'ferry', 'glass', 'virus', 'crash']
    >>> (
    ...     stem("wahlen", "de") == stem("wahl", "de"),
    ...     stem("élections", "fr") == stem("élection", "fr"),
    ... )
    (True, True)
    """
    if language in _STEMMERS:
        return _STEMMERS[language](word)
    for ending in _ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM_CHARS:
            return word[: -len(ending)]
    return word


def _singular(word: str) -> str:
    """Return an English noun without the endings of its plural and genitive."""
    if word.endswith(("'s", "’s")):
        return word[:-2]
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) < _LEAST_STEM_CHARS:
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word[:-1]


_STEMMERS: Final = {"en": _singular}
