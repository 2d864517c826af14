"""Copies in partly other words: names and figures tell them from forms."""

import pytest

from transforms.grouping.alignment import align
from transforms.grouping.copies import CopyIndex, Source
from transforms.grouping.facts import facts
from transforms.grouping.overlap import compare, prepare
from transforms.grouping.shingles import sample, shingle

KIOSK = (
    "A kiosk at Harl station burned down on Tuesday night. Nobody was hurt. The fire service needed"
    " two hours and 31 people to put it out. Trains on the northern line ran up to 40 minutes late."
)
REWORDED = (
    KIOSK.replace("burned down", "was destroyed").replace("put", "get").replace("northern", "busy")
)
QUAKE = (
    "An earthquake of magnitude {} shook {} on {} at {} local time, the national seismic service"
    " reported. Its centre lay {} kilometres from {} at a depth of 10 kilometres. There were no"
    " reports of injuries or damage. The region is known for frequent earthquakes."
)
STARS = ("Patience pays with Anna.", "Letters bring Luck now.", "Avoid a Quarrel over Money.",
         "Some Neighbour needs Advice.", "Rest and let Others run.", "An old Friend returns soon.")  # fmt: skip


def is_copy(later, earlier, *, titles=("Fire at station", "News in short"), source=None):
    return compare(
        prepare("b", later, title=titles[1], source=source),
        prepare("a", earlier, title=titles[0], source=source),
    ).is_copy


def test_reworded_brief_under_another_headline_is_a_copy():
    assert 0.3 < compare(prepare("b", REWORDED), prepare("a", KIOSK)).similarity < 0.5
    assert is_copy(REWORDED, KIOSK)


def test_brief_of_a_publisher_in_other_words_is_no_copy():
    assert not is_copy(REWORDED, KIOSK, source="harl.example")


def test_brief_with_other_names_and_figures_is_no_copy():
    other = REWORDED.replace("Harl", "Aldon").replace("Tuesday", "Friday").replace("31", "12")
    assert not is_copy(other.replace("40", "25"), KIOSK)


def test_corrected_figures_leave_a_copy():
    corrected = KIOSK.replace("31", "29").replace("40 minutes", "55 minutes")
    assert is_copy(corrected, KIOSK)


def test_reports_of_a_form_by_several_publishers_are_no_copies():
    rows = (("4.6", "Sarro", "Monday", "03:12", "22", "Port Sarro"),
            ("5.1", "the valley of Tiszava", "Friday", "17:40", "9", "Tiszava"))  # fmt: skip
    assert not is_copy(*(QUAKE.format(*row) for row in rows), titles=("Quake", "Quake"))


def test_briefs_with_one_first_sentence_are_no_copies():
    first = "The government in Landsberg resigned on Thursday evening after it had lost a vote."
    rests = ("Shops which had counted on a lower tax wonder now when it will come to them.",
             "The president has invited the heads of all parties to the castle on Saturday.")  # fmt: skip
    assert not is_copy(*(f"{first} {rest}" for rest in rests))


@pytest.mark.parametrize("shift", range(1, len(STARS)))
def test_sentences_of_a_form_in_another_order_are_no_copy(shift):
    signs = ("Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo")
    one, other = (
        " ".join(f"{sign}: {line}" for sign, line in zip(signs, lines, strict=True))
        for lines in (STARS, STARS[shift:] + STARS[:shift])
    )
    assert not is_copy(one, other)


def test_briefs_about_one_long_quotation_are_no_copies():
    said = (
        "“We will build the barrier before the next flood comes, and nobody has to pay for it"
        " twice, neither the town nor the people who have lost their houses, their shops and their"
        " fields, because the province has put the money aside since the last flood of the Torne”"
    )
    texts = (
        f"Karin Holt calmed the people of Aveling in the town hall. {said}, she said there.",
        f"Pumps still run behind the station of Aveling: {said}, Karin Holt told reporters.",
    )
    prepared = [
        prepare(key, text, quotations=[(text.index("“"), text.index("”") + 1)])
        for key, text in zip("ab", texts, strict=True)
    ]
    assert not compare(*prepared).is_copy


def test_moved_paragraph_keeps_its_words():
    first, second = (
        KIOSK.split(". Nobody ", maxsplit=1)[0],
        "The mayor Edwin Prast thanked all helpers.",
    )
    found = align(shingle(f"{second} {first}").words, shingle(f"{first} {second}").words)
    assert (found.shared, found.turns, found.changes) == (17, 1, [])


def test_words_that_begin_sentences_are_no_names():
    text = "“Trains were late,” said Karin Holt. “Nobody was hurt.”\nBuses ran: They were full."
    assert facts(text, shingle(text)).names == {"karin", "holt"}


def test_reworded_brief_is_found_by_a_smaller_sample_of_an_older_version():
    index = CopyIndex({code: ["a"] for code in sorted(sample(shingle(KIOSK).hashes))[:12]})
    index.know([Source(key="a", text=KIOSK)])
    copy, _ = index.add(Source(key="b", text=REWORDED))
    assert copy is not None
    assert copy.of == "a"
