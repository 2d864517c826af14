"""Feeds of watches, stories and speakers: valid, complete, stable, and open to feed readers."""

import os
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, quote, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import pytest
from lxml import html

from flows.alerts.watch_feeds import watch_feed
from flows.alerts.watching import add_watch, remove_watch
from flows.rss import clean
from flows.settings import Settings
from flows.web.passwords import hash_password
from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.json_feeds import read_json_feed
from tests.helpers.linked import load_linked, rows_of
from tests.helpers.programs import HOST, problem_of, program_client, token_of
from tests.helpers.report_builders import PAYLOADS
from tests.helpers.shown_pages import assert_harmless, page_of, text_of
from tests.helpers.site import form_token, site_client
from tests.helpers.stories import make_story
from warehouse.publish import publish
from warehouse.watches import make_watch

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PASSWORD = "a long password"
KINDS = ("rss", "json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    told = [flood("a", "2024-06-03", hour=7), TRIAL, flood("b", "2024-06-03", hour=9), CLEANING]
    folder = load_linked(tmp_path_factory.mktemp("followed"), told)
    publish(folder)
    settings = Settings(data=folder.root)
    add_watch(settings, make_watch("holt", speaker="Karin Holt"), now=NOW)
    add_watch(settings, make_watch("Überfall", words="flood"), now=NOW)
    return folder


@pytest.fixture(scope="module")
def story(folder):
    ((key,),) = rows_of(
        folder, "SELECT DISTINCT story_id FROM story_articles WHERE source_id = 'c.example'"
    )
    return key


@pytest.fixture(scope="module")
def addresses(story):
    """Return the address of a feed of each kind, without its ending, and its query."""
    return {
        "watch": ("/watches/holt", ""),
        "story": (f"/stories/{story}", ""),
        "speaker": ("/speakers", "?name=Karin+Holt"),
    }


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder)


@pytest.fixture(scope="module")
def hashed():
    return hash_password(PASSWORD)


def rss(client, stem, query=""):
    answer = client.get(f"{stem}.rss{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/rss+xml")
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.version == "rss20"
    return parsed


def json_feed(client, stem, query=""):
    answer = client.get(f"{stem}.json{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/feed+json"
    return read_json_feed(answer.content)


@pytest.mark.parametrize("what", ["watch", "story", "speaker"])
def test_both_forms_are_valid_and_say_the_same(client, addresses, what):
    parsed, feed = rss(client, *addresses[what]), json_feed(client, *addresses[what])
    assert parsed.feed.title == feed["title"]
    assert parsed.feed.link == feed["home_page_url"]
    assert client.get(urlsplit(parsed.feed.link).path).status_code == 200
    assert [(one.id, one.title, one.link) for one in parsed.entries] == [
        (one["id"], one["title"], one["url"]) for one in feed["items"]
    ]
    (own,) = [link.href for link in parsed.feed.links if link.rel == "self"]
    stem, query = addresses[what]
    assert own == f"http://testserver{stem}.rss{query}"
    assert feed["feed_url"] == f"http://testserver{stem}.json{query}"
    dates = [one["date_published"] for one in feed["items"]]
    assert dates == sorted(dates, reverse=True)
    assert [parsedate_to_datetime(one.published) for one in parsed.entries] == [
        datetime.fromisoformat(date) for date in dates
    ]


def test_watch_has_its_matches(client):
    feed = json_feed(client, "/watches/holt")
    assert feed["title"] == "onrecord: holt"
    assert [(one["url"], one["content_text"], one["tags"]) for one in feed["items"]] == [
        ("https://b.example/flood", f"Karin Holt: {SAID} (b.example)", ["past"]),
        ("https://a.example/flood", f"Karin Holt: {SAID} (a.example)", ["past"]),
    ]
    assert feed["items"][1]["date_published"] == "2024-06-03T07:00:00Z"


def test_watch_is_the_same_in_its_file(client, folder):
    file = feedparser.parse((folder.published / "watches" / "holt.xml").read_bytes())
    assert [one.id for one in file.entries] == [
        one["id"] for one in json_feed(client, "/watches/HOLT")["items"]
    ]
    assert rss(client, "/watches/%C3%9Cberfall").feed.title == "onrecord: Überfall"


def test_story_has_its_articles_with_their_beginnings(client, story):
    feed = json_feed(client, f"/stories/{story}")
    assert [one["url"].partition("//")[2] for one in feed["items"]] == [
        "c.example/cleaning",
        "b.example/flood",
        "a.example/flood",
    ]
    first = feed["items"][0]
    assert first["title"] == "Aveling cleans up after the flood"
    assert "Residents of Aveling left the boats" in first["content_text"]
    assert first["content_text"].endswith("(c.example)")
    assert first["date_published"].startswith("2024-06-04T")


def test_speaker_has_the_statements_with_speaker_and_article(client):
    feed = json_feed(client, "/speakers", "?name=Karin+Holt")
    assert feed["title"] == "onrecord: Karin Holt"
    newest = feed["items"][0]
    assert newest["title"] == f"Karin Holt: {SAID}"
    assert newest["content_text"].endswith(f"{SAID} (b.example: Flood in Aveling, b reports)")
    assert newest["date_published"] == "2024-06-03T09:00:00Z"


@pytest.mark.parametrize(
    "path",
    ["/watches/none.rss", "/stories/none.json", "/speakers.rss?name=Nobody", "/speakers.json"],
)
def test_unknown_feed_is_not_found_in_the_form_for_programs(client, path):
    assert problem_of(client.get(path))[0] == 404


def test_name_that_looks_like_a_feed_has_its_page(tmp_path):
    said = [("We sail at noon", "Ana.rss", None, "direct")]
    told = make_story("“We sail at noon,” said Ana.rss.", url="https://a.example/1", day="2024-06-03", said=said)  # fmt: skip
    publish(load_linked(tmp_path, [told]))
    client = site_client(tmp_path)
    assert "We sail at noon" in text_of(page_of(client, "/speakers/Ana.rss"))
    assert json_feed(client, "/speakers", "?name=Ana.rss")["items"][0]["title"].startswith("Ana")


@pytest.mark.parametrize("what", ["watch", "story", "speaker"])
@pytest.mark.parametrize("kind", KINDS)
def test_unchanged_feed_is_not_sent_again(client, addresses, what, kind):
    stem, query = addresses[what]
    path = f"{stem}.{kind}{query}"
    first = client.get(path)
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    for headers in (
        {"if-none-match": tag},
        {"if-none-match": f'"other", W/{tag}'},
        {"if-modified-since": changed},
    ):
        again = client.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert (again.headers["etag"], again.headers["last-modified"]) == (tag, changed)
    before = parsedate_to_datetime(changed) - timedelta(seconds=1)
    for headers in (
        {"if-none-match": '"other"'},
        {"if-none-match": '"other"', "if-modified-since": changed},
        {"if-modified-since": f"{before:%a, %d %b %Y %H:%M:%S GMT}"},
        {"if-modified-since": "yesterday"},
    ):
        assert client.get(path, headers=headers).content == first.content


def test_new_snapshot_adds_items_and_keeps_the_others(tmp_path):
    folder = load_linked(tmp_path, [flood("a", "2024-06-03", hour=7)])
    os.utime(publish(folder), (1_700_000_000, 1_700_000_000))
    client = site_client(folder)
    first = client.get("/speakers.json?name=Karin+Holt")
    before = read_json_feed(first.content)["items"]
    assert first.headers["last-modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"
    load_linked(tmp_path, [flood("b", "2024-06-04")])
    publish(folder)
    known = {"if-none-match": first.headers["etag"]}
    again = client.get("/speakers.json?name=Karin+Holt", headers=known)
    assert again.status_code == 200
    after = read_json_feed(again.content)["items"]
    assert after[1:] == before
    assert len(after) == 2
    assert parsedate_to_datetime(again.headers["last-modified"]) > parsedate_to_datetime(
        first.headers["last-modified"]
    )


def test_feed_has_the_newest_fifty(tmp_path):
    told = [
        make_story(
            f"Report {n}\n“Number {n} is here,” said Jane Doe.",
            url=f"https://a.example/{n}",
            day=f"2024-{1 + n // 28:02}-{1 + n % 28:02}",
            said=[(f"Number {n} is here", "Jane Doe", None, "direct")],
        )
        for n in range(60)
    ]
    publish(load_linked(tmp_path, told))
    items = json_feed(site_client(tmp_path), "/speakers", "?name=Jane+Doe")["items"]
    assert [one["title"] for one in items] == [
        f"Jane Doe: Number {n} is here" for n in range(59, 9, -1)
    ]


def test_hostile_names_and_texts_stay_texts(tmp_path):
    told = [
        make_story(
            f"{payload} headline\n“{payload} words,” said {payload}.",
            url=f"https://a.example/{at}",
            day="2024-06-03",
            said=[(f"{payload} words", payload, None, "direct")],
        )
        for at, payload in enumerate(PAYLOADS)
    ]
    folder = load_linked(tmp_path, told)
    publish(folder)
    add_watch(Settings(data=tmp_path), make_watch("all", words="headline"), now=NOW)
    client = site_client(folder)
    for (payload,) in rows_of(folder, "SELECT DISTINCT speaker FROM said"):
        asked = client.get("/speakers.rss", params={"name": payload})
        (item,) = ET.fromstring(asked.content).iter("item")
        texts = {element.tag: str(element.text) for element in item}
        assert texts["title"] == clean(" ".join(f"{payload}: {payload} words".split()))
        assert "<" not in texts["description"]
        shown = client.get("/speakers.json", params={"name": payload})
        assert clean(payload) in read_json_feed(shown.content)["items"][0]["content_text"]
        assert_harmless(client.get(f"/speakers/{quote(payload, safe='')}"))
    ((found,),) = rows_of(folder, "SELECT count(*) FROM watch_matches")
    assert found >= len(PAYLOADS) - 1  # words that run into each other are no match
    assert len(rss(client, "/watches/all").entries) == found
    assert len(json_feed(client, "/watches/all")["items"]) == found
    assert_harmless(client.get("/watches"))


@pytest.mark.parametrize("what", ["watch", "story", "speaker"])
def test_pages_lead_to_their_feeds(client, addresses, what):
    stem, query = addresses[what]
    page = {"watch": "/watches", "story": stem, "speaker": "/speakers/Karin%20Holt"}[what]
    tree = page_of(client, page)
    links = tree.xpath("//head/link[@rel='alternate']")
    told = {(link.get("href"), link.get("type")) for link in links}
    assert (f"{stem}.rss{query}", "application/rss+xml") in told
    assert (f"{stem}.json{query}", "application/feed+json") in told
    seen = tree.xpath("//main//a/@href")
    assert all(f"{stem}.{kind}{query}" in seen for kind in KINDS)
    assert "token" not in text_of(tree)


@pytest.mark.parametrize("what", ["watch", "story", "speaker"])
def test_feed_reader_needs_a_token_in_the_address_if_there_is_a_password(
    folder, addresses, hashed, what
):
    client = program_client(folder, password_hash=hashed)
    stem, query = addresses[what]
    path = f"{stem}.rss{query}"
    answer = client.get(path)
    assert problem_of(answer)[0] == 401
    assert "token=TOKEN" in answer.text
    secret = token_of(folder, f"reader-{what}")
    between = "&" if query else "?"
    opened = client.get(f"{path}{between}token={secret}")
    assert opened.status_code == 200
    assert secret not in opened.text
    assert "set-cookie" not in opened.headers
    assert feedparser.parse(opened.content).entries
    assert problem_of(client.get(f"{path}{between}token=wrong"))[0] == 401
    page = "/speakers/Karin%20Holt" if what == "speaker" else stem
    refused = client.get(f"{page}?token={secret}")
    assert refused.headers["location"] == "/sign-in"


def test_address_with_a_token_is_shown_only_if_asked_for(folder, addresses, hashed):
    client = program_client(folder, password_hash=hashed)
    sent = {"password": PASSWORD, "csrf": form_token(client, "/sign-in")}
    client.post("/sign-in", data=sent)
    page = page_of(client, "/speakers/Karin%20Holt")
    assert not [link for link in page.xpath("//@href") if "token=" in link]
    (form,) = [form for form in page.forms if form.action == "/feed-address"]
    made = page_of_form(client, form)
    links = made.xpath("//main//input/@value")
    assert [urlsplit(link).path for link in links] == ["/speakers.rss", "/speakers.json"]
    reader = program_client(folder, password_hash=hashed)
    for link in links:
        assert parse_qs(urlsplit(link).query)["name"] == ["Karin Holt"]
        assert link.startswith(f"http://{HOST}/")
        assert reader.get(link).status_code == 200
    assert "token revoke feed-" in text_of(made)


def page_of_form(client, form):
    answer = client.post(str(form.action), data=dict(form.fields))
    assert answer.status_code == 200
    return html.fromstring(answer.text)


@pytest.mark.parametrize(
    "feed", ["", "/today", "//evil.example/watches/a.rss", "https://evil.example/watches/a.rss"]
)
def test_address_is_made_for_feeds_only(client, folder, feed):
    before = folder.tokens.read_bytes() if folder.tokens.exists() else b""
    csrf = form_token(client, "/sign-in")
    answer = client.post("/feed-address", data={"csrf": csrf, "feed": feed})
    assert answer.status_code == 404
    assert (folder.tokens.read_bytes() if folder.tokens.exists() else b"") == before


def test_feed_of_a_removed_watch_is_gone(tmp_path):
    folder = load_linked(tmp_path, [TRIAL])
    publish(folder)
    settings, client = Settings(data=tmp_path), site_client(folder)
    watch, _ = add_watch(settings, make_watch("trial", words="yacht"), now=NOW)
    assert len(rss(client, "/watches/trial").entries) == 1
    remove_watch(settings, "trial", now=NOW + timedelta(minutes=1))
    assert client.get("/watches/trial.rss").status_code == 404
    assert not watch_feed(folder, watch).exists()


def test_folder_without_a_snapshot_says_what_to_do(tmp_path):
    status, detail = problem_of(site_client(tmp_path).get("/speakers.rss?name=x"))
    assert status == 503
    assert "onrecord ingest" in detail
