"""The gold texts for names, with the names in brackets, and their scores.

Each line of `mentions.jsonl` has `id`, `split` and `marked`, a text that marks each name as
"[P:Anna Lind]": P is a person, O an organization, L a place. The rules were developed on the
dev split, never on the test split. Titles, demonyms and articles are not part of names. A
country is a place even if its team plays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

GOLD = Path(__file__).with_name("mentions.jsonl")
KINDS = {"P": "person", "O": "organization", "L": "place"}
_MARK = re.compile(r"\[([POL]):([^\]]+)\]")

Span = tuple[int, int, str]


@dataclass(frozen=True)
class GoldText:
    """A text without its marks, and the names in it."""

    id: str
    split: str
    text: str
    spans: frozenset[Span]


def read_gold() -> Iterator[GoldText]:
    for line in GOLD.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield GoldText(row["id"], row["split"], *unmarked(row["marked"]))


def unmarked(marked: str) -> tuple[str, frozenset[Span]]:
    """Return the text without its marks, and the marked spans."""
    text, position, spans = "", 0, set()
    for mark in _MARK.finditer(marked):
        text += marked[position : mark.start()]
        spans.add((len(text), len(text) + len(mark[2]), KINDS[mark[1]]))
        text += mark[2]
        position = mark.end()
    return text + marked[position:], frozenset(spans)


def score(find: Callable[[str], set[Span]], texts: Iterable[GoldText]) -> dict[str, float]:
    """Return precision, recall and F1 for exact spans and kinds, and F1 per kind."""
    gold, found, right = [], [], []
    for text in texts:
        spans = {span for span in find(text.text) if span[2] in KINDS.values()}
        gold += list(text.spans)
        found += list(spans)
        right += list(text.spans & spans)
    figures = {
        "precision": _share(len(right), len(found)),
        "recall": _share(len(right), len(gold)),
        "f1": _share(2 * len(right), len(gold) + len(found)),
    }
    for kind in KINDS.values():
        of_kind = [sum(span[2] == kind for span in spans) for spans in (right, gold, found)]
        figures[kind] = _share(2 * of_kind[0], of_kind[1] + of_kind[2])
    return figures


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
