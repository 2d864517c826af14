"""Time of loading a WARC file, compared with `extract` on the same pages.

`python -m tests.bench.bench_warc [--pages 5000]`: writes the same pages as a WARC file and
as JSON Lines (the samples in `seeds/articles`, each with a line of its own), processes both,
and prints wall seconds and peak memory. The aim is a ratio of at most 1.15 and less than
1 GB for this process and its workers together.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

import orjson

from flows.archive.warc import pack_record, stamp
from flows.backfill.request import BackfillRequest, Origin
from flows.jobs.backfill import backfill_range
from flows.jobs.extract import extract
from flows.runs.workers import WorkerOptions
from flows.settings import Settings
from tests.bench.page_set import address, changed, read_pages
from tests.helpers.builders import with_steps
from tests.helpers.process_use import sampled_memory

CAPTURED_AT = datetime(2024, 6, 3, 8, tzinfo=UTC)


def write_pages(folder: Path, count: int) -> tuple[Path, Path]:
    """Write the pages as a WARC file and as JSON Lines; return both paths."""
    samples = read_pages(None).pages
    warc, lines = folder / "pages.warc.gz", folder / "pages.jsonl"
    with warc.open("wb") as records, lines.open("wb") as rows:
        for number in range(count):
            url, page = address(number), changed(samples[number % len(samples)].html, number)
            body = page.encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
            fields = {
                "WARC-Type": "response", "WARC-Record-ID": f"<urn:x:{number}>",
                "WARC-Date": stamp(CAPTURED_AT), "WARC-Target-URI": url,
                "Content-Type": "application/http;msgtype=response",
            }  # fmt: skip
            records.write(pack_record(fields, head.encode() + body))
            row = {"id": number, "html": page, "url": url}
            rows.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return warc, lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--workers", type=int, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        warc, lines = write_pages(folder, given.pages)
        settings = Settings(data=folder / "data", workers=given.workers)
        started = time.perf_counter()
        options = WorkerOptions(processes=given.workers)
        extract(str(lines), io.BytesIO(), options=options, now=datetime.now(UTC))
        alone = time.perf_counter() - started
        asked = BackfillRequest(
            origin=Origin.WARC, since=date(1990, 1, 1), until=datetime.now(UTC).date(),
            places=(str(warc),),
        )  # fmt: skip
        context = with_steps(publish=lambda _: None)
        started = time.perf_counter()
        with sampled_memory() as peak:
            report = backfill_range(settings, asked, context)
        whole = time.perf_counter() - started
    print(f"extract             {alone:8.1f} s, {given.pages / alone:.0f} pages/s")
    print(f"backfill --from warc{whole:8.1f} s, ratio {whole / alone:.2f}")
    print(f"documents           {report.count if report else None}")
    print(f"peak {peak[0] / 1e6:.0f} MB of this process and its workers together")


if __name__ == "__main__":
    main()
