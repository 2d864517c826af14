"""Uncommon forms of dates, one per line, read on Tuesday, November 28, 2023."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from flows.seeds import load_lexicon
from tests.helpers.date_texts import INSTANTS, TEXTS
from transforms.dating.dates import find_dates

TIMEWORDS = load_lexicon().vocabularies
TUESDAY = datetime(2023, 11, 28, 9, 30, tzinfo=UTC)
VALUE = re.compile(
    r"(PAST|PRESENT|FUTURE)_REF|FY\d{4}|\d{2,4}"
    r"|(\d{4}|XXXX)-(\d\d|Q[1-4]|H[12]|SP|SU|FA|WI|W\d\d|W\d\d-WE|WXX-[1-7]|WXX-WE)"
    r"|(\d{4}|XXXX)-(\d\d|XX|WXX)-(\d\d|XX|[1-7])(T(MO|AF|EV|NI|MI|DT))?"
    r"|(\d{4}-\d\d-\d\d|XXXX-(XX-XX|\d\d-\d\d|WXX-[1-7]))T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?"
    r"|P(T?([\d.]+|X)(D|W|M|Q|Y|DE|CE|H|S|TH|TM|TS))+"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In the year 1848 it rained.", {"the year 1848": "1848"}),
        ("Since the 2011 flood (and 1953) they wait.", {"2011": "2011", "1953": "1953"}),
        ("In the 1800s and the 2000s.", {"the 1800s": "18", "the 2000s": "200"}),
        ("In 1200 B.C. and in the fifth century BC.", {}),
        ("In pre-1990 flats it is cold.", {"1990": "1990"}),
        ("It won in London 2012 and in 2019-2020.", {"2012": "2012", "2019": "2019", "2020": "2020"}),
        ("The 2005 fiscal year was good.", {"The 2005 fiscal year": "FY2005"}),
        ("The current fiscal year is bad.", {"The current fiscal year": "FY2023"}),
        ("The financial year is bad.", {"The financial year": "FY2023"}),
        ("In 2021-Q3 and Q1 last year it fell.", {"2021-Q3": "2021-Q3", "Q1 last year": "2022-Q1"}),
        ("The Q2 loss was small.", {"Q2": "2023-Q2"}),
        ("The third quarter last year was good.", {"The third quarter last year": "2022-Q3"}),
        ("The year-earlier third quarter was good.", {"The year-earlier third quarter": "2022-Q3"}),
        ("Profit of the second half was good.", {"the second half": "2023-H2"}),
        ("It fell in the first month of that year, 1999.", {"the first month of that year": "2023-01", "1999": "1999"}),
        ("On the last weekend of March 2024 it opens.", {"the last weekend of March 2024": "2024-W13-WE"}),
        ("It opened on the first day of summer 1999.", {"the first day of summer 1999": "1999-06-01"}),
        ("It opened in the second week of the month.", {"the second week of the month": "2023-W45"}),
        ("Until the spring last year it ran.", {"the spring last year": "2022-SP"}),
        ("It rained that fall, in 1999.", {"that fall": "2023-FA", "1999": "1999"}),
        ("It burned in 1999. The previous winter was mild.", {"1999": "1999", "The previous winter": "1998-WI"}),
        ("This winter will be mild.", {"This winter": "2023-WI"}),
        ("By year-end it will be done, by year-end 2025 paid.", {"year-end": "2023", "year-end 2025": "2025"}),
        ("At the month's end it closed.", {"the month's end": "2023-11"}),
        ("Last March, this May and next June they met.", {"Last March": "2023-03", "this May": "2023-05", "next June": "2024-06"}),
        ("In June of that year, in March last year.", {"June of that year": "2023-06", "March last year": "2022-03"}),
        ("It falls on the 3rd of this month.", {"the 3rd of this month": "2023-11-03"}),
        ("Rent is due on the first of December.", {"the first of December": "2023-12-01"}),
        ("This Monday they met.", {"This Monday": "2023-11-27"}),
        ("This past weekend it snowed.", {"This past weekend": "2023-W47-WE"}),
        ("Weekend trains will run, this weekend too.", {"Weekend": "2023-W48-WE", "this weekend": "2023-W48-WE"}),
        ("Late in the day it fell, later in the month it rose.", {"Late in the day": "2023-11-28", "later in the month": "2023-11"}),
        ("It left the year before.", {"the year before": "2022"}),
        ("It rained the night before.", {"the night before": "2023-11-27TNI"}),
        ("It rained overnight.", {"overnight": "2023-11-28TNI"}),
        ("It rains in the morning.", {"the morning": "2023-11-28TMO"}),
        ("It was 9 May 1945; by that time he was free.", {"9 May 1945": "1945-05-09", "that time": "1945-05-09"}),
        ("It earned 3 million in May, more than in the prior-year month.", {"May": "2023-05", "the prior-year month": "2022-05"}),
        ("In the third quarter it earned more than in the same quarter of 2019.", {"the third quarter": "2023-Q3", "the same quarter of 2019": "2019-Q3"}),
        ("In the third quarter it grew; in the same period it lost.", {"the third quarter": "2023-Q3", "the same period": "2023-Q3"}),
        ("A few weeks ago, years ago, two fortnights ago.", {"A few weeks ago": "PAST_REF", "years ago": "PAST_REF", "two fortnights ago": "2023-W44"}),
        ("A year and a half ago it shut.", {"A year and a half ago": "2022-05"}),
        ("In recent months and in coming weeks.", {"recent months": "PAST_REF", "coming weeks": "FUTURE_REF"}),
        ("In the past it ran.", {"the past": "PAST_REF"}),
        ("It takes three to five years.", {"three to five years": "PXY"}),
        ("A yearlong fast ended.", {"yearlong": "P1Y"}),
        ("It took two years and three months.", {"two years and three months": "P2Y3M"}),
        ("It costs 5 euros per day.", {"per day": "P1D"}),
        ("Every October, every summer, every night and every weekend.",
         {"Every October": "XXXX-10", "every summer": "XXXX-SU", "every night": "XXXX-XX-XXTNI", "every weekend": "XXXX-WXX-WE"}),
        ("It began at 9:05:30 p.m. on Monday.", {"9:05:30 p.m. on Monday": "2023-11-27T21:05:30"}),
        ("It began on Monday night at 10 p.m.", {"Monday night at 10 p.m.": "2023-11-27T22:00"}),
        ("It fell at 0615 GMT.", {"0615 GMT": "2023-11-28T06:15Z"}),
        ("It began at five o'clock.", {"five o'clock": "2023-11-28T05:00"}),
        ("He came on 7/4/23.", {"7/4/23": "2023-07-04"}),
        ("He came on 7/4/58.", {"7/4/58": "1958-07-04"}),
        ("Black Friday and Labor Day 2022.", {"Black Friday": "2023-11-24", "Labor Day 2022": "2022-09-05"}),
        ("Next Christmas they will meet.", {"Next Christmas": "2023-12-25"}),
    ],
)  # fmt: skip
def test_form_has_value(text, expected):
    found = find_dates(text, TIMEWORDS, published_at=TUESDAY)
    assert {mention.text: mention.value for mention in found} == expected


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, published_at=INSTANTS)
def test_values_are_well_formed(text, published_at):
    for mention in find_dates(text, TIMEWORDS, published_at=published_at):
        assert mention.value is None or VALUE.fullmatch(mention.value), mention
