"""Statements with their attribution beside them, in languages other than English.

The attribution is in or behind the clause (Die Straße sei gesperrt, sagte Ruiz; les travaux,
selon la mairie, dureront un an), or opens the sentence (Según la policía, ...; Wie die Polizei
mitteilte, ...).
"""

from __future__ import annotations

from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_phrases import Names, find_source, is_somebody
from transforms.quoting.foreign_wording import can_speak, is_denied, is_that, trimmed
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import (
    ADVERB,
    CAPITAL,
    COORDINATOR,
    CUE,
    DETERMINER,
    HAVE,
    OBJECT,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    REPORTED,
    ROLE,
    SOURCE,
    SUBORDINATOR,
    TIME,
    VOICE,
    WH,
    Sentence,
    Tokens,
    kinds_in,
)

# Longest way from a verb to the word for "that", and from a comma to the verb after it.
_TO_THAT = 24
_TO_VERB = 8
_FEW_WORDS = 2
# Most words before an attribution within a clause ("La route, a expliqué Jean, restera").
_SHORT = 4
_HELPERS = HAVE | ADVERB | OBJECT
_DASHES = frozenset({"–", "—", "-", "―"})
_OPENERS = frozenset({",", *_DASHES})


def before_comma(sentence: Sentence, names: Names) -> Statement | None:
    """Read "Die Straße sei zu, sagte Ruiz." and "Die Straße, so Ruiz, sei zu."."""
    tokens = sentence.tokens
    first = _after_coordinator(tokens, sentence.first)
    if tokens.kinds[first] & (SUBORDINATOR | WH) or is_that(sentence, first):
        return None
    for comma in range(first + 1, sentence.last - 1):
        if tokens.words[comma] not in _OPENERS or (
            tokens.starts[comma] == tokens.ends[comma - 1] and tokens.words[comma] == "-"
        ):
            continue
        if all(tokens.kinds[k] & (QUOTED | PUNCTUATION) for k in range(first, comma)):
            return None
        attribution = _attribution(sentence, comma + 1, names)
        if attribution is None:
            continue
        source, cue, end, frame = attribution
        pieces = [trimmed(tokens, first, comma)]
        is_split = frame == "according" or comma - first <= _SHORT
        rest = _rest(sentence, end, is_split=is_split)
        if rest is None:
            return None
        if rest[1] > rest[0]:
            pieces.append(rest)
        words = sum(b - a for a, b in pieces)
        if (
            words < _FEW_WORDS
            or _is_adverbial(tokens, pieces[0])
            or _has_verb_of_speech(tokens, pieces[0])
        ):
            return None
        return Statement(pieces, source, cue, frame)
    return None


def _is_adverbial(tokens: Tokens, piece: Phrase) -> bool:
    """Return whether words before a comma are no clause ("Trotz der Proteste, die ...")."""
    start, end = piece
    has_comma = any(tokens.words[k] == "," for k in range(start, end))
    is_open = bool(tokens.kinds[start] & PREPOSITION)
    return is_open and has_comma and not kinds_in(tokens, start, end) & REPORTED


def _has_adverb(tokens: Tokens, start: int, end: int) -> bool:
    return any(tokens.kinds[k] & ADVERB for k in range(start, end))


def _after_coordinator(tokens: Tokens, first: int) -> int:
    return first + 1 if tokens.kinds[first] & COORDINATOR else first


def _has_verb_of_speech(tokens: Tokens, piece: Phrase) -> bool:
    start, end = piece
    inside = range(start, end)
    is_colon = any(tokens.words[k] == ":" for k in inside)
    return is_colon or any(
        tokens.kinds[k] & CUE and not tokens.kinds[k] & CAPITAL and tokens.words[k - 1] == ","
        for k in inside
    )


def _attribution(
    sentence: Sentence, i: int, names: Names
) -> tuple[Phrase, Phrase, int, str] | None:
    """Return the source, the verb, the end and the frame of an attribution at `i`."""
    tokens, last = sentence.tokens, sentence.last
    kind = tokens.kinds[i]
    cue = _source_at(sentence, i)
    frame = "according"
    if cue is None:
        frame = "inserted"
        is_like = bool(kind & WH)
        is_it = bool(kind & DETERMINER) and i + 1 < last and _is_cue(sentence, i + 1)
        k = i + (is_like or is_it)  # "das teilte die Polizei mit"
        while k < last and tokens.kinds[k] & _HELPERS and not _is_cue(sentence, k):
            k += 1
        if k < last and _is_cue(sentence, k):
            cue = (i, k + 1)
        elif is_like:
            return _like(sentence, i, names)
    if cue is None or is_denied(tokens, cue[1] - 1, i):
        return None
    cue = _with_verb(sentence, cue) if frame == "according" else cue
    stop = _attribution_stop(tokens, cue[1], last)
    source = find_source(tokens, cue[1], stop, names)
    if source is None or (
        frame == "according" and source[0] > cue[1] and _has_adverb(tokens, cue[1], source[0])
    ):
        return None
    end = _attribution_end(tokens, source[1], last)
    is_last = end >= last - 1 and bool(tokens.kinds[source[0]] & DETERMINER)
    is_clear = is_last and sentence.speech.profile.capitals == "names"
    if not is_clear and not can_speak(sentence, source, names):
        return None
    return source, cue, end, frame


def _is_cue(sentence: Sentence, k: int) -> bool:
    kind = sentence.tokens.kinds[k]
    if not kind & CUE or kind & CAPITAL:
        return False
    return not sentence.speech.cues[sentence.tokens.words[k]].frames.isdisjoint({"quote", "clause"})


def _source_at(sentence: Sentence, i: int) -> Phrase | None:
    """Return the words for "according to" at `i` ("laut", "по словам", "de acordo com")."""
    tokens, last = sentence.tokens, sentence.last
    for phrase in sentence.speech.source_phrases.get(tokens.words[i], ()):
        if tokens.words[i : min(last, i + len(phrase))] == list(phrase):
            return i, i + len(phrase)
    for k in range(i, min(i + 3, last)):
        if tokens.kinds[k] & SOURCE:
            return i, k + 1
        if not tokens.kinds[k] & (PREPOSITION | DETERMINER) or tokens.kinds[k] & CUE:
            return None
    return None


def _with_verb(sentence: Sentence, cue: Phrase) -> Phrase:
    """Return the words for "according to" with a verb after them ("según informó la policía")."""
    k = cue[1]
    while k < sentence.last and sentence.tokens.kinds[k] & (_HELPERS | WH):
        if _is_cue(sentence, k):
            break
        k += 1
    if k >= sentence.last or not _is_cue(sentence, k):
        return cue
    has_by = k + 1 < sentence.last and sentence.tokens.kinds[k + 1] & PREPOSITION
    return cue[0], k + 1 + bool(has_by)


def _like(sentence: Sentence, i: int, names: Names) -> tuple[Phrase, Phrase, int, str] | None:
    """Read ", wie die Polizei am Montag mitteilte" and ", как сообщил мэр"."""
    tokens, last = sentence.tokens, sentence.last
    source = find_source(tokens, i + 1, last, names)
    if source is None or not can_speak(sentence, source, names):
        return None
    for k in range(i + 1, min(last, i + _TO_THAT)):
        if source[0] <= k < source[1]:
            continue
        if _is_cue(sentence, k):
            return (
                source,
                (k, k + 1),
                _attribution_end(tokens, max(k + 1, source[1]), last),
                "inserted",
            )
        if tokens.kinds[k] & QUOTED or tokens.words[k] in {":", ";"}:
            return None
        if tokens.words[k] == "," and k > source[1]:
            return None
    return None


def _attribution_stop(tokens: Tokens, start: int, last: int) -> int:
    for k in range(start, last):
        if tokens.kinds[k] & QUOTED or tokens.words[k] in {":", ";"}:
            return k
    return last


def _attribution_end(tokens: Tokens, start: int, last: int) -> int:
    """Return the comma, dash or full stop that ends an attribution."""
    for k in range(start, last):
        if tokens.kinds[k] & QUOTED or tokens.words[k] in {",", ":", ";", "–", "—"}:
            return k
    return last


def _rest(sentence: Sentence, end: int, *, is_split: bool) -> Phrase | None:
    """Return the words of a statement after its attribution, None if it is something else."""
    tokens, last = sentence.tokens, sentence.last
    if end >= last:
        return last, last
    if tokens.words[end] not in _OPENERS:
        return None
    rest = trimmed(tokens, end + 1, last)
    if rest[1] <= rest[0]:
        return last, last
    kind = tokens.kinds[rest[0]]
    if kind & QUOTED or is_that(sentence, rest[0]):
        return None
    if kind & (COORDINATOR | WH | SUBORDINATOR):
        return last, last
    is_role = kinds_in(tokens, rest[0], min(last, rest[0] + _SHORT)) & (ROLE | VOICE)
    goes_on = kinds_in(tokens, *rest) & REPORTED or (is_split and not is_role)
    return rest if goes_on else (last, last)


def according_to(sentence: Sentence, names: Names) -> Statement | None:
    """Read "Laut Polizei ist die Straße gesperrt." and "Według policji droga jest zamknięta."."""
    tokens = sentence.tokens
    first = sentence.first
    if tokens.kinds[first] & ADVERB and not tokens.kinds[first] & PREPOSITION:
        return None  # "So sagte ..."
    opening = kinds_in(tokens, first, first + 2)
    if opening & WH and not opening & SOURCE:
        return _as_somebody_said(sentence, names)
    cue = _source_at(sentence, first)
    if cue is None:
        return _source_behind(sentence, names) or _source_within(sentence, names)
    cue = _with_verb(sentence, cue)
    source = find_source(tokens, cue[1], sentence.last, names)
    if source is None or not can_speak(sentence, source, names):
        return None
    between = kinds_in(tokens, cue[1], source[0])
    if between & (PUNCTUATION | QUOTED | CUE):
        return None
    source = _without_clause(tokens, source)
    piece = trimmed(tokens, source[1], sentence.last)
    if piece[1] - piece[0] < _FEW_WORDS:
        return None
    return Statement([piece], source, cue, "according")


def _source_behind(sentence: Sentence, names: Names) -> Statement | None:
    """Read "Dem Bericht zufolge ist die Brücke sicher."."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    for k in range(first + 1, min(last, first + _TO_VERB)):
        if tokens.kinds[k] & SOURCE and tokens.kinds[k] & PREPOSITION:
            while first < k and tokens.kinds[first] & (PREPOSITION | DETERMINER | SOURCE):
                first += 1
            source = (first, k)
            if first == k or not can_speak(sentence, source, names):
                return None
            piece = trimmed(tokens, k + 1, last)
            is_clause = piece[1] - piece[0] >= _FEW_WORDS and tokens.words[k + 1] != ","
            return Statement([piece], source, (k, k + 1), "according") if is_clause else None
        if tokens.kinds[k] & (PUNCTUATION | QUOTED | CUE | HAVE | TIME):
            return None
    return None


def _source_within(sentence: Sentence, names: Names) -> Statement | None:
    """Read "Die Brücke ist nach Angaben der Polizei gesperrt."."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    for k in range(first + _FEW_WORDS, last - _FEW_WORDS):
        kind = tokens.kinds[k]
        if kind & (CUE | QUOTED) or tokens.words[k] in {":", ";"}:
            return None
        if not kind & SOURCE or (
            kind & (ADVERB | CAPITAL) and not tokens.kinds[k - 1] & PREPOSITION
        ):
            continue
        start = k - 1 if tokens.kinds[k - 1] & PREPOSITION else k
        source = find_source(tokens, k + 1, last, names)
        is_next = source and not kinds_in(tokens, k + 1, source[0]) & (PUNCTUATION | ADVERB | CUE)
        if not source or not is_next or not is_somebody(tokens, source, names):
            return None
        rest = trimmed(tokens, source[1], last)
        pieces = [piece for piece in ((first, start), rest) if piece[1] > piece[0]]
        return Statement(pieces, source, (start, k + 1), "according")
    return None


def _without_clause(tokens: Tokens, source: Phrase) -> Phrase:
    """Return a source without the words that follow it ("Według policji dwie osoby ...")."""
    start, end = source
    if tokens.words[end] == "," or tokens.kinds[start] & (DETERMINER | CAPITAL | PREPOSITION):
        return source
    known = [k for k in range(start, end) if tokens.kinds[k] & (VOICE | ROLE | CAPITAL)]
    return (start, known[-1] + 1) if known else source


def _as_somebody_said(sentence: Sentence, names: Names) -> Statement | None:
    """Read "Wie die Polizei am Montag mitteilte, ist die Straße gesperrt."."""
    tokens, first = sentence.tokens, sentence.first
    comma = next((k for k in range(first, sentence.last) if tokens.words[k] == ","), None)
    said = _like(sentence, first + (not tokens.kinds[first] & WH), names) if comma else None
    while said and comma and comma < said[1][1]:  # the comma of an apposition
        comma = next((k for k in range(comma + 1, sentence.last) if tokens.words[k] == ","), None)
    if not said or not comma or comma > said[1][1] + _FEW_WORDS:
        return None
    piece = trimmed(tokens, comma + 1, sentence.last)
    if piece[1] - piece[0] < _FEW_WORDS:
        return None
    return Statement([piece], said[0], said[1], "inserted")
