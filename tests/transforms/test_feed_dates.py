from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.feed_builders import NOW, WORDS
from transforms.feeds.feed_dates import read_feed_date


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Mon, 06 May 2024 09:30:15 GMT", "2024-05-06T09:30:15"),
        ("Mon, 6 May 2024 9:30:15 +0200", "2024-05-06T07:30:15"),
        ("06 May 2024 09:30:15 EST", "2024-05-06T14:30:15"),
        ("Mon, 06 May 24 09:30 GMT", "2024-05-06T09:30:00"),
        ("Mon, 06 May 99 09:30:00 GMT", "1999-05-06T09:30:00"),
        ("Monday, 06 May 2024 09:30:15 GMT", "2024-05-06T09:30:15"),
        ("Wed, 06 May 2024 09:30:15 GMT", "2024-05-06T09:30:15"),
        ("Mon,06 May 2024 09:30:15 GMT", "2024-05-06T09:30:15"),
        ("Mon May  6 09:30:15 2024", "2024-05-06T09:30:15"),
        ("Mon May 6 09:30:15 UTC 2024", "2024-05-06T09:30:15"),
        ("Mon, 06-May-24 09:30:15 GMT", "2024-05-06T09:30:15"),
        ("Mon, 06 May 2024 09:30:15 GMT+2", "2024-05-06T07:30:15"),
        ("Mon, 06 May 2024 09:30:60 GMT", "2024-05-06T09:30:59"),
        ("Sun, 05 May 2024 24:00:00 GMT", "2024-05-06T00:00:00"),
        ("May 6, 2024 9:30 PM", "2024-05-06T21:30:00"),
        ("May 6, 2024, 12:15 a.m.", "2024-05-06T00:15:00"),
        ("6th May 2024 09:30", "2024-05-06T09:30:00"),
        ("2024-05-06T09:30:15Z", "2024-05-06T09:30:15"),
        ("2024-05-06T09:30:15.123456+02:00", "2024-05-06T07:30:15"),
        ("2024-05-06T09:30:15-0700", "2024-05-06T16:30:15"),
        ("2024-05-06T09:30Z", "2024-05-06T09:30:00"),
        ("2024-05-06 09:30:15", "2024-05-06T09:30:15"),
        ("20240506T093015Z", "2024-05-06T09:30:15"),
        ("20240506093015", "2024-05-06T09:30:15"),
        ("2024/05/06 15:07", "2024-05-06T15:07:00"),
        ("2016/6/29 15:07", "2016-06-29T15:07:00"),
        ("29.06.2016 15:07", "2016-06-29T15:07:00"),
        ("29/06/2016 15:07", "2016-06-29T15:07:00"),
        ("06/29/2016 15:07", "2016-06-29T15:07:00"),
        ("05/05/2024", "2024-05-05T00:00:00"),
        ("Mo, 06 Mai 2024 09:30:15 +0200", "2024-05-06T07:30:15"),
        ("Di, 28 März 2023 14:05 MEZ", "2023-03-28T13:05:00"),
        ("lun., 06 mai 2024 09:30:15 +0000", "2024-05-06T09:30:15"),
        ("mar., 28 nov. 2023 14:05:00 +0100", "2023-11-28T13:05:00"),
        ("6 de mayo de 2024 09:30", "2024-05-06T09:30:00"),
        ("Пн, 06 мая 2024 09:30:15 +0300", "2024-05-06T06:30:15"),
        ("2024年5月6日 09:30", "2024-05-06T09:30:00"),
        ("1858-03-04", "1858-03-04T00:00:00"),
        ("Mon, 06 May 2024 01:30:00 MEST", "2024-05-05T23:30:00"),
        ("Mon, 06 May 2024 01:30:00 ART", "2024-05-06T04:30:00"),
        ("Mon, 06 May 2024 01:30:00 PMST", "2024-05-06T04:30:00"),
        ("Mon, 06 May 2024 01:30:00 WEST", "2024-05-06T00:30:00"),
    ],
)
def test_date_is_read(raw: str, expected: str) -> None:
    date = read_feed_date(raw, WORDS, now=NOW)
    assert date.at is not None
    assert date.at.replace(tzinfo=None).isoformat() == expected
    assert date.at.tzinfo == UTC


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        ("yesterday", "bad_date"),
        ("05/06/2024", "bad_date"),
        ("05.06.24", "bad_date"),
        ("2024", "bad_date"),
        ("2024-05", "bad_date"),
        ("31 Feb 2024 09:00:00 GMT", "bad_date"),
        ("Mon, 06 May 2024 25:30:00 GMT", "bad_date"),
        ("Mon, 06 May 2024 09:61:00 GMT", "bad_date"),
        ("Mon, 06 May 2024 09:30:15 +9900", "bad_date"),
        ("99999-05-06", "bad_date"),
        ("6 May or 7 June 2024", "bad_date"),
        ("x" * 10_000, "bad_date"),
        ("0001-01-01T00:00:00Z", "absurd_date"),
        ("1111-11-11T11:11:11Z", "absurd_date"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "absurd_date"),
        ("2099-01-01T00:00:00Z", "future_date"),
        ("Fri, 31 Dec 9999 23:59:59 -1200", "absurd_date"),
    ],
)
def test_text_that_is_not_a_date_is_refused(raw: str, flag: str) -> None:
    date = read_feed_date(raw, WORDS, now=NOW)
    assert date.at is None
    assert date.precision is None
    assert date.flags == (flag,)


def test_empty_string_is_not_flagged() -> None:
    assert read_feed_date("  ", WORDS, now=NOW).flags == ()


@pytest.mark.parametrize(
    ("raw", "precision"),
    [("2024-05-06", "day"), ("2024-05-06T09:30Z", "minute"), ("2024-05-06T09:30:15Z", "second")],
)
def test_precision_is_as_stated(raw: str, precision: str) -> None:
    assert read_feed_date(raw, WORDS, now=NOW).precision == precision


def test_date_slightly_in_the_future_is_kept_and_flagged() -> None:
    date = read_feed_date("2024-05-07T09:30:00Z", WORDS, now=NOW)
    assert date.at == datetime(2024, 5, 7, 9, 30, tzinfo=UTC)
    assert date.flags == ("future_date",)


@pytest.mark.parametrize("zone", ["IST", "XQZT"])
def test_unknown_or_ambiguous_zone_only_gives_the_day(zone: str) -> None:
    date = read_feed_date(f"Mon, 06 May 2024 08:30:00 {zone}", WORDS, now=NOW)
    assert date.at == datetime(2024, 5, 6, tzinfo=UTC)
    assert (date.precision, date.flags) == ("day", ("zone_assumed",))


def test_missing_zone_is_flagged() -> None:
    assert read_feed_date("2024-05-06T09:30:00", WORDS, now=NOW).flags == ("zone_assumed",)
    assert read_feed_date("2024-05-06", WORDS, now=NOW).flags == ()


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_local_zone_does_not_matter(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    date = read_feed_date("Mon, 06 May 2024 09:30:15 -0400", WORDS, now=NOW)
    assert date.at == datetime(2024, 5, 6, 13, 30, 15, tzinfo=UTC)


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["Mon,", "6", "May", "2024", "09:30:15", "GMT", "+0200", "2024-05-06", "T", "Z", "pm"]
        ),
        st.text(max_size=8),
    ),
    max_size=8,
)


@given(PIECES)
def test_reader_survives_any_string(pieces: list[str]) -> None:
    date = read_feed_date(" ".join(pieces), WORDS, now=NOW)
    assert (date.at is None) == (date.precision is None)


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2024, 5, 6)))  # noqa: DTZ001
def test_iso_and_mail_forms_agree(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    mail = moment.strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert read_feed_date(moment.isoformat(), WORDS, now=NOW).at == moment
    assert read_feed_date(mail, WORDS, now=NOW).at == moment


@given(
    st.sampled_from(["", "Mon, ", "Mar, "]),
    st.sampled_from(["6 May 2024", "31 Feb 2024", "06 Xyz 2024", "30 Jun 1889"]),
    st.sampled_from(["09:30:15", "24:00:00", "23:59:60", "25:00:00"]),
    st.sampled_from(["GMT", "+0200", "-1430", "+1500", "+0160"]),
)
def test_standard_form_reads_like_any_other(weekday: str, day: str, clock: str, zone: str) -> None:
    # a full stop after the weekday or the month skips the fast path
    standard = read_feed_date(f"{weekday}{day} {clock} {zone}", WORDS, now=NOW)
    other = read_feed_date(f"{weekday}{day}. {clock} {zone}", WORDS, now=NOW)
    assert standard == other
