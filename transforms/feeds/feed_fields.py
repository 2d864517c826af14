"""Makes records of feed entries, with the same rules for every feed format.

Fields are cleaned of control characters and capped. Everything that was cut, dropped or
doubtful is flagged on the entry, so nothing is lost silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from transforms.feeds.feed_dates import DateWords, FeedDate, judge_date, read_feed_date
from transforms.feeds.feed_records import FeedBody, FeedEntry
from transforms.feeds.feed_text import clean, has_control_characters
from transforms.urls import MAX_URL_CHARS, absolute_url, address_and_key

MAX_TITLE_CHARS = 1_000
MAX_GUID_CHARS = 2_048
MAX_SUMMARY_CHARS = 10_000
MAX_CONTENT_CHARS = 1_000_000  # as long as a novel; pages above 5 MB are not extracted either
MAX_LIST_ITEMS = 100
_MAX_NAME_CHARS = 300
_NUMBER = re.compile(r"\d+")


class EntryFields(NamedTuple):
    """One entry as its feed wrote it; a tuple for the same reason as `FeedEntry`.

    Attributes:
        link: URL as written, None without one.
        title: Plain text; `summary` too.
        content: HTML.
    """

    position: int
    guid: str | None = None
    link: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_raw: str | None = None
    updated_raw: str | None = None
    summary: str | None = None
    content: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None


def make_entry(
    fields: EntryFields,
    body: FeedBody,
    words: DateWords,
    read_loosely: Callable[[str], datetime | None] = lambda _: None,
) -> FeedEntry:
    """Return the entry's record, without `entry_id` and `fingerprint`.

    Args:
        fields: The entry as its feed wrote it.
        body: The feed's URL and the time of its fetch.
        words: Month names and zones.
        read_loosely: A lenient parser for dates that the strict one rejects.
    """
    flags: set[str] = set()
    url, key = _link(fields.link, body.url, flags)
    published = _date(fields.published_raw, read_loosely, body, words)
    updated = _date(fields.updated_raw, read_loosely, body, words)
    flags.update(published.flags)
    return FeedEntry(
        entry_id="",
        feed_id=body.feed_id,
        position=fields.position,
        url=url,
        canonical_url=key,
        guid=_line(fields.guid, MAX_GUID_CHARS, flags),
        title=_line(fields.title, MAX_TITLE_CHARS, flags),
        authors=_names(fields.authors, flags),
        published_raw=_line(fields.published_raw, _MAX_NAME_CHARS, flags),
        published_at=published.at,
        published_precision=published.precision,
        updated_raw=_line(fields.updated_raw, _MAX_NAME_CHARS, flags),
        updated_at=updated.at,
        summary=_line(fields.summary, MAX_SUMMARY_CHARS, flags),
        content=_capped(fields.content, MAX_CONTENT_CHARS, flags),
        language=_line(fields.language, 35, flags),
        tags=_names(fields.tags, flags),
        image_url=absolute_url(fields.image, body.url) if fields.image else None,
        flags=tuple(sorted(flags)),
    )


def _link(link: str | None, base: str, flags: set[str]) -> tuple[str, str] | tuple[None, None]:
    """Return the entry's URL and its key, None if it is missing or unusable."""
    if not link or not link.strip():
        return None, None
    if has_control_characters(link):
        flags.add("control_characters")
    resolved = address_and_key(link, base)
    if resolved is None:
        flags.add("long_link" if len(link) > MAX_URL_CHARS else "bad_link")
        return None, None
    return resolved


def _date(
    raw: str | None,
    read_loosely: Callable[[str], datetime | None],
    body: FeedBody,
    words: DateWords,
) -> FeedDate:
    """Return the strictly parsed date, otherwise the lenient one if it is plausible."""
    if not raw:
        return FeedDate(None, None)
    read = read_feed_date(raw, words, now=body.fetched_at)
    is_short = len(raw) <= _MAX_NAME_CHARS  # longer than any date
    hint = read_loosely(raw) if is_short and read.flags == ("bad_date",) else None
    if hint is None:
        return read
    figures = {int(number) for number in _NUMBER.findall(raw[:100])}
    if hint.day not in figures or not {hint.year, hint.year % 100} & figures:
        return read
    judged = judge_date(hint, "second", now=body.fetched_at)
    return FeedDate(judged.at, judged.precision, (*judged.flags, "date_guessed"))


def _line(text: str | None, limit: int, flags: set[str]) -> str | None:
    """Return `text` on one line, None if nothing is left."""
    capped = _capped(text, limit, flags)
    return " ".join(capped.split()) if capped else None


def _capped(text: str | None, limit: int, flags: set[str]) -> str | None:
    if not text:
        return None
    if has_control_characters(text):
        flags.add("control_characters")
        text = clean(text)
    if len(text) > limit:
        flags.add("cut_field")
        text = text[:limit]
    return text if text.strip() else None


def _names(names: tuple[str, ...], flags: set[str]) -> tuple[str, ...]:
    """Return cleaned, distinct names in order."""
    if len(names) > MAX_LIST_ITEMS:
        flags.add("cut_field")
    lines = (_line(name, _MAX_NAME_CHARS, flags) for name in names[:MAX_LIST_ITEMS])
    return tuple(dict.fromkeys(line for line in lines if line))
