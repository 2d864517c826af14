from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.dating.holidays import holiday
from transforms.dating.timex_values import days_of, period, shift, shift_value, unit_of, value_of

UNITS = st.sampled_from(["D", "W", "WE", "M", "Q", "H", "Y", "DE", "CE"])


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2023-11-28", date(2023, 11, 28), date(2023, 11, 28)),
        ("2023-11-28TMO", date(2023, 11, 28), date(2023, 11, 28)),
        ("2023-11-28T24:00", date(2023, 11, 28), date(2023, 11, 28)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("2023-W48-WE", date(2023, 12, 2), date(2023, 12, 3)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-Q4", date(2023, 10, 1), date(2023, 12, 31)),
        ("2023-H2", date(2023, 7, 1), date(2023, 12, 31)),
        ("2023-WI", date(2023, 12, 1), date(2024, 2, 29)),
        ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("199", date(1990, 1, 1), date(1999, 12, 31)),
        ("18", date(1800, 1, 1), date(1899, 12, 31)),
        ("00", date(1, 1, 1), date(99, 12, 31)),
        ("9999-WI", date(9999, 12, 1), None),
    ],
)
def test_value_spans_its_days(value, first, last):
    days = days_of(value)
    assert days is None if last is None else days == (first, last)


@pytest.mark.parametrize(
    "value",
    [
        "",
        None,
        "P3D",
        "PXM",
        "PAST_REF",
        "FY2007",
        "XXXX-11-28",
        "XXXX-WXX-5",
        "2023-02-30",
        "2023-W60",
        "2023-13",
        "2023-W48-WEE",
        "0000-01-01",
        "2023-11-28X",
    ],
)
def test_other_values_span_no_days(value):
    assert days_of(value) is None


@given(day=st.dates(), unit=UNITS)
def test_day_is_within_the_value_of_each_of_its_units(day, unit):
    value = value_of(day, unit)
    days = days_of(value)
    assert unit_of(value) == unit
    if unit != "WE" and days is not None:
        assert days[0] <= day <= days[1]


@given(day=st.dates(), count=st.integers(-(10**9), 10**9), unit=UNITS)
def test_shift_never_fails(day, count, unit):
    moved = shift(day, count, unit)
    if moved is not None and unit == "D":
        assert moved - day == timedelta(days=count)


def test_shift_keeps_the_end_of_a_month():
    assert shift(date(2023, 1, 31), 1, "M") == date(2023, 2, 28)
    assert shift(date(2024, 2, 29), 1, "Y") == date(2025, 2, 28)
    assert shift(date(9999, 12, 31), 1, "D") is None


def test_shift_value_returns_the_finer_unit():
    assert shift_value("2023-Q1", -1, "Y") == "2022-Q1"
    assert shift_value("2023-11-28", 1, "W") == "2023-12-05"
    assert shift_value("2023", 2, "M") == "2023-03"
    assert shift_value("PAST_REF", 1, "Y") is None


@pytest.mark.parametrize(
    ("amount", "unit", "value"),
    [
        ("3", "D", "P3D"), ("X", "M", "PXM"), ("30", "TM", "PT30M"), ("0.5", "TH", "PT30M"),
        ("0.5", "Y", "P6M"), ("1", "DE", "P10Y"), ("X", "DE", "PXDE"), ("0.5", "CE", "P50Y"),
        ("1", "F", "P2W"), ("X", "F", "PXW"), ("2.5", "Y", "P2.5Y"),
    ],
)  # fmt: skip
def test_durations_have_lengths(amount, unit, value):
    assert period(amount, unit) == value


@pytest.mark.parametrize(
    ("rule", "year", "day"),
    [
        ("12-25", 2023, date(2023, 12, 25)),
        ("easter", 2024, date(2024, 3, 31)),
        ("easter", 2019, date(2019, 4, 21)),
        ("easter", 1961, date(1961, 4, 2)),
        ("easter", 2038, date(2038, 4, 25)),
        ("easter-46", 2024, date(2024, 2, 14)),
        ("11:4:4", 2024, date(2024, 11, 28)),
        ("5:1:-1", 2024, date(2024, 5, 27)),
        ("11:1:1+1", 2024, date(2024, 11, 5)),
        ("2001-09-11", 1950, date(2001, 9, 11)),
        ("02-29", 2023, None),
        ("12-25", 0, None),
        ("easter", 10000, None),
        ("never", 2023, None),
    ],
)
def test_holiday_rules_give_their_days(rule, year, day):
    assert holiday(rule, year) == day
