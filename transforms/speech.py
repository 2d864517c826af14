"""Words of speech: the verbs and phrases that attribute a statement to its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from transforms.tables import Tables


@dataclass(frozen=True, slots=True)
class Speech:
    """What attributes speech.

    Attributes:
        cues: Forms of the verbs that a speaker's statement stands with ("said").
    """

    cues: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Compile `speech/cues`."""
        return cls(cues=frozenset(row["cue"] for row in tables["speech/cues"]))
