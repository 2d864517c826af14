import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.questions import STORIES, answered, titles
from tests.helpers.stories import append_stories
from warehouse.connect import open_live
from warehouse.errors import SearchSyntaxError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.search import Question, search
from warehouse.search_syntax import MOST_NESTED, MOST_WORDS, parse_question
from warehouse.search_tree import Days, Word, leaves


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("language"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, *STORIES.values())
    publish(folder)
    return folder


@answered
def test_search_finds(folder, question, expected):
    answer = search(folder, Question(text=question))
    assert sorted(str(hit.title) for hit in answer) == titles(expected)
    assert answer.has_all_words


def test_operator_in_small_letters_is_a_word(folder):
    answer = search(folder, Question(text="quantum or brücke"))
    assert not answer.has_all_words  # no article has the word "or"


def test_phrase_that_is_not_found_is_not_replaced_by_its_words(folder):
    answer = search(folder, Question(text='"quantum budget" plan'))
    assert (len(answer), answer.has_all_words) == (0, True)


def test_option_and_field_narrow_together(folder):
    found = search(folder, Question(text="source:example", since=date(2026, 2, 1)))
    assert [hit.title for hit in found] == titles("budget")


def test_filter_without_words_lists_the_newest_first(folder):
    assert [hit.title for hit in search(folder, Question(text="", until=date(2026, 2, 19)))] == [
        *titles("budget"), *titles("plan"),
    ]  # fmt: skip


def test_newest_first_is_by_day_and_not_by_score(folder):
    newest = search(folder, Question(text="quantum", is_newest_first=True))
    assert [hit.title for hit in newest] == [*titles("budget"), *titles("plan")]
    (best, *_) = search(folder, Question(text="quantum"))
    assert best.title == "Alliance adopts a quantum plan"  # a word of its headline counts more


def test_limit_counts_articles_that_have_the_phrase(folder):
    assert len(search(folder, Question(text='aren "quantum strategy"', limit=1))) == 1


def test_more_texts_than_one_piece_are_read(folder, monkeypatch):
    monkeypatch.setattr("warehouse.search_ranking._PIECES", (1, 1, 2**62))
    found = search(folder, Question(text='NOT "quantum strategy"'))
    assert sorted(str(hit.title) for hit in found) == titles("budget bridge")


def test_marks_show_beginnings_and_not_what_is_unwanted(folder):
    (hit,) = search(folder, Question(text="comp* -haushalt"))
    assert [hit.snippet.text[start:end] for start, end in hit.snippet.marks] == ["computers"]


def test_statement_of_a_speaker_in_a_field_is_the_passage(folder):
    (hit,) = search(folder, Question(text="speaker:ruiz strategy"))
    assert (hit.speaker, hit.snippet.text) == ("Ana Ruiz", "Strategy comes later")


@pytest.mark.parametrize(
    ("question", "written", "nearest"),
    [
        pytest.param("quantom", "quantom", ("quantum",), id="word"),
        pytest.param("stratgey", "stratgey", ("strategy",), id="word-and-not-its-stem"),
        pytest.param("budgte haushalt", "budgte", ("budget",), id="some-words"),
        pytest.param('"quantum stratgy"', "stratgy", ("strategy",), id="in-a-phrase"),
        pytest.param("speaker:Riuz", "Riuz", ("Ana Ruiz",), id="part-of-a-speaker"),
        pytest.param('speaker:"Jane Deo"', "Jane Deo", ("Jane Doe",), id="speaker"),
        pytest.param("entity:NATOO", "NATOO", ("NATO",), id="entity"),
    ],
)
def test_nearest_words_and_names_are_suggested(folder, question, written, nearest):
    answer = search(folder, Question(text=question))
    assert [(one.written, one.nearest) for one in answer.suggestions] == [(written, nearest)]


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("budget -budget", id="the-word-occurs"),
        pytest.param("xylophone", id="nothing-is-near"),
        pytest.param("speaker:ruiz title:plan", id="the-name-occurs"),
        pytest.param("haushalt -quantom", id="unwanted-word"),
    ],
)
def test_nothing_is_suggested_without_a_near_word(folder, question):
    assert search(folder, Question(text=question)).suggestions == ()


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ('harbour or "quay', "the phrase that starts at character 12 has no closing quotation mark"),
        ('a "…"', "the phrase at character 3 has no word"),
        ("(a OR b", "the parenthesis that opens at character 1 is not closed"),
        ("a b)", "the parenthesis at character 4 closes nothing"),
        (") a", "the parenthesis at character 1 closes nothing"),
        ("a ()", "the parentheses at character 3 contain nothing"),
        ("a AND", "AND at character 3 has nothing after it"),
        ("a OR OR b", "OR at character 3 has nothing after it"),
        ("OR a", "OR at character 1 has nothing before it"),
        ("a NOT", "NOT at character 3 has nothing after it"),
        ("a -)", "- at character 3 has nothing after it"),
        ("a author:Doe", "there is no field author: .at character 3."),
        ("a speaker: Doe", "speaker: at character 3 has no value"),
        ("speaker:…", "speaker: at character 1 has no word as its value"),
        ("title:-", "title: at character 1 has no word as its value"),
        ("speaker:Do*", "speaker: at character 1 takes no star"),
        ("since:soon", "since: at character 1 is not a day: got 'soon'"),
        ("until:2026-02-30", "until: at character 1 is not a day: got '2026-02-30'"),
        ("since:2026-13", "since: at character 1 is not a day"),
        ("a * b", "the star in the words at character 3 does not follow a word"),
        ("a qu*nt", "the star in the words at character 3 is inside a word"),
        ("q*", "'q.' at character 1 is too short"),
        ("(" * (MOST_NESTED + 1), "nested too deeply at character"),
        ("- " * 3, "has no word to search for"),
        (" OR ".join(f'"a b{n}"' for n in range(MOST_WORDS)), "got 64 words, expected at most 32"),
    ],
)  # fmt: skip
def test_error_says_where_it_is(question, problem):
    with pytest.raises(SearchSyntaxError, match=problem) as raised:
        parse_question(question)
    assert raised.value.exit_code == 2


@given(
    st.lists(
        st.sampled_from(
            [*'ab"“”«()-:*… ', " AND ", " OR ", " NOT ", "title:", "since:2026", "speaker:"]
        ),
        max_size=12,
    ).map("".join)
)
@settings(deadline=None, max_examples=200)
def test_any_text_is_read_or_refused(question):
    tree = None
    with contextlib.suppress(SearchSyntaxError):
        tree = parse_question(question)
    assert tree is None or list(leaves(tree))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("co-operation", ["co", "operation"]),
        ("harbour - quay", ["harbour", "quay"]),
        ("Strike: what we know", ["strike", "what", "we", "know"]),
        ("at 10:30 https://a.example/b", ["at", "10", "30", "https", "a", "example", "b"]),
        ("the mayor's ‘plan’", ["the", "mayor", "s", "plan"]),
        ("मुंबई", ["मुंबई"]),
    ],
)
def test_signs_of_ordinary_text_are_no_operators(question, words):
    assert [leaf for leaf, _ in leaves(parse_question(question))] == [Word(word) for word in words]


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("since:2026", Days(since=date(2026, 1, 1))),
        ("until:2026", Days(until=date(2026, 12, 31))),
        ("until:2024-02", Days(until=date(2024, 2, 29))),
        ('SINCE:"2024-2-3"', Days(since=date(2024, 2, 3))),
    ],
)
def test_day_may_be_a_month_or_a_year(question, days):
    assert parse_question(question) == days
