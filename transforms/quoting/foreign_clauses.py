"""Statements in clauses, in languages other than English.

Four forms are read, with function words and verbs of speech as data: a clause after the word
for "that" (Ruiz dijo que la calle «no es segura»); one in the mood of reported speech
(Ruiz sagte, die Straße sei gesperrt); one before its attribution (Die Straße ist gesperrt,
sagte Ruiz; les travaux dureront un an, selon la mairie); and one after the words for
"according to". Somebody must be named who can speak: a person, an institution, or a noun for
people. A clause with quotation marks in it is one statement.
"""

from __future__ import annotations

from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_phrases import (
    Names,
    clause_start,
    find_source,
    find_subject,
    is_somebody,
)
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.tokens import (
    ADVERB,
    CAPITAL,
    COORDINATOR,
    CUE,
    DETERMINER,
    HAVE,
    NEGATION,
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
_NAME = 3
# Most words before an attribution within a clause ("La route, a expliqué Jean, restera").
_SHORT = 4
_HELPERS = HAVE | ADVERB | OBJECT
_FULL_STOPS = frozenset({".", "!", "?", "…"})
_DASHES = frozenset({"–", "—", "-", "―"})
_OPENERS = frozenset({",", *_DASHES})


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
        one = _before_comma(sentence, names) or _according_to(sentence, names)
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
        if kind & CUE and not kind & CAPITAL:
            return False
        if kind & (SUBORDINATOR | WH) or tokens.words[k] == ":":
            return False
        if kind & REPORTED:
            return True
    return False


def _after_verbs(sentence: Sentence, names: Names) -> list[Statement]:
    tokens, found = sentence.tokens, []
    start = sentence.first
    for k in range(sentence.first, sentence.last):
        kind = tokens.kinds[k]
        if k < start or not kind & CUE or (kind & CAPITAL and k > sentence.first):
            continue
        cue = sentence.speech.cues[tokens.words[k]]
        if "clause" not in cue.frames or _is_denied(tokens, k, start):
            continue
        that = _that_after(sentence, k)
        end = that if that is not None else sentence.last
        source = find_subject(tokens, (start, end), k, names)
        is_clear = source is None or _can_speak(sentence, source, names)
        if that is None and is_clear:
            that = _reported_after(sentence, k, source)
        if that is None or not (is_clear or _opens_clause(tokens, source, k, start)):
            continue
        if source is None and not _may_lack_subject(tokens, k, start):
            continue
        start = _content_end(sentence, that)
        piece = _trimmed(tokens, that, start)
        if piece[1] - piece[0] >= _FEW_WORDS or kinds_in(tokens, *piece) & QUOTED:
            found.append(Statement([piece], source, (k, k + 1), "clause"))
    return found


def _opens_clause(tokens: Tokens, source: Phrase | None, cue: int, first: int) -> bool:
    """Return whether a subject opens the clause of its verb ("La prefetta ha detto che")."""
    if source is None or source[1] > cue:
        return False
    helpers = range(source[1], cue)
    is_next = all(tokens.kinds[k] & (_HELPERS | TIME | PREPOSITION) for k in helpers)
    return is_next and source[0] == clause_start(tokens, first, cue)


def _is_denied(tokens: Tokens, cue: int, first: int) -> bool:
    """Return whether a negation stands next to a verb ("no dijo que", "sagte nicht, dass")."""
    near = tokens.kinds[max(first, cue - 2) : cue + 2]
    return any(kind & NEGATION for kind in near)


def _that_after(sentence: Sentence, cue: int) -> int | None:
    """Return the token of the word for "that" after a verb, with its hearer and adverbs between."""
    tokens = sentence.tokens
    for k in range(cue + 1, min(sentence.last - 1, cue + _TO_THAT)):
        if is_that(sentence, k):
            return k
        kind = tokens.kinds[k]
        if kind & QUOTED or (kind & CUE and not kind & CAPITAL and k > cue + 1):
            return None
        if kind & (SUBORDINATOR | WH) or (kind & COORDINATOR and tokens.words[k - 1] == ","):
            return None
        if kind & PUNCTUATION and tokens.words[k] not in {",", "(", ")", "-", "."}:
            return None
    return None


def is_that(sentence: Sentence, k: int) -> bool:
    """Return whether the word at `k` is the one for "that", also before a vowel ("qu'il")."""
    word, that = sentence.tokens.words[k], sentence.speech.profile.that
    return word in that or ("'" in word and word.partition("'")[0] + "'" in that)


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


def _can_speak(sentence: Sentence, source: Phrase, names: Names) -> bool:
    """Return whether a phrase is somebody: a name, a pronoun, an institution, or people."""
    tokens, (start, end) = sentence.tokens, source
    if is_somebody(tokens, source, names):
        return True
    if sentence.speech.profile.capitals != "names":  # "Boss sagte", "Kritiker sagten"
        return end - start <= _NAME and all(tokens.kinds[k] & CAPITAL for k in range(start, end))
    return any(
        tokens.kinds[k] & CAPITAL
        and not tokens.kinds[k] & TIME
        and (k > sentence.first or k > start)
        for k in range(start, end)
    )


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


def _trimmed(tokens: Tokens, start: int, end: int) -> Phrase:
    """Return a clause without the marks around it."""
    while (
        end > start and tokens.kinds[end - 1] & PUNCTUATION and tokens.words[end - 1] not in ")]%"
    ):
        end -= 1
    while start < end and tokens.words[start] in _OPENERS:
        start += 1
    return start, end


def _before_comma(sentence: Sentence, names: Names) -> Statement | None:
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
        pieces = [_trimmed(tokens, first, comma)]
        is_split = frame == "according" or comma - first <= _SHORT
        rest = _rest(sentence, end, is_split=is_split)
        if rest is None:
            return None
        if rest[1] > rest[0]:
            pieces.append(rest)
        words = sum(b - a for a, b in pieces)
        if words < _FEW_WORDS or _has_verb_of_speech(tokens, pieces[0]):
            return None
        return Statement(pieces, source, cue, frame)
    return None


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
        k = i + is_like
        while k < last and tokens.kinds[k] & _HELPERS and not _is_cue(sentence, k):
            k += 1
        if k < last and _is_cue(sentence, k):
            cue = (i, k + 1)
        elif is_like:
            return _like(sentence, i, names)
    if cue is None or _is_denied(tokens, cue[1] - 1, i):
        return None
    cue = _with_verb(sentence, cue) if frame == "according" else cue
    stop = _attribution_stop(tokens, cue[1], last)
    source = find_source(tokens, cue[1], stop, names)
    if source is None:
        return None
    end = _attribution_end(tokens, source[1], last)
    is_last = end >= last - 1 and bool(tokens.kinds[source[0]] & DETERMINER)
    is_clear = is_last and sentence.speech.profile.capitals == "names"
    if not is_clear and not _can_speak(sentence, source, names):
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
    if source is None or not _can_speak(sentence, source, names):
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
    rest = _trimmed(tokens, end + 1, last)
    kind = tokens.kinds[rest[0]] if rest[0] < last else PUNCTUATION
    if kind & QUOTED or is_that(sentence, rest[0]):
        return None
    if kind & (COORDINATOR | WH | SUBORDINATOR):
        return last, last
    is_role = kinds_in(tokens, rest[0], min(last, rest[0] + _SHORT)) & (ROLE | VOICE)
    goes_on = kinds_in(tokens, *rest) & REPORTED or (is_split and not is_role)
    return rest if goes_on else (last, last)


def _according_to(sentence: Sentence, names: Names) -> Statement | None:
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
        return _source_behind(sentence, names)
    cue = _with_verb(sentence, cue)
    source = find_source(tokens, cue[1], sentence.last, names)
    if source is None or not _can_speak(sentence, source, names):
        return None
    between = kinds_in(tokens, cue[1], source[0])
    if between & (PUNCTUATION | QUOTED | CUE):
        return None
    source = _without_clause(tokens, source)
    piece = _trimmed(tokens, source[1], sentence.last)
    if piece[1] - piece[0] < _FEW_WORDS:
        return None
    return Statement([piece], source, cue, "according")


def _source_behind(sentence: Sentence, names: Names) -> Statement | None:
    """Read "Dem Bericht zufolge ist die Brücke sicher."."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    for k in range(first + 1, min(last, first + _TO_VERB)):
        if tokens.kinds[k] & SOURCE and not tokens.kinds[k] & ADVERB:
            while first < k and tokens.kinds[first] & (PREPOSITION | DETERMINER | SOURCE):
                first += 1
            source = (first, k)
            if first == k or not _can_speak(sentence, source, names):
                return None
            piece = _trimmed(tokens, k + 1, last)
            is_clause = piece[1] - piece[0] >= _FEW_WORDS and tokens.words[k + 1] != ","
            return Statement([piece], source, (k, k + 1), "according") if is_clause else None
        if tokens.kinds[k] & (PUNCTUATION | QUOTED | CUE | HAVE | TIME):
            return None
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
    piece = _trimmed(tokens, comma + 1, sentence.last)
    if piece[1] - piece[0] < _FEW_WORDS:
        return None
    return Statement([piece], said[0], said[1], "inserted")
