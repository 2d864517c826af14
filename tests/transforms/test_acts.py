"""Speech, attitudes and plans, and words that are no statement at all."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.quoting.quotations import find_statements_and_silences


@functools.cache
def speech():
    return load_lexicon().speeches


def read(text):
    return find_statements_and_silences(text, [], speech())


def acts(text):
    return [(found.statement, found.act) for found in read(text)[0]]


@pytest.mark.parametrize(
    ("text", "act"),
    [
        pytest.param("Holm said that the dam was safe.", "speech", id="said"),
        pytest.param("Holm promised to mend the dam.", "speech", id="promise"),
        pytest.param("The ministry announced a review of the dam.", "speech", id="announcement"),
        pytest.param("According to Holm, the dam was safe.", "speech", id="according-to"),
        pytest.param("Holm would only say that the dam was safe.", "speech", id="would-only-say"),
        pytest.param("She went on to say that the dam was safe.", "speech", id="went-on-to-say"),
        pytest.param("Holm did say that the dam was safe.", "speech", id="did-say"),
        pytest.param("Holm hopes that the dam holds.", "attitude", id="hope"),
        pytest.param("Holm denied that the dam was safe.", "attitude", id="denial"),
        pytest.param("The council criticised the dam.", "attitude", id="criticism"),
        pytest.param("They discussed the price of the dam.", "attitude", id="topic"),
        pytest.param("Holm spoke about the price of the dam.", "attitude", id="topic-after-about"),
        pytest.param("Holm plans to sell the dam.", "plan", id="intention"),
        pytest.param("Holm will say that the dam is safe.", "plan", id="future"),
        pytest.param("Critics may say that the dam is safe.", "plan", id="possibility"),
        pytest.param("Holm is expected to say that the dam is safe.", "plan", id="expectation"),
        pytest.param("Holm refused to sell the dam.", "plan", id="refusal-to-act"),
    ],
)
def test_act_tells_what_kind_of_statement_it_is(text, act):
    assert [found for _, found in acts(text)] == [act]


def test_words_in_quotation_marks_are_speech():
    assert acts("“The dam is safe,” Holm will say.") == [("The dam is safe", "speech")]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Holm did not say that the dam was safe.", id="negated"),
        pytest.param("Holm never claimed that the dam was safe.", id="never"),
        pytest.param("It is too early to say whether the dam will hold.", id="impersonal"),
        pytest.param("Holm said nothing about the dam.", id="nothing"),
        pytest.param("Holm said so.", id="said-so"),
        pytest.param("The lawyer spoke for an hour with the owner.", id="length-of-a-talk"),
        pytest.param("The road said that the dam was safe.", id="a-thing-cannot-speak"),
        pytest.param("A man called Anton Reed left the dam.", id="name-after-called"),
        pytest.param("The town known as Little Venice was flooded.", id="known-as"),
        pytest.param("A sign on the door read “NO BOATS TODAY”.", id="banner-in-capitals"),
        pytest.param("Price: 20 euros", id="label"),
        pytest.param("The film “The Long Ferry” tells the story of a crew.", id="title-of-a-work"),
        pytest.param("It is one of the most cited papers on the dam.", id="superlative"),
        pytest.param("The car hit the wall of the dam.", id="hit-something"),
        pytest.param("New EU rules that aim to save power are due in May.", id="noun-rules"),
    ],
)
def test_nothing_said_is_no_statement(text):
    assert acts(text) == []


@pytest.mark.parametrize(
    ("text", "speaker", "medium"),
    [
        pytest.param(
            "A statement by the Finance Ministry said that the fund was empty.",
            "Finance Ministry", "A statement by the Finance Ministry", id="statement-by",
        ),
        pytest.param(
            "Ana Ruiz came late. Ruiz's report found that the fund was empty.",
            "Ana Ruiz", "Ruiz's report", id="report-of-somebody",
        ),
        pytest.param(
            "“It is empty,” Ana Ruiz said in a letter on Friday.", "Ana Ruiz", "a letter",
            id="said-in-a-letter",
        ),
        pytest.param(
            "“It is empty,” Ana Ruiz wrote on Facebook.", "Ana Ruiz", "Facebook", id="platform",
        ),
        pytest.param("The advert says that the ferry is free.", None, "The advert", id="no-author"),
        pytest.param("“It is empty,” Ana Ruiz said.", "Ana Ruiz", None, id="no-medium"),
    ],
)  # fmt: skip
def test_text_speaks_for_its_author_and_is_the_medium(text, speaker, medium):
    (found,) = read(text)[0]
    assert (found.speaker_name, found.medium) == (speaker, medium)


def test_statement_within_a_statement_names_who_reports_it():
    text = "Ana Holm said that the ministry had told her that the dam was safe."
    outer, inner = read(text)[0]
    assert (outer.speaker_name, outer.reported_by) == ("Ana Holm", None)
    assert (inner.speaker, inner.statement) == ("the ministry", "that the dam was safe")
    assert inner.reported_by == "Ana Holm"


def test_statement_within_a_wish_is_not_reported():
    assert [found.reported_by for found in read("Holm hopes that Ruiz says yes.")[0]] == [None]
