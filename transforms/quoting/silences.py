"""Notes that somebody who was asked said nothing: "declined to comment".

Newsrooms say with such notes whom they asked. Each is a clause with who was asked, the
words that tell it, and often who asked and about what.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.quoting.noun_phrases import Phrase, phrase_end, phrase_start
from transforms.quoting.subjects import last_subject, subject_before, verb_group_start
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BE,
    CAPITAL,
    CUE,
    ED,
    GENITIVE,
    MODAL,
    NEGATION,
    PUNCTUATION,
    SUBJECT,
    TIME,
    TO,
    VERB,
    WH,
    Tokens,
)

_REFUSING = {
    *("declined", "declines", "declining", "decline", "refused", "refuses", "refusing", "refuse"),
}
# Verbs after "declined to", with the words of which one must follow; none: any word may.
_COMMENTS = frozenset({
    *("comment", "comments", "details", "detail", "interview", "interviews", "information"),
    *("answer", "answers", "statement", "explanation", "reason", "reasons", "figures", "name"),
    *("names", "response", "specifics"),
})  # fmt: skip
_OPEN_QUESTIONS = frozenset({
    *("whether", "if", "how", "when", "why", "what", "who", "where", "which"),
    *("more", "anything", "much"),
})  # fmt: skip
_HEARERS = frozenset(["to", "with", "about", "on", "publicly", "further"])
_PASSIVES = frozenset(["interviewed", "quoted", "named", "identified", "drawn"])
_QUESTIONS = frozenset(["question", "questions", "calls"])
_ANY: frozenset[str] = frozenset()
_TELLING = {
    **dict.fromkeys(["comment", "discuss", "elaborate", "answer", "respond", "reply"], _ANY),
    **dict.fromkeys(["specify", "disclose", "explain", "clarify", "react", "detail"], _ANY),
    **dict.fromkeys(["give", "provide", "share", "offer", "make"], _COMMENTS),
    "confirm": _ANY, "say": _OPEN_QUESTIONS, "speak": _HEARERS, "talk": _HEARERS,
    "be": _PASSIVES, "take": _QUESTIONS, "reveal": _OPEN_QUESTIONS,
}  # fmt: skip
_REQUESTS = {
    *("request", "requests", "call", "calls", "email", "emails", "e-mail", "e-mails", "message"),
    *("messages", "question", "questions", "inquiry", "inquiries", "query", "queries", "letter"),
    *("attempt", "attempts", "effort", "efforts", "enquiries", "enquiry"),
}
_SAYING = {"say", "said", "comment", "commented", "elaborate", "elaborated", "specify", "specified"}
_RESPONDING = {"respond", "responded", "reply", "replied"}
_RETURNING = {"return", "returned", "answer", "answered", "acknowledge", "acknowledged"}
_UNANSWERED = {"unanswered", "unreturned", "unsuccessful", "failed"}
_REACHED = {"reached", "contacted", "located"}
_TO_WHOM = {"to", "for", "with", "reach", "contact", "at"}
_TOPIC = {"about", "on", "regarding", "concerning", "over"}
# Words that a cue may have between its parts ("did not immediately respond").
_FOLLOWING_TOKENS = 5
_CLAUSE_TOKENS = 40
_ASKED = {"contacted", "asked", "reached", "approached"}
_TELLS = (
    _REFUSING | _RESPONDING | _RETURNING | _SAYING | _UNANSWERED | _REACHED
    | {"comment", "response", "available", "unavailable"}
)  # fmt: skip
_OPENERS = _TELLS | {"says"}  # which tells only with "nothing"
_NEGATED = _SAYING | _RESPONDING | _RETURNING


@dataclass(frozen=True, slots=True)
class Silence:
    """A note that somebody said nothing.

    Attributes:
        kind: `declined`, `no_response` or `unreachable`.
        asked: Tokens of who was asked.
        cue: Tokens of the words that tell it.
        end: Token at which the clause ends.
        asked_by: Tokens of who asked, None if that is not told.
        about: Tokens of what they were asked about, None if that is not told.
    """

    kind: str
    asked: Phrase
    cue: Phrase
    end: int
    asked_by: Phrase | None = None
    about: Phrase | None = None


def find_silences(tokens: Tokens) -> list[Silence]:
    """Return the notes of all sentences that somebody said nothing, in reading order."""
    found: list[Silence] = []
    for first, last in tokens.sentences:
        if _TELLS.isdisjoint(tokens.words[first:last]):
            continue
        done = first
        for i in [i for i in range(first, last) if tokens.words[i] in _OPENERS]:
            silence = _silence_at(tokens, i, (first, last)) if i >= done else None
            if silence:
                found.append(silence)
                done = silence.end
    return found


def overlaps(silence: Silence, cue: Phrase) -> bool:
    """Return whether a statement's `cue` is part of a note that nothing was said."""
    return cue[0] < silence.end and silence.cue[0] < cue[1]


def _silence_at(tokens: Tokens, i: int, sentence: Phrase) -> Silence | None:
    word = tokens.words[i]
    if word in _REFUSING:
        return _refusal(tokens, i, sentence)
    if word in {"comment", "response", "reply"} and "no" in tokens.words[max(0, i - 2) : i]:
        return _none_given(tokens, i, sentence)
    if word in {"said", "says"} and tokens.words[i + 1 : i + 2] == ["nothing"]:
        silence = _of_subject(tokens, "declined", i, i + 2, sentence)
        return silence if silence and silence.about else None
    if word in _NEGATED:
        return _negated(tokens, i, sentence)
    if word in _REACHED or word in {"available", "unavailable"}:
        return _unreachable(tokens, i, sentence)
    return _unanswered(tokens, i, sentence) if word in _UNANSWERED else None


def _refusal(tokens: Tokens, i: int, sentence: Phrase) -> Silence | None:
    """Read "declined to comment on ..." and "refused to say whether ..."."""
    words, last = tokens.words, sentence[1]
    k = i + 1
    while k < last and tokens.kinds[k] & ADVERB and not tokens.kinds[k] & TO:
        k += 1
    if words[k : k + 1] == ["comment"] or words[k : k + 3] in (
        ["a", "request", "for"],
        ["an", "interview", "request"],
    ):
        return _of_subject(tokens, "declined", i, k + 1, sentence)
    k = next((k for k in range(k, min(k + 3, last)) if words[k] == "to"), last)
    verb = k + 1
    if verb >= last or words[verb] not in _TELLING:
        return None
    needed = _TELLING[words[verb]]
    if needed and not needed.intersection(words[verb + 1 : min(last, verb + _FOLLOWING_TOKENS)]):
        return None
    return _of_subject(tokens, "declined", i, verb + 1, sentence)


def _negated(tokens: Tokens, i: int, sentence: Phrase) -> Silence | None:
    """Read "did not respond to ...", "would not say whether ..." and "were not returned"."""
    words, kinds, last = tokens.words, tokens.kinds, sentence[1]
    group = verb_group_start(tokens, i, sentence[0])
    inside = range(group, i)
    if not any(kinds[k] & NEGATION or words[k].endswith("n't") for k in inside):
        return None
    following = words[i + 1 : min(last, i + 1 + _FOLLOWING_TOKENS)]
    is_asked = bool(_REQUESTS.intersection(following))
    if any(kinds[k] & BE for k in inside):
        is_returned = words[i] in {"returned", "answered", "acknowledged"}
        return _request(tokens, (group, i + 1), "no_response", sentence) if is_returned else None
    is_will = any(words[k] in {"will", "would", "won't", "wouldn't"} for k in inside)
    if words[i] in _SAYING:
        is_open = following[:1] and following[0] in _OPEN_QUESTIONS
        is_comment = words[i] not in {"say", "said"}
        if not (is_open or is_comment):
            return None
        return _of_subject(tokens, "declined", group, i + 1, sentence)
    if words[i] in _RETURNING and not is_asked:
        return None
    is_reply = not following or is_asked or following[0] in {".", ",", ";", "when", "by", "for"}
    is_reply = is_reply or following[0] == "and" or bool(kinds[i + 1] & TIME)
    kind = "declined" if is_will else "no_response"
    return _of_subject(tokens, kind, group, i + 1, sentence) if is_reply else None


def _none_given(tokens: Tokens, i: int, sentence: Phrase) -> Silence | None:
    """Read "had no comment" and "There was no immediate comment from ..."."""
    words, first = tokens.words, sentence[0]
    k = i - 1
    while k > first and words[k] != "no":
        k -= 1
    if k > first and words[k - 1] in {"had", "has", "have", "offered", "made", "gave"}:
        return (
            _of_subject(tokens, "declined", k - 1, i + 1, sentence)
            if words[i] == "comment"
            else None
        )
    if words[i + 1 : i + 2] != ["from"]:
        return None
    asked = (i + 2, phrase_end(tokens, i + 2, sentence[1], wide=False))
    if asked[1] <= asked[0]:
        return None
    return Silence("no_response", asked, (k, i + 1), asked[1])


def _unreachable(tokens: Tokens, i: int, sentence: Phrase) -> Silence | None:
    """Read "could not be reached" and "was not available for comment"."""
    words, kinds = tokens.words, tokens.kinds
    group = verb_group_start(tokens, i, sentence[0])
    inside = range(group, i)
    is_negated = any(kinds[k] & NEGATION or words[k].endswith("n't") for k in inside)
    if not any(kinds[k] & BE for k in inside):
        return None
    if words[i] in _REACHED:
        is_absent = is_negated and any(kinds[k] & MODAL for k in inside)
    else:
        is_absent = is_negated or words[i] == "unavailable"
        topic = words[i + 1 : i + 5]
        is_absent = is_absent and bool({"comment", "interview", "interviews"}.intersection(topic))
    return _of_subject(tokens, "unreachable", group, i + 1, sentence) if is_absent else None


def _unanswered(tokens: Tokens, i: int, sentence: Phrase) -> Silence | None:
    """Read "Calls to the port went unanswered" and "Efforts to reach Ruiz failed"."""
    group = verb_group_start(tokens, i, sentence[0])
    if tokens.words[i - 1] == "went":
        group = i - 1
    is_effort = tokens.words[i] in {"unsuccessful", "failed"}
    if is_effort and not {"reach", "contact"}.intersection(tokens.words[sentence[0] : i]):
        return None
    kind = "unreachable" if is_effort else "no_response"
    return _request(tokens, (group, i + 1), kind, sentence)


def _request(tokens: Tokens, cue: Phrase, kind: str, sentence: Phrase) -> Silence | None:
    """Return the note of a request as subject: "Messages left for the owner were not returned"."""
    words = tokens.words
    requests = [k for k in range(sentence[0], cue[0]) if words[k] in _REQUESTS]
    if not requests:
        return None
    marks = [k for k in range(requests[0], cue[0]) if words[k] in _TO_WHOM]
    marks = [k for k in marks if words[k + 1] not in {"reach", "contact", "comment", "an"}]
    if not marks:
        return None
    start = marks[0] + 1
    end = phrase_end(tokens, start, cue[0])
    if end <= start:
        return None
    about = _about(tokens, end, cue[0])
    return Silence(kind, (start, end), cue, cue[1], _asker(tokens, requests[0], cue[0]), about)


def _of_subject(
    tokens: Tokens, kind: str, start: int, end: int, sentence: Phrase
) -> Silence | None:
    """Return the note of the subject before the verb group that starts near `start`."""
    first, last = sentence
    group = verb_group_start(tokens, start, first)
    asked = subject_before(tokens, group, first)
    if asked is None or tokens.kinds[asked[0]] & WH:
        asked = last_subject(tokens, first, group)
    if asked is None or tokens.words[asked[0]] in {"it", "there"}:
        return None
    stop = _clause_end(tokens, end, last)
    about = _about(tokens, end - 1, stop) or _asked_about(tokens, first, asked[0])
    return Silence(kind, asked, (group, end), stop, _asker(tokens, end, stop), about)


def _clause_end(tokens: Tokens, i: int, last: int) -> int:
    for k in range(i, min(last, i + _CLAUSE_TOKENS)):
        if tokens.kinds[k] & PUNCTUATION and tokens.words[k] not in {"-", "'", "’"}:
            return k
        if tokens.words[k] in {"and", "but"} and k + 1 < last:
            following = tokens.kinds[k + 1]
            if following & (VERB | ED | CUE | AUXILIARY | SUBJECT):
                return k
    return min(last, i + _CLAUSE_TOKENS)


def _about(tokens: Tokens, i: int, stop: int) -> Phrase | None:
    """Return what a question was about ("on the sale", "whether he will resign")."""
    words = tokens.words
    for k in range(i, stop):
        if words[k] in {"discuss", "specify", "disclose", "explain", "confirm", "detail"}:
            return (k + 1, stop) if k + 1 < stop else None
        if words[k] in _OPEN_QUESTIONS and words[k] not in {"more", "anything", "much"}:
            is_question = words[k - 1] in {"say", "said", "specify", "reveal", "about", "on"}
            return (k, stop) if is_question else None
        if words[k] in _TOPIC and k + 1 < stop and not tokens.kinds[k + 1] & TIME:
            return (k + 1, stop)
    return None


def _asked_about(tokens: Tokens, first: int, stop: int) -> Phrase | None:
    """Return the topic of "Asked about the sale, the owner declined to comment"."""
    words = tokens.words
    for k in range(first, min(first + 3, stop)):
        if words[k] in {"asked", "questioned", "pressed"} and k + 2 < stop:
            start = k + 2 if words[k + 1] in _TOPIC else k + 1
            comma = next((c for c in range(start, stop) if words[c] == ","), None)
            return (start, comma) if comma and comma > start else None
    return None


def _asker(tokens: Tokens, i: int, stop: int) -> Phrase | None:
    """Return who asked ("from the Gazette", "when contacted by Reuters", "our questions")."""
    words, kinds = tokens.words, tokens.kinds
    requests = [k for k in range(i, stop) if words[k] in _REQUESTS]
    for k in range(i, stop - 1):
        is_source = words[k] in {"from", "by"} and (requests or words[k - 1] in _ASKED)
        if is_source and any(kinds[c] & CAPITAL for c in range(k + 1, min(k + 4, stop))):
            end = phrase_end(tokens, k + 1, stop)
            return (k + 1, end) if end > k + 1 else None
    for k in requests:
        owner = k - 1
        if owner > 0 and kinds[owner] & GENITIVE and kinds[owner] & CAPITAL:
            return phrase_start(tokens, owner, max(0, i - 1)), k
    return None
