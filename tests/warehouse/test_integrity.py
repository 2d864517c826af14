"""Damage in any block of a file is found, also if only changed blocks are read."""

import random

import pytest

from tests.helpers.builders import make_analysis, make_article, make_batch
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.errors import WarehouseDamagedError, WarehouseError
from warehouse.folder import DataFolder
from warehouse.integrity import read_digests, read_through, verify_blocks, write_digests
from warehouse.spool import spool

HEADER_BYTES, BLOCK_BYTES = 12_288, 262_144


def fill(folder, first, last):
    with open_live(folder, wait_s=0) as con:
        for number in range(first, last):
            text = f"Story {number}. " + f"{number**9:x}".join("The ferry sails on. " * 400)
            append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))
        con.execute("CHECKPOINT")


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """Return a file to which rows were appended, and the digests from before and after."""
    folder = DataFolder(tmp_path_factory.mktemp("grown") / "data")
    fill(folder, 0, 6)
    before = verify_blocks(folder.live)
    fill(folder, 6, 8)
    return folder.live, before, verify_blocks(folder.live, before)


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :]


def test_damage_is_found_in_every_block(grown, tmp_path):
    path, before, after = grown
    content, copy, chance = path.read_bytes(), tmp_path / "copy.duckdb", random.Random(7)
    used = [at for at, digest in enumerate(after) if any(digest)]
    assert len(used) > 5
    for block in used:
        at = HEADER_BYTES + BLOCK_BYTES * block + chance.randrange(BLOCK_BYTES)
        copy.write_bytes(flipped(content, at))
        for known in (after, before):
            with pytest.raises(WarehouseDamagedError, match="onrecord restore"):
                verify_blocks(copy, known)


def test_damage_anywhere_in_the_headers_is_found_or_harmless(grown, tmp_path):
    path, _, after = grown
    content, copy, sound = path.read_bytes(), tmp_path / "copy.duckdb", read_through(path)
    found = 0
    for at in range(0, HEADER_BYTES, 409):
        copy.write_bytes(flipped(content, at))
        try:
            verify_blocks(copy, after)
        except WarehouseError:
            found += 1
        else:
            assert read_through(copy) == sound
    assert found > 20


def test_digests_are_the_same_however_they_were_made(grown, tmp_path):
    path, before, after = grown
    assert after == verify_blocks(path)
    assert before != after
    write_digests(tmp_path / "blocks", after)
    assert read_digests(tmp_path / "blocks") == after
    assert read_digests(tmp_path / "none") == []
