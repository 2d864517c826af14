"""What `onrecord test` shows of a feed or a site."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flows.jobs.feed_trial import FeedTrial, SiteTrial, TriedPage
from flows.jobs.feed_trial_facts import count_words, entry_day, page_facts, trial_facts
from flows.output.tables import as_table, as_text, terminal_width
from flows.printable import number, plain
from transforms.records import Article

_WIDTH = 80
_SHOWN_ENTRIES = 10
_LABEL = 10


def feed_as_text(trial: FeedTrial) -> str:
    """Return what a feed would bring as text for the terminal."""
    width = min(terminal_width() or _WIDTH, 120)
    facts = [(label, text) for label, text in trial_facts(trial) if text]
    parts = ["".join(f"{label + ':':<{_LABEL}} {plain(text)}\n" for label, text in facts)]
    if trial.feed.entries:
        rows = [
            ("new" if trial.is_new(entry) else "known", entry_day(entry), entry.title or entry.url)
            for entry in trial.feed.entries[:_SHOWN_ENTRIES]
        ]
        parts.append(as_text(("", "published", "entry"), rows, width=width))
        if more := len(trial.feed.entries) - len(rows):
            parts[-1] += f"... and {more:,} more\n"
    parts += [_page_text(page, width) for page in trial.pages]
    if trial.problems:
        parts.append("problems\n" + "".join(f"  {plain(one)}\n" for one in trial.problems))
    if trial.is_useful and not trial.is_listed:
        parts.append(f"add it: onrecord add {plain(trial.url)}\n")
    return "\n".join(parts)


def site_as_text(site: SiteTrial) -> str:
    """Return the feeds and sitemaps of a site as text for the terminal."""
    rows = [(feed.url, feed.title or "") for feed in site.feeds]
    parts = []
    if rows:
        parts.append(
            f"{number(len(rows), 'feed')} of this site\n{as_table(('url', 'title'), rows)}"
        )
        parts.append(f"look into one: onrecord test {plain(site.feeds[0].url)}\n")
    else:
        parts.append("this site has no feed that can be found\n")
    if site.sitemaps:
        lines = "".join(f"  {plain(url)}\n" for url in site.sitemaps)
        parts.append(f"sitemaps in its robots.txt, which can be added like feeds\n{lines}")
    return "\n".join(parts)


def feed_as_json(trial: FeedTrial) -> dict[str, Any]:
    """Return what a feed would bring, for programs."""
    feed, outlook = trial.feed, trial.outlook
    return {
        "feed": trial.url,
        "final_url": trial.final_url,
        "is_listed": trial.is_listed,
        "kind": feed.kind,
        "version": feed.version,
        "title": feed.title,
        "home_url": feed.home_url,
        "language": feed.language,
        "robots": {
            "is_allowed": True,
            "line": trial.robots_line,
            "delay_s": trial.delay_s,
            "disallowed_entries": trial.disallowed,
        },
        **asdict(outlook),
        "entries": [
            {
                "title": entry.title,
                "url": entry.url,
                "published_at": entry.published_at,
                "published_raw": entry.published_raw,
                "is_new": trial.is_new(entry),
                "flags": entry.flags,
            }
            for entry in feed.entries
        ],
        "sitemaps": [link.url for link in feed.sitemaps],
        "pages": [_page_json(page) for page in trial.pages],
        "problems": trial.problems,
    }


def site_as_json(site: SiteTrial) -> dict[str, Any]:
    """Return the feeds and sitemaps of a site, for programs."""
    return {
        "feeds": [{"url": feed.url, "title": feed.title} for feed in site.feeds],
        "sitemaps": site.sitemaps,
    }


def _page_text(page: TriedPage, width: int) -> str:
    article = page.outcome
    if not isinstance(article, Article):
        return (
            f"page {plain(page.url)}\n  refused: {plain(article.reason)}: {plain(article.detail)}\n"
        )
    rows = page_facts(article)
    lines = "".join(f"  {name:<9} {_cut(plain(text), width - 12)}\n" for name, text in rows)
    return f"page {plain(page.url)}\n{lines}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _page_json(page: TriedPage) -> dict[str, Any]:
    item = page.outcome
    common = {"url": page.url, "feed_characters": page.feed_characters}
    if not isinstance(item, Article):
        return common | {"result": "refused", "reason": item.reason, "detail": item.detail}
    return common | {
        "result": "article",
        "title": item.title,
        "authors": item.authors,
        "published_at": item.published_at,
        "language": item.language,
        "page_type": item.page_type,
        "words": count_words(item),
        "characters": len(item.text),
        "is_paywalled": item.is_paywalled,
        "opt_out": item.opt_out,
    }
