import json
from pathlib import Path

import pytest

from tests.quality.quotation_gold import articles, languages, measure, parse, sentences

FLOORS = json.loads((Path(__file__).parent / "floors/quotations.json").read_text("utf-8"))
GOLD = {"articles": articles, "sentences": sentences}


@pytest.mark.parametrize("name", sorted(GOLD))
def test_measures_stay_above_their_floors(name):
    reached = measure(GOLD[name]())
    assert {key: reached[key] for key, floor in FLOORS[name].items() if reached[key] < floor} == {}


@pytest.mark.parametrize("code", languages())
def test_measures_of_other_languages_stay_above_their_floors(code):
    reached = measure(sentences(code), code)
    assert {key: reached[key] for key, floor in FLOORS[code].items() if reached[key] < floor} == {}


def test_gold_set_is_large_enough():
    assert len(sentences()) >= 150
    assert len(articles()) >= 20


def test_measure_counts_missed_and_extra_statements():
    wrong = [
        parse("missed", "⟦The sea was calm⟧ that night."),
        parse("extra", "The mayor said the bridge would close."),
        parse("speaker", "⟦The bridge would close⟧, the mayor said, and ‹she› left."),
    ]
    errors: list[str] = []
    reached = measure(wrong, errors=errors)
    assert (reached["recall"], reached["speakers"]) == (0.5, 0.0)
    assert [line.split()[0] for line in errors] == ["missed", "extra", "speaker"]
