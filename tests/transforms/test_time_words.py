from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.seeds import read_tables, seeds_dir
from transforms.dating.holidays import holiday
from transforms.dating.tense import FUTURE, PAST, UNKNOWN, tense_at
from transforms.dating.time_words import CLASSES, TimeWords
from transforms.dating.timex_grammar import NEVER_FIRST, RULES
from transforms.dating.timex_reader import BUILDERS, DAY_BUILDERS
from transforms.dating.timex_tokens import tokenize

TABLES = read_tables(seeds_dir(), "calendar")
TIMEWORDS = TimeWords.from_tables(TABLES)
LANGUAGES = ("de", "en", "es", "fr", "uk")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_every_month_and_weekday(language):
    months = {r["month"] for r in TABLES["calendar/months"] if r["language"] == language}
    days = {r["weekday"] for r in TABLES["calendar/weekdays"] if r["language"] == language}
    assert months == {str(month) for month in range(1, 13)}
    assert days == {str(day) for day in range(1, 8)}


def test_classes_of_the_tables_are_known():
    for table in ("months", "weekdays", "numbers", "words"):
        assert {row["class"] for row in TABLES[f"calendar/{table}"]} <= set(CLASSES)


def test_holiday_rules_give_days():
    for row in TABLES["calendar/holidays"]:
        assert holiday(row["rule"], 2024), row


def test_zones_are_offsets():
    for row in TABLES["calendar/zones"]:
        assert re.fullmatch(r"|Z|[+-]\d\d:\d\d", row["offset"]), row


@given(
    symbols=st.text("".join(sorted(set("".join(CLASSES.values())))) + "dNy9cI/8-,;'|$(", max_size=8)
)
def test_no_rule_starts_with_a_class_that_may_not_start_one(symbols):
    for first in NEVER_FIRST:
        assert not any(rule.match(first + symbols) for rule in RULES.values())


def test_every_rule_has_a_builder():
    assert set(RULES) == {*BUILDERS, *DAY_BUILDERS}


def test_language_is_added_by_rows():
    tables: dict[str, list[dict[str, str]]] = {
        name: [] for name in TABLES if name.startswith("calendar/")
    } | {
        "calendar/months": [
            {"language": "it", "name": "novembre", "month": "11", "class": "month"}
        ],
    }
    vocabulary = TimeWords.from_tables(tables).vocabulary("it")
    assert tokenize("il 28 novembre", vocabulary).symbols == "_dM"


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        pytest.param("They will meet on Tuesday", FUTURE, id="will"),
        pytest.param("They won't meet on Tuesday", FUTURE, id="won-t"),
        pytest.param("They wouldn't talk on Tuesday", PAST, id="wouldn-t"),
        pytest.param("They won on Tuesday", PAST, id="won"),
        pytest.param("They met on Tuesday", PAST, id="irregular"),
        pytest.param("They talked on Tuesday", PAST, id="ending"),
        pytest.param("It will be signed on Tuesday", FUTURE, id="participle-after-be"),
        pytest.param("They agreed to meet on Tuesday", FUTURE, id="agreed-to-meet"),
        pytest.param("They agreed on Tuesday", PAST, id="agreed"),
        pytest.param("On Tuesday they left", PAST, id="verb-after"),
        pytest.param("It rained. On Tuesday", UNKNOWN, id="other-sentence"),
        pytest.param("In the U.S. it rained on Tuesday", PAST, id="abbreviation"),
        pytest.param("The talks on Tuesday", UNKNOWN, id="no-verb"),
    ],
)
def test_tense_is_that_of_the_nearest_verb(text, tense):
    tokens = tokenize(text, TIMEWORDS.vocabulary("en"))
    at = tokens.words.index("tuesday")
    assert tense_at(tokens, at, at + 1) == tense
