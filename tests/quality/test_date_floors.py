"""The dates found in the gold texts do not get worse.

`floors/dates.json` holds the figures that were reached for both splits, and the digest of the
gold data. Measure again after changing the gold data.
"""

from __future__ import annotations

import hashlib
import json

import pytest

from flows.seeds import load_lexicon
from tests.quality.date_gold import GOLD, GoldText, read_gold, score
from transforms.dating.dates import find_dates
from transforms.dating.timex_values import days_of

FLOORS = json.loads(GOLD.with_name("floors").joinpath("dates.json").read_text(encoding="utf-8"))
TEXTS = list(read_gold())


@pytest.fixture(scope="module")
def timewords():
    return load_lexicon().vocabularies


def test_gold_data_is_large_enough_and_unchanged_since_the_measurement():
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == FLOORS["gold_sha256"]
    assert len(TEXTS) >= 120
    assert sum(len(gold.expressions) for gold in TEXTS) >= 300
    assert len({gold.id for gold in TEXTS}) == len(TEXTS)


@pytest.mark.parametrize("gold", TEXTS, ids=lambda gold: gold.id)
def test_gold_values_are_valid(gold: GoldText):
    for value in (value for kind, value in gold.expressions.values() if kind == "DATE"):
        assert days_of(value) or value.endswith("_REF") or value.startswith("FY")


@pytest.mark.parametrize("split", ["dev", "test"])
def test_dates_keep_their_floors(split, timewords):
    texts = [gold for gold in TEXTS if gold.split == split]
    reached = score(
        lambda text, published_at, language: find_dates(
            text, timewords, published_at=published_at, language=language
        ),
        texts,
    )
    below = {name: value for name, value in reached.items() if value < FLOORS[split][name]}
    assert not below, f"{reached}, floors {FLOORS[split]}"


def test_score_counts_missed_and_wrong_dates(timewords):
    texts = [gold for gold in TEXTS if gold.split == "dev"]
    assert score(lambda *_: [], texts) == {"relaxed": 0, "strict": 0, "type": 0, "value": 0}
    wrong_day = score(
        lambda text, published_at, language: find_dates(
            text, timewords, published_at=published_at.replace(year=1900), language=language
        ),
        texts,
    )
    assert wrong_day["value"] < wrong_day["relaxed"] - 0.3
