"""The dictionary, and SQL by readers: every query is answered or refused, and none does harm."""

import threading

import anyio
import pytest
from lxml import html

from flows.web.shown_sql import filled_in
from tests.helpers.builders import make_analysis, make_article, make_batch
from tests.helpers.site import site_client
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import spool

ENDLESS = "SELECT count(*) FROM range(100000000000) a, range(100000) b"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    article = make_article("The ferry sails.", title="Harbour <b>opens</b>")
    with open_live(folder) as con:
        append_batch(con, spool(make_batch(make_analysis(article)), folder.spool))
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder, query_memory_mb=400, query_timeout_s=3)


def ask(client, sql, **more):
    answer = client.get("/data/sql", params={"sql": sql, **more})
    assert answer.status_code == 200
    return html.fromstring(answer.text)


def problem(page):
    return "".join(page.xpath("//pre[@role='alert']//text()"))


def rows(page):
    table = page.xpath("//table")[0]
    return [[cell.text_content() for cell in row.xpath("td")] for row in table.xpath("tbody/tr")]


def test_query_is_answered_with_its_rows(client):
    page = ask(client, "SELECT title, 1 AS one FROM articles")
    assert rows(page) == [["Harbour <b>opens</b>", "1"]]
    assert page.xpath("//textarea")[0].text.strip() == "SELECT title, 1 AS one FROM articles"


def test_result_is_drawn(client):
    page = ask(client, "SELECT title, 3 AS articles FROM articles", **{"as": "chart"})
    assert page.xpath("//svg//text()[contains(., 'Harbour <b>opens</b>')]")
    assert "needs a column" in ask(client, "SELECT 1", **{"as": "chart"}).text_content()


def test_endless_query_ends_at_the_limit(client):
    assert "longer than 3 s" in problem(ask(client, ENDLESS))
    assert rows(ask(client, "SELECT 1 AS one")) == [["1"]]


def test_endless_query_ends_when_the_reader_goes_away(folder):
    client = site_client(folder, query_timeout_s=600)
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])
    sent = []

    async def receive():
        return next(messages, {"type": "http.disconnect"})

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/data/sql", "raw_path": b"/data/sql", "scheme": "http",
        "root_path": "", "query_string": b"sql=" + ENDLESS.replace(" ", "+").encode(),
        "headers": [(b"host", b"localhost")], "http_version": "1.1", "server": ("localhost", 80),
        "client": ("127.0.0.1", 1),
    }  # fmt: skip

    def run():
        anyio.run(client.app, scope, receive, send)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert sent[0]["status"] == 499


def test_rows_beyond_the_limit_are_in_the_downloads(client):
    sql = "SELECT i FROM range(1200) t(i)"
    page = ask(client, sql)
    assert len(rows(page)) == 500
    assert "first 500 rows" in page.text_content()
    answer = client.get("/data/sql.csv", params={"sql": sql})
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.splitlines()) == 1201
    lines = client.get("/data/sql.jsonl", params={"sql": "SELECT title FROM articles"}).text
    assert lines == '{"title":"Harbour <b>opens</b>"}\n'
    assert client.get("/data/sql.exe", params={"sql": sql}).status_code == 404


def test_download_of_a_refused_query_is_an_error(client):
    answer = client.get("/data/sql.csv", params={"sql": "DROP TABLE articles"})
    assert answer.status_code == 400
    assert "read-only" in answer.text


def test_dictionary_leads_to_each_table(client):
    page = html.fromstring(client.get("/data").text)
    links = page.xpath("//main//li/a/@href")
    assert {"/data/tables/said", "/data/tables/articles"} <= set(links)
    said = client.get("/data/tables/said").text
    assert "speaker_role" in said
    assert client.get("/data/tables/nothing").status_code == 404


def test_examples_are_run_from_their_links(client):
    page = html.fromstring(client.get("/data/sql").text)
    links = page.xpath("//main//li/a/@href")
    assert len(links) >= 20
    shown = client.get(links[0])
    assert "sql=" in str(shown.url)
    assert not problem(html.fromstring(shown.text))


def test_every_query_behind_a_page_can_be_run_in_the_editor(client):
    page = html.fromstring(client.get("/today").text)
    links = page.xpath("//details[@class='behind']//a/@href")
    assert links
    for link in links:
        assert not problem(html.fromstring(client.get(link).text))


def test_values_are_filled_in_where_sql_has_them():
    sql = "-- $day: the day\nSELECT '$day' FROM said WHERE day = $day AND name = $name"
    assert filled_in(sql, {"day": None, "name": "'; DROP"}) == (
        "-- $day: the day\nSELECT '$day' FROM said WHERE day = NULL AND name = '''; DROP'"
    )
