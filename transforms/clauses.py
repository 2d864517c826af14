"""Where the content of a statement begins and ends.

A content clause runs to the end of its sentence unless something that cannot belong to it
comes first: another attribution, a clause with a subject of its own after a comma and a
conjunction, a semicolon.
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.noun_phrases import Phrase, phrase_end
from transforms.speech import Cue
from transforms.tokens import (
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
    Tokens,
)

_TAKES_NOUNS = {"np", "urge", "hearer", "noun"}
_PHRASE_TOKENS = 6
_DASHES = {"—", "–", "-"}
_NEW_CLAUSE = {"but", "while", "though", "although", "whereas"}


@dataclass(slots=True)
class Statement:
    """What somebody says, thinks or wants, before anybody is resolved.

    Attributes:
        pieces: Ranges of tokens that state it, in order.
        source: Tokens of who says it, None where nobody is named.
        cue: Tokens of the words that attribute it.
        frame: How the cue takes the content.
    """

    pieces: list[Phrase]
    source: Phrase | None
    cue: Phrase
    frame: str


@dataclass(frozen=True, slots=True)
class Content:
    """Tokens `[start, end)` that a cue takes, the cue ending at `cue_end`."""

    start: int
    end: int
    frame: str
    cue_end: int


def content_after(sentence: Sentence, i: int, cue: Cue) -> Content | None:
    """Return the content that follows a cue which ends before token `i`."""
    tokens, last = sentence.tokens, sentence.last
    cue_end = i
    start = _skip_adverbials(sentence, i, cue)
    if "hearer" in cue.frames and start < last:
        start = _skip_hearer(sentence, start, cue)
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

    Long ones are taken for clauses: not every verb is in the word lists.
    """
    if end - start > _PHRASE_TOKENS:
        return True
    kinds = sentence.tokens.kinds
    return any(
        kinds[k] & (AUXILIARY | VERB | ED | CUE | QUOTED | CONTRACTED) for k in range(start, end)
    )


def _later_quote(sentence: Sentence, i: int) -> int:
    """Return the mark that brings in a quotation further on ("said as she left: ...")."""
    tokens, last = sentence.tokens, sentence.last
    for k in range(i, min(last - 1, i + 30)):
        if tokens.kinds[k] & QUOTED:
            return last
        follows = tokens.kinds[k + 1] & QUOTED or (k > i and tokens.words[k + 1] == "that")
        if tokens.words[k] in {",", ":"} and follows:
            return k
    return last


def _skip_adverbials(sentence: Sentence, i: int, cue: Cue) -> int:
    """Step over "again", "on Tuesday", "in a statement" between a cue and its content."""
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
    """Return whether a statement begins at `i`, so that who hears it stands before."""
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
        follows = i + 1 < sentence.last and (word == ":" or tokens.kinds[i + 1] & QUOTED)
        if word in {",", ":"} and follows and frames & {"quote", "clause", "np"}:
            return "quote"
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
        return "gerund" if frames & {"gerund", "np"} else None
    if kind & SUBORDINATOR and not kind & (SUBJECT | CAPITAL):
        return None
    return "bare" if frames & {"clause", "np", "urge", "hearer"} else None


def content_end(sentence: Sentence, start: int) -> int:
    """Return the end of the content that starts at `start`, without trailing marks."""
    tokens, end = sentence.tokens, sentence.last
    depth = 0
    fronted = sentence.is_fronted
    for i in range(start, sentence.last):
        kind, word = tokens.kinds[i], tokens.words[i]
        if kind & COORDINATOR and i > start and _shares_subject(sentence, i):
            end = i
            break
        if kind & QUOTED and _ends_quoted(sentence, i):
            end = i + 1
            break
        if not kind & PUNCTUATION:
            continue
        depth += (word == "(") - (word == ")")
        is_front = fronted and word == "," and _is_main(sentence, start, i)
        if depth < 0 or (i > start and (is_front or _breaks(sentence, i))):
            end = i
            break
        fronted = fronted and word != ","
    while end > start and tokens.kinds[end - 1] & PUNCTUATION and tokens.words[end - 1] != ")":
        end -= 1
    return end


def _ends_quoted(sentence: Sentence, i: int) -> bool:
    """Return whether a quotation that ends with a comma is where the content ends."""
    tokens = sentence.tokens
    quote = tokens.quotes[i]
    if i + 1 >= sentence.last or tokens.text[quote.inner_end - 1] != ",":
        return False
    word, cue = tokens.words[i + 1], sentence.cue(i + 1)
    return word in _NEW_CLAUSE or word == "according" or bool(cue and cue.shape == "ing")


def _shares_subject(sentence: Sentence, i: int) -> bool:
    """Return whether a conjunction leads to another statement ("... and said that ...").

    The verb comes next, or behind a subject of its own ("and aides say").
    """
    tokens = sentence.tokens
    k = i + 1
    while k < sentence.last and tokens.kinds[k] & ADVERB:
        k += 1
    cue = sentence.cue(k) if k < sentence.last else None
    if cue and cue.shape != "base" and cue.frames & {"clause", "hearer"}:
        return "noun" not in cue.frames or cue.shape == "past"
    return _is_attribution(sentence, i + 1)


def _is_main(sentence: Sentence, start: int, comma: int) -> bool:
    """Return whether a main clause begins behind the comma of a fronted one."""
    tokens = sentence.tokens
    if any(tokens.words[k] == "," for k in range(sentence.first, start)):
        return False
    following = tokens.kinds[comma + 1] if comma + 1 < sentence.last else PUNCTUATION
    return bool(following & (SUBJECT | CAPITAL)) or not following & (
        PUNCTUATION | PREPOSITION | ING | WH | QUOTED
    )


def _breaks(sentence: Sentence, i: int) -> bool:
    """Return whether the mark at `i` ends a content clause."""
    tokens = sentence.tokens
    if tokens.words[i] == ";":
        return True
    if tokens.words[i] in _DASHES and _is_spaced(tokens, i):
        return not any(tokens.words[k] in _DASHES for k in range(i + 1, sentence.last))
    if tokens.words[i] != "," or i + 1 >= sentence.last:
        return False
    word = tokens.words[i + 1]
    if word in _NEW_CLAUSE:
        return not _quotes_on(sentence, i + 1)
    if word == "according":
        return True
    cue = sentence.cue(i + 1)
    if cue and cue.shape == "ing" and tokens.kinds[i + 1] & ING:
        return True
    return _is_attribution(sentence, i + 1)


def _quotes_on(sentence: Sentence, i: int) -> bool:
    """Return whether words of the same speaker are quoted behind a conjunction.

    "He said the port will stay, but the town “needs more from it”": no other verb of speech
    comes between, so the marks are still his.
    """
    tokens = sentence.tokens
    for k in range(i, min(sentence.last, i + 60)):
        if tokens.kinds[k] & QUOTED:
            return not opens_sentence(tokens, k)
        cue = sentence.cue(k)
        if cue and cue.frames & {"quote", "clause"} and not tokens.kinds[k] & ING:
            return False
    return False


def opens_sentence(tokens: Tokens, i: int) -> bool:
    """Return whether the quotation at token `i` begins as a sentence does."""
    quote = tokens.quotes[i]
    text = tokens.text[quote.inner_start : quote.inner_end].lstrip("[(…. \xa0‘'")
    return text[:1].isupper() or text[:1].isdigit()


def _is_spaced(tokens: Tokens, i: int) -> bool:
    return tokens.words[i] != "-" or tokens.starts[i] > tokens.ends[i - 1]


def _is_attribution(sentence: Sentence, i: int) -> bool:
    """Return whether somebody else begins to speak at `i` ("..., she replied: ...")."""
    tokens = sentence.tokens
    if i >= sentence.last or tokens.kinds[i] & (PREPOSITION | PUNCTUATION | TO):
        return False
    for k in range(i + 1, min(i + 6, sentence.last)):
        cue = sentence.cue(k)
        if cue and cue.frames & {"quote", "clause"} and not tokens.kinds[k] & ING:
            is_main = not tokens.kinds[k - 1] & (TO | AUXILIARY | NEGATION)
            return "noun" not in cue.frames and is_main
        if tokens.kinds[k] & (PREPOSITION | PUNCTUATION | QUOTED | VERB | SUBORDINATOR | TO):
            return False
    return False
