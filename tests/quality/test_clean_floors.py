"""Cleaning of the sample pages does not get worse.

`cleaning.jsonl` holds the article of each page as a person reads it: headline, authors, day,
and the first words of every paragraph. `floors/cleaning.json` holds the figures that were
reached and the digest of the gold data. Measure again after changing the gold data.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from flows.seeds import seeds_dir
from tests.helpers.pages import article_of

GOLD = Path(__file__).with_name("cleaning.jsonl")
ROWS = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
FLOORS = json.loads(GOLD.with_name("floors").joinpath("cleaning.json").read_text(encoding="utf-8"))
FIRST_WORDS = 5


def f1(hit, found, wanted):
    return round(2 * hit / (found + wanted), 4) if found + wanted else 1.0


def measure(articles):
    """Return the shares of right headlines and days, and F1 of paragraphs and authors."""
    pairs = list(zip(ROWS, articles, strict=True))
    starts = [
        [" ".join(line.split()[:FIRST_WORDS]) for line in a.text.split("\n")] for a in articles
    ]
    wanted = [row["starts"] for row in ROWS]
    return {
        "paragraphs": f1(
            sum(len(set(a) & set(b)) for a, b in zip(wanted, starts, strict=True)),
            sum(map(len, starts)),
            sum(map(len, wanted)),
        ),
        "authors": f1(
            sum(len(set(row["authors"]) & set(article.authors)) for row, article in pairs),
            sum(len(article.authors) for article in articles),
            sum(len(row["authors"]) for row in ROWS),
        ),
        "title": round(sum(row["title"] == article.title for row, article in pairs) / len(ROWS), 4),
        "day": round(
            sum(row["day"] == str(article.published_at)[:10] for row, article in pairs) / len(ROWS),
            4,
        ),
    }


def cleaned_samples():
    return [article_of((seeds_dir() / "articles" / row["page"]).read_bytes()) for row in ROWS]


def test_gold_data_is_unchanged_since_the_measurement():
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == FLOORS["gold_sha256"]
    assert {row["page"] for row in ROWS} == {
        path.name for path in (seeds_dir() / "articles").glob("*.html")
    }


def test_sample_pages_keep_their_floors():
    reached = measure(cleaned_samples())
    below = {name: value for name, value in reached.items() if value < FLOORS[name]}
    assert not below, f"{reached}, floors {FLOORS}"


def test_measure_counts_missed_and_wrong_items():
    first = cleaned_samples()[0]
    reached = measure([first] * len(ROWS))
    assert reached["title"] == reached["day"] == round(1 / len(ROWS), 4)
    assert reached["paragraphs"] < 0.2
