"""Texts that make careless rules slow: time grows with the text, and has a limit."""

import functools
import itertools

import pytest

from flows.seeds import load_lexicon
from tests.helpers.builders import NOW, make_document
from tests.helpers.cpu_time import takes_at_most
from tests.helpers.text_pieces import FOREIGN, PAIRED, PIECES, repeated
from transforms.analysed_part import MAX_WORDS
from transforms.normal_forms import normalize
from transforms.pipeline import analyse
from transforms.quoting.wording import statement_text

MEGABYTE = 1_000_000
CHARS = 16_000
PROSE = (
    "“We waited,” Mayor Ana Ruiz said on Monday. She added that nobody came in May, though it rained. "
    "The Bank of Norway, which owns the harbour, declined to comment, according to Tom Reed.\n"
)  # fmt: skip
# Those that have cost most for each character, and one that once took minutes.
DEAREST = ("THE MAYOR SAID ", "Ann said ", "“Ann ", "Ann, ", "\u0301\u0316")


@functools.cache
def lexicon():
    return load_lexicon()


def read(text, language="en", *, published_at=None):
    document = make_document(
        text,
        media_type="text",
        is_clean=True,
        language=language,
        published_at=published_at,
        fetched_at=NOW,
    )
    return analyse(document, lexicon(), now=NOW)


def assert_doubles(piece, language="en"):
    """Check that twice the text takes about twice the time, three times in a row.

    Quadratic time would be 64 times that of an eighth of the text.
    """
    whole, eighth = repeated(piece, CHARS), repeated(piece, CHARS // 8)
    assert takes_at_most(2.3**3, lambda: read(whole, language), lambda: read(eighth, language))


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_twice_the_text_takes_at_most_about_twice_the_time(piece):
    assert_doubles(piece)


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", [first + second for first, second in itertools.combinations(PAIRED, 2)], ids=ascii
)
def test_twice_the_text_of_two_pieces_takes_at_most_about_twice_the_time(piece):
    assert_doubles(piece)


@pytest.mark.slow
@pytest.mark.parametrize("piece", FOREIGN, ids=ascii)
def test_twice_the_foreign_text_takes_at_most_about_twice_the_time(piece):
    assert_doubles(piece, "de")


@pytest.mark.slow
@pytest.mark.parametrize("piece", DEAREST, ids=ascii)
def test_megabyte_of_anything_takes_little_more_than_the_longest_prose(piece):
    longest = repeated(PROSE, MAX_WORDS * 5)
    hostile = repeated(piece, MEGABYTE)
    assert takes_at_most(3, lambda: read(hostile), lambda: read(longest))


@pytest.mark.parametrize("mark", [",", ", ", "-", "— ", "[a] ", "’"])
def test_marks_in_a_statement_are_shown_in_linear_time(mark):
    def show(chars):
        text = repeated(mark, chars) + "("
        statement_text(text, [(0, len(text)), (0, len(text))])

    assert takes_at_most(2.3, lambda: show(200_000), lambda: show(100_000))


@pytest.mark.parametrize("marks", ["\u0301", "\u0301\u0316", "\u0f73", "\uff9e\u0301"], ids=ascii)
def test_marks_over_a_letter_are_normalised_in_linear_time(marks):
    def fold(count):
        normalize("NFKC", "e" + marks * count)

    assert takes_at_most(2.3, lambda: fold(40_000), lambda: fold(20_000))


def test_long_text_is_kept_whole_and_says_that_it_was_analysed_in_part():
    text = repeated(PROSE, MEGABYTE)
    found = read(text, published_at=NOW)
    assert found.article.text == text
    assert "analysed_in_part" in found.article.flags
    start = text[: found.quotations[-1].start]
    for rows in (found.quotations, found.mentions, found.dates, found.no_comments):
        assert rows[-1].end > 0.99 * len(start)
        assert text[rows[-1].start : rows[-1].end] == rows[-1].text
    assert "analysed_in_part" not in read(start[: len(start) // 2]).article.flags
