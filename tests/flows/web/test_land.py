"""The land under the maps."""

from itertools import pairwise

import pytest

from flows.seeds import seeds_dir
from flows.web.land import Frame, land_within


def is_land(longitude, latitude, frame):
    """Whether a point is inside an odd number of rings."""
    crossings = 0
    for ring in land_within(frame):
        for (x, y), (to_x, to_y) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y > latitude) != (to_y > latitude):
                crossings += longitude < x + (latitude - y) / (to_y - y) * (to_x - x)
    return crossings % 2 == 1


def around(longitude, latitude, degrees=10.0):
    return Frame(longitude - degrees, latitude - degrees, longitude + degrees, latitude + degrees)


@pytest.mark.parametrize(
    ("longitude", "latitude", "expected"),
    [
        pytest.param(2.5, 47.0, True, id="france"),
        pytest.param(-30.0, 45.0, False, id="atlantic"),
        pytest.param(50.5, 42.0, False, id="caspian-sea-is-a-hole"),
        pytest.param(9.0, 40.0, True, id="sardinia"),
        pytest.param(3.0, 56.0, False, id="north-sea"),
        pytest.param(28.0, -29.5, True, id="lesotho-has-no-border"),
        pytest.param(179.0, 67.5, True, id="russia-west-of-the-date-line"),
        pytest.param(-179.0, 67.5, True, id="russia-east-of-the-date-line"),
        pytest.param(181.0, 67.5, True, id="russia-counted-on"),
        pytest.param(-181.0, 67.5, True, id="russia-counted-back"),
        pytest.param(179.0, 0.0, False, id="date-line-at-the-equator"),
        pytest.param(0.0, -85.0, True, id="antarctica"),
        pytest.param(179.0, -75.0, False, id="ross-sea"),
    ],
)
def test_land_and_sea_are_where_they_are(longitude, latitude, expected):
    assert is_land(longitude, latitude, around(longitude, latitude)) is expected


@pytest.mark.parametrize("longitude", [-181.0, -179.0, 0.0, 24.0, 179.5, 181.0])
@pytest.mark.parametrize("latitude", [-80.0, -17.0, 38.0, 66.0])
def test_land_is_cut_at_the_sides(longitude, latitude):
    frame = around(longitude, latitude, 7.0)
    for ring in land_within(frame):
        assert len(ring) >= 3
        for x, y in ring:
            assert frame.west - 1e-9 <= x <= frame.east + 1e-9
            assert frame.south - 1e-9 <= y <= frame.north + 1e-9


def test_no_coast_crosses_a_map_of_the_date_line():
    for ring in land_within(Frame(160, -30, 200, 75)):
        longest = max(abs(x - to_x) for (x, _), (to_x, _) in pairwise(ring))
        assert longest < 10


def test_sea_has_no_land():
    assert land_within(Frame(-40, 30, -32, 36)) == []


def test_whole_world_is_small():
    assert (seeds_dir() / "maps" / "land.txt").stat().st_size < 40_000
    assert len(land_within(Frame(-180, -90, 180, 90))) > 100
