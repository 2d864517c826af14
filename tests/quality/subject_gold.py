"""The labelled texts of keyphrases and topics, and how an answer is scored.

`subjects.jsonl` has short news texts that were written for this project. The phrases and the
topic of each were chosen before anything was run on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from transforms.subjects.words import TOKEN, stem

GOLD = Path(__file__).with_name("subjects.jsonl")


@dataclass(frozen=True)
class GoldSubject:
    """A text with its keyphrases and the code of its best topic."""

    id: str
    language: str
    title: str
    text: str
    keyphrases: tuple[str, ...]
    topic: str


def read_gold() -> Iterator[GoldSubject]:
    """Yield the labelled texts."""
    for line in GOLD.read_text("utf-8").splitlines():
        row = json.loads(line)
        yield GoldSubject(**row | {"keyphrases": tuple(row["keyphrases"])})


def f1_at_10(found: Sequence[str], wanted: Sequence[str], language: str) -> float:
    """Return F1 of the first ten phrases; forms of the same words are equal, as in the papers."""
    first = {_key(phrase, language) for phrase in found[:10]}
    gold = {_key(phrase, language) for phrase in wanted}
    return 2 * len(first & gold) / (len(first) + len(gold)) if first else 0.0


def _key(phrase: str, language: str) -> tuple[str, ...]:
    return tuple(stem(word, language) for word in TOKEN.findall(phrase.lower()))
