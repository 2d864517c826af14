"""The pages of speakers: who is quoted, and what one of them said."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.web.page import Page
from tests.helpers.linked import load_linked
from tests.helpers.shown_pages import links_in, page_of, rows_in, section, text_of
from tests.helpers.site import site_client
from tests.helpers.stories import entity_id, make_story
from warehouse.errors import WarehouseMemoryError
from warehouse.publish import publish

HOLT, PRAST, SHORT = ("Karin Holt", "person"), ("Edwin Prast", "person"), ("Holt", "person")
BOATS = "The boats of the fire service will stay in the street until the water is gone"
PLAN = "rebuild the bridge"


def said(statement, speaker, role=None, **given):
    words = statement.lower().replace(" ", "-")
    fields = {"fingerprint": f"q1-{words}", "speaker_entity_id": entity_id(speaker)}
    return (statement, speaker, role, "direct", fields | given)


def told(host, day, *statements, named=(HOLT,), page="1", **given):
    words = "\n".join(f"“{one[0]},” said {one[1]}." for one in statements)
    names = " and ".join(name for name, _ in named)
    return make_story(
        f"News of {host}\n{words}\n{names} came to Aveling.",
        url=f"https://{host}.example/{page}",
        day=day,
        said=statements,
        named=[*named, ("Aveling", "place")],
        **given,
    )


ARTICLES = [
    told("a", "2024-06-03", said(BOATS, "Karin Holt", "fire chief")),
    told("b", "2024-06-04", said(BOATS, "Karin Holt", "Fire chief")),
    told("b", "2024-06-04", said(PLAN, "Karin Holt", "fire chief", act="plan"), page="2", hour=5),
    # The outlet names nobody else of this last name in the week, so it stands for the fire chief.
    told("b", "2024-06-05", said("Keep away from the river", "Holt"), named=[SHORT], page="3"),
    # This outlet names no Holt in full.
    told("c", "2024-06-05", said("The river is high", "Holt"), named=[SHORT]),
    told("c", "2024-06-05", said("The council meets", "Edwin Prast"), named=[PRAST], page="2"),
    make_story(
        "No word\nKarin Holt declined to comment on the bridge.",
        url="https://c.example/3",
        day="2024-06-05",
        silent=[
            ("Karin Holt declined to comment on the bridge.", "declined", "Karin Holt", "declined")
        ],
    ),
    told("a", "2023-01-02", said("It rained for a week", "Karin Holt", "captain"), page="old"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = load_linked(tmp_path_factory.mktemp("speakers"), ARTICLES)
    publish(folder)
    return site_client(folder.root)


def test_list_has_those_in_the_most_articles_first(client):
    page = page_of(client, "/speakers")
    assert [[cell.split()[0], *row] for cell, *row in rows_in(page)] == [
        ["Holt", "2", "2", "2", "5 June 2024"],
        ["Karin", "2", "2", "2", "4 June 2024"],
        ["Edwin", "1", "1", "1", "5 June 2024"],
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("name=KARIN", ["Karin Holt"], id="name"),
        pytest.param("name=holt&until=2024-06-04", ["Karin Holt"], id="until"),
        pytest.param("since=2023-01-01&until=2023-12-31", ["Karin Holt"], id="older"),
        pytest.param("name=%25", [], id="a-sign-stands-for-itself"),
        pytest.param("page=9", [], id="after-the-last-page"),
    ],
)
def test_list_is_narrowed(client, query, names):
    page = page_of(client, f"/speakers?{query}")
    assert [text_of(one) for one in page.xpath("//tbody//td/a")] == names


def test_list_can_begin_with_the_newest_statement(client):
    page = page_of(client, "/speakers?order=newest")
    assert [text_of(one) for one in page.xpath("//tbody//td/a")][-1] == "Karin Holt"


def test_speaker_has_statements_newest_first(client):
    page = page_of(client, "/speakers/Karin%20Holt")
    statements = [text_of(one) for one in section(page, "statements").iter("blockquote")]
    assert statements == ["Keep away from the river", PLAN, BOATS, BOATS]
    assert "3 statements, 1 plan in 2 outlets in these days" in text_of(page)


def test_last_name_alone_counts_where_it_stands_for_the_speaker(client):
    page = page_of(client, "/speakers/Karin%20Holt")
    names = text_of(section(page, "names"))
    assert "“Holt” alone stands for Karin Holt in 1 outlet" in names
    assert "as “Holt”" in text_of(section(page, "statements"))
    assert "The river is high" not in text_of(page)


def test_last_name_alone_tells_whom_it_stands_for(client):
    page = page_of(client, "/speakers/Holt")
    assert "In 1 outlet it stands for Karin Holt" in text_of(section(page, "names"))
    statements = [text_of(one) for one in section(page, "statements").iter("blockquote")]
    assert sorted(statements) == ["Keep away from the river", "The river is high"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("outlet=a.ex", [BOATS], id="outlet"),
        pytest.param("act=plan", [PLAN], id="act"),
        pytest.param("act=nonsense", None, id="unknown-act"),
        pytest.param("until=2024-06-03", [BOATS], id="until"),
        pytest.param("since=2023-01-01&until=2023-12-31", ["It rained for a week"], id="older"),
        pytest.param("outlet=zzz", [], id="nothing-fits"),
    ],
)
def test_statements_are_narrowed(client, query, found):
    page = page_of(client, f"/speakers/Karin%20Holt?{query}")
    statements = [text_of(one) for one in section(page, "statements").iter("blockquote")]
    assert statements == found if found is not None else len(statements) == 4


def test_speaker_has_roles_as_written_with_their_days(client):
    page = page_of(client, "/speakers/Karin%20Holt")
    assert rows_in(section(page, "roles")) == [
        ["fire chief 2 outlets, 3 June 2024 to 4 June 2024", "2"],
        ["Fire chief 1 outlet, 4 June 2024", "1"],
    ]


def test_speaker_has_repeated_statements_company_and_silences(client):
    page = page_of(client, "/speakers/Karin%20Holt")
    repeated = section(page, "repeated")
    assert BOATS in text_of(repeated)
    assert "2 articles of 2 outlets" in text_of(repeated)
    assert "Aveling" in text_of(section(page, "beside"))
    assert "declined to comment on the bridge" in text_of(section(page, "silences"))
    assert "c.example" in text_of(section(page, "silences"))


def test_statements_are_drawn_by_day_and_outlet(client):
    page = page_of(client, "/speakers/Karin%20Holt")
    (drawing,) = section(page, "over-time").xpath(".//div[@class='wide']/svg")
    titles = [text_of(title) for title in drawing.iter("title")]
    assert titles == [
        "week of 3 Jun 2024, b.example: 2", "week of 3 Jun 2024, a.example: 1",
    ]  # fmt: skip


def test_links_lead_to_pages(client):
    links = links_in(page_of(client, "/speakers/Karin%20Holt"), "/entities/", "/statements/", "?")
    assert {link[:3] for link in links} == {"/en", "/st", "?si"}
    for link in links:
        page_of(client, link if link.startswith("/") else f"/speakers/Karin%20Holt{link}")


@pytest.mark.parametrize("name", ["Nobody", "a/b/c", "%3Cscript%3E", "K%00arin"])
def test_unknown_speaker_is_not_found(client, name):
    assert "is quoted" in text_of(page_of(client, f"/speakers/{name}", status=404))


def test_speaker_without_a_day_is_shown(tmp_path):
    dated = told("a", "2024-06-03", said(BOATS, "Karin Holt"))
    undated = replace(dated, article=replace(dated.article, published_at=None))
    folder = load_linked(tmp_path, [undated])
    publish(folder)
    page = page_of(site_client(folder.root), "/speakers/Karin%20Holt")
    assert "Quoted on unknown days" in text_of(page)
    assert "have no day" in text_of(page)


def test_somebody_who_was_only_asked_is_shown(tmp_path):
    note = "Edwin Prast declined to comment."
    asked = make_story(
        f"No word\n{note}",
        url="https://c.example/3",
        day="2024-06-05",
        silent=[(note, "declined", "Edwin Prast", "declined")],
    )
    folder = load_linked(tmp_path, [asked])
    publish(folder)
    page = page_of(site_client(folder.root), "/speakers/Edwin%20Prast")
    assert "Not quoted" in text_of(page)
    assert note in text_of(section(page, "silences"))


def test_page_that_needs_too_much_memory_says_what_to_do(client, monkeypatch):
    def rows(*_, **__):
        raise WarehouseMemoryError(Path("onrecord.duckdb"), "out of memory")

    monkeypatch.setattr(Page, "rows", rows)
    page = page_of(client, "/speakers/Karin%20Holt?since=2000-01-01", status=503)
    assert "Choose fewer days" in text_of(page)


def test_page_that_found_too_little_memory_beside_others_is_tried_again(client, monkeypatch):
    failures = [WarehouseMemoryError(Path("onrecord.duckdb"), "out of memory")] * 2
    rows = Page.rows

    def rows_at_last(*args, **values):
        if failures:
            raise failures.pop()
        return rows(*args, **values)

    monkeypatch.setattr(Page, "rows", rows_at_last)
    page_of(client, "/speakers/Karin%20Holt")
    assert not failures
