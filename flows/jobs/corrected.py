"""What the user's rules change: articles to clean again, and refused pages to try again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from flows.archive.captures import Stored
from flows.archive.reader import read_capture
from flows.errors import ArchiveError
from flows.machine_faults import raise_machine_fault
from flows.runs.captured_items import item_of_capture
from flows.runs.items import Item, refused
from transforms.cleaning.rules import Rules, digest_in
from transforms.records import Document
from warehouse.rule_queries import RefusedPage, SitePage


def corrected_rows(pages: Iterable[SitePage], rules: Rules) -> list[int]:
    """Return the rows in `articles` that other rules made than those that match them now.

    Articles that a rule has stopped matching are among them.
    """
    return [
        page.row_number
        for page in pages
        if digest_in(page.version) != rules.digest_for(page.address)
    ]


def corrected_refusals(pages: Sequence[RefusedPage], rules: Rules) -> list[RefusedPage]:
    """Return the refused pages that were not yet tried with the rules that match them now."""
    return [
        page
        for page in pages
        if rules.digest_for(page.address) not in {digest_in(detail) for detail in page.details}
    ]


def refused_items(archive: Path, pages: Sequence[RefusedPage]) -> Iterator[Item]:
    """Yield the refused pages from the archive, or a rejection for each that is not there."""
    for page in pages:
        name = page.address or f"{page.warc_file}#{page.warc_offset}"
        try:
            item = item_of_capture(read_capture(archive, page.warc_file, page.warc_offset))
        except ArchiveError as exc:
            yield refused(name, exc.code, exc.detail)
            continue
        except OSError as exc:
            raise_machine_fault(exc)
            detail = f"{page.warc_file}: {exc.strerror}"
            yield refused(name, "not_archived", detail)
            continue
        if not isinstance(item.content, Document):
            raise TypeError(f"capture without a document: {name}")
        document = replace(item.content, document_id=page.document_id)
        place = Stored(
            warc_file=page.warc_file, warc_offset=page.warc_offset, record_id="", is_revisit=False
        )
        yield Item(item.path, document, item.capture, item.http_status, stored=place)
