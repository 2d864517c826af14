"""The words of a text and their possible roles, as parallel lists.

A quotation is one token, so that the sentence around it can be read as if it were one
word. Kinds are bits: `said` in "the said plan" keeps its cue bit, and the reader of the
list decides. A list of integers is several times faster to walk than a list of objects,
and these lists are walked for every article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_

from transforms.quoting.marks import Marked
from transforms.quoting.speech import CLASS_BITS, Cue, Speech

DETERMINER = CLASS_BITS["determiner"]
POSSESSIVE = CLASS_BITS["possessive"]
SUBJECT = CLASS_BITS["subject"]
OBJECT = CLASS_BITS["object"]
PREPOSITION = CLASS_BITS["preposition"]
COORDINATOR = CLASS_BITS["coordinator"]
SUBORDINATOR = CLASS_BITS["subordinator"]
WH = CLASS_BITS["wh"]
BE = CLASS_BITS["be"]
HAVE = CLASS_BITS["have"]
MODAL = CLASS_BITS["modal"]
NEGATION = CLASS_BITS["negation"]
ADVERB = CLASS_BITS["adverb"]
TIME = CLASS_BITS["time"]
NUMBER = CLASS_BITS["number"]
VERB = CLASS_BITS["verb"]
TO = CLASS_BITS["infinitive"]
LINK = CLASS_BITS["link"]  # "of" in other languages
SOURCE = CLASS_BITS["source"]  # "according to" in other languages
ROLE = CLASS_BITS["role"]
REPORTED = CLASS_BITS["reported"]  # "sei": the mood of reported speech
VOICE = CLASS_BITS["voice"]  # a noun that can speak, or the name of an institution
CAPITAL = 1 << 20
PUNCTUATION = 1 << 21
QUOTED = 1 << 22
BREAK = 1 << 23
CUE = 1 << 24
ING = 1 << 25
ED = 1 << 26  # a past form or participle
GENITIVE = 1 << 27
CONTRACTED = 1 << 28
STANCE = 1 << 30  # a noun or adjective that takes a statement
BASE = 1 << 29  # a cue in a form that is often also a noun
AUXILIARY = BE | HAVE | MODAL
# A noun phrase never continues across one of these.
STOP = AUXILIARY | SUBORDINATOR | WH | NEGATION | TO | VERB | QUOTED | BREAK

# Soft hyphens and zero-width characters are skipped like white space.
# Words that are not part of a name, except months and auxiliaries ("May", "Will").
FUNCTION = (
    ADVERB | AUXILIARY | COORDINATOR | DETERMINER | NEGATION | NUMBER | OBJECT | POSSESSIVE
    | PREPOSITION | SUBJECT | SUBORDINATOR | TIME | WH
)  # fmt: skip

_TOKEN = re.compile(
    r"[^\W\d]\w*(?:['’]\w*|-\w+)*|['‘’]?\d\w*(?:[.,]\d\w*)*"
    r"|[^\w\s\u00ad\u200b-\u200f\u2060\ufeff]|\n"
)
_SHAPES = {"base": BASE, "past": ED}
_END = ".!?…"
_DATELINE_TOKENS = 14
# Names that would otherwise be read as "who", "us" and "it".
_ACRONYMS = {"WHO", "US", "IT"}
# Later verbs of speech in a text are read as other words. In labelled news, at most one word in
# ten may be one; a text of 40,000 words (see `analysed_part`) would have 4,000.
MAX_CUES = 8_000
_CACHED = 1 << 14  # words of some hundred articles, which have four in five of the next one's
# A list without punctuation is cut here, so that no sentence takes too long.
_SENTENCE_TOKENS = 200


@dataclass(slots=True)
class Tokens:
    """A text as tokens; `sentences` are ranges of tokens, with whole quotations.

    Attributes:
        starts, ends: Offsets of each token.
        words: Each token in lower case, with typewriter apostrophes.
        kinds: Bits of the possible roles of each token.
        quotes: The quotation that a token stands for, by token.
        sentences: Half-open ranges of tokens, without paragraph breaks.
    """

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    quotes: dict[int, Marked] = field(default_factory=dict)
    sentences: list[tuple[int, int]] = field(default_factory=list)


def kinds_in(tokens: Tokens, first: int, last: int) -> int:
    """Return the bits of all tokens from `first` to `last`: cheap proof of what is not there."""
    return reduce(or_, tokens.kinds[first:last], 0)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a text, tokens `[first, last)`, with the word lists to read it.

    Attributes:
        is_title_case: Whether most words are capitalized, as in a headline.
        is_fronted: Whether it opens with a subordinate clause or adverbial ("When asked, ...").
    """

    tokens: Tokens
    first: int
    last: int
    speech: Speech
    is_title_case: bool = False
    is_fronted: bool = False

    def cue(self, i: int) -> Cue | None:
        """Return the verb of speech at token `i`, None for names ("the United States")."""
        kind = self.tokens.kinds[i]
        if not kind & CUE or (kind & CAPITAL and i > self.first and not self.is_title_case):
            return None
        return self.speech.cues[self.tokens.words[i]]


def sentence_at(tokens: Tokens, first: int, last: int, speech: Speech) -> Sentence:
    """Return the sentence `[first, last)` with facts from its first word and capitals."""
    kinds = tokens.kinds
    first = _after_dateline(tokens, first, last)
    words = [kind for kind in kinds[first:last] if not kind & (PUNCTUATION | QUOTED)]
    capitals = [kind for kind in words if kind & CAPITAL]
    opener = words[0] if words else 0
    return Sentence(
        tokens,
        first,
        last,
        speech,
        is_title_case=len(words) > 3 and len(capitals) >= 0.6 * len(words),
        is_fronted=bool(opener & (SUBORDINATOR | PREPOSITION | ING | ED)),
    )


def _after_dateline(tokens: Tokens, first: int, last: int) -> int:
    """Return the first token after "KYIV, June 3 (Wire) —", or `first` without dateline."""
    place = tokens.text[tokens.starts[first] : tokens.ends[first]]
    if len(place) < 3 or not place.isupper():
        return first
    for k in range(first + 1, min(first + _DATELINE_TOKENS, last - 1)):
        if tokens.words[k] in {"—", "–", "-"} and tokens.starts[k] > tokens.ends[k - 1]:
            return k + 1
    return first


def tokenize(
    text: str, marked: Sequence[Marked], speech: Speech, *, nicknames: Sequence[Marked] = ()
) -> Tokens:
    """Return the tokens of `text`; each span in `marked` is one token.

    Args:
        text: The article's text.
        marked: Quotations, in order.
        speech: The word lists.
        nicknames: Nicknames inside names, with their marks; they are left out, so that the
            parts of the name stand together.
    """
    tokens = Tokens(text)
    seen: dict[str, tuple[str, int]] = {}
    position = 0
    hidden = {nickname.start for nickname in nicknames}
    for quote in sorted([*marked, *nicknames], key=lambda one: one.start):
        _read(tokens, (position, quote.start), seen, speech)
        if quote.start in hidden:
            position = quote.end
            continue
        tokens.quotes[len(tokens.words)] = quote
        tokens.starts.append(quote.start)
        tokens.ends.append(quote.end)
        tokens.words.append('"')
        tokens.kinds.append(QUOTED)
        position = quote.end
    _read(tokens, (position, len(text)), seen, speech)
    _limit_cues(tokens.kinds)
    tokens.sentences = _sentences(tokens, speech)
    return tokens


def _limit_cues(kinds: list[int]) -> None:
    if len(kinds) > MAX_CUES:
        for i in [i for i, kind in enumerate(kinds) if kind & CUE][MAX_CUES:]:
            kinds[i] &= ~CUE


def _read(
    tokens: Tokens, span: tuple[int, int], seen: dict[str, tuple[str, int]], speech: Speech
) -> None:
    """Add the tokens of a span; `seen` are the words that were read before, as written."""
    starts, ends, words, kinds = tokens.starts, tokens.ends, tokens.words, tokens.kinds
    start, last = span
    for stretch in tokens.text[start:last].split(" "):
        if stretch in seen or stretch.isalpha():  # most stretches between blanks are one token
            word, kind = seen.get(stretch) or seen.setdefault(stretch, _see(stretch, speech))
            starts.append(start)
            ends.append(start + len(stretch))
            words.append(word)
            kinds.append(kind)
        elif stretch:
            _read_stretch(tokens, start, stretch, seen, speech)
        start += len(stretch) + 1


@lru_cache(maxsize=_CACHED)
def _see(raw: str, speech: Speech) -> tuple[str, int]:
    word = raw.lower().replace("’", "'")
    return word, _kind(raw, word, speech)


def _read_stretch(
    tokens: Tokens, offset: int, stretch: str, seen: dict[str, tuple[str, int]], speech: Speech
) -> None:
    """Add the tokens of a stretch without blanks; no token has a blank in it."""
    joins = bool(speech.pronouns)
    for m in _TOKEN.finditer(stretch):
        raw, start = m[0], offset + m.start()
        if joins and "-" in raw and _read_verb(tokens, start, raw, speech):
            continue
        word, kind = seen.get(raw) or seen.setdefault(raw, _see(raw, speech))
        tokens.starts.append(start)
        tokens.ends.append(start + len(raw))
        tokens.words.append(word)
        tokens.kinds.append(kind)


def _read_verb(tokens: Tokens, start: int, raw: str, speech: Speech) -> bool:
    """Add a verb and the pronoun that a hyphen joins to it ("dit-elle") as two tokens."""
    verb = speech.verb_of(raw)
    if verb == raw:
        return False
    end = start + len(raw)
    pronoun = raw.rpartition("-")[2]
    for word, first, last in (
        (verb, start, start + len(verb)),
        (pronoun, end - len(pronoun), end),
    ):
        tokens.starts.append(first)
        tokens.ends.append(last)
        tokens.words.append(word.lower())
        tokens.kinds.append(_kind(word, word.lower(), speech))
    return True


def _kind(raw: str, word: str, speech: Speech) -> int:
    if raw == "\n":
        return BREAK
    first = raw[0]
    if not (first.isalnum() or first == "_"):
        return NUMBER if len(raw) > 1 else PUNCTUATION
    kind = 0 if raw in _ACRONYMS else speech.words.get(word, 0)
    if speech.pronouns and not kind:
        kind = _elided(word, speech)
    cue = speech.cues.get(word)
    if cue:
        kind |= CUE | _SHAPES.get(cue.shape, 0)
    if word in speech.stances:
        kind |= STANCE
    if first.isupper():
        kind = (kind | CAPITAL) & ~REPORTED  # "Versuche" is a noun
    elif first.isdigit():
        kind |= NUMBER
    if speech.pronouns:
        return kind | (ROLE if speech.role_endings and word.endswith(speech.role_endings) else 0)
    return kind | _ending(word, kind, speech)


def _elided(word: str, speech: Speech) -> int:
    """Return the kind of a word with an elided article ("l'école", "d'Arles")."""
    article, apostrophe, rest = word.partition("'")
    if apostrophe and rest:
        kind = speech.words.get(article + apostrophe, 0)
        noun = speech.words.get(rest, 0) & (ROLE | VOICE)
        return kind | (CAPITAL | noun if kind else 0)
    return 0


def _ending(word: str, kind: int, speech: Speech) -> int:
    """Return what the ending of an English word tells."""
    if "'" in word and not kind & MODAL:
        stem, _, ending = word.partition("'")
        if len(ending) < 3:
            known = speech.words.get(stem, 0)
            return known | CONTRACTED if known & (SUBJECT | WH) else GENITIVE
    if word.endswith("ly") and len(word) > 4 and not kind & CAPITAL:
        return ADVERB
    if word.endswith("ing") and len(word) > 4:
        return ING
    return ED if word.endswith("ed") and len(word) > 3 else 0


def _sentences(tokens: Tokens, speech: Speech) -> list[tuple[int, int]]:
    found = []
    start = 0
    kinds = tokens.kinds
    count = len(kinds)
    for i, kind in enumerate(kinds):
        if kind & BREAK or i - start >= _SENTENCE_TOKENS:
            if i > start:
                found.append((start, i))
            start = i + 1 if kind & BREAK else i
        elif kind & (PUNCTUATION | QUOTED) and i + 1 < count and _ends(tokens, i, speech):
            if i + 1 > start:
                found.append((start, i + 1))
            start = i + 1
    if start < count:
        found.append((start, count))
    return found


def _ends(tokens: Tokens, i: int, speech: Speech) -> bool:
    following = tokens.kinds[i + 1]
    if following & BREAK or not following & (CAPITAL | QUOTED | NUMBER | PUNCTUATION):
        return False
    if following & PUNCTUATION and tokens.words[i + 1] not in "([¿¡—–-":
        return False
    if tokens.kinds[i] & QUOTED:
        return _quote_ends(tokens, i, speech)
    word = tokens.words[i]
    if word not in _END or tokens.starts[i + 1] == tokens.ends[i]:
        return False
    return word != "." or not _is_abbreviated(tokens, i, speech)


def _is_abbreviated(tokens: Tokens, i: int, speech: Speech) -> bool:
    if not i or tokens.starts[i] != tokens.ends[i - 1]:
        return False
    word = tokens.words[i - 1]
    if word in speech.abbreviations:  # "No." is an abbreviation only before a number
        return word != "no" or bool(tokens.kinds[i + 1] & NUMBER)
    if len(word) != 1 or not word.isalpha() or tokens.kinds[i + 1] & QUOTED:
        return False
    # "in the U.S. The vote": a function word in capitals opens a sentence
    return not tokens.kinds[i + 1] & (DETERMINER | SUBJECT | PREPOSITION | SUBORDINATOR)


def _quote_ends(tokens: Tokens, i: int, speech: Speech) -> bool:
    quote = tokens.quotes[i]
    last = tokens.text[quote.inner_end - 1]
    if last not in _END:
        return not quote.is_closed
    if tokens.kinds[i + 1] & QUOTED:
        return True
    return not _attributed_after(tokens, i + 1, speech, at_once=last == ".")


def _attributed_after(tokens: Tokens, start: int, speech: Speech, *, at_once: bool) -> bool:
    """Return whether a verb of speech follows before the next mark ("?" Smith asked).

    After a full stop it must be the whole rest ("...done." Smith said.).
    """
    for i in range(start, min(start + 9, len(tokens.words) - 1)):
        if tokens.words[i] == "." and _is_abbreviated(tokens, i, speech):
            continue
        is_open = tokens.words[i] == "," or (i == start and tokens.words[i] in "—–-")
        if tokens.kinds[i] & (PUNCTUATION | QUOTED | BREAK) and not is_open:
            return False
        cue = speech.cues.get(tokens.words[i])
        if cue and "quote" in cue.frames and cue.shape in {"past", "present"}:
            return not at_once or tokens.words[i + 1] in {".", "\n"}
    return False
