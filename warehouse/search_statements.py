"""The statements that have the words of a question, with the words marked.

A statement must have them itself, in the speaker's own words. Everything else that the question
asks, such as the source or a name, is asked of its article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import duckdb

from warehouse.search_filters import has_passage, speaks
from warehouse.search_hits import read_titles, word_numbers
from warehouse.search_matches import Matches, choose, rows_of
from warehouse.search_tree import Field, Leaf, Node, Part, Passage, Word, holds
from warehouse.snippets import Snippet, snippet, words_of

MOST_ARTICLES: Final = 500  # whose statements are looked at
_COLUMNS: Final = (
    "article_id, revision, start_char, end_char, speaker, speaker_role, statement, kind, confidence,"
    " fingerprint, source_id, published_on, published_at"
)
_CHARS: Final = 600  # of a statement that is shown; hardly one is longer


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidHit:
    """A statement that was found.

    Attributes:
        marked: Words of the question, in the forms that the statements have.
        title: Headline of the article; it and `url` are filled in by `with_titles`.
    """

    article_id: str
    revision: int
    start_char: int
    end_char: int
    speaker: str | None
    speaker_role: str | None
    statement: str
    kind: str
    confidence: float | None
    fingerprint: str | None
    source_id: str
    published_on: date | None
    published_at: datetime | None
    language: str | None
    marked: frozenset[str]
    title: str | None = None
    url: str | None = None

    @property
    def snippet(self) -> Snippet:
        """The statement with the words of the question marked."""
        return snippet(self.statement, self.marked, chars=_CHARS)


def find_statements(
    con: duckdb.DuckDBPyConnection,
    tree: Node,
    matches: Matches,
    *,
    is_newest_first: bool,
    most: int = MOST_ARTICLES,
) -> list[SaidHit]:
    """Return the statements of the first `most` matches, in the order of the matches.

    Args:
        con: The connection that has the table `matches` (see `warehouse.search_matches`).
        tree: The question.
        matches: What was told of its matches.
        is_newest_first: The order of the matches; without it, best first.
        most: How many articles are looked at.
    """
    if not matches.count:
        return []
    choose(con, matches, "looked", most=most, is_newest_first=is_newest_first)
    return statements_looked_at(con, tree)


def statements_looked_at(con: duckdb.DuckDBPyConnection, tree: Node) -> list[SaidHit]:
    """Return the statements of the articles in the table `looked`, in the order of `place`.

    Args:
        con: A connection that `find_matches` was called with.
        tree: The question.
    """
    said = _read(con)
    asked = _Asked(con, said)
    marked = frozenset(asked.marked)
    return [SaidHit(**one, marked=marked) for one in said if holds(tree, asked.test(one))]


def _read(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Return the statements of the articles in the table `looked`, in their order."""
    place: dict[tuple[str, int], tuple[int, str | None]] = {
        row[:2]: row[2:]
        for row in con.execute(
            "SELECT article_id, revision, place, language FROM looked"
        ).fetchall()
    }
    source = rows_of(con, "looked", "quotations", "quotations")
    if con.execute(f"SELECT 1 FROM {source} WHERE statement IS NULL LIMIT 1").fetchone():
        # Only the view knows the words of rows of an old version.
        source = "snapshot.latest_quotations SEMI JOIN looked USING (article_id, revision)"
    rows = con.execute(f"SELECT {_COLUMNS} FROM {source} WHERE coalesce(act, 'speech') = 'speech'")
    names = [column[0] for column in rows.description or []]
    said = [dict(zip(names, row, strict=True)) for row in rows.fetchall()]
    for one in said:
        one["place"], one["language"] = place[one["article_id"], one["revision"]]
    said.sort(key=lambda one: (one["place"], one["start_char"]))
    for one in said:
        del one["place"]
    return said


def with_titles(con: duckdb.DuckDBPyConnection, hits: Sequence[SaidHit]) -> list[SaidHit]:
    """Return statements with the headlines and URLs of their articles."""
    titles = read_titles(con, [(hit.article_id, hit.revision, hit.published_on, 0) for hit in hits])
    return [
        replace(hit, title=title, url=url)
        for hit in hits
        for title, url in [titles.get((hit.article_id, hit.revision), (None, None))]
    ]


class _Asked:
    """The words of a question, and which statements have them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, said: Sequence[dict[str, Any]]) -> None:
        texts = [one["statement"] for one in said]
        self._numbers = word_numbers(con, texts, {one["language"] for one in said})
        rows = con.execute("SELECT number, word, is_beginning, is_wanted FROM words").fetchall()
        self._number = {Part(word, is_beginning): at for at, word, is_beginning, _ in rows}
        wanted = {at for at, _, _, is_wanted in rows if is_wanted}
        self.marked = {word for word, numbers in self._numbers.items() if numbers & wanted}
        # A word that most articles have is not searched.
        self._searched = {at for (at,) in con.execute("SELECT number FROM weights").fetchall()}

    def test(self, one: dict[str, Any]) -> Callable[[Leaf, bool], bool]:
        """Return whether a leaf holds for a statement; what its article told counts as told."""
        empty: set[int] = set()
        has = empty.union(*(self._numbers.get(word, empty) for word in words_of(one["statement"])))

        def known(leaf: Leaf, is_wanted: bool) -> bool:  # noqa: FBT001  # called by `holds` alone
            if isinstance(leaf, Word):
                number = self._number[Part(leaf.text)]
                return number in has or number not in self._searched
            if isinstance(leaf, Passage) and not leaf.is_in_title:
                return has_passage(one["statement"], leaf)
            if isinstance(leaf, Field) and leaf.name == "speaker":
                is_same = leaf.value == one["speaker"]
                return is_same if leaf.is_exact else speaks(one["speaker"], [leaf.value])
            return is_wanted

        return known
