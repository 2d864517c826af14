"""The stories found in the gold articles do not get worse.

`floors/stories.json` holds the figures that were reached for both splits, and the digest of the
gold data: with all articles in one batch, and with ten in each, as when feeds are polled often.
"""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.helpers.linked import grouped, load_linked, rows_of
from tests.quality.story_gold import GOLD, analyses_of, b_cubed, read_gold

FLOORS = json.loads(GOLD.with_name("floors").joinpath("stories.json").read_text(encoding="utf-8"))
LEAST_F1 = 0.85


def test_gold_data_is_large_enough_and_unchanged_since_the_measurement():
    articles = [*read_gold("dev"), *read_gold("test")]
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == FLOORS["gold_sha256"]
    assert len(articles) == len({article.id for article in articles}) >= 60
    events = [article.event for article in articles]
    assert len({event for event in events if events.count(event) > 1}) >= 15


@pytest.mark.slow
@pytest.mark.parametrize("batch", [500, 10])
@pytest.mark.parametrize("split", ["dev", "test"])
def test_stories_keep_their_floors(split, batch, tmp_path):
    gold = read_gold(split)
    analyses = analyses_of(gold)
    parts = [analyses[at : at + batch] for at in range(0, len(analyses), batch)]
    folder = load_linked(tmp_path, *parts)
    reached = b_cubed(grouped(folder), {article.id: article.event for article in gold})
    floors = FLOORS[split][str(batch)]
    assert all(value >= floors[name] for name, value in reached.items()), f"{reached}, {floors}"
    assert reached["f1"] >= LEAST_F1
    assert rows_of(
        folder, "SELECT count(*) FROM articles ANTI JOIN story_articles USING (article_id)"
    ) == [(0,)]


def test_score_counts_articles_that_are_apart_and_together():
    gold = {"a": "flood", "b": "flood", "c": "fire"}
    assert b_cubed(gold, gold)["f1"] == 1
    assert b_cubed(dict.fromkeys(gold, "one"), gold) == {
        "precision": 0.5556,
        "recall": 1.0,
        "f1": 0.7143,
    }
    assert b_cubed({key: key for key in gold}, gold)["recall"] == 0.6667
