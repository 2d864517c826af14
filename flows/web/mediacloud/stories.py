"""Media Cloud's API: the stories that match a query, how many there are, and what they say."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flows.web.mediacloud.answers import answering, refuse
from flows.web.mediacloud.page_tokens import place_in, token_of
from flows.web.mediacloud.parameters import (
    PLATFORM,
    Asked,
    Interval,
    check_platform,
    choice,
    is_on,
    whole_number,
)
from flows.web.page import Page
from flows.web.stop_words import stopped
from warehouse.conditions import Connection
from warehouse.search_counts import count_articles, count_matches
from warehouse.search_index import Month
from warehouse.search_lists import Listed, Sorting, list_matches, read_article
from warehouse.search_matches import Matches, find_matches
from warehouse.search_reader import SearchReader
from warehouse.search_samples import top_words

_EVERY_TEXT: Final = 2**62  # passages are looked for in all of them
_PER_PAGE: Final = 1_000
_SAMPLED: Final = 1_000  # articles whose words are counted
_MOST_VALUES: Final = 10_000
_NO_LANGUAGE: Final = "UNK"  # as Media Cloud says


@dataclass(frozen=True, slots=True)
class _Found:
    """The matches of a search, as long as its connection is open."""

    con: Connection
    months: Sequence[Month]
    asked: Asked
    matches: Matches


@contextlib.contextmanager
def index(page: Page) -> Iterator[tuple[Connection, Sequence[Month]]]:
    """Open the newest snapshot and its index; a lost reader ends what is asked of it."""
    searches: SearchReader = page.request.app.state.searches
    with searches.reading() as (con, months):
        page.at_cancel.append(con.interrupt)
        if not months and con.execute("SELECT 1 FROM snapshot.articles LIMIT 1").fetchone():
            raise refuse(
                "the index of the newest snapshot is not there: run `onrecord publish`", 503
            )
        yield con, months


@contextlib.contextmanager
def _found(page: Page) -> Iterator[_Found]:
    with index(page) as (con, months):
        asked = Asked.of(page, con, months)
        matches = find_matches(con, months, asked.tree, most_texts=_EVERY_TEXT)
        yield _Found(con, months, asked, matches)


def total_count(page: Page) -> dict[str, Any]:
    """Return how many stories match, and how many there are in these days and sources."""
    with _found(page) as found:
        total = count_articles(found.con, found.months, found.asked.within)
        return {"count": {"relevant": found.matches.count, "total": total.get((), 0)}}


def count_over_time(page: Page) -> dict[str, Any]:
    """Return how many stories match on each day, also on those without any."""
    with _found(page) as found:
        within = found.asked.within
        of_matches = count_matches(found.con, found.matches, "day")
        of_all = count_articles(found.con, found.months, within, "day")
    counts = []
    for later in range((within.until - within.since).days + 1):
        day = within.since + timedelta(days=later)
        count, total = of_matches.get((day,), 0), of_all.get((day,), 0)
        counts.append(
            {"date": day, "count": count, "total_count": total, "ratio": _ratio(count, total)}
        )
    return {
        "count_over_time": {
            "counts": counts,
            "total": found.matches.count,
            "normalized_total": sum(of_all.values()),
        }
    }


def count_by_source_week(page: Page) -> dict[str, Any]:
    """Return how many stories of each source match in each week, which is named by its Monday."""
    rows = _by_source(page, "week")
    weeks = [{"week": row.pop("bucket"), **row} for row in rows]
    return {"source-week-attention": weeks}


def count_by_source_over_interval(page: Page) -> dict[str, Any]:
    """Return how many stories of each source match in each interval, named by its first day."""
    intervals: tuple[Interval, ...] = ("week", "day", "month", "year")
    interval = choice(page, "interval", intervals)
    rows = _by_source(page, interval)
    return {"source-interval-attention": [{"interval": interval, **row} for row in rows]}


def _by_source(page: Page, interval: Interval) -> list[dict[str, Any]]:
    with _found(page) as found:
        of_matches = count_matches(found.con, found.matches, "source_id", interval)
        of_all = count_articles(found.con, found.months, found.asked.within, "source_id", interval)
    return [
        {
            "media_name": source_id,
            "bucket": first_on,
            "matching_stories": of_matches.get((source_id, first_on), 0),
            "total_stories": total,
            "ratio": _ratio(of_matches.get((source_id, first_on), 0), total),
        }
        for (source_id, first_on), total in sorted(of_all.items())
    ]


def story_list(page: Page) -> dict[str, Any]:
    """Return a page of the stories, the newest first, and the token of the next page."""
    with _found(page) as found:
        sorting = _sorting(page)
        listed, place = list_matches(
            found.con,
            found.matches,
            sorting,
            after=place_in(page.value("pagination_token"), found.asked, sorting),
            most=whole_number(page, "page_size", _PER_PAGE, most=_PER_PAGE),
            has_texts=is_on(page, "expanded"),
        )
    return {
        "stories": [_story(one) for one in listed],
        "pagination_token": token_of(found.asked, sorting, place),
    }


def _sorting(page: Page) -> Sorting:
    if is_on(page, "randomize"):
        return "random"
    return "newest" if choice(page, "sort_order", ("desc", "asc")) == "desc" else "oldest"


def sample(page: Page) -> dict[str, Any]:
    """Return stories chosen at random; a search has the same ones each time."""
    with _found(page) as found:
        listed, _ = list_matches(
            found.con,
            found.matches,
            "random",
            most=whole_number(page, "limit", 10, most=_PER_PAGE),
            has_texts="text" in page.request.query_params.getlist("fields"),
        )
    return {"sample": [_story(one) for one in listed]}


def story(page: Page) -> dict[str, Any]:
    """Return a story with its text."""
    check_platform(page, PLATFORM)
    story_id = page.value("storyId")
    with index(page) as (con, _):
        found = read_article(con, story_id)
    if found is None:
        raise refuse(f"there is no story {story_id!r}", 404)
    return {"story": _story(found)}


def words(page: Page) -> dict[str, Any]:
    """Return the words that occur most often in a sample of the stories."""
    limit = whole_number(page, "limit", 100, most=_MOST_VALUES)
    with _found(page) as found:
        top = top_words(found.con, found.matches, stopped, sampled=_SAMPLED, most=limit)
    # `count` and `ratio` are the names of older versions.
    return {
        "words": [
            {
                "term": word,
                "term_count": count,
                "term_ratio": _ratio(count, top.articles),
                "doc_count": articles,
                "doc_ratio": _ratio(articles, top.articles),
                "sample_size": top.articles,
                "count": count,
                "ratio": _ratio(count, top.articles),
            }
            for word, count, articles in top.counted
        ]
    }


def sources(page: Page) -> dict[str, Any]:
    """Return the sources with the most matching stories."""
    limit = whole_number(page, "limit", 100, most=_MOST_VALUES)
    with _found(page) as found:
        counts = count_matches(found.con, found.matches, "source_id")
    return {"sources": [{"source": name, "count": count} for name, count in _most(counts, limit)]}


def languages(page: Page) -> dict[str, Any]:
    """Return the languages of the matching stories, the most frequent first."""
    limit = whole_number(page, "limit", 100, most=_MOST_VALUES)
    with _found(page) as found:
        counts = count_matches(found.con, found.matches, "language")
    count = found.matches.count
    return {
        "languages": [
            {"language": name, "value": value, "ratio": _ratio(value, count), "sample_size": count}
            for name, value in _most(counts, limit)
        ]
    }


def _most(counts: dict[tuple[Any, ...], int], limit: int) -> list[tuple[str, int]]:
    named = [(name or _NO_LANGUAGE, count) for (name,), count in counts.items()]
    return sorted(named, key=lambda one: (-one[1], one[0]))[:limit]


def _ratio(count: int, total: int) -> float:
    return count / total if total else 0.0


def _story(one: Listed) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": one.article_id,
        "media_name": one.source_id,
        "media_url": one.source_id,
        "title": one.title,
        "publish_date": one.published_on,
        "url": one.url,
        "language": one.language,
        "indexed_date": one.fetched_at,
    }
    return told if one.text is None else told | {"text": one.text}


ROUTES: Final = (
    ("GET", "search/total-count", answering(total_count)),
    ("GET", "search/count-over-time", answering(count_over_time)),
    ("GET", "search/count-by-source-week", answering(count_by_source_week)),
    ("GET", "search/count-by-source-over-interval", answering(count_by_source_over_interval)),
    ("GET", "search/story-list", answering(story_list)),
    ("GET", "search/sample", answering(sample)),
    ("GET", "search/story", answering(story)),
    ("GET", "search/words", answering(words)),
    ("GET", "search/sources", answering(sources)),
    ("GET", "search/languages", answering(languages)),
)
