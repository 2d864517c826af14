"""Links new articles with the stories that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from transforms.grouping import stories
from transforms.grouping.stories import OPEN, Joined, Report, Story, StoryIndex
from transforms.grouping.story_reviews import MOST_REVIEWED, Member, Part, review
from transforms.grouping.vectors import (
    Content,
    Counted,
    Frequencies,
    Name,
    Vector,
    count_terms,
    from_pairs,
    keys_of,
    to_pairs,
    weigh,
)
from warehouse.conditions import Connection
from warehouse.rows import Row
from warehouse.stories import (
    MemberRow,
    NewArticle,
    StateRow,
    members_of,
    named_in,
    new_articles,
    states_of,
    stories_of_clusters,
    stories_with,
    term_counts,
    terms_of,
)

_DIGITS: Final = 4  # of a weight; more change no comparison


@dataclass(slots=True)
class _Place:
    """Where an article is: in which story, and where it was stored before."""

    story: str
    joined: Joined | None = None
    stored: MemberRow | None = None
    cluster: str | None = None

    @property
    def is_copy(self) -> bool:
        """Whether it joined its story as a copy."""
        known = self.joined or self.stored
        return known is not None and known.is_copy


class _Batch:
    """The new articles of some batches, and what the warehouse knows about their stories."""

    def __init__(self, con: Connection, articles: Sequence[NewArticle]) -> None:
        self.con = con
        self.articles = {article.article_id: article for article in articles}
        clusters = {article.cluster for article in articles if article.cluster}
        known = stories_of_clusters(con, clusters)
        self.counted = {article.article_id: count_terms(_content(article)) for article in articles}
        self.frequencies = _frequencies(con, articles, self.counted, known.keys())
        self.reports = [self._report(article) for article in articles]
        self.index = _index(con, self.reports, known)
        self.places: dict[str, _Place] = {}

    def _report(self, article: NewArticle) -> Report:
        frequencies = self.frequencies[article.language]
        vector = weigh(self.counted[article.article_id], frequencies)
        return Report(
            key=article.article_id,
            at=article.at,
            vector=vector,
            keys=keys_of(vector, frequencies),
            cluster=article.cluster,
            people=[name for _, name, kind, _, _ in article.names if kind == "person"],
            places=[name for _, name, kind, _, _ in article.names if kind == "place"],
        )

    def link(self) -> None:
        """Find the story of each article, and look again at the stories that have grown."""
        index = self.index
        for report in self.reports:
            index.add(report)
        due = index.due()
        merged = [key for key in index.changed if index.stories[key].into is not None]
        for row in members_of(self.con, [*due, *merged]):
            story = index.story_of(row.story_id).key
            self.places[row.article_id] = _Place(story, stored=row, cluster=row.cluster_id)
        for joined in index.joined:
            story = index.story_of(joined.story).key
            cluster = self.articles[joined.article].cluster
            self.places[joined.article] = _Place(story, joined=joined, cluster=cluster)
        for key in due:
            self._review(key)

    def _review(self, key: str) -> None:
        members = self._members(key)
        if not members:
            return
        stays, part = review(members)
        # Copies of one text share a story, so they hold it together.
        if part is None or self._clusters(stays) & self._clusters(part):
            self.index.reviewed(key, stays)
            return
        new = self.index.split(key, stays, part)
        self._move(key, new, part)

    def _clusters(self, part: Part) -> set[str]:
        clusters = (self.places[member.key].cluster for member in part.members)
        return {cluster for cluster in clusters if cluster is not None}

    def _members(self, key: str) -> list[Member]:
        """Return the newest articles of a story, without copies."""
        keys = [
            article
            for article, place in self.places.items()
            if place.story == key and not place.is_copy
        ]
        fresh = {report.key: report for report in self.reports}
        members = [
            Member(key=one, at=fresh[one].at, vector=fresh[one].vector)
            for one in keys
            if one in fresh
        ]
        for row in terms_of(self.con, [one for one in keys if one not in fresh]):
            vector = from_pairs(row.terms, row.weights)
            members.append(Member(key=row.article_id, at=row.published_at, vector=vector))
        return sorted(members, key=lambda member: (member.at, member.key))[-MOST_REVIEWED:]

    def _move(self, key: str, new: Story, part: Part) -> None:
        """Move the articles of a part, and their copies, to its new story."""
        keys = {member.key for member in part.members}
        clusters = self._clusters(part)
        for article, place in self.places.items():
            if place.story == key and (article in keys or place.cluster in clusters):
                place.story = new.key
        story = self.index.stories[key]
        stored = named_in(self.con, sorted(keys))
        for name, kind in (named for one in keys for named in stored.get(one, ())):
            counts = (new.people, story.people) if kind == "person" else (new.places, story.places)
            counts[0][name] += 1
            counts[1][name] -= 1
        story.people, story.places = +story.people, +story.places


def link_stories(con: Connection, batches: Sequence[str], now: datetime) -> dict[str, list[Row]]:
    """Return the rows of the stories of the new articles, by table."""
    articles = new_articles(con, batches)
    if not articles:
        return {}
    batch = _Batch(con, articles)
    batch.link()
    index = batch.index
    joined = {one.article: one for one in index.joined}
    kept = [key for key in index.changed if not _is_forgotten(index.stories[key])]
    return {
        "story_terms": [
            _terms_row(batch, report) for report in batch.reports if not joined[report.key].is_copy
        ],
        "story_keys": _key_rows(index),
        "story_members": [*_member_rows(batch, now)],
        "story_states": [_state_row(index.stories[key]) for key in kept],
        "story_changes": [*_change_rows(batch, kept, now)],
    }


def _content(article: NewArticle) -> Content:
    return Content(
        title=article.title,
        text=article.text,
        names=tuple(
            Name(entity, name, kind, tuple(forms), times)
            for entity, name, kind, forms, times in article.names
        ),
        days=tuple(article.days),
        statements=tuple(article.statements),
    )


def _frequencies(
    con: Connection,
    articles: Sequence[NewArticle],
    counted: dict[str, Counted],
    known: Iterable[str],
) -> dict[str, Frequencies]:
    """Return how frequent each term is in each language; a text and its copies count once."""
    languages = {article.language for article in articles}
    stored = term_counts(con, languages)
    found = {language: Counter(stored.get(language, (0, {}))[1]) for language in languages}
    totals = {language: stored.get(language, (0, {}))[0] for language in languages}
    seen = set(known)
    for article in articles:
        if article.cluster is None or article.cluster not in seen:
            found[article.language].update(counted[article.article_id].terms)
            totals[article.language] += 1
            seen |= {article.cluster} if article.cluster else set()
    return {language: Frequencies(totals[language], found[language]) for language in languages}


def _index(
    con: Connection, reports: Sequence[Report], clusters: dict[str, list[str]]
) -> StoryIndex:
    days = [report.at.date() for report in reports]
    terms = {key for report in reports for key in report.keys}
    window = (min(days) - OPEN, max(days) + OPEN)
    places = stories_with(con, sorted(terms), window, most=stories.COMMON)
    likely = StoryIndex(places)
    keys = {key for report in reports for key in likely.candidates(report)}
    keys.update(key for some in clusters.values() for key in some)
    return StoryIndex(places, map(_story, states_of(con, sorted(keys))), clusters)


def _story(row: StateRow) -> Story:
    return Story(
        key=row.story_id,
        first_at=row.first_at,
        last_at=row.last_at,
        vector=from_pairs(row.terms, row.weights),
        central=row.central_article_id,
        texts=row.texts,
        reviewed=row.reviewed_texts,
        version=row.version,
        follows=row.follows_story_id,
        into=row.into_story_id,
        people=Counter(dict(zip(row.people, row.people_texts, strict=True))),
        places=Counter(dict(zip(row.places, row.places_texts, strict=True))),
    )


def _is_forgotten(story: Story) -> bool:
    """Whether a story became part of another one before it was stored."""
    return story.into is not None and story.version == 0


def _terms_row(batch: _Batch, report: Report) -> Row:
    return {
        "article_id": report.key,
        "published_at": report.at,
        "language": batch.articles[report.key].language or None,
        "all_terms": sorted(batch.counted[report.key].terms),
    } | _weighted(report.vector)


def _weighted(vector: Vector) -> Row:
    terms, weights = to_pairs(vector)
    return {"terms": terms, "weights": [round(weight, _DIGITS) for weight in weights]}


def _key_rows(index: StoryIndex) -> list[Row]:
    found = {(term, index.story_of(key).key, day): None for term, key, day in index.new_keys}
    return [{"term": term, "story_id": key, "published_on": day} for term, key, day in found]


def _member_rows(batch: _Batch, now: datetime) -> Iterable[Row]:
    shared: dict[str, Any] = {"linked_at": now, "transform_version": stories.VERSION}
    for article, place in batch.places.items():
        row = shared | {"article_id": article, "story_id": place.story, "is_copy": place.is_copy}
        if place.joined is not None:
            yield row | {"moves": 0, "similarity": round(place.joined.similarity, _DIGITS)}
        elif place.stored is not None and place.stored.story_id != place.story:
            yield row | {"moves": place.stored.moves + 1, "similarity": place.stored.similarity}


def _state_row(story: Story) -> Row:
    places = story.places.most_common()
    # A place that a headline made look like a person is a place.
    people = [(name, n) for name, n in story.people.most_common() if n > story.places[name]]
    return {
        "story_id": story.key,
        "version": story.version + 1,
        "first_at": story.first_at,
        "last_at": story.last_at,
        "central_article_id": story.central,
        "texts": story.texts,
        "reviewed_texts": story.reviewed,
        "people": [name for name, _ in people],
        "people_texts": [texts for _, texts in people],
        "places": [name for name, _ in places],
        "places_texts": [texts for _, texts in places],
        "follows_story_id": story.follows,
        "into_story_id": story.into,
    } | _weighted(story.vector)


def _change_rows(batch: _Batch, kept: Sequence[str], now: datetime) -> Iterable[Row]:
    index = batch.index
    for key in kept:
        story = index.stories[key]
        row = {"story_id": key, "changed_at": now}
        if story.into is not None:
            moved = sum(
                place.stored is not None and place.stored.story_id == key
                for place in batch.places.values()
            )
            into = index.story_of(key).key
            yield row | {"other_story_id": into, "kind": "merged", "articles": moved}
        elif story.version == 0 and story.split_from is not None:
            moved = sum(place.story == key for place in batch.places.values())
            yield row | {"other_story_id": story.split_from, "kind": "split", "articles": moved}
        elif story.version == 0 and story.follows is not None:
            yield row | {"other_story_id": story.follows, "kind": "followed", "articles": 0}
