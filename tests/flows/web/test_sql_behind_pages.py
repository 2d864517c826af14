"""The SQL behind a page: each query runs on its own and finds what the page shows."""

from urllib.parse import unquote

import pytest

from tests.helpers.aveling import CLEANING, TRIAL, flood
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.shown_pages import links_in, page_of
from tests.helpers.site import site_client
from warehouse.publish import publish

LISTS = ["/today?day=2024-06-03", "/stories?until=2024-06-05", "/speakers?until=2024-06-05"]
KINDS = ["/articles/", "/entities/", "/speakers/", "/statements/", "/stories/"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    told = [flood("a", "2024-06-03", hour=7), TRIAL, flood("b", "2024-06-03", hour=9), CLEANING]
    folder = load_linked(tmp_path_factory.mktemp("behind"), told)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder)


@pytest.fixture(scope="module")
def paths(client):
    """Return a page of each kind, found by following links."""
    known = list(LISTS)
    for path in known:
        for kind in KINDS:
            if not any(one.startswith(kind) for one in known):
                known += links_in(page_of(client, path), kind)[:1]
    return known


def queries(client, path):
    """Return the queries behind a page by name."""
    behind = page_of(client, path).xpath("//details[@class='behind']")[0]
    names = [name.text for name in behind.iter("h2")]
    return dict(zip(names, [one.text for one in behind.iter("code")], strict=True))


def test_a_page_of_each_kind_is_found(paths):
    assert all(any(path.startswith(kind) for path in paths) for kind in KINDS)


def test_each_query_runs_on_its_own(client, folder, paths):
    asked = {path: queries(client, path) for path in paths}
    assert all(asked.values())
    for found in asked.values():
        for sql in found.values():
            rows_of(folder, sql)


def test_query_of_selected_rows_finds_what_the_page_shows(client, folder, paths):
    (path,) = [path for path in paths if path.startswith("/speakers/")]
    speaker = unquote(path.removeprefix("/speakers/"))
    ((said,),) = rows_of(folder, "SELECT count(*) FROM said WHERE speaker = $name", name=speaker)
    assert len(rows_of(folder, queries(client, path)["places of speaker"])) == said > 0
