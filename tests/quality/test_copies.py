import json
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.quality.copy_gold import copies, found_pairs, look_alikes, measure

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
