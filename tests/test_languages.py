"""The folders of the languages: each has a profile, and tables with the columns that are read."""

import csv
import re
import shutil
import tomllib

import pytest

from flows.errors import SeedError
from flows.languages import check_languages, support_lines, supported_languages
from flows.seeds import load_lexicon, read_tables, seeds_dir
from transforms.dating.holidays import holiday
from transforms.dating.time_words import CLASSES
from transforms.languages.by_language import language_codes, rows_of
from transforms.languages.profile import Profile
from transforms.naming.mentions import find_mentions
from transforms.quoting.speech import CLASS_BITS

TABLES = read_tables(seeds_dir())
LANGUAGES = language_codes(TABLES)
FIRST = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk")
COLUMNS = {
    "abbreviations": ["abbreviation"],
    "capital_words": ["abbreviation"],
    "common_words": ["word"],
    "cues": ["cue", "present", "past", "participle", "reported", "frames", "act", "object_act"],
    "demonyms": ["demonym", "country"],
    "endings": ["ending", "kind", "forms"],
    "given_names": ["name", "gender"],
    "heads": ["head", "kind", "position"],
    "holidays": ["name", "rule"],
    "labels": ["label"],
    "months": ["name", "month", "class"],
    "name_cues": ["word", "cue"],
    "numbers": ["word", "number", "class"],
    "openers": ["word", "kind"],
    "organizations": ["name", "aliases", "type", "country", "entity"],
    "place_names": ["name", "entity", "type", "country"],
    "places": ["name", "entity", "type", "country"],
    "role_endings": ["ending"],
    "roles": ["role", "gender"],
    "sources": ["source", "kind"],
    "tense": ["word", "tense"],
    "time_contexts": ["group", "word"],
    "time_words": ["word", "class", "value"],
    "titles": ["title", "kind", "gender"],
    "weekdays": ["name", "weekday", "class"],
    "words": ["word", "class"],
}
POSITIONS = {"beginning", "first", "last", "any", "suffix", "ending", "team"}


def files(language):
    return sorted((seeds_dir() / "languages" / language).iterdir())


@pytest.mark.parametrize("language", LANGUAGES)
def test_profile_has_only_keys_that_are_read(language):
    path = seeds_dir() / "languages" / language / "language.toml"
    profile = tomllib.loads(path.read_text(encoding="utf-8"))
    known = set(re.findall(r'"(\w+)"', (seeds_dir().parent / "transforms" / "languages" / "profile.py").read_text()))  # fmt: skip
    assert set(profile) <= known | {"name"}
    assert Profile.from_tables(TABLES, language).name == profile["name"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_have_the_columns_that_are_read(language):
    for path in files(language):
        if path.suffix == ".csv" and path.stem in COLUMNS:
            with path.open(encoding="utf-8", newline="") as lines:
                header = next(csv.reader(lines))
            wanted = COLUMNS[path.stem]
            assert [column for column in wanted if column not in header] == [], path.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_of_the_tables_are_known(language):
    assert {row["class"] for row in rows_of(TABLES, language, "words")} <= {
        *CLASS_BITS,
        "he",
        "she",
    }
    assert {row["position"] for row in rows_of(TABLES, language, "heads")} <= POSITIONS
    for table in ("months", "weekdays", "numbers", "time_words"):
        assert {row["class"] for row in rows_of(TABLES, language, table)} <= set(CLASSES)
    assert [row for row in rows_of(TABLES, language, "holidays") if not holiday(row["rule"], 2024)] == []  # fmt: skip


@pytest.mark.parametrize("language", FIRST)
def test_first_languages_have_enough_verbs_of_speech(language):
    assert len(rows_of(TABLES, language, "cues")) >= 80


def test_first_languages_are_read_for_everything():
    reads = {one.code: one.reads for one in supported_languages()}
    assert {reads[code] for code in FIRST} == {("names", "statements", "dates", "keyphrases")}
    line = next(support_lines(supported_languages()))
    assert line.startswith("names, statements, dates, keyphrases: de en ")


def test_all_word_lists_compile():
    check_languages()


def test_broken_profile_is_reported_with_its_file(tmp_path):
    folder = tmp_path / "seeds"
    shutil.copytree(seeds_dir(), folder, ignore=shutil.ignore_patterns("articles"))
    (folder / "languages" / "en" / "language.toml").write_text("name = English")
    with pytest.raises(SeedError, match=r"language\.toml"):
        load_lexicon(folder)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Der Minister reiste am Montag nach Moskau."),
        ("fr", "Le ministre est arrivé lundi à Moscou."),
        ("es", "El ministro llegó el lunes a Moscú."),
        ("it", "Il ministro è arrivato lunedì a Mosca."),
        ("pt", "O ministro chegou na segunda-feira a Moscou."),
        ("nl", "De minister kwam maandag aan in Moskou."),
        ("pl", "Minister przyjechał w poniedziałek do Moskwy."),
        ("ru", "Министр приехал в понедельник в Москву."),
        ("uk", "Міністр приїхав у понеділок до Москви."),
    ],
)
def test_all_spellings_of_a_place_are_one_entity(language, text):
    mentions, _ = find_mentions(text, load_lexicon().gazetteers, language=language)
    english, _ = find_mentions("He came to Moscow.", load_lexicon().gazetteers)
    assert [one.entity_id for one in mentions] == [english[0].entity_id]
