"""Properties of any text: spans are inside it, and no character is in two statements."""

import functools
import itertools
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flows.seeds import load_lexicon
from transforms.quoting.marks import find_marked
from transforms.quoting.quotations import find_quotations

FRAGMENTS = (
    "“We waited,” ", "the mayor said. ", "according to ", "he said, ", "Ana Ruiz, ", "that ", "\n",
    '"', "“", "”", "‘", "’", "„", "«", "»", "''", "(", ")", ": ", "— ", ", ", ". ", "? ", "said ",
    "who ", "Secretary of State ", "Q: ", "\n– ", "\n- ", "’s ", "s’ ", "s' ", "'", ", sagte sie. ", "SMITH: ", "I ", "is expected to ", "claim that ",
    "قال الوزير ", "«السلام» ", "\u200b", "\u202e", "😀", "\u00ad", "ß", "İ", "e\u0301", "\x00", "\ud800",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=8), max_size=40).map("".join)


@functools.cache
def speech():
    return load_lexicon().speeches


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(["en", "de", "fr"]))
def test_spans_are_inside_the_text_and_match_it(text, language):
    for found in find_quotations(text, [], speech(), language=language):
        assert 0 <= found.start <= found.end <= len(text)
        assert found.text == text[found.start : found.end]
        assert found.fragments == tuple(sorted(found.fragments))
        assert (found.start, found.end) == (found.fragments[0][0], found.fragments[-1][1])
        if found.speaker is not None:
            assert found.speaker == text[found.speaker_start : found.speaker_end]
        if found.cue is not None:
            assert text.startswith(found.cue, found.cue_start)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(TEXTS, st.sampled_from(["en", "de", "fr"]))
@example("claim that he said, “We waited,” ", "en")
def test_no_character_is_in_two_statements_unless_one_reports_the_other(text, language):
    found = find_quotations(text, [], speech(), language=language)
    taken = sorted(fragment for quotation in found for fragment in quotation.fragments)
    for (_, end), (other_start, other_end) in itertools.combinations(taken, 2):
        assert end <= other_start or other_end <= end


@settings(deadline=None, max_examples=100)
@given(TEXTS)
def test_quoted_passages_never_overlap(text):
    found = find_marked(text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(q.start < q.inner_start < q.inner_end <= q.end for q in found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("“" + "We waited. " * 2000 + "”", id="one-quotation"),
        pytest.param("“We waited,” Ana Ruiz said.\n" * 10_000, id="ten-thousand-quotations"),
        pytest.param("the mayor said the harbour was closed " * 3000, id="no-punctuation"),
        pytest.param("THE MAYOR SAID THE HARBOUR WAS CLOSED. " * 3000, id="all-capitals"),
    ],
)
def test_odd_texts_are_read(text):
    assert find_quotations(text, [], speech())
