"""The gold texts for dates: prose of our own with marked date expressions.

Each line is a JSON object with `id`, `split`, `published`, `language` and `text`. The text
marks an expression as `[next summer]{2024-SU}`; types other than DATE are given too:
`[every Friday]{SET XXXX-WXX-5}`. Types, values and spans follow the TimeML Annotation
Guidelines 1.2.1. The rules were developed on the `dev` texts. The `test` texts were written
after the rules, to measure them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from transforms.records import DateMention

GOLD = Path(__file__).with_name("dates.jsonl")
_MARKED = re.compile(r"\[([^\[\]]+)\]\{(?:(DATE|TIME|DURATION|SET) )?([^{}]+)\}")

Span = tuple[int, int]
Find = Callable[[str, datetime, str], list[DateMention]]


@dataclass(frozen=True, slots=True)
class GoldText:
    """A text and its date expressions: span to type and value."""

    id: str
    split: str
    published_at: datetime
    language: str
    text: str
    expressions: dict[Span, tuple[str, str]]


def read_gold(path: Path = GOLD) -> Iterator[GoldText]:
    """Yield the gold texts without their marks."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, done = "", 0
        expressions = {}
        for m in _MARKED.finditer(row["text"]):
            text += row["text"][done : m.start()]
            expressions[len(text), len(text) + len(m[1])] = (m[2] or "DATE", m[3])
            text += m[1]
            done = m.end()
        text += row["text"][done:]
        published_at = datetime.fromisoformat(row["published"]).replace(tzinfo=UTC)
        yield GoldText(row["id"], row["split"], published_at, row["language"], text, expressions)


def score(find: Find, texts: list[GoldText]) -> dict[str, float]:
    """Return F1 of overlapping spans, equal spans, and overlapping spans with value."""
    counts: Counter[str] = Counter()
    for gold in texts:
        found = find(gold.text, gold.published_at, gold.language)
        counts["found"] += len(found)
        counts["gold"] += len(gold.expressions)
        for (start, end), (kind, value) in gold.expressions.items():
            match = next((d for d in found if d.start < end and start < d.end), None)
            if match is None:
                continue
            found.remove(match)
            counts["relaxed"] += 1
            counts["strict"] += (match.start, match.end) == (start, end)
            counts["value"] += match.value == value
            counts["type"] += match.type == kind
    total = counts["found"] + counts["gold"]
    measures = ("relaxed", "strict", "type", "value")
    return {name: round(2 * counts[name] / total, 4) for name in measures}
