"""Endpoints about one thing, the search and counts of the API, and its description."""

from datetime import date

import pytest

from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.shown_pages import page_of
from tests.helpers.site import site_client
from tests.helpers.stories import entity_id, make_story
from tests.helpers.subjects import about
from warehouse.publish import publish

FERRIES = [
    about(
        make_story(
            f"Ferry {at} sails\nThe ferry left the harbour at noon.",
            url=f"https://ferry.example/{at}",
            day=None if at > 9 else f"2024-05-{1 + at // 4:02}",
        ),
        *(["harbour"] if at % 2 else ["harbour", "ferry left"]),
    )
    for at in range(12)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    told = [flood("a", "2024-06-03", hour=7), TRIAL, flood("b", "2024-06-03", hour=9), CLEANING]
    folder = load_linked(tmp_path_factory.mktemp("records"), [*told, *FERRIES])
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder)


def get(client, path, **asked):
    answer = client.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_article_has_its_text_digest_and_what_was_found_in_it(client, folder):
    ((key, digest),) = rows_of(
        folder,
        "SELECT article_id, sha256 FROM latest_articles JOIN documents USING (document_id)"
        " WHERE latest_articles.url = 'https://a.example/flood'",
    )
    found = get(client, f"articles/{key}")
    assert found["article"]["sha256"] == digest
    (statement,) = found["statements"]
    text = found["article"]["text"]
    assert SAID in text[statement["start_char"] : statement["end_char"]]
    assert {"Aveling", "Karin Holt"} <= {name["name"] for name in found["names"]}
    assert found["story"]["story_id"]
    assert len(found["copies"]) == 2


def test_statement_has_the_articles_that_printed_it(client):
    (first, *_) = get(client, "statements", words="twenty minutes")["items"]
    found = get(client, f"statements/{first['fingerprint']}")
    assert [one["source_id"] for one in found["appearances"]] == ["a.example", "b.example"]


def test_speaker_entity_and_story(client):
    speaker = get(client, "speakers/Karin Holt")
    assert speaker["facts"]["statements"] == 2
    assert [role["speaker_role"] for role in speaker["roles"]] == ["fire chief"]
    entity = get(client, f"entities/{entity_id('Aveling')}")
    assert (entity["entity"]["name"], entity["span"]["first_on"]) == ("Aveling", "2024-06-03")
    (listed, *_) = get(client, "stories", since="2024-06-01", until="2024-06-05", named="aveling")[
        "items"
    ]
    story = get(client, f"stories/{listed['story_id']}")
    assert {one["source_id"] for one in story["articles"]} >= {"a.example", "b.example"}


def test_speakers_of_some_days_come_most_frequent_first(client):
    (one,) = get(client, "speakers", since="2024-06-01", until="2024-06-30")["items"]
    assert (one["speaker"], one["statements"], one["sources"]) == ("Karin Holt", 2, 2)
    assert get(client, "speakers", since="2024-06-04", until="2024-06-30")["items"] == []


@pytest.mark.parametrize(
    "path", ["articles/a1-0", "statements/q1-0", "speakers/Nobody", "entities/n", "stories/s"]
)
def test_unknown_key_is_told(client, path):
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert path.partition("/")[2] in answer.json()["detail"]


def test_search_gives_each_match_once_page_by_page(client):
    whole = get(client, "search", q="ferry harbour", limit=100)
    assert whole["matches"] == len(whole["items"]) == len(FERRIES)
    seen, cursor = [], None
    while True:
        found = get(
            client, "search", q="ferry harbour", limit=3, **({"cursor": cursor} if cursor else {})
        )
        seen += [item["article_id"] for item in found["items"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert seen == [item["article_id"] for item in whole["items"]]
    assert len(set(seen)) == len(FERRIES)


def test_passage_of_a_match_is_marked(client):
    (match,) = get(client, "search", q="treasurer", order="best")["items"]
    start, end = match["marks"][0]
    assert match["passage"][start:end].lower() == "treasurer"


def test_statements_are_searched_in_the_words_of_the_speaker(client):
    found = get(client, "search/statements", q="twenty minutes", limit=1)
    rest = get(client, "search/statements", q="twenty minutes", limit=1, cursor=found["next"])
    items = [*found["items"], *rest["items"]]
    assert {item["source_id"] for item in items} == {"a.example", "b.example"}
    assert {item["speaker"] for item in items} == {"Karin Holt"}
    assert rest["next"] is None
    assert get(client, "search/statements", q="treasurer")["items"] == []


@pytest.mark.parametrize(("by", "starts"), [
    ("day", ["2024-05-01", "2024-05-02", "2024-05-03", "2024-06-03", "2024-06-04"]),
    ("week", ["2024-04-29", "2024-06-03"]),
    ("month", ["2024-05-01", "2024-06-01"]),
])  # fmt: skip
def test_counts_over_time_add_up(client, by, starts):
    found = get(client, "counts", q="ferry", by=by)
    assert [item["starts_on"] for item in found["items"]] == starts
    assert sum(item["articles"] for item in found["items"]) + found["undated"] == len(FERRIES)
    assert all(item["share"] == item["articles"] / item["all_articles"] for item in found["items"])
    every = get(client, "counts", by=by)["items"]
    assert all(item["articles"] == item["all_articles"] for item in every)


def test_words_and_phrases_of_matches_are_counted(client):
    found = get(client, "words", q="ferry")
    assert found["matches"] == found["sampled"] == len(FERRIES)  # also those without a day
    words = {
        item["word"]: (item["occurrences"], item["articles"], item["share"])
        for item in found["items"]
    }
    assert words == {"ferry": (24, 12, 1.0), "sails": (12, 12, 1.0), "harbour": (12, 12, 1.0)}
    first = get(client, "words", q="ferry", sample=4, limit=1)
    assert (first["sampled"], first["items"][0]["articles"]) == (4, 4)
    phrases = get(client, "phrases", q="ferry")
    assert phrases["sampled"] == len(FERRIES)
    assert [(item["phrase"], item["articles"], item["share"]) for item in phrases["items"]] == [
        ("harbour", 12, 1.0),
        ("ferry left", 6, 0.5),
    ]
    assert get(client, "words", q="submarine") | {"snapshot": ""} == {
        "items": [], "next": None, "snapshot": "", "matches": 0, "sampled": 0,
    }  # fmt: skip


def test_query_in_sql_is_answered_or_refused(client):
    found = get(client, "sql", sql="SELECT speaker, count(*) AS n FROM said GROUP BY speaker")
    assert found["columns"] == [
        {"name": "speaker", "type": "VARCHAR"},
        {"name": "n", "type": "BIGINT"},
    ]
    assert found["rows"] == [["Karin Holt", 2]]
    lines = client.get("/api/v1/sql", params={"sql": "SELECT 1 AS one", "format": "jsonl"}).text
    assert lines == '{"one":1}\n'
    for sql in ("FROM read_text('/etc/hostname')", "DROP TABLE articles", "SELEKT 1"):
        assert client.get("/api/v1/sql", params={"sql": sql}).status_code == 400


def test_description_names_every_endpoint_and_column(client):
    described = client.get("/api/v1/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    for path, methods in described["paths"].items():
        assert methods["get"]["summary"], path
        assert all(one["description"] for one in methods["get"]["parameters"]), path
    items = described["paths"]["/statements"]["get"]["responses"]["200"]["content"]
    columns = items["application/json"]["schema"]["properties"]["items"]["items"]["properties"]
    assert columns["published_on"] | {"description": ""} == {
        "type": ["string", "null"],
        "format": "date",
        "description": "",
    }
    assert all(column["description"] for column in columns.values())


def test_description_can_be_read_by_people(client):
    page = page_of(client, "/api")
    headings = [heading.text_content() for heading in page.xpath("//h2")]
    assert "/search" in headings
    assert len(headings) == len(client.get("/api/v1/openapi.json").json()["paths"])


def test_days_of_counts_are_days(client):
    items = get(client, "counts", since="2024-06-01")["items"]
    assert [date.fromisoformat(item["starts_on"]) for item in items] == [
        date(2024, 6, 3),
        date(2024, 6, 4),
    ]
