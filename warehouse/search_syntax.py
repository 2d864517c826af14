"""The language of questions: words, phrases, AND, OR, NOT, parentheses, fields.

    either   = both { "OR" both }
    both     = negated { ["AND"] negated }
    negated  = ("NOT" | "-") negated | atom
    atom     = "(" either ")" | [field ":"] value
    value    = word | word "*" | quotation mark words quotation mark

Operators are in capitals; `and` is a word. Signs that belong to no word are ignored.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from warehouse.errors import SearchSyntaxError
from warehouse.search_tree import (
    Days,
    Field,
    Name,
    Node,
    Not,
    Part,
    Passage,
    Some,
    Word,
    all_of,
    leaves,
    words_in_order,
)

MOST_CHARS = 2_000  # per question or name
MOST_WORDS = 32  # per question; a pasted article is not a question
MOST_NESTED = 50  # parentheses and negations
SHORTEST_BEGINNING = 2  # letters before a star; one letter stands for a tenth of all words
FIELDS: Final = (*get_args(Name), "title", "since", "until")

_CLOSING = {'"': '"', "“": '”“"', "„": '“”"', "«": "»"}
_OPENING = "".join(_CLOSING)
_SPACE = re.compile(r"\s*")
_FIELD = re.compile(r"([A-Za-z]+):")
_PLAIN = re.compile(rf"[^\s(){_OPENING}]+")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")

Kind = Literal["and", "or", "not", "open", "close", "value", "end"]
_OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}


@dataclass(frozen=True, slots=True)
class _Token:
    """A part of the question.

    Attributes:
        at: Its first character, counted from 1.
        text: As written; of a phrase, what is between the quotation marks.
    """

    kind: Kind
    at: int
    text: str = ""
    field: str | None = None
    is_phrase: bool = False


def parse_question(text: str) -> Node:
    """Return the tree of a question.

    Args:
        text: The question; the length and the number of its words are limited.

    Raises:
        SearchSyntaxError: It has no word, too many words, or an error; the message says at
            which character.

    Examples:
        >>> parse_question("harbour ferr* -strike")
        All(nodes=(Word(text='harbour'), \
Passage(parts=(Part(text='ferr', is_beginning=True),), is_in_title=False), \
Not(node=Word(text='strike'))))
        >>> tree = parse_question("speaker:Holm OR language:de")
        >>> [(leaf.name, leaf.value) for leaf in tree.nodes]
        [('speaker', 'Holm'), ('language', 'de')]
    """
    check_length("the question", text)
    tokens = _Scanner(text).tokens()
    if all(token.kind == "end" for token in tokens):
        got = f"{text!r} has no word to search for" if text else "there is nothing to search for"
        raise SearchSyntaxError(f"{got}: give at least one word or field")
    tree = _Parser(tokens).parse()
    count = sum(_count(leaf) for leaf, _ in leaves(tree))
    if count > MOST_WORDS:
        raise SearchSyntaxError(
            f"got {count} words, expected at most {MOST_WORDS}: use fewer words"
        )
    return tree


def check_length(what: str, text: str) -> None:
    """Raise SearchSyntaxError if a question or a name in one has more than `MOST_CHARS`."""
    if len(text) > MOST_CHARS:
        raise SearchSyntaxError(
            f"{what} has {len(text):,} characters, expected at most {MOST_CHARS:,}: give fewer words"
        )


def _count(leaf: object) -> int:
    return len(leaf.parts) if isinstance(leaf, Passage) else 1


class _Scanner:
    """Splits a question into tokens."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def tokens(self) -> list[_Token]:
        """Return the tokens, with one for the end."""
        found = []
        while (token := self._next()).kind != "end":
            if token.kind != "value" or token.field or token.is_phrase or _has_words(token):
                found.append(token)
        return [*found, token]

    def _next(self) -> _Token:
        self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]
        begin, rest = self._at, self._text[self._at : self._at + 2]
        if not rest:
            return _Token("end", begin + 1)
        if rest[0] in "()":
            self._at += 1
            return _Token("open" if rest[0] == "(" else "close", begin + 1, rest[0])
        if rest[0] == "-" and len(rest) == 2 and not rest[1].isspace() and rest[1] != "-":
            self._at += 1
            return _Token("not", begin + 1, "-")
        if found := _FIELD.match(self._text, self._at):
            self._at = found.end()
            return self._field(found[1].lower(), found[0], begin)
        return self._value(None, begin)

    def _field(self, name: str, written: str, begin: int) -> _Token:
        after = self._text[self._at : self._at + 1]
        if name not in FIELDS:
            if not written.islower() or not (after in _CLOSING or after.isalnum()):
                return _Token("value", begin + 1, written)  # "Strike: what we know" is words
            raise SearchSyntaxError(
                f"there is no field {name}: (at character {begin + 1}): use "
                f"{', '.join(FIELDS)}, or put the words in quotation marks"
            )
        if not after or after.isspace() or after in "()":
            raise SearchSyntaxError(
                f"{name}: at character {begin + 1} has no value: write it directly after the colon, "
                "in quotation marks if it has several words"
            )
        return self._value(name, begin)

    def _value(self, field: str | None, begin: int) -> _Token:
        first = self._text[self._at]
        if first in _CLOSING:
            return self._phrase(field, begin)
        found = _PLAIN.match(self._text, self._at)
        written = found[0] if found else ""
        self._at += len(written)
        if field is None and written in _OPERATORS:
            return _Token(_OPERATORS[written], begin + 1, written)
        return _Token("value", begin + 1, written, field)

    def _phrase(self, field: str | None, begin: int) -> _Token:
        start = self._at + 1
        closing = _CLOSING[self._text[self._at]]
        ends = [at for mark in closing if (at := self._text.find(mark, start)) >= 0]
        if not ends:
            raise SearchSyntaxError(
                f"the phrase that starts at character {start} has no closing quotation mark"
            )
        self._at = min(ends) + 1
        inner = self._text[start : self._at - 1]
        if not words_in_order(inner):
            raise SearchSyntaxError(
                f"the phrase at character {start} has no word: write words between the quotation "
                "marks, or remove them"
            )
        return _Token("value", begin + 1, inner, field, is_phrase=True)


def _has_words(token: _Token) -> bool:
    return bool(words_in_order(token.text)) or "*" in token.text


class _Parser:
    """Builds the tree from tokens, by recursive descent."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def parse(self) -> Node:
        """Return the tree of all tokens."""
        tree = self._either()
        if self._at < len(self._tokens) - 1:  # only a parenthesis ends a tree before the end
            raise SearchSyntaxError(
                f"the parenthesis at character {self._token.at} closes nothing: remove it, or "
                "open one before it"
            )
        return tree

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Node:
        nodes = [self._both()]
        while self._token.kind == "or":
            nodes.append(self._both_after(self._take()))
        return nodes[0] if len(nodes) == 1 else Some(tuple(nodes))

    def _both(self) -> Node:
        nodes = [self._negated()]
        while self._token.kind in {"and", "not", "open", "value"}:
            if self._token.kind == "and":
                self._refuse_nothing_after(self._take())
            nodes.append(self._negated())
        return all_of(nodes)

    def _both_after(self, operator: _Token) -> Node:
        self._refuse_nothing_after(operator)
        return self._both()

    def _negated(self) -> Node:
        if self._token.kind != "not":
            return self._atom()
        operator = self._take()
        self._refuse_nothing_after(operator)
        self._deeper(operator)
        node = Not(self._negated())
        self._depth -= 1
        return node

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "open":
            return self._group(token)
        if token.kind == "value":
            return _leaf(token)
        if token.kind in {"and", "or"}:
            raise SearchSyntaxError(
                f"{token.text} at character {token.at} has nothing before it: write words before "
                "it, or write it in small letters to search for it"
            )
        raise SearchSyntaxError(
            f"the parenthesis at character {token.at} closes nothing: remove it, or open one "
            "before it"
        )

    def _group(self, opening: _Token) -> Node:
        if self._token.kind == "close":
            raise SearchSyntaxError(
                f"the parentheses at character {opening.at} contain nothing: write words in them"
            )
        self._deeper(opening)
        if self._token.kind == "end":
            self._refuse_unclosed(opening)
        node = self._either()
        if self._take().kind != "close":
            self._refuse_unclosed(opening)
        self._depth -= 1
        return node

    def _refuse_unclosed(self, opening: _Token) -> None:
        raise SearchSyntaxError(
            f"the parenthesis that opens at character {opening.at} is not closed"
        )

    def _refuse_nothing_after(self, operator: _Token) -> None:
        if self._token.kind in {"end", "close", "and", "or"}:
            advice = "write words after it"
            if operator.text != "-":
                advice += ", or write it in small letters to search for it"
            raise SearchSyntaxError(
                f"{operator.text} at character {operator.at} has nothing after it: {advice}"
            )

    def _deeper(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise SearchSyntaxError(
                f"the question is nested too deeply at character {token.at}: use at most "
                f"{MOST_NESTED} parentheses and NOTs inside each other"
            )


def _leaf(token: _Token) -> Node:
    if token.field in {"since", "until"}:
        return _days(token)
    if token.field and not words_in_order(token.text):
        raise SearchSyntaxError(f"{token.field}: at character {token.at} has no word as its value")
    if token.field is None or token.field == "title":
        return _words(token)
    value = " ".join(token.text.split())
    if "*" in value:
        raise SearchSyntaxError(
            f"{token.field}: at character {token.at} takes no star: give whole words"
        )
    return Field(_NAMES[token.field], value.lower() if token.field in _LOWER else value)


_NAMES: dict[str, Name] = {name: name for name in get_args(Name)}
_LOWER = frozenset({"source", "language", "page"})


def _words(token: _Token) -> Node:
    parts = _parts(token)
    is_in_title = token.field == "title"
    if token.is_phrase or is_in_title:
        return Passage(tuple(parts), is_in_title)
    return all_of([Passage((part,)) if part.is_beginning else Word(part.text) for part in parts])


def _parts(token: _Token) -> list[Part]:
    """Return the words of a token; a star directly after a word makes it a beginning."""
    parts = []
    *pieces, last = token.text.split("*")
    for piece in pieces:
        words = words_in_order(piece)
        if not words or words_in_order(piece[-1]) == []:
            raise SearchSyntaxError(
                f"the star in the words at character {token.at} does not follow a word: write it "
                "directly after the beginning of a word"
            )
        if len(words[-1]) < SHORTEST_BEGINNING:
            raise SearchSyntaxError(
                f"'{words[-1]}*' at character {token.at} is too short: give at least "
                f"{SHORTEST_BEGINNING} letters before the star"
            )
        parts += [Part(word) for word in words[:-1]] + [Part(words[-1], is_beginning=True)]
    if pieces and last and words_in_order(last[0]):
        raise SearchSyntaxError(
            f"the star in the words at character {token.at} is inside a word: a star can only end one"
        )
    return parts + [Part(word) for word in words_in_order(last)]


def _days(token: _Token) -> Days:
    found = _DAY.fullmatch(token.text.strip())
    year, month, day = (int(part or 0) for part in (found.groups() if found else (0, 0, 0)))
    try:
        first, last = _span(year, month, day)
    except ValueError:
        raise SearchSyntaxError(
            f"{token.field}: at character {token.at} is not a day: got {token.text!r}, expected a "
            "day such as 2026-01-31, a month such as 2026-01 or a year"
        ) from None
    return Days(since=first) if token.field == "since" else Days(until=last)


def _span(year: int, month: int, day: int) -> tuple[date, date]:
    """Return first and last day of a year, month or day; 0 stands for what was not given."""
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    first = date(year, month, day or 1)
    return first, first if day else date(year, month, calendar.monthrange(year, month)[1])
