"""The job `test`: what the pipeline makes of one page, with and without the user's rules.

Nothing is stored. What comes out of a feed is the matter of `flows.jobs.feed_trial`, which also
fetches a page that is named by its URL.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import InputError
from flows.fetching.fetch_records import FetchOptions, FetchResult
from flows.inputs.files import MAX_BYTES, read_items
from flows.secrets import mask_url
from flows.seeds import read_tables, seeds_dir
from flows.settings import Settings
from transforms.cleaning.boilerplate import Boilerplate
from transforms.cleaning.page import parse_page
from transforms.cleaning.rules import NO_RULES, Rule, Rules, address_of
from transforms.dating.time_words import Vocabulary, compile_vocabulary
from transforms.identity import document_id
from transforms.languages.by_language import ByLanguage
from transforms.pipeline import dated
from transforms.records import Article, Document

if TYPE_CHECKING:
    from transforms.cleaning.explain import Explanation

_WAIT_S = 1.0  # a user is waiting at the terminal, so the delay is shorter than in a run


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the pipeline makes of one page.

    Attributes:
        item: The page as the user named it, without secrets.
        address: The URL by which rules know it; None if it has none.
        matching: The rules about it, the most general first.
        digest: The digest of what they say; None if no rule says anything about it.
        plain: The outcome without rules.
        ruled: The outcome with rules; None if no rule says anything about it.
    """

    item: str
    address: str | None
    matching: tuple[Rule, ...]
    digest: str | None
    plain: Explanation
    ruled: Explanation | None

    @property
    def is_article(self) -> bool:
        """Whether a run would store an article."""
        return isinstance((self.ruled or self.plain).outcome, Article)


def try_page(
    source: str,
    settings: Settings,
    rules: Rules,
    *,
    url: str | None = None,
    fetched: FetchResult | None = None,
    now: datetime,
) -> Trial:
    """Return what the pipeline makes of a page, with and without rules.

    Args:
        source: URL of the page, path of a file, or `-` for standard input.
        settings: Which types of pages are kept.
        rules: The user's rules.
        url: Address of a file.
        fetched: The page, if `source` is a URL.
        now: The instant of the run.

    Raises:
        InputError: The file cannot be read.
    """
    document = _fetched(source, fetched) if fetched else _read(source, now)
    if url is not None:
        document = replace(document, url=url, final_url=None)
    boilerplate, words = read_words(settings)
    is_page = document.media_type == "html"
    page = parse_page(document.content, document.charset) if is_page else None
    address = address_of(document, page) if is_page else None
    digest = rules.digest_for(address)
    plain = explain_dated(document, boilerplate, words, NO_RULES, now)
    ruled = explain_dated(document, boilerplate, words, rules, now) if digest else None
    return Trial(
        item=mask_url(source),
        address=address,
        matching=tuple(rules.matching(address)) if digest else (),
        digest=digest,
        plain=plain,
        ruled=ruled,
    )


def read_words(settings: Settings) -> tuple[Boilerplate, ByLanguage[Vocabulary]]:
    """Return the word lists by which a page is cleaned and dated."""
    tables = read_tables(seeds_dir())
    boilerplate = replace(Boilerplate.from_tables(tables), kept_types=settings.kept_types)
    return boilerplate, ByLanguage(tables, compile_vocabulary)


def explain_dated(
    document: Document,
    boilerplate: Boilerplate,
    words: ByLanguage[Vocabulary],
    rules: Rules,
    now: datetime,
) -> Explanation:
    """Return what comes out of a page, with the day that the text implies, as a run would add it."""
    from transforms.cleaning.explain import explain  # noqa: PLC0415  # it loads trafilatura

    found = explain(document, boilerplate, rules)
    outcome = found.outcome
    return (
        replace(found, outcome=dated(outcome, words, now=now))
        if isinstance(outcome, Article)
        else found
    )


def _read(source: str, now: datetime) -> Document:
    if source == "-":
        return _document(sys.stdin.buffer.read(MAX_BYTES), now)
    if Path(source).is_dir():
        raise InputError(source, "not_found", "is a folder: give one of its files")
    if not Path(source).is_file():
        problem = "is no file, and a URL starts with https:// or http://"
        raise InputError(source, "not_found", problem)
    content = next(iter(read_items([Path(source)], now=now))).content
    if not isinstance(content, Document):
        problem = content.detail if content else "has no document"
        raise InputError(source, "unreadable", problem)
    return content


def trial_options(settings: Settings) -> FetchOptions:
    """Return how a trial fetches: it waits less than a run, and robots.txt is not kept."""
    delay_s = min(_WAIT_S, settings.host_delay)
    return replace(settings.fetch_options, host_delay_s=delay_s, robots_dir=None)


def _fetched(url: str, result: FetchResult) -> Document:
    is_moved = result.final_url != url
    return replace(
        _document(result.body, result.fetched_at),
        document_id=document_id(mask_url(url), result.body),
        url=mask_url(url),
        final_url=mask_url(result.final_url) if is_moved else None,
        charset=result.charset,
        opt_out=result.opt_out,
    )


def _document(content: bytes, now: datetime) -> Document:
    return Document(
        document_id=document_id(None, content),
        content=content,
        media_type="html",
        fetched_at=now,
    )
