"""Statements in clauses after a verb, in languages other than English.

Two forms are read, with function words and verbs of speech as data: a clause after the word
for "that" (Ruiz dijo que la calle «no es segura»), and one in the mood of reported speech
(Ruiz sagte, die Straße sei gesperrt). A clause with quotation marks in it is one statement.
"""

from __future__ import annotations

from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_insertions import according_to, before_comma
from transforms.quoting.foreign_phrases import Names, clause_start, find_subject
from transforms.quoting.foreign_wording import can_speak, is_denied, is_that, trimmed
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import (
    ADVERB,
    CAPITAL,
    COORDINATOR,
    CUE,
    HAVE,
    OBJECT,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    REPORTED,
    SOURCE,
    SUBORDINATOR,
    TIME,
    WH,
    Sentence,
    Tokens,
    kinds_in,
)

# Longest way from a verb to the word for "that", and from a comma to the verb after it.
_TO_THAT = 24
_TO_VERB = 8
_FEW_WORDS = 2
_HELPERS = HAVE | ADVERB | OBJECT


def find_clauses(sentence: Sentence, names: Names) -> list[Statement]:
    """Return the statements of a sentence that are clauses, in reading order.

    One without a source has the speaker of the statement before it ("Añadió que ...").
    """
    tokens = sentence.tokens
    kinds = kinds_in(tokens, sentence.first, sentence.last)
    has_phrases = bool(sentence.speech.source_phrases)
    if not kinds & (CUE | SOURCE) and not has_phrases:
        return []
    found = _after_verbs(sentence, names) if kinds & CUE else []
    if not found:
        one = before_comma(sentence, names) or according_to(sentence, names)
        found = [one] if one else []
    return found


def continues_report(sentence: Sentence) -> bool:
    """Return whether a sentence is in the mood of reported speech, and nobody speaks in it."""
    tokens = sentence.tokens
    kinds = kinds_in(tokens, sentence.first, sentence.last)
    if not kinds & REPORTED or kinds & SOURCE & ~ADVERB:
        return False
    for k in range(sentence.first, sentence.last):
        kind = tokens.kinds[k]
        if kind & REPORTED:
            return True
        if kind & (SUBORDINATOR | WH) or tokens.words[k] == ":":
            return False
        if kind & CUE and not kind & CAPITAL:
            return False
    return False


def _after_verbs(sentence: Sentence, names: Names) -> list[Statement]:
    tokens, found = sentence.tokens, []
    start = sentence.first
    for k in range(sentence.first, sentence.last):
        kind = tokens.kinds[k]
        if k < start or not kind & CUE or (kind & CAPITAL and k > sentence.first):
            continue
        cue = sentence.speech.cues[tokens.words[k]]
        if "clause" not in cue.frames or is_denied(tokens, k, start):
            continue
        that = _that_after(sentence, k)
        end = that if that is not None else sentence.last
        source = find_subject(tokens, (start, end), k, names)
        is_clear = source is None or can_speak(sentence, source, names)
        if that is None and is_clear:
            that = _reported_after(sentence, k, source)
        if that is None or not (is_clear or _opens_clause(sentence, source, k, start)):
            continue
        if source is None and not _may_lack_subject(tokens, k, start):
            continue
        start = _content_end(sentence, that)
        piece = trimmed(tokens, that, start)
        if piece[1] - piece[0] >= _FEW_WORDS or kinds_in(tokens, *piece) & QUOTED:
            found.append(Statement([piece], source, (k, k + 1), "clause"))
    return found


def _opens_clause(sentence: Sentence, source: Phrase | None, cue: int, first: int) -> bool:
    """Return whether a subject opens the clause of its verb ("La prefetta ha detto che")."""
    tokens = sentence.tokens
    has_names = sentence.speech.profile.capitals == "names"
    if source is None or source[1] > cue or not has_names:
        return False
    helpers = range(source[1], cue)
    is_next = all(tokens.kinds[k] & (_HELPERS | TIME | PREPOSITION) for k in helpers)
    return is_next and source[0] == clause_start(tokens, first, cue)


def _that_after(sentence: Sentence, cue: int) -> int | None:
    """Return the token of the word for "that" after a verb, with its hearer and adverbs between."""
    tokens = sentence.tokens
    for k in range(cue + 1, min(sentence.last - 1, cue + _TO_THAT)):
        if is_that(sentence, k):
            return None if tokens.kinds[k - 1] & SOURCE else k  # "so dass"
        kind = tokens.kinds[k]
        if kind & QUOTED or (kind & CUE and not kind & CAPITAL and k > cue + 1):
            return None
        if kind & (SUBORDINATOR | WH) or (kind & COORDINATOR and tokens.words[k - 1] == ","):
            return None
        if kind & PUNCTUATION and tokens.words[k] not in {",", "(", ")", "-", "."}:
            return None
    return None


def _reported_after(sentence: Sentence, cue: int, source: Phrase | None) -> int | None:
    """Return where a clause in the mood of reported speech starts after a verb and a comma."""
    tokens = sentence.tokens
    if source is None:
        return None
    behind = source[1] if source[0] > cue else cue + 1
    for k in range(behind, min(sentence.last - 1, behind + _TO_THAT)):
        kind = tokens.kinds[k]
        if tokens.words[k] == ",":
            if tokens.kinds[k + 1] & (SUBORDINATOR | WH | COORDINATOR | REPORTED):
                return None
            rest = range(k + 1, sentence.last)
            return k + 1 if any(tokens.kinds[i] & REPORTED for i in rest) else None
        if kind & (QUOTED | SUBORDINATOR | WH | REPORTED) or tokens.words[k] in {":", ";"}:
            return None
    return None


def _may_lack_subject(tokens: Tokens, cue: int, first: int) -> bool:
    """Return whether a verb stands first in its clause ("Añadió que", "und fügte hinzu, dass")."""
    allowed = _HELPERS | COORDINATOR | TIME | PUNCTUATION
    return all(tokens.kinds[k] & allowed for k in range(first, cue))


def _content_end(sentence: Sentence, start: int) -> int:
    """Return where a clause ends: before the next verb of speech of the same speaker."""
    tokens = sentence.tokens
    for k in range(start + 2, sentence.last - 1):
        if tokens.words[k] == ";":
            return k
        if not tokens.kinds[k] & COORDINATOR:
            continue
        for i in range(k + 1, min(sentence.last - 1, k + 4)):
            kind = tokens.kinds[i]
            if kind & CUE and not kind & CAPITAL:
                if _that_after(sentence, i) is not None or _has_quote(tokens, i, sentence.last):
                    return k
                break
            if not kind & _HELPERS:
                break
    return sentence.last


def _has_quote(tokens: Tokens, cue: int, last: int) -> bool:
    near = range(cue + 1, min(last, cue + _TO_VERB))
    return any(tokens.words[k] in {",", ":"} and k + 1 in tokens.quotes for k in near)
