"""Statements in a text, with who made them."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.continuations import read_statements
from transforms.marks import find_marked
from transforms.records import Fragment, Mention, Quotation
from transforms.speech import Speech
from transforms.clauses import Statement
from transforms.tokens import QUOTED, Tokens, tokenize

VERSION = 2


def find_quotations(
    text: str, mentions: Sequence[Mention], speech: Speech, *, language: str = "en"
) -> list[Quotation]:
    """Return the attributed statements in `text`, in reading order."""
    tokens = tokenize(text, find_marked(text), speech)
    statements = read_statements(tokens, speech)
    rows = [_quotation(tokens, statement) for statement in statements]
    return sorted(rows, key=lambda quotation: (quotation.start, quotation.end))


def _quotation(tokens: Tokens, statement: Statement) -> Quotation:
    kind = _kind(tokens, statement)
    fragments = tuple(_fragment(tokens, piece, kind) for piece in statement.pieces)
    text = tokens.text
    speaker = None
    start = end = None
    if statement.source:
        start = tokens.starts[statement.source[0]]
        end = tokens.ends[statement.source[1] - 1]
        speaker = text[start:end]
    cue_start, cue = None, None
    if statement.cue[1] > statement.cue[0]:
        cue_start = tokens.starts[statement.cue[0]]
        cue = text[cue_start : tokens.ends[statement.cue[1] - 1]]
    first, last = min(fragments)[0], max(fragments)[1]
    return Quotation(
        start=first,
        end=last,
        text=text[first:last],
        kind=kind,
        fragments=fragments,
        speaker=speaker,
        speaker_start=start,
        speaker_end=end,
        cue=cue,
        cue_start=cue_start,
        confidence=0.5,
    )


def _kind(tokens: Tokens, statement: Statement) -> str:
    kinds = [tokens.kinds[i] for start, end in statement.pieces for i in range(start, end)]
    if not any(kind & QUOTED for kind in kinds):
        return "indirect"
    words = any(
        tokens.words[i][0].isalnum() and not tokens.kinds[i] & QUOTED
        for start, end in statement.pieces
        for i in range(start, end)
    )
    return "mixed" if words else "direct"


def _fragment(tokens: Tokens, piece: Fragment, kind: str) -> Fragment:
    first, last = piece
    if kind != "direct":
        return tokens.starts[first], tokens.ends[last - 1]
    quotes = [tokens.quotes[i] for i in range(first, last) if i in tokens.quotes]
    return quotes[0].inner_start, quotes[-1].inner_end
