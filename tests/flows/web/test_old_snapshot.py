"""Pages over a snapshot that an older release has published."""

import re

import pytest

from flows.web.pages import ROUTES
from tests.helpers.questions import PLAN, STORIES
from tests.helpers.shown_pages import page_of, text_of
from tests.helpers.site import site_client
from tests.helpers.stories import append_stories
from warehouse.connect import open_live, open_writable
from warehouse.folder import DataFolder
from warehouse.publish import publish

FIRST_TABLES = {"articles", "documents", "entities", "mentions", "quotations", "sources"}
KEYS = {"article_id": PLAN.article.article_id, "name": "articles", "kind": "csv"}
QUERIES = {
    "/search": "?q=quantum",
    "/search.csv": "?q=speaker:ruiz",
    "/data/sql": "?sql=FROM+said",
    "/data/sql.csv": "?sql=FROM+said",
}
PATHS = sorted(
    path + QUERIES.get(path, "")
    for path in (
        re.sub(r"\{(\w+)[^}]*\}", lambda key: KEYS.get(key[1], "x"), path)
        for method, path, _ in ROUTES
        if method == "GET"
    )
)
# These show nothing of the snapshot, or what every release has.
ALWAYS = {"/articles", "/data", "/data/tables/articles", "/data/words.json", "/help", "/feeds/new"}


@pytest.fixture(scope="module", params=["views", "tables"])
def client(request, tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("old"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, *STORIES.values())
    with open_writable(publish(folder)) as con:
        make_old(con, has_all_tables=request.param == "views")
    folder.live.unlink()
    return site_client(folder)


def make_old(con, *, has_all_tables):
    """Leave what a snapshot of the first release has."""
    views = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"
    for (name,) in con.execute(views).fetchall():
        con.execute(f"DROP VIEW {name}")
    con.execute("DELETE FROM schema_migrations WHERE name = 'views'")
    if has_all_tables:
        return
    for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
        if name not in {*FIRST_TABLES, "schema_migrations"}:
            con.execute(f"DROP TABLE {name}")
    con.execute("DELETE FROM schema_migrations WHERE name > '0003'")


@pytest.mark.parametrize("path", PATHS)
def test_page_is_shown_or_says_what_to_run(client, path):
    answer = client.get(path)
    assert answer.status_code in {200, 400, 404, 503}
    if answer.status_code in {400, 503}:
        assert "onrecord publish" in answer.text
    if path in ALWAYS:
        assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/today", "/articles/" + PLAN.article.article_id, "/stories", "/feeds", "/speakers"]
)
def test_page_without_its_views_names_the_snapshot_and_the_command(client, path):
    page = page_of(client, path, status=503)
    (command,) = page.xpath("//main//pre/code/text()")
    assert command == "onrecord publish"
    assert "onrecord-000001.duckdb" in text_of(page)
    assert "/published/" not in text_of(page)
    assert not page.xpath("//main//form")


def test_own_query_says_what_to_run(client):
    (problem,) = page_of(client, "/data/sql?sql=FROM+said").xpath("//*[@role='alert']")
    assert "onrecord publish" in text_of(problem)
    page = page_of(client, "/data/sql?sql=SELECT+count(*)+FROM+articles")
    assert not page.xpath("//*[@role='alert']")
    assert "3" in text_of(page)


@pytest.mark.parametrize("client", ["tables"], indirect=True)
def test_watches_say_what_to_run(client):
    assert "onrecord publish" in text_of(page_of(client, "/watches", status=503))
