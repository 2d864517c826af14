"""Words that are no part of a keyphrase, by language.

The tables are `subjects/stop_words`, and the function words that `speech/words` and
`speech/foreign_words` have for other purposes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from transforms.tables import Tables

# Words of these classes say what something is about: "mayor", "judge", "brother".
_CONTENT: Final = frozenset({"role", "he", "she"})
# In a language without a list, words of up to three letters are taken for function words, as
# YAKE does with words of up to two (Campos et al. 2020); most articles and prepositions are short.
_SHORT_CHARS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Stops:
    """The stop words of one language.

    Attributes:
        words: Words that end a phrase, in lower case.
        weak: Words that belong to a phrase but are none alone, and do not begin one
            ("plan", "service").
        nouns: Nouns that end like words that end a phrase ("family" like an adverb).
        is_listed: Whether the language has a list.
    """

    words: frozenset[str]
    weak: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    is_listed: bool = True

    def stops(self, word: str) -> bool:
        """Whether a word in lower case ends a phrase."""
        return word in self.words or len(word) <= self.short_chars

    @property
    def short_chars(self) -> int:
        """Words of up to so many letters end a phrase."""
        return 0 if self.is_listed else _SHORT_CHARS


_UNLISTED: Final = Stops(frozenset(), is_listed=False)


@dataclass(frozen=True, slots=True)
class StopWords:
    """The stop words of all languages."""

    by_language: dict[str, Stops] = field(default_factory=dict)

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the tables; raises KeyError if a table or column is missing."""
        listed: dict[str, dict[str, set[str]]] = {}
        for row in tables["subjects/stop_words"]:
            of_language = listed.setdefault(row["language"], {})
            of_language.setdefault(row["class"], set()).add(row["word"])
        for row in tables["speech/foreign_words"]:
            if row["class"] not in _CONTENT:
                of_language = listed.setdefault(row["language"], {})
                of_language.setdefault("stop", set()).add(row["word"])
        listed["en"]["stop"].update(row["word"] for row in tables["speech/words"])
        return cls({language: _stops(classes) for language, classes in listed.items()})

    def of(self, language: str) -> Stops:
        """Return the stop words of a language, an ISO 639-1 code.

        >>> words = StopWords({"en": Stops(frozenset({"the"}))})
        >>> words.of("en").stops("the"), words.of("en").stops("ferry"), words.of("sq").stops("dhe")
        (True, False, True)
        """
        return self.by_language.get(language) or _UNLISTED


def _stops(classes: Mapping[str, set[str]]) -> Stops:
    weak, nouns = classes.get("weak", set()), classes.get("noun", set())
    words = classes.get("stop", set()) - weak - nouns
    return Stops(frozenset(words), frozenset(weak), frozenset(nouns))
