import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.snippets import snippet, words_of

LONG = "Nothing of note. " * 40 + "The strike begins on Friday. " + "More of the same. " * 40


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        pytest.param("", set(), "", id="empty"),
        pytest.param("Short text.", {"none"}, "Short text.", id="nothing-found-shows-the-start"),
        pytest.param(LONG, {"strike"}, "…The strike begins on Friday.", id="begins-at-a-sentence"),
        pytest.param("One\n\ntwo\tthree", {"two"}, "One two three", id="one-line"),
    ],
)
def test_snippet_starts_at_a_good_place(text, found, expected):
    assert snippet(text, found).text.startswith(expected)


def test_snippet_prefers_the_passage_with_more_of_the_words():
    text = "The ferry left. " + "Calm. " * 80 + "The ferry crews strike. " + "Calm. " * 80
    assert "crews strike" in snippet(text, {"ferry", "strike"}).text


@given(
    st.lists(
        st.sampled_from(["ferry", "“strike”", "don't", "ß", "\n", "…", "x" * 300]), max_size=60
    ),
    st.integers(10, 250),
)
def test_marks_enclose_the_found_words(parts, chars):
    shown = snippet(" ".join(parts), {"ferry", "strike"}, chars=chars)
    assert {shown.text[start:end] for start, end in shown.marks} <= {"ferry", "strike"}
    assert len(shown.text) <= chars + 2
    assert "\n" not in shown.text


@given(st.text())
def test_words_are_lower_case_letters_and_digits(text):
    assert all(word == word.lower() and word.strip() for word in words_of(text))
