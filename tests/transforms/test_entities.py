"""Each thing has one entity, within an article and across articles."""

from datetime import date

import pytest

from flows.seeds import load_lexicon
from transforms.naming.entities import PersonNamed, link_short_names, new_entity
from transforms.naming.mentions import find_mentions
from transforms.records import Mention

GAZETTEER = load_lexicon().gazetteers

SUMMIT = """\
Jens Stoltenberg said that new computers could make NATO safer.
NATO foreign ministers backed the Alliance's plan at a meeting in Brussels, Ukrinform wrote.
"Alliance members will pay for it," said Stoltenberg. He welcomed talks between China and
Ukraine, and a summit in Washington. US Secretary of State Antony Blinken called Beijing.
"""


def entities_of(text):
    mentions, entities = find_mentions(text, GAZETTEER)
    names: dict[str, list[Mention]] = {}
    for mention in mentions:
        names.setdefault(mention.text, []).append(mention)
    return names, {entity.entity_id: entity for entity in entities}


def test_entities_of_an_article_about_a_summit():
    names, entities = entities_of(SUMMIT)
    kinds = {entity.name: entity.kind for entity in entities.values()}
    assert kinds == {
        "Jens Stoltenberg": "person",
        "Antony Blinken": "person",
        "NATO": "organization",
        "Ukrinform": "organization",
        "Brussels": "place",
        "China": "place",
        "Ukraine": "place",
        "Washington": "place",
        "United States": "place",
        "Beijing": "place",
    }
    assert {m.entity_id for m in names["Alliance"]} == {m.entity_id for m in names["NATO"]}
    assert names["Stoltenberg"][0].name == "Jens Stoltenberg"


def test_alliance_is_not_nato_if_nato_is_not_named():
    names, _ = entities_of("The parties formed an Alliance in Lisbon.")
    assert all(mention.name != "NATO" for mention in names.get("Alliance", []))


def test_two_names_of_a_city_are_one_entity_with_coordinates():
    names, entities = entities_of("Kyiv was calm. Trains to Kiev ran.")
    (kyiv,) = entities.values()
    assert names["Kyiv"][0].entity_id == names["Kiev"][0].entity_id
    assert (kyiv.name, kyiv.country, kyiv.aliases) == ("Kyiv", "UA", ("Kiev",))
    assert kyiv.latitude == pytest.approx(50.45, abs=0.1)


def test_same_name_has_the_same_key_in_every_article():
    first, _ = entities_of("Anna Lindqvist left.")
    second, _ = entities_of("In Oslo, Anna Lindqvist won.")
    assert first["Anna Lindqvist"][0].entity_id == second["Anna Lindqvist"][0].entity_id


def test_last_name_alone_has_a_key_within_its_article():
    first, _ = entities_of("Mr. Dufour left.")
    second, _ = entities_of("In Lyon, Mr. Dufour won.")
    assert first["Dufour"][0].entity_id != second["Dufour"][0].entity_id


def test_known_person_with_the_last_name_is_a_candidate():
    names, _ = entities_of("President Putin left.")
    bearer = new_entity("person", "Vladimir Putin").entity_id
    assert names["Putin"][0].candidates == (bearer,)
    assert names["Putin"][0].confidence <= 0.5


def test_last_name_of_two_people_is_ambiguous():
    names, _ = entities_of("John Smith met Mary Smith. Smith left.")
    smith = names["Smith"][0]
    assert (smith.name, smith.confidence) == ("Mary Smith", 0.5)
    assert smith.candidates == (names["John Smith"][0].entity_id,)


def test_legal_form_does_not_make_another_company():
    names, _ = entities_of("Brackwell Foods Inc. fell. In Oslo, Brackwell Foods rose.")
    assert names["Brackwell Foods Inc."][0].entity_id == names["Brackwell Foods"][0].entity_id


def test_ambiguous_place_is_in_the_named_country():
    names, entities = entities_of("Voters in Georgia and in the United States went to the polls.")
    assert entities[names["Georgia"][0].entity_id].country == "US"
    assert names["Georgia"][0].candidates


def test_known_organization_has_its_wikidata_id():
    _, entities = entities_of("He works for the World Health Organization.")
    assert [entity.wikidata_id for entity in entities.values()] == ["Q7817"]


def named(name, source="s1", day=date(2024, 5, 7)):
    entity = f"{name}-{source}-{day}"
    return PersonNamed(source_id=source, published_on=day, entity_id=entity, name=name)


@pytest.mark.parametrize(
    ("people", "linked"),
    [
        pytest.param([named("Jo Lind"), named("Lind")], True, id="one-bearer"),
        pytest.param([named("Lind"), named("Jo Lind")], True, id="order-does-not-matter"),
        pytest.param([named("Jo Lind"), named("Li Lind"), named("Lind")], False, id="two-bearers"),
        pytest.param([named("Jo Lind", source="s2"), named("Lind")], False, id="other-source"),
        pytest.param(
            [named("Jo Lind", day=date(2024, 5, 14)), named("Lind")], False, id="other-week"
        ),
        pytest.param(
            [named("Jo Lind", day=date(2024, 5, 12)), named("Lind")], True, id="same-week"
        ),
        pytest.param([named("Lind")], False, id="nobody"),
    ],
)
def test_last_name_is_linked_within_source_and_week(people, linked):
    short = next(person for person in people if person.name == "Lind")
    assert (short.entity_id in link_short_names(people)) is linked
