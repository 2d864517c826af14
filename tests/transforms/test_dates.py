from __future__ import annotations

from datetime import UTC, datetime

import pytest

from flows.seeds import load_lexicon
from transforms.dates import find_dates

TIMEWORDS = load_lexicon().timewords
TUESDAY = datetime(2023, 11, 28, 9, 30, tzinfo=UTC)


def read(text: str, published_at: datetime | None = TUESDAY, language: str = "en"):
    """Return each expression of `text` with its value."""
    found = find_dates(text, TIMEWORDS, published_at=published_at, language=language)
    return [(mention.text, mention.value) for mention in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "It opened on Tuesday, November 28, 2023.",
            [("Tuesday, November 28, 2023", "2023-11-28")],
            id="weekday-month-day-year",
        ),
        pytest.param("It met on 28 Nov. and left.", [("28 Nov", "2023-11-28")], id="day-month"),
        pytest.param(
            "Shops close Nov. 28-30.", [("Nov. 28", "2023-11-28"), ("30", "2023-11-30")], id="range"
        ),
        pytest.param("The trial will open on Thursday.", [("Thursday", "2023-11-30")], id="coming"),
        pytest.param("The trial opened on Thursday.", [("Thursday", "2023-11-23")], id="past"),
        pytest.param("Rents rose last week.", [("last week", "2023-W47")], id="last-week"),
        pytest.param("A summit follows next summer.", [("next summer", "2024-SU")], id="season"),
        pytest.param("They talked for three days.", [("three days", "P3D")], id="duration"),
        pytest.param("It meets every Friday.", [("every Friday", "XXXX-WXX-5")], id="set"),
    ],
)
def test_expression_has_value(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The 28-year-old won 3-2 and paid $2000.", id="age-score-price"),
        pytest.param("Theresa May and April Ryan read the Sunday Times.", id="names"),
        pytest.param("Flight 1989 ran version 10.15.7.", id="flight-version"),
    ],
)
def test_other_numbers_and_names_are_no_dates(text):
    assert read(text) == []
