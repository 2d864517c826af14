import shutil
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from tests.helpers.stories import append_stories, make_story
from warehouse import search as search_of_warehouse
from warehouse import search_index
from warehouse.connect import open_live
from warehouse.errors import (
    ExtensionMissingError,
    IndexDamagedError,
    QueryError,
    WarehouseDamagedError,
    WarehouseMissingError,
)
from warehouse.folder import DataFolder
from warehouse.publish import is_behind, publish
from warehouse.search import Question, search
from warehouse.search_index import fts_file, indexed_months, open_fts, search_folder, update_index
from warehouse.search_syntax import MOST_WORDS

FERRY = make_story(
    "Ferries stop for three days\nThe crews want shorter shifts.\n"
    "“We have waited for a strategy,” union leader Ana Ruiz said.",
    url="https://a.example/ferries",
    day="2024-01-17",
    said=[("We have waited for a strategy", "Ana Ruiz", "union leader", "direct")],
)
BUDGET = make_story(
    "Parliament passes the budget\nA strategy for ferries and harbours is part of it.",
    url="https://b.example/budget",
    day="2024-02-02",
)
BRIDGE = make_story(
    "Die Brücken werden saniert\nDie Sanierung der Brücke dauert drei Jahre.",
    url="https://c.example/bruecke",
    day="2024-02-10",
    language="de",
)
UKRAINIAN = make_story(
    "Новий міст\nМіст через Десну відкриють у травні.",
    url="https://d.example/mist",
    day="2024-02-11",
    language="uk",
)
UNDATED = make_story("Harbour notice\nThe pier is closed.", url="https://e.example/p", day="2024-01-01")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("search"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, FERRY, BUDGET, BRIDGE, UKRAINIAN)
    publish(folder)
    return folder


def titles(folder, text, **filters):
    return [hit.title for hit in search(folder, Question(text=text, **filters)).hits]


FERRIES, MONEY = "Ferries stop for three days", "Parliament passes the budget"


@pytest.mark.parametrize(
    ("text", "filters", "expected"),
    [
        pytest.param("ferry", {}, [FERRIES, MONEY], id="headline-before-text"),
        pytest.param("FERRIES, strategies!", {}, [FERRIES, MONEY], id="stems-case-and-signs"),
        pytest.param("strategy harbour", {}, [MONEY], id="all-words-must-occur"),
        pytest.param("strategy zeppelin", {}, [MONEY, FERRIES], id="some-words-if-none-has-all"),
        pytest.param("zeppelin", {}, [], id="nothing"),
        pytest.param("brücke", {}, ["Die Brücken werden saniert"], id="german-stems"),
        pytest.param("bruecke", {}, [], id="transcription-is-another-word"),
        pytest.param("Brucke", {}, ["Die Brücken werden saniert"], id="without-accents"),
        pytest.param("міст", {}, ["Новий міст"], id="language-without-a-stemmer"),
        pytest.param("strategy", {"speaker": "ruiz"}, [FERRIES], id="speaker"),
        pytest.param("strategy", {"speaker": "Ana RUIZ"}, [FERRIES], id="full-name"),
        pytest.param("strategy", {"speaker": "Stoltenberg"}, [], id="nobody-of-that-name"),
        pytest.param("strategy", {"since": date(2024, 2, 1)}, [MONEY], id="since"),
        pytest.param("strategy", {"since": date(2024, 1, 18)}, [MONEY], id="since-in-a-month"),
        pytest.param("strategy", {"until": date(2024, 1, 17)}, [FERRIES], id="until-included"),
        pytest.param("strategy", {"source": "b.example"}, [MONEY], id="source"),
        pytest.param("strategy", {"language": "de"}, [], id="language"),
        pytest.param("strategy", {"limit": 1}, [MONEY], id="limit"),
        pytest.param("x' OR 1=1 --", {}, [], id="sql-is-words"),
        pytest.param("strategy", {"speaker": "'); DROP TABLE x; --"}, [], id="sql-in-a-filter"),
    ],
)
def test_search_finds(folder, text, filters, expected):
    found = titles(folder, text, **filters)
    assert sorted(found) == sorted(expected)


def test_headline_ranks_higher_than_text(folder):
    assert titles(folder, "ferry") == [FERRIES, MONEY]


def test_answer_says_when_no_article_has_all_words(folder):
    assert search(folder, Question(text="ferry strategy")).has_all_words
    assert not search(folder, Question(text="ferry zeppelin")).has_all_words


def test_very_common_word_is_ignored_in_a_large_warehouse(tmp_path, monkeypatch):
    folder = DataFolder(tmp_path)
    stories = [
        make_story(f"Report {n}\n{'The' if n else 'No'} pier is closed.", url=f"https://a.example/{n}", day="2024-02-02")
        for n in range(4)
    ]  # fmt: skip
    with open_live(folder) as con:
        append_stories(con, folder.spool, *stories)
    publish(folder)
    answer = search(folder, Question(text="no the"))
    assert (len(answer.hits), answer.has_all_words) == (4, False)
    monkeypatch.setattr("warehouse.search_terms.COMMON", 1)
    assert titles(folder, "no the") == ["Report 0"]


def test_snippet_marks_the_inflected_word(folder):
    (hit,) = search(folder, Question(text="Sanierungen", language="de")).hits
    marked = {hit.snippet.text[start:end] for start, end in hit.snippet.marks}
    assert marked == {"Sanierung"}


def test_search_for_a_speaker_shows_a_statement_of_that_speaker(folder):
    (hit,) = search(folder, Question(text="strategies", speaker="ruiz")).hits
    start, end = hit.snippet.marks[0]
    assert (hit.speaker, hit.snippet.text) == ("Ana Ruiz", "We have waited for a strategy")
    assert hit.snippet.text[start:end] == "strategy"


@pytest.mark.parametrize(
    "text",
    [pytest.param("", id="empty"), pytest.param("?!…", id="no-word"),
     pytest.param(" ".join(f"w{n}" for n in range(MOST_WORDS + 1)), id="too-many")],
)  # fmt: skip
def test_question_without_a_usable_word_is_refused(folder, text):
    with pytest.raises(QueryError):
        search(folder, Question(text=text))


def test_search_before_anything_was_published(tmp_path):
    with pytest.raises(WarehouseMissingError):
        search(DataFolder(tmp_path), Question(text="ferry"))


def test_only_months_with_news_are_indexed_again(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, FERRY, BUDGET)
    publish(folder)
    first = {month.month: month.file for month in indexed_months(folder)}
    assert update_index(folder) == []
    with open_live(folder) as con:
        append_stories(con, folder.spool, BRIDGE)
    publish(folder)
    second = {month.month: month.file for month in indexed_months(folder)}
    assert first["2024-01"] == second["2024-01"]
    assert first["2024-02"] != second["2024-02"]
    assert sorted(titles(folder, "strategy")) == [FERRIES, MONEY]
    assert {path.name for path in search_folder(folder).glob("*.duckdb")} == {*second.values()}


def test_kept_month_equals_a_newly_built_one(tmp_path):
    grown, fresh = DataFolder(tmp_path / "grown"), DataFolder(tmp_path / "fresh")
    for folder, steps in ((grown, ([BUDGET], [BRIDGE, UKRAINIAN])), (fresh, ([BUDGET, BRIDGE, UKRAINIAN],))):  # fmt: skip
        for stories in steps:
            with open_live(folder) as con:
                append_stories(con, folder.spool, *stories)
            publish(folder)
    assert postings(grown) == postings(fresh)


def postings(folder):
    (month,) = indexed_months(folder)
    with duckdb.connect(search_folder(folder) / month.file, read_only=True) as con:
        return con.execute(
            "SELECT terms.number, terms.term, terms.stemmer, articles, article_id, times,"
            " postings.words, documents.words FROM postings JOIN documents USING (document)"
            " JOIN terms ON terms.number = postings.term ORDER BY ALL"
        ).fetchall()


def test_edited_article_is_found_only_by_its_new_words(tmp_path):
    folder = DataFolder(tmp_path)
    edited = make_story("Budget fails\nNo zeppelin was bought.", url="https://b.example/budget", day="2024-02-02")  # fmt: skip
    for story in (BUDGET, edited):
        with open_live(folder) as con:
            append_stories(con, folder.spool, story)
        publish(folder)
    assert titles(folder, "zeppelin") == ["Budget fails"]
    assert titles(folder, "ferries") == []


def test_article_without_a_day_is_found_unless_days_are_given(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, UNDATED)
        con.execute("UPDATE articles SET published_on = NULL, published_at = NULL")
    publish(folder)
    assert titles(folder, "pier") == ["Harbour notice"]
    assert titles(folder, "pier", since=date(2020, 1, 1)) == []


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, FERRY)
    place = search_folder(folder)
    (place / "spill").mkdir(parents=True)
    (place / "2024-01-0.tmp").write_bytes(b"half")
    publish(folder)
    assert {path.suffix for path in place.iterdir()} == {".duckdb", ".json", ".lock"}


def test_index_of_another_scheme_is_rebuilt(folder, monkeypatch):
    before = indexed_months(folder)
    monkeypatch.setattr(search_index, "SCHEME", 99)
    assert indexed_months(folder) == []
    assert is_behind(folder)
    monkeypatch.undo()
    assert indexed_months(folder) == before


def break_manifest(place):
    (place / "manifest.json").write_text('{"scheme')


def list_manifest(place):
    (place / "manifest.json").write_text("[]")


def remove_a_month(place):
    next(place.glob("*.duckdb")).unlink()


def break_a_month(place):
    next(place.glob("*.duckdb")).write_bytes(b"x" * 5000)


@pytest.mark.parametrize(
    "damage",
    [break_manifest, list_manifest, remove_a_month, break_a_month],
    ids=lambda f: f.__name__,
)
def test_damaged_index_is_told_and_its_advice_works(tmp_path, damage):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, FERRY)
    publish(folder)
    damage(search_folder(folder))
    with pytest.raises(IndexDamagedError, match=r"remove that folder and run `onrecord publish`"):
        titles(folder, "shifts")
    shutil.rmtree(search_folder(folder))
    publish(folder)
    assert titles(folder, "shifts") == [FERRIES]


def test_index_that_is_made_anew_during_a_search_is_read_again(folder, monkeypatch):
    now = indexed_months(folder)
    before = [replace(month, file=f"old-{month.file}") for month in now]
    answers = iter([before, now, now])
    monkeypatch.setattr(search_of_warehouse, "indexed_months", lambda _: next(answers))
    assert titles(folder, "shifts") == [FERRIES]


def test_damaged_snapshot_is_told(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, FERRY)
    publish(folder)
    folder.newest.resolve().write_bytes(b"x" * 5000)
    with pytest.raises(WarehouseDamagedError, match="run `onrecord restore`"):
        titles(folder, "shifts")


def test_live_file_has_no_index(folder):
    with open_live(folder) as con:
        names = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert not names & {"postings", "documents_index"}


def test_search_connection_sees_only_its_own_files(folder):
    with open_fts() as con:
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        assert con.execute("SELECT stem('ferries', 'english')").fetchone() == ("ferri",)
        with pytest.raises(duckdb.Error):
            con.execute("SELECT * FROM read_text('/etc/hostname')")


def test_search_connection_takes_no_unsigned_extension():
    with open_fts() as con:
        found = con.execute("SELECT current_setting('allow_unsigned_extensions')").fetchone()
        assert found == (False,)
        with pytest.raises(duckdb.InvalidInputException):
            con.execute("SET allow_unsigned_extensions = true")


def test_unsuitable_extension_is_reported_by_name(monkeypatch):
    assert fts_file().is_file()
    monkeypatch.setattr(duckdb, "__version__", "9.9.9")
    with pytest.raises(ExtensionMissingError, match=r"duckdb-extension-fts==9\.9\.9"):
        fts_file()
