from __future__ import annotations

from pathlib import Path

import pytest

from flows.seeds import read_tables
from transforms.languages.by_language import ByLanguage
from transforms.naming.gazetteer import Gazetteer
from transforms.naming.mentions import find_mentions

TABLES = read_tables(Path(__file__).resolve().parents[2] / "seeds")
GAZETTEERS = ByLanguage(TABLES, Gazetteer.from_tables)
PERSON, BODY, PLACE = "person", "organization", "place"


def found(text, language):
    mentions, _ = find_mentions(text, GAZETTEERS, language=language)
    return [(mention.text, mention.kind) for mention in mentions]


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        pytest.param(
            "ru",
            "В понедельник Министерство обороны России закупило лодки.",
            [("Министерство обороны России", BODY)],
            id="head-with-genitives",
        ),
        pytest.param(
            "ru",
            "Верховный суд Бурятии отменил решение мэра.",
            [("Верховный суд Бурятии", BODY)],
            id="adjective-and-head-at-the-opening",
        ),
        pytest.param(
            "ru",
            "Паром вышел из Тверской области в среду.",
            [("Тверской области", PLACE)],
            id="region",
        ),
        pytest.param(
            "uk",
            "Рішення Полтавської обласної ради чекають давно.",
            [("Полтавської обласної ради", BODY)],
            id="adjectives-between",
        ),
        pytest.param(
            "uk",
            "Дорогу ремонтує ТОВ «Зелений гай» за кошти міста.",
            [("ТОВ «Зелений гай»", BODY)],
            id="legal-form-and-quoted-name",
        ),
        pytest.param(
            "ru",
            "Дорогу ремонтирует компания «Северный ветер» из пригорода.",
            [("Северный ветер", BODY)],
            id="quoted-name-after-its-noun",
        ),
        pytest.param(
            "uk",
            "Склад на вул. Садовій закрили.",
            [("вул. Садовій", PLACE)],
            id="street",
        ),
        pytest.param(
            "uk",
            "Учора президент України Віктор Мельник мовчав.",
            [("України", PLACE), ("Віктор Мельник", PERSON)],
            id="person-after-the-genitive-of-a-place",
        ),
        pytest.param(
            "ru",
            "Жюри возглавил глава КНДР Пётр Зимин из оркестра.",
            [("КНДР", PLACE), ("Пётр Зимин", PERSON)],
            id="person-after-an-acronym",
        ),
        pytest.param(
            "ru",
            "О Лапиной писали мало. Суд отказал ей.",
            [("Лапиной", PERSON)],
            id="preposition-is-no-initial",
        ),
        pytest.param(
            "pl",
            "Rektor kieruje Politechniką Śląską od roku.",
            [("Politechniką Śląską", BODY)],
            id="head-in-another-case",
        ),
    ],
)
def test_names_with_small_letters_and_in_all_cases(language, text, names):
    assert found(text, language) == names


def test_all_forms_of_a_name_mean_one_person():
    text = "Олега Рыбакова избрали в мае. Рыбакову возражают. «Нет», — сказал Рыбаков."
    mentions, entities = find_mentions(text, GAZETTEERS, language="ru")
    assert [mention.text for mention in mentions] == ["Олега Рыбакова", "Рыбакову", "Рыбаков"]
    assert [entity.name for entity in entities] == ["Олег Рыбаков"]


def test_last_name_is_the_written_one_of_two():
    text = "Rozmowa z Janem Wilkiem trwała długo. Wilk milczał."
    _, entities = find_mentions(text, GAZETTEERS, language="pl")
    assert [entity.name for entity in entities] == ["Jan Wilk"]


@pytest.mark.parametrize(
    ("language", "body"), [("ru", "Госдумы"), ("uk", "НАТО"), ("pl", "Komisję Europejską")]
)
def test_body_is_the_same_in_all_languages(language, body):
    known = GAZETTEERS.of(language).known(body)
    assert known[0].name in {"Duma", "NATO", "European Commission"}


@pytest.mark.parametrize("language", ["eo", "", "zz"])
def test_unknown_language_has_only_certain_names(language):
    text = "Ha Emmanuel Macron kaj Foo Bar en Berlin. NATO Xyzzy Quux."
    assert found(text, language) == [
        ("Emmanuel Macron", PERSON),
        ("Berlin", PLACE),
        ("NATO", BODY),
    ]


@pytest.mark.parametrize("language", ["ru", "uk"])
@pytest.mark.parametrize(
    "text",
    [
        "Пyтин и Mоcква",  # Latin letters among Cyrillic ones
        "«",
        "«Пан «",
        "вул.",
        "вул. , 5",
        "ТОВ «",
        "Министерство",
        "рада і й та",
        "в XIX веке на трассе М-5",
    ],
)
def test_odd_text_has_no_names(language, text):
    assert found(text, language) == []
