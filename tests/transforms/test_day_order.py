"""Which number of a date in figures is the month."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from flows.seeds import load_lexicon
from transforms.dating.dates import find_dates
from transforms.dating.day_order import country_of

TIMEWORDS = load_lexicon().vocabularies
PUBLISHED = datetime(2024, 3, 12, tzinfo=UTC)


def values(text: str, published_at: datetime | None = PUBLISHED, **options: Any):
    found = find_dates(text, TIMEWORDS, published_at=published_at, **options)
    return [mention.value for mention in found]


def test_a_date_with_one_reading_decides_for_the_document():
    assert values("The pier shut on 23/02/2024. It opens by 04/05/2024.") == [
        "2024-02-23",
        "2024-05-04",
    ]
    assert values("The pier shut on 02/23/2024. It opens by 04/05/2024.", country="GB") == [
        "2024-02-23",
        "2024-04-05",
    ]


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, "2024-04-05"),
        ({"country": "GB"}, "2024-05-04"),
        ({"country": "US", "site_country": "GB"}, "2024-04-05"),
        ({"country": "CA", "site_country": "GB"}, "2024-05-04"),
        ({"site_country": "IE"}, "2024-05-04"),
        ({"language": "fr"}, "2024-05-04"),
    ],
)
def test_region_comes_before_the_address_and_the_language(options, value):
    assert values("Stalls: 04/05/2024.", **options) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The bakery closed on 08/03/2024.", "2024-03-08"),
        ("The bakery closed on 03/08/2024.", "2024-03-08"),
        ("The fair will be held on 05/04/2024.", "2024-05-04"),
        ("The fair will be held on 02/05/2024.", "2024-05-02"),
    ],
)
def test_a_verb_tells_which_reading_has_passed(text, value):
    assert values(text) == [value]


def test_verbs_count_less_than_the_declared_region():
    assert values("The bakery closed on 08/03/2024.", country="US") == ["2024-08-03"]


def test_verbs_need_a_publication_day():
    assert values("The bakery closed on 08/03/2024.", None) == ["2024-08-03"]


@pytest.mark.parametrize(
    ("url", "country"),
    [
        ("https://www.brindle-post.co.uk/news/1", "GB"),
        ("http://blad.example.nl", "NL"),
        ("https://brindle-post.example.com/uk", None),
        ("https://start.example.io/a", None),
        ("https://[broken", None),
        ("archive 17", None),
        (None, None),
    ],
)
def test_country_of_an_address(url, country):
    assert country_of(url) == country
