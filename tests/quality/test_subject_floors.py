"""The keyphrases and topics of the gold texts do not get worse.

`floors/subjects.json` holds the figures that were reached, the digest of the gold data, and
F1@10 of YAKE 0.7.1 (phrases of up to three words) on the same texts. Measure again after
changing the gold data.
"""

from __future__ import annotations

import hashlib
import json
from statistics import mean

import pytest

from flows.seeds import load_lexicon
from tests.helpers.builders import make_article
from tests.quality.subject_gold import GOLD, f1_at_10, read_gold
from transforms.pipeline import annotate_with

FLOORS = json.loads(GOLD.with_name("floors").joinpath("subjects.json").read_text("utf-8"))
TEXTS = list(read_gold())


@pytest.fixture(scope="module")
def found():
    lexicon = load_lexicon()
    return [
        annotate_with(
            make_article(gold.text, title=gold.title, language=gold.language),
            lexicon,
            {"mentions", "keyphrases", "topics"},
        )
        for gold in TEXTS
    ]


def test_gold_data_is_large_enough_and_unchanged_since_the_measurement():
    assert hashlib.sha256(GOLD.read_bytes()).hexdigest() == FLOORS["gold_sha256"]
    assert len({gold.id for gold in TEXTS}) == len(TEXTS) >= 30
    assert {gold.language for gold in TEXTS} == {"en", "de", "fr", "es"}


@pytest.mark.parametrize("gold", TEXTS, ids=lambda gold: gold.id)
def test_gold_phrases_are_in_their_text(gold):
    whole = f"{gold.title}\n{gold.text}".lower()
    assert [phrase for phrase in gold.keyphrases if phrase.lower() not in whole] == []


def test_keyphrases_are_as_good_as_they_were_and_better_than_those_of_yake(found):
    f1 = mean(
        f1_at_10([one.phrase for one in analysis.keyphrases], gold.keyphrases, gold.language)
        for gold, analysis in zip(TEXTS, found, strict=True)
    )
    assert f1 >= FLOORS["keyphrases_f1_at_10"] - 0.0001 > FLOORS["yake_f1_at_10"]


def test_best_topics_are_right_as_often_as_they_were(found):
    best = [next((topic.code for topic in analysis.topics), None) for analysis in found]
    right = sum(code == gold.topic for code, gold in zip(best, TEXTS, strict=True))
    assert right / len(TEXTS) >= FLOORS["best_topic"] - 0.0001
