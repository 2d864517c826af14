"""The page of an entity: what articles say about it, and where a place is."""

from dataclasses import replace

import pytest

from tests.helpers.linked import load_linked
from tests.helpers.shown_pages import links_in, page_of, rows_in, section, text_of
from tests.helpers.site import site_client
from tests.helpers.stories import entity_id, make_story
from tests.helpers.subjects import about
from warehouse.publish import publish

BRIDGE = "The bridge of Aveling will be closed until the river falls"


def report(host, day, more="", *, named=(), **given):
    story = make_story(
        f"Flood in Aveling\nAveling is under water. {more}",
        url=f"https://{host}.example/{day}",
        day=day,
        named=[("Aveling", "place"), *named],
        **given,
    )
    return about(story, topics=[("03000000", "disaster, accident and emergency incident")])


def moved(story, **places):
    """Return a story whose places are elsewhere: name=(latitude, longitude)."""
    entities = tuple(
        replace(entity, latitude=places[entity.name][0], longitude=places[entity.name][1])
        if entity.name in places
        else entity
        for entity in story.entities
    )
    return replace(story, entities=entities)


ARTICLES = [
    report("a", "2024-06-03", f"“{BRIDGE},” said Karin Holt.", named=[("Karin Holt", "person")],
           said=[(BRIDGE, "Karin Holt", "fire chief", "direct",
                  {"speaker_entity_id": entity_id("Karin Holt")})]),
    moved(report("b", "2024-06-03", "Boats came from Torne and Farholm.",
                 named=[("Torne", "place"), ("Farholm", "place")]),
          Torne=(54.6, 18.25), Farholm=(-33.0, 151.0)),
    report("b", "2024-06-04"),
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = load_linked(tmp_path_factory.mktemp("entities"), ARTICLES)
    publish(folder)
    return site_client(folder.root)


def entity(name):
    return f"/entities/{entity_id(name)}"


def test_place_has_its_articles_by_day_and_outlet(client):
    page = page_of(client, entity("Aveling"))
    assert text_of(section(page, "over-time").find("h2")) == "3 articles over time"
    (days,) = section(page, "over-time").xpath(".//div[@class='wide']/svg")
    assert [text_of(one) for one in days.iter("title")] == [
        "3 Jun 2024, b.example: 1", "4 Jun 2024, b.example: 1", "3 Jun 2024, a.example: 1",
    ]  # fmt: skip
    (outlets,) = section(page, "outlets").xpath(".//div[@class='wide']/svg")
    assert text_of(outlets.find("desc")) == "b.example: 2; a.example: 1"
    assert len(section(page, "articles").xpath(".//li")) == 3


def test_place_has_what_is_said_about_it_and_who_is_named_with_it(client):
    page = page_of(client, entity("Aveling"))
    assert BRIDGE in text_of(section(page, "said"))
    assert "Karin Holt" in text_of(section(page, "said"))
    assert "Torne place 1" in text_of(section(page, "beside"))
    assert "disaster, accident and emergency incident 3" in text_of(section(page, "topics"))
    assert rows_in(section(page, "variants")) == [["Aveling", "7", "2"]]


def test_place_has_a_map_and_the_places_of_its_articles_by_distance(client):
    where = section(page_of(client, entity("Aveling")), "map")
    assert rows_in(where) == [["Torne", "11", "1"], ["Farholm", "15,647", "1"]]
    (drawing,) = where.xpath(".//div[@class='wide']/svg")
    assert [text_of(one) for one in drawing.iter("title")] == ["Aveling", "Torne"]
    assert "Near it: Torne" in text_of(drawing.find("desc"))


def test_person_leads_to_what_they_said_and_has_no_map(client):
    page = page_of(client, entity("Karin Holt"))
    assert "/speakers/Karin%20Holt" in links_in(page, "/speakers/")
    assert not page.xpath("//section[@aria-labelledby='map']")


@pytest.mark.parametrize(
    ("query", "articles"),
    [
        pytest.param("outlet=a.ex", 1, id="outlet"),
        pytest.param("since=2024-06-04&until=2024-06-04", 1, id="day"),
        pytest.param("since=2020-01-01&until=2020-01-02", 0, id="no-article"),
        pytest.param("page=2", 0, id="after-the-last-page"),
    ],
)
def test_articles_are_narrowed(client, query, articles):
    page = page_of(client, f"{entity('Aveling')}?{query}")
    assert len(section(page, "articles").xpath(".//li")) == articles


def test_links_lead_to_pages(client):
    links = links_in(page_of(client, entity("Aveling")), "/entities/", "/speakers/", "/statements/")
    assert {link.split("/")[1] for link in links} == {"entities", "speakers", "statements"}
    for link in links:
        page_of(client, link)


def test_unknown_entity_is_not_found(client):
    page = page_of(client, "/entities/n1-%3Cb%3E", status=404)
    assert "There is no entity n1-<b>" in text_of(page)
