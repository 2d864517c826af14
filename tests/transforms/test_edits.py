"""What an edit changed, and which changes are none."""

import pytest

from tests.helpers.pages import boilerplate
from transforms.comparison.changes import Statement, Version, find_changes
from transforms.comparison.wording import wording_sha256

TITLE = "Port closes quay"
TEXT = (
    "The harbour authority closed the northern quay on Monday after divers found cracks.\n"
    "“We won't lose a ship,” said Petra Lindqvist, who runs the port.\n"
    "Repairs cost 3.5 million crowns."
)


def digest(text=TEXT, title=TITLE):
    return wording_sha256(title, text, boilerplate())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT.replace("\n", " "), id="paragraphs"),
        pytest.param(TEXT.replace(" on Monday", "\u00a0 on  Monday"), id="white-space"),
        pytest.param(TEXT.replace("“", '"').replace("”", '"'), id="straight-quotes"),
        pytest.param(TEXT.replace("“", "„").replace("”", "“"), id="german-quotes"),
        pytest.param(TEXT.replace("won't", "won’t"), id="apostrophe"),
        pytest.param(TEXT.replace("Monday after", "Monday, after"), id="comma"),
        pytest.param(TEXT.replace("Monday after", "Monday – after"), id="dash"),
        pytest.param(f"{TEXT}\n23 comments", id="comments"),
        pytest.param(f"5 min read\n{TEXT}", id="minutes-to-read"),
        pytest.param(f"Updated 14:05\n{TEXT}", id="updated"),
        pytest.param(f"Last updated: 3 June 2024, 14:05\n{TEXT}", id="last-updated"),
        pytest.param(f"14:05 GMT\n{TEXT}", id="time-of-day"),
        pytest.param(f"{TEXT}\nRead more: Ferry fares to rise in May", id="read-more"),
        pytest.param(f"{TEXT}\nAlso read: Tugs for sale", id="also-read"),
        pytest.param(TEXT.replace("northern", "nor\u00adthern"), id="soft-hyphen"),
    ],
)
def test_trivial_change_keeps_the_wording(text):
    assert digest(text) == digest()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param(TEXT.replace("Monday", "Tuesday"), TITLE, id="word"),
        pytest.param(TEXT.replace("3.5", "35"), TITLE, id="decimal-point"),
        pytest.param(TEXT.replace("3.5 million", "3.5% of a million"), TITLE, id="sign"),
        pytest.param(TEXT.replace("“", "").replace("”", ""), TITLE, id="quotation-became-paraphrase"),
        pytest.param(TEXT.replace("won't", "wont"), TITLE, id="apostrophe-lost"),
        pytest.param(TEXT.replace("crowns.", "crowns?"), TITLE, id="question"),
        pytest.param(TEXT.replace("crowns", "Crowns"), TITLE, id="letter-case"),
        pytest.param(TEXT, "Port closes quay again", id="headline"),
        pytest.param(f"{TEXT}\n12.50 euro", TITLE, id="price-on-a-line"),
        pytest.param(f"{TEXT}\nCorrection: the quay was built in 1964, not 1946.", TITLE, id="correction"),
        pytest.param("", f"{TITLE} {TEXT}", id="text-moved-to-the-headline"),
    ],
)  # fmt: skip
def test_every_other_change_is_another_wording(text, title):
    assert digest(text, title) != digest()


def changes(before=TEXT, after=TEXT, *, titles=(TITLE, TITLE), said=((), ()), named=((), ())):
    earlier, later = (
        Version(
            title=title,
            text=text,
            statements=tuple(Statement(*one) for one in some),
            names={f"n1-{name}": name for name in names},
        )
        for title, text, some, names in zip(titles, (before, after), said, named, strict=True)
    )
    return find_changes(earlier, later)


def test_size_of_an_edit():
    edit = changes(after=TEXT.replace("on Monday", "on Tuesday night"))
    assert (edit.words_added, edit.words_cut) == (2, 1)
    assert edit.share == pytest.approx(3 / 67)
    assert (edit.is_headline_changed, edit.is_text_changed) == (False, True)
    assert (edit.added, edit.cut) == (("Tuesday night",), ("Monday",))


def test_headline_counts_without_a_change_of_the_text():
    edit = changes(titles=(TITLE, "Port closes its quay"))
    assert (edit.is_headline_changed, edit.is_text_changed, edit.words_added) == (True, False, 1)
    assert (edit.headline, edit.diff) == ("Port closes {+its+} quay", "")


def test_style_of_marks_changes_nothing():
    edit = changes(after=TEXT.replace("“", '"').replace("”", '"'), titles=("A ‘b’", "A 'b'"))
    assert (edit.is_headline_changed, edit.is_text_changed) == (False, False)
    assert edit.words_added == edit.words_cut == 0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("12 dead", "14 dead", [("12 dead", "14 dead")], id="people"),
        pytest.param("It cost $1,200.", "It cost $1,350.", [("$1,200", "$1,350")], id="money"),
        pytest.param("1200 boats", "1,200 boats", [], id="same-number"),
        pytest.param("12 dead", "twelve dead", [], id="spelled-out"),
        pytest.param("12 dead", "12 dead, 3 hurt", [], id="number-that-was-added"),
        pytest.param("Of 12 men 3 swam.", "Of 14 men 5 swam.", [("12 men", "14 men"), ("3 swam", "5 swam")], id="two"),
        pytest.param("up by 3%", "up by 4.5%", [("3%", "4.5%")], id="per-cent"),
    ],
)  # fmt: skip
def test_numbers_that_replaced_others(before, after, expected):
    assert changes(before, after).numbers_changed == tuple(expected)


def test_statements_are_added_altered_and_removed():
    kept, loss = ("Petra Lindqvist", "We won't lose a ship"), ("Jon Vale", "The loss is small")
    before = [kept, loss, (None, "The quay is old and has to be repaired soon")]
    after = [kept, ("Petra Lindqvist", "Work begins in May"), (None, "The quay is old and has to be replaced")]  # fmt: skip
    edit = changes(said=(before, after))
    assert edit.statements_added == ("Work begins in May",)
    assert edit.statements_removed == ("The loss is small",)
    assert edit.statements_altered == (
        ("The quay is old and has to be repaired soon", "The quay is old and has to be replaced"),
    )


def test_statement_of_another_speaker_was_altered():
    said = "We won't lose a ship"
    edit = changes(said=([("Petra Lindqvist", said)], [("Jon Vale", said)]))
    assert edit.statements_altered == ((f"Petra Lindqvist: {said}", f"Jon Vale: {said}"),)
    assert edit.statements_added == edit.statements_removed == ()


def test_statements_of_two_speakers_are_not_mixed_up():
    edit = changes(said=([("Ada Holm", "We will stay in port")], [("Jon Vale", "We will stay at sea")]))  # fmt: skip
    assert edit.statements_altered == ()
    assert len(edit.statements_added) == len(edit.statements_removed) == 1


def test_names_are_added_and_removed():
    edit = changes(named=(["Aren", "Jon Vale"], ["Aren", "Ada Holm"]))
    assert (edit.names_added, edit.names_removed) == (("Ada Holm",), ("Jon Vale",))


def test_name_of_another_entity_than_before_is_neither_new_nor_gone():
    before = Version(title="", text="Linden is here.", names={"p1-linden": "Linden"})
    after = Version(title="", text="Linden was here.", names={"l1-linden": "Linden"})
    edit = find_changes(before, after)
    assert (edit.names_added, edit.names_removed) == ((), ())


def test_page_with_very_many_statements_is_not_compared_pairwise():
    said = [[("A", f"statement {n} of {side}") for n in range(2_000)] for side in ("one", "two")]
    edit = changes(said=said)
    assert (len(edit.statements_added), edit.statements_altered) == (2_000, ())
