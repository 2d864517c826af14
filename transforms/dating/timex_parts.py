"""The parts of an expression that a rule of the grammar matched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from transforms.dating.tense import tense_at
from transforms.dating.timex_tokens import Tokens


@dataclass(slots=True, kw_only=True)  # a frozen one takes four times as long to create
class Timex:
    """The type and value of an expression; its tokens are the rule's unless it says otherwise.

    Attributes:
        type: TIMEX3 type.
        value: TIMEX3 value, None if it cannot be determined.
        anchor: As in `DateMention`.
        confidence: 0..1.
        first: First token.
        last: Token after the last.
        days: First and last day of a duration, None for those that its value spans.
        is_aside: Whether later expressions are not counted from it: figures are compared
            with "a year earlier", but the text goes on about the present quarter.
    """

    type: str
    value: str | None
    anchor: str = "explicit"
    confidence: float = 0.95
    first: int
    last: int
    days: tuple[date, date] | None = None
    is_aside: bool = False


@dataclass(slots=True)
class Parts:
    """Named parts of a match, each a range of tokens.

    Attributes:
        tokens: The text.
        match: The match of the rule over the classes of its tokens.
    """

    tokens: Tokens
    match: re.Match[str]

    @property
    def first(self) -> int:
        """Position of the first token."""
        return self.match.start()

    @property
    def last(self) -> int:
        """Position after the last token."""
        return self.match.end()

    def has(self, name: str) -> bool:
        """Return whether the part is present."""
        return self.match.start(name) >= 0

    def at(self, name: str) -> int:
        """Return the position of the part's first token."""
        return self.match.start(name)

    def symbol(self, name: str) -> str:
        """Return the classes of the part's tokens, empty if it is not present."""
        return self.match[name] or ""

    def word(self, name: str) -> str:
        """Return the part's first token, lower case."""
        return self.tokens.words[self.match.start(name)]

    def value(self, name: str) -> str:
        """Return the value of the part's first token."""
        return self.tokens.vocabulary.values.get(self.word(name), "")

    def number(self, name: str) -> int:
        """Return the number that the part's first token means ("28", "28th", "two")."""
        return self.number_at(self.match.start(name))

    def number_at(self, index: int) -> int:
        """Return the number that a token means, 0 if it is none."""
        word = self.tokens.words[index]
        digits = re.match(r"\d{1,7}", word)
        return int(digits[0] if digits else self.tokens.vocabulary.values.get(word) or 0)

    def number_or_none(self, name: str) -> int | None:
        """Return the number, None if the part is not present."""
        return self.number(name) if self.has(name) else None

    def tense(self) -> int:
        """Return the tense of the clause around the expression."""
        return tense_at(self.tokens, self.first, self.last)

    def before(self, back: int = 1) -> str:
        """Return the class of the token before the expression, `|` at the beginning."""
        return self.tokens.symbols[self.first - back] if self.first >= back else "|"

    def word_before(self) -> str:
        """Return the token before the expression, empty at the beginning."""
        return self.tokens.words[self.first - 1] if self.first else ""

    def in_group(self, word: str, group: str) -> bool:
        """Return whether a word is in a group of the table `time_contexts`."""
        return word in self.tokens.vocabulary.groups.get(group, ())

    def is_behind(self) -> bool:
        """Return whether the direction word of an expression may stand behind its noun."""
        return self.symbol("direction") == "p" or self.in_group(
            self.word("direction"), "after_noun"
        )

    def after(self) -> str:
        """Return the class of the token after the expression, `|` at the end."""
        return self.tokens.symbols[self.last : self.last + 1] or "|"

    def word_after(self) -> str:
        """Return the token after the expression, empty at the end."""
        return self.tokens.words[self.last] if self.last < len(self.tokens.words) else ""

    def in_sentence_of(self, token: int) -> bool:
        """Return whether no sentence ends between an earlier token and the expression."""
        between = self.tokens.symbols[token : self.first]
        return ";" not in between and "|" not in between

    def is_in_name(self) -> bool:
        """Return whether the expression is part of a name: "the Future Fund", "the Tonight Show"."""
        is_inside = self.word_before().isalpha() and self.tokens.is_capital(self.first)
        return is_inside and self.after() == "_" and self.tokens.is_capital(self.last)

    def timex(
        self,
        kind: str,
        value: str | None,
        anchor: str = "explicit",
        confidence: float = 0.95,
        *,
        first: int | None = None,
        last: int | None = None,
    ) -> Timex:
        """Return an expression over these tokens, or over `first` to `last`."""
        return Timex(
            type=kind,
            value=value,
            anchor=anchor,
            confidence=confidence,
            first=self.first if first is None else first,
            last=self.last if last is None else last,
        )
