"""Finds the subject of a verb, in English word order.

Subjects are read leftward from the verb group, across appositions and relative clauses
between commas ("Ana Ruiz, the mayor, who left early, said").
"""

from __future__ import annotations

from transforms.quoting.noun_phrases import (
    Phrase,
    find_left,
    is_noun_like,
    phrase_head,
    phrase_start,
)
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BASE,
    CAPITAL,
    CONTRACTED,
    COORDINATOR,
    CUE,
    DETERMINER,
    ED,
    GENITIVE,
    ING,
    NEGATION,
    OBJECT,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    STOP,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    TO,
    VERB,
    WH,
    Tokens,
)

# Maximum distance between a verb and a subject that it shares.
_SUBJECT_TOKENS = 60
_SUBJECT_TRIES = 5
_RELATIVE = {"who", "which", "that"}
_PERSONAL = {"who", "which", "that", "he", "she", "they", "we", "i", "it"}
_LENGTHS = {"shortly", "soon", "hours", "days", "weeks", "months", "years", "minutes"}
_ADVERBIAL = {"in", "on", "at", "during", "after", "before", "since", "with", "for"}
# Longest verb group that is read.
_GROUP_TOKENS = 12
# Maximum distance between a phrase and the relative pronoun of its clause.
_RELATIVE_TOKENS = 12
# Longest text between commas that is accepted as an apposition to a subject.
_APPOSITION_TOKENS = 45


def verb_group_start(tokens: Tokens, i: int, floor: int) -> int:
    """Return the first token of the verb group that ends with the verb at `i`."""
    kinds = tokens.kinds
    floor = max(floor, i - _GROUP_TOKENS)
    while i > floor:
        kind = kinds[i - 1]
        if kind & (AUXILIARY | NEGATION) or (kind & ADVERB and not kind & CAPITAL):
            i -= 1
        elif kind & TIME and not kind & GENITIVE and i - 2 >= floor:
            j = i - 1
            while j > floor and kinds[j - 1] & (TIME | DETERMINER | PREPOSITION):
                j -= 1
            if j == i - 1 and not kinds[j] & CAPITAL:
                return i
            i = j
        else:
            return i
    return i


def subject_before(tokens: Tokens, i: int, floor: int) -> Phrase | None:
    """Return the subject that ends before token `i`, or None."""
    j = i - 1
    if j < floor:
        return None
    if tokens.words[j].endswith(("self", "selves")) and j > floor:
        j -= 1
    kind, word = tokens.kinds[j], tokens.words[j]
    if kind & QUOTED:
        return _before_participle(tokens, j, floor)
    if kind & PUNCTUATION:
        j = _before_insertion(tokens, j, floor)
        if j < floor:
            return None
        kind, word = tokens.kinds[j], tokens.words[j]
    if word in _RELATIVE or (kind & SUBJECT and not kind & CAPITAL) or kind & CONTRACTED:
        return (j, j + 1)
    if kind & SUBJECT and (j == floor or not is_noun_like(tokens, j - 1)):
        has_article = j > floor and tokens.words[j - 1] == "the"  # "the two said"
        return (j - 1 if has_article else j, j + 1)
    if kind & OBJECT and not kind & DETERMINER:
        return _relative_head(tokens, j, floor)
    if not is_noun_like(tokens, j) or kind & (PUNCTUATION | OBJECT):
        return None
    return _noun_subject(tokens, j, floor)


def _noun_subject(tokens: Tokens, j: int, floor: int) -> Phrase | None:
    """Return the subject whose last word is the noun at `j`."""
    start = phrase_start(tokens, j, floor)
    start = _after_time(tokens, start, j)
    verbs = any(tokens.kinds[k] & (VERB | CUE) for k in range(start + 1, j))
    if (
        tokens.words[start] == "that"
        and verbs
        and start > floor
        and is_noun_like(tokens, start - 1)
    ):
        return phrase_start(tokens, start - 1, floor), j + 1  # "the board that approves loans"
    if tokens.kinds[phrase_head(tokens, (start, j + 1))] & TIME:
        return _relative_head(tokens, j, floor)
    if start - 2 >= floor and tokens.words[start - 1] in _ADVERBIAL:
        if tokens.words[start - 2] in _PERSONAL:  # "who in 2010 said"
            return start - 2, start - 1
        if tokens.kinds[start - 2] & COORDINATOR:  # "but in a later interview said"
            return None
    return _over_relative(tokens, (start, j + 1), floor)


def _over_relative(tokens: Tokens, phrase: Phrase, floor: int) -> Phrase:
    """Return the noun that a phrase in a relative clause belongs to.

    "A source speaking to the paper said", "voters who met the mayor say".
    """
    start = phrase[0]
    k = start - 1
    hangs = k - 2 >= floor and tokens.kinds[k] & PREPOSITION and tokens.kinds[k - 1] & (ING | ED)
    if hangs and is_noun_like(tokens, k - 2):
        return phrase_start(tokens, k - 2, floor), phrase[1]
    verbs = 0
    for k in range(start - 1, max(floor, start - _RELATIVE_TOKENS), -1):
        if tokens.kinds[k] & (PUNCTUATION | QUOTED):
            break
        is_relative = tokens.words[k] in _RELATIVE and verbs and k > floor
        if is_relative and is_noun_like(tokens, k - 1):
            return phrase_start(tokens, k - 1, floor), phrase[1]
        verbs += bool(tokens.kinds[k] & (VERB | ED | AUXILIARY | CUE))
    return phrase


def _after_time(tokens: Tokens, start: int, j: int) -> int:
    """Return where the subject starts in "two weeks after Ruiz said"."""
    for k in range(start + 1, j):
        if tokens.words[k] in {"after", "before", "since"}:
            is_time = any(
                tokens.kinds[t] & TIME or tokens.words[t] in _LENGTHS for t in range(start, k)
            )
            return k + 1 if is_time else start
    return start


def _before_participle(tokens: Tokens, quote: int, floor: int) -> Phrase | None:
    """Return the subject in "Ruiz, citing “a lack of staff,” said ..."."""
    k = quote - 1
    while k > floor and not tokens.kinds[k] & (PUNCTUATION | ING | QUOTED):
        k -= 1
    comma = k - 1
    if comma <= floor or not tokens.kinds[k] & ING or tokens.words[comma] != ",":
        return None
    return _noun_subject(tokens, comma - 1, floor) if is_noun_like(tokens, comma - 1) else None


def _relative_head(tokens: Tokens, j: int, floor: int) -> Phrase | None:
    """Return the noun before a relative clause that ends at `j` ("those who wrote to her say")."""
    for k in range(j - 1, max(floor, j - _RELATIVE_TOKENS), -1):
        if tokens.kinds[k] & (PUNCTUATION | QUOTED):
            return None
        is_head = is_noun_like(tokens, k - 1) or tokens.kinds[k - 1] & SUBJECT  # "those who"
        if tokens.words[k] == "who" and is_head:
            return phrase_start(tokens, k - 1, floor), j + 1
    return None


def _before_insertion(tokens: Tokens, j: int, floor: int) -> int:
    """Return the last token before an insertion in commas, dashes or brackets."""
    word = tokens.words[j]
    if word == ")":
        return find_left(tokens, j, floor, "(") - 1
    if word in "—–-" and tokens.starts[j] > tokens.ends[j - 1]:
        return find_left(tokens, j, floor, word) - 1
    if word != ",":
        return j if word in "%." else floor - 1
    best = floor - 1
    k = j - 1
    lowest = max(floor, j - _APPOSITION_TOKENS)
    while k >= lowest:
        if tokens.kinds[k] & QUOTED and not _is_title(tokens, k):
            break
        if tokens.words[k] == ",":
            is_odd = best >= floor or not _is_short(tokens, k, j)
            if is_odd and not _opens_apposition(tokens, k + 1):
                break
            head = _head_before(tokens, k, floor)
            best = best if head is None else head
        k -= 1
    return best


def _is_title(tokens: Tokens, quote: int) -> bool:
    """Return whether a quotation is the name of something ("The ad, titled “Unifier?”, says")."""
    return not tokens.kinds[quote - 1] & (PUNCTUATION | CUE) or (
        tokens.words[quote - 1] in {"titled", "entitled", "called", "named", "headlined", "dubbed"}
    )


def _head_before(tokens: Tokens, comma: int, floor: int) -> int | None:
    """Return the noun that ends before a comma, None if it cannot be a subject."""
    head = comma - 1
    if tokens.words[head] == "." and head > floor:  # "Joe Berg Jr., in a letter, said"
        head -= 1
    if head > floor and tokens.words[head] == ")":  # "Cole (Lab.), the chair,"
        head = find_left(tokens, head, floor, "(") - 1
    if head < floor or not is_noun_like(tokens, head) or tokens.kinds[head] & TIME:
        return None
    return None if _is_fronted(tokens, head, floor) else head


def _is_fronted(tokens: Tokens, j: int, floor: int) -> bool:
    """Return whether the phrase that ends at `j` depends on a preposition or verb."""
    start = phrase_start(tokens, j, floor)
    if start <= floor:
        return False
    before = tokens.kinds[start - 1]
    joins = before & COORDINATOR and start - 1 > floor  # "But Ana Ruiz, who ..., said"
    return bool(joins or before & (PREPOSITION | ING | ADVERB | TO | VERB))


def _is_short(tokens: Tokens, comma: int, j: int) -> bool:
    return j - comma <= 5 and bool(tokens.kinds[comma + 1] & (CAPITAL | ADVERB))


def _opens_apposition(tokens: Tokens, i: int) -> bool:
    kind, word = tokens.kinds[i], tokens.words[i].partition("'")[0]
    if word in {"who", "which", "whose", "where", "whom"} or word[:1].isdigit():
        return True
    if kind & (DETERMINER | POSSESSIVE):
        return True
    return bool(kind & ING) or not kind & (SUBJECT | STOP | COORDINATOR | PUNCTUATION | CUE)


def last_subject(tokens: Tokens, first: int, last: int) -> Phrase | None:
    """Return the subject of the last clause of `[first, last)`: that of its first verb."""
    found, tries = None, 0
    for k in range(last - 1, max(first, last - _SUBJECT_TOKENS), -1):
        kind = tokens.kinds[k]
        if (found and kind & (SUBORDINATOR | WH | COORDINATOR)) or tries == _SUBJECT_TRIES:
            return found
        if not kind & (AUXILIARY | VERB | ED | CUE) or kind & (ING | BASE):
            continue
        if tokens.kinds[k - 1] & (DETERMINER | POSSESSIVE | GENITIVE):
            continue
        subject = subject_before(tokens, verb_group_start(tokens, k, first), first)
        if subject and not tokens.kinds[subject[0]] & WH:
            found = subject
        tries += 1
    return found


def sentence_subject(tokens: Tokens, first: int, last: int) -> Phrase | None:
    """Return the noun phrase before the first verb of `[first, last)`."""
    for k in range(first + 1, last):
        if tokens.kinds[k] & (AUXILIARY | VERB | ED | CUE):
            subject = subject_before(tokens, verb_group_start(tokens, k, first), first)
            if subject:
                return subject
    return None
