"""Pages that a user listed, fetched as pages from feeds are.

Their addresses become entries first, so nothing is lost: if this run is interrupted, or a
page cannot be had now, the next `ingest` fetches what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flows.errors import RunActiveError
from flows.feeds.entry_rows import entry_row, masked_entries, page_of
from flows.fetching.masked_values import MaskedValues
from flows.inputs.links import Link
from flows.printable import number
from flows.runs.copies import find_copies
from flows.runs.items import Flush, Item
from flows.runs.lock import holding_slot
from flows.runs.pages import fetch_pages
from flows.runs.run import Run
from flows.secrets import mask_url
from transforms.feeds.entries import identify_entries
from transforms.feeds.feed_records import FeedEntry
from transforms.identity import feed_id
from transforms.records import Document
from warehouse.append import append_batch
from warehouse.article_queries import stored_pages
from warehouse.connect import open_live
from warehouse.feed_queries import WantedPage, known_entries
from warehouse.spool import Batch, spool


@dataclass(slots=True)
class ListedPages:
    """The pages of a run.

    Attributes:
        links: The addresses in the order of the input.
        notes: What could not be done, one line each; filled while pages are fetched.
        expected: Number of pages, each counted once; None until they are queued.
    """

    run: Run
    links: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    expected: int | None = None

    def items(self) -> Iterator[Item | Flush]:
        """Yield an item for each listed page; each address is fetched once.

        A page that has an article already is yielded as known, without a request.
        """
        if not self.links:
            return
        wanted = self._queue()
        self.expected = len(wanted)
        with open_live(self.run.settings.folder, wait_s=self.run.settings.lock_wait_s) as con:
            stored = stored_pages(con, wanted)
        for url in wanted:
            if url in stored:
                yield self._known(wanted[url], stored[url])
        missing = [page for url, page in wanted.items() if url not in stored]
        try:
            with holding_slot(self.run):
                yield from self._fetch(missing)
        except RunActiveError as exc:
            self.notes.append(
                f"{number(len(missing), 'page')} will be fetched by ingest, "
                f"because {exc.run} is fetching now"
            )

    def _fetch(self, pages: Sequence[WantedPage]) -> Iterator[Item | Flush]:
        settings, waiting = self.run.settings, 0
        for start in range(0, len(pages), settings.pages_per_run):
            some = pages[start : start + settings.pages_per_run]
            copies = find_copies(self.run, some)
            fetched = fetch_pages(self.run, some, now=lambda: datetime.now(UTC), copies=copies)
            for item in fetched:
                waiting += isinstance(item, Item) and _is_waiting(item)
                yield item
        if waiting:
            self.notes.append(
                f"{number(waiting, 'page')} could not be fetched now; ingest will try again"
            )

    def _queue(self) -> dict[str, WantedPage]:
        """Append the new addresses as entries; return the pages by canonical URL, each once."""
        entries = self._entries()
        pages: dict[str, WantedPage] = {}
        for entry in entries:
            pages.setdefault(entry.canonical_url or "", page_of(entry))
        if repeated := len(self.links) - len(pages):
            self.notes.append(f"{number(repeated, 'address')} repeated in the input: read once")
        settings, now = self.run.settings, self.run.now
        batch = Batch(run_id=self.run.run_id)
        with open_live(settings.folder, wait_s=settings.lock_wait_s) as con:
            known = known_entries(con, [entry.entry_id for entry in entries], [], [])
            new = [e for e in entries if known.fingerprints.get(e.entry_id) != e.fingerprint]
            batch.add({"entries": [entry_row(entry, now) for entry in new]})
            spooled = spool(batch, settings.folder.spool)
            append_batch(con, spooled)
        spooled.remove()
        return pages

    def _entries(self) -> Sequence[FeedEntry]:
        """Return the entries with their keys; each list is a feed of its own."""
        lists: dict[str, list[FeedEntry]] = {}
        for link in self.links:
            lists.setdefault(link.path.rpartition("#")[0] or link.path, []).append(link.entry)
        found: list[FeedEntry] = []
        for path, entries in lists.items():
            key = feed_id(f"list:{path}")
            placed = [e._replace(feed_id=key, position=at) for at, e in enumerate(entries)]
            found += identify_entries(key, placed).entries
        masked = MaskedValues(self.run.settings.folder.masked_values)
        shown = masked_entries(found, masked)
        masked.keep(entry.url for entry in shown)
        return shown

    def _known(self, page: WantedPage, document: str) -> Item:
        content = Document(
            document_id=document, content=b"", media_type="html", fetched_at=self.run.now
        )
        return Item(mask_url(page.url), content)


def _is_waiting(item: Item) -> bool:
    """Whether the page of an item could not be fetched and is tried again later."""
    return any(row.get("next_fetch_at") is not None for row in item.rows.get("fetches", ()))
