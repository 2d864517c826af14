"""The drawing of who published when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from lxml import etree

from flows.web.outlet_times import Form, Mark, draw_outlet_times
from flows.web.time_axis import TimeAxis

SVG = "{http://www.w3.org/2000/svg}"
START = datetime(2024, 6, 3, 7, tzinfo=UTC)
FORMS = {
    "first": Form("diamond", "first"),
    "own": Form("circle", "own text"),
    "copy": Form("square", "copy"),
}


def drawn(*marks, width="wide"):
    found = [
        Mark(outlet=outlet, at=START + timedelta(hours=hours), form=form, text="Flood <b>")
        for outlet, hours, form in marks
    ]
    return etree.fromstring(draw_outlet_times(found, FORMS, label="Articles")[width])


def texts(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


def test_nothing_is_drawn_without_articles():
    assert draw_outlet_times([], FORMS, label="Articles") == {}


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_outlets_are_in_the_order_of_their_first_article(width):
    svg = drawn(
        ("b.example", 5, "own"), ("a.example", 9, "copy"), ("b.example", 0, "first"), width=width
    )
    rows = [text for text in texts(svg) if text.endswith(".example")]
    assert rows == ["b.example", "a.example"]
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert "b.example, 3 Jun 2024, 07:00 UTC: Flood <b>" in titles
    assert "first: 1; own text: 1; copy: 1" in svg.find(f"{SVG}desc").text


def test_later_articles_are_further_right_and_all_are_inside():
    svg = drawn(*((f"{hours}.example", hours, "own") for hours in range(30)))
    places = [float(circle.get("cx")) for circle in svg.iter(f"{SVG}circle") if len(circle)]
    assert places == sorted(places)
    assert len(set(places)) == 30
    assert 0 < places[0] < places[-1] < float(svg.get("width"))


def test_forty_outlets_have_a_row_each():
    svg = drawn(*((f"{at}.example", at, "own") for at in range(40)))
    assert sum(text.endswith(".example") for text in texts(svg)) == 40


def test_more_outlets_share_the_last_row():
    marks = [(f"{at}.example", at, "own") for at in range(100)]
    svg = drawn(*marks, *((f"{at}.example", 200, "copy") for at in range(90, 100)))
    shown = texts(svg)
    assert "61 other outlets" in shown
    assert "0.example" in shown
    assert "99.example" in shown
    assert sum(len(mark) for mark in svg.iter(f"{SVG}circle", f"{SVG}rect")) == 110


@pytest.mark.parametrize(
    ("hours", "labels"),
    [
        pytest.param(0, ["06:00", "07:00", "08:00"], id="one-instant"),
        pytest.param(5, ["07:00", "08:00", "09:00", "10:00", "11:00", "12:00"], id="hours"),
        pytest.param(40, ["12:00", "4 Jun", "12:00"], id="two-days"),
        pytest.param(24 * 5, ["4 Jun", "5 Jun", "6 Jun", "7 Jun", "8 Jun"], id="days"),
        pytest.param(24 * 365 * 40, ["12 Aug 2037", "9 Aug 2051"], id="decades"),
    ],
)
def test_axis_has_readable_labels(hours, labels):
    axis = TimeAxis(START, START + timedelta(hours=hours), left=0, right=380)
    ticks = list(axis.ticks())
    assert [tick.text for tick in ticks] == labels
    assert all(0 <= tick.at <= 380 for tick in ticks)
    assert all(later.at - tick.at >= 50 for tick, later in pairwise(ticks))
