"""Ways in which a disk or another program damages a file, for the warehouse tests."""

import contextlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

_BLOCK = 4096


def checksum(data):
    """Return the checksum of a DuckDB block, given without its first eight bytes."""
    result = 5381
    for at in range(0, len(data), 8):
        value = int.from_bytes(data[at : at + 8], "little")
        result ^= (value * 0xBF58476D1CE4E5B9) % 2**64
    return result


def with_version(data, version):
    """Return the file with the header of another DuckDB storage version."""
    header = bytearray(data[8:_BLOCK])
    header[4:12] = version.to_bytes(8, "little")
    return checksum(header).to_bytes(8, "little") + bytes(header) + data[_BLOCK:]


def with_noise(data, seed, start=0):
    """Return the file with sixteen random bytes somewhere after `start`."""
    chance = random.Random(seed)
    at = chance.randrange(start, len(data) - 16)
    return data[:at] + chance.randbytes(16) + data[at + 16 :]


@contextlib.contextmanager
def small_disk(path: Path, size: str):
    """Mount a small file system at `path`; skip the test if that is not possible."""
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def in_other_process(code, *arguments):
    """Start Python with `code`, which prints a first line when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process
