"""Speakers of statements, resolved within the article."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.quoting.quotations import find_quotations


@functools.cache
def speech():
    return load_lexicon().speeches


def names(text):
    return [found.speaker_name for found in find_quotations(text, [], speech())]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param("Holmgren", "Jens Holmgren", id="last-name"),
        pytest.param("Mr. Holmgren", "Jens Holmgren", id="courtesy-title"),
        pytest.param("he", "Jens Holmgren", id="pronoun"),
        pytest.param("the Secretary General", "Jens Holmgren", id="role-as-introduced"),
        pytest.param("the head of the Union", "Jens Holmgren", id="role-of-a-leader"),
        pytest.param("she", None, id="pronoun-of-the-other-gender"),
        pytest.param("officials", None, id="unnamed"),
        pytest.param("the Finance Ministry", "Finance Ministry", id="institution"),
    ],
)
def test_speaker_is_resolved(source, name):
    text = f"Union Secretary General Jens Holmgren came late.\n“It is done,” {source} said."
    assert names(text) == [name]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        pytest.param(
            "Foreign Ministry spokeswoman Li Na said the talks failed.",
            "Foreign Ministry spokeswoman", id="before-the-name",
        ),
        pytest.param(
            "Ana Ruiz, the mayor of Lund, said the talks failed.", "mayor of Lund",
            id="after-the-name",
        ),
        pytest.param("Mr. Ruiz said the talks failed.", None, id="courtesy-title-is-not-a-role"),
    ],
)  # fmt: skip
def test_role_is_read_from_the_article(text, role):
    assert find_quotations(text, [], speech())[0].speaker_role == role


def test_pronouns_follow_the_gender_of_given_names():
    text = "Maria Lopez met David Mensah in Accra.\n“It is cold,” she said.\n“It is late,” he said."
    assert names(text) == ["Maria Lopez", "David Mensah"]


def test_pronoun_means_the_last_quoted_person():
    text = (
        "Brian Cole and John Park disagreed.\n"
        "“The cut is wrong,” Park said.\n"
        "Nobody answered him.\n"
        "He said the library would close."
    )
    assert names(text)[-1] == "John Park"


def test_relative_clause_belongs_to_the_name_before_it():
    text = "Tomas Berg, who says the docks are empty, left."
    assert names(text) == ["Tomas Berg"]


def test_all_quotations_of_a_speaker_have_one_name_and_role():
    text = (
        "According to Jens Holmgren, the network could protect the ports.\n"
        "Union Secretary General Jens Holmgren opened the meeting.\n"
        "“Ministers also spoke about ships. We have a plan,” the head of the Union said.\n"
        "According to the Union Secretary General, the plan helps small states, while at the "
        "same time “keeping rivals from buying terminals.”\n"
        "Holmgren noted that ministers discussed “fuel, crews and ice in the northern ports.”\n"
        "“Trade is no threat. I welcome every ship,” said the Union Secretary General.\n"
        "Holmgren added that the Union stays a club, but it “needs to listen more closely.”"
    )
    found = find_quotations(text, [], speech())
    quoting = [q for q in found if q.kind != "indirect"]
    assert len(quoting) == 5
    assert {(q.speaker_name, q.speaker_role) for q in quoting} == {
        ("Jens Holmgren", "Union Secretary General")
    }


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param("an aide to Senator Ana Ruiz", None, id="somebody-else-s-aide"),
        pytest.param("Ana Ruiz's campaign", None, id="what-somebody-owns"),
        pytest.param("Ruiz's lawyer Marta Holm", "Marta Holm", id="who-works-for-somebody"),
        pytest.param("Ana Ruiz of the Greens", "Ana Ruiz", id="party-after-the-name"),
        pytest.param("Ana Ruiz and Marta Holm", None, id="two-people"),
    ],
)
def test_name_within_a_source_is_not_always_the_speaker(source, name):
    assert names(f"Senator Ana Ruiz met Marta Holm.\n“It is done,” {source} said.") == [name]


INTERVIEW = (
    "{introduction}\n"
    "Q: {address}what did you see first?\n"
    "A: Fog. I heard the ships, though.\n"
    "Q: And what will be the last?\n"
    "A: A ferry, if it keeps to the timetable."
)


@pytest.mark.parametrize(
    ("introduction", "address", "name"),
    [
        pytest.param(
            "Wanda Miller leaves her post on Friday.", "", "Wanda Miller", id="the-only-one"
        ),
        pytest.param(
            "Wanda Miller leaves. James Holm follows her.",
            "Mr. Holm, ",
            "James Holm",
            id="addressed",
        ),
        pytest.param(
            "Interview by James Holm\nWanda Miller leaves.",
            "",
            "Wanda Miller",
            id="not-the-interviewer",
        ),
        pytest.param("Wanda Miller and James Holm leave.", "", None, id="one-of-two"),
        pytest.param("The harbor master leaves on Friday.", "", None, id="nobody-named"),
    ],
)
def test_answers_of_an_interview_are_by_the_interviewee(introduction, address, name):
    text = INTERVIEW.format(introduction=introduction, address=address)
    found = [q for q in find_quotations(text, [], speech()) if q.cue == ":"]
    assert [(q.speaker, q.speaker_name) for q in found] == [(None, None), (name, name)] * 2
    assert {q.kind for q in found} == {"direct"}
    assert found[0].speaker_role == "interviewer"


def test_turn_of_several_sentences_is_one_piece_of_text():
    text = INTERVIEW.format(introduction="Wanda Miller leaves.", address="")
    answer = next(q for q in find_quotations(text, [], speech()) if q.speaker == "Wanda Miller")
    assert [text[start:end] for start, end in answer.fragments] == [
        "Fog. I heard the ships, though."
    ]
