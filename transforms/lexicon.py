"""The word lists of the transforms, compiled once from the seed tables.

A table is a sequence of rows, each a mapping from column to text. Its name is the name of
its file without the extension: `seeds/speech/cues.csv` is `speech/cues`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.rules import NO_RULES, Rules
from transforms.dating.time_words import TimeWords
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.mentions import NameTagger
from transforms.quoting.speech import Speech
from transforms.subjects.stop_words import StopWords
from transforms.subjects.topics import TopicTerms
from transforms.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All word lists, compiled before any article is read.

    Attributes:
        rules: The user's rules for single publishers.
        tagger: Finds the names in place of the rules; None to use the rules.
    """

    boilerplate: Boilerplate
    gazetteer: Gazetteer
    speech: Speech
    timewords: TimeWords
    stop_words: StopWords = field(default_factory=StopWords)
    topics: TopicTerms = field(default_factory=TopicTerms)
    tagger: NameTagger | None = None
    rules: Rules = NO_RULES

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile the seed tables; raises KeyError if a table or column is missing."""
        return cls(
            boilerplate=Boilerplate.from_tables(tables),
            gazetteer=Gazetteer.from_tables(tables),
            speech=Speech.from_tables(tables),
            timewords=TimeWords.from_tables(tables),
            stop_words=StopWords.from_tables(tables),
            topics=TopicTerms.from_tables(tables),
        )
