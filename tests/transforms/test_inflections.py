from __future__ import annotations

from pathlib import Path

import pytest

from flows.seeds import read_tables
from transforms.languages.by_language import ByLanguage, rows_of
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.inflections import Inflections
from transforms.naming.mentions import find_mentions

TABLES = read_tables(Path(__file__).resolve().parents[2] / "seeds")
INFLECTIONS = {
    code: Inflections.from_rows(rows_of(TABLES, code, "endings")) for code in ("pl", "ru", "uk")
}
GAZETTEERS = ByLanguage(TABLES, Gazetteer.from_tables)


@pytest.mark.parametrize(
    ("language", "form", "entity"),
    [
        ("ru", "Москве", "Moscow"),
        ("ru", "Францией", "France"),
        ("ru", "Южной Кореи", "South Korea"),
        ("ru", "Соединённых Штатах Америки", "United States"),
        ("uk", "Києва", "Kyiv"),
        ("uk", "Харкові", "Kharkiv"),
        ("uk", "Одесою", "Odesa"),
        ("uk", "Польщі", "Poland"),
        ("pl", "Warszawie", "Warsaw"),
        ("pl", "Niemczech", "Germany"),
        ("pl", "Krakowie", "Krakow"),
        ("pl", "Stanów Zjednoczonych", "United States"),
    ],
)
def test_place_is_known_in_all_cases(language, form, entity):
    gazetteer = GAZETTEERS.of(language)
    assert gazetteer.match(form.split(), 0) == len(form.split())
    assert gazetteer.known(form)[0].name == entity


@pytest.mark.parametrize(
    ("language", "form", "base"),
    [
        ("ru", "Козлову", "Козлов"),
        ("ru", "Белинским", "Белинский"),
        ("ru", "Орловой", "Орлова"),
        ("uk", "Марченком", "Марченко"),
        ("uk", "Левицького", "Левицький"),
        ("uk", "Левицькою", "Левицька"),
        ("pl", "Zalewskiego", "Zalewski"),
        ("pl", "Zalewską", "Zalewska"),
        ("pl", "Bielakowi", "Bielak"),
    ],
)
def test_surname_in_the_first_case(language, form, base):
    assert base in list(INFLECTIONS[language].bases(form))


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        (
            "ru",
            "По словам Антона Козлова, завод откроют в мае. Козлову поручили переговоры.",
            ["Антон Козлов", "Антон Козлов"],
        ),
        (
            "ru",
            "Об этом заявил президент Украины Виктор Белинский.",
            ["Ukraine", "Виктор Белинский"],
        ),
        ("uk", "Про це журналісти говорили з Тарасом Марченком.", ["Тарас Марченко"]),
        ("pl", "Rozmawiali o tym z Tomaszem Zalewskim.", ["Tomasz Zalewski"]),
    ],
)
def test_one_person_has_one_name(language, text, names):
    mentions, entities = find_mentions(text, GAZETTEERS, language=language)
    shown = {entity.entity_id: entity.name for entity in entities}
    assert [shown[mention.entity_id] for mention in mentions] == names


def test_language_without_endings_has_no_forms():
    assert Inflections().forms("Москва", "place") == set()
    assert list(Inflections().bases("Козлову")) == []
