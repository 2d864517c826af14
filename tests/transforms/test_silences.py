"""Notes that somebody who was asked said nothing."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.quoting.quotations import find_statements_and_silences


@functools.cache
def speech():
    return load_lexicon().speeches


@pytest.mark.parametrize(
    ("text", "kind", "asked", "asked_by", "about"),
    [
        pytest.param(
            "The airline declined to comment.", "declined", "The airline", None, None,
            id="declined-to-comment",
        ),
        pytest.param(
            "The airline declined to comment on the strike.", "declined", "The airline", None,
            "the strike", id="declined-to-comment-on",
        ),
        pytest.param(
            "Holm refused to say whether the pilots were paid.", "declined", "Holm", None,
            "whether the pilots were paid", id="refused-to-say-whether",
        ),
        pytest.param(
            "The minister would not say when the fund ran dry.", "declined", "The minister", None,
            "when the fund ran dry", id="would-not-say-when",
        ),
        pytest.param(
            "The bank had no comment.", "declined", "The bank", None, None, id="no-comment",
        ),
        pytest.param(
            "Asked about the strike, the owner said nothing.", "declined", "the owner", None,
            "the strike", id="said-nothing-when-asked",
        ),
        pytest.param(
            "A spokeswoman for the port did not immediately respond to a request for comment "
            "from the Lund Courier about the sale.",
            "no_response", "A spokeswoman for the port", "the Lund Courier", "the sale",
            id="did-not-respond",
        ),
        pytest.param(
            "Calls to the harbour office were not returned.", "no_response", "the harbour office",
            None, None, id="calls-not-returned",
        ),
        pytest.param(
            "Emails to Ana Ruiz went unanswered.", "no_response", "Ana Ruiz", None, None,
            id="emails-unanswered",
        ),
        pytest.param(
            "There was no immediate comment from the police.", "no_response", "the police", None,
            None, id="no-immediate-comment-from",
        ),
        pytest.param(
            "Ruiz could not be reached for comment.", "unreachable", "Ruiz", None, None,
            id="could-not-be-reached",
        ),
        pytest.param(
            "The owners were not available for comment.", "unreachable", "The owners", None, None,
            id="not-available",
        ),
        pytest.param(
            "Efforts to reach the captain were unsuccessful.", "unreachable", "the captain", None,
            None, id="efforts-to-reach",
        ),
    ],
)  # fmt: skip
def test_silence_is_noted(text, kind, asked, asked_by, about):
    statements, (found,) = find_statements_and_silences(text, [], speech())
    assert (found.kind, found.asked, found.asked_by, found.about) == (kind, asked, asked_by, about)
    assert text[found.start : found.end] == found.text
    assert text[found.cue_start :].startswith(found.cue)
    assert text[found.asked_start : found.asked_end] == asked
    assert [one for one in statements if one.act == "speech"] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("He refused to give up.", id="refused-to-act"),
        pytest.param("She did not answer the door.", id="no-request"),
        pytest.param("They did not return to the port.", id="did-not-return"),
        pytest.param("The tickets were not available on Friday.", id="not-for-comment"),
        pytest.param("The island could be reached by ferry.", id="could-be-reached"),
        pytest.param("The union responded to the offer.", id="responded"),
    ],
)
def test_other_refusals_are_not_noted(text):
    assert find_statements_and_silences(text, [], speech())[1] == []


def test_who_was_asked_is_resolved():
    text = "Mayor Ana Ruiz left early. The mayor declined to discuss the sale."
    _, (found,) = find_statements_and_silences(text, [], speech())
    assert (found.asked_name, found.asked_role, found.about) == ("Ana Ruiz", "Mayor", "the sale")


def test_a_quotation_next_to_a_silence_is_kept():
    text = "The mayor declined to comment on the sale, but said: “It will be fine.”"
    statements, (found,) = find_statements_and_silences(text, [], speech())
    assert [one.statement for one in statements if one.act == "speech"] == ["It will be fine."]
    assert found.about == "the sale"
