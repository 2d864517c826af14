"""Expressions of agency reports and company news, read on Friday, October 27, 1989."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from flows.seeds import load_lexicon
from transforms.dating.dates import find_dates

TIMEWORDS = load_lexicon().vocabularies
FRIDAY = datetime(1989, 10, 27, 9, 30, tzinfo=UTC)


def found_in(text: str, published_at: datetime = FRIDAY):
    return find_dates(text, TIMEWORDS, published_at=published_at)


def pairs(text: str, published_at: datetime = FRIDAY):
    return [(mention.text, mention.value) for mention in found_in(text, published_at)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Third-quarter net rose from $7 million a year earlier. Sales rose from $4 million a year earlier.",
            [("Third-quarter", "1989-Q3"), ("a year earlier", "1988-Q3"), ("a year earlier", "1988-Q3")],
        ),
        (
            "Net for the quarter was $9 million. The year-earlier loss was $2 million.",
            [("the quarter", "1989-Q3"), ("year-earlier", "1988-Q3")],
        ),
        ("A year-ago gain of $2 million helped.", [("year-ago", "1988")]),
        (
            "In the third quarter it earned more than in the 1988 quarter.",
            [("the third quarter", "1989-Q3"), ("the 1988 quarter", "1988-Q3")],
        ),
        (
            "In the third quarter it earned more than in the comparable period.",
            [("the third quarter", "1989-Q3"), ("the comparable period", "1988-Q3")],
        ),
        ("He moved here a year ago.", [("a year ago", "1988")]),
        ("In May he said that a year ago he was poor.", [("May", "1989-05"), ("a year ago", "1988")]),
        ("Its fourth fiscal quarter was weak.", [("fourth fiscal quarter", "1988-Q4")]),
        ("Sales rose in FY 1988.", [("FY 1988", "FY1988")]),
        ("It expects growth this year and next.", [("this year", "1989"), ("next", "1990")]),
        ("It was quiet this week and last.", [("this week", "1989-W43"), ("last", "1989-W42")]),
        ("In 1988's first nine months it grew.", [("1988's first nine months", "P9M")]),
        ("The final quarter of 1988 was bad.", [("The final quarter of 1988", "1988-Q4")]),
        ("Gold for February delivery rose.", [("February", "1990-02")]),
        ("The dividend, declared Monday, is payable Dec. 20.", [("Monday", "1989-10-23"), ("Dec. 20", "1989-12-20")]),
        ("The meeting was postponed to Nov. 9.", [("Nov. 9", "1989-11-09")]),
        ("The Oct. 2 deadline has passed.", [("Oct. 2", "1989-10-02")]),
        ("Bonds due 1996 fell.", [("1996", "1996")]),
        ("Its 1988 results and the brief 1987 boom.", [("1988", "1988"), ("1987", "1987")]),
        ("A crowd of 2000 registered voters came to their 2000 farms.", [("2000", "2000")]),
        ("It will stay until 1992 or even 1993, with 2000 or more cows.", [("1992", "1992"), ("1993", "1993")]),
        ("1987 was a bad year.", [("1987", "1987")]),
        ("It fell as recently as 1985, as long ago as 1960.", [("1985", "1985"), ("1960", "1960")]),
        ("Figures for September, which will show a rise, are late.", [("September", "1989-09")]),
        ("At the end of the decade, and at the turn of the century.",
         [("the end of the decade", "198"), ("the turn of the century", "19")]),
        ("It is cold in mid-year, by midyear, but mild in mid-1990.", [("mid-year", "1989"), ("midyear", "1989"), ("mid-1990", "1990")]),
        ("Ruiz scored in the fourth quarter.", []),
        ("It shut on Aug. 7 last year, on 3 May last year and on July 17 last week.",
         [("Aug. 7 last year", "1988-08-07"), ("3 May last year", "1988-05-03"), ("July 17", "1989-07-17"), ("last week", "1989-W42")]),
        ("For the quarter ended Dec. 31, 1988, it lost money.", [("the quarter", "1988-Q4"), ("Dec. 31, 1988", "1988-12-31")]),
        ("For the week ended Oct. 20 it rose.", [("the week", "1989-W42"), ("Oct. 20", "1989-10-20")]),
        ("Profit fell in the first and second quarters of 1988.",
         [("the first", "1988-Q1"), ("second quarters of 1988", "1988-Q2")]),
        ("First- and second-quarter profit fell.", [("First", "1989-Q1"), ("second-quarter", "1989-Q2")]),
        ("It was wet the week before last and the winter before last.",
         [("the week before last", "1989-W41"), ("the winter before last", "1987-WI")]),
        ("It will be dry this coming summer and the coming weekend.",
         [("this coming summer", "1990-SU"), ("the coming weekend", "1989-W43-WE")]),
        ("It lasted a full year, a two-year-long fight.", [("a full year", "P1Y"), ("two-year-long", "P2Y")]),
        ("He is in his early 30s.", []),
        ("On the last day of the talks it was the last week of March.", [("the last week of March", "1989-W13")]),
        ("Sales to date are low, as they were since Friday.", [("Friday", "1989-10-27")]),
        ("The board meets Tuesday.", [("Tuesday", "1989-10-31")]),
        ("Net fell in the third quarter. In the 1988 nine months and the same 1988 period, it rose.",
         [("the third quarter", "1989-Q3"), ("the 1988 nine months", "P9M"), ("1988 period", "1988-Q3")]),
        ("The quarter included a loss.", [("The quarter", "1989-Q3")]),
        ("The quarter mile was slow.", []),
        ("Rents rose in the third quarter, after 2 percent in the second.",
         [("the third quarter", "1989-Q3"), ("the second", "1989-Q2")]),
        ("In 1986, it earned money in the first quarter, in May and on July 3. In May it shut.",
         [("1986", "1986"), ("the first quarter", "1986-Q1"), ("May", "1986-05"), ("July 3", "1986-07-03"), ("May", "1989-05")]),
        ("The shop, opened in 1986, closed in May.", [("1986", "1986"), ("May", "1989-05")]),
        ("It closed in May. 1986 was better.", [("May", "1989-05"), ("1986", "1986")]),
        ("It fell below the same week one year ago.", [("the same week one year ago", "1988-W42")]),
        ("She is Baker of the Year, he sings on the Tonight Show.", []),
        ("Note: May offer help. It closed in May.", [("May", "1989-05")]),
        ("It is a sign that five years later he won.", [("five years later", "1994")]),
        ("In the April-June quarter and the July-to-September period of 1988 it grew.",
         [("the April-June quarter", "1989-Q2"), ("the July-to-September period of 1988", "1988-Q3")]),
        ("In the June quarter it grew.", [("the June quarter", "1989-Q2")]),
        ("A full-year loss after a last-minute deal.", [("full-year", "1989")]),
        ("It pays every few years, or every third day.", [("every few years", "PXY"), ("every third day", "P3D")]),
    ],
)  # fmt: skip
def test_expression_of_company_news_has_value(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It took 2 1/2 years.", [("2 1/2 years", "P2.5Y")]),
        ("It took two-and-a-half years.", [("two-and-a-half years", "P2.5Y")]),
        ("It took a half hour.", [("a half hour", "PT30M")]),
        ("It took a quarter of a century.", [("a quarter of a century", "P25Y")]),
        ("It was built a quarter-century ago.", [("a quarter-century ago", "1964")]),
        ("It took two or three days.", [("two or three days", "PXD")]),
        ("It took between two and three years.", [("two and three years", "PXY")]),
        ("It took a week or two.", [("a week or two", "PXW")]),
        ("He came three or four months ago.", [("three or four months ago", "PAST_REF")]),
        ("They got six and nine months.", [("six", "P6M"), ("nine months", "P9M")]),
        ("30- and 60-day loans cost more.", [("30", "P30D"), ("60-day", "P60D")]),
        ("It runs 24 hours a day, seven days a week.",
         [("24 hours", "PT24H"), ("a day", "P1D"), ("seven days", "P7D"), ("a week", "P1W")]),
        ("It took five hours and ten minutes.", [("five hours and ten minutes", "PT5H10M")]),
        ("It took two hours or six hours.", [("two hours", "PT2H"), ("six hours", "PT6H")]),
        ("It rained all day.", [("all day", "P1D")]),
        ("A semiannual fee.", [("semiannual", "P6M")]),
        ("She would one day own it.", [("one day", "FUTURE_REF")]),
        ("She left not long ago. In those days she sang.", [("not long ago", "PAST_REF"), ("those days", "PAST_REF")]),
        ("“Now Brindle may go,” she wrote in Current Affairs.", [("Now", "PRESENT_REF")]),
    ],
)  # fmt: skip
def test_length_or_vague_time_has_value(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rang at seven this morning.", [("seven this morning", "1989-10-27T07:00")]),
        ("It starts at 10 tonight.", [("10 tonight", "1989-10-27T22:00")]),
        ("It began at 2 o'clock this afternoon.", [("2 o'clock this afternoon", "1989-10-27T14:00")]),
        ("The storm killed 10 yesterday.", [("yesterday", "1989-10-26")]),
        ("It was open from 10 a.m. to 4 p.m. on Tuesday.",
         [("10 a.m.", "1989-10-24T10:00"), ("4 p.m. on Tuesday", "1989-10-24T16:00")]),
        ("It burned at dawn.", [("dawn", "1989-10-27TMO")]),
        ("It fell in early afternoon trading, and by mid-morning in Rome.",
         [("early afternoon", "1989-10-27TAF"), ("mid-morning", "1989-10-27TMO")]),
        ("It rang in the middle of the night.", [("the middle of the night", "1989-10-27TNI")]),
        ("It is noisy in the evening hours.", [("the evening hours", "1989-10-27TEV")]),
        ("The doors of the hall open at 10 a.m. IST on 6 November 1989.",
         [("10 a.m. IST on 6 November 1989", "1989-11-06T10:00")]),
        ("The vote was Tuesday.\n9:05 p.m. The count begins.",
         [("Tuesday", "1989-10-24"), ("9:05 p.m.", "1989-10-27T21:05")]),
    ],
)  # fmt: skip
def test_time_of_day_has_value(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is open on 3, 4 and 5 November.", [("3", "1989-11-03"), ("4", "1989-11-04"), ("5 November", "1989-11-05")]),
        ("From January through September it ran.", [("January", "1989-01"), ("September", "1989-09")]),
        ("It will run from November to March.", [("November", "1989-11"), ("March", "1990-03")]),
        ("It ran between 3 and 7 June.", [("3", "1989-06-03"), ("7 June", "1989-06-07")]),
        ("It ran May 3, 4 and 5, 1988.", [("May 3", "1988-05-03"), ("4", "1988-05-04"), ("5, 1988", "1988-05-05")]),
        ("It ran from June 3 to 7.", [("June 3", "1989-06-03"), ("7", "1989-06-07")]),
        ("On May 3 and 4 people fell.", [("May 3", "1989-05-03")]),
        ("It ran from 30 December to 2 January 1988.", [("30 December", "1987-12-30"), ("2 January 1988", "1988-01-02")]),
        ("It ran from 30 April until 2 May 1988.", [("30 April", "1988-04-30"), ("2 May 1988", "1988-05-02")]),
        ("It fell on Monday. May 3 was calm.", [("Monday", "1989-10-23"), ("May 3", "1989-05-03")]),
    ],
)  # fmt: skip
def test_days_that_share_a_month_or_year_are_read_one_by_one(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The vote is Tuesday.", [("Tuesday", "1989-10-31")]),
        ("It is Tuesday's second fire.", [("Tuesday", "1989-10-24")]),
        ("Holm could not be reached Tuesday.", [("Tuesday", "1989-10-24")]),
        ("Holm could be free by Tuesday.", [("Tuesday", "1989-10-31")]),
        ("It met on the first Monday in September.", [("the first Monday in September", "1989-09-04")]),
        ("It met on the last Friday of May 1987.", [("the last Friday of May 1987", "1987-05-29")]),
        ("It fell on the fifth Friday of June 1987, or on July Fourth.",
         [("Friday", "1989-10-27"), ("June 1987", "1987-06"), ("July Fourth", "1989-07-04")]),
        ("The funerals are on Monday.", [("Monday", "1989-10-30")]),
        ("The match was Saturday; another is Sunday.", [("Saturday", "1989-10-21"), ("Sunday", "1989-10-29")]),
        ("The talks will resume Monday. Monday's talks are the first in a month.",
         [("Monday", "1989-10-30"), ("Monday", "1989-10-30"), ("a month", "P1M")]),
        ("On Wednesday, Mr. Holm resigned.", [("Wednesday", "1989-10-25")]),
        ("He lost to Brindle on Tuesday.", [("Tuesday", "1989-10-24")]),
        ("The fire spread to huts on Tuesday.", [("Tuesday", "1989-10-24")]),
        ("The board is meeting Tuesday.", [("Tuesday", "1989-10-31")]),
        ("At a meeting Tuesday, nothing happened.", [("Tuesday", "1989-10-24")]),
        ("Will Brandt sang Tuesday.", [("Tuesday", "1989-10-24")]),
        ("Following Tuesday's storm the road is shut.", [("Tuesday", "1989-10-24")]),
        ("It burned on Oct. 3. The following Monday he left.",
         [("Oct. 3", "1989-10-03"), ("The following Monday", "1989-10-09")]),
        ("He won an unlimited right that will lapse Monday.", [("Monday", "1989-10-30")]),
        ("It runs between now and March 7.", [("now", "PRESENT_REF"), ("March 7", "1990-03-07")]),
        ("The choir sang at Christmas.", [("Christmas", "1988-12-25")]),
        ("The choir and Christmas.", [("Christmas", "1989-12-25")]),
    ],
)  # fmt: skip
def test_verb_or_predicate_tells_which_day(text, expected):
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The tax is due 15 January.", "1990-01-15"),
        ("The tax was due 15 September.", "1989-09-15"),
        ("The tax is due Oct. 20.", "1989-10-20"),
        ("He was last seen Nov. 9.", "1989-11-09"),
        ("He left on March 4.", "1989-03-04"),
    ],
)
def test_day_without_year_is_not_far_away(text, value):
    assert [mention.value for mention in found_in(text)] == [value]


def test_part_of_a_month_has_its_days_and_the_month_its_own_row():
    part, month = found_in("It rained on the last five days of May 1987.")
    assert (part.text, part.value) == ("the last five days of May 1987", "P5D")
    assert (part.starts_on, part.ends_on) == (date(1987, 5, 27), date(1987, 5, 31))
    assert (month.text, month.value) == ("May 1987", "1987-05")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("The first ten days of July 1987.", (date(1987, 7, 1), date(1987, 7, 10))),
        ("The first nine months of 1988.", (date(1988, 1, 1), date(1988, 9, 30))),
        ("The final three months of 1988.", (date(1988, 10, 1), date(1988, 12, 31))),
        ("The first forty days of June 1987.", (None, None)),
        ("The second ten days of June 1987.", (None, None)),
    ],
)
def test_days_of_a_part_of_a_period(text, days):
    part = found_in(text)[0]
    assert part.type == "DURATION"
    assert (part.starts_on, part.ends_on) == days
