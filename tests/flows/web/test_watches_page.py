"""The page /watches, and saving a search as a watch."""

import pytest
from lxml import html

from tests.helpers.faults import in_other_process
from tests.helpers.questions import BUDGET, PLAN
from tests.helpers.site import form_token, site_client
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.watches import current_watches

WRITING = """
import sys, time
from pathlib import Path
from warehouse.connect import open_live
from warehouse.folder import DataFolder
with open_live(DataFolder(Path(sys.argv[1])), wait_s=0):
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, PLAN, BUDGET)
    publish(folder)
    return folder


def save(client, words, name=""):
    token = form_token(client, "/watches")
    return client.post("/watches", data={"csrf": token, "words": words, "name": name})


def names(folder):
    with open_live(folder) as con:
        return [one.name for one in current_watches(con)]


def test_no_watch_yet_leads_to_the_search(folder):
    tree = html.fromstring(site_client(folder.root, follow_redirects=False).get("/watches").text)
    assert "There is no watch yet" in tree.text_content()
    assert "/search" in tree.xpath("//main//p/a/@href")


def test_a_search_is_saved_from_its_page(folder):
    client = site_client(folder.root, follow_redirects=False)
    tree = html.fromstring(client.get("/search?q=quantum&source=a.example").text)
    (form,) = [form for form in tree.forms if form.action == "/watches"]
    form.fields["name"] = "plans"
    assert client.post(str(form.action), data=dict(form.fields)).headers["location"] == "/watches"
    shown = html.fromstring(client.get("/watches").text)
    (watch,) = shown.xpath("//section[@class='watch']")
    assert watch.xpath("h2//text()") == ["plans"]
    assert watch.xpath(".//ul//a/text()") == [PLAN.article.title]
    (link,) = watch.xpath("h2/a/@href")
    assert PLAN.article.title in client.get(link).text


def test_a_watch_is_removed(folder):
    client = site_client(folder.root, follow_redirects=False)
    save(client, "quantum", "one")
    tree = html.fromstring(client.get("/watches").text)
    (form,) = [form for form in tree.forms if form.action == "/watches/remove"]
    assert client.post(str(form.action), data=dict(form.fields)).status_code == 303
    assert names(folder) == []


@pytest.mark.parametrize(
    ("words", "name", "said"),
    [
        pytest.param("quantum", "a/b", "letters, digits", id="name"),
        pytest.param("quantum", "../../etc/passwd", "letters, digits", id="path"),
        pytest.param("(quantum", "x", "not closed", id="question"),
        pytest.param("", "x", "nothing to search for", id="nothing"),
        pytest.param("quantum", "one", "already a watch", id="known"),
    ],
)
def test_wrong_watch_is_told_and_its_fields_are_kept(folder, words, name, said):
    client = site_client(folder.root, follow_redirects=False)
    save(client, "strategy", "one")
    answer = save(client, words, name)
    tree = html.fromstring(answer.text)
    assert answer.status_code == 400
    assert said in tree.xpath("//p[@role='alert']")[0].text_content()
    assert tree.get_element_by_id("words").get("value") == words
    assert names(folder) == ["one"]


def test_busy_writer_is_told_and_nothing_changes(folder):
    client = site_client(folder.root, lock_wait_s=0.1, follow_redirects=False)
    save(client, "quantum", "one")
    token = form_token(client, "/watches")
    with in_other_process(WRITING, folder.root) as writer:
        asked = {"csrf": token, "words": "strategy", "name": "two"}
        answer = client.post("/watches", data=asked)
        removal = client.post("/watches/remove", data={"csrf": token, "name": "one"})
        listed = client.get("/watches")
        writer.kill()
    for one in (answer, removal):
        assert one.status_code == 503
        assert "Try again in a minute" in one.text
    assert listed.status_code == 200
    assert "is being written now" in listed.text
    assert names(folder) == ["one"]


def test_unknown_watch_cannot_be_removed(folder):
    client = site_client(folder.root, follow_redirects=False)
    asked = {"csrf": form_token(client, "/watches"), "name": "<b>x"}
    answer = client.post("/watches/remove", data=asked)
    assert answer.status_code == 404
    assert "<b>" not in html.fromstring(answer.text).xpath("//p[@role='alert']/b")


def test_changes_need_the_token_of_our_own_pages(folder):
    client = site_client(folder.root, follow_redirects=False)
    assert client.post("/watches", data={"words": "quantum", "name": "x"}).status_code == 403
    assert client.post("/watches/remove", data={"name": "x"}).status_code == 403
    assert names(folder) == []


def test_looking_at_the_watches_changes_no_file(folder):
    client = site_client(folder.root, follow_redirects=False)
    save(client, "quantum", "one")
    before = folder.live.read_bytes()
    assert "quantum" in client.get("/watches").text
    assert folder.live.read_bytes() == before
