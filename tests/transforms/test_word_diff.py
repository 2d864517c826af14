"""The difference of two texts, word by word."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.cpu_time import takes_at_most
from transforms.comparison.readable import marked
from transforms.comparison.word_diff import diff_words

PARAGRAPHS = (
    "The ferry to Oster Bay ran aground on Monday, the harbour office said.",
    "Two tugs were sent from Port Linnet.",
    "“We heard a bang,” a passenger said. “Then the lights went out.”",
)


def shown(before, after):
    return marked(before, after, diff_words(before, after), context=50)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("The ferry sank.", "The ferry sank.", "", id="equal"),
        pytest.param("", "The ferry sank.", "{+The ferry sank.+}", id="all-added"),
        pytest.param("The ferry sank.", "", "[-The ferry sank.-]", id="all-cut"),
        pytest.param("12 people died.", "14 people died.", "[-12-] {+14+} people died.", id="number"),
        pytest.param("It rained.", "It rained, she said.", "It rained{+, she said+}.", id="in-front-of-a-mark"),
        pytest.param("It sank. It was old. We know.", "It sank. We know.", "It sank. [-It was old.-] We know.", id="whole-sentence"),
        pytest.param("“It’s late – too late,”", '"It\'s late - too  late,"', "", id="style-of-marks"),
        pytest.param("They don't know.", "They didn't know.", "They [-don't-] {+didn't+} know.", id="apostrophe"),
        pytest.param("a very red and quite new boat", "one old brown and rather rusty grey boat", "[-a very red and quite new-] {+one old brown and rather rusty grey+} boat", id="single-word-in-a-rewritten-phrase"),
        pytest.param("12 dead and 3 hurt", "14 dead and 5 hurt", "[-12-] {+14+} dead and [-3-] {+5+} hurt", id="words-between-small-changes"),
        pytest.param("渡し船は月曜日に出る", "渡し船は火曜日に出る", "渡し船は[-月-]{+火+}曜日に出る", id="japanese"),
    ],
)  # fmt: skip
def test_difference_reads_well(before, after, expected):
    assert shown(before, after) == expected


def test_paragraphs_are_matched_before_words():
    first, second, third = PARAGRAPHS
    before, after = "\n".join((first, third)), "\n".join((second, first, third))
    assert shown(before, after) == f"{{+{second}+}}\n{first}\n{third}"


def test_long_stretches_are_cut_short_at_both_ends():
    before = " ".join(f"word{n}" for n in range(200))
    after = before.replace("word100", "other")
    found = marked(before, after, diff_words(before, after), context=2)
    assert found == "… word98 word99 [-word100-] {+other+} word101 word102 …"


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        pytest.param("a b c\nd e f\ng h i", "X\na b c\n…\ng h i\nX", id="whole-paragraphs"),
        pytest.param("a b c d e f\ng h i j k l", "X\na b c …\n… j k l\nX", id="within-paragraphs"),
        pytest.param("a b c\nd e f g h i", "X\na b c\n… g h i\nX", id="from-a-paragraph"),
        pytest.param("a b c d e f\ng h i", "X\na b c …\ng h i\nX", id="to-a-paragraph"),
        pytest.param("a b c\nd e f", "X\na b c\nd e f\nX", id="short"),
    ],
)
def test_words_of_other_paragraphs_are_left_out(paragraphs, expected):
    before, after = f"1\n{paragraphs}\n2", f"3\n{paragraphs}\n4"
    found = marked(before, after, diff_words(before, after), context=3)
    assert found == expected.replace("X\n", "[-1-] {+3+}\n", 1).replace("\nX", "\n[-2-]\n{+4+}")


def test_offsets_lead_to_the_words_in_both_texts():
    before, after = PARAGRAPHS[0], PARAGRAPHS[0].replace("Monday", "Tuesday night")
    (cut,) = [piece for piece in diff_words(before, after) if piece.kind == "cut"]
    (added,) = [piece for piece in diff_words(before, after) if piece.kind == "added"]
    assert (before[slice(*cut.before)], cut.words) == ("Monday", 1)
    assert (after[slice(*added.after)], added.words) == ("Tuesday night", 2)


WORDS = st.lists(
    st.sampled_from(["a", "b", "the", "12", ".", ",", "“", "”", "\n", "x-y"]), max_size=30
)


@given(WORDS, WORDS)
def test_pieces_hold_every_word_of_both_texts_in_order(one, other):
    before, after = " ".join(one), " ".join(other)
    pieces = diff_words(before, after)
    kept = "".join(before[slice(*piece.before)] for piece in pieces if piece.kind != "added")
    assert "".join(kept.split()) == "".join(before.split())
    made = "".join(after[slice(*piece.after)] for piece in pieces if piece.kind != "cut")
    assert "".join(made.split()) == "".join(after.split())
    for one_piece, next_piece in pairwise(pieces):
        assert one_piece.before[1] <= next_piece.before[0]
        assert one_piece.after[1] <= next_piece.after[0]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda n: ("ferry " * n, "ferry " * (n + 7)), id="one-word"),
        pytest.param(lambda n: ("ferry " * n, "ferry boat " * (n // 2)), id="every-second-word"),
        pytest.param(lambda n: ("a\n" * n, "a\nb\n" * (n // 2)), id="one-word-paragraphs"),
        pytest.param(lambda n: (_prose(n, 1), _prose(n, 2)), id="nothing-in-common"),
        pytest.param(lambda n: (_prose(n, 1), " ".join(_prose(n, 1).split()[::-1])), id="reversed"),
    ],
)
def test_time_grows_with_the_length(make):
    small, large = make(5_000), make(40_000)
    # A linear method takes 8 times as long for 8 times the words, a quadratic one 64 times.
    assert takes_at_most(24, lambda: diff_words(*large), lambda: diff_words(*small))


def _prose(n, seed):
    choose = random.Random(seed)
    return " ".join(f"w{choose.randrange(3000)}" for _ in range(n))
