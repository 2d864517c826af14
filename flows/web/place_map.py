"""A small map around a place, drawn without tiles.

The ground is the land in rough outline under a grid of latitude and longitude. Faint dots are the
towns of the gazetteer.
"""

from __future__ import annotations

import csv
import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from markupsafe import Markup

from flows.printable import number, plain
from flows.seeds import seeds_dir
from flows.web.land import Frame, land_within
from flows.web.svg import draw
from flows.web.text_width import shortened, text_width

_SIZES: Final = {"wide": (480, 360), "narrow": (330, 280)}  # pixels
_STEPS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # degrees between the lines of the grid
_LEAST_DEGREES: Final = 4.0  # from the place to the edge of the map
_MOST_DEGREES: Final = 12.0
_MARGIN: Final = 1.25
_MOST_TOWNS: Final = 400  # dots on one map, the largest towns
_LINE: Final = 14  # pixels of a label
_STEEPEST: Final = 0.15  # cosine near the poles: the map stays finite


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A place with coordinates in degrees."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of the world on a map, with the place in its middle."""

    centre: MapPlace
    degrees: float
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Pixels for each degree of latitude."""
        return self.height / (2 * self.degrees)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Return the pixels of a place; degrees of longitude are shorter away from the equator."""
        east = (longitude - self.centre.longitude + 180) % 360 - 180
        x = self.width / 2 + east * self.scale * _shortening(self.centre.latitude)
        return x, self.height / 2 - (latitude - self.centre.latitude) * self.scale

    @property
    def frame(self) -> Frame:
        """What the map shows, in degrees."""
        wide = self.degrees_wide
        middle = self.centre
        return Frame(
            middle.longitude - wide,
            max(middle.latitude - self.degrees, -90),
            middle.longitude + wide,
            min(middle.latitude + self.degrees, 90),
        )

    @property
    def degrees_wide(self) -> float:
        """Degrees of longitude from the place to the side of the map."""
        return self.width / 2 / (self.scale * _shortening(self.centre.latitude))

    def has(self, x: float, y: float) -> bool:
        """Whether a point is on the map."""
        return 0 <= x <= self.width and 0 <= y <= self.height


def draw_place_map(centre: MapPlace, others: Sequence[MapPlace]) -> dict[str, Markup]:
    """Return maps around a place, by width.

    Args:
        centre: The place.
        others: Places that are named with it, the nearest first; the far ones are left out.
    """
    near = [place for place in others if _degrees_between(centre, place) <= _MOST_DEGREES]
    farthest = max((_degrees_between(centre, place) for place in near[:5]), default=0.0)
    degrees = min(max(farthest * _MARGIN, _LEAST_DEGREES), _MOST_DEGREES)
    return {
        kind: Markup(draw("place_map", "map", _chart(_Window(centre, degrees, *size), near)))  # noqa: S704  # escaped XML
        for kind, size in _SIZES.items()
    }


def _degrees_between(one: MapPlace, other: MapPlace) -> float:
    east = abs((other.longitude - one.longitude + 180) % 360 - 180) * _shortening(one.latitude)
    return max(abs(other.latitude - one.latitude), east * 0.75)  # maps are wider than high


def _shortening(latitude: float) -> float:
    return max(math.cos(math.radians(latitude)), _STEEPEST)


def _chart(window: _Window, others: Sequence[MapPlace]) -> dict[str, Any]:
    """Return what the map shows, with positions in pixels."""
    centre = window.centre
    shown = [place for place in others if window.has(*window.at(place.latitude, place.longitude))]
    towns = [
        {"x": x, "y": y}
        for latitude, longitude in _towns()
        if abs(latitude - centre.latitude) <= window.degrees
        for x, y in (window.at(latitude, longitude),)
        if window.has(x, y)
    ][:_MOST_TOWNS]
    names = ", ".join(plain(place.name) for place in shown[:10])
    near = f" Near it: {names}." if names else ""
    return {
        "label": f"Map around {plain(centre.name)}",
        "description": (
            f"{plain(centre.name)} at {_coordinates(centre)}, with"
            f" {number(len(towns), 'town')} of the gazetteer around it.{near}"
        ),
        "width": window.width,
        "height": window.height,
        "land": _land(window),
        "towns": towns,
        "labels": _labels(window, [centre, *shown]),
        **_grid(window),
    }


def _land(window: _Window) -> str:
    """Return the land of a map as one path of whole pixels; empty at sea."""
    frame = window.frame
    across = window.width / (frame.east - frame.west)
    rings = []
    for ring in land_within(frame):
        pixels = [(round((x - frame.west) * across), round(window.at(y, x)[1])) for x, y in ring]
        steps = [
            (x - left, y - upper)
            for (left, upper), (x, y) in pairwise(pixels)
            if (left, upper) != (x, y)
        ]
        if len(steps) > 1:
            rings.append("M{},{}l".format(*pixels[0]) + " ".join(f"{x},{y}" for x, y in steps))
    return "z".join(rings) + "z" if rings else ""


def _coordinates(place: MapPlace) -> str:
    south_north = "N" if place.latitude >= 0 else "S"
    west_east = "E" if place.longitude >= 0 else "W"
    return f"{abs(place.latitude):.2f}° {south_north}, {abs(place.longitude):.2f}° {west_east}"


def _labels(window: _Window, places: Sequence[MapPlace]) -> list[dict[str, Any]]:
    """Return the places with their names; a name that would lie on another one is left out."""
    labels: list[dict[str, Any]] = []
    taken: list[tuple[float, float, float]] = []
    for at, place in enumerate(places):
        x, y = window.at(place.latitude, place.longitude)
        text = shortened(plain(place.name), window.width / 2 - 16)
        width = text_width(text)
        start = x + 8 if x + 8 + width <= window.width else x - 8 - width
        is_free = all(
            abs(y - other_y) > _LINE or start > end or start + width < other
            for other, end, other_y in taken
        )
        if is_free:
            taken.append((start, start + width, y))
        labels.append({
            "x": x, "y": y, "text_x": start, "text": text if is_free else "",
            "title": plain(place.name), "is_centre": at == 0,
        })  # fmt: skip
    return labels


def _grid(window: _Window) -> dict[str, Any]:
    """Return the lines of latitude and longitude with their labels."""
    step = next((one for one in _STEPS if 2 * window.degrees / one <= 5), _STEPS[-1])
    wide = window.degrees_wide
    parallels = [
        {"at": window.at(degree, window.centre.longitude)[1], "text": _degree(degree, "NS")}
        for degree in _multiples(step, window.centre.latitude, window.degrees)
        if abs(degree) <= 90
    ]
    lengthwise = next((one for one in _STEPS if 2 * wide / one <= 6), _STEPS[-1])
    meridians = [
        {
            "at": window.at(window.centre.latitude, degree)[0],
            "text": _degree((degree + 180) % 360 - 180, "EW"),
        }
        for degree in _multiples(lengthwise, window.centre.longitude, min(wide, 179))
    ]
    return {"parallels": parallels, "meridians": meridians}


def _multiples(step: float, centre: float, reach: float) -> list[float]:
    first = math.ceil((centre - reach) / step)
    return [at * step for at in range(first, math.floor((centre + reach) / step) + 1)]


def _degree(value: float, sides: str) -> str:
    side = "" if value == 0 else sides[0] if value > 0 else sides[1]
    return f"{abs(value):g}° {side}".strip()


@functools.cache
def _towns() -> tuple[tuple[float, float], ...]:
    """Return the places of the towns of the gazetteer, the largest first."""
    path = seeds_dir() / "gazetteers" / "cities.csv"
    with path.open(encoding="utf-8", newline="") as file:
        found = sorted(
            (-int(row["population"] or 0), float(row["latitude"]), float(row["longitude"]))
            for row in csv.DictReader(file)
        )
    return tuple((latitude, longitude) for _, latitude, longitude in found)
