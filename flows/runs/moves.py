"""Moves: an article keeps its key when its page moves to another address.

A redirect from the address of a known article leads either to its new address or to
something else: another article, a later report, a topic. It moved if the texts have most of
their words in common. What its new address shows is stored under its old key from then on.
A mobile page without a canonical link is treated in the same way: its site may be known with
"www." or without.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from flows.archive.captures import Stored
from flows.runs.items import Item
from flows.runs.run import Run
from transforms.article_urls import article_url, is_other_form, without_www
from transforms.comparison.changes import is_same_text
from transforms.identity import article_id
from transforms.records import Analysis, Document
from warehouse.connect import open_live
from warehouse.moves import newest_texts
from warehouse.rows import Row, move_row


@dataclass(frozen=True, slots=True)
class Redirected:
    """An article that may be known under another address.

    Attributes:
        document: The page.
        item: Its item.
        place: Where its document is in the archive.
        analysis: The article, with the key of the address that the redirect led to.
        earlier: The key that it may have already.
    """

    document: Document
    item: Item
    place: Stored
    analysis: Analysis
    earlier: str


@dataclass(slots=True)
class Moves:
    """The moves that matter for a batch.

    Attributes:
        known: The key of each article that moved, by the key of its new address.
        waiting: Articles of the batch that may have moved.
        texts: The texts of the batch, which are not in the warehouse yet.
    """

    known: dict[str, str]
    waiting: list[Redirected] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def with_known_key(self, analysis: Analysis) -> Analysis:
        """Return the analysis with the key that the article had before it moved."""
        key = self.known.get(analysis.article.article_id)
        return _with_key(analysis, key) if key else analysis

    def earlier_key(self, item: Item, document: Document, analysis: Analysis) -> str | None:
        """Return the key that the article may have already, None if there is no reason to ask.

        It is that of the address that was asked for, if a redirect led to another one, and that
        of the site without "www." for a mobile page.
        """
        if visits := item.rows.get("visits"):  # also if the page only declares another address
            earlier: str = visits[0]["article_id"]
        elif document.final_url and (key := article_url(document.url or "")):
            earlier = article_id(key, "")
        elif is_other_form(document.url or ""):
            earlier = article_id(without_www(analysis.article.canonical_url or ""), "")
        else:
            return None
        earlier = self.known.get(earlier, earlier)
        return earlier if earlier != analysis.article.article_id else None


def settled(run: Run, moves: Moves) -> tuple[list[Redirected], list[Row]]:
    """Return the articles that waited, with their old key if they moved, and rows of `moves`.

    An address that has an article of its own keeps it.
    """
    waiting, moves.waiting = moves.waiting, []
    if not waiting:
        return [], []
    asked = {key for one in waiting for key in (one.earlier, one.analysis.article.article_id)}
    with open_live(run.settings.folder, wait_s=run.settings.lock_wait_s) as con:
        texts = moves.texts | newest_texts(con, asked - moves.texts.keys())
    rows: list[Row] = []
    settled_ones = []
    for one in waiting:
        article, before = one.analysis.article, texts.get(one.earlier)
        if before and article.article_id not in texts and is_same_text(before, article.text):
            key, url = article.article_id, article.canonical_url
            rows.append(
                move_row(
                    key,
                    one.earlier,
                    url,
                    requested_url=one.document.url or "",
                    at=one.document.fetched_at,
                )
            )
            one = replace(one, analysis=_with_key(one.analysis, one.earlier))  # noqa: PLW2901  # its last form
        settled_ones.append(one)
    moves.known.update((row["article_id"], row["known_article_id"]) for row in rows)
    return settled_ones, rows


def _with_key(analysis: Analysis, key: str) -> Analysis:
    return replace(analysis, article=replace(analysis.article, article_id=key))
