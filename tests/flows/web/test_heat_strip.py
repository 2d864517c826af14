"""Heat strips: four levels, with the same figures in words."""

import re
from datetime import date, timedelta

import pytest

from flows.web.heat_strip import heat_strip, in_words, level_of, usual_of


def day(number, **figures):
    shown = {"expected": 0, "seen": 0, "fetched": 0, "loaded": 0} | figures
    return {"day": date(2024, 6, 1) + timedelta(number)} | shown


@pytest.mark.parametrize(
    ("value", "level"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(0.1, 1, id="a-little-is-not-nothing"),
        pytest.param(4, 1, id="third"),
        pytest.param(4.1, 2, id="over-a-third"),
        pytest.param(8, 2, id="two-thirds"),
        pytest.param(8.1, 3, id="over-two-thirds"),
        pytest.param(99, 3, id="more-than-usual"),
    ],
)
def test_level_is_the_share_of_the_usual(value, level):
    assert level_of(value, 12.0) == level


def test_usual_is_what_was_expected_and_without_that_what_was_seen():
    assert usual_of([day(0, expected=3, seen=50), day(1, expected=5)]) == 5
    assert usual_of([day(0, seen=50), day(1, seen=2)]) == 50
    assert usual_of([]) == 0


def test_each_cell_is_drawn_once_at_its_level():
    strip = heat_strip([day(0, expected=9, seen=9, fetched=5, loaded=2), day(1)])
    cells = {level: cells_of(strip, level) for level in range(4)}
    assert cells[3] == {(0, 0), (0, 7)}
    assert cells[2] == {(0, 14)}
    assert cells[1] == {(0, 21)}
    assert cells[0] == {(7, 0), (7, 7), (7, 14), (7, 21)}


def cells_of(strip, level):
    found = re.search(rf'class="heat{level}" d="([^"]*)"', strip)
    places = re.findall(r"M(\d+) (\d+)h", found[1]) if found else []
    return {(int(x), int(y)) for x, y in places}


def test_text_alternative_has_the_sums_and_the_tooltips_the_days():
    days = [day(0, expected=2.5, seen=4, fetched=3, loaded=2), day(1, expected=2)]
    assert in_words(days) == (
        "Last 2 days: 4.5 expected, 4 seen, 3 fetched, 2 loaded; something new on 1 day"
    )
    assert in_words(days) in heat_strip(days)
    assert "<title>" not in heat_strip(days)
    assert "1 Jun: 2.5 expected, 4 seen, 3 fetched, 2 loaded" in heat_strip(days, has_titles=True)
