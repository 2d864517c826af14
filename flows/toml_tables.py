"""Tables of the TOML files that users write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


def unknown_key(table: Mapping[str, Any], known: Iterable[str], hint: str = "") -> str | None:
    """Return what is wrong with the first key that is not known; None if all are.

    Args:
        table: The table.
        known: The keys that it may have.
        hint: What to do; by default the nearest known key, or the list of them.

    >>> unknown_key({"hots": "wire.example"}, ["host", "path"])
    "has an unknown key 'hots': did you mean host?"
    """
    known = list(known)
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            advice = hint or (f"did you mean {close[0]}?" if close else f"use {', '.join(known)}")
            return f"has an unknown key {key!r}: {advice}"
    return None
