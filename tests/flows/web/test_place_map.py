"""The map around a place."""

import pytest
from lxml import etree

from flows.web.place_map import MapPlace, draw_place_map

SVG = "{http://www.w3.org/2000/svg}"
AVELING = MapPlace("Aveling", 54.5, 18.25)


def drawn(centre, *others, width="wide"):
    return etree.fromstring(draw_place_map(centre, others)[width])


def titled(svg):
    return {
        circle.find(f"{SVG}title").text: (float(circle.get("cx")), float(circle.get("cy")))
        for circle in svg.iter(f"{SVG}circle")
        if len(circle)
    }


def test_place_is_in_the_middle_with_towns_around_it():
    svg = drawn(AVELING)
    assert titled(svg) == {"Aveling": (240, 180)}
    assert sum(not len(circle) for circle in svg.iter(f"{SVG}circle")) > 50
    assert "54.50° N, 18.25° E" in svg.find(f"{SVG}desc").text


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_other_places_are_where_they_lie(width):
    north, east = MapPlace("North", 55.5, 18.25), MapPlace("East", 54.5, 19.25)
    places = titled(drawn(AVELING, north, east, width=width))
    x, y = places["Aveling"]
    assert places["North"][0] == x
    assert places["North"][1] < y
    assert places["East"][1] == y
    assert x < places["East"][0] < x + (y - places["North"][1])  # a degree is shorter there


def test_far_places_are_left_out():
    assert set(titled(drawn(AVELING, MapPlace("Far", -33, 151)))) == {"Aveling"}


def test_map_reaches_the_places_near_it():
    assert set(titled(drawn(AVELING, MapPlace("South", 45.5, 18)))) == {"Aveling", "South"}


@pytest.mark.parametrize(
    ("centre", "other"),
    [
        pytest.param(
            MapPlace("West", -17.0, 179.5), MapPlace("East", -17.0, -179.5), id="date-line"
        ),
        pytest.param(MapPlace("Pole", 90.0, 0.0), MapPlace("Near", 89.0, 0.0), id="pole"),
        pytest.param(MapPlace("Null", 0.0, 0.0), MapPlace("Near", 0.5, -0.5), id="null-island"),
    ],
)
def test_places_at_the_edges_of_the_world_are_drawn(centre, other):
    svg = drawn(centre, other)
    assert set(titled(svg)) == {centre.name, other.name}
    for x, y in titled(svg).values():
        assert 0 <= x <= 480
        assert 0 <= y <= 360


def test_names_do_not_lie_on_each_other():
    crowd = [MapPlace(f"Place {at}", 54.5 + at / 1000, 18.25) for at in range(8)]
    svg = drawn(AVELING, *crowd)
    shown = [
        text.text for text in svg.iter(f"{SVG}text") if text.text and text.text.startswith("Place")
    ]
    assert len(titled(svg)) == 9
    assert not shown


def test_land_is_under_the_places():
    path = drawn(AVELING).find(f"{SVG}path")
    assert path.get("d").startswith("M")
    assert path.get("d").endswith("z")
    assert path.get("stroke") is None
    assert len(path.get("d")) < 5_000


def test_map_at_sea_has_no_land():
    assert drawn(MapPlace("Sea", 35.0, -36.0)).find(f"{SVG}path") is None
