"""The gold articles for stories, and the score of a grouping.

Each line of `stories.jsonl` has `id`, `split`, `event`, `source`, `published`, `title` and
`text`. Events come in pairs that are easily confused: two floods, two elections, two matches
of one team, a flood and a fire in one town, two affairs of one bank. The limits were chosen on
the dev split, never on the test split.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.seeds import load_lexicon
from tests.helpers.builders import make_article
from transforms.pipeline import annotate
from transforms.records import Analysis

GOLD = Path(__file__).with_name("stories.jsonl")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class GoldArticle:
    """An article and the event that it reports."""

    id: str
    split: str
    event: str
    source: str
    published: str
    title: str
    text: str


def read_gold(split: str) -> list[GoldArticle]:
    """Return the articles of a split, the oldest first."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()
    articles = [GoldArticle(**json.loads(line)) for line in lines]
    return [article for article in articles if article.split == split]


def analyses_of(articles: list[GoldArticle]) -> list[Analysis]:
    """Return the articles as the pipeline reads them."""
    lexicon = load_lexicon()
    return [
        annotate(
            make_article(
                article.text,
                url=f"https://{article.source}/{article.id}",
                title=article.title,
                published_at=datetime.fromisoformat(article.published),
                published_precision="minute",
            ),
            lexicon,
            now=_NOW,
        )
        for article in articles
    ]


def b_cubed(found: Mapping[str, str], gold: Mapping[str, str]) -> dict[str, float]:
    """Return precision, recall and F1 by the items of each group (Bagga and Baldwin, 1998)."""
    precision = recall = 0.0
    for item in gold:
        grouped = {other for other in gold if found[other] == found[item]}
        same = {other for other in gold if gold[other] == gold[item]}
        precision += len(grouped & same) / len(grouped) / len(gold)
        recall += len(grouped & same) / len(same) / len(gold)
    f1 = 2 * precision * recall / (precision + recall)
    figures = {"precision": precision, "recall": recall, "f1": f1}
    return {name: round(value, 4) for name, value in figures.items()}
