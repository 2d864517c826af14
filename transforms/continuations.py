"""Quotations that stand alone, joined to who is speaking.

A quotation that is a sentence of its own belongs to the attribution just before it ("A,"
he said. "B."), to the paragraph that ends with a colon, or to the speech that it carries
on from the paragraph before.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.clauses import Statement
from transforms.speech import Speech
from transforms.statements import find_statements, last_subject, sentence_subject
from transforms.tokens import BREAK, PUNCTUATION, QUOTED, Tokens, sentence_at

# Shorter quotations without a verb of speech are mostly names and words held at arm's length.
_FREE_BLANKS = 4


@dataclass(slots=True)
class _Reader:
    """State between sentences: the last statement, and whether quotations go on with it."""

    last: Statement | None = None
    is_open: bool = False
    paragraph: int = -1


def read_statements(tokens: Tokens, speech: Speech) -> list[Statement]:
    """Return the statements of all sentences, those that stand alone joined or attributed."""
    found: list[Statement] = []
    reader = _Reader()
    previous: tuple[int, int] | None = None
    for first, last in tokens.sentences:
        is_new = previous is None or bool(tokens.kinds[first - 1] & BREAK)
        alone = _standing_alone(tokens, first, last)
        if alone is not None:
            statement = _attach(tokens, alone, reader, previous, is_new=is_new)
            if statement:
                found.append(statement)
        else:
            statements = find_statements(sentence_at(tokens, first, last, speech))
            if not statements:
                statements = _free(tokens, first, last, reader, is_new=is_new)
            found += statements
            _follow(tokens, statements, reader, (first, last))
        previous = (first, last)
    return [statement for statement in found if statement.pieces]


def _standing_alone(tokens: Tokens, first: int, last: int) -> int | None:
    """Return the quotation that is all there is in a sentence."""
    quotes = [i for i in range(first, last) if tokens.kinds[i] & QUOTED]
    if not quotes or any(not tokens.kinds[i] & (QUOTED | PUNCTUATION) for i in range(first, last)):
        return None
    return quotes[0]


def _attach(
    tokens: Tokens,
    quote: int,
    reader: _Reader,
    previous: tuple[int, int] | None,
    *,
    is_new: bool,
) -> Statement | None:
    if reader.last is not None and reader.is_open:
        reader.last.pieces.append((quote, quote + 1))
        return None
    source = reader.last.source if reader.last else None
    if previous and tokens.words[previous[1] - 1] == ":":
        source = last_subject(tokens, *previous) or source
    elif previous and (source is None or not is_new):
        source = sentence_subject(tokens, *previous) or source
    statement = Statement([(quote, quote + 1)], source, (quote, quote), "alone")
    reader.last, reader.is_open = statement, True
    return statement


def _free(
    tokens: Tokens, first: int, last: int, reader: _Reader, *, is_new: bool
) -> list[Statement]:
    """Return a sentence that goes on quoting without saying whom ("It was “a bad day for us”")."""
    if reader.last is None or reader.last.source is None or is_new:
        return []
    for i in range(first, last):
        quote = tokens.quotes.get(i)
        if quote and tokens.text.count(" ", quote.inner_start, quote.inner_end) >= _FREE_BLANKS:
            return [Statement([(first, last)], reader.last.source, (i, i), "free")]
    return []


def _follow(
    tokens: Tokens, statements: list[Statement], reader: _Reader, sentence: tuple[int, int]
) -> None:
    reader.is_open = False
    if not statements:
        return
    reader.last = statements[-1]
    for statement in statements:
        holds = any(
            tokens.kinds[i] & QUOTED for start, end in statement.pieces for i in range(start, end)
        )
        if holds or not statement.pieces:
            reader.last, reader.is_open = statement, True
    if tokens.words[sentence[1] - 1] == ":":
        reader.is_open = True
