"""Known names: their entities, and names that count only as hints."""

import shutil

import pytest

from flows.errors import SeedError
from flows.seeds import load_lexicon, seeds_dir
from transforms.naming.acronyms import introduced_acronyms, is_acronym
from transforms.naming.world_names import name_key

GAZETTEER = load_lexicon().gazetteers.of("en")


@pytest.mark.parametrize(
    ("name", "kind", "canonical"),
    [
        ("NATO", "organization", "NATO"),
        ("North Atlantic Treaty Organization", "organization", "NATO"),
        ("Moody's", "organization", "Moody's"),
        ("AT&T", "organization", "AT&T"),
        ("U.S.", "place", "United States"),
        ("Kiev", "place", "Kyiv"),
        ("Nagoya", "place", "Nagoya"),
        ("iPhone", "product", "iPhone"),
        ("Second World War", "event", "World War II"),
    ],
)
def test_known_forms_of_a_name_have_one_entity(name, kind, canonical):
    entity = GAZETTEER.known(name_key(name))[0]
    assert (entity.kind, entity.name) == (kind, canonical)


def test_longest_known_name_wins():
    words = ["the", "New", "York", "Times", "office"]
    assert GAZETTEER.match(words, 1) == 3
    assert GAZETTEER.match(words, 4) == 0
    assert GAZETTEER.match(["New"], 0) == 0


def test_town_is_recognized_without_its_accents():
    assert GAZETTEER.known("Diyarbakir")[0].country == "TR"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("Tokyo", False), ("Ukraine", False), ("Austin", True), ("Most", True), ("Reading", True)],
)
def test_names_of_small_places_and_ordinary_words_are_only_hints(name, hint):
    assert GAZETTEER.known(name)
    assert GAZETTEER.is_hint(name) is hint


def test_towns_with_the_same_name_have_different_keys():
    springfields = GAZETTEER.known("Springfield")
    assert len({entity.entity_id for entity in springfields}) == len(springfields) > 1


def test_every_country_has_coordinates():
    countries = [
        entity
        for entities in GAZETTEER.names.values()
        for entity in entities
        if GAZETTEER.is_country(entity) and entity.wikidata_id
    ]
    assert len({entity.entity_id for entity in countries}) > 90
    assert all(entity.latitude is not None and entity.longitude is not None for entity in countries)


def test_largest_town_of_a_name_comes_first():
    assert len(GAZETTEER.towns) > 30_000
    people = [int(row["population"]) for row in GAZETTEER.towns["Springfield"]]
    assert len(people) > 1
    assert people == sorted(people, reverse=True)
    assert GAZETTEER.known("Diyarbakir")[0].name == "Diyarbakır"
    assert GAZETTEER.known("Zeeland")[0].country == "NL"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        pytest.param("NATO,x,international\n", "type", id="too-few"),
        pytest.param("NATO,x,international,,Q1,more\n", "wikidata_id", id="too-many"),
    ],
)
def test_broken_line_is_reported_with_file_line_and_column(tmp_path, line, column):
    folder = tmp_path / "seeds"
    shutil.copytree(seeds_dir(), folder, ignore=shutil.ignore_patterns("articles"))
    path = folder / "gazetteers" / "organizations.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    path.write_text(f"{header}\n{line}", encoding="utf-8")
    with pytest.raises(SeedError, match=rf"organizations\.csv, line 2, column {column}"):
        load_lexicon(folder)


def test_missing_column_is_reported_by_name(tmp_path):
    folder = tmp_path / "seeds"
    shutil.copytree(seeds_dir(), folder, ignore=shutil.ignore_patterns("articles"))
    (folder / "languages" / "en" / "roles.csv").write_text("noun\nbaker\n", encoding="utf-8")
    with pytest.raises(SeedError, match="role"):
        load_lexicon(folder)


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("WHO", "World Health Organization", True),
        ("OSCE", "Organization for Security and Co-operation in Europe", True),
        ("U.N.", "United Nations", True),
        ("FBI", "World Health Organization", False),
        ("World", "World Health Organization", False),
        ("A", "Alliance", False),
    ],
)
def test_acronym_consists_of_initials(short, full, expected):
    assert is_acronym(short, full) is expected


def test_acronym_may_stand_before_or_after_its_name():
    text = "PUK (Patriotic Union of Kurdistan) and World Food Programme (WFP) and Oslo (ABC)"
    names = ["PUK", "Patriotic Union of Kurdistan", "World Food Programme", "WFP", "Oslo", "ABC"]
    spans = [(name, text.index(name), text.index(name) + len(name)) for name in names]
    assert introduced_acronyms(spans, text) == {
        "PUK": "Patriotic Union of Kurdistan",
        "WFP": "World Food Programme",
    }
