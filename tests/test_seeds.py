from __future__ import annotations

import csv
import json
import re
import runpy
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import lxml.html
import pytest

from flows.inputs.contract import read_line
from flows.seeds import load_lexicon, read_tables
from transforms.languages.by_language import language_codes, rows_of

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
LANGUAGES = language_codes(read_tables(SEEDS))
CSV_FILES = sorted(SEEDS.rglob("*.csv"))
LISTED = {
    match[1]: match[2]
    for match in re.finditer(
        r"^\| `([^`]+)` \| ([^|]+?) \|",
        (SEEDS / "README.md").read_text(encoding="utf-8").partition("## Sample articles")[2],
        re.MULTILINE,
    )
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)

# Hosts of vocabularies, which pages name without linking to them.
VOCABULARIES = {"ogp.me", "schema.org", "www.w3.org"}
HOST = re.compile(r"(?:https?:)//([^/\s\"'<>?#]+)|@([\w-]+(?:\.[\w-]+)+)|\b(www\.[\w.-]+)")

WEEKDAYS = {
    word: number
    for words in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "montag dienstag mittwoch donnerstag freitag samstag sonntag",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "понеділок вівторок середу четвер п'ятницю суботу неділю",
        "lunes martes miércoles jueves viernes sábado domingo",
        "lunedì martedì mercoledì giovedì venerdì sabato domenica",
        "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "poniedziałek wtorek środę czwartek piątek sobotę niedzielę",
        "понедельник вторник среду четверг пятницу субботу воскресенье",
    )
    for number, word in enumerate(words.split())
}
MONTHS = {
    word: number
    for words in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "januari februari maart april mei juni juli augustus september oktober november december",
        "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
        "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    )
    for number, word in enumerate(words.split(), 1)
}
NAMED_DAY = re.compile(
    rf"\b({'|'.join(WEEKDAYS)}),? (?:the |dem |den )?"
    rf"(?:({'|'.join(MONTHS)}) (\d{{1,2}})|(\d{{1,2}})\.? (?:de )?({'|'.join(MONTHS)}))\b(?:,? (?:de )?(\d{{4}}))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sample:
    name: str
    published: date
    text: str


def samples() -> Iterator[Sample]:
    """Yield every sample article: the files listed in the README and the JSON Lines."""
    for name, published in LISTED.items():
        path = SEEDS / "articles" / name
        if path.suffix != ".jsonl":
            yield Sample(name, date.fromisoformat(published), path.read_text(encoding="utf-8"))
    for line in (SEEDS / "articles" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text = row.get("html") or row["text"]
        yield Sample(row["id"], datetime.fromisoformat(row["published"]).date(), text)


SAMPLES = list(samples())
PAGES = [
    sample for sample in SAMPLES if sample.text.lstrip().lower().startswith(("<!doctype", "<html"))
]


def csv_problems(path: Path) -> Iterator[str]:
    """Yield each violation of the rules in seeds/README.md, with its line."""
    raw = path.read_text(encoding="utf-8")
    if raw != unicodedata.normalize("NFC", raw):
        yield "not in NFC"
    header, *rows = list(csv.reader(raw.splitlines()))
    if not rows or not all(header) or len(set(header)) < len(header):
        yield f"line 1: header {header}, {len(rows)} rows"
    for number, row in enumerate(rows, 2):
        if any(value != value.strip() for value in row):
            yield f"line {number}: blanks around a value"
    keys = [row[0] for row in rows]
    for number, (before, after) in enumerate(pairwise(keys), 3):
        if before > after:
            yield f"line {number}: {after!r} comes after {before!r}"
    seen = set()
    for number, row in enumerate(rows, 2):
        if tuple(row) in seen:
            yield f"line {number}: row is there twice"
        seen.add(tuple(row))


def named_days(text: str, published: date) -> Iterator[tuple[str, date]]:
    """Yield each "Tuesday, November 28"; a missing year is that nearest `published`."""
    for match in NAMED_DAY.finditer(text):
        month, day = match[2] or match[5], int(match[3] or match[4])
        years = [int(match[6])] if match[6] else range(published.year - 1, published.year + 2)
        days = [date(year, MONTHS[month.lower()], day) for year in years]
        yield match[0], min(days, key=lambda meant: abs(meant - published))


def wrong_weekdays(text: str, published: date) -> Iterator[str]:
    """Yield each "Tuesday, November 28" that is not a Tuesday."""
    for phrase, day in named_days(text, published):
        if WEEKDAYS[re.split("[ ,]", phrase.lower())[0]] != day.weekday():
            yield f"{phrase}: {day} is a {day:%A}"


def real_hosts(text: str) -> set[str]:
    """Return the hosts named in `text` that somebody could own."""
    hosts = {next(filter(None, groups)).rstrip(".").lower() for groups in HOST.findall(text)}
    return {h for h in hosts if not h.endswith(".example") and h not in VOCABULARIES}


def linked_data(page: str) -> list[dict[str, object]]:
    """Return the news articles of a page's JSON-LD."""
    found: list[dict[str, object]] = []
    for script in lxml.html.fromstring(page).iterfind(".//script[@type='application/ld+json']"):
        data = json.loads(script.text or "")
        items = data if isinstance(data, list) else data.get("@graph", [data])
        found += [item for item in items if "NewsArticle" in str(item["@type"])]
    return found


def sample(name: str) -> Sample:
    return next(sample for sample in SAMPLES if sample.name.startswith(name))


def canonical(page: Sample) -> str:
    return str(lxml.html.fromstring(page.text).xpath("string(//link[@rel='canonical']/@href)"))


def headline(page: Sample) -> str:
    return str(lxml.html.fromstring(page.text).xpath("string(//h1)"))


def paragraphs(page: Sample) -> list[str]:
    return [p.text_content().strip() for p in lxml.html.fromstring(page.text).iterfind(".//p")]


def sentences(page: Sample) -> list[str]:
    """Return the sentences of a page in plain letters, without quotation marks."""
    prose = " ".join(paragraphs(page)).replace('"', "")
    plain = "".join(character for character in prose if character.isascii())
    return [s.strip() for s in plain.split(".") if len(s.split()) > 4]


@pytest.mark.parametrize("path", CSV_FILES, ids=lambda path: path.relative_to(SEEDS).as_posix())
def test_word_list_follows_the_rules(path):
    assert list(csv_problems(path)) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("name\nb\na\n", "comes after", id="unsorted"),
        pytest.param("name,n\na,1\na,1\n", "twice", id="twice"),
        pytest.param("name\na \n", "blanks", id="blank"),
        pytest.param("name\n", "0 rows", id="empty"),
        pytest.param("name\ne\u0301\n", "NFC", id="decomposed"),
    ],
)
def test_broken_word_list_is_detected(tmp_path, content, problem):
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")
    assert any(problem in found for found in csv_problems(path))


def test_tables_of_packages_are_what_their_script_writes(tmp_path):
    world = runpy.run_path(str(SEEDS / "gazetteers" / "world.py"))
    for name, (header, rows) in world["TABLES"].items():
        world["write_table"](tmp_path / "table.csv", header, rows())
        assert (tmp_path / "table.csv").read_bytes() == (SEEDS / name).read_bytes(), name


def test_tables_of_languages_are_what_their_script_writes(tmp_path):
    pytest.importorskip("wordfreq")
    world = runpy.run_path(str(SEEDS / "languages" / "world.py"))
    for code in world["LANGUAGES"]:
        for name, (header, rows) in world["tables"](code).items():
            world["write_table"](tmp_path / "table.csv", header, rows(code))
            listed = SEEDS / "languages" / code / f"{name}.csv"
            assert (tmp_path / "table.csv").read_bytes() == listed.read_bytes(), listed


def test_every_word_list_is_a_table():
    tables = read_tables(SEEDS)
    assert len(tables) == len(CSV_FILES) + len(language_codes(tables))


def test_every_topic_term_is_of_a_listed_topic_with_a_weight():
    tables = read_tables(SEEDS)
    names = {row["code"]: row["broader_code"] for row in tables["subjects/topic_names"]}
    first = {code for code, broader in names.items() if not broader}
    assert len(first) == 17
    assert {broader for broader in names.values() if broader} <= first
    rows = tables["topics"]
    assert {row["topic"] for row in rows} <= names.keys()
    assert {row["weight"] for row in rows} == {"1", "2", "3"}
    assert {row["language"] for row in rows} == {"de", "en", "es", "fr"}
    keys = [(row["term"], row["language"], row["topic"]) for row in rows]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stop_word_has_one_class(language):
    rows = rows_of(read_tables(SEEDS), language, "stop_words")
    assert {row["class"] for row in rows} <= {"stop", "weak", "noun"}
    words = [row["word"] for row in rows]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_compiles(language):
    lexicon = load_lexicon()
    lexicon.load(language)
    assert lexicon.speeches.of(language).profile.name


def test_readme_lists_exactly_the_articles():
    folder = SEEDS / "articles"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sorted(LISTED) == sorted(path.relative_to(folder).as_posix() for path in files)


@pytest.mark.parametrize("article", SAMPLES, ids=lambda article: article.name)
def test_sample_article_has_right_weekdays_and_invented_hosts(article):
    assert list(wrong_weekdays(article.text, article.published)) == []
    assert real_hosts(article.text) == set()
    assert article.text == unicodedata.normalize("NFC", article.text)
    assert date(2023, 11, 1) <= article.published <= date(2024, 6, 30)


def test_wrong_weekday_is_detected():
    text = "They met on Tuesday, November 28, and again on Friday, 1 December. Am Sonntag, dem 3. März 2024"
    assert list(wrong_weekdays(text, date(2023, 11, 28))) == []
    assert list(wrong_weekdays(text, date(2024, 11, 28))) == [
        "Tuesday, November 28: 2024-11-28 is a Thursday",
        "Friday, 1 December: 2024-12-01 is a Sunday",
    ]


def test_real_host_is_detected():
    text = '<a href="https://news.example/a">a</a> <a href="http://news.test/">b</a> me@paper.test'
    assert real_hosts(text) == {"news.test", "paper.test"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_has_headline_prose_and_its_day(page):
    root = lxml.html.fromstring(page.text)
    assert root.xpath("string(//title)").strip()
    assert root.xpath("string(//h1 | //h2)").strip()
    assert sum(len(paragraph.split()) for paragraph in paragraphs(page)) > 200
    day = page.published
    assert day.isoformat() in page.text or f"{day:%B} {day.day}, {day.year}" in page.text
    for article in linked_data(page.text):
        assert str(article["datePublished"])[:10] == day.isoformat()


@pytest.mark.parametrize("name", [name for name in LISTED if name.endswith(".txt")])
def test_plain_text_has_headline_prose_and_its_day(name):
    first, *rest = sample(name).text.splitlines()
    assert 3 < len(first.split()) < 20
    least = 90 if "/" in name else 240
    assert least < sum(len(line.split()) for line in rest) < 620
    published = sample(name).published
    assert published in {day for _, day in named_days(sample(name).text, published)}


def test_json_lines_are_read_as_documents():
    lines = (SEEDS / "articles" / "articles.jsonl").read_bytes().splitlines()
    read = [read_line(line, number, NOW) for number, line in enumerate(lines, 1)]
    assert [line.problem for line in read] == [""] * 3
    assert len({line.id for line in read}) == 3
    media_types = {line.document.media_type for line in read if line.document}
    assert media_types == {"text", "html"}


def test_updated_article_keeps_its_url():
    first, second = sample("05-"), sample("06-")
    (before,), (after,) = linked_data(first.text), linked_data(second.text)
    assert canonical(first) == canonical(second) != ""
    assert before["datePublished"] == after["datePublished"]
    assert str(before["dateModified"]) < str(after["dateModified"])
    assert before["headline"] != after["headline"]
    assert len(set(paragraphs(first)) & set(paragraphs(second))) >= 5


def test_syndicated_copy_has_another_headline_and_most_of_the_text():
    wire, copy = sample("09-"), sample("10-")
    assert headline(wire) != headline(copy)
    assert canonical(wire) != canonical(copy)
    kept = set(sentences(wire)) & set(sentences(copy))
    # Lines of the page itself (newsletter, credit, copyright) count as sentences too.
    assert 0.6 < len(kept) / len(sentences(wire)) < 0.9


@pytest.mark.parametrize("name", [s.name for s in PAGES if linked_data(s.text)])
def test_linked_data_has_the_headline_of_the_page(name):
    (article,) = linked_data(sample(name).text)
    assert article["headline"] == headline(sample(name))


def test_feed_list_is_valid():
    body = ET.parse(SEEDS / "feeds.opml").getroot().find("body")
    assert body is not None
    feeds = body.findall("outline/outline")
    addresses = [feed.attrib["xmlUrl"] for feed in feeds]
    assert len(feeds) == len(body.findall(".//outline[@xmlUrl]")) >= 40
    assert len(set(addresses)) == len(addresses)
    assert len({feed.attrib["language"] for feed in feeds}) >= 8
    for feed in feeds:
        assert feed.attrib["type"] == "rss"
        assert feed.attrib["text"].strip() == feed.attrib["title"] != ""
        assert re.fullmatch("[a-z]{2}", feed.attrib["language"])
        for address in (feed.attrib["xmlUrl"], feed.attrib["htmlUrl"]):
            assert urlsplit(address).scheme in {"http", "https"}
            assert "." in (urlsplit(address).hostname or "")


@pytest.mark.parametrize("folder", ET.parse(SEEDS / "feeds.opml").getroot().findall("body/outline"))
def test_feed_folder_has_a_name_and_feeds(folder):
    assert folder.attrib["text"].strip()
    assert len(folder.findall("outline")) > 1
