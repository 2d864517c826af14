"""Interviews without labels: paragraphs that ask, and the answers between them.

Bold questions lose their weight when a page is cleaned, so the words have to show that it
is an interview: the title or the introduction says so and names one person, two paragraphs
or more are questions, and the answers are in the first person and do not name the speaker.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_phrases import Names
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import BREAK, QUOTED, Tokens
from transforms.quoting.transcripts import SPOKEN

_FEWEST_QUESTIONS = 2
_QUESTION_TOKENS = 80
# Words that call a text an interview, and verbs that do so next to the first person.
_INTERVIEW = {
    *("interview", "interviewed", "q&a", "gespräch", "entretien", "entrevista", "intervista"),
    *("intervju", "haastattelu", "wywiad", "interviu", "интервью", "інтерв'ю"),
}
_MEETING = {"met", "spoke", "talked", "sat", "asked", "visited", "caught", "joined", "answers"}
_FIRST_PERSON = {
    *("i", "i'm", "i've", "i'd", "i'll", "we", "we're", "we've", "me", "my", "us", "our", "ours"),
    *("ich", "wir", "mein", "meine", "je", "j'ai", "nous", "mon", "ma", "yo", "nosotros", "mi"),
    *("io", "noi", "eu", "nós", "meu", "minha", "ik", "wij", "we", "mijn", "jeg", "vi", "jag"),
    *("я", "мы", "ми", "мій", "мой"),
}


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph: its tokens, and the numbers of its sentences."""

    first: int
    last: int
    sentences: range


def read_interview(tokens: Tokens, names: Names, title: str) -> tuple[list[Statement], set[int]]:
    """Return the answers of an interview without labels, and the numbers of its sentences.

    The last answer ends with its paragraph, because the interview may end there.

    Args:
        tokens: The text.
        names: The token after each name of a person, by its first token.
        title: The headline of the article, empty if unknown.
    """
    if tokens.words.count("?") < _FEWEST_QUESTIONS:
        return [], set()
    paragraphs = _paragraphs(tokens)
    asking = [n for n, paragraph in enumerate(paragraphs) if _is_question(tokens, paragraph)]
    if len(asking) < _FEWEST_QUESTIONS or asking[0] == 0:
        return [], set()
    opening = paragraphs[asking[0]].first
    person = _introduced(tokens, names, opening)
    if person is None or not _is_called_interview(tokens, opening, title):
        return [], set()
    answers = [
        paragraphs[number + 1 : stop]
        for number, stop in zip(asking, [*asking[1:], asking[-1] + 2], strict=True)
    ]
    if not all(answers) or not _is_first_person(tokens, answers, person):
        return [], set()
    cue = (opening, opening)
    found = [
        Statement([(p.first, p.last) for p in answer], person, cue, SPOKEN) for answer in answers
    ]
    inside = range(asking[0], asking[-1] + 2)
    return found, {number for n in inside for number in paragraphs[n].sentences}


def _paragraphs(tokens: Tokens) -> list[_Paragraph]:
    found: list[_Paragraph] = []
    begin = 0
    count = len(tokens.sentences)
    for number, (_, last) in enumerate(tokens.sentences):
        is_end = number + 1 == count or last >= len(tokens.kinds) or tokens.kinds[last] & BREAK
        if is_end:
            first = tokens.sentences[begin][0]
            found.append(_Paragraph(first, last, range(begin, number + 1)))
            begin = number + 1
    return found


def _is_question(tokens: Tokens, paragraph: _Paragraph) -> bool:
    first, last = paragraph.first, paragraph.last
    if last - first > _QUESTION_TOKENS or tokens.kinds[first] & QUOTED:
        return False
    return tokens.words[last - 1] == "?"


def _introduced(tokens: Tokens, names: Names, stop: int) -> Phrase | None:
    """Return the only full name before the questions; who interviews is named after "by"."""
    full = [
        (k, end)
        for k, end in names.items()
        if k < stop and end - k > 1 and (not k or tokens.words[k - 1] != "by")
    ]
    different = {tuple(tokens.words[k:end]) for k, end in full}
    return min(full) if len(different) == 1 else None


def _is_called_interview(tokens: Tokens, stop: int, title: str) -> bool:
    words = {word.strip(".,:;!?“”\"'()") for word in title.lower().split()}
    for first, last in tokens.sentences:
        if first >= stop:
            break
        sentence = set(tokens.words[first:last])
        if sentence & _MEETING and sentence & _FIRST_PERSON:
            return True
        words |= sentence
    return bool(words & _INTERVIEW)


def _is_first_person(tokens: Tokens, answers: list[list[_Paragraph]], person: Phrase) -> bool:
    """Return whether half of the answers say "I" or "we", and none names the speaker."""
    name = tokens.words[person[1] - 1].removesuffix("'s")
    own = 0
    for answer in answers:
        words = {word for p in answer for word in tokens.words[p.first : p.last]}
        if name in words or f"{name}'s" in words:
            return False
        own += bool(words & _FIRST_PERSON)
    return own * 2 >= len(answers)
