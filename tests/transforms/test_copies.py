"""Copies: which texts have the text of an earlier one, and what was changed."""

import pytest

from tests.helpers.cpu_time import takes_at_most
from tests.quality.copy_gold import FILLERS, copies
from transforms.grouping.copies import COMMON, CopyIndex, Source
from transforms.grouping.overlap import compare, prepare
from transforms.grouping.shingles import inside, sample, shingle

BRIDGE, LIBRARY = (
    next(text for text in copies([name]) if text.kind == "first").as_source()
    for name in ("bridge", "library")
)
TEASER = (
    "This article is for subscribers. Support independent reporting in the valley from one crown"
    " a week, cancel whenever you like and read every story on all your devices. Already a member?"
    " Log in with your address to continue reading where you stopped."
)


def source(key, text, *, title="Ferry", outlet=None):
    return Source(key=key, text=text, title=title, source=outlet)


def clusters(*sources):
    index = CopyIndex()
    for one in sources:
        index.add(one)
    return {one.key: index.cluster_of(one.key) for one in sources}


def test_words_of_other_scripts_are_shingled():
    assert shingle("Паром сьогодні не вийде в море").words[:2] == ["паром", "сьогодні"]
    assert len(shingle("渡し船は月曜日に出ません").hashes) >= 5


@pytest.mark.parametrize("text", ["", "Ferry", "“…”", "One two three four"])
def test_texts_without_shingles_are_in_no_cluster(text):
    assert clusters(source("a", text), source("b", text)) == {"a": "a", "b": "b"}


def test_sample_of_a_short_text_is_not_empty():
    assert len(sample(shingle(TEASER).hashes)) >= 12


def test_part_of_a_long_text_keeps_its_sample():
    part = shingle(BRIDGE.text)
    whole = shingle(f"{LIBRARY.text}\n{BRIDGE.text}\n{LIBRARY.text}" * 3)
    assert {code for code in sample(part.hashes) if code < 2**32 // 10} <= {*sample(whole.hashes)}


def test_shingles_inside_a_quotation_are_told_apart():
    text = "“We will not pay for it a second time,” he said on Monday evening."
    assert inside(shingle(text), [(1, 38)]) == {0, 1, 2, 3, 4}


def test_added_and_cut_passages_are_given_as_written():
    paragraphs = BRIDGE.text.split("\n")
    later = "\n".join([*paragraphs[:-1], FILLERS[1]])
    found = compare(prepare("b", later), prepare("a", BRIDGE.text))
    assert found.is_copy
    assert found.added == (FILLERS[1],)
    assert found.cut == (paragraphs[-1],)
    assert (found.words_added, found.words_cut) == (14, 16)


def test_articles_that_share_a_long_quotation_are_no_copies():
    speech = [
        next(text for text in copies([name]) if text.kind == "first").as_source()
        for name in ("speech1", "speech2")
    ]
    assert clusters(*speech) == {speech[0].key: speech[0].key, speech[1].key: speech[1].key}


def test_grown_report_joins_its_first_version():
    first = BRIDGE.text.split("\n")[0] + "\n" + BRIDGE.text.split("\n")[1]
    grown = source("b", f"{BRIDGE.text}\n{LIBRARY.text}")
    assert clusters(source("a", first, outlet="x"), grown)["b"] == "a"


def test_cluster_keeps_the_key_of_its_first_article_when_two_become_one():
    index = CopyIndex()
    halves = [BRIDGE.text.split("\n")[:3], LIBRARY.text.split("\n")[1:]]
    for key, half in zip("ab", halves, strict=True):
        index.add(source(key, "\n".join(half)))
    copy, _ = index.add(source("c", "\n".join(halves[0] + halves[1])))
    assert (copy.cluster, copy.merged) == ("a", ("b",))
    assert {index.cluster_of(key) for key in "abc"} == {"a"}


def test_text_printed_a_thousand_times_is_in_the_index_once():
    index = CopyIndex()
    added = [index.add(source(f"k{number}", BRIDGE.text))[1] for number in range(1000)]
    assert added[0]
    assert not any(added[1:])
    assert {index.cluster_of(f"k{number}") for number in range(1000)} == {"k0"}


@pytest.mark.parametrize("length", [1, 5])
def test_teaser_of_a_publisher_makes_no_cluster(length):
    articles = [
        source(
            f"k{number}",
            TEASER * length,
            title=f"{word} of the day {word}",
            outlet="valley.example",
        )
        for number, word in enumerate(("Bridges", "Cheese", "Trams", "Wolves", "Bees") * 40)
    ]
    titles = {one.key: one.title for one in articles}
    found = clusters(*articles)
    assert all(titles[key] == titles[cluster] for key, cluster in found.items())


def test_boilerplate_of_many_publishers_is_no_evidence():
    index = CopyIndex()
    texts = [text for text in copies() if text.kind == "first"]
    assert len(texts) > COMMON
    for text in texts:
        index.add(source(text.key, f"{text.text}\n{TEASER}", title=text.title, outlet=text.source))
    assert all(index.cluster_of(text.key) == text.key for text in texts)


def test_index_can_forget_old_texts():
    index = CopyIndex()
    for text in (BRIDGE, LIBRARY):
        index.add(text)
    index.forget(1)
    again, _ = index.add(source("c", BRIDGE.text))
    assert again is None
    assert index.add(source("d", LIBRARY.text))[0].cluster == LIBRARY.key


@pytest.mark.parametrize("unit", ["ferry ", "“a ” ", "1 ", "渡"])
def test_twice_the_text_takes_at_most_about_twice_the_time(unit):
    def found(chars):
        text = (unit * chars)[:chars]
        index = CopyIndex()
        index.add(source("a", text))
        index.add(source("b", f"{text} The end"))

    assert takes_at_most(2.3, lambda: found(80_000), lambda: found(40_000))
