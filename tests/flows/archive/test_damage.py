"""Random damage to archives of every format loses nothing but what it hit."""

import gzip
import random
from collections import Counter

import pytest

from flows.archive.captures import Capture
from flows.archive.crawls import read_crawl
from flows.errors import ArchiveError
from tests.helpers.web_archives import arc, http, page, response, wacz, zstd_frame

PAGES = [page(number) for number in range(6)]
WARC = [response(f"https://ferry.example/{n}", one) for n, one in enumerate(PAGES)]
ARC = arc({f"http://ferry.example/{n}": http(one) for n, one in enumerate(PAGES)})[1:]
RECORDS = {
    "warc": WARC,
    "warc.gz": list(map(gzip.compress, WARC)),
    "warc.zst": list(map(zstd_frame, WARC)),
    "arc": ARC,
    "arc.gz": list(map(gzip.compress, ARC)),
}
WHOLE = {
    "one-gzip-member": gzip.compress(b"".join(WARC)),
    "one-zstd-frame": zstd_frame(b"".join(WARC)),
    "wacz": wacz({"a.warc.gz": b"".join(map(gzip.compress, WARC))}),
    "packed-wacz": wacz({"a.warc": b"".join(WARC)}, is_stored=False),
}
ROUNDS = 60


def damaged(data, chance):
    """Return data with a random range overwritten, inserted, removed or zeroed, or cut there."""
    at, size = chance.randrange(len(data)), chance.choice([1, 3, 20, 200])
    noise = chance.randbytes(size)
    return chance.choice([
        data[:at] + noise + data[at + size :],
        data[:at] + noise + data[at:],
        data[:at] + data[at + size :],
        data[:at] + bytes(size) + data[at + size :],
        data[:at],
        noise + data,
    ])  # fmt: skip


def read(tmp_path, data):
    path = tmp_path / "crawl"
    path.write_bytes(data)
    found = list(read_crawl(path, Counter()))
    bodies = [one.body for one in found if isinstance(one, Capture)]
    return bodies, [one for one in found if isinstance(one, ArchiveError)]


@pytest.mark.parametrize("layout", RECORDS)
def test_damaged_record_costs_no_other_record_and_is_one_rejection(tmp_path, layout):
    chance = random.Random(layout)
    for _ in range(ROUNDS):
        records = list(RECORDS[layout])
        hit = chance.randrange(len(records))
        records[hit] = damaged(records[hit], chance)
        bodies, errors = read(tmp_path, b"".join(records))
        assert [one for one in PAGES if one in bodies or one == PAGES[hit]] == PAGES, records[hit]
        assert len(errors) <= 1, records[hit]


@pytest.mark.parametrize("layout", WHOLE)
def test_damage_to_a_whole_file_is_reported_and_never_raised(tmp_path, layout):
    chance = random.Random(layout)
    for _ in range(ROUNDS):
        data = damaged(WHOLE[layout], chance)
        bodies, errors = read(tmp_path, data)
        assert bodies or errors or not data
