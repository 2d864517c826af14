"""The pages about feeds: what they show, and what their forms change."""

import re
from datetime import timedelta

import pytest

from flows.feeds.feed_list import read_feed_list, write_feed_list
from flows.feeds.opml import ListedFeed
from tests.helpers.desk import (
    DAY,
    HOST,
    NOW,
    add_rows,
    desk_client,
    entry_row,
    feed_row,
    fetch_row,
    poll_row,
)
from tests.helpers.processes import wait_until
from tests.helpers.site import form_token

HOSTILE = (
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param('"><img src=x onerror=alert(1)>', id="attribute"),
    pytest.param("a\u202egpj.exe", id="bidi"),
    pytest.param("W" * 10_000, id="long-word"),
    pytest.param("{{ 7 * 7 }} {% raw %}", id="template"),
)


def list_feeds(folder, *names, **given):
    feeds = [ListedFeed(url=f"{HOST}/{name}.xml", title=name.title(), **given) for name in names]
    write_feed_list(folder / "feeds.opml", feeds)


def listed(folder):
    return {feed.title: feed for feed in read_feed_list(folder / "feeds.opml").feeds}


def key_of(client, title):
    found = re.search(rf'href="/feeds/(f1-[^"]+)"><b>{title}<', client.get("/feeds").text)
    assert found is not None
    return found[1]


@pytest.fixture
def client(tmp_path):
    """Return the pages of three feeds: one is fine, one fails and one is not polled yet."""
    list_feeds(tmp_path, "world", "sport", "added")
    seen = [(0, 7), (1, 7), (2, 1), (3, 1), (4, 1)]
    add_rows(
        tmp_path,
        feeds=[feed_row("world"), feed_row("sport")],
        polls=[
            poll_row("world"),
            poll_row("sport", outcome="failed", failure="not_found", detail="status 404"),
        ],
        entries=[entry_row(number, NOW - days * DAY) for number, days in seen],
        fetches=[fetch_row(number, NOW - days * DAY) for number, days in seen[1:]],
    )
    return desk_client(tmp_path)


@pytest.mark.parametrize("path", ["/feeds", "/feeds/new", "/rejections", "/runs", "/runs/now"])
def test_page_without_any_data_says_what_to_do(tmp_path, path):
    page = desk_client(tmp_path).get(path)
    assert page.status_code == 200
    assert re.search(r"onrecord ingest|Add one|Nothing is running|Look", page.text)
    assert not list(tmp_path.iterdir())


def test_feeds_are_listed_with_their_states_before_there_is_a_warehouse(tmp_path):
    list_feeds(tmp_path, "world", "sport")
    client = desk_client(tmp_path)
    page = client.get("/feeds").text
    assert "new 2" in page
    assert "not polled yet" in client.get(f"/feeds/{key_of(client, 'World')}").text


def test_feeds_that_need_attention_come_first_and_can_be_filtered(client):
    page = client.get("/feeds").text
    titles = re.findall(r'href="/feeds/f1-[^"]+"><b>(\w+)<', page)
    assert titles == ["Sport", "Added", "World"]
    assert [label in page for label in ("all 3", "failing 1", "new 1", "ok 1")] == [True] * 4
    assert "status 404" in page
    failing = client.get("/feeds?state=failing").text
    assert re.findall(r"<b>(\w+)<", failing) == ["Sport"]
    assert re.findall(r"<b>(\w+)<", client.get("/feeds?words=wor").text) == ["World"]
    nothing = client.get("/feeds?words=nowhere").text
    assert "No feed matches" in nothing
    assert 'href="/feeds"' in nothing


def test_strip_tells_how_far_the_entries_came(client):
    assert (
        "Last 28 days: 0.5 expected, 5 seen, 4 fetched, 0 loaded; something new on 2 days"
        in client.get("/feeds").text
    )


def test_page_of_a_feed_has_its_polls_entries_and_advice(client):
    page = client.get(f"/feeds/{key_of(client, 'World')}").text
    assert "Boat 4" in page
    assert "Last polls" in page
    failing = client.get(f"/feeds/{key_of(client, 'Sport')}").text
    assert "look for its new address" in failing
    assert "not_found" in failing


def test_unknown_feed_is_a_page_that_helps(client):
    page = client.get("/feeds/f1-nothing")
    assert page.status_code == 404
    assert "The page Feeds has all" in page.text


def test_ten_thousand_feeds_are_shown_in_parts(tmp_path):
    list_feeds(tmp_path, *(f"paper{number:05}" for number in range(10_000)))
    client = desk_client(tmp_path)
    first, last = client.get("/feeds").text, client.get("/feeds?page=200").text
    assert first.count('<div class="who">') == last.count('<div class="who">') == 50
    assert ("Paper00000" in first, "Paper09999" in last) == (True, True)
    assert (">Next<" in first, ">Next<" in last) == (True, False)
    assert "Paper09999" in client.get("/feeds?page=99999").text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_title_is_only_text(tmp_path, text):
    add_rows(tmp_path, feeds=[feed_row("world", title=text)], polls=[poll_row("world")])
    client = desk_client(tmp_path)
    for path in ("/feeds", "/feeds/f1-world", "/feeds/f1-world/remove"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert "\u202e" not in page.text


def test_feed_is_paused_with_a_day_and_a_reason_and_resumed(client, tmp_path):
    path = f"/feeds/{key_of(client, 'World')}"
    until = (NOW + 5 * DAY).date()
    page = client.post(
        f"{path}/pause",
        data={"csrf": form_token(client, path), "until": str(until), "reason": "a <b>strike</b>"},
    )
    assert "The feed was paused." in page.text
    assert f"until {until}: a &lt;b&gt;strike&lt;/b&gt;" in page.text
    feed = listed(tmp_path)["World"]
    assert (feed.paused_until.date(), feed.pause_reason) == (until, "a <b>strike</b>")
    assert "paused 1" in client.get("/feeds").text
    page = client.post(f"{path}/resume", data={"csrf": form_token(client, path)})
    assert "The feed was resumed." in page.text
    assert listed(tmp_path)["World"].paused_at is None


@pytest.mark.parametrize(
    "until",
    [pytest.param(str((NOW - DAY).date()), id="past"), pytest.param("soon", id="no-day")],
)
def test_pause_with_a_wrong_day_changes_nothing(client, tmp_path, until):
    path = f"/feeds/{key_of(client, 'World')}"
    before = (tmp_path / "feeds.opml").read_bytes()
    answer = client.post(f"{path}/pause", data={"csrf": form_token(client, path), "until": until})
    assert answer.status_code == 400
    assert "until: got" in answer.text
    assert (tmp_path / "feeds.opml").read_bytes() == before


def test_feed_is_removed_only_after_a_question(client, tmp_path):
    path = f"/feeds/{key_of(client, 'World')}/remove"
    assert "Remove World?" in client.get(path).text
    assert "World" in listed(tmp_path)
    page = client.post(path, data={"csrf": form_token(client, path)})
    assert "The feed was removed from the list" in page.text
    assert set(listed(tmp_path)) == {"Sport", "Added"}
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("action", ["pause", "resume", "remove"])
def test_form_of_another_site_changes_nothing(client, tmp_path, action):
    path = f"/feeds/{key_of(client, 'World')}"
    before = (tmp_path / "feeds.opml").read_bytes()
    assert client.post(f"{path}/{action}", data={"csrf": "guessed"}).status_code == 403
    token = form_token(client, path)
    far = {"sec-fetch-site": "cross-site"}
    answer = client.post(f"{path}/{action}", data={"csrf": token}, headers=far)
    assert answer.status_code == 403
    assert (tmp_path / "feeds.opml").read_bytes() == before


def test_list_of_another_reader_is_imported(client, tmp_path):
    sent = (
        "<opml version='2.0'><body>"
        f"<outline text='World' xmlUrl='{HOST}/world.xml'/>"
        "<outline text='Tide' xmlUrl='https://tide.example/feed'/>"
        "<outline text='Odd' xmlUrl='gopher://old.example'/></body></opml>"
    )
    page = client.post(
        "/feeds/import",
        data={"csrf": form_token(client, "/feeds")},
        files={"file": ("feeds.opml", sent.encode())},
    )
    assert "1 feed added, 1 known, 1 without a web address" in page.text
    assert "Tide" in listed(tmp_path)


@pytest.mark.parametrize(
    "sent", [pytest.param(b"", id="empty"), pytest.param(b"<html></html>", id="page")]
)
def test_file_that_is_no_list_is_refused(client, tmp_path, sent):
    before = (tmp_path / "feeds.opml").read_bytes()
    answer = client.post(
        "/feeds/import",
        data={"csrf": form_token(client, "/feeds")},
        files={"file": ("feeds.opml", sent)},
    )
    assert answer.status_code == 400
    assert "is not a valid feed list" in answer.text
    assert (tmp_path / "feeds.opml").read_bytes() == before


def test_download_of_the_list_has_no_secrets(tmp_path):
    private = ListedFeed(url="https://ada:secret@wire.example/feed", title="Wire")
    public = ListedFeed(url=f"{HOST}/world.xml", title="World")
    write_feed_list(tmp_path / "feeds.opml", [private, public])
    client = desk_client(tmp_path)
    page, sent = client.get("/feeds").text, client.get("/feeds.opml")
    assert "Wire" in page
    assert "World" in sent.text
    assert "secret" not in page + sent.text
    assert "feeds.opml" in sent.headers["content-disposition"]


def test_feed_that_is_silent_is_told_since_when(tmp_path):
    entries = [entry_row(number, NOW - timedelta(days=40 - number)) for number in range(5)]
    add_rows(tmp_path, feeds=[feed_row("world")], polls=[poll_row("world")], entries=entries)
    page = desk_client(tmp_path).get("/feeds?state=silent").text
    assert "for 36 d, longest pause before 1 d" in page


def test_states_follow_the_newest_snapshot(client, tmp_path):
    assert "failing 1" in client.get("/feeds").text
    later = NOW + timedelta(minutes=1)
    add_rows(tmp_path, polls=[poll_row("sport", later)])
    wait_until(lambda: "failing 1" not in client.get("/feeds").text, seconds=60)
    assert "ok 1" in client.get("/feeds?words=world").text


def test_first_snapshot_is_seen_at_once(tmp_path):
    list_feeds(tmp_path, "world")
    client = desk_client(tmp_path)
    assert "new 1" in client.get("/feeds").text
    add_rows(tmp_path, feeds=[feed_row("world")], polls=[poll_row("world")])
    assert "new 1" not in client.get("/feeds").text
