"""Files of other tools become the same article, whatever wrote them and however it is named."""

import orjson
import pytest

from flows.inputs.files import read_inputs
from flows.inputs.intake import Intake
from flows.inputs.links import Link
from tests.helpers import tool_records as tools
from tests.helpers.pages import boilerplate
from tests.helpers.tool_records import PARAGRAPHS, TITLE, URL, as_csv
from transforms.cleaning.clean import clean


def read(path, now, **given):
    intake = Intake()
    return list(read_inputs([path], now=now, intake=intake, **given)), intake


def saved(tmp_path, content, name="input"):
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


def lines(*records):
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


def table(record, **how):
    return as_csv(record, record.values(), **how)


FILES = [
    pytest.param(orjson.dumps(tools.NEWS_PLEASE), "news-please JSON, 1 record", id="news-please"),
    pytest.param(lines(*[tools.NEWS_PLEASE] * 2), "news-please JSON Lines, 2 records", id="news-please-lines"),
    pytest.param(orjson.dumps(tools.NEWSPAPER4K, option=orjson.OPT_INDENT_2), "newspaper4k JSON, 1 record", id="newspaper4k"),
    pytest.param(orjson.dumps([tools.TRAFILATURA]), "trafilatura JSON, 1 record", id="trafilatura"),
    pytest.param(
        as_csv([URL, "null", "9f1c20aa51e0b7d3", "grenmoor-mail.example", TITLE, "null", "2024-04-11",
                f"{TITLE}\n{PARAGRAPHS}", "null", "null", "article"], delimiter="\t"),
        "trafilatura TSV, 1 record", id="trafilatura-csv-without-a-header",
    ),
    pytest.param(tools.TRAFILATURA_XML, "trafilatura XML, 1 record", id="trafilatura-xml"),
    pytest.param(tools.TEI, "trafilatura XML-TEI, 1 record", id="tei"),
    pytest.param(orjson.dumps([tools.FUNDUS]), "fundus JSON, 1 record", id="fundus"),
    pytest.param(lines(tools.MEDIA_CLOUD, tools.MEDIA_CLOUD), "Media Cloud JSON Lines, 2 records", id="media-cloud-lines"),
    pytest.param(table(tools.MEDIA_CLOUD), "Media Cloud CSV, 1 record", id="media-cloud-csv"),
    pytest.param(orjson.dumps({"stories": [tools.MEDIA_CLOUD]}), "Media Cloud JSON, 1 record", id="list-in-an-object"),
    pytest.param(lines(tools.EXTRACTED, tools.EXTRACTED), "onrecord JSON Lines, 2 records", id="own-extract"),
    pytest.param(tools.NEXIS_OLD, "Nexis documents, 2 records", id="nexis"),
    pytest.param(tools.NEXIS_NEW, "Nexis documents, 1 record", id="nexis-uni"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "found"), FILES)
def test_record_of_a_tool_becomes_an_article_with_its_facts(tmp_path, now, content, found):
    items, intake = read(saved(tmp_path, content), now)
    assert intake.lines() == [f"found: {found}"]
    document = items[0].content
    article = clean(document, boilerplate())
    assert (article.title, article.text.split("\n")) == (TITLE, list(tools.TEXT))
    assert article.published_at.date().isoformat() == "2024-04-11"
    assert article.published_from == "input"
    assert article.language == "en"
    # Not every tool writes everything.
    if "Media Cloud" not in found and "TSV" not in found:
        assert article.authors == ("Viola Stanmore",)
    if "Nexis" not in found and "onrecord" not in found:
        assert article.url == URL
    if "news-please" not in found and "TSV" not in found and "onrecord" not in found:
        assert document.publisher == "Grenmoor Mail"


def test_second_nexis_document_has_its_own_headline_and_day(tmp_path, now):
    items, _ = read(saved(tmp_path, tools.NEXIS_OLD), now)
    article = clean(items[1].content, boilerplate())
    assert article.title == "Owl finds a new home"
    assert article.text.split("\n") == list(tools.OTHER)
    assert article.published_at.date().isoformat() == "2024-04-14"


@pytest.mark.parametrize(
    ("content", "published", "language"),
    [
        pytest.param(orjson.dumps({"articles": [tools.GDELT]}), None, "en", id="gdelt"),
        pytest.param(
            as_csv(["URL", "MobileURL", "Date", "Title"], [URL, "", "2024-04-11 07:15:00", TITLE]),
            None, None, id="gdelt-csv",
        ),
        pytest.param(orjson.dumps([tools.CSL]), "2024-04-11", None, id="zotero-csl"),
        pytest.param(as_csv(tools.ZOTERO_COLUMNS, tools.ZOTERO_ROW), "2024-04-11", None, id="zotero-csv"),
        pytest.param(
            table({key: value for key, value in tools.MEDIA_CLOUD.items() if key != "text"}),
            "2024-04-11", "en", id="media-cloud-without-texts",
        ),
    ],
)  # fmt: skip
def test_list_of_articles_without_texts_names_pages_to_fetch(
    tmp_path, now, content, published, language
):
    [link], intake = read(saved(tmp_path, content), now)
    assert isinstance(link, Link)
    assert (link.entry.url, link.entry.title, link.entry.language) == (URL, TITLE, language)
    day = link.entry.published_at
    assert (day.date().isoformat() if day else None) == published
    assert intake.addresses == 1


def test_text_that_somebody_added_to_a_list_is_used(tmp_path, now):
    row = (*tools.ZOTERO_ROW, PARAGRAPHS)
    [item], _ = read(saved(tmp_path, as_csv((*tools.ZOTERO_COLUMNS, "Volltext"), row)), now)
    assert item.content.content == PARAGRAPHS
    assert item.content.authors == ("Viola Stanmore",)


def test_records_of_several_tools_in_one_file_are_each_read_as_what_they_are(tmp_path, now):
    file = saved(tmp_path, lines(tools.NEWS_PLEASE, tools.MEDIA_CLOUD, {"text": PARAGRAPHS}))
    items, _ = read(file, now)
    assert [item.content.publisher for item in items] == [None, "Grenmoor Mail", None]
    assert [item.path for item in items] == [f"{file}#{number}" for number in (1, 2, 3)]


@pytest.mark.parametrize("most", [50_000_000, 100], ids=["small", "large"])
def test_articles_saved_by_publisher_are_all_read(tmp_path, now, monkeypatch, most):
    monkeypatch.setattr("flows.inputs.json_records._WHOLE_BYTES", most)
    bare = {key: value for key, value in tools.FUNDUS.items() if key != "publisher"}
    saved_by_fundus = {"Grenmoor Mail": [bare, bare], "The St. Orban Post": [bare]}
    items, intake = read(saved(tmp_path, orjson.dumps(saved_by_fundus)), now)
    assert [item.content.publisher for item in items] == ["Grenmoor Mail"] * 2 + [
        "The St. Orban Post"
    ]
    assert [item.path[-2:] for item in items] == ["#1", "#2", "#3"]
    assert intake.lines() == ["found: fundus JSON, 3 records"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b'{"volume": 11, "loop": true}', "no_article", id="settings"),
        pytest.param(b'[{"volume": 11}, {"volume": 3}]', "no_article", id="list"),
        pytest.param(b'{"volume": 11', "bad_input", id="cut"),
        pytest.param(b"street,trees,benches\nQuay Road,12,4\nMill Lane,7,2\n", "no_text_column", id="table"),
        pytest.param(b"<svg><path/></svg>\n", "unsupported", id="xml"),
        pytest.param(b"<?xml version='1.0'?><nitf><body/></nitf>", "unsupported", id="xml-by-its-start"),
        pytest.param(b"<opml><body/></opml>", "unsupported", id="opml"),
    ],
)  # fmt: skip
def test_structured_file_without_an_article_is_refused_whole(tmp_path, now, content, reason):
    name = "input.xml" if b"svg" in content else "input"
    [item], _ = read(saved(tmp_path, content, name), now)
    assert item.content.reason == reason


def test_refused_table_lists_its_columns_and_the_way_out(tmp_path, now):
    content = as_csv(["Nr", "Artikeltxt"], [1, PARAGRAPHS], [2, PARAGRAPHS])
    [item], _ = read(saved(tmp_path, content, "articles.csv"), now)
    assert '"Nr", "Artikeltxt"' in item.content.detail
    assert "--map text=Artikeltxt" in item.content.detail


def test_cut_json_lines_lose_only_their_last_line(tmp_path, now):
    file = saved(tmp_path, lines(tools.NEWS_PLEASE, tools.NEWS_PLEASE)[:-40], "a.jsonl")
    good, bad = read(file, now)[0]
    assert good.content.title == TITLE
    assert "line 2: the file ends inside this line" in bad.content.detail


def test_cut_array_keeps_the_records_before_the_cut(tmp_path, now):
    file = saved(tmp_path, orjson.dumps([tools.FUNDUS, tools.FUNDUS, tools.FUNDUS])[:-60])
    *good, bad = read(file, now)[0]
    assert [item.content.title for item in good] == [TITLE, TITLE]
    assert bad.path == f"{file}#3"
    assert bad.content.reason == "bad_input"


def test_saved_feed_names_the_pages_of_its_entries(tmp_path, now):
    feed = (
        "<rss version='2.0'><channel><title>Mail</title><item><title>Owl moves</title>"
        f"<link>{URL}</link><pubDate>Thu, 11 Apr 2024 06:30:00 GMT</pubDate></item></channel></rss>"
    )
    [link], intake = read(saved(tmp_path, feed), now)
    assert (link.entry.url, link.entry.title) == (URL, "Owl moves")
    assert intake.lines() == ["found: feed, 1 record"]
