"""The identity of feed entries, and which entries of a poll are new.

The key of an entry is its GUID, otherwise its canonical URL, otherwise its title and
date. A GUID that one document gives to several URLs does not identify them, so there the
GUID and the URL form the key together. miniflux and lemon24/reader handle duplicate and
changing GUIDs in the same way; here the order of the items makes no difference.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from transforms.feeds.feed_records import FeedEntry
from transforms.identity import entry_id, fold, sha256_text

_TAG = re.compile(r"<[^<>]*>")
_FEW: Final = 3  # entries; two that are renamed together do not tell how their feed is made
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Identified:
    """Entries with their keys, and how many were left out.

    Attributes:
        duplicates: Number of entries with the key of an earlier one.
        unusable: Number of entries with nothing to identify them.
    """

    entries: tuple[FeedEntry, ...]
    duplicates: int
    unusable: int


def identify_entries(feed: str, entries: Iterable[FeedEntry]) -> Identified:
    """Return the entries with `entry_id` and `fingerprint` set, one per key.

    Args:
        feed: The feed's key.
        entries: In document order; the first entry with a key is kept.
    """
    listed = list(entries)
    addresses: dict[str, set[str | None]] = {}
    for entry in listed:
        if entry.guid:
            addresses.setdefault(entry.guid, set()).add(entry.canonical_url)
    shared = {guid for guid, urls in addresses.items() if len(urls) > 1}
    kept: dict[str, FeedEntry] = {}
    unusable = 0
    for entry in listed:
        parts = _identity(entry, shared)
        if parts is None:
            unusable += 1
            continue
        key = entry_id(feed, *parts)
        flags = _identity_flags(entry, parts[0])
        known = entry._replace(entry_id=key, fingerprint=fingerprint(entry), flags=flags)
        kept.setdefault(key, known)
    duplicates = len(listed) - unusable - len(kept)
    return Identified(tuple(kept.values()), duplicates, unusable)


def _identity(entry: FeedEntry, shared: Collection[str]) -> tuple[str, ...] | None:
    """Return the kind and the parts of an entry's key, None if nothing identifies it."""
    if entry.guid and entry.guid in shared:
        return ("guid+url", entry.guid, entry.canonical_url or fold(entry.title or ""))
    if entry.guid:
        return ("guid", entry.guid)
    if entry.canonical_url:
        return ("url", entry.canonical_url)
    when = entry.published_raw or entry.updated_raw or ""
    texts = (entry.title, entry.summary, entry.content, *entry.authors, *entry.tags)
    said = next(filter(None, (*texts, entry.image_url)), "")
    return ("text", fold(said), when) if said or when else None


def _identity_flags(entry: FeedEntry, kind: str) -> tuple[str, ...]:
    odd = {"guid+url": {"shared_guid"}, "text": {"no_guid"}}.get(kind, set[str]())
    return tuple(sorted(odd | set(entry.flags)))


def fingerprint(entry: FeedEntry) -> str:
    """Return a hash of what a reader sees of the entry: URL, title, date, words.

    Markup is left out: its counters and tracking pixels change at every poll.
    """
    words = _TAG.sub(" ", entry.content) if entry.content else None
    said = (entry.title, entry.summary, entry.canonical_url, words)
    when = (entry.updated_at or entry.published_at) and (entry.updated_raw or entry.published_raw)
    return sha256_text(fold("|".join(part or "" for part in (*said, when))))


@dataclass(frozen=True, slots=True)
class News:
    """The entries of a poll, sorted by what is already known; each is in one group.

    Attributes:
        new: Entries with a page that was never seen.
        changed: Entries that were edited: known ones with other content than before, and
            those that got a new key from their feed. Fetch the page again.
        renamed: Other entries with a new key and a known URL: of another feed, or of a feed
            that renames all its entries. Not a second article, and nothing to fetch.
        known: All others.
    """

    new: tuple[FeedEntry, ...] = ()
    changed: tuple[FeedEntry, ...] = ()
    renamed: tuple[FeedEntry, ...] = ()
    known: tuple[FeedEntry, ...] = ()


def find_news(
    entries: Sequence[FeedEntry],
    fingerprints: Mapping[str, str],
    known_urls: Collection[str],
    own: Mapping[str, str] = _NOTHING,
) -> News:
    """Return the entries of a poll, grouped by what to do with them.

    Args:
        entries: The entries that the feed shows now.
        fingerprints: The latest fingerprint of each known `entry_id`.
        known_urls: Canonical URLs of entries and articles seen before.
        own: The latest fingerprint of each canonical URL that this feed showed before.
    """
    sorted_out: dict[str, list[FeedEntry]] = {kind: [] for kind in News.__slots__}
    taken: Counter[str] = Counter()
    for entry in entries:
        url = entry.canonical_url
        if entry.entry_id in fingerprints:
            is_same = fingerprints[entry.entry_id] == entry.fingerprint
            kind = "known" if is_same else "changed"
        elif url and (url in known_urls or taken[url]):
            kind = "renamed"
        else:
            kind = "new"
        if url:
            taken[url] += 1
        sorted_out[kind].append(entry)
    others = len(sorted_out["known"]) + len(sorted_out["changed"])
    rekeyed = [e for e in sorted_out["renamed"] if e.canonical_url in own]
    edited = _edited([e for e in rekeyed if taken[e.canonical_url or ""] == 1], others, own)
    keys = {entry.entry_id for entry in edited}
    sorted_out["changed"] += edited
    sorted_out["renamed"] = [e for e in sorted_out["renamed"] if e.entry_id not in keys]
    return News(**{kind: tuple(found) for kind, found in sorted_out.items()})


def _edited(rekeyed: list[FeedEntry], others: int, own: Mapping[str, str]) -> list[FeedEntry]:
    """Return the entries with a new key that were edited.

    Some publishers count the edits of an article in its GUID. Other feeds make all GUIDs
    anew at every poll, from a session or the time: there only other words show an edit, and
    if the words of all entries are other ones, nothing does.

    Args:
        rekeyed: Entries with a new key and a URL that the feed showed before, alone.
        others: The number of entries that kept their key.
        own: See `find_news`.
    """
    if not _is_whole_feed(len(rekeyed), others):
        return rekeyed
    reworded = [entry for entry in rekeyed if own[entry.canonical_url or ""] != entry.fingerprint]
    is_new_made = _is_whole_feed(len(reworded), others + len(rekeyed) - len(reworded))
    return [] if is_new_made else reworded


def _is_whole_feed(some: int, others: int) -> bool:
    """Return whether `some` entries are so many that it is the feed that changed."""
    return some >= _FEW and some > 2 * others


def mark(entry_id: str) -> int:
    """Return 32 bits of an entry's key, by which the next poll recognizes it.

    With two polls of 50 entries each, one in two million mistakes a new entry for a known one.

    >>> mark("e1-0000002a5f3a5f3a5f3a5f3a")
    42
    """
    return int(entry_id[3:11], 16)
