"""New articles, indexed in memory, and which of them match a question.

It gives the answers of `warehouse.search_ranking`, for few articles and many questions: the words
and passages of all questions are looked up at once, and the rest is a matter of sets.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb
import orjson

from warehouse.search_filters import name_key, passage_pattern, speaks
from warehouse.search_index import STEMMERS, index_in_memory, load_fts
from warehouse.search_terms import parts_of
from warehouse.search_tree import (
    All,
    Days,
    Field,
    InStory,
    Leaf,
    Node,
    Not,
    Part,
    Passage,
    Some,
    Word,
    leaves,
)

Key = tuple[str, int]  # article_id and revision
_SQL = importlib.resources.files("warehouse")


@dataclass(frozen=True, slots=True)
class _Facts:
    key: Key
    source_id: str
    language: str | None
    published_on: date | None
    speakers: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    topics: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)


class NewArticles:
    """The articles of some batches, or some articles, in a database in memory.

    Use it in a `with`: the connection has the databases `snapshot` and `m0` meanwhile.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        *,
        batches: Sequence[str] = (),
        joined: Sequence[str] = (),
    ) -> None:
        """Copy and index the articles.

        Args:
            con: The live file.
            batches: The batches that appended them.
            joined: Their keys, instead of the batches: their newest revisions are meant.

        Raises:
            ExtensionMissingError: The wheel of the full-text extension is not installed.
        """
        self._con, self._batches, self._joined = con, batches, joined
        self._facts: dict[int, _Facts] = {}
        self._found: dict[Leaf, set[int]] = {}

    def __enter__(self) -> NewArticles:
        load_fts(self._con)
        self._con.execute("ATTACH ':memory:' AS snapshot")
        try:
            self._copy()
            index_in_memory(self._con)
            self._read_facts()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _copy(self) -> None:
        """Copy the articles, with their statements and names, into the database `snapshot`."""
        for name, keys in (("batches", self._batches), ("joined", self._joined)):
            self._con.execute(f"SET VARIABLE {name} = CAST(? AS VARCHAR[])", [list(keys)])
        self._con.execute(_SQL.joinpath("watch_articles.sql").read_text("utf-8"))

    def __exit__(self, *_: object) -> None:
        for name in ("m0", "snapshot"):
            self._con.execute(f"DETACH DATABASE IF EXISTS {name}")

    def prepare(self, trees: Iterable[Node]) -> None:
        """Look up the words and passages of all questions."""
        asked = {leaf for tree in trees for leaf, _ in leaves(tree)}
        words = self._documents_of({part for leaf in asked for part in parts_of(leaf)})
        self._found = {
            leaf: words.get(Part(leaf.text), set()) for leaf in asked if isinstance(leaf, Word)
        }
        passages = [leaf for leaf in asked if isinstance(leaf, Passage)]
        candidates = {leaf: self._with_all(leaf, words) for leaf in passages}
        self._found |= self._check_texts(candidates)
        for leaf in asked:
            if isinstance(leaf, Field | Days):
                self._found[leaf] = self._where(_test(leaf))
            elif isinstance(leaf, InStory):
                rows = self._con.execute(_IN_STORY, [leaf.story_id]).fetchall()
                self._found[leaf] = {document for (document,) in rows}

    def matching(self, tree: Node) -> list[Key]:
        """Return the articles that match a prepared question, newest first."""
        found = [self._facts[document] for document in self._evaluate(tree)]
        found.sort(key=lambda facts: (facts.published_on or date.min, facts.key), reverse=True)
        return [facts.key for facts in found]

    def _evaluate(self, node: Node) -> set[int]:
        if isinstance(node, Not):
            return self._facts.keys() - self._evaluate(node.node)
        if isinstance(node, All):
            return set.intersection(*map(self._evaluate, node.nodes))
        if isinstance(node, Some):
            return set.union(*map(self._evaluate, node.nodes))
        return self._found[node]

    def _where(self, test: Callable[[_Facts], bool]) -> set[int]:
        return {document for document, facts in self._facts.items() if test(facts)}

    def _read_facts(self) -> None:
        by_key = {}
        for document, ident, revision, *row in self._con.execute(_DOCUMENTS).fetchall():
            by_key[ident, revision] = self._facts[document] = _Facts((ident, revision), *row)
        for ident, revision, speaker in self._con.execute(_SPEAKERS).fetchall():
            by_key[ident, revision].speakers.add(speaker)
        for ident, revision, name in self._con.execute(_NAMES).fetchall():
            by_key[ident, revision].names.add(name_key(name))
        for ident, revision, topic in self._con.execute(_TOPICS).fetchall():
            by_key[ident, revision].topics.add(topic)
        for ident, revision, page in self._con.execute(_PAGES).fetchall():
            by_key[ident, revision].pages.add(page)

    def _documents_of(self, parts: set[Part]) -> dict[Part, set[int]]:
        """Return the documents with a word of the same stem; of a beginning, all documents."""
        found = {part: set(self._facts) for part in parts if part.is_beginning}
        words = sorted({part.text for part in parts if not part.is_beginning})
        given = {"words": words, "stemmers": sorted({*STEMMERS.values(), "none"})}
        for word, documents in self._con.execute(_WORDS, given).fetchall():
            found[Part(word)] = set(documents)
        return found

    def _with_all(self, leaf: Passage, words: dict[Part, set[int]]) -> set[int]:
        return set.intersection(*(words.get(part, set()) for part in leaf.parts))

    def _check_texts(self, candidates: dict[Passage, set[int]]) -> dict[Leaf, set[int]]:
        """Return the documents that really have each passage."""
        listed = list(candidates)
        pairs = [
            {
                "passage": at,
                "document": document,
                "pattern": passage_pattern(leaf),
                "is_in_title": leaf.is_in_title,
            }
            for at, leaf in enumerate(listed)
            for document in candidates[leaf]
        ]
        rows = self._con.execute(_PASSAGES, [orjson.dumps(pairs).decode()]).fetchall()
        found: dict[Leaf, set[int]] = {leaf: set() for leaf in listed}
        for at, document in rows:
            found[listed[at]].add(document)
        return found


def _test(leaf: Field | Days) -> Callable[[_Facts], bool]:
    """Return whether an article has a property."""
    if isinstance(leaf, Days):
        first, last = leaf.since or date.min, leaf.until or date.max
        return lambda facts: facts.published_on is not None and first <= facts.published_on <= last
    value, key = leaf.value, name_key(leaf.value)
    if leaf.name == "speaker":
        return lambda facts: any(speaks(name, [value]) for name in facts.speakers)
    if leaf.name == "entity":
        return lambda facts: key in facts.names
    if leaf.name == "topic":
        return lambda facts: any(speaks(topic, [value]) for topic in facts.topics)
    if leaf.name == "page":
        return lambda facts: value in facts.pages
    if leaf.name == "source":
        return lambda facts: value.lower() in facts.source_id
    return lambda facts: facts.language == value.lower()


_DOCUMENTS = (
    "SELECT document, article_id, revision, source_id, language, published_on FROM m0.documents"
)
_SPEAKERS = """
SELECT DISTINCT article_id, revision, speaker
FROM snapshot.latest_quotations
WHERE act = 'speech' AND speaker IS NOT NULL
"""
_NAMES = """
SELECT DISTINCT article_id, revision, name
FROM (
    SELECT article_id, revision, text AS name
    FROM snapshot.latest_mentions
    UNION ALL
    SELECT article_id, revision, unnest(list_prepend(name, aliases))
    FROM snapshot.latest_mentions
    INNER JOIN snapshot.entities USING (entity_id)
)
"""
_IN_STORY = """
SELECT documents.document
FROM m0.documents AS documents
SEMI JOIN (
    SELECT article_id
    FROM main.current_story_members
    WHERE story_id = ?
) AS members USING (article_id)
"""
_TOPICS = "SELECT DISTINCT article_id, revision, topic FROM snapshot.latest_topics"
_PAGES = "SELECT article_id, revision, page_type FROM snapshot.articles WHERE page_type IS NOT NULL"
_WORDS = """
SELECT asked.word, list(DISTINCT postings.document)
FROM (
    SELECT word, stemmer, strip_accents(stem(word, stemmer)) AS term
    FROM (SELECT unnest(CAST($words AS VARCHAR[])) AS word), (SELECT unnest($stemmers) AS stemmer)
) AS asked
INNER JOIN m0.terms AS terms USING (stemmer, term)
INNER JOIN m0.postings AS postings ON postings.term = terms.number
GROUP BY asked.word
"""
_PASSAGES = """
WITH pairs AS (
    SELECT unnest(
        from_json(
            CAST(? AS JSON),
            '[{"passage": "INTEGER", "document": "INTEGER", "pattern": "VARCHAR", "is_in_title": "BOOLEAN"}]'
        ),
        recursive := true
    )
), texts AS MATERIALIZED (
    SELECT
        documents.document,
        strip_accents(lower(nfc_normalize(articles.title))) AS title,
        strip_accents(lower(nfc_normalize(articles.text))) AS text
    FROM m0.documents AS documents
    INNER JOIN snapshot.articles AS articles USING (article_id, revision)
)
SELECT pairs.passage, pairs.document
FROM pairs
INNER JOIN texts USING (document)
WHERE regexp_matches(coalesce(texts.title, ''), pairs.pattern)
    OR (NOT pairs.is_in_title AND regexp_matches(texts.text, pairs.pattern))
"""
