"""Interviews and transcripts: whoever is named before a colon speaks until the next turn.

A text is read so from three turns on, if somebody has more than one of them: others are
headlines, lists, or quotations behind a colon.
"""

from __future__ import annotations

from transforms.quoting.clauses import Statement
from transforms.quoting.insertions import find_turn
from transforms.quoting.speech import Speech
from transforms.quoting.tokens import BREAK, PUNCTUATION, Tokens, sentence_at

_FEWEST_TURNS = 3


def read_turns(tokens: Tokens, speech: Speech) -> tuple[list[Statement], set[int]]:
    """Return the turns of a transcript, and the numbers of the sentences they hold.

    The last turn ends with its paragraph: what follows is no longer the transcript.
    """
    turns: dict[int, Statement] = {}
    for number, (first, last) in enumerate(tokens.sentences):
        if first and not tokens.kinds[first - 1] & BREAK:
            continue
        turn = find_turn(sentence_at(tokens, first, last, speech))
        if turn:
            turns[number] = turn
    names = {tuple(tokens.words[slice(*turn.source)]) for turn in turns.values() if turn.source}
    if len(turns) < _FEWEST_TURNS or len(names) == len(turns):
        return [], set()
    held: set[int] = set()
    numbers = sorted(turns)
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        stop = _paragraph_end(tokens, number) if following is None else following
        held.update(range(number, stop))
        for sentence in range(number + 1, stop):
            _extend(turns[number], tokens, sentence)
    return [turns[number] for number in numbers], held


def _extend(turn: Statement, tokens: Tokens, sentence: int) -> None:
    """Add a sentence to a turn, in the same piece where nothing was left out between."""
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
