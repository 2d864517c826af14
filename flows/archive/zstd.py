"""Zstandard: the module of the standard library, or its backport before Python 3.14."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["ZSTD_START", "ZstdDict", "ZstdError", "new_decompressor", "open_zstd", "zstd"]

ZSTD_START: Final = b"\x28\xb5\x2f\xfd"
ZstdDict = zstd.ZstdDict
ZstdError = zstd.ZstdError

# Frames may ask for a window of gigabytes; 128 MB is what zstd itself grants.
_OPTIONS: Final[dict[int, int]] = {zstd.DecompressionParameter.window_log_max: 27}


def new_decompressor(dictionary: zstd.ZstdDict | None = None) -> zstd.ZstdDecompressor:
    """Return a decompressor for one frame, with a bounded window."""
    return zstd.ZstdDecompressor(dictionary, options=_OPTIONS)


def open_zstd(path: Path) -> zstd.ZstdFile:
    """Open a file for reading, inflated, with a bounded window."""
    return zstd.ZstdFile(path, "r", options=_OPTIONS)
