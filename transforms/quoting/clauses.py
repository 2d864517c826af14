"""The content that a verb of speech takes: where it begins, and in what form.

Adverbials ("on Tuesday", "in a statement") and the hearer may come in between.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.quoting.boundaries import content_end
from transforms.quoting.noun_phrases import Phrase, phrase_end
from transforms.quoting.speech import Cue
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
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
    OBJECT,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    SUBORDINATOR,
    TIME,
    TO,
    VERB,
    WH,
    Sentence,
)

_TAKES_NOUNS = {"np", "urge", "hearer", "noun"}
_PHRASE_TOKENS = 6


@dataclass(slots=True)
class Statement:
    """A statement, thought or wish, before its speaker is resolved.

    Attributes:
        pieces: Ranges of tokens that make it up, in order.
        source: Tokens of the speaker, None if nobody is named.
        cue: Tokens of the words that attribute it.
        frame: The form in which the cue takes the content.
        act: `speech`, `attitude` or `plan`; empty if nothing was said.
        outer: The statement that reports this one, None if the article itself does.
        role: Tokens of the role that a signature gives the speaker.
    """

    pieces: list[Phrase]
    source: Phrase | None
    cue: Phrase
    frame: str
    act: str = "speech"
    outer: Statement | None = None
    role: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Tokens `[start, end)` that a cue takes; the cue ends at `cue_end`."""

    start: int
    end: int
    frame: str
    cue_end: int


def content_after(sentence: Sentence, i: int, cue: Cue) -> Content | None:
    """Return the content after a cue that ends before token `i`."""
    tokens, last = sentence.tokens, sentence.last
    cue_end = i
    start = _skip_adverbials(sentence, i, cue)
    if "hearer" in cue.frames and start < last:
        start = _skip_hearer(sentence, start, cue)
    if tokens.words[start : start + 2] == ["it", ","]:  # "as the mayor put it, “...”"
        start += 1
    frame = _frame_at(sentence, start, cue) if start < last else None
    while frame == "preposition":
        start += 1
        cue_end = start
        following = _frame_at(sentence, start, cue) if start < last else None
        if following not in {"preposition", "clause", "quote", "inf"}:
            break
        frame = following
    if frame is None and "quote" in cue.frames:
        start = _later_quote(sentence, i)
        frame = "quote" if start < last else None
    if frame is None:
        return None
    if start < last and tokens.words[start] in {",", ":"}:
        start += 1
    if start >= last:
        return None
    end = content_end(sentence, start)
    if frame == "bare" and not cue.frames & _TAKES_NOUNS and not _has_verb(sentence, start, end):
        return None
    return Content(start, end, frame, cue_end) if end > start else None


def _has_verb(sentence: Sentence, start: int, end: int) -> bool:
    """Return whether a content is a clause ("maintained he was ill", not "his pace").

    Long ones count as clauses, because not every verb is in the word lists.
    """
    if end - start > _PHRASE_TOKENS:
        return True
    kinds = sentence.tokens.kinds
    return any(
        kinds[k] & (AUXILIARY | VERB | ED | CUE | QUOTED | CONTRACTED) for k in range(start, end)
    )


def _later_quote(sentence: Sentence, i: int) -> int:
    """Return the mark of a later quotation ("said as she left: ...")."""
    tokens, last = sentence.tokens, sentence.last
    for k in range(i, min(last - 1, i + 30)):
        if tokens.kinds[k] & QUOTED:
            return last
        follows = tokens.kinds[k + 1] & QUOTED or (k > i and tokens.words[k + 1] == "that")
        if tokens.words[k] in {",", ":"} and follows:
            return k
    return last


def _skip_adverbials(sentence: Sentence, i: int, cue: Cue) -> int:
    """Return the token after "again", "on Tuesday", "in a statement" that follow a cue."""
    tokens, last = sentence.tokens, sentence.last
    start = i
    while i < last:
        kind, word = tokens.kinds[i], tokens.words[i]
        if kind & TIME or (kind & ADVERB and not kind & (PREPOSITION | SUBJECT)):
            i += 1
        elif kind & DETERMINER and i + 1 < last and tokens.kinds[i + 1] & TIME:
            i += 2
        elif kind & PREPOSITION and not kind & TO and word not in cue.frames:
            i = phrase_end(tokens, i + 1, last)
        else:
            break
    if i < last and i > start and tokens.kinds[i] & PUNCTUATION:
        follows = i + 1 < last and (tokens.kinds[i + 1] & QUOTED or tokens.words[i + 1] == "that")
        return i if follows else last
    return i


def _skip_hearer(sentence: Sentence, i: int, cue: Cue) -> int:
    tokens, last = sentence.tokens, sentence.last
    kind, word = tokens.kinds[i], tokens.words[i]
    if kind & (QUOTED | PUNCTUATION | WH | TO | PREPOSITION) or word == "that":
        return i
    if kind & SUBJECT and not kind & (OBJECT | DETERMINER):
        return i
    end = phrase_end(tokens, i, last)
    if end >= last or (tokens.words[end] == "to" and "urge" in cue.frames):
        return i
    start = _skip_adverbials(sentence, end, cue)
    return start if start < last and _may_follow_hearer(sentence, start, cue) else i


def _may_follow_hearer(sentence: Sentence, i: int, cue: Cue) -> bool:
    """Return whether a statement begins at `i`, so that the words before are its hearer."""
    tokens = sentence.tokens
    kind, word = tokens.kinds[i], tokens.words[i]
    if kind & PUNCTUATION:
        return (
            word in {",", ":"}
            and i + 1 < sentence.last
            and bool(tokens.kinds[i + 1] & QUOTED or word == ":" or tokens.words[i + 1] == "that")
        )
    opens = QUOTED | WH | SUBJECT | DETERMINER | POSSESSIVE | CAPITAL | GENITIVE
    return bool(kind & opens) or word in cue.frames or word in {"that", "if", "to"}


def _frame_at(sentence: Sentence, i: int, cue: Cue) -> str | None:
    tokens = sentence.tokens
    kind, word, frames = tokens.kinds[i], tokens.words[i], cue.frames
    if kind & QUOTED:
        return "quote" if frames & {"quote", "clause", "np"} else None
    if kind & PUNCTUATION:
        if i + 1 >= sentence.last:
            return None
        follows = word == ":" or tokens.kinds[i + 1] & QUOTED
        if word in {",", ":"} and follows and frames & {"quote", "clause", "np"}:
            return "quote"
        if word == "," and tokens.words[i + 1] == "that" and "clause" in frames:
            return "clause"
        return None
    if word == "that":
        return "clause" if frames & {"clause", "hearer"} else _bare_frame(kind, frames)
    is_denied = tokens.kinds[i - 2] & NEGATION or tokens.words[i - 2].endswith("n't")
    if (kind & WH and (is_denied or not kind & SUBORDINATOR)) or word in {"whether", "if"}:
        return "clause" if frames & {"clause", "wh", "np", "hearer"} else None
    if kind & TO and "to" not in frames:
        return "inf" if frames & {"inf", "urge", "seem", "raised"} else None
    if word in frames and kind & (PREPOSITION | TO | ADVERB | SUBORDINATOR):
        return "preposition"
    return _bare_frame(kind, frames)


def _bare_frame(kind: int, frames: frozenset[str]) -> str | None:
    if kind & (PREPOSITION | AUXILIARY | NEGATION | BREAK | COORDINATOR) and not kind & SUBJECT:
        return None
    if kind & ING:
        return "gerund" if frames & {"gerund", "np"} else "bare" if "clause" in frames else None
    if kind & SUBORDINATOR and not kind & (SUBJECT | CAPITAL):
        return None
    return "bare" if frames & {"clause", "np", "urge", "hearer"} else None
