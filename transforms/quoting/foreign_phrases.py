"""Noun phrases in languages other than English.

Only function words and verbs of speech are known, so a phrase is what they leave over: it
opens with an article, a capital or a pronoun, and ends at the next function word. Phrases
after prepositions are times, places and hearers ("am Dienstag in Brandby", "gegenüber dem
Anzeiger"); nobody speaks in them.
"""

from __future__ import annotations

from collections.abc import Mapping

from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import (
    ADVERB,
    CAPITAL,
    COORDINATOR,
    CUE,
    DETERMINER,
    HAVE,
    LINK,
    OBJECT,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    ROLE,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    VOICE,
    WH,
    Tokens,
)

Names = Mapping[int, int]
"""The token after each name of a person, by its first token."""

# A noun phrase never continues across one of these.
_STOP = (
    PREPOSITION | TIME | ADVERB | SUBORDINATOR | COORDINATOR | WH | SUBJECT | HAVE | OBJECT
    | QUOTED | PUNCTUATION
)  # fmt: skip
_MARKS = PUNCTUATION | QUOTED
_OPENS = DETERMINER | CAPITAL | ROLE | VOICE
_JOINING = {"-", "/", "&", ".", "'", "’"}
# Longest way from a role to the name after a comma ("der Sprecher der Wehr in Aren, Jan Ott").
_TO_COMMA = 8
_TO_NAME = 6
# Most words of a role without article ("skipper", "gründer und leiter").
_PLAIN_ROLE = 3


def find_source(tokens: Tokens, start: int, stop: int, names: Names) -> Phrase | None:
    """Return the noun phrase in `[start, stop)` that speaks: a named person's, or the first."""
    first: Phrase | None = None
    k = start
    while k < stop:
        kind = tokens.kinds[k]
        if k not in names:
            if kind & (PREPOSITION | TIME | ADVERB | OBJECT | HAVE):
                k = _after_adverbial(tokens, k, stop, names)
                continue
            if _is_time(tokens, k, stop):
                k += 2
                continue
        if not _may_open(tokens, k, stop, names):
            if kind & (PUNCTUATION | QUOTED | SUBORDINATOR | COORDINATOR | WH):
                break
            k += 1  # an unknown verb, or "of"
            continue
        phrase = (k, k + 1) if kind & SUBJECT else (k, _phrase_end(tokens, k, stop, names))
        phrase = _with_apposition(tokens, phrase, stop, names)
        if any(i in names for i in range(*phrase)):
            return _head(tokens, phrase, names)
        first = first or phrase
        k = max(k + 1, phrase[1])
    return first


def find_subject(tokens: Tokens, span: Phrase, cue: int, names: Names) -> Phrase | None:
    """Return the subject of a verb: what opens its clause, or else what follows the verb."""
    start, stop = span
    clause = clause_start(tokens, start, cue)
    before = find_source(tokens, clause, cue, names)
    after = _inverted(tokens, cue + 1, stop, names)
    if after and before and before[0] == clause:
        is_object = is_somebody(tokens, after, names) and not is_somebody(tokens, before, names)
        return after if is_object and _is_next(tokens, cue, after) else before
    if before and before[0] == clause:
        return before if is_somebody(tokens, before, names) else _nearer(tokens, before, cue, names)
    return after or before


def _nearer(tokens: Tokens, before: Phrase, cue: int, names: Names) -> Phrase:
    """Return the subject after an opening phrase ("Asked on the radio, the mayor said")."""
    for k in range(cue - 1, before[1] - 1, -1):
        if tokens.words[k] == ",":
            source = find_source(tokens, k + 1, cue, names)
            is_subject = source and source[0] == k + 1 and is_somebody(tokens, source, names)
            return source if source and is_subject else before
    return before


def is_somebody(tokens: Tokens, phrase: Phrase, names: Names) -> bool:
    """Return whether a phrase names a person or institution, or people by what they do."""
    if tokens.kinds[phrase[0]] & SUBJECT:
        return True
    if any(k in names for k in range(*phrase)):
        return True
    for k in range(*phrase):
        if tokens.kinds[k] & LINK and k > phrase[0]:  # "die Pläne der Regierung" say nothing
            return False
        if tokens.kinds[k] & (VOICE | ROLE):
            return True
    return False


def _is_next(tokens: Tokens, cue: int, phrase: Phrase) -> bool:
    """Return whether only adverbials stand between a verb and a phrase."""
    return all(not tokens.kinds[k] & _MARKS for k in range(cue + 1, phrase[0]))


def find_document(tokens: Tokens, start: int, stop: int) -> Phrase | None:
    """Return what a text is said to state ("In dem Antrag heißt es", "heißt es im Antrag")."""
    for k in range(start, stop - 1):
        if tokens.kinds[k] & (_MARKS | SUBORDINATOR | WH):
            return None
        if tokens.kinds[k] & PREPOSITION:
            first = k + 1
            while first < stop and tokens.kinds[first] & (PREPOSITION | DETERMINER):
                first += 1
            end = _phrase_end(tokens, first, stop, {})
            return (first, end) if end > first else None
    return None


def _inverted(tokens: Tokens, start: int, stop: int, names: Names) -> Phrase | None:
    """Return the subject after its verb ("So sagte Kempf: ..."), None if none follows."""
    end = next((k for k in range(start, stop) if tokens.words[k] == ","), stop)
    source = find_source(tokens, start, stop, names)
    return source if source and source[0] < end else None


def clause_start(tokens: Tokens, start: int, cue: int) -> int:
    """Return where the clause of a verb starts."""
    for k in range(cue - 1, start, -1):
        kind = tokens.kinds[k]
        if kind & SUBORDINATOR or tokens.words[k] == ";":
            return k + 1
        if kind & COORDINATOR and tokens.words[k - 1] == ",":
            return k + 1
    return start


def is_role(tokens: Tokens, k: int) -> bool:
    """Return whether the word at `k` says what somebody does ("Bauleiterin")."""
    return bool(tokens.kinds[k] & ROLE)


def _is_time(tokens: Tokens, k: int, stop: int) -> bool:
    """Return whether an article and a time follow ("el martes")."""
    return bool(tokens.kinds[k] & DETERMINER and k + 1 < stop and tokens.kinds[k + 1] & TIME)


def _may_open(tokens: Tokens, k: int, stop: int, names: Names) -> bool:
    kind = tokens.kinds[k]
    if k in names or kind & SUBJECT:
        return True
    if kind & DETERMINER and "'" in tokens.words[k].rstrip("'"):  # "l'allenatore"
        return True
    if kind & DETERMINER:
        following = tokens.kinds[k + 1] if k + 1 < stop else PUNCTUATION
        return not following & (PUNCTUATION | CUE | HAVE) or bool(following & CAPITAL)
    if kind & (_STOP | LINK) or (kind & CUE and not kind & CAPITAL):
        return False
    if kind & _OPENS:
        return True
    for i in range(k, min(stop, k + _PLAIN_ROLE)):  # "skipper Kari Lunde"
        if tokens.kinds[i + 1 if i + 1 < stop else i] & (_STOP | LINK | DETERMINER | CUE):
            return False
        if i + 1 in names:
            return True
        if i + 1 < stop and tokens.kinds[i + 1] & CAPITAL:
            return True
    return False


def _after_adverbial(tokens: Tokens, k: int, stop: int, names: Names) -> int:
    """Return the token after a time, an adverb, or a preposition with its phrase."""
    if not tokens.kinds[k] & PREPOSITION:
        return k + 1
    while k < stop and tokens.kinds[k] & (PREPOSITION | DETERMINER):
        k += 1
    if k in names:
        return names[k]
    first, capitals = k, 0
    while k < stop:
        kind = tokens.kinds[k]
        if kind & TIME or (k == first and not kind & PUNCTUATION):
            capitals += bool(kind & CAPITAL)
            k += 1
            continue
        if kind & LINK and not kind & DETERMINER:
            first, k = _after_link(tokens, k, stop)
            capitals = 0
            continue
        if k in names or kind & (_STOP | DETERMINER | CUE) or is_role(tokens, k):
            return k
        if capitals and not kind & CAPITAL:
            return k
        capitals += bool(kind & CAPITAL)
        k += 1
    return k


def _after_link(tokens: Tokens, k: int, stop: int) -> Phrase:
    """Return where the noun after "of" starts, and where to read on ("dell'incontro" has it)."""
    if "'" in tokens.words[k].rstrip("'"):
        return k, k + 1
    k += 1
    while k < stop and tokens.kinds[k] & DETERMINER:
        k += 1
    return k, k


def _phrase_end(tokens: Tokens, start: int, stop: int, names: Names) -> int:
    k = start
    while k < stop and tokens.kinds[k] & DETERMINER:
        k += 1
    first, has_capital = k, False
    while k < stop:
        kind = tokens.kinds[k]
        if k in names:
            return _after_party(tokens, names[k], stop)
        if kind & PUNCTUATION and tokens.words[k] in _JOINING and _is_joined(tokens, k, stop):
            k += 2
        elif kind & COORDINATOR and _joins_names(tokens, k, stop):
            k += 1
        elif kind & LINK and k > first:
            k += 1
            while k < stop and tokens.kinds[k] & DETERMINER:
                k += 1
            has_capital = False
        elif _ends(kind, is_first=k == first, has_capital=has_capital):
            return k
        else:
            has_capital = has_capital or bool(kind & CAPITAL and not kind & ROLE)
            k += 1
    return k


def _ends(kind: int, *, is_first: bool, has_capital: bool) -> bool:
    """Return whether a word of this kind ends a noun phrase before it."""
    if kind & CAPITAL:
        return bool(kind & (TIME | _MARKS))
    if kind & (_STOP | DETERMINER):
        return True
    return (has_capital and not kind & ROLE) or bool(kind & CUE and not is_first)


def _is_joined(tokens: Tokens, k: int, stop: int) -> bool:
    """Return whether the mark at `k` stands within a name ("J. Ott", "90/Die")."""
    if k + 1 >= stop or tokens.starts[k] != tokens.ends[k - 1]:
        return False
    following = tokens.kinds[k + 1]
    if tokens.words[k] == ".":
        return len(tokens.words[k - 1]) < 5 and bool(following & CAPITAL)
    return tokens.starts[k + 1] == tokens.ends[k]


def _joins_names(tokens: Tokens, k: int, stop: int) -> bool:
    return bool(
        k + 1 < stop and tokens.kinds[k - 1] & CAPITAL and tokens.kinds[k + 1] & CAPITAL
        and not tokens.kinds[k + 1] & CUE
    )  # fmt: skip


def _after_party(tokens: Tokens, end: int, stop: int) -> int:
    """Return the token after a party in brackets ("(SPD)") that follows a name."""
    if end + 2 < stop and tokens.words[end] == "(" and tokens.words[end + 2] == ")":
        return end + 3
    return end


def _with_apposition(tokens: Tokens, phrase: Phrase, stop: int, names: Names) -> Phrase:
    """Return a phrase with the name after its comma ("der Sprecher der Wehr, Jan Ott")."""
    start, end = phrase
    opens = tokens.kinds[start] & DETERMINER or is_role(tokens, start)
    if not opens or any(i in names for i in range(start, end)):
        return phrase
    for comma in range(end, min(stop, end + _TO_COMMA)):
        kind = tokens.kinds[comma]
        if tokens.words[comma] == ",":
            name = _name_after(tokens, comma + 1, stop, names)
            return (start, name) if name else phrase
        if kind & (_MARKS | SUBJECT | SUBORDINATOR | CUE | HAVE):
            return phrase
    return phrase


def _name_after(tokens: Tokens, start: int, stop: int, names: Names) -> int | None:
    """Return the end of the name at `start`, with the role before it, if there is one."""
    for k in range(start, min(stop, start + _TO_NAME)):
        if k in names:
            return _after_party(tokens, names[k], stop)
        if tokens.kinds[k] & (_STOP | DETERMINER | CUE):
            break
    k = start
    while k < stop and _is_of_name(tokens, k, stop, is_first=k == start):
        k += 1
    is_name = 2 <= k - start <= 5 and (k >= stop or tokens.kinds[k] & (PUNCTUATION | CUE | HAVE))
    return k if is_name else None


def _is_of_name(tokens: Tokens, k: int, stop: int, *, is_first: bool) -> bool:
    """Return whether the word at `k` can be part of a name ("Yann Le Goff", "Jan van Aken")."""
    kind = tokens.kinds[k]
    if kind & CAPITAL:
        return not kind & (_STOP | DETERMINER) or (not is_first and not kind & TIME)
    is_particle = kind & (LINK | PREPOSITION | DETERMINER) and not is_first
    return bool(is_particle and k + 1 < stop and tokens.kinds[k + 1] & CAPITAL)


def _head(tokens: Tokens, phrase: Phrase, names: Names) -> Phrase:
    """Return a phrase without the name of somebody else ("le porte-parole du ministre X")."""
    start, end = phrase
    name = next(k for k in range(start, end) if k in names)
    if name - 1 <= start or not tokens.kinds[name - 1] & ROLE:
        return phrase
    for k in range(name - 1, start, -1):
        if tokens.words[k] == ",":
            return phrase
        if tokens.kinds[k] & LINK and k > start + 1 and is_role(tokens, k - 1):
            return start, k
    return phrase
