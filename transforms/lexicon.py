"""The word lists of the transforms, compiled from the seed tables.

A table is a sequence of rows, each a mapping from column to text. Its name is the name of
its file without the extension: `seeds/cleaning/walls.csv` is `cleaning/walls`. The tables of a
language are compiled when its first article comes.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.rules import NO_RULES, Rules
from transforms.dating.time_words import Vocabulary, compile_vocabulary
from transforms.languages.by_language import ByLanguage
from transforms.languages.short_texts import ShortTexts
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.mentions import NameTagger
from transforms.naming.world_names import World
from transforms.quoting.speech import Speech
from transforms.subjects.stop_words import Stops
from transforms.subjects.topics import TopicTerms
from transforms.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All word lists.

    Attributes:
        rules: The user's rules for single publishers.
        taggers: What finds the names in place of the rules, by language.
    """

    boilerplate: Boilerplate
    gazetteers: ByLanguage[Gazetteer]
    speeches: ByLanguage[Speech]
    vocabularies: ByLanguage[Vocabulary]
    stop_words: ByLanguage[Stops]
    short_texts: ShortTexts = field(default_factory=ShortTexts)
    topics: TopicTerms = field(default_factory=TopicTerms)
    taggers: Mapping[str, NameTagger] = field(default_factory=dict)
    rules: Rules = NO_RULES

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the seed tables; raises KeyError if a table or column is missing.

        Those of the languages are compiled later, and raise it then.
        """
        world = World.from_tables(tables)
        return cls(
            boilerplate=Boilerplate.from_tables(tables),
            gazetteers=ByLanguage(tables, functools.partial(Gazetteer.from_tables, world=world)),
            speeches=ByLanguage(tables, Speech.from_tables),
            vocabularies=ByLanguage(tables, compile_vocabulary),
            stop_words=ByLanguage(tables, Stops.from_tables),
            short_texts=ShortTexts.from_tables(tables),
            topics=TopicTerms.from_tables(tables),
        )

    def load(self, *languages: str) -> None:
        """Compile the word lists of some languages before the first article comes."""
        lists = self.gazetteers, self.speeches, self.vocabularies, self.stop_words
        for language in languages:
            for of_kind in lists:
                of_kind.of(language)
