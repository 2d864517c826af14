"""The act of a statement: what somebody said, an attitude, or a plan.

Only what was said counts as speech. What somebody denies, feels, likes or discusses is an
attitude; what somebody will, may or intends to say or do is a plan. A verb of speech with a
negation ("did not say that ...") makes no statement at all.
"""

from __future__ import annotations

from collections.abc import Container

from transforms.quoting.clauses import Statement
from transforms.quoting.noun_phrases import Phrase
from transforms.quoting.sources import noun_kind, source_kind
from transforms.quoting.speech import Cue, Speech
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BASE,
    BREAK,
    CAPITAL,
    CONTRACTED,
    COORDINATOR,
    CUE,
    DETERMINER,
    ED,
    GENITIVE,
    ING,
    NEGATION,
    NUMBER,
    OBJECT,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    SUBORDINATOR,
    TO,
    VERB,
    WH,
    Tokens,
)

# Frames in which a mark or "according to" does what a verb of speech does elsewhere.
_POINTING = {"colon", "turn", "alone", "free", "according"}
_CLAUSES = {"clause", "quote", "inserted", "inf", "gerund", "seem"}
# Words that are asked for, not said ("asked for anonymity").
_ASKED_FOR = {"anonymity"}
_EMPTY = {"nothing", "anything", "something", "so", "it", "this", "that", "little", "much"}
_TOPIC = {"about", "on", "over"}
_THINGS = {"it", "which", "that", "i", "we"}
_CALLS = {"called", "calls", "call", "calling"}
# Verbs of speech only with "that": "found that ..." but not "found a way".
_FINDING = {"find", "discover", "determine", "show", "reveal"}
_NAMING = {"call", "name", "dub", "term", "label", "brand", "know"}
_CONDITIONS = {"if", "unless", "whether"}
_NEGATIVE = {
    "declined",
    "refused",
    "failed",
    "fails",
    "fail",
    "unable",
    "unwilling",
    "reluctant",
    "without",
}
_LENGTHS = {"minute", "minutes", "hour", "hours", "day", "days", "while", "time"}
_MODALS = {"will", "would", "may", "might", "could", "can", "shall", "should", "must", "won't"}
# Longest quotation with a verb of attitude that is taken for a phrase.
_PHRASE_WORDS = 3
# Words before "to say" with which nothing has been said yet.
_AHEAD = {
    *("expected", "going", "set", "due", "scheduled", "likely", "planning", "planned", "plans"),
    *("wants", "wanted", "want", "hopes", "hoped", "intends", "intended", "ready", "about"),
    *("supposed", "allowed", "prepared", "wish", "wishes", "need", "needs", "able", "free"),
}


def act_of(
    tokens: Tokens, statement: Statement, kind: str, speech: Speech, names: Container[int]
) -> str | None:
    """Return the act of a statement, None if nothing was said.

    Args:
        tokens: The text.
        statement: The statement, from `read_statements`.
        kind: `direct`, `mixed` or `indirect`; words in quotation marks alone are speech.
        speech: The word lists; each verb tells its acts.
        names: Offsets at which names of people, organizations and places start.
    """
    verb = _verb(tokens, statement.cue, speech)
    if _has_no_speaker(tokens, statement, kind, speech):
        return None
    if statement.frame == "marked":
        return "attitude"  # words in marks without a verb of speech
    if verb is None or statement.frame in _POINTING:
        return "speech"
    if speech.pronouns and kind != "direct":
        return verb[1].act
    if kind == "direct":
        if _is_banner(tokens, statement, speech):
            return None
        cue = verb[1]
        is_said = "quote" in cue.frames and (cue.act == "speech" or _is_sentence(tokens, statement))
        return "speech" if is_said else cue.act
    return _act_of_words(tokens, statement, kind, verb, (speech, names))


def _act_of_words(
    tokens: Tokens,
    statement: Statement,
    kind: str,
    verb: tuple[int, Cue],
    known: tuple[Speech, Container[int]],
) -> str | None:
    """Return the act of a statement that is not in quotation marks alone."""
    (i, cue), (speech, names) = verb, known
    if _tells_nothing(tokens, statement, kind, cue):
        return None
    is_clause = _takes_clause(tokens, statement)
    if cue.lemma in _FINDING and statement.frame == "bare":
        is_clause = False
    act = cue.act if is_clause else cue.object_act
    if statement.outer and not (act == "speech" and is_clause):
        return None
    if _is_negated(tokens, statement.cue[0], i):
        return None if cue.act == "speech" and is_clause else "attitude"
    if act != "speech":
        return act
    if kind == "indirect":
        if statement.source is None:
            return "attitude"  # "was accused of lying": nobody is named
        is_verb = cue.shape == "past" or (cue.shape != "ing" and "noun" not in cue.frames)
        is_sure = is_clause and is_verb
        if not _can_speak(tokens, statement.source, speech, None if is_sure else names):
            return None
    return _speech_act(tokens, statement, i, is_clause=is_clause)


def _quoted_text(tokens: Tokens, statement: Statement) -> str:
    """Return the words of the first quotation of a direct statement, without its marks."""
    quote = next(tokens.quotes[k] for k in range(*statement.pieces[0]) if k in tokens.quotes)
    return tokens.text[quote.inner_start : quote.inner_end]


def _is_banner(tokens: Tokens, statement: Statement, speech: Speech) -> bool:
    """Return whether the words stand in capitals on something ("A sign read “NO ENTRY”")."""
    text = _quoted_text(tokens, statement)
    if not text.isupper() or statement.source is None:
        return False
    return source_kind(tokens, statement.source, speech) in {None, "document"}


def _is_no_verb(tokens: Tokens, statement: Statement) -> bool:
    """Return whether a form in "-ing" has no subject, or belongs to a noun ("charging case")."""
    if statement.source is None:
        return True
    before = tokens.kinds[statement.cue[0] - 1] if statement.cue[0] else PUNCTUATION
    is_free = before & (PUNCTUATION | COORDINATOR | QUOTED | PREPOSITION | SUBORDINATOR)
    first = tokens.kinds[statement.pieces[0][0]]
    is_noun = not first & (DETERMINER | POSSESSIVE | SUBJECT | OBJECT | CAPITAL | GENITIVE)
    return statement.frame == "bare" and not is_free and bool(is_noun)


def _has_no_speaker(tokens: Tokens, statement: Statement, kind: str, speech: Speech) -> bool:
    """Return whether the source is nobody ("You might say ...") or a thing ("according to size")."""
    source = statement.source
    is_word = source and source[1] - source[0] == 1
    if source and is_word and tokens.words[source[0]].partition("'")[0] == "you":
        return True
    is_foreign = bool(speech.pronouns)
    if kind == "direct" and source and statement.frame == "inserted" and not is_foreign:
        is_ended = not _quoted_text(tokens, statement)[-1].isalnum()
        return not is_ended and source_kind(tokens, source, speech) is None
    if is_foreign or statement.frame != "according" or kind != "indirect":
        return False
    return source is None or source_kind(tokens, source, speech) is None


def _is_sentence(tokens: Tokens, statement: Statement) -> bool:
    """Return whether quoted words are a sentence, not a name or a phrase."""
    text = _quoted_text(tokens, statement)
    words = text.split()
    capitals = sum(word[:1].isupper() for word in words)
    return len(words) > _PHRASE_WORDS and text[:1].isupper() and capitals * 2 < len(words)


def _tells_nothing(tokens: Tokens, statement: Statement, kind: str, cue: Cue) -> bool:
    """Return whether the words are no statement of anybody, whatever the act."""
    if _is_impersonal(tokens, statement):
        return True
    if kind == "indirect" and _has_no_content(tokens, statement):
        return True
    if kind == "indirect" and cue.shape == "ing" and _is_no_verb(tokens, statement):
        return True
    if cue.lemma == "call" and statement.frame == "passive" and statement.source is None:
        return True  # "was called Venn", "was called for a foul"
    if statement.frame == "inf" and not cue.frames & {"inf", "urge", "hearer"}:
        return True  # "people said to be on their way"
    if statement.frame == "clause" and "noun" in cue.frames and cue.shape != "past":
        start = statement.pieces[0][0]
        if tokens.words[start] == "that" and tokens.kinds[start + 1] & (AUXILIARY | VERB | BASE):
            return True  # "EU rules that aim to ..."
    # "With the town's protests spreading"
    return statement.frame == "gerund" and "noun" in cue.frames and cue.shape != "past"


def _speech_act(tokens: Tokens, statement: Statement, verb: int, *, is_clause: bool) -> str:
    """Return the act of a verb of speech: what it says may be a topic, or lie ahead."""
    is_call = tokens.words[verb] in _CALLS
    is_topic = not is_call and tokens.words[statement.pieces[0][0] - 1] in _TOPIC
    if is_call and statement.frame == "bare":
        return "speech" if _describes(tokens, statement) else "attitude"
    is_thing = _is_pronoun(tokens, statement.source)
    if is_topic or (is_thing and (not is_clause or statement.frame == "inf")):
        return "attitude"
    return "plan" if _lies_ahead(tokens, statement, verb) else "speech"


def _describes(tokens: Tokens, statement: Statement) -> bool:
    """Return whether "called" takes an object and its description ("him a liar", "it dead")."""
    start, end = statement.pieces[0]
    opens = DETERMINER | QUOTED
    if end - start < 2 or tokens.words[start] in {"a", "an"}:
        return False
    is_short = tokens.kinds[start] & (OBJECT | SUBJECT) and not tokens.kinds[start] & DETERMINER
    return bool(is_short) or any(tokens.kinds[k] & opens for k in range(start + 1, end))


def _verb(tokens: Tokens, cue: Phrase, speech: Speech) -> tuple[int, Cue] | None:
    """Return the token of the verb, noun or adjective that attributes, with its entry."""
    for i in range(cue[1] - 1, cue[0] - 1, -1):
        word = tokens.words[i]
        entry = speech.cues.get(word) or speech.stances.get(word)
        if entry:
            return i, entry
    return None


def _takes_clause(tokens: Tokens, statement: Statement) -> bool:
    """Return whether the words are a clause ("said it rained"), not a noun ("said a prayer")."""
    if statement.frame != "bare":
        return statement.frame in _CLAUSES
    for k in range(*statement.pieces[-1]):
        kind = tokens.kinds[k]
        is_first = k == statement.pieces[-1][0]
        if kind & ED and not kind & AUXILIARY and not is_first and _is_participle(tokens, k):
            continue
        if kind & (AUXILIARY | VERB | CONTRACTED) or (
            kind & (CUE | ED) and not kind & (ING | BASE)
        ):
            return not is_first
        if kind & (WH | TO) or tokens.words[k] == "that":
            return is_first
        if kind & SUBORDINATOR and not kind & SUBJECT:
            return False
    return False


def _is_participle(tokens: Tokens, k: int) -> bool:
    """Return whether a past form belongs to a noun ("a plan backed by her", "for lost years")."""
    following = tokens.kinds[k + 1] if k + 1 < len(tokens.kinds) else 0
    if following & (PREPOSITION | ADVERB) and not tokens.kinds[k - 1] & SUBJECT:
        return True
    before = PREPOSITION | DETERMINER | POSSESSIVE | GENITIVE | COORDINATOR | NUMBER
    return bool(tokens.kinds[k - 1] & before and not tokens.kinds[k - 1] & SUBJECT)


def _has_no_content(tokens: Tokens, statement: Statement) -> bool:
    """Return whether the words tell nothing ("said so", "said nothing", "spoke for an hour")."""
    first, last = statement.pieces[0]
    while first < last - 1 and tokens.kinds[first] & ADVERB and not tokens.kinds[first] & SUBJECT:
        first += 1
    word = tokens.words[first]
    if word in {"nothing", "anything"} and statement.frame == "bare":
        return True
    if word in _ASKED_FOR or (last - first == 1 and word in _EMPTY):
        return True
    is_length = tokens.kinds[first] & (DETERMINER | NUMBER) or word.isdigit()
    named = tokens.words[first + 1] in _LENGTHS if first + 1 < last else False
    return bool(statement.frame == "preposition" and is_length and named)


def _can_speak(
    tokens: Tokens, source: Phrase, speech: Speech, names: Container[int] | None
) -> bool:
    """Return whether a source can speak: a person, a group, a text or a name.

    A word that opens a sentence is a name if it is among `names`; with None, every word is.
    """
    start, end = source
    if end - start == 1 and tokens.words[start] in {"you", "this", "these", "those"}:
        return False
    kind = source_kind(tokens, source, speech)
    if names is None or kind != "name" or end - start > 1 or not _opens_sentence(tokens, start):
        return kind is not None
    return tokens.starts[start] in names or noun_kind(tokens.words[start], speech) is not None


def _opens_sentence(tokens: Tokens, i: int) -> bool:
    if i == 0 or tokens.kinds[i - 1] & (BREAK | QUOTED):
        return True
    return tokens.words[i - 1] in {".", "!", "?", ":"}


def _is_pronoun(tokens: Tokens, source: Phrase | None) -> bool:
    """Return whether a source is a pronoun that often stands for a thing or the author."""
    return source is not None and source[1] - source[0] == 1 and tokens.words[source[0]] in _THINGS


def only_names(tokens: Tokens, statement: Statement, speech: Speech) -> bool:
    """Return whether a verb only tells a name ("a man called Reed", "known as Little Venice")."""
    source, start = statement.source, statement.cue[0]
    verb = _verb(tokens, statement.cue, speech)
    if verb is None or verb[1].lemma not in _NAMING or not statement.pieces:
        return False
    if statement.frame not in {"bare", "quote"} and tokens.words[start] != "known":
        return False
    if all(_may_name(tokens, k) for k in range(*statement.pieces[0])):
        return True
    if source is None or source[1] != start:
        return False
    if tokens.words[start] == "known":
        return True
    kind = source_kind(tokens, source, speech)
    if kind in {None, "document"}:
        return True
    named = tokens.kinds[statement.pieces[0][0]]
    is_name = named & QUOTED or (named & CAPITAL and not named & (SUBJECT | DETERMINER))
    return bool(is_name and (kind == "group" or tokens.words[source[0]] in {"a", "an"}))


def _may_name(tokens: Tokens, k: int) -> bool:
    kind = tokens.kinds[k]
    return bool(kind & (CAPITAL | PUNCTUATION)) and not kind & (SUBJECT | DETERMINER | QUOTED)


def _is_impersonal(tokens: Tokens, statement: Statement) -> bool:
    """Return whether nobody speaks ("It is too soon to say whether ...")."""
    source, start = statement.source, statement.cue[0]
    if source is None or tokens.words[source[0]] not in {"it", "there"}:
        return False
    return start > 0 and tokens.words[start - 1] == "to"


def _is_negated(tokens: Tokens, start: int, verb: int) -> bool:
    """Return whether a verb group from `start` is negated, or hangs on "refused to"."""
    for k in range(start, verb):
        if tokens.kinds[k] & NEGATION or tokens.words[k].endswith("n't"):
            return tokens.words[verb - 1] != "only"
    before = [tokens.words[k] for k in range(max(0, start - 2), start)]
    if before[-1:] == ["to"]:
        return before[0] in _NEGATIVE
    return before[-1:] == ["without"] or before in (["instead", "of"], ["short", "of"])


def _lies_ahead(tokens: Tokens, statement: Statement, verb: int) -> bool:
    """Return whether a verb of speech tells what will or may be said."""
    start = statement.cue[0]
    source = statement.source
    group = tokens.words[start:verb]
    is_own = source is not None and tokens.words[source[0]] in {"i", "we"} and "would" in group
    if _MODALS.intersection(group) and not is_own and "only" not in group:
        return tokens.words[verb + 1 : verb + 2] != ["only"]
    if "to" in group and _AHEAD.intersection(group):
        return True
    if source and source[0] > 0 and tokens.words[source[0] - 1] in _CONDITIONS:
        return not tokens.kinds[source[0]] & CAPITAL or tokens.words[source[0] - 1] != "whether"
    before = [tokens.words[k] for k in range(max(0, start - 2), start)]
    return before[-1:] == ["to"] and before[0] in _AHEAD
