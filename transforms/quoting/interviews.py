"""Who answers in an interview that calls its turns "Q" and "A".

The one whom a question addresses ("Ms. Sillitoe, what ...?"), else the one whom the
introduction names most; whoever stands behind "by" wrote it down. Where two fit, nobody
is named: a wrong speaker is worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from transforms.quoting.clauses import Statement
from transforms.quoting.people import People, Person
from transforms.quoting.tokens import Tokens

QUESTION_LABELS = frozenset({"q", "question"})
ANSWER_LABELS = frozenset({"a", "answer"})


def find_interviewee(
    tokens: Tokens, statements: Sequence[Statement], people: People
) -> Person | None:
    """Return who gives the answers, None where the text has no such turns or does not tell."""
    turns = [(label, turn) for turn in statements if (label := turn_label(tokens, turn))]
    if not any(label in ANSWER_LABELS for label, _ in turns):
        return None
    questions = [turn for label, turn in turns if label in QUESTION_LABELS]
    addressed = [person for turn in questions for person in _addressed(tokens, turn, people)]
    first = min(turn.pieces[0][0] for _, turn in turns)
    introduced = [
        people.at[start]
        for start in takewhile(lambda start: start < first, people.order)
        if tokens.words[start - 1] != "by"
    ]
    return _most_named(addressed) or _most_named(introduced)


def turn_label(tokens: Tokens, statement: Statement) -> str | None:
    """Return the label of a turn ("q", "answer"), None for every other statement."""
    if statement.frame != "turn" or statement.source is None:
        return None
    start, end = statement.source
    word = tokens.words[start]
    return word if end - start == 1 and word in QUESTION_LABELS | ANSWER_LABELS else None


def _addressed(tokens: Tokens, turn: Statement, people: People) -> list[Person]:
    """Return those whom a turn calls by name, between marks ("..., Ms. Sillitoe?")."""
    found = []
    for start, end in turn.pieces:
        for token in range(start, end):
            person, run = people.at.get(token), people.runs.get(token)
            if person is None or run is None or run.end >= len(tokens.words):
                continue
            if tokens.words[token - 1] in {":", ","} and tokens.words[run.end] in {",", "?", "."}:
                found.append(person)
    return found


def _most_named(people: Sequence[Person]) -> Person | None:
    """Return the one who occurs most, None where two do."""
    by_key = {id(person): person for person in people}
    ranks = Counter(map(id, people)).most_common(2)
    if not ranks or (len(ranks) == 2 and ranks[0][1] == ranks[1][1]):
        return None
    return by_key[ranks[0][0]]
