"""The words that occur most often in some texts, without stop words."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from flows.seeds import read_tables, seeds_dir
from transforms.subjects.stop_words import Stops, StopWords

_WORD: Final = re.compile(r"[^\W_]+")
_SHORTEST: Final = 2  # letters


def top_words(texts: Iterable[tuple[str | None, str]], limit: int) -> list[dict[str, Any]]:
    """Return the words that occur most often, with the names that Media Cloud gives to the counts.

    Args:
        texts: Language and text of each story.
        limit: How many words are wanted.

    Returns:
        For each word how often it occurs, in how many texts, and both divided by the number of
        texts. `count` and `ratio` are the names of older versions for the first two.
    """
    times: Counter[str] = Counter()
    stories: Counter[str] = Counter()
    size = 0
    for language, text in texts:
        size += 1
        found = Counter(_words(text, _stop_words().of(language or "")))
        times.update(found)
        stories.update(found.keys())
    ranked = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    return [
        {
            "term": word,
            "term_count": count,
            "term_ratio": count / size,
            "doc_count": stories[word],
            "doc_ratio": stories[word] / size,
            "sample_size": size,
            "count": count,
            "ratio": count / size,
        }
        for word, count in ranked[:limit]
    ]


def _words(text: str, stops: Stops) -> Iterable[str]:
    normal = unicodedata.normalize("NFC", text).lower()
    return (
        word
        for word in _WORD.findall(normal)
        if len(word) >= _SHORTEST and not word.isdigit() and not stops.stops(word)
    )


@functools.cache
def _stop_words() -> StopWords:
    folder = seeds_dir()
    return StopWords.from_tables(
        {**read_tables(folder, "subjects"), **read_tables(folder, "speech")}
    )
