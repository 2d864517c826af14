"""Properties of any text: spans are inside it, and time grows with its length."""

import functools
import itertools
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flows.seeds import load_lexicon
from tests.helpers.cpu_time import takes_at_most
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
    return load_lexicon().speech


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


HOSTILE = (
    '"',
    "“",
    "”",
    "'",
    "‘",
    "'a ",
    "‘a ",
    "said ",
    "SAID ",
    "he said ",
    "Ana, ",
    "A. ",
    "(",
    "-",
    "a-",
    "a'",
    "according to ",
    "man who ",
    "of ",
    "that ",
    "“a ” said ",
    "“a.” ",
    "6’2” ",
    "\n",
    "his claim ",
    "“ a ",
    "“a?” b ",
    "to ",
    "the mayor of the ",
    "saying ",
    "\u200b",
    "and Ana ",
    "– ",
    "\n– A",
    "\n– A, said Ana. ",
    "– A, said Ana Bo. ",
    "— ",
    '" a ',
    "s' ",
    "'a b' ",
    "\n'a",
    "Q: A? ",
    "\nQ: a?\nA: b. ",
    "\nWhy?\nI go. ",
    "“a” — Ana, ",
    "Ana, a: ",
)
FOREIGN_HOSTILE = (
    "„a“, ", "sagte ", "sagte: ", "„a b c d“ ", "der ", "Der Rat der ", ", Ana ", "so ", "– A, sagte ", "– A, sagte Bo. ", "a-t-il ",
    "laut der ", "hat ", "und Ana ",
)  # fmt: skip
SAMPLE_CHARS = 100_000
PROSE = "“We waited,” Mayor Ana Ruiz said. She added that nobody came, though it rained.\n"


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_repetition_takes_linear_time(piece):
    assert_linear(piece)


@pytest.mark.slow
@pytest.mark.parametrize("piece", FOREIGN_HOSTILE)
def test_hostile_repetition_in_another_language_takes_linear_time(piece):
    assert_linear(piece, "de")


@pytest.mark.slow
def test_time_is_linear_from_a_kilobyte_to_two_megabytes():
    small, large = PROSE * 12, PROSE * 26_000
    assert len(small) < 1100
    assert len(large) > 2_000_000
    many = range(len(large) // len(small) // 50)
    assert takes_at_most(3 * 50, lambda: read(large), lambda: [read(small) for _ in many])


def assert_linear(piece, language="en"):
    """Check that repeated pieces take linear time, and not much more than prose."""
    text, prose = ((one * SAMPLE_CHARS)[:SAMPLE_CHARS] for one in (piece, PROSE))
    quarter = text[: SAMPLE_CHARS // 4]
    # Four times the time is linear, sixteen times is quadratic.
    assert takes_at_most(8, lambda: read(text, language), lambda: read(quarter, language))
    assert takes_at_most(10, lambda: read(text, language), lambda: read(prose))


def read(text, language="en"):
    find_quotations(text, [], speech(), language=language)
