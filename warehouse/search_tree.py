"""A parsed question of the full-text search, as a tree.

`warehouse.search_syntax` makes it from text; `warehouse.search_ranking` evaluates it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

Name = Literal["speaker", "entity", "source", "language", "topic", "page"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case, compared by its stem."""

    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A word of a passage in lower case: the whole word, or how it begins."""

    text: str
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that follow each other exactly so, in one paragraph or headline.

    A beginning such as `quant*` is a passage of one part.
    """

    parts: tuple[Part, ...]
    is_in_title: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A property of the article: its source or language, or who speaks or is named in it.

    Attributes:
        name: Which property.
        value: What it is, in words; if it is exact, the value or key in the warehouse.
        is_exact: Whether only this very value matches: a chosen facet.
    """

    name: Name
    value: str
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """The article was published on one of these days; None leaves a side open."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """The article is from one of these sources, given by their keys."""

    source_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InStory:
    """The article belongs to this story."""

    story_id: str


@dataclass(frozen=True, slots=True)
class Not:
    """What the article must not match."""

    node: Node


@dataclass(frozen=True, slots=True)
class All:
    """Everything that the article must match."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Alternatives: the article must match at least one."""

    nodes: tuple[Node, ...]


Leaf = Word | Passage | Field | Days | Sources | InStory
Node = Leaf | Not | All | Some


def all_of(nodes: list[Node] | tuple[Node, ...]) -> Node:
    """Return the tree of everything in `nodes`, without an `All` directly in another.

    >>> all_of([Word("ferry")])
    Word(text='ferry')
    """
    flat = [inner for node in nodes for inner in (node.nodes if isinstance(node, All) else (node,))]
    return flat[0] if len(flat) == 1 else All(tuple(flat))


def conjuncts(node: Node) -> tuple[Node, ...]:
    """Return the parts of a tree that each hit must match."""
    return node.nodes if isinstance(node, All) else (node,)


def leaves(node: Node, *, is_wanted: bool = True) -> Iterator[tuple[Leaf, bool]]:
    """Yield each leaf from left to right, and whether it helps an article to match.

    >>> list(leaves(All((Word("summit"), Not(Word("nato"))))))
    [(Word(text='summit'), True), (Word(text='nato'), False)]
    """
    if isinstance(node, Not):
        yield from leaves(node.node, is_wanted=not is_wanted)
    elif isinstance(node, All | Some):
        for inner in node.nodes:
            yield from leaves(inner, is_wanted=is_wanted)
    else:
        yield node, is_wanted


def holds(node: Node, known: Callable[[Leaf, bool], bool], *, is_wanted: bool = True) -> bool:
    """Whether a tree holds.

    Args:
        node: The tree.
        known: Tells of a leaf whether it holds; also gets whether it helps an article to match.
        is_wanted: Whether the tree helps.

    >>> tree = All((Word("summit"), Not(Word("nato"))))
    >>> holds(tree, lambda leaf, _: leaf == Word("summit"))
    True
    """
    if isinstance(node, Not):
        return not holds(node.node, known, is_wanted=not is_wanted)
    if isinstance(node, All | Some):
        told = (holds(inner, known, is_wanted=is_wanted) for inner in node.nodes)
        return all(told) if isinstance(node, All) else any(told)
    return known(node, is_wanted)


def wanted_speakers(node: Node) -> tuple[str, ...]:
    """Return the names of speakers that a hit may quote, in the order of the question."""
    return tuple(
        leaf.value
        for leaf, is_wanted in leaves(node)
        if is_wanted and isinstance(leaf, Field) and leaf.name == "speaker"
    )


def with_some_words(tree: Node) -> Node | None:
    """Return the tree for articles with some of the words; None if the question is not of words.

    A phrase or an operator says exactly what is wanted.
    """
    nodes = conjuncts(tree)
    words = tuple(node for node in nodes if isinstance(node, Word))
    filters = [node for node in nodes if isinstance(node, Field | Days)]
    if len(set(words)) < 2 or len(words) + len(filters) < len(nodes):
        return None
    return all_of([Some(words), *filters])


def words_in_order(text: str) -> list[str]:
    """Return the words of a text in lower case: runs of letters, marks and digits, as indexed.

    >>> words_in_order("The Alliance's strategy")
    ['the', 'alliance', 's', 'strategy']
    """
    normal = unicodedata.normalize("NFC", text).lower()
    runs = groupby(normal, lambda char: unicodedata.category(char)[0] in "LMN")
    return ["".join(chars) for is_word, chars in runs if is_word]
