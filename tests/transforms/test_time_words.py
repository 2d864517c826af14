from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.seeds import read_tables, seeds_dir
from transforms.dating.holidays import holiday
from transforms.dating.tense import FUTURE, PAST, UNKNOWN, tense_at
from transforms.dating.time_words import CLASSES, compile_vocabulary
from transforms.dating.timex_grammar import NEVER_FIRST, RULES
from transforms.dating.timex_reader import BUILDERS, DAY_BUILDERS
from transforms.dating.timex_tokens import tokenize
from transforms.languages.by_language import ByLanguage, language_codes, rows_of

TABLES = read_tables(seeds_dir())
VOCABULARIES = ByLanguage(TABLES, compile_vocabulary)
LANGUAGES = [code for code in language_codes(TABLES) if rows_of(TABLES, code, "months")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_every_month_and_weekday(language):
    months = {row["month"] for row in rows_of(TABLES, language, "months")}
    days = {row["weekday"] for row in rows_of(TABLES, language, "weekdays")}
    assert months == {str(month) for month in range(1, 13)}
    assert days == {str(day) for day in range(1, 8)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_classes_of_the_tables_are_known(language):
    for table in ("months", "weekdays", "numbers", "time_words"):
        assert {row["class"] for row in rows_of(TABLES, language, table)} <= set(CLASSES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_holiday_rules_give_days(language):
    for row in rows_of(TABLES, language, "holidays"):
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
        "calendar/zones": [],
        "languages/it/language": [{"name": "Italian", "script": "Latin", "capitals": "names"}],
        "languages/it/months": [{"name": "novembre", "month": "11", "class": "month"}],
    }
    vocabulary = compile_vocabulary(tables, "it")
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
    tokens = tokenize(text, VOCABULARIES.of("en"))
    at = tokens.words.index("tuesday")
    assert tense_at(tokens, at, at + 1) == tense
