"""Copies: what the archive has of the pages that are to be fetched again.

The validators that came with a copy make the next request conditional: a page that has not
changed is answered with 304 and no body.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.archive.reader import read_capture
from flows.errors import ArchiveError
from flows.fetching.fetch_records import header
from flows.machine_faults import raise_machine_fault
from flows.runs.run import Run
from warehouse.connect import open_live
from warehouse.feed_queries import WantedPage, last_documents


@dataclass(frozen=True, slots=True)
class PageCopy:
    """The document that a page was fetched as last, with its validators as received.

    Attributes:
        etag: The `ETag`, None without one.
        last_modified: The `Last-Modified`, None without one.
    """

    document_id: str
    etag: str | None = None
    last_modified: str | None = None


def find_copies(run: Run, pages: Iterable[WantedPage]) -> dict[str, PageCopy]:
    """Return the archived copies of `pages` that have a validator, by canonical URL.

    Copies that were refused are left out: their page is wanted whole.
    """
    folder = run.settings.folder
    with open_live(folder, wait_s=run.settings.lock_wait_s) as con:
        stored = last_documents(con, [page.canonical_url for page in pages])
    copies = {}
    for url, (document_id, warc_file, warc_offset) in stored.items():
        try:
            headers = read_capture(folder.archive, warc_file, warc_offset).headers
        except (ArchiveError, OSError) as exc:  # removed because of its age, or damaged
            raise_machine_fault(exc)
            continue
        copy = PageCopy(document_id, header(headers, "etag"), header(headers, "last-modified"))
        if copy.etag or copy.last_modified:
            copies[url] = copy
    return copies
