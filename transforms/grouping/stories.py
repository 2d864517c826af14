"""Groups articles into stories: what several outlets report about one event.

An article joins the open story that it is most like, otherwise it begins one (single-pass
clustering with time decay, as in Allan, Papka and Lavrenko, "On-line new event detection and
tracking", 1998). An article is compared only with stories that share some of its heaviest
terms, so the cost does not grow with the number of stories. Copies of one text share a story.

A story is open for some days after its newest article. It ends after a month, and what is
still reported then becomes a story that follows it. So no story grows without bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from transforms.grouping.story_reviews import Part
from transforms.grouping.vectors import (
    Frequencies,
    Vector,
    keys_of,
    share_too_little,
    similarity,
    top,
)

VERSION: Final = 1

# Chosen on the dev split of tests/quality/stories.jsonl, where limits from 0.18 to 0.24 reach nearly
# the same F1. Lower ones join two matches of one team, higher ones lose follow-ups.
LEAST_SIMILARITY: Final = 0.21
# Halves of one event that follow each other are at 0.38 to 0.6: on the second day, other people
# speak. A fire and a flood in one town are at 0.26, two matches of one team at 0.21, after what
# the days between them take off (dev split, tests/data/local_news). A wrong merge does more harm
# than two stories about one event, so the limit is nearer to the halves.
_MERGE_SIMILARITY: Final = 0.36
OPEN: Final = timedelta(days=5)  # a funeral or the end of a search comes within days
_LONGEST: Final = timedelta(days=30)  # what is reported for months is a topic
_HALF_LIFE: Final = timedelta(days=5)  # of the similarity, by the time since the newest article
_FEWEST_SHARED: Final = 2  # one name may be that of a town
_MOST_COMPARED: Final = 12  # bounds the cost; candidates come with the most shared terms first
COMMON: Final = 60  # stories with the same term of which only the newest are looked at
# The terms of a story are a moving average over about this many articles: it follows the
# event, but one odd article does not turn it.
_MEMORY: Final = 12
_KEPT_WORDS: Final = 120  # a little more than of an article, for what follow-ups add
_KEPT_NAMES: Final = 40
_KEPT_COUNTS: Final = 24  # people and places; five of each are shown
_LEAST_WEIGHT: Final = 0.01  # of a term of a story; lighter ones are forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article that is to join a story.

    Attributes:
        key: The article.
        at: When it was published.
        vector: Its terms.
        keys: The terms by which similar stories are found.
        cluster: The cluster of its copies, None without copies.
        people: The people that it names.
        places: The places that it names.
    """

    key: str
    at: datetime
    vector: Vector
    keys: Sequence[int] = ()
    cluster: str | None = None
    people: Sequence[str] = ()
    places: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class Story:
    """A story as it is now.

    Attributes:
        key: Its key, made from that of its first article.
        first_at: When its oldest article was published.
        last_at: When its newest article was published.
        vector: Its terms, a moving average over its articles.
        central: The article that is most like all others.
        texts: Its articles without copies.
        reviewed: `texts` at its last review.
        version: How often it was stored.
        follows: The story that it goes on with, after that one became too old.
        into: The story that it became part of.
        split_from: The story that it was split off from, only while it is not stored.
        people: In how many texts each person is named.
        places: In how many texts each place is named.
    """

    key: str
    first_at: datetime
    last_at: datetime
    vector: Vector
    central: str
    texts: int = 1
    reviewed: int = 1
    version: int = 0
    follows: str | None = None
    into: str | None = None
    split_from: str | None = None
    people: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Joined:
    """An article and the story that it joined.

    Attributes:
        article: The article.
        story: The story, before any merge.
        similarity: How alike they were, 0 to 1; 1 for the first article.
        is_copy: Whether it joined as a copy of an article of the story.
    """

    article: str
    story: str
    similarity: float
    is_copy: bool = False


class StoryIndex:
    """Stories that may be open, and what was found since the index was made.

    Args:
        places: The stories that have a term, for all keys that will be looked up.
        stories: These stories.
        clusters: The stories of the articles of a cluster.

    Attributes:
        stories: All stories, with those that were begun since.
        joined: The articles that were added, in their order.
        new_keys: Terms by which a story can be found from now on, with the day.
        changed: The stories that have changed.
    """

    def __init__(
        self,
        places: Mapping[int, Sequence[str]] | None = None,
        stories: Iterable[Story] = (),
        clusters: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._places = {key: dict.fromkeys(keys) for key, keys in (places or {}).items()}
        self._clusters = {key: [*keys] for key, keys in (clusters or {}).items()}
        self.stories = {story.key: story for story in stories}
        self.joined: list[Joined] = []
        self.new_keys: list[tuple[int, str, date]] = []
        self.changed: dict[str, None] = {}

    def candidates(self, report: Report) -> list[str]:
        """Return the stories that a report may belong to, most likely first."""
        shared: Counter[str] = Counter()
        for key in report.keys:
            shared.update([*self._places.get(key, ())])
        likely = [(count, key) for key, count in shared.items() if count >= _FEWEST_SHARED]
        likely.sort(key=lambda found: (-found[0], found[1]))
        return [key for _, key in likely[:_MOST_COMPARED]]

    def add(self, report: Report) -> Joined:
        """Add a report to the story that it belongs to, or begin one with it.

        >>> flood = Vector({2: 1.0, 4: 1.0}, {3: 1.0})
        >>> day = datetime(2024, 6, 3)
        >>> index = StoryIndex()
        >>> joined = [
        ...     index.add(Report(key=key, at=day, vector=flood, keys=[2, 3]))
        ...     for key in ("a1-aveling", "a1-market")
        ... ]
        >>> [one.story for one in joined]
        ['s1-aveling', 's1-aveling']
        """
        if known := self._copied(report):
            return self._join(report, known, 1.0, is_copy=True)
        found = [*self._alike(report)]
        open_ones = [(score, story) for score, story in found if _is_young(story, report.at)]
        if not open_ones:
            return self._begin(report, follows=found[0][1].key if found else None)
        score, story = open_ones[0]
        for _, other in open_ones[1:]:
            if _likeness(story, other) >= _MERGE_SIMILARITY:
                story = self.merge(story, other)
        return self._join(report, story, score)

    def story_of(self, key: str) -> Story:
        """Return a story, after all merges."""
        story = self.stories[key]
        while story.into is not None:
            story = self.stories[story.into]
        return story

    def merge(self, one: Story, other: Story) -> Story:
        """Make two stories one and return it: the older of the two, which keeps its key."""
        old, new = sorted((one, other), key=lambda story: (story.first_at, story.key))
        if old is new:
            return old
        new.into = old.key
        old.last_at = max(old.last_at, new.last_at)
        share = new.texts / (old.texts + new.texts)
        old.vector = _moved(old.vector, new.vector, share)
        old.texts += new.texts
        old.people = _most(old.people + new.people)
        old.places = _most(old.places + new.places)
        self.changed |= {old.key: None, new.key: None}
        return old

    def due(self) -> list[str]:
        """Return the stories that have doubled since their last review."""
        return [
            key
            for key in self.changed
            if (story := self.stories[key]).into is None and story.texts >= 2 * story.reviewed
        ]

    def reviewed(self, key: str, part: Part) -> None:
        """Note the outcome of a review: the central article of a story."""
        story = self.stories[key]
        story.central = part.central
        story.reviewed = story.texts
        self.changed[key] = None

    def split(self, key: str, stays: Part, part: Part) -> Story:
        """Make a part of a story a story of its own and return it.

        The names that it counts are left empty; the caller knows who is named where.
        """
        story = self.stories[key]
        days = [member.at for member in part.members]
        new = Story(
            # The article may have begun a story before, which became part of this one.
            key=f"{story_key(part.members[0].key)}-{story.version + 1}",
            first_at=min(days),
            last_at=max(days),
            vector=part.vector,
            central=part.central,
            texts=len(part.members),
            reviewed=len(part.members),
            split_from=key,
        )
        story.vector = stays.vector
        story.last_at = max(member.at for member in stays.members)
        story.texts -= new.texts
        self.reviewed(key, stays)
        self.stories[new.key] = new
        self.changed[new.key] = None
        self._find_by(keys_of(part.vector, Frequencies()), new, new.last_at)
        return new

    def _copied(self, report: Report) -> Story | None:
        """Return the story of the copies of a report; their stories become one."""
        keys = self._clusters.get(report.cluster or "", ())
        stories = [self.story_of(key) for key in keys if key in self.stories]
        for other in stories[1:]:
            stories[0] = self.merge(stories[0], other)
        return self.story_of(stories[0].key) if stories else None

    def _alike(self, report: Report) -> Iterator[tuple[float, Story]]:
        """Yield the stories that a report is like, the most alike first."""
        seen: dict[str, Story] = {}
        for key in self.candidates(report):
            if key in self.stories:
                story = self.story_of(key)
                seen[story.key] = story
        scored = [(_score(report, story), story) for story in seen.values()]
        scored.sort(key=lambda found: (-found[0], found[1].first_at, found[1].key))
        yield from (found for found in scored if found[0] >= LEAST_SIMILARITY)

    def _begin(self, report: Report, *, follows: str | None) -> Joined:
        story = Story(
            key=story_key(report.key),
            first_at=report.at,
            last_at=report.at,
            vector=report.vector,
            central=report.key,
            follows=follows,
            people=Counter(set(report.people)),
            places=Counter(set(report.places)),
        )
        self.stories[story.key] = story
        return self._note(report, story, Joined(report.key, story.key, 1.0))

    def _join(self, report: Report, story: Story, score: float, *, is_copy: bool = False) -> Joined:
        if is_copy:
            # A copy adds no terms: an agency report that 90 outlets run counts once. One that
            # appears after weeks does not open the story again.
            if _gap(report.at, story) <= OPEN:
                _extend(story, report.at)
            return self._note(report, story, Joined(report.key, story.key, score, is_copy=True))
        _extend(story, report.at)
        story.texts += 1
        story.vector = _moved(story.vector, report.vector, 1 / min(story.texts, _MEMORY))
        story.people = _most(story.people + Counter(set(report.people)))
        story.places = _most(story.places + Counter(set(report.places)))
        return self._note(report, story, Joined(report.key, story.key, score))

    def _note(self, report: Report, story: Story, joined: Joined) -> Joined:
        self.joined.append(joined)
        self.changed[story.key] = None
        if report.cluster is not None:
            self._clusters[report.cluster] = [story.key]
        if not joined.is_copy:
            self._find_by(report.keys, story, report.at)
        return joined

    def _find_by(self, keys: Iterable[int], story: Story, at: datetime) -> None:
        """Let a story be found by some terms from now on."""
        for key in keys:
            stories = self._places.setdefault(key, {})
            if story.key not in stories:
                stories[story.key] = None
                self.new_keys.append((key, story.key, at.date()))


def story_key(article: str) -> str:
    """Return the key of the story that an article begins.

    >>> story_key("a1-0f3c")
    's1-0f3c'
    """
    return f"s1-{article.partition('-')[2] or article}"


def _score(report: Report, story: Story) -> float:
    """Return how alike a report and a story are, less by age; 0 if it cannot belong to it."""
    gap = _gap(report.at, story)
    if gap > OPEN or share_too_little(report.vector, story.vector):
        return 0.0
    return similarity(report.vector, story.vector) * _decay(gap)


def _likeness(one: Story, other: Story) -> float:
    """Return how alike two stories are, less by the time between them."""
    gap = max(one.first_at - other.last_at, other.first_at - one.last_at, timedelta())
    return similarity(one.vector, other.vector) * _decay(gap)


def _decay(gap: timedelta) -> float:
    decay: float = 0.5 ** (gap / _HALF_LIFE)
    return decay


def _gap(at: datetime, story: Story) -> timedelta:
    return max(at - story.last_at, story.first_at - at, timedelta())


def _is_young(story: Story, at: datetime) -> bool:
    return max(at, story.last_at) - min(at, story.first_at) <= _LONGEST


def _extend(story: Story, at: datetime) -> None:
    story.first_at, story.last_at = min(story.first_at, at), max(story.last_at, at)


def _moved(vector: Vector, other: Vector, share: float) -> Vector:
    """Return `vector` with a share of it replaced by another."""
    return Vector(
        _mixed(vector.words, other.words, share, _KEPT_WORDS),
        _mixed(vector.names, other.names, share, _KEPT_NAMES),
    )


def _mixed(
    one: Mapping[int, float], other: Mapping[int, float], share: float, most: int
) -> dict[int, float]:
    mixed = {term: weight * (1 - share) for term, weight in one.items()}
    for term, weight in other.items():
        mixed[term] = mixed.get(term, 0.0) + weight * share
    return top({term: weight for term, weight in mixed.items() if weight >= _LEAST_WEIGHT}, most)


def _most(counts: Counter[str]) -> Counter[str]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Counter(dict(ranked[:_KEPT_COUNTS]))
