"""Lists of the API: every row once, in order, in all formats, while snapshots are published."""

import csv
import io
import json
import shutil

import duckdb
import pytest

from tests.helpers.aveling import CLEANING, TRIAL, flood
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.site import site_client
from tests.helpers.stories import entity_id, make_story
from warehouse.folder import DataFolder
from warehouse.listed_views import LISTINGS
from warehouse.publish import publish
from warehouse.search_index import search_folder

HOSTS = "abcdef"
UNDATED = make_story(
    "Undated\nNobody knows when.", url="https://z.example/1", day=None, said=[("Nobody knows when", "Ada Vint", None, "direct")]
)  # fmt: skip

ABOUT = make_story(
    "River\n“The Torne is high,” said Ada Vint. The Torne is a river.",
    url="https://y.example/1", day="2024-06-06", named=[("Torne", "place")],
    said=[("The Torne is high", "Ada Vint", None, "direct")],
)  # fmt: skip


def told(host, day, hour=9):
    return flood(host, f"2024-06-{day:02}", hour=hour)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    articles = [told(host, day) for day, host in enumerate(HOSTS, 3)]
    folder = load_linked(
        tmp_path_factory.mktemp("api"), [*articles, TRIAL, CLEANING, UNDATED, ABOUT]
    )
    folder = load_linked(folder.root, [flood("b", "2024-06-04", hour=9, title="Water in Aveling")])
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder)


def pages(client, path, **asked):
    """Yield the items of each page of a list."""
    while True:
        answer = client.get(f"/api/v1/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        content = answer.json()
        yield content["items"]
        if content["next"] is None:
            return
        asked["cursor"] = content["next"]


LISTS = {
    "articles": "FROM latest_articles",
    "statements": "FROM attributed",
    "mentions": "FROM mentioned",
    "entities": "FROM entities",
    "edits": "FROM edits",
    "clusters": "FROM clusters",
    "no_comments": "FROM no_comment",
    "runs": "FROM run_summary",
    "coverage": "FROM coverage",
}


@pytest.mark.parametrize("name", LISTS)
def test_pages_have_every_row_once(client, folder, name):
    ((count,),) = rows_of(folder, f"SELECT count(*) {LISTS[name]}")
    some = [item for page in pages(client, name, limit=2) for item in page]
    everything = client.get(f"/api/v1/{name}", params={"limit": 1000}).json()["items"]
    assert some == everything
    assert len(some) == count


def test_newest_come_first_and_undated_last(client):
    days = [item["published_on"] for page in pages(client, "articles", limit=3) for item in page]
    assert days == [*sorted(filter(None, days), reverse=True), None]


@pytest.mark.parametrize("name", ["articles", "statements", "mentions"])
def test_row_has_the_digest_of_its_document(client, folder, name):
    digests = dict(
        rows_of(
            folder,
            "SELECT article_id, sha256 FROM latest_articles JOIN documents USING (document_id)",
        )
    )
    items = client.get(f"/api/v1/{name}", params={"limit": 1000}).json()["items"]
    assert {item["sha256"] for item in items} == {digests[item["article_id"]] for item in items}
    assert all(item["sha256"] == digests[item["article_id"]] for item in items)


def test_statement_has_its_evidence(client):
    item = client.get("/api/v1/statements", params={"limit": 1}).json()["items"][0]
    assert {"url", "published_on", "start_char", "end_char", "confidence", "article_id", "revision"} <= set(item)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "asked", "sql"),
    [
        ("statements", {"speaker": "Ada Vint"}, "FROM attributed WHERE speaker = 'Ada Vint'"),
        ("statements", {"words": "NOBODY KNOWS"}, "FROM attributed WHERE contains(statement, 'Nobody')"),
        ("statements", {"source": "b.example"}, "FROM attributed WHERE source_id = 'b.example'"),
        ("articles", {"since": "2024-06-04", "until": "2024-06-05"},
         "FROM latest_articles WHERE published_on BETWEEN DATE '2024-06-04' AND DATE '2024-06-05'"),
        ("mentions", {"kind": "place"}, "FROM mentioned WHERE kind = 'place'"),
        ("edits", {"headline": "true"}, "FROM edits WHERE is_headline_changed"),
    ],
)  # fmt: skip
def test_filters_narrow(client, folder, path, asked, sql):
    ((count,),) = rows_of(folder, f"SELECT count(*) {sql}")
    items = [item for page in pages(client, path, limit=2, **asked) for item in page]
    assert len(items) == count > 0


@pytest.fixture(scope="module")
def without_index(folder, tmp_path_factory):
    copy = DataFolder(tmp_path_factory.mktemp("unindexed") / "data")
    shutil.copytree(folder.root, copy.root, symlinks=True)
    shutil.rmtree(search_folder(copy))
    return site_client(copy)


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("statements", {"speaker": "Ada Vint"}),
        ("statements", {"speaker": "Karin Holt", "source": "c.example"}),
        ("statements", {"speaker": "Karin Holt", "since": "2024-06-04", "until": "2024-06-06"}),
        ("statements", {"about": entity_id("Torne")}),
        ("statements", {"about": entity_id("Aveling"), "words": "nobody says this"}),
        ("mentions", {"entity": entity_id("Aveling")}),
        ("mentions", {"entity": "n1-nobody"}),
    ],
)
def test_index_of_the_snapshot_changes_no_list(client, without_index, path, asked):
    found, expected = (
        [item for page in pages(one, path, limit=2, **asked) for item in page]
        for one in (client, without_index)
    )
    assert found == expected
    lines = [
        one.get(f"/api/v1/{path}", params=asked | {"format": "jsonl"}).text
        for one in (client, without_index)
    ]
    assert lines[0] == lines[1]
    assert lines[0].count("\n") == len(expected)


def test_statements_about_an_entity(client):
    asked = {"about": entity_id("Torne")}
    items = client.get("/api/v1/statements", params=asked).json()["items"]
    assert [item["statement"] for item in items] == ["The Torne is high"]


def test_chosen_fields_come_in_their_order(client):
    items = client.get("/api/v1/articles", params={"fields": "title,article_id"}).json()["items"]
    assert [list(item) for item in items] == [["title", "article_id"]] * len(items)
    assert "text" not in client.get("/api/v1/articles").json()["items"][0]
    assert client.get("/api/v1/articles", params={"fields": "text"}).json()["items"][0]["text"]


def test_pages_go_on_while_newer_articles_are_published(tmp_path):
    folder = load_linked(tmp_path, [told(host, 3) for host in HOSTS])
    publish(folder)
    client = site_client(folder)
    seen = client.get("/api/v1/articles", params={"limit": 3}).json()
    load_linked(tmp_path, [told("new", 9), told("b", 3)])
    publish(folder)
    rest = [
        item for page in pages(client, "articles", limit=2, cursor=seen["next"]) for item in page
    ]
    sources = [item["source_id"] for item in (*seen["items"], *rest)]
    assert sorted(sources) == [f"{host}.example" for host in HOSTS]


def test_pages_of_what_is_counted_keep_their_days(tmp_path):
    said = [
        make_story(
            f"Rain\n“It rains,” said {name}.", url=f"https://{name[0]}.example/1", day="2024-06-03",
            said=[("It rains", name, None, "direct")],
        )
        for name in ("Ada Vint", "Bo Lund", "Cy Marr")
    ]  # fmt: skip
    publish(load_linked(tmp_path, said))
    client = site_client(tmp_path)
    first = client.get("/api/v1/speakers", params={"limit": 1}).json()
    publish(load_linked(tmp_path, [told("new", 9), flood("z", "2024-09-09")]))
    rest = [
        item for page in pages(client, "speakers", limit=1, cursor=first["next"]) for item in page
    ]
    names = [item["speaker"] for item in (*first["items"], *rest)]
    assert names == ["Ada Vint", "Bo Lund", "Cy Marr"]


def test_all_formats_have_the_same_rows(client, tmp_path):
    items = client.get("/api/v1/statements", params={"limit": 1000}).json()["items"]
    lines = client.get("/api/v1/statements", params={"format": "jsonl"}).text.splitlines()
    assert [json.loads(line) for line in lines] == items
    table = client.get("/api/v1/statements", params={"format": "csv"})
    assert [row["statement"] for row in csv.DictReader(io.StringIO(table.text))] == [
        item["statement"] for item in items
    ]
    file = tmp_path / "rows.parquet"
    file.write_bytes(client.get("/api/v1/statements", params={"format": "parquet"}).content)
    with duckdb.connect() as con:
        found = con.execute(f"SELECT statement, published_on FROM '{file}'").fetchall()
    assert [(text, day and day.isoformat()) for text, day in found] == [
        (item["statement"], item["published_on"]) for item in items
    ]


def test_unchanged_snapshot_is_not_sent_again(client):
    tag = client.get("/api/v1/articles").headers["etag"]
    again = client.get("/api/v1/articles", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("articles?limit=1000000000", "limit: a page has at most 1,000 rows"),
        ("articles?limit=0", "limit: "),
        ("articles?limit=ten", "limit: "),
        ("articles?fields=author", "articles have no author. They have article_id"),
        ("articles?nothing=1", "There is no parameter nothing. Known ones: agency, author"),
        ("articles?limit=1&limit=2", "limit is given twice"),
        ("articles?since=yesterday", "since: "),
        ("articles?cursor=abc", "This cursor does not belong to this request"),
        ("articles?cursor=W10", "This cursor does not belong to this request"),
        ("articles?format=xml", "format: "),
        ("statements?act=dance", "act: "),
        ("edits?headline=perhaps", "headline: "),
        ("articles?" + "&".join(f"a{at}=1" for at in range(99)), "at most 40 parameters"),
        (f"articles?source={'x' * 2000}", "source: "),
    ],
)
def test_wrong_parameter_is_named(client, path, said):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    content = answer.json()
    assert said in content["detail"]
    assert (content["status"], content["title"]) == (400, "Bad Request")


def test_cursor_of_other_filters_is_refused(client):
    cursor = client.get("/api/v1/mentions", params={"limit": 1}).json()["next"]
    answer = client.get("/api/v1/mentions", params={"limit": 1, "cursor": cursor, "kind": "place"})
    assert answer.status_code == 400


def test_unknown_address_and_empty_warehouse(client, tmp_path):
    assert client.get("/api/v1/nothing").status_code == 404
    empty = site_client(tmp_path).get("/api/v1/articles")
    assert empty.status_code == 503
    assert "Nothing was published yet" in empty.json()["detail"]


def test_hostile_values_change_nothing(client):
    for value in ("' OR 1=1 --", "\x00", "%", "'; DROP TABLE articles; --", "😀"):
        answer = client.get("/api/v1/statements", params={"speaker": value})
        assert answer.json()["items"] == []


@pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name)
def test_every_filter_is_understood(client, listing):
    for name, one in listing.filters.items():
        answer = client.get(f"/api/v1/{listing.name}", params={name: one.example})
        assert answer.status_code == 200, f"{name}: {answer.text}"


def test_nothing_is_changed_by_other_methods(client):
    for method in ("POST", "PUT", "DELETE"):
        answer = client.request(method, "/api/v1/articles", content=b"x" * 20_000_000)
        assert (answer.status_code, answer.json()["title"]) == (405, "Method Not Allowed")
