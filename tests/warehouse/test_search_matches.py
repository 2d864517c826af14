"""All matches of a question: their number, their facets, and the statements in them."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.questions import ANSWERS, BRIDGE, BUDGET, PLAN, STORIES, answered, titles
from tests.helpers.stories import append_stories, make_story
from tests.helpers.subjects import unusual
from warehouse import search_explore
from warehouse.connect import open_live
from warehouse.errors import WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.search import Question, question_tree
from warehouse.search_explore import Shown, ask, explore, read_part
from warehouse.search_facets import MOST_SAMPLED
from warehouse.search_hits import read_hits
from warehouse.search_matches import find_matches
from warehouse.search_reader import SearchReader
from warehouse.search_tree import Field, all_of

SPEECHES = make_story(
    "Two answers\n“The ferry is late,” Jane Doe said. “The ferry is never late,” Piet Soll said.\n"
    "“Ask the harbour,” said Ana Ruiz about the ferries.",
    url="https://d.example/two",
    day="2026-02-21",
    said=[
        ("The ferry is late", "Jane Doe", None, "direct"),
        ("The ferry is never late", "Piet Soll", None, "direct"),
        ("Ask the harbour", "Ana Ruiz", None, "direct"),
    ],
)


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("matches"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, *STORIES.values(), SPEECHES)
    publish(folder)
    reader = SearchReader(folder)
    yield reader
    reader.close()


def explored(reader, text, *fields, **shown):
    tree = all_of([question_tree(Question(text=text)), *fields]) if text else all_of(list(fields))
    with reader.reading() as (con, months):
        return explore(con, months, tree, Shown(**shown))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("since:2027", 0),
        ("until:2025", 0),
        ("since:2026-02-04 until:2026-02-19", 0),
        ("since:2026-02 until:2026-02", 1),  # a whole month
        ("since:2026-02-03 until:2026-02-03", 1),
        ("since:2026-01-10 until:2026-02-02", 1),
        ("since:2026-01 until:2026-02", 2),
        ("(since:2026-02 OR until:2025)", 1),
    ],
)
def test_only_months_of_the_days_are_searched(reader, days, expected):
    for words in ("quantum", "quantum strategy", '"the quantum"', "quant*"):
        assert explored(reader, f"{words} {days}").matches.count == expected, words


def counts(found, facet):
    return {one.name: one.articles for one in found.facets.values[facet]}


@answered
def test_matches_are_what_the_search_finds(reader, question, expected):
    found = explored(reader, question)
    shown = {hit.title for hit in found.hits} - {SPEECHES.article.title}
    assert sorted(shown) == titles(expected)
    assert found.matches.count == len(found.hits)


def test_facets_count_all_matches_and_not_only_the_shown_ones(reader):
    found = explored(reader, "since:2026", most=1)
    assert (found.matches.count, len(found.hits)) == (4, 1)
    assert counts(found, "source") == dict.fromkeys(["a.example", "b.example", "d.example", "taz.de"], 1)  # fmt: skip
    assert counts(found, "language") == {"en": 3, "de": 1}
    assert counts(found, "speaker") == {"Jane Doe": 2, "Ana Ruiz": 2, "Piet Soll": 1}
    assert counts(found, "entity") == {"NATO": 2, "Ana Ruiz": 1, "Jane Doe": 1}
    assert counts(found, "topic") == {"conflict, war and peace": 1, "economy, business and finance": 1}  # fmt: skip
    assert counts(found, "page")["live"] == 1
    assert [(str(day), count) for day, count in found.facets.days] == [
        ("2026-01-10", 1), ("2026-02-03", 1), ("2026-02-20", 1), ("2026-02-21", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("facet", ["source", "language", "speaker", "entity", "topic", "page"])
@pytest.mark.parametrize("text", ["since:2026", "quantum", "quantum OR ferry OR brücke"])
def test_a_chosen_value_gives_as_many_matches_as_its_facet_says(reader, text, facet):
    for one in explored(reader, text).facets.values[facet]:
        narrowed = explored(reader, text, Field(facet, one.value, is_exact=True))
        assert narrowed.matches.count == one.articles


def test_exact_source_is_not_a_part_of_a_name(reader):
    assert explored(reader, "", Field("source", "example", is_exact=True)).matches.count == 0
    assert explored(reader, "source:example").matches.count == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ferry", ["The [ferry] is late", "The [ferry] is never late"], id="word"),
        pytest.param("ferries late", ["The [ferry] is [late]", "The [ferry] is never [late]"], id="stems"),
        pytest.param("ferry -never", [], id="the-article-has-the-word-that-it-must-not-have"),
        pytest.param('"is late"', ["The ferry [is] [late]"], id="phrase-within-the-statement"),
        pytest.param("speaker:Doe ferry", ["The [ferry] is late"], id="speaker"),
        pytest.param("nev* ferry", ["The [ferry] is [never] late"], id="beginning"),
        pytest.param("ferry OR harbour", ["The [ferry] is late", "The [ferry] is never late", "Ask the [harbour]"], id="either"),
        pytest.param("ferry -source:a.example", ["The [ferry] is late", "The [ferry] is never late"], id="what-the-article-is-asked"),
        pytest.param('speaker:"Piet Soll"', ["The ferry is never late"], id="no-words"),
    ],
)  # fmt: skip
def test_statements_have_the_words_themselves(reader, text, expected):
    found = explored(reader, text, as_statements=True)
    assert [bracketed(hit.snippet) for hit in found.statements] == expected
    assert found.found_statements == len(expected)


def bracketed(snippet):
    text = snippet.text
    for start, end in reversed(snippet.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def test_statements_know_their_article(reader):
    (hit,) = explored(reader, '"is late"', as_statements=True).statements
    assert (hit.title, hit.url) == ("Two answers", "https://d.example/two")
    assert SPEECHES.article.text[hit.start_char :].startswith("The ferry is late")


def test_pages_of_matches_follow_each_other(reader):
    whole = [hit.title for hit in explored(reader, "since:2026", is_newest_first=True).hits]
    pieces = [
        hit.title
        for at in range(4)
        for hit in explored(reader, "since:2026", is_newest_first=True, first=at, most=1).hits
    ]
    assert whole == pieces == [SPEECHES.article.title, BRIDGE.article.title, BUDGET.article.title, PLAN.article.title]  # fmt: skip
    assert not explored(reader, "since:2026", first=4).hits


@pytest.mark.parametrize("is_newest_first", [False, True])
@pytest.mark.parametrize("at_once", [1, 2])
def test_hits_that_are_read_in_pieces_are_the_same(reader, at_once, is_newest_first):
    tree = question_tree(Question(text="quantum OR ferry OR bridge OR the"))
    shown = Shown(most=100, is_newest_first=is_newest_first)
    with reader.reading() as (con, months):
        asked = ask(con, months, tree)
        whole = [hit for part in read_part(con, asked, shown, 100) for hit in part]
        parts = [hit for part in read_part(con, asked, shown, at_once) for hit in part]
    assert len(whole) == 3
    assert parts == whole


def test_texts_are_read_day_by_day_whatever_their_order(reader, monkeypatch):
    read = []

    def noted(con, ranks, speakers):
        read.append([day for _, _, day, _ in ranks])
        return read_hits(con, ranks, speakers)

    monkeypatch.setattr(search_explore, "read_hits", noted)
    tree = question_tree(Question(text="quantum OR ferry OR bridge OR the"))
    with reader.reading() as (con, months):
        asked = ask(con, months, tree)
        list(read_part(con, asked, Shown(most=100), 2))
    assert len(read) == 2
    assert all(len(days) <= 2 for days in read)
    days = [day for piece in read for day in piece]
    assert days == sorted(days)


def test_passages_are_looked_for_in_the_newest_texts(reader):
    tree = question_tree(Question(text='"quantum strategy" OR "two answers"'))
    with reader.reading() as (con, months):
        some = find_matches(con, months, tree, most_texts=1)
        (hits,) = read_part(con, ask(con, months, tree, most_texts=1), Shown(), 10)
        whole = find_matches(con, months, tree)
    assert (some.count, some.is_cut) == (1, True)
    assert [hit.title for hit in hits] == ["Two answers"]
    assert (whole.count, whole.is_cut) == (2, False)


def test_words_that_do_not_occur_are_suggested_for(reader):
    found = explored(reader, "quantun")
    assert found.suggestions[0].nearest == ("quantum",)
    assert found.facets.values["source"] == []


def test_articles_with_some_of_the_words_are_counted_if_none_has_all(reader):
    found = explored(reader, "quantum zeppelin")
    assert (found.has_all_words, found.matches.count) == (False, 2)
    assert counts(found, "source") == {"a.example": 1, "b.example": 1}


def test_sample_is_told(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, *(unusual(f"o{at}.example") for at in range(5)))
    publish(folder)
    reader = SearchReader(folder)
    found = explored(reader, "flood OR dam")
    assert found.facets.sampled == found.matches.count == 5 < MOST_SAMPLED
    reader.close()


def test_reader_sees_the_next_snapshot(tmp_path):
    folder = DataFolder(tmp_path)
    reader = SearchReader(folder)
    with pytest.raises(WarehouseMissingError), reader.reading():
        pass
    for number, story in enumerate((PLAN, BUDGET), 1):
        with open_live(folder) as con:
            append_stories(con, folder.spool, story)
        publish(folder)
        assert explored(reader, "quantum").matches.count == number
    reader.close()


def test_searches_at_the_same_time_do_not_see_each_others_tables(reader):
    def look(pair):
        question, expected = pair
        answers = [explored(reader, question) for _ in range(5)]
        shown = [{hit.title for hit in one.hits} - {SPEECHES.article.title} for one in answers]
        return all(sorted(some) == titles(expected) for some in shown)

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(look, ANSWERS[:6]))
