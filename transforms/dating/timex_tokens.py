"""A text as a string of token classes, one character per token.

Words have the class that `Vocabulary` gives them. Numbers are classed by form: `d` may be
a day or a count, `N` a count, `y` a year or a count, `9` an ordinal ("28th"), `c` a
decade ("1990s"), `8` a clock time, `I` an ISO date, `/` a date in figures. `|` is the
end of a line, `;` a full stop, `-` any dash, `$` a currency.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate

from transforms.dating.time_words import CLASSES, Vocabulary

# Each token includes the space after it, so that lengths add up to offsets.
_TOKEN = re.compile(
    r"""(?:[^\W\d]\w*                                                   # word, A330, Q3
    | \d{4}-\d\d-\d\d(?:t\d\d:\d\d(?::\d\d)?(?:z|[+-]\d\d:?\d\d)?)?(?![\w-])  # ISO 8601
    | \d{1,4}(?:/\d\d?/|\.\d\d?\.|-\d\d?-)\d{2,4}(?![\w/]|[.-]\w)        # 28/11/2023
    | \d{1,2}(?:[:.]\d\d){0,2}[ \xa0]?[ap](?:\.\s?m\.|m\b)            # 10:30 a.m.
    | \d{1,2}:\d\d(?::\d\d)?(?![\w:])                                 # 16:08
    | \d+(?:[.,]\d+)*[\wº°ª]*                                          # 28, 1,500, 1990s
    | '(?:\d0)?s\b
    | [^\w\s])[^\S\n]*
    | \s""",
    re.VERBOSE,
)
_FORMS = (
    ("I", re.compile(r"\d{4}-\d\d-\d\d(?:t.*)?")),
    ("8", re.compile(r"\d{1,2}:\d\d(?::\d\d)?|\d{1,2}[:.\d]*[ \xa0]?[ap](?:m|\.\s?m\.)")),
    ("c", re.compile(r"[12]\d\d0(?:s|er)|'?\d0(?:s|er)")),
    ("9", re.compile(r"\d{1,2}(?:st|nd|rd|th|er|e|º|°|ª|ème)")),
    ("8", re.compile(r"\d{1,2}[hu]\d\d|\d{1,2}h")),
    ("/", re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{2,4}")),
    ("N", re.compile(r"\d{1,3}(?:,\d{3}){0,2}|\d{1,4}\.\d{1,2}")),
)
# These look like common words unless they have a capital letter.
_CASED = re.compile("[MmJWwKh]")
_COMPOUND = CLASSES["compound"]
_APOSTROPHES = "’‘ʼ"
# A longer figure is neither a date nor a count of calendar units.
_MAX_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, by position.

    Attributes:
        symbols: Class of each token, one character each.
        words: Each token in lower case; a phrase is one token.
        starts: Offset of each token's first character.
        text: The text itself.
        vocabulary: The words of time used for the classes.
        lengths: Length of each phrase in the text, by its position.
    """

    symbols: str
    words: list[str]
    starts: list[int]
    text: str
    vocabulary: Vocabulary
    lengths: Mapping[int, int] = field(default_factory=dict)

    def end(self, index: int) -> int:
        """Return the offset after a token."""
        return self.starts[index] + self.lengths.get(index, len(self.words[index]))

    def is_capital(self, index: int) -> bool:
        """Return whether a token begins with a capital letter."""
        return self.text[self.starts[index]].isupper()

    def touches(self, index: int) -> bool:
        """Return whether no space separates a token from the one before it."""
        return index > 0 and self.end(index - 1) == self.starts[index]


def fold(text: str) -> str:
    """Return `text` in lower case with straight apostrophes, offsets unchanged.

    >>> fold("Noël’s İzmir")
    "noël's İzmir"
    """
    folded = text.lower()
    if len(folded) != len(text):  # some capitals have two lower-case characters
        folded = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    for mark in _APOSTROPHES:
        folded = folded.replace(mark, "'")
    return folded


def tokenize(text: str, vocabulary: Vocabulary) -> Tokens:
    """Return the tokens of `text` with their classes."""
    pieces = _TOKEN.findall(fold(text))
    words = list(map(str.rstrip, pieces))
    starts = list(accumulate(map(len, pieces), initial=0))
    starts.pop()
    get = vocabulary.symbols.get
    symbols = [get(word) or ("_" if word > ":" else _figures(word)) for word in words]
    tokens = Tokens("".join(symbols), words, starts, text, vocabulary)
    if _COMPOUND in tokens.symbols:
        tokens = _split_compounds(tokens)
    tokens = _join_phrases(tokens)
    lower = [
        m.start()
        for m in _CASED.finditer(tokens.symbols)
        if tokens.words[m.start()] in vocabulary.capital and not tokens.is_capital(m.start())
    ]
    if lower:
        symbols = list(tokens.symbols)
        for i in lower:
            symbols[i] = "_"
        tokens = replace(tokens, symbols="".join(symbols))
    return tokens


def _split_compounds(tokens: Tokens) -> Tokens:
    """Split each weekday with a part of the day into two tokens: "Montag" and "abend"."""
    classes, words, starts = list[str](), list[str](), list[int]()
    symbols, vocabulary = tokens.vocabulary.symbols, tokens.vocabulary
    for symbol, word, start in zip(tokens.symbols, tokens.words, tokens.starts, strict=True):
        if symbol != _COMPOUND:
            pieces = [(0, word, symbol)]
        else:
            length = vocabulary.compounds[word]
            halves = ((0, word[:length]), (length, word[length:]))
            pieces = [(offset, half, symbols[half]) for offset, half in halves]
        for offset, half, kind in pieces:
            classes.append(kind)
            words.append(half)
            starts.append(start + offset)
    return replace(tokens, symbols="".join(classes), words=words, starts=starts)


def _figures(word: str) -> str:
    """Return the class of a token that begins with a figure or a mark."""
    if not ("0" <= word[0] <= "9" or word[0] == "'"):
        return "_"
    if not (word.isdigit() and word.isascii()):
        return next((symbol for symbol, form in _FORMS if form.fullmatch(word)), "_")
    if len(word) <= 2:
        return "d" if 1 <= int(word) <= 31 else "N"
    if len(word) == 4 and "1000" <= word <= "2100":
        return "y"
    return "N" if len(word) <= _MAX_DIGITS else "_"


def _join_phrases(tokens: Tokens) -> Tokens:
    """Join each phrase into one token; the longer of two with the same first word wins."""
    phrases, words = tokens.vocabulary.phrases, tokens.words
    joined: list[tuple[int, int, str, str]] = []
    for first in [i for i, word in enumerate(words) if word in phrases]:
        following = phrases[words[first]].get(words[first + 1] if first + 1 < len(words) else "")
        if following is None or (joined and first < joined[-1][1]):
            continue
        for parts, text, symbol in following:
            if tuple(words[first : first + len(parts)]) == parts:
                joined.append((first, first + len(parts), text, symbol))
                break
    if not joined:
        return tokens
    kept, classes, starts, done = list[str](), [], list[int](), 0
    lengths = {}
    for first, last, text, symbol in joined:
        kept += [*words[done:first], text]
        starts += tokens.starts[done : first + 1]
        classes += [tokens.symbols[done:first], symbol]
        lengths[len(kept) - 1] = tokens.end(last - 1) - tokens.starts[first]
        done = last
    return Tokens(
        "".join([*classes, tokens.symbols[done:]]),
        kept + words[done:],
        starts + tokens.starts[done:],
        tokens.text,
        tokens.vocabulary,
        lengths,
    )
