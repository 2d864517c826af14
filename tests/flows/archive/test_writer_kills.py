"""A writer that is killed at any moment loses no acknowledged capture."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.archive.reader import read_capture
from flows.archive.warc import WarcRecord
from flows.archive.warc_reader import read_archive
from tests.helpers.captures import make_capture, write

WRITER = """
import os, random, sys
from pathlib import Path
from tests.helpers.captures import make_capture, make_writer
draw = random.Random(int(sys.argv[2]))
with make_writer(Path(sys.argv[1]), max_file_bytes=2_000_000) as archive:
    while True:
        batch = [make_capture(os.urandom(draw.randrange(200_000))) for _ in range(3)]
        for capture, stored in zip(batch, archive.write(batch)):
            print(stored.warc_file, stored.warc_offset, capture.body_sha256, flush=True)
"""


@pytest.mark.slow
def test_killed_writer_loses_nothing_that_it_acknowledged(tmp_path):
    draw = random.Random(5)
    told: list[list[str]] = []
    for seed in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(seed)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert writer.stdout is not None
        with writer, writer.stdout as lines:
            # The kill comes at any point of the batches that follow.
            wanted = len(told) + draw.randrange(1, 20)
            while len(told) < wanted:
                told.append(lines.readline().split())
            os.kill(writer.pid, signal.SIGKILL)
            told += [line.split() for line in lines if line.endswith("\n")]
    assert len(told) > 20
    for name, offset, sha256 in told:
        assert read_capture(tmp_path, name, int(offset)).body_sha256 == sha256
    whole = sum(
        isinstance(item, WarcRecord) and item.type == "response"
        for path in tmp_path.iterdir()
        for item in read_archive(path)
    )
    assert whole >= len(told)
    [after] = write(tmp_path, make_capture(b"after"))
    assert read_capture(tmp_path, after.warc_file, after.warc_offset).body == b"after"
