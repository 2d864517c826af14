"""Finds feeds by what users call them: a URL, a title, words of either, a source or a folder."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from flows.errors import FeedListError
from flows.feeds.feed_list import key_of
from flows.feeds.opml import ListedFeed, account_key
from flows.secrets import mask_url

_MOST_SHOWN = 5
_SIMILAR_URL = 0.75  # all URLs have the same beginning
_SIMILAR = 0.5  # a name with one typing error of four letters is more similar than that


def matching(feeds: Iterable[ListedFeed], words: Sequence[str]) -> list[ListedFeed]:
    """Return the feeds whose title and URL contain all words.

    If the words are the whole title of a feed, only that one is returned. A URL with its scheme
    must be the whole one, because the beginning of one is often the URL of another feed.
    """
    found = list(feeds)
    name = " ".join(words)
    exact = _exact(found, name)
    if exact or "://" in name:
        return exact
    wanted = [word.casefold() for word in words]
    return [feed for feed in found if all(word in _text(feed) for word in wanted)]


def chosen(
    feeds: Sequence[ListedFeed],
    path: Path,
    *,
    names: Sequence[str] = (),
    source: str | None = None,
    folder: str | None = None,
) -> list[ListedFeed]:
    """Return the feeds that the names mean, and those of a source or folder, each once.

    Raises:
        FeedListError: A name, the source or the folder means no feed, or a name means several.
    """
    problems: list[str] = []
    found: list[ListedFeed] = []
    for name in names:
        some = matching(feeds, [name])
        if len(some) == 1:
            found += some
        else:
            problems.append(_several(name, some) if some else unknown(name, feeds))
    if source is not None:
        some = [feed for feed in feeds if is_of_source(feed.source_id, source)]
        problems += [] if some else [unknown_group("source", source, [f.source_id for f in feeds])]
        found += some
    if folder is not None:
        some = [feed for feed in feeds if is_in_folder(feed.folder, folder)]
        problems += [] if some else [unknown_group("folder", folder, [f.folder for f in feeds])]
        found += some
    if problems:
        raise FeedListError(path, "; ".join(problems))
    return list({feed.address: feed for feed in found}.values())


def unknown(name: str, feeds: Iterable[ListedFeed]) -> str:
    """Return the message that no feed has a name, with the nearest names."""
    near = _nearest(name, feeds)
    hint = f"did you mean {_quoted(near)}?" if near else "`onrecord feeds` lists them"
    return f"has no feed {mask_url(name)!r}: {hint}"


def is_of_source(source_id: str, wanted: str) -> bool:
    """Return whether a source is the wanted one.

    >>> is_of_source("harbour-times.example", "www.harbour-times.example")
    True
    """
    return source_id == wanted.casefold().removeprefix("www.")


def is_in_folder(folder: str, wanted: str) -> bool:
    """Return whether a folder is the wanted one or inside it.

    >>> is_in_folder("World/Europe", "world"), is_in_folder("Worldwide", "World")
    (True, False)
    """
    own, asked = folder.casefold(), wanted.casefold().strip("/")
    return own == asked or own.startswith(f"{asked}/")


def _text(feed: ListedFeed) -> str:
    return f"{feed.title or ''} {feed.address}".casefold()


def _exact(feeds: Iterable[ListedFeed], name: str) -> list[ListedFeed]:
    """Return the feeds with this URL, masked or not, otherwise those with this title."""
    named = list(feeds)
    if "://" in name:
        own = account_key(name)
        exact = [f for f in named if own in {account_key(f.url), account_key(f.address)}]
        return exact or [feed for feed in named if key_of(feed.url) == key_of(name)]
    wanted = name.casefold()
    return [feed for feed in named if feed.title and feed.title.casefold() == wanted]


def _several(name: str, found: Sequence[ListedFeed]) -> str:
    shown = ", ".join(feed.address for feed in found[:_MOST_SHOWN])
    more = f" and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
    return f"has {len(found)} feeds that match {mask_url(name)!r}, so give a URL: {shown}{more}"


def unknown_group(kind: str, name: str, names: Iterable[str]) -> str:
    """Return the message that no feed has this source or folder, with the nearest ones."""
    near = difflib.get_close_matches(name, sorted(set(names)), n=3, cutoff=_SIMILAR)
    hint = f": did you mean {_quoted(near)}?" if near else ": `onrecord feeds --json` shows them"
    return f"has no {kind} {name!r}{hint}"


def _quoted(names: Iterable[str]) -> str:
    return " or ".join(map(repr, names))


def _nearest(name: str, feeds: Iterable[ListedFeed]) -> list[str]:
    """Return up to three titles or URLs that resemble a name, the most similar first."""
    names: dict[str, str] = {}
    for feed in feeds:
        url = feed.address
        shown = url if "://" in name else feed.title or url
        for key in filter(None, (feed.title, url, url.partition("://")[2])):
            names.setdefault(key.casefold(), shown)
    least = _SIMILAR_URL if "://" in name else _SIMILAR
    near = difflib.get_close_matches(mask_url(name).casefold(), names, n=6, cutoff=least)
    return list(dict.fromkeys(names[key] for key in near))[:3]
