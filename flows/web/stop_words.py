"""The function words that are not counted among the words of articles."""

from __future__ import annotations

import functools

from flows.seeds import read_tables, seeds_dir
from transforms.languages.by_language import ByLanguage
from transforms.subjects.stop_words import Stops
from warehouse.search_samples import Stopped


def stopped(language: str) -> Stopped:
    """Return the words of a language that are not counted, and letters alone.

    Args:
        language: An ISO 639-1 code, or nothing if the language is not known.
    """
    stops = _stop_words().of(language)
    return Stopped(stops.words, max(1, stops.short_chars))


@functools.cache
def _stop_words() -> ByLanguage[Stops]:
    return ByLanguage(read_tables(seeds_dir(), "languages"), Stops.from_tables)
