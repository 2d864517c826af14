"""Words of speech: the verbs and phrases that attribute a statement to its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from transforms.tables import Tables

_CLASSES = [
    "determiner",
    "possessive",
    "subject",
    "object",
    "preposition",
    "coordinator",
    "subordinator",
    "wh",
    "be",
    "have",
    "modal",
    "negation",
    "adverb",
    "time",
    "number",
    "verb",
    "infinitive",
]
CLASS_BITS = {name: 1 << position for position, name in enumerate(_CLASSES)}


@dataclass(frozen=True, slots=True)
class Cue:
    """A form of a verb that attributes statements.

    Attributes:
        lemma: The verb as the dictionary has it ("say").
        frames: What it takes: `clause` (that ...), `np` (a noun phrase), `inf` (to ...),
            `gerund`, `wh` (whether ...), `hearer` (somebody before the statement),
            `urge` (somebody to ...), `quote` (stands beside quotation marks), `seem`
            and `raised` (its subject belongs to the statement), and prepositions.
        shape: `base`, `present`, `past` or `ing`.
    """

    lemma: str
    frames: frozenset[str]
    shape: str


@dataclass(frozen=True, slots=True)
class Speech:
    """What attributes speech, and the little words that sentences are read by.

    Attributes:
        cues: Each form of a verb of speech or attitude, in lower case.
        words: Classes of function words as bits of `CLASS_BITS`.
        abbreviations: Words whose full stop does not end a sentence, in lower case.
    """

    cues: Mapping[str, Cue]
    words: Mapping[str, int]
    abbreviations: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `speech/cues`, `speech/words` and `speech/abbreviations`."""
        words: dict[str, int] = {}
        for row in tables["speech/words"]:
            words[row["word"]] = words.get(row["word"], 0) | CLASS_BITS[row["class"]]
        return cls(
            cues=_cues(tables),
            words=words,
            abbreviations=frozenset(
                row["abbreviation"].lower() for row in tables["speech/abbreviations"]
            ),
        )


def _cues(tables: Tables) -> dict[str, Cue]:
    cues: dict[str, Cue] = {}
    for row in tables["speech/cues"]:
        frames = frozenset(row["frames"].split("|"))
        present, *past, ing = row["forms"].split("|")
        cues.setdefault(row["cue"], Cue(row["cue"], frames, "base"))
        cues[present] = Cue(row["cue"], frames, "present")
        cues[ing] = Cue(row["cue"], frames, "ing")
        for form in past:
            cues[form] = Cue(row["cue"], frames, "past")
    return cues
