"""Where the content of a statement begins and ends.

A content clause runs to the end of its sentence unless something that cannot belong to it
comes first: another attribution, a clause with a subject of its own after a comma and a
conjunction, a semicolon.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.noun_phrases import phrase_end
from transforms.speech import Cue, Speech
from transforms.tokens import (
    ADVERB,
    AUXILIARY,
    BREAK,
    CAPITAL,
    ING,
    NEGATION,
    OBJECT,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    TO,
    WH,
    Tokens,
)


@dataclass(frozen=True, slots=True)
class Content:
    """Tokens `[start, end)` that a cue takes, the cue ending at `cue_end`."""

    start: int
    end: int
    frame: str
    cue_end: int


def content_after(tokens: Tokens, i: int, last: int, cue: Cue, speech: Speech) -> Content | None:
    """Return the content that follows a cue which ends before token `i`."""
    cue_end = i
    start = _skip_adverbials(tokens, i, last, cue)
    if "hearer" in cue.frames and start < last:
        start = _skip_hearer(tokens, start, last, cue)
    if start >= last:
        return None
    frame = _frame_at(tokens, start, last, cue)
    if frame is None:
        return None
    if frame == "preposition":
        start += 1
        cue_end = start
    elif tokens.words[start] in {",", ":"}:
        start += 1
    if start >= last:
        return None
    end = content_end(tokens, start, last, speech)
    return Content(start, end, frame, cue_end) if end > start else None


def _skip_adverbials(tokens: Tokens, i: int, last: int, cue: Cue) -> int:
    """Step over "again", "on Tuesday", "in a statement" between a cue and its content."""
    start = i
    while i < last:
        kind, word = tokens.kinds[i], tokens.words[i]
        if kind & TIME or (kind & ADVERB and not kind & (PREPOSITION | SUBJECT)):
            i += 1
        elif kind & PREPOSITION and not kind & TO and word not in cue.frames:
            i = phrase_end(tokens, i + 1, last)
        else:
            break
    if i < last and i > start and tokens.kinds[i] & PUNCTUATION:
        follows = i + 1 < last and (tokens.kinds[i + 1] & QUOTED or tokens.words[i + 1] == "that")
        return i if follows else last
    return i


def _skip_hearer(tokens: Tokens, i: int, last: int, cue: Cue) -> int:
    kind, word = tokens.kinds[i], tokens.words[i]
    if kind & (QUOTED | PUNCTUATION | WH | TO | PREPOSITION) or word == "that":
        return i
    if kind & SUBJECT and not kind & OBJECT:
        return i
    end = phrase_end(tokens, i, last)
    if end >= last:
        return i
    if tokens.words[end] == "to" and "urge" in cue.frames:
        return i
    return _skip_adverbials(tokens, end, last, cue)


def _frame_at(tokens: Tokens, i: int, last: int, cue: Cue) -> str | None:
    kind, word, frames = tokens.kinds[i], tokens.words[i], cue.frames
    if kind & QUOTED:
        return "quote" if frames & {"quote", "clause", "np"} else None
    if kind & PUNCTUATION:
        follows = i + 1 < last and tokens.kinds[i + 1] & QUOTED
        if word in {",", ":"} and (follows or word == ":") and frames & {"quote", "clause", "np"}:
            return "quote"
        return None
    if word == "that" or (kind & WH and not kind & SUBORDINATOR) or word in {"whether", "if"}:
        return "clause" if frames & {"clause", "wh", "np", "hearer"} else None
    if kind & TO and word == "to" and "to" not in frames:
        return "inf" if frames & {"inf", "urge", "seem", "raised"} else None
    if word in frames and kind & (PREPOSITION | TO | ADVERB):
        return "preposition"
    if kind & (PREPOSITION | AUXILIARY | NEGATION | BREAK) and not kind & SUBJECT:
        return None
    if kind & ING:
        return "gerund" if frames & {"gerund", "np"} else None
    if kind & SUBORDINATOR and not kind & (SUBJECT | CAPITAL):
        return None
    return "bare" if frames & {"clause", "np", "urge", "hearer"} else None


_NEW_CLAUSE = {"but", "while", "though", "although", "whereas"}


def content_end(tokens: Tokens, start: int, last: int, speech: Speech) -> int:
    """Return the end of the content that starts at `start`, without trailing marks."""
    end = last
    depth = 0
    for i in range(start, last):
        word = tokens.words[i]
        if not tokens.kinds[i] & PUNCTUATION:
            continue
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
            if depth < 0:
                end = i
                break
        elif i > start and _breaks(tokens, i, last, speech):
            end = i
            break
    while end > start and tokens.kinds[end - 1] & PUNCTUATION and tokens.words[end - 1] != ")":
        end -= 1
    return end


def _breaks(tokens: Tokens, i: int, last: int, speech: Speech) -> bool:
    """Return whether the mark at `i` ends a content clause."""
    if tokens.words[i] == ";":
        return True
    if tokens.words[i] not in {",", "—", "–"} or i + 1 >= last:
        return False
    word = tokens.words[i + 1]
    if word == "according" or word in _NEW_CLAUSE:
        return True
    cue = speech.cues.get(word)
    return bool(cue and cue.shape == "ing" and tokens.kinds[i + 1] & ING)
