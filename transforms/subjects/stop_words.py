"""Words that are no part of a keyphrase.

The tables of a language are `stop_words`, and `words`, which has its function words for other
purposes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self

from transforms.languages.by_language import rows_of
from transforms.languages.profile import Profile
from transforms.tables import Tables

# Words of these classes say what something is about: "brother", "sister".
_CONTENT: Final = frozenset({"he", "she"})
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
        profile: The language.
    """

    words: frozenset[str]
    weak: frozenset[str] = frozenset()
    nouns: frozenset[str] = frozenset()
    is_listed: bool = True
    profile: Profile = field(default_factory=Profile)

    @classmethod
    def from_tables(cls, tables: Tables, language: str) -> Self:
        """Compile the tables of a language.

        >>> tables = {"languages/en/words": [{"word": "the", "class": "determiner"}]}
        >>> words = Stops.from_tables(tables, "en")
        >>> words.stops("the"), words.stops("ferry"), Stops.from_tables(tables, "sq").stops("dhe")
        (True, False, True)
        """
        classes: dict[str, set[str]] = {"stop": set(), "weak": set(), "noun": set()}
        for row in rows_of(tables, language, "stop_words"):
            classes[row["class"]].add(row["word"])
        for row in rows_of(tables, language, "words"):
            if row["class"] not in _CONTENT:
                classes["stop"].add(row["word"])
        return cls(
            words=frozenset(classes["stop"] - classes["weak"] - classes["noun"]),
            weak=frozenset(classes["weak"]),
            nouns=frozenset(classes["noun"]),
            is_listed=any(classes.values()),
            profile=Profile.from_tables(tables, language),
        )

    def stops(self, word: str) -> bool:
        """Whether a word in lower case ends a phrase."""
        return word in self.words or len(word) <= self.short_chars

    @property
    def short_chars(self) -> int:
        """Words of up to so many letters end a phrase."""
        return 0 if self.is_listed else _SHORT_CHARS
