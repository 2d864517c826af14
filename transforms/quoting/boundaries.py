"""Where the content of a statement ends.

A content clause runs to the end of its sentence unless something comes first that cannot
belong to it: another attribution, a clause with its own subject after a comma and a
conjunction, a lone dash, a semicolon.
"""

from __future__ import annotations

from transforms.quoting.tokens import (
    ADVERB,
    AUXILIARY,
    CAPITAL,
    COORDINATOR,
    ING,
    NEGATION,
    PREPOSITION,
    PUNCTUATION,
    QUOTED,
    SUBJECT,
    SUBORDINATOR,
    TO,
    VERB,
    WH,
    Sentence,
    Tokens,
)

_DASHES = {"—", "–", "-"}

_NEW_CLAUSE = {"but", "while", "though", "although", "whereas"}


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
        is_number = word == ")" and depth == 0 and tokens.words[i - 1].isdigit()  # "1) a roof"
        depth += (word == "(") - (word == ")" and not is_number)
        is_front = fronted and word == "," and _is_main(sentence, start, i)
        if depth < 0 or (i > start and (is_front or _breaks(sentence, i))):
            end = i
            break
        fronted = fronted and word != ","
    while end > start and tokens.kinds[end - 1] & PUNCTUATION and tokens.words[end - 1] != ")":
        end -= 1
    return end


def _ends_quoted(sentence: Sentence, i: int) -> bool:
    """Return whether the content ends with a quotation that ends in a comma."""
    tokens = sentence.tokens
    quote = tokens.quotes[i]
    if i + 1 >= sentence.last or tokens.text[quote.inner_end - 1] != ",":
        return False
    word, cue = tokens.words[i + 1], sentence.cue(i + 1)
    is_verb = bool(cue and cue.shape in {"ing", "past", "present"})
    return word in _NEW_CLAUSE or word == "according" or is_verb


def _shares_subject(sentence: Sentence, i: int) -> bool:
    """Return whether a conjunction leads to another statement ("... and said that ...").

    The verb comes next, or after its own subject ("and aides say").
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
    """Return whether a main clause begins after the comma of a fronted one."""
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
        return not (_quotes_on(sentence, i + 1) or _is_elliptic(sentence, i + 2))
    if word == "according":
        return True
    cue = sentence.cue(i + 1)
    if cue and cue.shape == "ing" and tokens.kinds[i + 1] & ING:
        return True
    return _is_attribution(sentence, i + 1)


def _is_elliptic(sentence: Sentence, i: int) -> bool:
    """Return whether the words after "but" have no subject ("but still protecting", "but not")."""
    tokens = sentence.tokens
    while i < sentence.last and tokens.kinds[i] & ADVERB and not tokens.kinds[i] & SUBJECT:
        i += 1
    kind = tokens.kinds[i] if i < sentence.last else PUNCTUATION
    return bool(kind & (ING | NEGATION | TO)) and not kind & SUBJECT


def _quotes_on(sentence: Sentence, i: int) -> bool:
    """Return whether the words quoted after a conjunction are the same speaker's.

    "He said the port will stay, but the town “needs more from it”": no other verb of speech
    comes between, so the quotation is still his.
    """
    tokens = sentence.tokens
    for k in range(i, min(sentence.last, i + 60)):
        if tokens.kinds[k] & QUOTED:
            return k == i + 1 or not opens_sentence(tokens, k)
        cue = sentence.cue(k)
        if cue and cue.frames & {"quote", "clause"} and not tokens.kinds[k] & ING:
            return False
    return False


def opens_sentence(tokens: Tokens, i: int) -> bool:
    """Return whether the quotation at token `i` begins like a sentence."""
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
    if tokens.words[i] == "that":  # a relative clause, or a second content clause
        return False
    for k in range(i + 1, min(i + 6, sentence.last)):
        cue = sentence.cue(k)
        if cue and cue.frames & {"quote", "clause"} and not tokens.kinds[k] & ING:
            is_main = not tokens.kinds[k - 1] & (TO | AUXILIARY | NEGATION)
            return "noun" not in cue.frames and is_main
        if tokens.kinds[k] & (PREPOSITION | PUNCTUATION | QUOTED | VERB | SUBORDINATOR | TO):
            return False
    return False
