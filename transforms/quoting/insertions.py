"""Attributions inside or after the words that they attribute.

'"...," the mayor said.', '"...," said Ana Ruiz, the mayor', 'the plan, she says, is dead',
'..., according to the ministry.', and names before a colon.
"""

from __future__ import annotations

from transforms.quoting.boundaries import content_end, opens_sentence
from transforms.quoting.clauses import Statement
from transforms.quoting.noun_phrases import Phrase, is_noun_like, phrase_end
from transforms.quoting.speech import Cue
from transforms.quoting.subjects import subject_before, verb_group_start
from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    BASE,
    BE,
    CAPITAL,
    COORDINATOR,
    CUE,
    DETERMINER,
    ED,
    GENITIVE,
    ING,
    NUMBER,
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

_CLOSING = {",", ".", "?", "!", "—", "–", ";"}
# Longest name with its titles between a quotation and its verb.
_NAME_TOKENS = 16
_TITLE_WORDS = 8
_NEW_CLAUSE = {"but", "and", "who", "which", "whose", "as", "while"}


def find_according(sentence: Sentence, i: int) -> Statement | None:
    """Return the statement that "according to" at token `i` attributes."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    if i + 2 >= last or tokens.words[i + 1] != "to":
        return None
    end = phrase_end(tokens, i + 2, last, wide=True)
    source, cue = (i + 2, end), (i, i + 2)
    if tokens.kinds[i + 2] & WH:  # "according to which"
        return None
    if i == first or (i - first == 1 and not tokens.kinds[first] & QUOTED):
        start = end + 1 if end < last and tokens.words[end] in {",", ":"} else end
        start = _after_name(sentence, start)
        stop = content_end(sentence, start)
        return Statement([(start, stop)], source, cue, "according") if stop > start else None
    start = i - 1 if tokens.words[i - 1] in {",", "—", "–"} else i
    pieces = [(first, start)]
    if end + 1 < last and tokens.words[end] == "," and not tokens.kinds[end + 1] & ING:
        stop = content_end(sentence, end + 1)
        if stop > end + 1:
            pieces.append((end + 1, stop))
    return Statement(pieces, source, cue, "according")


def _after_name(sentence: Sentence, start: int) -> int:
    """Return where the content starts after an apposition ("According to Ruiz, the mayor, ...")."""
    tokens = sentence.tokens
    comma = next((k for k in range(start, sentence.last) if tokens.words[k] == ","), 0)
    finite = AUXILIARY | VERB | ED | CUE | SUBJECT | QUOTED
    is_apart = comma and not any(
        tokens.kinds[k] & finite and not tokens.kinds[k] & DETERMINER for k in range(start, comma)
    )
    return comma + 1 if is_apart and tokens.kinds[start] & DETERMINER else start


def find_inserted(sentence: Sentence) -> Statement | None:
    """Return the statement with its attribution inside or after it."""
    kinds = sentence.tokens.kinds
    for i in [k for k in range(sentence.first + 1, sentence.last) if kinds[k] & CUE]:
        cue = sentence.cue(i)
        if not cue or cue.shape == "ing" or not cue.frames & {"quote", "clause"}:
            continue
        statement = _subject_first(sentence, i, cue) or _verb_first(sentence, i, cue)
        if statement:
            return statement
    return None


def _subject_first(sentence: Sentence, i: int, cue: Cue) -> Statement | None:
    """Read '"...," the mayor said in a statement.' and 'the plan, he says, is dead'."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    group = verb_group_start(tokens, i, first)
    source = subject_before(tokens, group, first)
    if source is None or source[0] == first or not _separates(tokens, source[0] - 1):
        source = _after_quotation(sentence, group)
    if source is None or not _may_be_verb(sentence, source, cue):
        return None
    before = source[0] - 1
    is_quoted = bool(tokens.kinds[before] & QUOTED)
    if not is_quoted and ("clause" not in cue.frames or _is_passive(tokens, source, (group, i))):
        return None
    start = i + 1
    if "hearer" in cue.frames and start < last and not _closes(tokens, start):
        start = phrase_end(tokens, start, last)
    after = _attribution_end(sentence, start, is_loose=is_quoted)
    if after is None:
        return None
    if is_quoted:
        after = _after_apposition(sentence, after)
    return _around(sentence, before, source, (group, i + 1), after)


def _is_passive(tokens: Tokens, source: Phrase, group: Phrase) -> bool:
    """Return whether a verb is passive or in a relative clause, so it inserts nothing."""
    if tokens.kinds[source[0]] & WH:
        return True
    return any(tokens.kinds[k] & BE for k in range(*group))


def _may_be_verb(sentence: Sentence, source: Phrase, cue: Cue) -> bool:
    """Return whether a form that may be a noun is a verb here ("small states, ...")."""
    if "noun" not in cue.frames or cue.shape == "past":
        return True
    tokens = sentence.tokens
    is_named = tokens.kinds[source[0]] & (SUBJECT | CAPITAL) or source[1] - source[0] == 1
    return bool(is_named or tokens.kinds[source[0] - 1] & QUOTED)


def _after_quotation(sentence: Sentence, group: int) -> Phrase | None:
    """Return everything between a quotation and its verb, if it can be one name."""
    tokens = sentence.tokens
    if not is_noun_like(tokens, group - 1):
        return None
    for k in range(group - 1, max(sentence.first - 1, group - _NAME_TOKENS), -1):
        kind = tokens.kinds[k]
        if kind & QUOTED:
            quote = tokens.quotes[k]
            is_name = not tokens.kinds[k + 1] & (COORDINATOR | PREPOSITION | PUNCTUATION)
            is_ended = tokens.text[quote.inner_end - 1] in ",.?!…"
            return (k + 1, group) if k + 1 < group and is_name and is_ended else None
        if kind & (AUXILIARY | WH | SUBJECT) or tokens.words[k] in _CLOSING - {".", ","}:
            return None
    return None


def _verb_first(sentence: Sentence, i: int, cue: Cue) -> Statement | None:
    """Read '"...," said the mayor' and '..., said Ana Ruiz, who leads the city'."""
    tokens, last = sentence.tokens, sentence.last
    group = verb_group_start(tokens, i, sentence.first)
    if group == sentence.first or not _separates(tokens, group - 1):
        return None
    if "quote" not in cue.frames or i + 1 >= last:
        return None
    if not _may_be_subject(tokens, i + 1):
        return None
    is_quoted = bool(tokens.kinds[group - 1] & QUOTED)
    if is_quoted and _is_participial(sentence, group - 1):
        return None
    if not is_quoted and "hearer" in cue.frames:
        return None
    end = phrase_end(tokens, i + 1, last)
    after = end
    while after < last and not _closes(tokens, after):
        after += 1
    if is_quoted:
        after = _after_apposition(sentence, after)
    if not is_quoted and after < last and tokens.kinds[after] & QUOTED:
        return None
    if not is_quoted and any(
        tokens.kinds[k] & (AUXILIARY | CUE | VERB | ED | WH | SUBJECT) for k in range(end, after)
    ):
        return None
    return _around(sentence, group - 1, (i + 1, end), (group, i + 1), after)


def _may_be_subject(tokens: Tokens, i: int) -> bool:
    """Return whether the words after a verb can be its subject ("said the mayor")."""
    kind, word = tokens.kinds[i], tokens.words[i]
    if kind & (PUNCTUATION | QUOTED | PREPOSITION | WH | TIME | ADVERB | AUXILIARY | TO):
        return False
    return word != "that" and not (kind & SUBJECT and not kind & DETERMINER)


def _is_participial(sentence: Sentence, quote: int) -> bool:
    """Return whether a quotation is part of "Ruiz, citing “a lack of funds,” said ..."."""
    tokens = sentence.tokens
    k = quote - 1
    while k > sentence.first and not tokens.kinds[k] & (PUNCTUATION | ING):
        k -= 1
    return bool(k > sentence.first and tokens.kinds[k] & ING and tokens.words[k - 1] == ",")


def _after_apposition(sentence: Sentence, comma: int) -> int:
    """Return the last mark of ", the captain," or ", shaking her head," before more of a quotation."""
    tokens = sentence.tokens
    if comma >= sentence.last or tokens.words[comma] != ",":
        return comma
    for k in range(comma + 1, min(sentence.last, comma + _NAME_TOKENS)):
        if tokens.kinds[k] & QUOTED:
            return k - 1 if tokens.words[k - 1] in {",", "—", "–"} else comma
        if sentence.cue(k) and not tokens.kinds[k] & BASE:
            return comma
    return comma


def _separates(tokens: Tokens, i: int) -> bool:
    return bool(tokens.kinds[i] & QUOTED) or tokens.words[i] in {",", "—", "–", "?", "!"}


def _closes(tokens: Tokens, i: int) -> bool:
    """Return whether an attribution ends at `i`; a title ("on NBC's “...”") does not end it."""
    if tokens.kinds[i] & QUOTED:
        return not tokens.kinds[i - 1] & (DETERMINER | POSSESSIVE | GENITIVE | PREPOSITION)
    return tokens.words[i] in _CLOSING


def _attribution_end(sentence: Sentence, i: int, *, is_loose: bool) -> int | None:
    """Return the mark at which an inserted attribution ends, None if content follows.

    After a quotation, anything may come between the verb and the mark ("..., he said as he
    left the hall."); elsewhere, only words that cannot begin a statement.
    """
    tokens, last = sentence.tokens, sentence.last
    is_plain = not is_loose
    may_follow = PREPOSITION | ADVERB | TIME | SUBORDINATOR | ING
    if is_plain and i < last and not _closes(tokens, i) and not tokens.kinds[i] & may_follow:
        return None
    for k in range(i, min(last, i + 30)):
        kind = tokens.kinds[k]
        if _closes(tokens, k):
            return k
        if tokens.words[k] == "that" and not is_loose:
            return None
        if is_plain and kind & (SUBJECT | WH | DETERMINER | CAPITAL | POSSESSIVE | TO):
            is_time = kind & TIME or (k + 1 < last and tokens.kinds[k + 1] & TIME)
            if not is_time and not kind & PREPOSITION:
                return None
        is_plain = is_plain and not kind & (PREPOSITION | TIME | ING | SUBORDINATOR)
    return last if is_loose or i + 30 >= last else None


def _around(
    sentence: Sentence, before: int, source: Phrase, cue: Phrase, after: int
) -> Statement | None:
    """Return the words around an attribution, between the marks `before` and `after`."""
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    quoted = bool(tokens.kinds[before] & QUOTED)
    if quoted and _is_title(tokens, before):
        return None
    follows = after + 1 if after < last and tokens.words[after] == "," else after
    resumes = follows < last and bool(tokens.kinds[follows] & QUOTED)
    if not quoted and resumes and opens_sentence(tokens, follows):
        is_inverted = source[0] >= cue[1]  # "In short, explained the host: “...”"
        piece = (follows, max(follows + 1, content_end(sentence, follows)))
        return Statement([piece], source, cue, "quote") if is_inverted else None
    start = before if quoted and _is_apart(tokens, first, before) else first
    end = before + 1 if quoted else before
    if end <= start:
        return None
    pieces = [(start, end)]
    is_open = follows > after and not quoted and source[1] <= cue[0] and follows < last
    if resumes or is_open:
        stop = content_end(sentence, follows)
        is_new = tokens.kinds[follows] & (ING | WH) or tokens.words[follows] in _NEW_CLAUSE
        if stop > follows and (resumes or not is_new):
            pieces.append((follows, stop))
    if not quoted and not _is_clause(sentence, pieces):
        return None
    return Statement(pieces, source, cue, "inserted")


def _is_title(tokens: Tokens, i: int) -> bool:
    """Return whether a quotation is the name of a work (“The Long Ferry” tells the story)."""
    quote = tokens.quotes[i]
    text = tokens.text[quote.inner_start : quote.inner_end]
    words = text.split()
    if text[-1:] in ",.?!…-—" or not 1 < len(words) <= _TITLE_WORDS:
        return False
    capitals = [word for word in words if word[:1].isupper()]
    return words[0] in capitals and words[-1] in capitals and len(capitals) * 2 >= len(words)


def _is_apart(tokens: Tokens, first: int, quote: int) -> bool:
    """Return whether a quotation is a sentence of its own, after a mark ("At last: “...”")."""
    if quote == first or not opens_sentence(tokens, quote):
        return False
    return bool(tokens.kinds[quote - 1] & PUNCTUATION)


def _is_clause(sentence: Sentence, pieces: list[Phrase]) -> bool:
    """Return whether the words around an attribution can be a statement.

    They need a verb, and after a fronted clause a main one ("When asked, she said" has none).
    """
    tokens = sentence.tokens
    if any(tokens.kinds[i] & QUOTED for start, end in pieces for i in range(start, end)):
        return True
    start, end = pieces[-1]
    if len(pieces) == 1 and sentence.is_fronted:
        start = next((k + 1 for k in range(start, end) if tokens.words[k] == ","), end)
    return any(tokens.kinds[k] & (AUXILIARY | VERB | ED | CUE) for k in range(start, end))


def find_turn(sentence: Sentence) -> Statement | None:
    """Return the statement of a name before a colon ("Ruiz: The plan is dead").

    Headlines and transcripts have no verb; the name must open the sentence.
    """
    tokens, first, last = sentence.tokens, sentence.first, sentence.last
    end = phrase_end(tokens, first, min(last, first + 12))
    if not first < end < last - 1 or tokens.words[end] != ":":
        return None
    if _is_label(sentence, first, end):
        return None
    least = 0 if tokens.words[first] in {"q", "a"} else 2  # "Q:" and "A:" of an interview
    words = [
        i for i in range(first, end) if tokens.words[i].isalpha() and len(tokens.words[i]) > least
    ]
    capitals = [i for i in words if tokens.kinds[i] & CAPITAL]
    is_quoted = bool(tokens.kinds[end + 1] & QUOTED)
    if is_quoted and _is_attributed(sentence, end + 2):
        return None  # 'His verdict: “No,” he said.' has a verb of its own
    if not capitals or (len(capitals) < len(words) and not is_quoted):
        return None
    stop = last
    while stop > end + 1 and tokens.kinds[stop - 1] & PUNCTUATION and tokens.words[stop - 1] != ")":
        stop -= 1
    if stop == end + 1:
        return None
    return Statement([(end + 1, stop)], (first, end), (end, end + 1), "turn")


def _is_label(sentence: Sentence, first: int, end: int) -> bool:
    """Return whether the words before a colon are no speaker ("Read more", "Monday")."""
    tokens = sentence.tokens
    if " ".join(tokens.words[first:end]) in sentence.speech.labels:
        return True
    return all(tokens.kinds[k] & (TIME | NUMBER | PUNCTUATION) for k in range(first, end))


def _is_attributed(sentence: Sentence, i: int) -> bool:
    """Return whether a verb of speech follows a quotation at once ("he said", "said Ruiz")."""
    for k in range(i, min(sentence.last, i + 4)):
        cue = sentence.cue(k)
        if cue and "quote" in cue.frames and cue.shape in {"past", "present"}:
            return True
    return False


def find_credit(sentence: Sentence) -> Statement | None:
    """Return the quotation credited to a name before a colon ("– Ana Ruiz: “...”")."""
    tokens, first = sentence.tokens, sentence.first
    for i in range(first + 2, sentence.last - 1):
        if tokens.words[i] != ":" or not tokens.kinds[i + 1] & QUOTED:
            continue
        start = i
        while start > first and tokens.kinds[start - 1] & (CAPITAL | COORDINATOR):
            start -= 1
        before = tokens.words[start - 1] if start > first else ""
        if i - start > 1 and before in {"-", "—", "–", "from"} and opens_sentence(tokens, i + 1):
            return Statement([(i + 1, i + 2)], (start, i), (i, i + 1), "turn")
    return None
