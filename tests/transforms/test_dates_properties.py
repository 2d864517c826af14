from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.seeds import load_lexicon
from tests.helpers.date_texts import INSTANTS, TEXTS
from transforms.dating.dates import find_dates
from transforms.dating.publication_day import infer_published_on

TIMEWORDS = load_lexicon().vocabularies
NOW = datetime(2024, 7, 19, 12, 0, tzinfo=UTC)


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, published_at=INSTANTS, language=st.sampled_from(["en", "de", "fr", "uk", "xx"]))
def test_expressions_are_in_the_text_and_overlap_only_in_a_part_of_a_month(
    text, published_at, language
):
    end, part_end = 0, 0
    found = find_dates(text, TIMEWORDS, published_at=published_at, language=language)
    for mention in found:
        assert 0 <= mention.start < mention.end <= len(text)
        assert end <= mention.start or (mention.type == "DATE" and mention.end == part_end)
        assert text[mention.start : mention.end] == mention.text
        assert mention.type in {"DATE", "TIME", "DURATION", "SET"}
        assert 0 < mention.confidence <= 1
        assert (mention.starts_on is None) == (mention.ends_on is None)
        assert (mention.starts_on or date.min) <= (mention.ends_on or date.max)
        end = mention.end
        part_end = mention.end if mention.type == "DURATION" and mention.starts_on else 0


@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_inferred_day_is_never_in_the_future(text):
    inferred = infer_published_on(text, TIMEWORDS, now=NOW)
    if inferred is not None:
        day, confidence = inferred
        assert day <= NOW.date()
        assert 0 < confidence < 1


@pytest.mark.parametrize(
    "text",
    [
        "It happened on February 30, 2023.",
        "Dated 31/13/2020.",
        "In the year 0, or on 0/0/0000.",
        "Some 99999 people came on May 45.",
        "It closed 99999999999 years ago.",
        "It opens in 99999999999999999999999999 days.",
        "At 25:61 and at 13 p.m. nothing was left.",
        "On 2023-02-31 and on 2023-02-31T25:00Z.",
        "June 31 and 31 April are no days.",
    ],
)
def test_impossible_dates_have_no_days(text):
    found = find_dates(text, TIMEWORDS, published_at=NOW)
    assert [mention.text for mention in found if mention.starts_on] == []


@pytest.mark.parametrize("day", [date.min, date.max])
def test_ends_of_the_calendar_give_no_wrong_days(day):
    published_at = datetime(day.year, day.month, day.day, tzinfo=UTC)
    text = "Last week, next week, yesterday, tomorrow, 500,000 years ago, last Monday, next winter."
    for mention in find_dates(text, TIMEWORDS, published_at=published_at):
        assert mention.starts_on is None or abs((mention.starts_on - day).days) < 800
