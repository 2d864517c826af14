from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from flows.seeds import load_lexicon
from transforms.dating.dates import find_dates

TIMEWORDS = load_lexicon().vocabularies
TUESDAY = datetime(2023, 11, 28, 9, 30, tzinfo=UTC)


def mentions(text: str, published_at: datetime | None = TUESDAY, language: str = "en", **options):
    return find_dates(text, TIMEWORDS, published_at=published_at, language=language, **options)


def values(text: str, published_at: datetime | None = TUESDAY, language: str = "en", **options):
    """Return each date expression of `text` with its value."""
    return {m.text: m.value for m in mentions(text, published_at, language, **options)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "It opened on Tuesday, November 28, 2023.",
            {"Tuesday, November 28, 2023": "2023-11-28"},
            id="weekday-month-day-year",
        ),
        pytest.param("It met on 28 Nov. and left.", {"28 Nov": "2023-11-28"}, id="day-month"),
        pytest.param("Born on 3 May 1951.", {"3 May 1951": "1951-05-03"}, id="day-month-year"),
        pytest.param(
            "On the 28th of November it rained.",
            {"the 28th of November": "2023-11-28"},
            id="ordinal-of-month",
        ),
        pytest.param("Dated 2023-11-28.", {"2023-11-28": "2023-11-28"}, id="iso"),
        pytest.param(
            "Shops close Nov. 28-30.",
            {"Nov. 28": "2023-11-28", "30": "2023-11-30"},
            id="range-of-days",
        ),
        pytest.param(
            "It was shut on 3 and 4 November.",
            {"3": "2023-11-03", "4 November": "2023-11-04"},
            id="two-days",
        ),
        pytest.param(
            "It ran between May and July.", {"May": "2023-05", "July": "2023-07"}, id="range-months"
        ),
        pytest.param(
            "It ran from 2019 to 2021.", {"2019": "2019", "2021": "2021"}, id="range-years"
        ),
        pytest.param(
            "It ran from September to December 2014.",
            {"September": "2014-09", "December 2014": "2014-12"},
            id="range-sharing-a-year",
        ),
        pytest.param(
            "From Dec. 28 to Jan. 3, 2020, it was shut.",
            {"Dec. 28": "2019-12-28", "Jan. 3, 2020": "2020-01-03"},
            id="range-over-new-year",
        ),
        pytest.param("It rained in March 1998.", {"March 1998": "1998-03"}, id="month-year"),
        pytest.param("In the 1990s it was new.", {"the 1990s": "199"}, id="decade"),
        pytest.param("In the late '80s it was old.", {"the late '80s": "198"}, id="short-decade"),
        pytest.param("In the 1970's it was red.", {"the 1970's": "197"}, id="possessive-decade"),
        pytest.param("A man of the 19th century.", {"the 19th century": "18"}, id="century"),
        pytest.param(
            "Sales fell in the third quarter.", {"the third quarter": "2023-Q3"}, id="quarter"
        ),
        pytest.param(
            "First-quarter profit of 2022's winner rose.",
            {"First-quarter": "2023-Q1", "2022": "2022"},
            id="adjective-quarter",
        ),
        pytest.param("It lost money in Q3 2021.", {"Q3 2021": "2021-Q3"}, id="quarter-code"),
        pytest.param(
            "Revenue in last year's third quarter fell.",
            {"last year's third quarter": "2022-Q3"},
            id="possessive-quarter",
        ),
        pytest.param(
            "Profit fell in the first half.", {"the first half": "2023-H1"}, id="half-of-accounts"
        ),
        pytest.param("In fiscal 2022 it lost money.", {"fiscal 2022": "FY2022"}, id="fiscal-year"),
        pytest.param(
            "It opened in the summer of 2003.", {"the summer of 2003": "2003-SU"}, id="season"
        ),
        pytest.param(
            "In the first week of February it thawed.",
            {"the first week of February": "2023-W05"},
            id="nth-week",
        ),
        pytest.param(
            "On the last day of 2019 it closed.",
            {"the last day of 2019": "2019-12-31"},
            id="last-day",
        ),
        pytest.param(
            "We met at 10:30 a.m. EST.", {"10:30 a.m. EST": "2023-11-28T10:30-05:00"}, id="zone"
        ),
        pytest.param("It fell at 16:08 UTC.", {"16:08 UTC": "2023-11-28T16:08Z"}, id="utc"),
        pytest.param("It began at 5 o'clock.", {"5 o'clock": "2023-11-28T05:00"}, id="o-clock"),
        pytest.param("It began at noon.", {"noon": "2023-11-28T12:00"}, id="noon"),
        pytest.param(
            "They left on the morning of March 3.",
            {"the morning of March 3": "2023-03-03TMO"},
            id="part-of-a-day",
        ),
        pytest.param(
            "He died on Christmas Eve.", {"Christmas Eve": "2022-12-24"}, id="fixed-holiday"
        ),
        pytest.param(
            "They marched on Easter Monday 2024.", {"Easter Monday 2024": "2024-04-01"}, id="easter"
        ),
        pytest.param("They met on Thanksgiving.", {"Thanksgiving": "2023-11-23"}, id="nth-weekday"),
        pytest.param(
            "He wrote of the Sept. 11 attacks.", {"Sept. 11": "2001-09-11"}, id="day-of-an-event"
        ),
    ],
)
def test_explicit_expression_has_value(text, expected):
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Today we vote.", {"Today": "2023-11-28"}, id="today"),
        pytest.param(
            "It fell the day before yesterday.",
            {"the day before yesterday": "2023-11-26"},
            id="phrase",
        ),
        pytest.param("The trial will open on Thursday.", {"Thursday": "2023-11-30"}, id="coming"),
        pytest.param("The trial opened on Thursday.", {"Thursday": "2023-11-23"}, id="past"),
        pytest.param("Bids close until Friday.", {"Friday": "2023-12-01"}, id="until"),
        pytest.param(
            "Police massed ahead of Friday's vote.", {"Friday": "2023-12-01"}, id="ahead-of"
        ),
        pytest.param("He agreed to talk on Monday.", {"Monday": "2023-12-04"}, id="agreed-to"),
        pytest.param("They agreed on Monday.", {"Monday": "2023-11-27"}, id="agreed"),
        pytest.param(
            "The law will be signed on December 4.",
            {"December 4": "2023-12-04"},
            id="passive-future",
        ),
        pytest.param("Rents rose last week.", {"last week": "2023-W47"}, id="last-week"),
        pytest.param("A summit follows next summer.", {"next summer": "2024-SU"}, id="next-season"),
        pytest.param("It was mild last winter.", {"last winter": "2022-WI"}, id="last-season"),
        pytest.param("She left two weeks ago.", {"two weeks ago": "2023-W46"}, id="weeks-ago"),
        pytest.param("She left five years ago.", {"five years ago": "2018"}, id="years-ago"),
        pytest.param(
            "She left two hours ago.", {"two hours ago": "2023-11-28T07:30"}, id="hours-ago"
        ),
        pytest.param("It ends a year from now.", {"a year from now": "2024"}, id="from-now"),
        pytest.param(
            "He resigned earlier this week.", {"earlier this week": "2023-W48"}, id="modifier"
        ),
        pytest.param(
            "It shuts at the end of the year.", {"the end of the year": "2023"}, id="end-of"
        ),
        pytest.param("They met last Monday.", {"last Monday": "2023-11-27"}, id="last-weekday"),
        pytest.param("They meet next Friday.", {"next Friday": "2023-12-01"}, id="next-weekday"),
        pytest.param(
            "It fell on Monday last week.", {"Monday last week": "2023-11-20"}, id="weekday-of-week"
        ),
        pytest.param("It snowed over the weekend.", {"the weekend": "2023-W47-WE"}, id="weekend"),
        pytest.param("He spoke on Monday night.", {"Monday night": "2023-11-27TNI"}, id="night"),
        pytest.param("He spoke last night.", {"last night": "2023-11-27TNI"}, id="last-night"),
        pytest.param("It has recently grown.", {"recently": "PAST_REF"}, id="recently"),
        pytest.param("It is now closed.", {"now": "PRESENT_REF"}, id="now"),
        pytest.param("Think of the future.", {"the future": "FUTURE_REF"}, id="future"),
    ],
)
def test_relative_expression_counts_from_the_publication(text, expected):
    assert values(text) == expected


@pytest.mark.parametrize(
    ("text", "expression", "value"),
    [
        pytest.param("It burned on 3 May 2011. The following day it rained.", "The following day", "2011-05-04", id="following"),
        pytest.param("It burned on 3 May 2011, a week later than the inn.", "a week later", "2011-05-10", id="later"),
        pytest.param("It earned 3 million in the third quarter, and 2 million a year earlier.", "a year earlier", "2022-Q3", id="quarter-year-earlier"),
        pytest.param("Sales rose in January, compared to the same month a year ago.", "the same month a year ago", "2022-01", id="same-month"),
        pytest.param("He came in 1951 and left three years later.", "three years later", "1954", id="years-later"),
        pytest.param("In June 1999 it opened; that year two more did.", "that year", "1999", id="that-year"),
        pytest.param("It fell at 9:40 p.m. on Monday, and 30 minutes later again.", "30 minutes later", "2023-11-27T22:10", id="minutes-later"),
        pytest.param("The next day, on Wednesday, it snowed.", "Wednesday", "2023-11-29", id="weekday-of-the-day-just-named"),
    ],
)  # fmt: skip
def test_narrative_expression_counts_from_the_last_named_date(text, expression, value):
    found = {m.text: m for m in mentions(text)}
    assert found[expression].value == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("They talked for three days.", ("three days", "DURATION", "P3D"), id="days"),
        pytest.param("It took several months.", ("several months", "DURATION", "PXM"), id="several"),
        pytest.param("A year is long.", ("A year", "DURATION", "P1Y"), id="a-year"),
        pytest.param("It cost $3 million a year.", ("a year", "SET", "P1Y"), id="rate"),
        pytest.param("They play twice a week.", ("twice a week", "SET", "P1W"), id="twice"),
        pytest.param("It took two and a half years.", ("two and a half years", "DURATION", "P2.5Y"), id="halves"),
        pytest.param("A three-day fair ended.", ("three-day", "DURATION", "P3D"), id="adjective"),
        pytest.param("It took at least 30 minutes.", ("at least 30 minutes", "DURATION", "PT30M"), id="at-least"),
        pytest.param("Over the past decade it grew.", ("the past decade", "DURATION", "P10Y"), id="past-decade"),
        pytest.param("Over the last year it grew.", ("the last year", "DURATION", "P1Y"), id="last-year-long"),
        pytest.param("It grew in the past nine days.", ("the past nine days", "DURATION", "P9D"), id="past-days"),
        pytest.param("It rained for weeks.", ("weeks", "DURATION", "PXW"), id="weeks"),
        pytest.param("It meets every Friday.", ("every Friday", "SET", "XXXX-WXX-5"), id="every-weekday"),
        pytest.param("It meets on Saturday nights.", ("Saturday nights", "SET", "XXXX-WXX-6TNI"), id="weekday-nights"),
        pytest.param("It meets on Mondays.", ("Mondays", "SET", "XXXX-WXX-1"), id="weekdays"),
        pytest.param("It meets every two weeks.", ("every two weeks", "SET", "P2W"), id="every-two"),
        pytest.param("Its annual report is out.", ("annual", "SET", "P1Y"), id="annual"),
    ],
)  # fmt: skip
def test_durations_and_sets_have_values(text, expected):
    assert [(m.text, m.type, m.value) for m in mentions(text)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The 28-year-old won 3-2, 6-4 and paid $2000.", id="age-score-price"),
        pytest.param("He is 28 years old and she is 3 months of age.", id="ages"),
        pytest.param("Theresa May and April Ryan read the Sunday Times.", id="names"),
        pytest.param("By April Ryan. Mrs. May said May would stay.", id="names-of-months"),
        pytest.param("Flight 1989 ran version 10.15.7 of Windows 2000.", id="flight-version"),
        pytest.param("He may march on; prices fall and springs dry up.", id="verbs"),
        pytest.param("Some 2000 people came to room 1984.", id="counts"),
        pytest.param("He scored in the second half of the match.", id="half-of-a-match"),
        pytest.param("Three quarters of voters agreed.", id="fractions"),
        pytest.param("Soon after the vote the now-closed inn burned for two nights.", id="adverbs"),
        pytest.param("The minutes of the meeting are out.", id="minutes"),
        pytest.param("The server at 10.2.3.4 sent 1.2.2023.7.", id="addresses"),
    ],
)  # fmt: skip
def test_other_numbers_and_names_are_not_dates(text):
    assert values(text) == {}


@pytest.mark.parametrize(
    ("options", "value"),
    [
        pytest.param({}, "2023-04-07", id="english-month-first"),
        pytest.param({"country": "GB"}, "2023-07-04", id="britain-day-first"),
        pytest.param({"language": "fr"}, "2023-07-04", id="french-day-first"),
        pytest.param(
            {"language": "fr", "country": "US"}, "2023-04-07", id="country-before-language"
        ),
    ],
)
def test_order_of_day_and_month_follows_country_and_language(options, value):
    assert values("4/7/2023", **options) == {"4/7/2023": value}


def test_numbers_that_fit_only_one_order_are_read_in_it():
    assert values("28/11/2023") == {"28/11/2023": "2023-11-28"}
    assert values("11/28/2023", country="GB") == {"11/28/2023": "2023-11-28"}


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Am Dienstag, 28. November 2023, tagte er.", {"Dienstag, 28. November 2023": "2023-11-28"}),
        ("de", "Seit dem 28.11.2023 gilt es.", {"28.11.2023": "2023-11-28"}),
        ("fr", "Il a parlé mardi 28 novembre.", {"mardi 28 novembre": "2023-11-28"}),
        ("es", "Habló el lunes en la sede.", {"lunes": "2023-11-27"}),
        ("uk", "Про це сказали у п’ятницю, 24 листопада.", {"п’ятницю, 24 листопада": "2023-11-24"}),
        ("xx", "Tuesday 2023-11-28", {"2023-11-28": "2023-11-28"}),
    ],
)  # fmt: skip
def test_dates_in_other_languages_have_values(language, text, expected):
    assert values(text, language=language) == expected


def test_publication_day_is_in_the_time_zone_of_the_source():
    late = datetime(2023, 11, 28, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert values("Today", published_at=late) == {"Today": "2023-11-28"}


def test_without_publication_relative_expressions_have_no_days():
    found = mentions("Today and on Tuesday, last week, in March.", published_at=None)
    assert [m.starts_on for m in found] == [None] * 4
    assert [m.value for m in found] == [None, "XXXX-WXX-2", None, "XXXX-03"]


def test_days_and_anchor_are_returned_for_sql():
    explicit, relative = mentions("From 3 May 2021 until next summer.")
    assert (explicit.starts_on, explicit.ends_on) == (date(2021, 5, 3), date(2021, 5, 3))
    assert (relative.starts_on, relative.ends_on) == (date(2024, 6, 1), date(2024, 8, 31))
    assert (explicit.anchor, relative.anchor) == ("explicit", "published")


def test_dates_relative_to_an_inferred_day_are_not_more_certain():
    sure = mentions("On 3 May 2021, last week, for two days.")
    doubted = mentions("On 3 May 2021, last week, for two days.", published_confidence=0.5)
    assert [m.confidence for m in doubted] == [
        sure[0].confidence,
        round(sure[1].confidence * 0.5, 3),
        sure[2].confidence,
    ]


def test_offsets_count_code_points():
    text = "İzmir 🎉 wählte am Dienstag."
    (mention,) = mentions(text, language="de")
    assert text[mention.start : mention.end] == mention.text == "Dienstag"
