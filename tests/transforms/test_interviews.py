"""Interviews, transcripts, and quotations that a name signs."""

import functools

import pytest

from flows.seeds import load_lexicon
from transforms.naming.mentions import find_mentions
from transforms.quoting.quotations import find_quotations


@functools.cache
def lexicon():
    return load_lexicon()


def read(text, title=None):
    mentions, _ = find_mentions(text, lexicon().gazetteers, title=title)
    return find_quotations(text, mentions, lexicon().speeches, title=title)


def said(text, title=None):
    return [(q.statement, q.speaker_name) for q in read(text, title) if q.kind == "direct"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pytest.param("Q:", "A:", id="colon"),
        pytest.param("Q.", "A.", id="full-stop"),
        pytest.param("Question:", "Answer:", id="words"),
    ],
)
def test_answers_are_direct_and_the_label_is_nobody(question, answer):
    text = (
        f"Wanda Miller leaves on Friday.\n{question} What came first?\n{answer} Fog. I heard “ships”.\n"
        f"{question} And last?\n{answer} A ferry."
    )
    assert said(text) == [
        ("What came first?", None),
        ("Fog. I heard “ships”.", "Wanda Miller"),
        ("And last?", None),
        ("A ferry.", "Wanda Miller"),
    ]
    assert [q.speaker for q in read(text)] == [None, "Wanda Miller"] * 2


def test_labels_of_an_interview_are_the_speakers():
    text = (
        "Lund Gazette: You leave. Why?\nWanda Miller: The boats run on time. I am done.\n"
        "Lund Gazette: Will you miss it?\nMiller: The fog, no."
    )
    assert said(text) == [
        ("You leave. Why?", "Lund Gazette"),
        ("The boats run on time. I am done.", "Wanda Miller"),
        ("Will you miss it?", "Lund Gazette"),
        ("The fog, no.", "Wanda Miller"),
    ]


def test_initials_stand_for_the_people_of_the_introduction():
    text = (
        "Wanda Miller leaves.\nLG: Why?\nWM: The boats run on time.\nLG: And you?\nWM: I am done."
    )
    assert said(text) == [
        ("Why?", None),
        ("The boats run on time.", "Wanda Miller"),
        ("And you?", None),
        ("I am done.", "Wanda Miller"),
    ]


UNLABELLED = (
    "Wanda Miller leaves the harbour on Friday. {met}\nHow did it begin?\n{answer}\n"
    "And how does it end?\nWith a ferry, if we keep to the timetable.\nThe harbour opens at six."
)


@pytest.mark.parametrize(
    ("met", "answer", "title", "count"),
    [
        pytest.param("We met her at noon.", "I was nineteen.", None, 2, id="met"),
        pytest.param("She is sixty.", "I was nineteen.", "Interview: the harbour", 2, id="title"),
        pytest.param("She is sixty.", "I was nineteen.", None, 0, id="not-an-interview"),
        pytest.param("We met her and James Holm.", "I was nineteen.", None, 0, id="two-people"),
        pytest.param("We met her at noon.", "Miller came by ship.", None, 0, id="third-person"),
        pytest.param("We met her at noon.", "And why?", None, 0, id="questions-only"),
    ],
)
def test_paragraphs_between_questions_are_answers(met, answer, title, count):
    text = UNLABELLED.format(met=met, answer=answer)
    answers = [
        (answer, "Wanda Miller"),
        ("With a ferry, if we keep to the timetable.", "Wanda Miller"),
    ]
    assert said(text, title) == answers[:count]


@pytest.mark.parametrize(
    ("signature", "name", "role"),
    [
        pytest.param("— Ida Falk, teacher", "Ida Falk", "teacher", id="role"),
        pytest.param("– Ida Falk (teacher)", "Ida Falk", "teacher", id="role-in-brackets"),
        pytest.param("-- Ida Falk, baker and mother of two", "Ida Falk", "baker and mother of two", id="long"),
        pytest.param("― Ida Falk (@idafalk) May 3, 2024", "Ida Falk", None, id="account"),
        pytest.param("- Ida Falk, 44", "Ida Falk", None, id="age"),
        pytest.param("— The mayor left at noon.", None, None, id="sentence"),
        pytest.param("— Who was it?", None, None, id="question"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("quotation", ["“Dry at last.”", '"Great news for the crew"', "“So glad!”"])
def test_name_after_a_dash_signs_the_quotation(quotation, signature, name, role):
    found = read(f"Reactions came at once.\n{quotation} {signature}\nThe council met.")
    direct = [(q.speaker_name, q.speaker_role) for q in found if q.kind == "direct"]
    assert direct == ([(name, role)] if name else direct[:0] + [(None, None)] * len(direct))


def test_name_and_role_before_a_colon_introduce_the_quotation():
    (found,) = read("Ida Falk, baker: “I stay.”")
    assert (found.statement, found.speaker_name, found.speaker_role) == (
        "I stay.",
        "Ida Falk",
        "baker",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Received: 03 August 2022\nAccepted: 11 October 2022",
        "Photo: Ana Ruiz\nPhoto: Jan Holm\nPhoto: Ana Ruiz",
        "Read more: The eels are back",
        "Ingredients: Two eggs and a leek",
        "Updated: Monday at noon",
        "Monday: The council meets.\nTuesday: The ferry leaves.\nMonday: It closes.",
    ],
)
def test_label_before_a_colon_is_no_speaker(text):
    assert read(text) == []
