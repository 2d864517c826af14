"""Direct quotations and their speakers in languages other than English.

Three forms are read, with function words and verbs of speech as data: the attribution
after the words („…“, sagte Bürgermeisterin Marlene Kempf am Dienstag), the one before them
(Der Bauleiter sagte am Mittwoch: „…“), and a name with a colon. Only the words between
quotation marks are the statement.
"""

from __future__ import annotations

import itertools

from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_clauses import find_clauses
from transforms.quoting.foreign_phrases import (
    Names,
    find_document,
    find_source,
    find_subject,
    is_somebody,
)
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import (
    ADVERB,
    BREAK,
    CAPITAL,
    COORDINATOR,
    CUE,
    ED,
    HAVE,
    ING,
    OBJECT,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SOURCE,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    WH,
    Sentence,
    Tokens,
)

_DASHES = {"–", "—", "-", "―"}
_OPENERS = {",", ";", *_DASHES}
# Longest way from the words to the verb that attributes them.
_TO_VERB = 14
_HELPERS = 4
# Quotations within a sentence are mostly names and single words if they are shorter.
_FREE_BLANKS = 3
# Longest sentence part before a colon that is searched for a verb.
_BEFORE = 60


def find_foreign(sentence: Sentence, names: Names) -> list[Statement]:
    """Return the attributed quotations of a sentence, in reading order."""
    tokens, last = sentence.tokens, sentence.last
    clauses = find_clauses(sentence, names)
    taken = {k for one in clauses for piece in one.pieces for k in range(*piece)}
    quotes = [k for k in range(sentence.first, last) if tokens.kinds[k] & QUOTED]
    found: list[Statement] = []
    start = sentence.first
    for number, quote in enumerate(quotes):
        stop = quotes[number + 1] if number + 1 < len(quotes) else last
        if quote in taken:
            start = quote + 1
            continue
        if found and found[-1].pieces[-1][0] == quote:
            start = quote + 1
            continue
        statement = _before(sentence, (start, quote), names)
        if statement is None and found and _is_listed(tokens, found[-1], quote):
            statement = Statement([(quote, quote + 1)], found[-1].source, found[-1].cue, "quote")
        if statement is None and _is_statement(tokens, quote, sentence.first):
            statement = _after(sentence, quote, stop, names)
            if statement and stop < last and _leads_on(tokens, stop):
                statement.pieces.append((stop, stop + 1))
        found += [statement] if statement else []
        start = quote + 1
    if not quotes and tokens.words[last - 1] == ":":
        statement = _before(sentence, (sentence.first, last), names)
        found += [Statement([], statement.source, statement.cue, "colon")] if statement else []
    return _in_order([*found, *clauses])


def _in_order(found: list[Statement]) -> list[Statement]:
    """Return statements in reading order; a verb without subject has the one before it."""
    if len(found) > 1:
        found.sort(key=lambda one: one.pieces[0] if one.pieces else one.cue)
        for before, one in itertools.pairwise(found):
            one.source = one.source or before.source
    return found


def _is_statement(tokens: Tokens, quote: int, first: int) -> bool:
    if quote == first or tokens.kinds[quote - 1] & PUNCTUATION:
        return True
    span = tokens.quotes[quote]
    return tokens.text.count(" ", span.inner_start, span.inner_end) >= _FREE_BLANKS


def _is_listed(tokens: Tokens, before: Statement, quote: int) -> bool:
    """Return whether a quotation follows another after "and" („…“ und „…“)."""
    between = range(before.pieces[-1][1], quote)
    kinds = [tokens.kinds[k] for k in between if not tokens.kinds[k] & PUNCTUATION]
    return (
        len(kinds) == 1
        and bool(kinds[0] & COORDINATOR)
        and before.frame in {"quote", "clause", "inserted"}
    )


def _leads_on(tokens: Tokens, quote: int) -> bool:
    """Return whether the attribution before a quotation leads back to the same speech."""
    return bool(tokens.words[quote - 1] in {",", ":", *_DASHES})


def _after(sentence: Sentence, quote: int, stop: int, names: Names) -> Statement | None:
    """Read „…“, sagte die Wirtin / „…“, so Kempf / « … », a-t-elle dit."""
    tokens = sentence.tokens
    i = quote + 1
    while i < stop and tokens.words[i] in _OPENERS:
        i += 1
    if i >= stop or (i == quote + 1 and not _ends_loudly(tokens, quote)):
        return None
    cue = _source_word(tokens, i, stop)
    if cue is None:
        i += bool(tokens.kinds[i] & WH)
        cue = _verb(tokens, i, stop)
    if cue is None:
        return _subject_first(tokens, quote, (i, stop), names) or _verb_apart(
            sentence, quote, (i, stop), names
        )
    joined = next((k for k in range(*cue) if tokens.kinds[k] & SUBJECT), None)
    source = (joined, joined + 1) if joined else find_source(tokens, cue[1], stop, names)
    if source is None and _tells_of_text(sentence, cue[1] - 1):
        source = find_document(tokens, cue[1] + 1, stop)
    return Statement([(quote, quote + 1)], source, cue, "inserted")


def _ends_loudly(tokens: Tokens, quote: int) -> bool:
    """Return whether no comma has to follow a quotation ("„Nein!“ sagte er")."""
    return tokens.text[tokens.quotes[quote].inner_end - 1] in "?!…,."


def _source_word(tokens: Tokens, i: int, stop: int) -> Phrase | None:
    """Return the words for "according to" at `i` ("so", "selon", "по словам")."""
    k = i + 1 if tokens.kinds[i] & PREPOSITION and i + 1 < stop else i
    return (i, k + 1) if tokens.kinds[k] & SOURCE else None


def _verb(tokens: Tokens, i: int, stop: int) -> Phrase | None:
    """Return the verb of speech at `i`, with the words that may come before it."""
    for k in range(i, min(stop, i + _HELPERS)):
        kind = tokens.kinds[k]
        if kind & CUE and not (kind & CAPITAL and k > i):
            return i, k + 1
        is_joined = kind & SUBJECT and k > i and _is_hyphen(tokens, k)
        if not (kind & (HAVE | ADVERB | OBJECT) or is_joined):
            return None
    return None


def _is_hyphen(tokens: Tokens, k: int) -> bool:
    """Return whether a hyphen joins the pronoun at `k` to its verb ("a-t-il")."""
    return tokens.text[tokens.starts[k] - 1] == "-"


def names_nobody(tokens: Tokens, statement: Statement) -> bool:
    """Return whether the verb of an attribution stands alone ("«Iremos», añadió.")."""
    first, last = statement.cue
    if any(tokens.kinds[k] & OBJECT for k in range(first, last)) or statement.source:
        return False
    following = tokens.kinds[last] if last < len(tokens.kinds) else PUNCTUATION
    return bool(following & (PUNCTUATION | QUOTED | BREAK | TIME | ADVERB))


def _subject_first(tokens: Tokens, quote: int, span: Phrase, names: Names) -> Statement | None:
    """Read „…“, Kempf sagte am Dienstag / wie Kempf sagte."""
    i, stop = span
    source = find_source(tokens, i, stop, names)
    if source is None or source[0] != i:
        return None
    for k in range(source[1], min(stop, source[1] + _TO_VERB)):
        kind = tokens.kinds[k]
        if kind & CUE and not kind & CAPITAL:
            return Statement([(quote, quote + 1)], source, (k, k + 1), "inserted")
        if kind & (SUBJECT | SUBORDINATOR | COORDINATOR | WH | QUOTED):
            return None
        if kind & PUNCTUATION and tokens.words[k] not in {",", "(", ")"}:
            return None
    return None


def _verb_apart(sentence: Sentence, quote: int, span: Phrase, names: Names) -> Statement | None:
    """Read „…“, hatte Kempf am Dienstag erklärt, and verbs that are not in the word lists.

    A verb right after a whole sentence in quotation marks attributes it to the name that
    comes next.
    """
    tokens, (i, stop) = sentence.tokens, span
    source = find_source(tokens, i + 1, stop, names)
    if source is None or tokens.kinds[i] & (CAPITAL | COORDINATOR | SUBORDINATOR | PREPOSITION):
        return None
    is_helper = bool(tokens.kinds[i] & HAVE)
    for k in range(source[1], min(stop, source[1] + _TO_VERB)) if is_helper else ():
        if tokens.kinds[k] & CUE and not tokens.kinds[k] & CAPITAL:
            return Statement([(quote, quote + 1)], source, (k, k + 1), "inserted")
    is_next = all(tokens.kinds[k] & OBJECT for k in range(i + 1, source[0]))  # "freut sich Kempf"
    is_named = is_next and any(k in names for k in range(*source))
    is_unknown = is_helper or not tokens.kinds[i] & ~(ED | ING)
    if quote != sentence.first or not is_named or not is_unknown:
        return None
    return Statement([(quote, quote + 1)], source, (i, i + 1), "inserted")


def _before(sentence: Sentence, span: Phrase, names: Names) -> Statement | None:
    """Read „Am Dienstag sagte Kempf: „…““ and „Kempf: „…““."""
    tokens, (start, quote) = sentence.tokens, span
    start = max(start, quote - _BEFORE)
    if quote <= start:
        return None
    stop = quote
    is_empty = not tokens.kinds[quote - 1 if quote == sentence.last else quote] & QUOTED
    mark = tokens.words[quote - 1]
    has_colon = mark == ":"
    if has_colon or mark == ",":
        stop -= 1
    elif not tokens.kinds[quote - 1] & (CUE | SUBORDINATOR):
        return _within(sentence, span, names)
    cue = _last_verb(tokens, start, stop, is_near=not has_colon)
    if cue is not None and not has_colon and _is_name_of_text(sentence, cue):
        return None
    pieces = [] if is_empty else [(quote, quote + 1)]
    if cue is None:
        if not has_colon:
            return _within(sentence, span, names)
        source = find_source(tokens, start, stop, names)
        if source is None or not any(k in names for k in range(*source)):
            source = _only_name(start, stop, names) or source
        return Statement(pieces, source, (quote - 1, quote), "colon") if source else None
    source = _speaker_of(sentence, (start, stop), cue, names)
    return Statement(pieces, source, (cue, cue + 1), "quote")


def _speaker_of(sentence: Sentence, span: Phrase, cue: int, names: Names) -> Phrase | None:
    """Return the subject of a verb, or its object if that is whose words they are."""
    tokens = sentence.tokens
    verb = sentence.speech.cues[tokens.words[cue]]
    if "object" in verb.frames:
        cited = find_source(tokens, cue + 1, span[1], names)
        return cited or find_subject(tokens, span, cue, names)
    if _tells_of_text(sentence, cue):
        text = find_document(tokens, span[0], cue) or find_document(tokens, cue + 1, span[1])
        return text or find_subject(tokens, span, cue, names)
    return find_subject(tokens, span, cue, names)


def _is_name_of_text(sentence: Sentence, cue: int) -> bool:
    """Return whether a verb of texts tells a name ("Das Projekt heißt „Sicheres Arn“")."""
    verb = sentence.speech.cues[sentence.tokens.words[cue]]
    return "document" in verb.frames and not _tells_of_text(sentence, cue)


def _tells_of_text(sentence: Sentence, cue: int) -> bool:
    """Return whether a verb has no subject but "it" ("heißt es in dem Brief")."""
    tokens = sentence.tokens
    verb = sentence.speech.cues.get(tokens.words[cue])
    return verb is not None and "document" in verb.frames and bool(tokens.kinds[cue + 1] & OBJECT)


def _within(sentence: Sentence, span: Phrase, names: Names) -> Statement | None:
    """Read the quoted words in „Kempf sagte, der Vertrag sei „nicht zu halten““."""
    tokens = sentence.tokens
    start, quote = max(span[0], span[1] - _BEFORE), span[1]
    marked = tokens.quotes.get(quote)
    if marked is None:
        return None
    is_long = tokens.text.count(" ", marked.inner_start, marked.inner_end) >= _FREE_BLANKS
    is_phrase = " " in tokens.text[marked.inner_start : marked.inner_end].strip()
    is_phrase = is_phrase and tokens.text[marked.inner_start].islower()
    for k in range(quote - 1, start - 1, -1):
        kind = tokens.kinds[k]
        if kind & SOURCE:
            source = find_source(tokens, k + 1, quote, names)
            is_next = source is not None and quote - source[1] <= (tokens.words[quote - 1] == ",")
            return (
                Statement([(quote, quote + 1)], source, (k, k + 1), "clause") if is_next else None
            )
        if kind & CUE and (not kind & CAPITAL or k == start):
            if _is_name_of_text(sentence, k):
                return None
            source = find_subject(tokens, (start, quote), k, names)
            is_said = is_long or (is_phrase and source and is_somebody(tokens, source, names))
            is_said = is_said and source is not None
            return (
                Statement([(quote, quote + 1)], source, (k, k + 1), "clause") if is_said else None
            )
    return None


def _only_name(start: int, stop: int, names: Names) -> Phrase | None:
    """Return the only person named before a colon ("Das Fazit von Kempf: ...")."""
    found = [k for k in range(start, stop) if k in names]
    return (found[0], names[found[0]]) if len(found) == 1 else None


def _last_verb(tokens: Tokens, start: int, stop: int, *, is_near: bool) -> int | None:
    """Return the last verb of speech before a quotation, in the clause next to it."""
    for k in range(stop - 1, start - 1, -1):
        kind = tokens.kinds[k]
        if kind & CUE and (not kind & CAPITAL or k == start):
            return k
        if is_near and k < stop - 1 and (kind & (SUBORDINATOR | WH) or tokens.words[k] == ","):
            return None
    return None
