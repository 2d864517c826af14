"""Joins quotations that stand alone to the current speaker.

A quotation that is a sentence of its own belongs to the attribution just before it ("A,"
he said. "B."), to the paragraph that ends with a colon, or to the speech that it
continues from the paragraph before.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from transforms.quoting.boundaries import opens_sentence
from transforms.quoting.clauses import Statement
from transforms.quoting.foreign_attributions import find_foreign, names_nobody
from transforms.quoting.foreign_clauses import continues_report
from transforms.quoting.foreign_phrases import Names, find_source
from transforms.quoting.interviews import read_interview
from transforms.quoting.noun_phrases import Phrase, phrase_end, phrase_head
from transforms.quoting.signatures import find_signature, introduced_quotation, signed_quotation
from transforms.quoting.sources import source_kind
from transforms.quoting.speech import Speech
from transforms.quoting.statements import find_reported, find_statements, may_state
from transforms.quoting.subjects import last_subject, sentence_subject
from transforms.quoting.tokens import (
    BREAK,
    CAPITAL,
    CUE,
    FUNCTION,
    GENITIVE,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    TIME,
    VERB,
    Tokens,
    kinds_in,
    sentence_at,
)
from transforms.quoting.transcripts import read_turns

# Shorter quotations without a verb of speech are mostly names and scare quotes.
_FREE_BLANKS = 4
_WHOLE_BLANKS = 8
_SENTENCES_BACK = 2  # how far before a verb without subject its subject may be
_SPEAKING_PRONOUNS = {"he", "she", "i", "we", "who"}


@dataclass(slots=True)
class _Reader:
    """State between sentences.

    Attributes:
        last: The last statement read.
        is_open: Whether the quotations that follow continue it.
        said: The statements of the previous sentence.
        reported: The statements that other statements report.
        names: The names of persons, None in English, where subjects are found instead.
    """

    last: Statement | None = None
    is_open: bool = False
    said: list[Statement] = field(default_factory=list)
    reported: list[Statement] = field(default_factory=list)
    names: Names | None = None


def read_statements(
    tokens: Tokens, speech: Speech, names: Names, *, title: str = "", is_english: bool = True
) -> list[Statement]:
    """Return the statements of all sentences; those that stand alone are attributed.

    Args:
        tokens: The text.
        speech: The word lists of its language.
        names: The names of persons in it.
        title: The headline of the article, empty if unknown.
        is_english: Whether English frames are read; otherwise only quotations in marks.
    """
    found, held = read_turns(tokens, speech)
    if not found:
        found, held = read_interview(tokens, names, title)
    reader = _Reader(names=None if is_english else names)
    for number, (first, last) in enumerate(tokens.sentences):
        if number in held:
            continue
        is_new = not number or bool(tokens.kinds[first - 1] & BREAK)
        alone = _standing_alone(tokens, first, last)
        if alone is None:
            found += _read_sentence(tokens, (first, last), speech, reader, is_new=is_new)
            continue
        statement = _attach(tokens, alone, number, reader, speech, is_new=is_new)
        found += [statement] if statement else []
    found += reader.reported
    for statement in found:
        statement.pieces = [piece for piece in statement.pieces if _has_words(tokens, piece)]
    statements = [statement for statement in found if statement.pieces]
    return sorted(statements, key=lambda statement: statement.pieces[0])


def _read_sentence(
    tokens: Tokens, span: Phrase, speech: Speech, reader: _Reader, *, is_new: bool
) -> list[Statement]:
    """Return the statements of a sentence that is more than a quotation."""
    signed = signed_quotation(tokens, *span) or introduced_quotation(tokens, *span)
    if signed:
        reader.last, reader.is_open, reader.said = None, False, []
        return [signed]
    statements: list[Statement] = []
    if reader.names is not None:
        sentence = sentence_at(tokens, *span, speech)
        statements = find_foreign(sentence, reader.names)
        _inherit(tokens, statements, reader)
        is_open = not any(one.source for one in statements) and not is_new and reader.said
        if is_open and continues_report(sentence):
            content = Statement(
                [(span[0], span[1] - 1)], reader.said[-1].source, (span[0], span[0]), "report"
            )
            statements = [content] if content.source else []
    elif may_state(tokens, *span):
        sentence = sentence_at(tokens, *span, speech)
        statements = find_statements(sentence)
        reader.reported += [one for outer in statements for one in find_reported(sentence, outer)]
    statements = statements or _free(tokens, span, reader, speech, is_new=is_new)
    _follow(tokens, statements, reader, span[1])
    return statements


def _inherit(tokens: Tokens, statements: list[Statement], reader: _Reader) -> None:
    """Give the current speaker to verbs without a subject ("«Iremos», añadió.")."""
    for statement in statements if reader.last else ():
        is_bare = statement.frame == "clause" and statement.source is None
        if is_bare or (statement.frame == "inserted" and names_nobody(tokens, statement)):
            last = reader.last.source if reader.last else None
            statement.source = _newer_subject(tokens, statement, reader) or last


def _newer_subject(tokens: Tokens, statement: Statement, reader: _Reader) -> Phrase | None:
    """Return the person whom the sentence before is about, if it comes after the last speaker.

    "Gil dijo que no. La alcaldesa, Ana Ruiz, pidió paciencia. «Iremos», afirmó."
    """
    if reader.names is None or reader.last is None:
        return None
    at = min([statement.cue[0], *(first for first, _ in statement.pieces)])
    number = bisect_right(tokens.sentences, (at, len(tokens.words))) - 1
    spoken = [reader.last.cue, *reader.last.pieces]
    since = max(end for _, end in spoken)
    for first, last in reversed(tokens.sentences[max(0, number - _SENTENCES_BACK) : number]):
        if first < since:
            return None
        source = find_source(tokens, first, last, reader.names)
        if source and any(k in reader.names for k in range(*source)):
            return source
    return None


def _has_words(tokens: Tokens, piece: Phrase) -> bool:
    return any(not tokens.kinds[i] & PUNCTUATION for i in range(*piece))


def _standing_alone(tokens: Tokens, first: int, last: int) -> int | None:
    """Return the quotation that makes up a whole sentence."""
    if any(not kind & (QUOTED | PUNCTUATION) for kind in tokens.kinds[first:last]):
        return None
    return next((i for i in range(first, last) if tokens.kinds[i] & QUOTED), None)


def _attach(
    tokens: Tokens, quote: int, number: int, reader: _Reader, speech: Speech, *, is_new: bool
) -> Statement | None:
    """Return a new statement for a quotation that stands alone, None if it continues one."""
    signature = find_signature(tokens, number)
    signed, role = signature or (None, None)
    if signed is None and reader.last is not None:
        goes_on = not is_new and reader.said and reader.said[-1].frame == "inserted"
        if reader.is_open or goes_on:
            reader.last.pieces.append((quote, quote + 1))
            reader.is_open = True
            return None
    is_heading = signed is None and is_new and _is_heading(tokens, quote)
    source = signed or _who_goes_on(tokens, number, reader, speech, is_new=is_new)
    statement = Statement(
        [(quote, quote + 1)], source, (quote, quote), "marked" if is_heading else "alone", role=role
    )
    reader.last = None if signed else statement
    reader.is_open, reader.said = signed is None, []
    return statement


def _is_heading(tokens: Tokens, i: int) -> bool:
    """Return whether a short quotation without a full stop is a paragraph of its own."""
    quote = tokens.quotes[i]
    blanks = tokens.text.count(" ", quote.inner_start, quote.inner_end)
    if blanks >= _WHOLE_BLANKS or tokens.text[quote.inner_end - 1] in ".!?…,":
        return False
    return i + 1 == len(tokens.kinds) or bool(tokens.kinds[i + 1] & BREAK)


def _who_goes_on(
    tokens: Tokens, number: int, reader: _Reader, speech: Speech, *, is_new: bool
) -> Phrase | None:
    """Return the person mentioned before a quotation without a named speaker."""
    source = reader.last.source if reader.last else None
    if number and reader.names is not None:
        if is_new:
            return _named_before(tokens, number, reader.names, source)
        said = reader.said[-1].source if reader.said else None
        return said or find_source(tokens, *tokens.sentences[number - 1], reader.names) or source
    source = source if _can_speak(tokens, source, speech) else None
    if not number:
        return source
    previous = tokens.sentences[number - 1]
    if tokens.words[previous[1] - 1] == ":":
        return _introduced(tokens, previous, speech)
    if not is_new and reader.said and _can_speak(tokens, reader.said[-1].source, speech):
        return reader.said[-1].source
    if source is None or not is_new:
        return _speaking(tokens, sentence_subject(tokens, *previous), speech) or source
    return source


def _named_before(
    tokens: Tokens, number: int, names: Names, source: Phrase | None
) -> Phrase | None:
    """Return the only person named in the paragraph before, or `source` if nobody is."""
    first, last = tokens.sentences[number - 1]
    while first and not tokens.kinds[first - 1] & BREAK:
        first -= 1
    found = {tokens.words[names[k] - 1]: (k, names[k]) for k in range(first, last) if k in names}
    if not found:
        return source
    return next(iter(found.values())) if len(found) == 1 else None


def _introduced(tokens: Tokens, line: Phrase, speech: Speech) -> Phrase | None:
    """Return who speaks after a line with a colon ("Ana Ruiz of Lund:", "She said at last:")."""
    source = _speaking(tokens, last_subject(tokens, *line), speech)
    if source or any(tokens.kinds[k] & (CUE | VERB) for k in range(*line)):
        return source
    name = (line[0], phrase_end(tokens, line[0], line[1]))
    return _speaking(tokens, name, speech) if name[1] - name[0] > 1 else None


def _can_speak(tokens: Tokens, source: Phrase | None, speech: Speech) -> bool:
    return source is not None and source_kind(tokens, source, speech) is not None


def _speaking(tokens: Tokens, phrase: Phrase | None, speech: Speech) -> Phrase | None:
    """Return a phrase that can be somebody who speaks, None for "it" or "a river"."""
    if phrase is None:
        return None
    head = phrase_head(tokens, phrase)
    word, kind = tokens.words[head], tokens.kinds[head]
    if phrase[1] - phrase[0] == 1 and kind & SUBJECT:
        return phrase if word in _SPEAKING_PRONOUNS else None
    if tokens.words[phrase[0]] in {"a", "an"}:
        return None
    is_name = kind & CAPITAL and not kind & (FUNCTION | TIME | GENITIVE)
    return phrase if is_name or word in speech.roles or word in speech.leaders else None


def _free(
    tokens: Tokens, sentence: Phrase, reader: _Reader, speech: Speech, *, is_new: bool
) -> list[Statement]:
    """Return the quotations in a sentence without a verb of speech.

    Whole sentences continue the speaker of the same paragraph, or have none. Shorter words
    are `marked`: most are names and scare quotes, so they do not count as speech.
    """
    if not kinds_in(tokens, *sentence) & QUOTED:
        return []
    is_english = reader.names is None
    source = reader.last.source if reader.last and not is_new and is_english else None
    source = source if _can_speak(tokens, source, speech) else None
    for i in range(*sentence):
        quote = tokens.quotes.get(i)
        if not quote:
            continue
        blanks = tokens.text.count(" ", quote.inner_start, quote.inner_end)
        ends = tokens.text[quote.inner_end - 1] in ".!?" and tokens.words[i - 1] != ":"
        is_whole = ends or (source is not None and i == sentence[0])
        if blanks < _WHOLE_BLANKS or not is_whole or not opens_sentence(tokens, i):
            if source and blanks >= _FREE_BLANKS:
                return [Statement([(i, i + 1)], source, (i, i), "marked")]
        else:
            speaker = source if i == sentence[0] else None
            return [Statement([(i, i + 1)], speaker, (i, i), "free")]
    return []


def _follow(tokens: Tokens, statements: list[Statement], reader: _Reader, last: int) -> None:
    """Store the statements of a sentence for quotations that stand alone after it."""
    reader.is_open, reader.said = False, statements
    if not statements:
        return
    reader.last = statements[-1]
    for statement in statements:
        holds = any(
            tokens.kinds[i] & QUOTED for start, end in statement.pieces for i in range(start, end)
        )
        if holds or not statement.pieces:
            reader.last, reader.is_open = statement, True
    if tokens.words[last - 1] == ":":
        reader.is_open = True
