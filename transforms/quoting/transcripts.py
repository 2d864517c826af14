"""Interviews and transcripts: a name before a colon speaks until the next turn.

A text counts as a transcript if it has at least three turns and somebody has more than
one; otherwise the colons belong to headlines, lists or quotations. In an interview that
calls its turns "Q" and "A", the interviewee is the person whom a question addresses
("Ms. Sillitoe, what ...?"), otherwise the one whom the introduction names most; a name
after "by" is the author's. If two people fit, nobody is named, because a wrong speaker
is worse than none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import takewhile

from transforms.quoting.clauses import Statement
from transforms.quoting.insertions import find_turn
from transforms.quoting.people import People, Person
from transforms.quoting.sources import source_kind
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import (
    BREAK,
    NUMBER,
    PUNCTUATION,
    QUOTED,
    TIME,
    Tokens,
    sentence_at,
)

SPOKEN = "spoken"
"""The frame of a turn: all its words are spoken, with marks around them or without."""

_FEWEST_TURNS = 3
_HEADLINE_SENTENCES = 2
_LABEL_ENDS = {":", ".", ")"}
QUESTION_LABELS = frozenset(
    ["q", "question", "domanda", "frage", "pergunta", "pregunta", "vraag", "вопрос", "питання"]
)
ANSWER_LABELS = frozenset(
    {
        *("a", "answer", "antwoord", "antwort", "respuesta", "resposta", "risposta", "réponse"),
        *("відповідь", "ответ"),
    }
)


def read_turns(tokens: Tokens, speech: Speech) -> tuple[list[Statement], set[int]]:
    """Return the turns of a transcript, and the numbers of the sentences in them.

    The last turn ends with its paragraph, because the transcript may end there.
    """
    turns: dict[int, Statement] = {}
    for number, (first, last) in enumerate(tokens.sentences):
        if first and not tokens.kinds[first - 1] & BREAK:
            continue
        turn = _labelled(tokens, number)
        if turn is None and ":" in tokens.words[first:last]:
            turn = find_turn(sentence_at(tokens, first, last, speech))
        if turn and _words_of(tokens, turn):  # not "A:" alone
            turns[number] = turn
    names = {tuple(tokens.words[slice(*turn.source)]) for turn in turns.values() if turn.source}
    has_both = any(name[0] in QUESTION_LABELS for name in names) and any(
        name[0] in ANSWER_LABELS for name in names
    )
    if not has_both and (len(turns) < _FEWEST_TURNS or len(names) == len(turns)):
        return [], set()
    held: set[int] = set()
    numbers = sorted(turns)
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        stop = _paragraph_end(tokens, number) if following is None else following
        held.update(range(number, stop))
        _speak(turns[number], tokens, number)
        for sentence in range(number + 1, stop):
            _extend(turns[number], tokens, sentence)
    return [turns[number] for number in numbers], held


def _labelled(tokens: Tokens, number: int) -> Statement | None:
    """Return the turn of a sentence that opens with "Q:" or "A."."""
    first, last = tokens.sentences[number]
    is_label = tokens.words[first] in QUESTION_LABELS or tokens.words[first] in ANSWER_LABELS
    is_label = is_label or _is_initials(tokens, first)
    if not is_label or last - first < 2 or tokens.words[first + 1] not in _LABEL_ENDS:
        return None
    is_cut = last - first == 2 and number + 1 < len(tokens.sentences)  # "Q." is a sentence
    if is_cut and tokens.sentences[number + 1][0] == last:
        last = tokens.sentences[number + 1][1]
    if last - first == 2:
        return None
    return Statement([(first + 2, last)], (first, first + 1), (first + 1, first + 2), "turn")


def voiced(
    tokens: Tokens, statements: Sequence[Statement], voices: Collection[int], speech: Speech
) -> list[Statement]:
    """Return the statements without turns that nobody speaks (words after "Price:").

    A transcript is speech if one of its labels is somebody; a single turn if its label is,
    and if it is the headline or in quotation marks.

    Args:
        tokens: The text.
        statements: All statements.
        voices: Tokens at which people and organizations are named.
        speech: The word lists.
    """
    for one in statements:
        if one.frame == "turn" and _is_quoted(tokens, one) and one.source:
            is_source = source_kind(tokens, one.source, speech) in {"document", "group", "person"}
            if not is_source and not _has_voice(tokens, one, voices, speech):
                one.source = None  # "Prices fall: “...”"
    turns = [one for one in statements if one.frame == SPOKEN]
    is_transcript = any(_has_voice(tokens, one, voices, speech) for one in turns)
    return [
        one
        for one in statements
        if (one.frame == SPOKEN and is_transcript)
        or one.frame not in {"turn", SPOKEN}
        or (
            one.frame == "turn"
            and not _is_late(tokens, one)
            and (_is_quoted(tokens, one) or _has_voice(tokens, one, voices, speech))
        )
    ]


def _has_voice(
    tokens: Tokens, statement: Statement, voices: Collection[int], speech: Speech
) -> bool:
    """Return whether the label of a turn is a person, an organization, a role or "Q"."""
    if statement.source is None:
        return True
    start, end = statement.source
    word = tokens.words[end - 1]
    if word in QUESTION_LABELS | ANSWER_LABELS or word in speech.roles:
        return True
    return any(k in voices for k in range(start, end))


def _is_quoted(tokens: Tokens, statement: Statement) -> bool:
    start, end = statement.pieces[0]
    return end - start == 1 and bool(tokens.kinds[start] & QUOTED)


def _is_late(tokens: Tokens, statement: Statement) -> bool:
    """Return whether a single turn without marks comes after the headline: it is a list then."""
    start = statement.pieces[0][0]
    if _is_quoted(tokens, statement):
        return False
    return start >= tokens.sentences[min(_HEADLINE_SENTENCES, len(tokens.sentences)) - 1][1]


def _is_initials(tokens: Tokens, k: int) -> bool:
    """Return whether the label at `k` may be somebody's initials ("MF:")."""
    label = tokens.text[tokens.starts[k] : tokens.ends[k]]
    is_short = 2 <= len(label) <= 3 and label.isalpha() and label.isupper()
    return is_short and k + 1 < len(tokens.words) and tokens.words[k + 1] == ":"


def expand_initials(tokens: Tokens, statements: Sequence[Statement], people: People) -> None:
    """Replace the sources that are initials by the name that they stand for, or by none."""
    spans = {
        "".join(word[0] for word in people.at[k].name.lower().split()): (k, people.runs[k].end)
        for k in reversed(people.order)
    }
    for statement in statements:
        source = statement.source
        if statement.frame == SPOKEN and source and _is_initials(tokens, source[0]):
            statement.source = spans.get(tokens.words[source[0]])


def _words_of(tokens: Tokens, turn: Statement) -> list[int]:
    """Return the words of the first piece of a turn, without punctuation."""
    return [k for k in range(*turn.pieces[0]) if not tokens.kinds[k] & PUNCTUATION]


def _speak(turn: Statement, tokens: Tokens, number: int) -> None:
    """Take all the words of the first sentence of a turn, unless they are a quotation."""
    turn.frame = SPOKEN
    start, end = turn.pieces[0]
    words = _words_of(tokens, turn)
    if len(words) > 1 or not tokens.kinds[words[0]] & QUOTED:
        turn.pieces[0] = (start, max(end, tokens.sentences[number][1]))


def _extend(turn: Statement, tokens: Tokens, sentence: int) -> None:
    """Add a sentence to a turn, to the same piece if nothing was left out in between."""
    start, end = tokens.sentences[sentence]
    if tokens.words[start] == "(":  # "(APPLAUSE)"
        return
    last_start, last_end = turn.pieces[-1]
    if all(tokens.kinds[token] & PUNCTUATION for token in range(last_end, start)):
        turn.pieces[-1] = (last_start, end)
    else:
        turn.pieces.append((start, end))


def _paragraph_end(tokens: Tokens, number: int) -> int:
    stop = number + 1
    while stop < len(tokens.sentences):
        first = tokens.sentences[stop][0]
        if tokens.kinds[first - 1] & BREAK:
            break
        stop += 1
    return stop


def find_interviewee(
    tokens: Tokens, statements: Sequence[Statement], people: People
) -> Person | None:
    """Return the interviewee, None if the text has no such turns or it is not clear."""
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
    """Return the label of a turn ("q", "answer"), None for any other statement."""
    if statement.frame != SPOKEN or statement.source is None:
        return None
    start, end = statement.source
    word = tokens.words[start]
    return word if end - start == 1 and word in QUESTION_LABELS | ANSWER_LABELS else None


def without_labels(tokens: Tokens, statements: Sequence[Statement], people: People) -> None:
    """Replace the sources that are labels: "A" by the name of the interviewee, "Q" by none.

    Days and hours are no sources either ("Monday: ...").
    """
    person = find_interviewee(tokens, statements, people)
    named = next(((k, people.runs[k].end) for k in people.order if people.at[k] is person), None)
    for statement in statements:
        label = turn_label(tokens, statement)
        if label:
            statement.source = named if label in ANSWER_LABELS else None
        elif statement.source and _is_time(tokens, statement.source):
            statement.source = None


def _is_time(tokens: Tokens, source: tuple[int, int]) -> bool:
    """Return whether a source is a time ("Last week", "2013"), unlike "six in ten"."""
    kinds = tokens.kinds[slice(*source)]
    if any(kind & TIME for kind in kinds):
        return all(kind & (TIME | NUMBER | PUNCTUATION) for kind in kinds)
    word = tokens.words[source[0]]
    return len(kinds) == 1 and word.isdigit() and len(word) == len("2013")


def _addressed(tokens: Tokens, turn: Statement, people: People) -> list[Person]:
    """Return the people whom a turn addresses by name ("..., Ms. Sillitoe?")."""
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
    """Return the person who occurs most, None if two do."""
    by_key = {id(person): person for person in people}
    ranks = Counter(map(id, people)).most_common(2)
    if not ranks or (len(ranks) == 2 and ranks[0][1] == ranks[1][1]):
        return None
    return by_key[ranks[0][0]]
