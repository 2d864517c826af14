"""Statements in a sentence: a verb of speech or attitude, its source, its content.

Each sentence is read once. What stands around an inserted attribution ("..., the ministry
said, ...") is settled first, then `according to`, then the verbs from left to right; a
verb within the content of another is part of that content. Frames are data in the seeds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.clauses import Content, content_after, content_end
from transforms.noun_phrases import Phrase, phrase_end, subject_before, verb_group_start
from transforms.records import Fragment
from transforms.speech import Cue, Speech
from transforms.tokens import (
    ADVERB,
    AUXILIARY,
    BE,
    CAPITAL,
    CUE,
    DETERMINER,
    ED,
    GENITIVE,
    ING,
    MODAL,
    POSSESSIVE,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    TIME,
    TO,
    VERB,
    WH,
    Tokens,
)


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
    fragments: list[Fragment] = field(default_factory=list)


def find_statements(tokens: Tokens, first: int, last: int, speech: Speech) -> list[Statement]:
    """Return the statements of the sentence `[first, last)`, in reading order."""
    found: list[Statement] = []
    position = first
    inserted = _find_inserted(tokens, first, last, speech)
    if inserted:
        found.append(inserted)
        position = max(inserted.cue[1], inserted.pieces[-1][1])
    i = position
    while i < last:
        statement = None
        if tokens.words[i] == "according":
            statement = _according(tokens, i, first, last, speech)
        else:
            cue = speech.cues.get(tokens.words[i])
            if cue and not tokens.kinds[i] & QUOTED:
                statement = _read_verb(tokens, i, cue, (first, last), found, speech)
        if statement:
            found.append(statement)
            i = max(i + 1, statement.pieces[-1][1], statement.cue[1])
        else:
            i += 1
    return found


def _according(tokens: Tokens, i: int, first: int, last: int, speech: Speech) -> Statement | None:
    if i + 2 >= last or tokens.words[i + 1] != "to":
        return None
    end = phrase_end(tokens, i + 2, last, wide=True)
    source = (i + 2, end)
    cue = (i, i + 2)
    if i - first <= 1:
        start = end + 1 if end < last and tokens.words[end] == "," else end
        stop = content_end(tokens, start, last, speech)
        return Statement([(start, stop)], source, cue, "according") if stop > start else None
    start = i - 1 if tokens.words[i - 1] in {",", "—", "–"} else i
    pieces = [(first, start)]
    if end + 1 < last and tokens.words[end] == ",":
        stop = content_end(tokens, end + 1, last, speech)
        if stop > end + 1 and not tokens.kinds[end + 1] & ING:
            pieces.append((end + 1, stop))
    return Statement(pieces, source, cue, "according")


def _find_inserted(tokens: Tokens, first: int, last: int, speech: Speech) -> Statement | None:
    """Return the statement whose attribution stands inside or after it."""
    for i in range(first + 1, last):
        cue = speech.cues.get(tokens.words[i])
        if not cue or tokens.kinds[i] & QUOTED or cue.shape == "ing":
            continue
        if not cue.frames & {"quote", "clause"}:
            continue
        statement = _subject_first(tokens, i, cue, (first, last), speech) or _verb_first(
            tokens, i, cue, (first, last), speech
        )
        if statement:
            return statement
    return None


def _subject_first(
    tokens: Tokens, i: int, cue: Cue, sentence: Phrase, speech: Speech
) -> Statement | None:
    """Read '"...," the mayor said in a statement.' and 'the plan, he says, is dead'."""
    first, last = sentence
    group = verb_group_start(tokens, i, first)
    source = subject_before(tokens, group, first)
    if source is None or source[0] - 1 < first:
        return None
    before = source[0] - 1
    if not _separates(tokens, before):
        return None
    after = _after_attribution(tokens, i + 1, last, cue)
    if after is None:
        return None
    return _around(tokens, sentence, before, source, (group, i + 1), after, speech)


def _verb_first(
    tokens: Tokens, i: int, cue: Cue, sentence: Phrase, speech: Speech
) -> Statement | None:
    """Read '"...," said the mayor' and '..., said Ana Ruiz, who leads the city'."""
    first, last = sentence
    if not _separates(tokens, i - 1) or "quote" not in cue.frames or i + 1 >= last:
        return None
    kind = tokens.kinds[i + 1]
    if kind & (PUNCTUATION | QUOTED | PREPOSITION | WH | TIME | ADVERB | AUXILIARY | TO):
        return None
    if not kind & (CAPITAL | DETERMINER | POSSESSIVE | GENITIVE) and tokens.words[i - 1] == ",":
        if not tokens.kinds[i - 2] & QUOTED and phrase_end(tokens, i + 1, last) < last - 2:
            return None
    end = phrase_end(tokens, i + 1, last)
    after = end
    while after < last and not (
        tokens.kinds[after] & QUOTED or tokens.words[after] in {",", ".", "?", "!"}
    ):
        after += 1
    return _around(tokens, sentence, i - 1, (i + 1, end), (i, i + 1), after, speech)


def _separates(tokens: Tokens, i: int) -> bool:
    return bool(tokens.kinds[i] & QUOTED) or tokens.words[i] in {",", "—", "–", "?", "!"}


def _after_attribution(tokens: Tokens, i: int, last: int, cue: Cue) -> int | None:
    """Return the mark at which an inserted attribution ends, None if content follows."""
    if "hearer" in cue.frames and i < last and not _closes_attribution(tokens, i):
        i = phrase_end(tokens, i, last)
    limit = min(last, i + 30)
    is_plain = True
    while i < limit:
        kind, word = tokens.kinds[i], tokens.words[i]
        if _closes_attribution(tokens, i):
            return i
        if is_plain and (word == "that" or kind & (SUBJECT | WH | DETERMINER | CAPITAL)):
            if not kind & (TIME | PREPOSITION):
                return None
        is_plain = is_plain and not kind & (PREPOSITION | ADVERB | TIME | ING)
        if kind & QUOTED:
            return None
        if tokens.words[i] == "that":
            return None
        i += 1
    return i if i == last else None


def _closes_attribution(tokens: Tokens, i: int) -> bool:
    return tokens.words[i] in {",", ".", "?", "!", "—", "–", ";"} or bool(tokens.kinds[i] & QUOTED)


def _around(
    tokens: Tokens,
    sentence: Phrase,
    before: int,
    source: Phrase,
    cue: Phrase,
    after: int,
    speech: Speech,
) -> Statement | None:
    first, last = sentence
    quoted = bool(tokens.kinds[before] & QUOTED)
    follows = after + 1 if after < last and tokens.words[after] == "," else after
    resumes = follows < last and bool(tokens.kinds[follows] & QUOTED)
    if not quoted and resumes and _opens_sentence(tokens, follows):
        return None
    start = first
    if quoted and before > first and _opens_sentence(tokens, before):
        start = before
    end = before + 1 if quoted else before
    if end <= start:
        return None
    pieces = [(start, end)]
    if follows > after or resumes:
        if (
            resumes
            or (not tokens.kinds[follows] & (ING | WH)
            and not _is_new_clause(tokens, follows))
        ):
            stop = content_end(tokens, follows, last, speech)
            if stop > follows:
                pieces.append((follows, stop))
    return Statement(pieces, source, cue, "inserted")


def _is_new_clause(tokens: Tokens, i: int) -> bool:
    return tokens.words[i] in {"but", "and", "who", "which", "whose", "a", "the", "as", "while"}


def _opens_sentence(tokens: Tokens, i: int) -> bool:
    quote = tokens.quotes[i]
    text = tokens.text[quote.inner_start : quote.inner_end].lstrip("[(…. \xa0‘'")
    return text[:1].isupper() or text[:1].isdigit()


def _read_verb(
    tokens: Tokens,
    i: int,
    cue: Cue,
    sentence: Phrase,
    earlier: list[Statement],
    speech: Speech,
) -> Statement | None:
    first, last = sentence
    group = verb_group_start(tokens, i, first)
    source = subject_before(tokens, group, first)
    if not _is_verb(tokens, i, group, cue, source):
        return None
    is_passive = cue.shape == "past" and any(tokens.kinds[k] & BE for k in range(group, i))
    content = content_after(tokens, i + 1, last, cue, speech)
    if is_passive:
        return _passive(tokens, i, group, cue, source, content, last)
    if content is None:
        return None
    if "seem" in cue.frames:
        if source is None or content.frame != "inf":
            return None
        return Statement([source, (content.start, content.end)], None, (group, i + 1), "seem")
    if source is None:
        source = _inherited(tokens, group, first, earlier)
    if source is None and cue.shape != "ing":
        return None
    return Statement(
        [(content.start, content.end)], source, (group, content.cue_end), content.frame
    )


def _passive(
    tokens: Tokens,
    i: int,
    group: int,
    cue: Cue,
    subject: Phrase | None,
    content: Content | None,
    last: int,
) -> Statement | None:
    if subject is None:
        return None
    if i + 1 < last and tokens.words[i + 1] == "by" and "np" in cue.frames:
        end = phrase_end(tokens, i + 2, last)
        return Statement([subject], (i + 2, end), (group, i + 1), "passive")
    if "raised" not in cue.frames or content is None:
        return None
    pieces = [subject, (content.start, content.end)]
    if tokens.words[subject[0]] == "it" and content.frame == "clause":
        pieces = pieces[1:]
    return Statement(pieces, None, (group, content.cue_end), "passive")


def _is_verb(tokens: Tokens, i: int, group: int, cue: Cue, source: Phrase | None) -> bool:
    before = tokens.kinds[i - 1] if i else PUNCTUATION
    if before & (DETERMINER | POSSESSIVE | GENITIVE) and not before & SUBJECT:
        return False
    if cue.shape == "ing":
        return not before & PREPOSITION or tokens.words[i - 1] in {
            "by",
            "in",
            "of",
            "for",
            "after",
            "before",
            "while",
            "without",
        }
    if cue.shape == "past":
        return not before & PREPOSITION
    if before & (MODAL | TO):
        return True
    return source is not None and not before & PREPOSITION


def _inherited(tokens: Tokens, group: int, first: int, earlier: list[Statement]) -> Phrase | None:
    """Return the subject that a verb without one of its own shares."""
    for statement in reversed(earlier):
        if statement.source:
            return statement.source
    return sentence_subject(tokens, first, group)


def sentence_subject(tokens: Tokens, first: int, last: int) -> Phrase | None:
    """Return the noun phrase before the first verb of `[first, last)`."""
    for k in range(first + 1, last):
        if tokens.kinds[k] & (AUXILIARY | VERB | ED | CUE):
            subject = subject_before(tokens, verb_group_start(tokens, k, first), first)
            if subject:
                return subject
    return None
