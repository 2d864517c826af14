"""The views that programs list, with what narrows them.

Conditions read the rows of a listing as `listed`.
"""

from __future__ import annotations

from typing import Final

from warehouse.listings import Filter, Listing
from warehouse.sql_files import read_sql

_NEWEST: Final = ("published_at", True)
_ARTICLE: Final = ("article_id", False)
_PLACE: Final = ("start_char", False)
_SOURCE: Final = Filter(condition="source_id = $value", about="Publisher", example="a.example")
_OF_ARTICLE: Final = Filter(
    condition="article_id = $value", about="Article", example="a1-0f343b0931126a20f133d67c"
)
_DIGEST: Final = {
    "sha256": ("VARCHAR", "Hexadecimal SHA-256 of the archived document that the text is from")
}
# Names between the pieces of an interrupted statement are not part of it.
_ABOUT: Final = """
(listed.article_id, listed.revision, listed.start_char, listed.end_char) IN (
    SELECT (said.article_id, said.revision, said.start_char, said.end_char)
    FROM current_mentions AS named
    INNER JOIN current_quotations AS said
        ON said.article_id = named.article_id
        AND said.revision = named.revision
        AND said.start_char <= named.start_char
        AND said.end_char >= named.end_char
    WHERE named.entity_id = $value
        AND {days}
        AND (
            len(said.fragments) = 1
            OR len([
                1 FOR fragment IN said.fragments
                IF named.start_char >= fragment[1] AND named.end_char <= fragment[2]
            ]) > 0
        )
)
"""

ARTICLES: Final = Listing(
    name="articles",
    view="latest_articles",
    source=read_sql("listed", "articles"),
    described=_DIGEST,
    order=(_NEWEST, _ARTICLE),
    days=("articles", "published_on"),
    left_out=frozenset({"text"}),
    filters={
        "source": _SOURCE,
        "language": Filter(condition="language = $value", about="ISO 639-1 code", example="en"),
        "author": Filter(
            condition="list_contains(authors, $value)", about="One of its authors", example="Ana Ruiz"
        ),
        "agency": Filter(condition="agency = $value", about="News agency", example="Reuters"),
        "kind": Filter(condition="page_type = $value", about="Kind of page", example="article"),
    },
)  # fmt: skip
STATEMENTS: Final = Listing(
    name="statements",
    view="attributed",
    source=read_sql("listed", "statements"),
    described=_DIGEST,
    relation="current_quotations",
    order=(_NEWEST, _ARTICLE, _PLACE),
    days=("quotations", "published_on"),
    filters={
        "speaker": Filter(
            condition="speaker = $value", about="Speaker", example="Ana Ruiz", places="speaker"
        ),
        "speaker_entity": Filter(
            condition="speaker_entity_id = $value",
            about="Entity of the speaker",
            example="n1-5f1e",
            places="speaker_entity",
        ),
        "source": _SOURCE,
        "article": _OF_ARTICLE,
        "about": Filter(
            condition=_ABOUT, about="Entity that it names", example="n1-5f1e", places="about"
        ),
        "words": Filter(
            condition="contains(lower(statement), lower($value))",
            about="Words in this order, in any case",
            example="the harbour",
        ),
        "act": Filter(
            condition="act = $value",
            about="What is reported",
            example="speech",
            choices=("speech", "attitude", "plan"),
        ),
        "kind": Filter(
            condition="kind = $value",
            about="How it is quoted",
            example="direct",
            choices=("direct", "indirect", "mixed"),
        ),
        "wording": Filter(
            condition="fingerprint = $value",
            about="Fingerprint of its words",
            example="q1-5f1e",
            places="wording",
        ),
    },
)
NO_COMMENTS: Final = Listing(
    name="no_comments",
    view="no_comment",
    order=(_NEWEST, _ARTICLE, _PLACE),
    days=("no_comments", "published_on"),
    filters={
        "speaker": Filter(condition="speaker = $value", about="Who was asked", example="Ana Ruiz"),
        "source": _SOURCE,
        "article": _OF_ARTICLE,
    },
)
MENTIONS: Final = Listing(
    name="mentions",
    view="mentioned",
    source=read_sql("listed", "mentions"),
    described=_DIGEST,
    relation="current_mentions",
    order=(_NEWEST, _ARTICLE, _PLACE),
    days=("mentions", "published_on"),
    filters={
        "entity": Filter(
            condition="entity_id = $value", about="Entity", example="n1-5f1e", places="entity"
        ),
        "name": Filter(condition="name = $value", about="Name of the entity", example="Aveling"),
        "kind": Filter(
            condition="kind = $value",
            about="Kind of entity",
            example="person",
            choices=("person", "organization", "place", "event", "product"),
        ),
        "source": _SOURCE,
        "article": _OF_ARTICLE,
    },
)
ENTITIES: Final = Listing(
    name="entities",
    view="entities",
    order=(("name", False), ("entity_id", False)),
    filters={
        "name": Filter(
            condition="contains(lower(name), lower($value))", about="Part of its name", example="Ruiz"
        ),
        "kind": MENTIONS.filters["kind"],
        "country": Filter(condition="country = $value", about="ISO 3166 code", example="NL"),
    },
)  # fmt: skip
EDITS: Final = Listing(
    name="edits",
    view="edits",
    order=(("changed_at", True), _ARTICLE, ("revision", False)),
    filters={
        "article": _OF_ARTICLE,
        "source": _SOURCE,
        "headline": Filter(
            condition="is_headline_changed = $value",
            about="Whether the headline changed",
            example="true",
            kind=bool,
        ),
    },
)
CLUSTERS: Final = Listing(
    name="clusters",
    view="clusters",
    order=(("cluster_id", False), _ARTICLE),
    filters={
        "cluster": Filter(condition="cluster_id = $value", about="Cluster", example="a1-0f34"),
        "article": _OF_ARTICLE,
        "source": _SOURCE,
    },
)
RUNS: Final = Listing(
    name="runs",
    view="run_summary",
    order=(("started_at", True), ("run_id", False)),
    filters={
        "flow": Filter(condition="flow = $value", about="What ran", example="ingest"),
        "state": Filter(condition="state = $value", about="How it ended", example="failed"),
    },
)
COVERAGE: Final = Listing(
    name="coverage",
    view="coverage",
    order=(("day", True), ("source_id", False)),
    days=(f"({read_sql('listed', 'coverage_days')})", "day"),
    has_undated=False,
    daily_of="source",
    filters={"source": _SOURCE},
)
SPEAKERS: Final = Listing(
    name="speakers",
    view="",
    source=read_sql("listed", "speakers"),
    order=(("statements", True), ("speaker", False)),
    counted_days=28,
    filters={
        "name": Filter(
            condition="contains(lower(speaker), lower($value))", about="Part of the name", example="Ruiz"
        )
    },
    described={
        "speaker": ("VARCHAR", "Speaker"),
        "speaker_role": ("VARCHAR", "The latest role, as written"),
        "statements": ("BIGINT", "Statements in the days"),
        "articles": ("BIGINT", "Articles with them"),
        "sources": ("BIGINT", "Publishers with them"),
        "first_on": ("DATE", "First of the days with one"),
        "last_on": ("DATE", "Last of the days with one"),
    },
)  # fmt: skip
STORIES: Final = Listing(
    name="stories",
    view="",
    source=read_sql("listed", "stories"),
    order=(("first_at", True), ("story_id", False)),
    counted_days=7,
    filters={
        "named": Filter(
            condition="contains(lower(array_to_string(people || places, chr(10))), lower($value))",
            about="Part of the name of one of its people or places",
            example="Aveling",
        )
    },
    described={
        "story_id": ("VARCHAR", "Story"),
        "first_at": ("TIMESTAMPTZ", "Its first article, UTC"),
        "last_at": ("TIMESTAMPTZ", "Its last article, UTC"),
        "texts": ("BIGINT", "Its articles without copies"),
        "articles_of_days": ("BIGINT", "Its articles in the days"),
        "sources_of_days": ("BIGINT", "Publishers of these"),
        "people": ("VARCHAR[]", "People named in most of its texts"),
        "places": ("VARCHAR[]", "Places named in most of its texts"),
        "central_article_id": ("VARCHAR", "The article that is most like the others"),
    },
)

LISTINGS: Final = (
    ARTICLES, STATEMENTS, SPEAKERS, STORIES, NO_COMMENTS, MENTIONS, ENTITIES, EDITS, CLUSTERS, RUNS, COVERAGE,
)  # fmt: skip
