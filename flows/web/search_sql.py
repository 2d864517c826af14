"""The SQL of a search: what it finds, as a reader can run it on a snapshot.

The index of the search is in other files, and knows the stems of words. The SQL looks for the
forms that the words have in what the page shows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from flows.web.shown_sql import filled_in, literal
from warehouse.search_filters import (
    everybody,
    fact,
    from_sources,
    on_days,
    passage_pattern,
    speaking,
    word_pattern,
)
from warehouse.search_tree import (
    All,
    Days,
    Field,
    Leaf,
    Node,
    Not,
    Passage,
    Some,
    Sources,
    Word,
    leaves,
)
from warehouse.sql_files import read_sql

Forms = Mapping[str, AbstractSet[str]]
_LeafSql = Callable[[Leaf, bool], str]

_SAID: Final = "strip_accents(lower(nfc_normalize(statement)))"
_BY_FORMS: Final = """-- Words are looked for in the forms that they have on the page.
-- The search compares their stems: it may find more, and leave out more.
"""
_BY_SCORE: Final = "-- The newest come first; the search puts the best first.\n"


def search_sql(tree: Node, forms: Forms, *, as_statements: bool, is_newest_first: bool) -> str:
    """Return the query for the articles or statements that match a question.

    Args:
        tree: The question.
        forms: The forms of each searched word; a word that is missing is not searched.
        as_statements: Whether statements are asked for.
        is_newest_first: Whether the page has the order of the query.
    """
    has_words = any(isinstance(leaf, Word) and leaf.text in forms for leaf, _ in leaves(tree))
    told = _BY_FORMS if has_words else ""
    if has_words and not is_newest_first:
        told += _BY_SCORE
    articles = _with(read_sql("searches", "articles"), _condition(tree, _of_article(forms)))
    if not as_statements:
        return told + articles
    statements = read_sql("searches", "statements").replace("{articles}", articles)
    return told + _with(statements, _condition(tree, _of_statement(forms)))


def _with(sql: str, condition: str) -> str:
    return sql.replace("{condition}", condition)


def _condition(node: Node, leaf_sql: _LeafSql, *, is_wanted: bool = True) -> str:
    """Return a tree as a condition, without parts that are always true or false."""
    if isinstance(node, Not):
        inner = _condition(node.node, leaf_sql, is_wanted=not is_wanted)
        return {"true": "false", "false": "true"}.get(inner, f"NOT {inner}")
    if not isinstance(node, All | Some):
        return leaf_sql(node, is_wanted)
    neutral, decisive = ("true", "false") if isinstance(node, All) else ("false", "true")
    parts = [_condition(one, leaf_sql, is_wanted=is_wanted) for one in node.nodes]
    if decisive in parts:
        return decisive
    parts = [part for part in parts if part != neutral]
    if len(parts) < 2:
        return parts[0] if parts else neutral
    joint = "\n    AND " if isinstance(node, All) else "\n    OR "
    return f"({joint.join(parts)})"


def _of_article(forms: Forms) -> _LeafSql:
    def sql(leaf: Leaf, is_wanted: bool) -> str:  # noqa: ARG001, FBT001  # as for a statement
        if isinstance(leaf, Word):
            return _in_text(word_pattern(forms[leaf.text])) if leaf.text in forms else "true"
        if isinstance(leaf, Passage):
            pattern = passage_pattern(leaf)
            return _has("title", pattern) if leaf.is_in_title else _in_text(pattern)
        if isinstance(leaf, Days):
            return filled_in(*on_days(leaf, "value"))
        if isinstance(leaf, Sources):
            return filled_in(*from_sources(leaf, "value"))
        if isinstance(leaf, Field) and (told := fact(leaf, "value")):
            return filled_in(*told)
        return f"(article_id, revision) IN ({filled_in(*everybody(leaf))})"

    return sql


def _of_statement(forms: Forms) -> _LeafSql:
    """Return conditions on a statement; what only its article tells counts as told."""

    def sql(leaf: Leaf, is_wanted: bool) -> str:  # noqa: FBT001  # called by `_condition` alone
        if isinstance(leaf, Word):
            return _has(_SAID, word_pattern(forms[leaf.text])) if leaf.text in forms else "true"
        if isinstance(leaf, Passage) and not leaf.is_in_title:
            return _has(_SAID, passage_pattern(leaf))
        if isinstance(leaf, Field) and leaf.name == "speaker":
            return filled_in(*speaking(leaf))
        return str(is_wanted).lower()

    return sql


def _in_text(pattern: str) -> str:
    return f"({_has('title', pattern)} OR {_has('text', pattern)})"


def _has(column: str, pattern: str) -> str:
    return f"regexp_matches({column}, {literal(pattern)})"
