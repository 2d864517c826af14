"""Media Cloud's query language, as a tree of our search.

    clauses = clause { ["AND" | "&&" | "OR" | "||"] clause }
    clause  = ("NOT" | "!" | "-" | "+") clause | [field ":"] value
    value   = "(" clauses ")" | word | word "*" | quotation mark words quotation mark | range
    range   = ("[" | "{") day "TO" day ("]" | "}")

It is the query string of Elasticsearch with AND between words. What has no equivalent in our
search is refused, and so is what we would read differently: AND and OR side by side without
parentheses. As in our search, words are compared by their stems.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from warehouse.errors import SearchSyntaxError
from warehouse.search_syntax import MOST_NESTED, SHORTEST_BEGINNING
from warehouse.search_tree import (
    All,
    Days,
    Field,
    Node,
    Not,
    Part,
    Passage,
    Some,
    Word,
    all_of,
    conjuncts,
    leaves,
    words_in_order,
)

MOST_CHARS: Final = 10_000
MOST_WORDS: Final = 200  # lists of words joined by OR are common
_TITLES: Final = frozenset({"title", "article_title"})
FIELDS: Final = ("title", "article_title", "canonical_domain", "language", "publication_date")
_EVERYTHING: Final = All(())

_CLOSING: Final = {'"': '"', "“": '”“"', "„": '“”"', "«": "»"}
_OPENING: Final = "".join(_CLOSING)
_SPACE: Final = re.compile(r"\s*")
_FIELD: Final = re.compile(r"([\w.]+):")
_PLAIN: Final = re.compile(rf"(?:\\.|[^\s()\[\]{{}}{_OPENING}:^~\\])+")
_RANGE: Final = re.compile(r"([\[{])\s*(\S+)\s+TO\s+([^\s\]}]+)\s*([\]}])")
_ESCAPED: Final = re.compile(r"\\(.)")
_WEIGHT: Final = re.compile(r"\^\d+(?:\.\d+)?")
_COMPARED: Final = re.compile(r"(>=|<=|>|<)(.+)")

Kind = Literal["and", "or", "not", "must", "open", "close", "field", "value", "range", "end"]
_OPERATORS: Final[dict[str, Kind]] = {
    "AND": "and", "&&": "and", "OR": "or", "||": "or", "NOT": "not",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Token:
    """A part of the query.

    Attributes:
        at: Its first character, counted from 1.
        text: As written; of a phrase, what is between the quotation marks.
    """

    kind: Kind
    at: int
    text: str = ""
    is_phrase: bool = False


def parse_query(text: str) -> Node:
    """Return the tree of a query; that of `*` is an `All` of nothing.

    Raises:
        SearchSyntaxError: It cannot be read, or our search has no equivalent; the message says
            of what, and at which character.

    Examples:
        >>> parse_query("ferry AND NOT strike")
        All(nodes=(Word(text='ferry'), Not(node=Word(text='strike'))))
        >>> parse_query("canonical_domain:taz.de")
        Field(name='source', value='taz.de', is_exact=True)
        >>> parse_query("*")
        All(nodes=())
    """
    if len(text) > MOST_CHARS:
        raise SearchSyntaxError(
            f"the query has {len(text):,} characters, expected at most {MOST_CHARS:,}"
        )
    tokens = _Scanner(text).tokens()
    if len(tokens) == 1:
        raise SearchSyntaxError("the query is empty: write words, or * for all stories")
    tree = _Parser(tokens).parse()
    count = sum(len(leaf.parts) if isinstance(leaf, Passage) else 1 for leaf, _ in leaves(tree))
    if count > MOST_WORDS:
        raise SearchSyntaxError(f"the query has {count} words, expected at most {MOST_WORDS}")
    return tree


def exactly(tree: Node) -> Node:
    """Return a tree whose matches have every word, however common it is.

    Our search leaves out a word that most articles have if other words must occur, because it
    tells nothing about their order. A word among alternatives is never left out.
    """
    return all_of([Some((node,)) if isinstance(node, Word) else node for node in conjuncts(tree)])


class _Scanner:
    """Splits a query into tokens."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def tokens(self) -> list[_Token]:
        """Return the tokens, with one for the end."""
        found = []
        while (token := self._next()).kind != "end":
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
        if rest[0] in "-+!" and len(rest) == 2 and not rest[1].isspace() and rest[1] not in "-+!)":
            self._at += 1
            return _Token("must" if rest[0] == "+" else "not", begin + 1, rest[0])
        if rest[0] in "[{":
            return self._range(begin)
        if rest[0] in _CLOSING:
            return self._phrase(begin)
        if found := _FIELD.match(self._text, self._at):
            self._at = found.end()
            return _Token("field", begin + 1, found[1])
        return self._value(begin)

    def _range(self, begin: int) -> _Token:
        found = _RANGE.match(self._text, self._at)
        if found is None:
            raise SearchSyntaxError(
                f"the bracket at character {begin + 1} begins no range: write "
                "[2024-01-01 TO 2024-01-31]"
            )
        self._at = found.end()
        return _Token("range", begin + 1, found[0])

    def _phrase(self, begin: int) -> _Token:
        start = self._at + 1
        closing = _CLOSING[self._text[self._at]]
        ends = [at for mark in closing if (at := self._text.find(mark, start)) >= 0]
        if not ends:
            raise SearchSyntaxError(
                f"the phrase that starts at character {start} has no closing quotation mark"
            )
        self._at = min(ends) + 1
        self._end_value("words near each other")
        return _Token("value", begin + 1, self._text[start : min(ends)], is_phrase=True)

    def _value(self, begin: int) -> _Token:
        found = _PLAIN.match(self._text, self._at)
        if found is None:
            raise SearchSyntaxError(
                f"the sign {self._text[self._at]} at character {begin + 1} is not understood here"
            )
        written = found[0]
        self._at = found.end()
        if written in _OPERATORS:
            return _Token(_OPERATORS[written], begin + 1, written)
        if written.startswith("/"):
            raise SearchSyntaxError(
                f"the regular expression at character {begin + 1} is not understood: our search "
                "has none"
            )
        self._end_value("words with other spellings")
        return _Token("value", begin + 1, written)

    def _end_value(self, what: str) -> None:
        """Refuse what may follow a value, but pass over a weight: it changes no count."""
        if self._text.startswith("~", self._at):
            raise SearchSyntaxError(
                f"the sign ~ at character {self._at + 1} ({what}) is not understood: our search "
                "finds whole words, and phrases whose words follow each other"
            )
        if found := _WEIGHT.match(self._text, self._at):
            self._at = found.end()


class _Parser:
    """Builds the tree from tokens, by recursive descent."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def parse(self) -> Node:
        """Return the tree of all tokens."""
        tree = self._clauses(None)
        if self._token.kind != "end":  # only a parenthesis ends clauses before the end
            raise SearchSyntaxError(f"the parenthesis at character {self._token.at} closes nothing")
        return tree

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _clauses(self, field: str | None) -> Node:
        """Return the tree of clauses that are all joined by AND, or all by OR."""
        is_strict = self._token.kind in {"not", "must"}
        nodes = [self._clause(field)]
        joined: Kind | None = "and" if is_strict else None
        while self._token.kind not in {"end", "close"}:
            first = self._token
            how: Kind = self._take().kind if first.kind in {"and", "or"} else "and"
            is_strict = self._token.kind in {"not", "must"}
            if (joined or how) != how or (how == "or" and is_strict):
                raise SearchSyntaxError(
                    f"OR stands beside AND, NOT or words without an operator at character {first.at}: "
                    "put parentheses around the words that belong together"
                )
            nodes.append(self._clause(field))
            joined = how
        return _joined(nodes, is_either=joined == "or")

    def _clause(self, field: str | None) -> Node:
        token = self._take()
        if token.kind in {"not", "must"}:
            self._deeper(token)
            node = self._clause(field)
            self._depth -= 1
            if token.kind == "must":
                return node
            if node == _EVERYTHING:
                raise SearchSyntaxError(
                    f"{token.text} at character {token.at} leaves nothing: * stands for all stories"
                )
            return Not(node)
        if token.kind == "field":
            return self._of_field(token)
        if token.kind == "open":
            return self._group(token, field)
        if token.kind in {"value", "range"}:
            return _leaf(field, token)
        what = "the end of the query" if token.kind == "end" else f"{token.text} at character {token.at}"  # fmt: skip
        raise SearchSyntaxError(f"{what} stands where words are expected")

    def _of_field(self, token: _Token) -> Node:
        if token.text not in FIELDS:
            raise SearchSyntaxError(
                f"there is no field {token.text}: (at character {token.at}): use "
                f"{', '.join(FIELDS)}, or put the words in quotation marks"
            )
        if self._token.kind not in {"value", "range", "open"}:
            raise SearchSyntaxError(f"{token.text}: at character {token.at} has no value")
        return self._clause(token.text)

    def _group(self, opening: _Token, field: str | None) -> Node:
        self._deeper(opening)
        node = self._clauses(field)
        if self._take().kind != "close":
            raise SearchSyntaxError(
                f"the parenthesis that opens at character {opening.at} is not closed"
            )
        self._depth -= 1
        return node

    def _deeper(self, token: _Token) -> None:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise SearchSyntaxError(
                f"the query is nested too deeply at character {token.at}: use at most "
                f"{MOST_NESTED} parentheses inside each other"
            )


def _joined(nodes: list[Node], *, is_either: bool) -> Node:
    if len(nodes) == 1:
        return nodes[0]
    if not is_either:
        return all_of(nodes)  # an `All` of nothing disappears in it
    return _EVERYTHING if _EVERYTHING in nodes else Some(tuple(nodes))


def _leaf(field: str | None, token: _Token) -> Node:
    if field == "publication_date":
        return _days(token)
    if token.kind == "range":
        raise SearchSyntaxError(
            f"the range at character {token.at} is not understood: only publication_date: takes one"
        )
    text = token.text if token.is_phrase else _ESCAPED.sub(_unescaped, token.text)
    if field is None and text == "*" and not token.is_phrase:
        return _EVERYTHING
    if field in {"canonical_domain", "language"}:
        return _name(field, text, token)
    parts = _parts(text, token)
    if token.is_phrase or field in _TITLES:
        return Passage(tuple(parts), is_in_title=field in _TITLES)
    return all_of([Passage((part,)) if part.is_beginning else Word(part.text) for part in parts])


def _unescaped(found: re.Match[str]) -> str:
    """Return the character after a backslash; a sign is no wildcard and parts words, as elsewhere."""
    return found[1] if found[1].isalnum() else " "


def _name(field: str, text: str, token: _Token) -> Field:
    if "*" in text or "?" in text or not words_in_order(text):
        raise SearchSyntaxError(
            f"{field}: at character {token.at} takes one whole name: got {text!r}"
        )
    name: Literal["source", "language"] = "source" if field == "canonical_domain" else "language"
    return Field(name, text.strip().lower(), is_exact=name == "source")


def _parts(text: str, token: _Token) -> list[Part]:
    """Return the words of a value; a star at its end makes the last one a beginning."""
    if token.is_phrase and words_in_order(text):  # wildcards mean nothing in phrases
        return [Part(word) for word in words_in_order(text)]
    begun = text.removesuffix("*")
    if "*" in begun or "?" in text:
        raise SearchSyntaxError(
            f"the wildcard in {text!r} at character {token.at} is not understood: a star can only "
            "end a word"
        )
    words = words_in_order(begun)
    if not words or (begun != text and not words_in_order(begun[-1])):
        raise SearchSyntaxError(f"{text!r} at character {token.at} has no word")
    if begun == text:
        return [Part(word) for word in words]
    if len(words[-1]) < SHORTEST_BEGINNING:
        raise SearchSyntaxError(
            f"'{words[-1]}*' at character {token.at} is too short: give at least "
            f"{SHORTEST_BEGINNING} letters before the star"
        )
    return [*map(Part, words[:-1]), Part(words[-1], is_beginning=True)]


def _days(token: _Token) -> Days:
    """Return the days of a range, of a comparison, or a single one."""
    if token.kind == "range":
        opening, first, last, closing = _RANGE.fullmatch(token.text).groups()  # type: ignore[union-attr]
        since = date.min if first == "*" else _day(first, token, later=opening == "{")
        until = date.max if last == "*" else _day(last, token, later=-(closing == "}"))
        return Days(since, until)
    if (found := _COMPARED.fullmatch(token.text)) is None:
        day = _day(token.text, token)
        return Days(day, day)
    sign, text = found.groups()
    if sign[0] == ">":
        return Days(since=_day(text, token, later=sign == ">"))
    return Days(until=_day(text, token, later=-(sign == "<")))


def _day(text: str, token: _Token, *, later: int = 0) -> date:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
        return day + timedelta(days=later)
    except (ValueError, OverflowError):
        raise SearchSyntaxError(
            f"publication_date: at character {token.at} takes days such as 2024-01-31: got {text!r}"
        ) from None
