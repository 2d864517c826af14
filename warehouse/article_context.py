"""What is known of one article beside its text: its subjects, its story and its copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import duckdb

_SHOWN_TERMS: Final = 5  # of a topic, on the terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPhrase:
    """A phrase that says what the article is about, as in the view `latest_keyphrases`."""

    phrase: str
    score: float
    occurrences: int
    entity_id: str | None
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTopic:
    """A topic of the article with the terms that it was found by, as in `latest_topics`."""

    topic: str
    topic_code: str
    level: int
    score: float
    evidence: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStory:
    """The story that the article belongs to, as in the view `stories`."""

    story_id: str
    headline: str | None
    articles: int
    sources: int
    is_central: bool
    is_copy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCluster:
    """The cluster of the article and its copies, as in the view `clusters`.

    Attributes:
        articles: Articles with the text, this one included.
        copies: The other ones.
    """

    cluster_id: str
    articles: int
    copies: int
    is_earliest: bool
    likely_origin: str | None
    earliest_article_id: str
    copied_article_id: str | None
    similarity: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContext:
    """Subjects, story and copies of an article.

    Attributes:
        story: None if it was not compared with others yet.
        cluster: None if it is no copy and has none.
    """

    keyphrases: list[ShownPhrase]
    topics: list[ShownTopic]
    story: ShownStory | None
    cluster: ShownCluster | None

    def facts(self) -> list[tuple[str, str]]:
        """Return names and values of what is known, for the terminal."""
        phrases = ", ".join(phrase.phrase for phrase in self.keyphrases)
        topics = "; ".join(map(_told_topic, self.topics))
        values = {"keyphrases": phrases, "topics": topics}
        if self.story is not None:
            values["story"] = _told_story(self.story)
        if self.cluster is not None:
            values["copies"] = _told_cluster(self.cluster)
        return [(name, value) for name, value in values.items() if value]


def read_context(con: duckdb.DuckDBPyConnection, article_id: str) -> ArticleContext:
    """Return the subjects, story and copies of the newest revision of an article."""
    asked = {"article": article_id}
    # With keys that are known before, DuckDB reads only the rows of one story and one cluster.
    stories = [ShownStory(**row) for member in _rows(con, _MEMBER, asked)
               for row in _rows(con, _STORY, asked | member)]  # fmt: skip
    clusters = [ShownCluster(**row) for member in _rows(con, _CLUSTERED, asked)
                for row in _rows(con, _CLUSTER, asked | member)]  # fmt: skip
    return ArticleContext(
        keyphrases=[ShownPhrase(**row) for row in _rows(con, _PHRASES, asked)],
        topics=[ShownTopic(**row) for row in _rows(con, _TOPICS, asked)],
        story=stories[0] if stories else None,
        cluster=clusters[0] if clusters else None,
    )


def _told_topic(topic: ShownTopic) -> str:
    terms = ", ".join(term["term"] for term in topic.evidence[:_SHOWN_TERMS])
    return f"{topic.topic} ({terms})" if terms else topic.topic


def _told_story(story: ShownStory) -> str:
    headline = story.headline or "without a headline"
    if story.articles == 1:
        return f"{story.story_id}, of this article alone"
    outlets = "1 outlet" if story.sources == 1 else f"{story.sources:,} outlets"
    return f"{story.story_id}, {headline}: {story.articles:,} articles, {outlets}"


def _told_cluster(cluster: ShownCluster) -> str:
    others = "1 other article has" if cluster.copies == 1 else f"{cluster.copies:,} others have"
    first = "this one was first" if cluster.is_earliest else f"first {cluster.earliest_article_id}"
    return f"{others} the same text, {first}; cluster {cluster.cluster_id}"


def _rows(
    con: duckdb.DuckDBPyConnection, sql: str, asked: Mapping[str, object]
) -> list[dict[str, Any]]:
    result = con.execute(sql, asked)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


_PHRASES = """
SELECT
    phrase,
    score,
    occurrences,
    entity_id,
    start_char,
    end_char
FROM latest_keyphrases
WHERE article_id = $article
ORDER BY score DESC, start_char
"""
_TOPICS = """
SELECT
    topic,
    topic_code,
    level,
    score,
    evidence
FROM latest_topics
WHERE article_id = $article
ORDER BY level, score DESC, topic_code
"""
_MEMBER = """
SELECT
    story_id AS story,
    is_copy
FROM current_story_members
WHERE article_id = $article
"""
_STORY = """
SELECT
    stories.story_id,
    stories.headline,
    stories.articles,
    stories.sources,
    stories.central_article_id = $article AS is_central,
    $is_copy AS is_copy
FROM stories
WHERE stories.story_id = $story
"""
_CLUSTERED = """
SELECT cluster_id AS cluster
FROM cluster_members
WHERE article_id = $article
"""
_CLUSTER = """
SELECT
    cluster_id,
    articles,
    articles - 1 AS copies,
    is_earliest,
    likely_origin,
    earliest_article_id,
    copied_article_id,
    similarity
FROM clusters
WHERE article_id = $article AND cluster_id = $cluster
"""
