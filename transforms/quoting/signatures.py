"""Names that sign a quotation after a dash ("“It rains.” — Ana Ruiz, mayor").

The signature is the rest of the line, or a line of its own. Behind the name may come a role
and, in brackets, an account (@anaruiz).
"""

from __future__ import annotations

from transforms.quoting.clauses import Statement
from transforms.quoting.noun_phrases import Phrase, phrase_end
from transforms.quoting.tokens import (
    AUXILIARY,
    BREAK,
    CAPITAL,
    CUE,
    DETERMINER,
    ING,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    VERB,
    WH,
    Tokens,
)

_NO_NAME = DETERMINER | POSSESSIVE | PREPOSITION | SUBJECT | SUBORDINATOR | WH
_VERBS = AUXILIARY | CUE | VERB
_DASHES = {"-", "—", "–", "―", "~"}
# Longest line that can be the signature of a quotation.
_SIGNATURE_TOKENS = 24
_ROLE_TOKENS = 10


def signed_quotation(tokens: Tokens, first: int, last: int) -> Statement | None:
    """Return the quotation that opens the sentence `[first, last)`, if a name signs it.

    Only one that ends without a full stop: after a full stop its signature is the next
    sentence, which `find_signature` reads.
    """
    if not tokens.kinds[first] & QUOTED or last - first < 3:
        return None
    signature = _read(tokens, first + 1, last)
    if signature is None:
        return None
    source, role = signature
    return Statement([(first, first + 1)], source, (first, first), "alone", role=role)


def find_signature(tokens: Tokens, number: int) -> tuple[Phrase, Phrase | None] | None:
    """Return the name and role in the sentence after sentence `number`, if it is a signature."""
    if number + 1 >= len(tokens.sentences):
        return None
    return _read(tokens, *tokens.sentences[number + 1])


def _read(tokens: Tokens, first: int, last: int) -> tuple[Phrase, Phrase | None] | None:
    start = first
    while start < last and tokens.words[start] in _DASHES:
        start += 1
    stop = _line_end(tokens, last)
    if start == first or start >= last or stop is None or stop - first > _SIGNATURE_TOKENS:
        return None
    kinds = tokens.kinds[start:stop]
    if not kinds[0] & CAPITAL or kinds[0] & _NO_NAME or tokens.words[stop - 1] in {"?", "!"}:
        return None
    if any(kind & (_VERBS | QUOTED) and not kind & (CAPITAL | ING) for kind in kinds):
        return None
    end = phrase_end(tokens, start, stop)
    end = next((k for k in range(start, end) if tokens.words[k] == "("), end)
    return (start, end), _role(tokens, end, stop)


def _line_end(tokens: Tokens, last: int) -> int | None:
    """Return the end of the line, None if it is far away."""
    for k in range(last, min(len(tokens.words), last + _SIGNATURE_TOKENS)):
        if tokens.kinds[k] & BREAK:
            return k
    return len(tokens.words) if len(tokens.words) < last + _SIGNATURE_TOKENS else None


def _role(tokens: Tokens, i: int, stop: int) -> Phrase | None:
    """Return the role after the name that ends before `i`, up to the end of the line."""
    if i >= stop or tokens.words[i] not in {",", "("}:
        return None
    end = next((k for k in range(i + 1, stop) if tokens.words[k] in {",", "(", ")"}), stop)
    while end > i + 1 and tokens.kinds[end - 1] & PUNCTUATION:
        end -= 1
    words = range(i + 1, end)
    if not words or len(words) > _ROLE_TOKENS or tokens.words[i + 1] == "@":
        return None
    is_dated = any(tokens.kinds[k] & TIME or tokens.words[k][0].isdigit() for k in words)
    return None if is_dated else (i + 1, end)


def introduced_quotation(tokens: Tokens, first: int, last: int) -> Statement | None:
    """Return the quotation after a name with a role (`Ana Ruiz, baker: “It rains.”`)."""
    end = first
    while end < last and tokens.kinds[end] & CAPITAL and not tokens.kinds[end] & _NO_NAME:
        end += 1
    if end - first < 2 or end >= last or tokens.words[end] not in {",", "("}:
        return None
    for k in range(end + 1, min(last - 1, end + _ROLE_TOKENS + 2)):
        if tokens.words[k] == ":":
            if k + 2 < last or not tokens.kinds[k + 1] & QUOTED:
                return None
            role = _role(tokens, end, k)
            return Statement([(k + 1, k + 2)], (first, end), (k, k + 1), "turn", role=role)
        if tokens.kinds[k] & (_VERBS | QUOTED):
            return None
    return None
