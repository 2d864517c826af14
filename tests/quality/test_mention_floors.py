"""The names found in the gold texts do not get worse.

`floors/mentions.json` holds the figures that were reached for both splits, and the digest of
the gold data. Measure again after changing the gold data.
"""

from __future__ import annotations

import hashlib
import json

import pytest

from flows.seeds import load_lexicon
from tests.quality.mention_gold import GOLD, read_gold, score
from transforms.naming.mentions import find_mentions

FLOORS = json.loads(GOLD.with_name("floors").joinpath("mentions.json").read_text(encoding="utf-8"))
TEXTS = list(read_gold())


@pytest.fixture(scope="module")
def gazetteer():
    return load_lexicon().gazetteers


def test_gold_data_is_large_enough_and_unchanged_since_the_measurement():
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == FLOORS["gold_sha256"]
    assert sum(len(gold.spans) for gold in TEXTS) >= 400
    assert len({gold.id for gold in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_names_keep_their_floors(split, gazetteer):
    reached = score(
        lambda text: {(m.start, m.end, m.kind) for m in find_mentions(text, gazetteer)[0]},
        [gold for gold in TEXTS if gold.split == split],
    )
    below = {name: value for name, value in reached.items() if value < FLOORS[split][name]}
    assert not below, f"{reached}, floors {FLOORS[split]}"


def test_score_counts_missed_and_wrong_names():
    texts = [gold for gold in TEXTS if gold.split == "test"]
    by_text = {gold.text: gold.spans for gold in texts}
    assert set(score(lambda text: set(by_text[text]), texts).values()) == {1.0}
    assert set(score(lambda text: set(), texts).values()) == {0.0}
    people = score(lambda text: {(s, e, "person") for s, e, _ in by_text[text]}, texts)
    assert people["place"] == 0
    assert people["precision"] < 0.5
