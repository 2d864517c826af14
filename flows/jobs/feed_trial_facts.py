"""What a trial tells of a feed and its pages in words, for the terminal and for the pages."""

from __future__ import annotations

from collections.abc import Iterator

from flows.jobs.feed_trial import FeedTrial, TriedPage
from flows.printable import duration, number
from transforms.feeds.feed_records import FeedEntry
from transforms.records import Article

_TEASER_SHARE = 0.7  # of the page's text: shorter texts in a feed are teasers


def trial_facts(trial: FeedTrial) -> Iterator[tuple[str, str]]:
    """Yield the label and text of each fact about a tried feed; "" if there is none."""
    feed, outlook = trial.feed, trial.outlook
    yield "feed", trial.url + (" (in the feed list)" if trial.is_listed else "")
    yield "redirect", trial.final_url if trial.final_url != trial.url else ""
    yield "title", feed.title or ""
    yield "kind", ", ".join(filter(None, (feed.kind, feed.language)))
    line = f" ({trial.robots_line})" if trial.robots_line else ""
    delay = f", {trial.delay_s:g} s between requests" if trial.delay_s else ""
    yield "robots", f"allows the feed{line}{delay}"
    new = sum(map(trial.is_new, feed.entries))
    if feed.sitemaps:
        yield "entries", f"those of {number(len(feed.sitemaps), 'sitemap')}"
    else:
        yield "entries", f"{len(feed.entries):,}, of which {new:,} new"
    if outlook.per_day is not None and outlook.first_at and outlook.last_at:
        span = f"{outlook.first_at:%Y-%m-%d} to {outlook.last_at:%Y-%m-%d}"
        yield "pace", f"{outlook.per_day:.3g} entries per day, {span}"
    yield "polls", _polls(trial)
    yield "content", _content(trial.pages)


def _polls(trial: FeedTrial) -> str:
    outlook = trial.outlook
    text = f"every {duration(outlook.first_interval_s)} at first"
    if outlook.usual_interval_s is not None:
        text += f", later about every {duration(outlook.usual_interval_s)}"
    wished = f" (it asks for {duration(outlook.wished_s)} at least)" if outlook.wished_s else ""
    return text + wished


def _content(pages: tuple[TriedPage, ...]) -> str:
    """Return whether the feed has the full text, judged by the articles of the tried pages."""
    articles = [(page, page.outcome) for page in pages if isinstance(page.outcome, Article)]
    if not articles:
        return ""
    own = sum(page.feed_characters for page, _ in articles)
    whole = sum(len(article.text) for _, article in articles)
    if not own:
        return "no text in the feed: articles come from their pages"
    kind = "full text" if own >= _TEASER_SHARE * whole else "only teasers"
    return f"{kind}: {own:,} characters in the feed, {whole:,} on the pages"


def entry_day(entry: FeedEntry) -> str:
    """Return the day that an entry states."""
    return f"{entry.published_at:%Y-%m-%d}" if entry.published_at else "no date"


def page_facts(article: Article) -> tuple[tuple[str, str], ...]:
    """Return the label and text of each fact about an article that came out of a page."""
    return (
        ("title", article.title or "none"),
        ("authors", "; ".join(article.authors) or "none"),
        ("published", f"{article.published_at:%Y-%m-%d}" if article.published_at else "none"),
        ("text", f"{number(count_words(article), 'word')}: {article.text[:60]} …"),
        ("language", article.language or "unknown"),
        ("page type", article.page_type or "article"),
    )


def count_words(article: Article) -> int:
    """Return the number of words of the text of an article."""
    return len(article.text.split())
