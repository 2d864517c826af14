"""The page of an article: its text with marks, its versions, copies, citations and original."""

import re
from urllib.parse import quote, urlsplit

import orjson
import pytest
from lxml import html

from flows.jobs.load import load_files
from flows.settings import read_settings
from flows.web.versions import difference
from tests.helpers.linked import load_linked
from tests.helpers.site import site_client
from tests.helpers.stories import append_stories, make_story
from tests.helpers.subjects import about
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

TEXT = (
    "Harbour opens in Aren\nWhat was said\n“We waited,” Mayor Ana Ruiz said on Monday, “for the Port"
    " Union of Aren.”\nBoats\nA ferry\nPiet Soll declined to comment."
)
STORY = about(
    make_story(
        TEXT,
        url="https://a.example/1",
        day="2024-06-03",
        paragraph_kinds=("heading", "heading", "quote", "item", "item", "text"),
        authors=("Eva Lind",),
        flags=("suspicious_extraction",),
        agency="Northern Wire",
        said=[(["We waited,", "for the Port Union of Aren."], "Ana Ruiz", "mayor", "direct")],
        silent=[("Piet Soll declined to comment", "declined", "Piet Soll", "declined")],
        named=[("Ana Ruiz", "person"), ("Port Union", "organization"), ("Aren", "place"), ("Piet Soll", "person")],
        dated=[("Monday", "2024-06-03")],
    ),
    "Harbour", topics=[("16000000", "economy")],
)  # fmt: skip
HOSTILE = make_story(
    "<script>alert(1)</script> \u202eevil\n“<img src=x>,” Eve <b>Black said. " + "w" * 10_000,
    url='javascript:alert("x")',
    day="2024-06-04",
    authors=("<i>Mallory", "}{ \\evil"),
    said=[("<img src=x>", "Eve <b>Black", "=role", "direct")],
    named=[("Eve <b>Black", "person")],
    language='"><b>',
)
PAGE = b"""<!doctype html><html lang="en"><head><title>Harbour opens</title>
<meta charset="windows-1252"><link rel="preconnect" href="https://spy.example"><iframe src="https://spy.example/f"></iframe><script>alert(1)</script></head><body><article>
<h1>Harbour opens</h1>
<p>The caf\xe9 at the harbour of Aren opened on Monday after nine years of work, the council said in a statement.</p>
<p>Boats will go twice a day, and a night service is planned for next summer, according to the harbour office.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("article"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, STORY, HOSTILE)
    publish(folder)
    return site_client(folder.root, follow_redirects=False)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loaded")
    file = folder / "harbour.html"
    file.write_bytes(PAGE)
    load_files([file], read_settings(data=folder, workers=1))
    client = site_client(folder, follow_redirects=False)
    link = client.get("/articles", params={"url": str(file)}).headers["location"]
    return client, urlsplit(link).path


def address(story):
    return f"/articles/{story.article.article_id}"


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return html.fromstring(answer.text)


def text_of(element):
    return " ".join(element.text_content().split())


def told_in(element):
    """Return the texts of an element, with a blank between two elements."""
    return " ".join(" ".join(element.itertext()).split())


def test_text_is_whole_and_has_its_kinds_of_paragraphs(client):
    (body,) = page(client, address(STORY)).find_class("body")
    lines = [text_of(one) for one in body.xpath("h2 | blockquote | ul/li | p")]
    assert lines == TEXT.split("\n")
    assert [one.tag for one in body] == ["h2", "h2", "blockquote", "ul", "p"]


def test_each_mark_leads_to_what_is_told_about_it_and_back(client):
    tree = page(client, address(STORY))
    (body,) = tree.find_class("body")
    links = body.xpath(".//a/@href")
    assert len(links) == 8  # statement, note, five names and a day
    for link in links:
        told = tree.get_element_by_id(link.removeprefix("#"))
        for back in told.xpath(".//*[@class='places']/a/@href | ./a[@class='back']/@href"):
            assert tree.get_element_by_id(back.removeprefix("#")) in body.iterdescendants()


def test_statement_is_told_with_speaker_role_act_and_cue(client):
    tree = page(client, address(STORY))
    told = tree.get_element_by_id("about-c37")
    words = told_in(told)
    for part in (
        "Ana Ruiz",
        "mayor",
        "We waited … for the Port Union of Aren.",
        "said, direct, 90% sure",
        "cue said",
    ):
        assert part in words
    pieces = tree.find_class("body")[0].find_class("sp0")
    assert [text_of(one) for one in pieces] == ["We waited,", "for the Port Union of Aren."]


def test_note_of_no_comment_day_name_and_topic_are_told(client):
    words = told_in(page(client, address(STORY)).xpath("//aside")[0])
    assert "Piet Soll said nothing" in words
    assert "“Monday” date 3 June 2024 · 2024-06-03 , seen from the day of publication" in words
    assert "Port Union organization" in words
    assert "economy because of ferry" in words


def test_marks_are_switched_by_labelled_checkboxes(client):
    tree = page(client, address(STORY))
    switches = [text_of(label) for label in tree.xpath("//fieldset/label")]
    assert switches == ["statements 2", "people", "organizations", "places", "days 1"]
    assert tree.xpath("//fieldset//input/@id") == [
        "mark-said", "mark-person", "mark-organization", "mark-place", "mark-dated",
    ]  # fmt: skip


def test_origin_is_told(client):
    words = told_in(page(client, address(STORY)).get_element_by_id("origin").getparent())
    for part in ("agency Northern Wire", "day from input", "suspicious extraction", "plain 1"):
        assert part in words


def test_url_leads_to_the_article(client):
    answer = client.get("/articles", params={"url": "https://www.a.example/1?utm_source=x"})
    other = client.get("/articles", params={"url": "https://a.example/1"})
    assert other.headers["location"].endswith(address(STORY))
    assert answer.status_code in (303, 404)
    missing = client.get("/articles", params={"url": "https://nowhere.example/<b>"})
    assert missing.status_code == 404
    assert "Search for words of its headline" in missing.text
    assert (
        "<b>"
        not in re.sub(r"</?b>onrecord", "", missing.text)
        .partition("<main")[2]
        .partition("</main")[0]
    )
    assert client.get("/articles").headers["location"] == "/search"


def test_missing_article_says_what_to_do(client):
    tree = page(client, "/articles/a1-none", status=404)
    assert "no article a1-none" in text_of(tree.xpath("//main")[0])
    for path in ("original", "frame", "cite.bib"):
        page(client, f"/articles/a1-none/{path}", status=404)


def test_hostile_article_is_only_text(client):
    for path in ("", "/original"):
        answer = client.get(address(HOSTILE) + path)
        assert answer.status_code == 200
        tree = html.fromstring(answer.text)
        assert tree.xpath("//script/@src") == ["/static/site.js"]
        assert not tree.xpath("//main//img | //main//i")
        assert not [link for link in tree.xpath("//@href") if link.startswith("javascript:")]
        assert "\u202e" not in answer.text


def test_versions_show_what_was_changed_word_by_word(tmp_path):
    folder = DataFolder(tmp_path)
    first = make_story(
        "Ferry sinks\nTen people died on Monday.", url="https://a.example/f", day="2024-06-03"
    )
    later = make_story("Ferry sinks off Aren\nTwelve people died on Monday.", url="https://a.example/f", day="2024-06-03")  # fmt: skip
    for story in (first, later):
        with open_live(folder) as con:
            append_stories(con, folder.spool, story)
    publish(folder)
    tree = page(site_client(tmp_path, follow_redirects=False), address(first))
    versions = tree.get_element_by_id("versions").getparent()
    assert versions.xpath(".//del/text()") == ["Ten"]
    assert versions.xpath(".//ins/text()") == ["off Aren", "off Aren", "Twelve"]
    assert "<ins>" in str(difference("a", "<b> c")[0])
    assert "<b>" not in "".join(difference("a", "<b> c"))


def test_copies_and_story_are_told(tmp_path):
    text = (
        "Dam fails above Aldersund\nThe dam above Aldersund failed on Monday night, and the river Moor"
        " flooded four villages.\nTwo hundred people spent the night in a school, and the road to the"
        " coast was closed until noon.\nThe council of Aldersund asked the army for boats, tents and"
        " clean water."
    )
    longer = f"{text}\nThe gazette will tell more about the dam in its next edition on Friday."
    named = [("Aldersund", "place")]
    first = make_story(text, url="https://a.example/dam", day="2024-06-03", hour=6, named=named)
    copy = make_story(longer, url="https://b.example/dam", day="2024-06-03", hour=9, named=named)
    publish(load_linked(tmp_path, [first], [copy]))
    client = site_client(tmp_path, follow_redirects=False)
    for story, other in ((first, copy), (copy, first)):
        tree = page(client, address(story))
        section = tree.get_element_by_id("copies").getparent()
        assert section.xpath("ol/li/a/@href") == [address(other)]
        assert "had it first" in told_in(section.xpath("ol/li")[0])
        assert "The gazette will tell more" in section.xpath(".//ins")[0].text_content()
    told = tree.get_element_by_id("story").getparent()
    assert "2 articles of 2 outlets" in told_in(told)
    assert told.xpath(".//li//a/@href") == [address(first)]


def test_one_version_and_no_copy_are_not_told_of(client):
    tree = page(client, address(STORY))
    assert not tree.xpath("//*[@id='versions' or @id='copies' or @id='story']")


def test_citation_names_digest_and_day_of_access(loaded):
    client, path = loaded
    tree = page(client, path)
    words = text_of(tree.find_class("cite")[0])
    assert re.search(
        r"“Harbour opens”\. .* \(accessed \d+ \w+ \d{4}\)\. SHA-256 of .*: [0-9a-f]{64}\.", words
    )
    (item,) = orjson.loads(client.get(f"{path}/cite.json").content)
    assert (item["type"], item["title"]) == ("article-newspaper", "Harbour opens")
    assert item["note"].rpartition(" ")[2] in words
    bib = client.get(f"{path}/cite.bib")
    assert bib.text.startswith("@online{")
    assert "title = {{Harbour opens}}" in bib.text
    assert bib.headers["content-disposition"].endswith('.bib"')
    assert client.get(f"{path}/cite.ris").status_code == 404
    for link in tree.xpath("//section[@aria-labelledby='cite']//a/@href"):
        assert client.get(link).status_code == 200


def test_bibtex_of_a_hostile_article_stays_in_its_braces(client):
    text = client.get(f"{address(HOSTILE)}/cite.bib").text
    assert r"\}\{ \textbackslash{}evil" in text
    bare = re.sub(r"\\[\\{}%&$#_~^]", "", text.replace(r"\textbackslash{}", ""))
    assert bare.count("{") == bare.count("}")


def test_original_is_shown_with_its_facts_and_as_source(loaded):
    client, path = loaded
    tree = page(client, f"{path}/original")
    source = tree.find_class("source")[0].text_content()
    assert "café" in source
    assert "<script>alert(1)</script>" in source
    assert f"{len(PAGE):,} bytes" in text_of(tree.xpath("//dl")[0])
    assert not [one for one in tree.xpath("//script") if one.text]
    (frame,) = tree.xpath("//iframe")
    assert frame.get("sandbox") == ""
    assert frame.get("src") == f"{path}/frame"


def test_frame_may_neither_run_nor_load_anything(loaded):
    client, path = loaded
    answer = client.get(f"{path}/frame")
    policy = {
        part.split(" ", 1)[0].strip(): part
        for part in answer.headers["content-security-policy"].split("; ")
    }
    assert set(policy) == {"sandbox", "default-src", "style-src", "img-src", "frame-ancestors"}
    assert policy["sandbox"] == "sandbox"
    assert policy["default-src"] == "default-src 'none'"
    assert policy["frame-ancestors"] == "frame-ancestors 'self'"
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "preconnect" not in answer.text
    assert not html.fromstring(answer.text).xpath("//iframe")
    assert "café" in answer.text


def test_original_that_is_not_archived_says_why(client):
    words = text_of(page(client, f"{address(STORY)}/original").xpath("//main")[0])
    assert "its document is not in the archive" in words
    assert "not in the archive" in text_of(
        page(client, f"{address(STORY)}/frame", 404).xpath("//main")[0]
    )


def test_other_pages_are_still_shown_in_no_frame(client):
    headers = client.get(address(STORY)).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_address_parts_are_escaped(client):
    assert client.get(f"/articles/{quote('<b>', safe='')}").status_code == 404


def test_article_with_too_many_marks_at_a_place_says_how_many_are_left_out(tmp_path):
    words = " ".join(f"Word{number}" for number in range(60))
    said = [(words[7 * at : 200 + 7 * at], "Ida Holm", "captain", "direct") for at in range(30)]
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        story = make_story(
            f"Words\n{words}", url="https://a.example/w", day="2024-06-03", said=said
        )
        append_stories(con, folder.spool, story)
    publish(folder)
    page = html.fromstring(site_client(folder.root).get("/articles?url=https://a.example/w").text)
    shown = {key for key in page.xpath("//div[@class='body']//@id") if key.startswith("c")}
    assert 10 < len(shown) < 30
    [told] = [line for line in page.xpath("//main//p/text()") if "lie across each other" in line]
    assert told.startswith(f"{30 - len(shown)} marks could not be shown")
    assert words in "".join(page.xpath("//div[@class='body']//text()"))
