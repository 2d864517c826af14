"""The statements of a text, feature by feature."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.quoting.quotations import find_quotations
from transforms.records import Mention


@functools.cache
def speech():
    return load_lexicon().speeches


def read(text, *, mentions=(), language="en"):
    return find_quotations(text, list(mentions), speech(), language=language)


def pieces(text, quotation):
    return [text[start:end] for start, end in quotation.fragments]


@pytest.mark.parametrize(
    ("text", "kind", "stated", "speaker", "cue"),
    [
        pytest.param(
            "“It rained,” the mayor said.", "direct", ["It rained,"], "the mayor", "said",
            id="direct-excludes-its-marks",
        ),
        pytest.param(
            "“No,” she said. “Never.”", "direct", ["No,", "Never."], "she", "said",
            id="interrupted-is-one-item",
        ),
        pytest.param(
            "“We told them,” Holm said, shaking her head, “and they sent a letter.”", "direct",
            ["We told them,", "and they sent a letter."], "Holm", "said",
            id="interrupted-by-what-the-speaker-does",
        ),
        pytest.param(
            "The mayor said the road was “a scandal”.", "mixed",
            ["the road was “a scandal”"], "The mayor", "said",
            id="mixed-takes-the-whole-clause",
        ),
        pytest.param(
            "The ministry denied that it had known.", "indirect", ["that it had known"],
            "The ministry", "denied", id="indirect-keeps-that",
        ),
        pytest.param(
            "The port is closed, according to the navy.", "indirect", ["The port is closed"],
            "the navy", "according to", id="according-to",
        ),
        pytest.param(
            "Ana Ruiz: Port will open in May", "indirect", ["Port will open in May"], "Ana Ruiz", ":",
            id="headline",
        ),
        pytest.param(
            "The union warned of a strike.", "indirect", ["a strike"], "The union", "warned of",
            id="preposition-belongs-to-the-cue",
        ),
        pytest.param(
            "The mayor called on voters to stay calm.", "indirect", ["voters to stay calm"],
            "The mayor", "called on", id="called-on-somebody-to",
        ),
        pytest.param(
            "Her claim that the mill was safe did not last.", "indirect",
            ["that the mill was safe"], "Her", "claim", id="noun-with-owner",
        ),
    ],
)  # fmt: skip
def test_statement_is_read(text, kind, stated, speaker, cue):
    (found,) = read(text)
    assert (found.kind, pieces(text, found), found.speaker, found.cue) == (
        kind, stated, speaker, cue,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The ferry “Aurora” sailed at noon.", id="name-in-marks"),
        pytest.param("The shelf is 12\" deep and 6' high.", id="inches-and-feet"),
        pytest.param("Rock ’n’ roll was born in the ’50s.", id="apostrophes"),
        pytest.param("The press room of the State was cold.", id="nouns-that-look-like-verbs"),
        pytest.param("", id="empty"),
    ],
)
def test_text_without_statements_gives_none(text):
    assert read(text) == []


def test_speech_over_several_paragraphs_is_one_item():
    text = "“We waited,” Holm said. “Nobody came.\n“Then the water rose.\n“We left.”\nIt was noon."
    (found,) = read(text)
    assert pieces(text, found) == [
        "We waited,", "Nobody came.", "Then the water rose.", "We left.",
    ]  # fmt: skip
    assert found.speaker == "Holm"


def test_paragraph_that_ends_with_a_colon_introduces_the_next():
    text = "After the vote the mayor added:\n“I am tired.”"
    (found,) = read(text)
    assert (pieces(text, found), found.speaker) == (["I am tired."], "the mayor")


def test_unclosed_quotation_ends_with_its_paragraph():
    text = "“It is late, the guard said.\nThe gate closed."
    assert all(found.end <= text.index("\n") for found in read(text))


def test_quotation_within_a_quotation_is_not_a_separate_one():
    text = "“My father always said ‘wait’ to us,” Holm said."
    (found,) = read(text)
    assert found.text == "My father always said ‘wait’ to us,"


@pytest.mark.parametrize(
    ("text", "language", "speaker"),
    [
        pytest.param("«Esperamos años», afirmó Ana Ruiz.", "es", "Ana Ruiz", id="spanish"),
        pytest.param("„Wir warten“, sagte Anna Weber.", "de", "Anna Weber", id="german"),
        pytest.param("«Ми чекаємо», сказала Олена Бондар.", "uk", "Олена Бондар", id="ukrainian"),
    ],
)
def test_direct_quotation_in_another_language_gets_its_speaker(text, language, speaker):
    (found,) = read(text, language=language)
    assert (found.kind, found.speaker) == ("direct", speaker)


def test_reused_quotation_has_the_same_fingerprint():
    one = read("“We will not sell the harbour,” Ruiz said.")[0]
    other = read("Ana Ruiz told radio: “We will not sell [...] the harbour!”")[0]
    assert one.fingerprint == other.fingerprint is not None


def test_speaker_has_the_entity_of_its_mention():
    text = "“We wait,” said Ruiz."
    mention = Mention(
        start=16, end=20, text="Ruiz", kind="person", name="Ana Ruiz", entity_id="n1-person-ruiz"
    )
    (found,) = read(text, mentions=[mention])
    assert (found.speaker_name, found.speaker_entity_id) == ("Ana Ruiz", "n1-person-ruiz")


def test_quotations_come_in_reading_order():
    text = "Ruiz said it rained. “Yes,” Holm said. The union hopes that it stops."
    starts = [found.start for found in read(text)]
    assert starts == sorted(starts)
    assert len(starts) == 3


def test_relative_clause_ends_before_the_main_verb():
    found = read("The board that approves loans wants more proof.")
    assert [(one.speaker, one.statement) for one in found] == [
        ("that", "loans"),
        ("The board that approves loans", "more proof"),
    ]
