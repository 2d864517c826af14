import dataclasses
import json
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.quality.copy_edits import notices
from tests.quality.copy_gold import copies, found_pairs, look_alikes, measure
from tests.quality.copy_losses import TELLING, false_pairs, fates, groups_of, length_of

FLOORS = json.loads((Path(__file__).parent / "floors/copies.json").read_text("utf-8"))


def shuffled():
    texts = [*copies(), *look_alikes()]
    random.Random(3).shuffle(texts)
    return texts


@pytest.mark.parametrize(("name", "texts"), [("copies", copies), ("shuffled", shuffled)])
def test_measures_stay_above_their_floors(name, texts):
    reached = measure(texts())
    assert {key: reached[key] for key, floor in FLOORS[name].items() if reached[key] < floor} == {}


@pytest.mark.parametrize("seed", range(3))
def test_filled_in_forms_are_no_copies(seed):
    texts = look_alikes(days=30, seed=seed)
    kinds = {text.key: text.kind for text in texts}
    assert len(Counter(kinds.values())) == 6
    # By chance, two days of a form may be nearly the same.
    assert len(found_pairs(texts)) <= 1


def test_edited_texts_of_each_length_stay_above_their_floors():
    ends: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words, similar, _, end in fates(groups_of(count=7, seed=5)):
        if similar >= TELLING:
            ends[length_of(words)][end] += 1
    reached = {length: found["found"] / found.total() for length, found in ends.items()}
    floors = FLOORS["edited"]
    assert {key: reached[key] for key, floor in floors.items() if reached[key] < floor} == {}
    assert sum(found["no candidate"] for found in ends.values()) == 0


def test_copies_with_one_edit_are_found_among_notices():
    texts = [text for group in groups_of(count=8, seed=6, edits=1) for text in group]
    texts += notices()
    random.Random(6).shuffle(texts)
    reached = measure(texts)
    floors = FLOORS["one edit"]
    assert {key: reached[key] for key, floor in floors.items() if reached[key] < floor} == {}


def test_notices_after_a_pattern_are_no_copies():
    assert len(notices()) >= 100
    assert false_pairs(notices()) == {}


def test_notices_of_many_sources_are_no_copies():
    # The teaser of a newspaper and the traffic notice on one road are each from one source.
    texts = [
        dataclasses.replace(notice, source=notice.key)
        for notice in notices()
        if notice.kind not in {"paywall", "verkehr"}
    ]
    assert false_pairs(texts) == {}
