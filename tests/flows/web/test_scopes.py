"""What readers may do: the server refuses the rest, and the pages show no form for it."""

import re

import pytest

from flows.cli.setting_values import shown
from flows.errors import SettingsError
from flows.settings import Settings
from flows.web.access import Access
from flows.web.pages import ROUTES
from flows.web.passwords import hash_password
from flows.web.scopes import EVERY, Scope, scopes_from
from flows.web.server import access_for
from tests.helpers.desk import NOW, add_rows, feed_row, poll_row, rejection_row, run_row
from tests.helpers.linked import load_linked
from tests.helpers.shown_pages import page_of
from tests.helpers.site import form_token, site_client
from tests.helpers.stories import make_story
from warehouse.folder import DataFolder

PASSWORD, OF_READERS = "for everything", "for readers only"
CHANGES = [path for method, path, _ in ROUTES if method == "POST"]
QUERY = {"sql": "SELECT 40 + 2 AS answer"}
PAGES = (
    "/today", "/search", "/search?q=ferry", "/watches", "/stories", "/speakers", "/feeds",
    "/feeds?words=nothing", "/feeds/f1-world", "/rejections", "/runs", "/runs/run-1", "/data",
    "/data/tables/said", "/help",
)  # fmt: skip


@pytest.fixture(scope="module")
def hashes():
    return {
        "password_hash": hash_password(PASSWORD),
        "reader_password_hash": hash_password(OF_READERS),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Publish an article, a feed, a run and a refusal, so that each page has something to change."""
    root = tmp_path_factory.mktemp("data")
    load_linked(root, [make_story("The ferry sails.", url="https://a.example/1", day="2024-06-03")])
    add_rows(
        root,
        feeds=[feed_row("world")],
        polls=[poll_row("world")],
        rejections=[rejection_row(1)],
        runs=[run_row("run-1", recorded_at=NOW)],
    )
    return DataFolder(root)


def client_of(folder, **given):
    access = Access(hosts=frozenset({"testserver"}), **given)
    return site_client(folder, access=access, follow_redirects=False)


def signed_in(folder, password, **given):
    client = client_of(folder, **given)
    token = form_token(client, "/sign-in")
    client.post("/sign-in", data={"password": password, "csrf": token})
    return client


def change(client, path, **sent):
    """Send a form of our own pages to an address, whose parts are filled in."""
    address = re.sub(r"\{\w+\}", "f1-world", path)
    return client.post(address, data={"csrf": form_token(client, "/sign-in")} | sent)


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("path", CHANGES)
@pytest.mark.parametrize("scopes", ["read", "read,sql"])
def test_reader_changes_nothing(folder, path, scopes):
    client, before = client_of(folder, scopes=scopes_from(scopes)), files(folder)
    answer = change(client, path, url="https://a.example/", words="ferry", reason="too_short")
    assert answer.status_code == 403
    assert "may not change feeds and watches" in answer.text
    assert files(folder) == before


def test_every_route_that_changes_something_is_tried():
    assert {"/watches", "/runs/ingest", "/feeds/{feed_id}/remove"} <= set(CHANGES)
    assert len(CHANGES) >= 12


@pytest.mark.parametrize("path", ["/feeds/new?url=https://a.example/", "/feeds/f1-world/remove"])
def test_reader_neither_fetches_nor_prepares_a_removal(folder, path):
    assert client_of(folder, scopes=scopes_from("read,sql")).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/data/sql", "/data/sql.csv", "/data/sql.jsonl"])
def test_own_queries_need_their_scope(folder, path):
    refused = client_of(folder, scopes=scopes_from("read")).get(path, params=QUERY)
    assert refused.status_code == 403
    assert "may not run queries of their own" in refused.text
    answer = client_of(folder, scopes=scopes_from("read,sql")).get(path, params=QUERY)
    assert answer.status_code == 200
    assert "42" in answer.text


@pytest.mark.parametrize("scopes", ["read", "read,sql"])
def test_pages_show_nothing_that_is_refused(folder, scopes):
    client = client_of(folder, scopes=scopes_from(scopes))
    links = set()
    for path in PAGES:
        page = page_of(client, path)
        assert not page.xpath("//form[@method='post']"), path
        links |= {*page.xpath("//a/@href"), *page.xpath("//form/@action")}
    ours = {link for link in links if link.startswith("/")}
    assert len(ours) > 20
    refused = {link for link in ours if client.get(link).status_code == 403}
    assert not refused


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/search?q=ferry", "/watches"),
        ("/watches", "/watches"),
        ("/feeds", "/feeds/import"),
        ("/feeds/f1-world", "/runs/ingest"),
        ("/rejections", "/runs/retry"),
        ("/runs", "/runs/backfill"),
    ],
)
def test_pages_show_what_those_may_change_who_manage(folder, path, action):
    page = page_of(client_of(folder), path)
    assert action in page.xpath("//form[@method='post']/@action")


def test_password_decides_what_a_reader_may_do(folder, hashes):
    assert client_of(folder, **hashes).get("/today").status_code == 303
    reader = signed_in(folder, OF_READERS, **hashes)
    assert "42" in reader.get("/data/sql", params=QUERY).text
    refused = change(reader, "/watches/remove", name="none")
    assert refused.status_code == 403
    assert 'href="/sign-in"' in refused.text
    everything = signed_in(folder, PASSWORD, **hashes)
    assert "no watch" in change(everything, "/watches/remove", name="none").text
    assert signed_in(folder, "wrong password", **hashes).get("/today").status_code == 303


def test_reader_becomes_somebody_who_manages_by_the_other_password(folder, hashes):
    client = signed_in(folder, OF_READERS, **hashes)
    token = form_token(client, "/sign-in")
    client.post("/sign-in", data={"password": PASSWORD, "csrf": token})
    assert "/feeds/new" in client.get("/feeds").text


def test_only_the_password_for_everything_goes_beyond_the_scopes_of_all(folder, hashes):
    limited = hashes | {"scopes": scopes_from("read")}
    reader = signed_in(folder, OF_READERS, **limited)
    assert reader.get("/today").status_code == 200
    assert reader.get("/data/sql", params=QUERY).status_code == 403
    everything = signed_in(folder, PASSWORD, **limited)
    assert everything.get("/data/sql", params=QUERY).status_code == 200
    assert "/feeds/new" in everything.get("/feeds").text


def test_form_to_sign_in_gives_nothing_more_if_there_is_no_password(folder):
    client = signed_in(folder, "", scopes=scopes_from("read"))
    assert change(client, "/watches", words="ferry").status_code == 403


def test_hash_of_one_password_is_no_password(folder, hashes):
    client = signed_in(folder, hashes["password_hash"], **hashes)
    assert client.get("/today").status_code == 303


@pytest.mark.parametrize(
    ("written", "scopes"),
    [
        ("read,sql,manage", EVERY),
        (" Read , SQL", {Scope.READ, Scope.SQL}),
        ("manage,read", {Scope.READ, Scope.MANAGE}),
    ],
)
@pytest.mark.parametrize("host", ["127.0.0.1", "news.example"])
def test_setting_limits_all_in_every_way_to_serve(tmp_path, written, scopes, host):
    settings = Settings(data=tmp_path, web_scopes=written)
    assert access_for(settings, host=host, is_behind_proxy=True).scopes == scopes


@pytest.mark.parametrize("written", ["", "sql", "manage,sql", "read,write", "all"])
def test_scopes_that_make_no_sense_are_an_error(tmp_path, written):
    settings = Settings(data=tmp_path, web_scopes=written)
    with pytest.raises(SettingsError, match=r"web_scopes.*expected read"):
        access_for(settings, host="127.0.0.1", is_behind_proxy=False)


def test_password_of_readers_alone_opens_the_pages_to_other_machines(tmp_path, hashes):
    settings = Settings(data=tmp_path, web_reader_password_hash=hashes["reader_password_hash"])
    access = access_for(settings, host="0.0.0.0", is_behind_proxy=False)
    assert access.scopes_of(access.sessions.new()) == frozenset()
    assert access.scopes_by(OF_READERS) == {Scope.READ, Scope.SQL}
    assert access.scopes_by(PASSWORD) == frozenset()


def test_wrong_hash_of_readers_is_an_error_that_does_not_show_it(tmp_path):
    settings = Settings(data=tmp_path, web_reader_password_hash="secret")
    with pytest.raises(SettingsError, match=r"web_reader_password_hash.*hash-password") as found:
        access_for(settings, host="127.0.0.1", is_behind_proxy=False)
    assert "secret" not in str(found.value)


def test_list_of_settings_shows_no_hash(tmp_path, hashes):
    settings = Settings(data=tmp_path, web_reader_password_hash=hashes["reader_password_hash"])
    assert shown(settings, "web_reader_password_hash") == "***"
    assert shown(settings, "web_password_hash") == "None"
