"""Finds copies: articles with the text of an earlier one, across all publishers.

An index has the sampled shingles of each text. A new text is compared only with the texts
that share some of its sample, so the cost does not grow with the number of texts. A text
adds only what its source does not have, so a report that is printed a thousand times is in
the index once. A shingle that many different texts have is no evidence: it is part of a
page's furniture, and it is not looked up.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from transforms.grouping.overlap import Overlap, Text, compare, prepare
from transforms.grouping.shingles import Span, sample

VERSION: Final = 2

COMMON: Final = 6  # texts that are no copies of each other and share a shingle
_FEWEST_SHARED: Final = 2
_SHARE: Final = 6  # one shared shingle in six of a sample is worth a comparison
_MOST_COMPARED: Final = 6
_KEPT: Final = 256  # prepared texts; copies appear together


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text as it is stored: what `prepare` needs."""

    key: str
    text: str
    title: str | None = None
    source: str | None = None
    quotations: tuple[Span, ...] = ()

    def prepared(self) -> Text:
        """Return the text with its shingles."""
        return prepare(
            self.key,
            self.text,
            title=self.title,
            source=self.source,
            quotations=self.quotations,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A text that is a copy.

    Attributes:
        key: The text.
        cluster: The cluster it belongs to: the key of its first text.
        of: The earlier text that it is most like.
        overlap: What it has in common with that text.
        merged: Clusters that turned out to be parts of this one.
    """

    key: str
    cluster: str
    of: str
    overlap: Overlap
    merged: tuple[str, ...] = ()


class CopyIndex:
    """The sampled shingles of earlier texts, and the clusters of these texts.

    Args:
        places: The texts that have a shingle, for all shingles that will be looked up.
        clusters: The cluster of each of these texts that has one.
        order: These clusters, oldest first. If two clusters become one, the older key stays.
    """

    def __init__(
        self,
        places: Mapping[int, Sequence[str]] | None = None,
        clusters: Mapping[str, str] | None = None,
        order: Iterable[str] = (),
    ) -> None:
        self._places: dict[int, list[str]] = {
            code: [*keys] for code, keys in (places or {}).items()
        }
        self._clusters = dict(clusters or {})
        self._order = {key: rank for rank, key in enumerate(order)}
        self._merged: dict[str, str] = {}
        self._sources: dict[str, Source] = {}
        self._prepared: OrderedDict[str, Text] = OrderedDict()

    def know(self, sources: Iterable[Source]) -> None:
        """Give the index the texts that new ones may be compared with."""
        self._sources.update((source.key, source) for source in sources)

    def candidates(self, hashes: Sequence[int], *, without: str = "") -> list[str]:
        """Return the keys of texts that may be copies, most likely first."""
        counts: Counter[str] = Counter()
        for code in hashes:
            keys = self._places.get(code, ())
            if len(keys) < COMMON:
                counts.update(keys)
        del counts[without]
        fewest = min(_FEWEST_SHARED, max(1, len(hashes) // _SHARE))
        likely = [(count, key) for key, count in counts.items() if count >= fewest]
        likely.sort(key=lambda found: (-found[0], self._rank(found[1]), found[1]))
        return [key for _, key in likely[:_MOST_COMPARED]]

    def add(self, source: Source, text: Text | None = None) -> tuple[Copy | None, list[int]]:
        """Add a text; return whether it is a copy, and the shingles it adds to the index.

        Args:
            source: The text.
            text: The same, if it is prepared already.

        >>> report = "The ferry to Aveling will not sail on Monday because of high waves, the "
        >>> report += "operator said on Sunday. Passengers can return their tickets at any "
        >>> report += "harbour until Friday, or sail on one of the two ferries on Tuesday."
        >>> index = CopyIndex()
        >>> first, _ = index.add(Source(key="a", text=report, title="No ferry to Aveling"))
        >>> again, added = index.add(
        ...     Source(key="b", text=report, title="Ferry to Aveling cancelled")
        ... )
        >>> first, again.cluster, again.overlap.similarity, added
        (None, 'a', 1.0, [])
        """
        text = text or source.prepared()
        hashes = sample(text.shingled.hashes)
        self._order.setdefault(source.key, len(self._order))
        found = [*self._compared(text, hashes)]
        copy = self._joined(source.key, found) if found else None
        known = {key for key, _ in found} | {source.key}
        new = [code for code in hashes if self._is_new(code, known)]
        for code in new:
            self._places.setdefault(code, []).append(source.key)
        if new or not copy:
            self._sources[source.key] = source
        return copy, new

    def cluster_of(self, key: str) -> str:
        """Return the cluster of a text, after all merges; its own key if it has no copy."""
        cluster = self._clusters.get(key, key)
        while cluster in self._merged:
            cluster = self._merged[cluster]
        return cluster

    def forget(self, most: int) -> None:
        """Keep only the `most` texts that were added last, to bound the memory."""
        excess = len(self._sources) - most
        if excess <= 0:
            return
        gone = set([*self._sources][:excess])
        for key in gone:
            del self._sources[key]
            self._prepared.pop(key, None)
        for code in [*self._places]:
            self._places[code] = [key for key in self._places[code] if key not in gone]
            if not self._places[code]:
                del self._places[code]

    def _compared(self, text: Text, hashes: Sequence[int]) -> Iterator[tuple[str, Overlap]]:
        """Yield the texts that `text` is a copy of, with what they have in common."""
        keys = self.candidates(hashes, without=text.key)
        if not keys:
            return
        for key in keys:
            if (other := self._text(key)) is not None:
                overlap = compare(text, other)
                if overlap.is_copy:
                    yield key, overlap

    def _joined(self, key: str, found: Sequence[tuple[str, Overlap]]) -> Copy:
        of, overlap = max(found, key=lambda one: (one[1].similarity, one[1].containment))
        clusters = {self.cluster_of(other) for other, _ in found}
        if key in self._clusters:
            clusters.add(self.cluster_of(key))
        oldest = min(clusters, key=lambda cluster: (self._rank(cluster), cluster))
        merged = tuple(sorted(clusters - {oldest}))
        self._merged.update(dict.fromkeys(merged, oldest))
        self._clusters[key] = oldest
        return Copy(key=key, cluster=oldest, of=of, overlap=overlap, merged=merged)

    def _rank(self, cluster: str) -> int:
        return self._order.get(cluster, len(self._order))

    def _is_new(self, code: int, known: set[str]) -> bool:
        keys = self._places.get(code, ())
        return len(keys) < COMMON and known.isdisjoint(keys)

    def _text(self, key: str) -> Text | None:
        if key in self._prepared:
            self._prepared.move_to_end(key)
            return self._prepared[key]
        source = self._sources.get(key)
        if source is None:
            return None
        text = source.prepared()
        self._prepared[key] = text
        if len(self._prepared) > _KEPT:
            self._prepared.popitem(last=False)
        return text
