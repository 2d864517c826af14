"""Statements in a text, with who made them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.records import Mention, Quotation
from transforms.speech import Speech

VERSION = 1

_DIRECT = re.compile(r"“([^“”\n]+)”")


def find_quotations(
    text: str, mentions: Sequence[Mention], speech: Speech, *, language: str = "en"
) -> list[Quotation]:
    """Return the attributed statements in `text`, in reading order."""
    return [
        Quotation(start=m.start(1), end=m.end(1), text=m[1], kind="direct", fragments=(m.span(1),))
        for m in _DIRECT.finditer(text)
    ]
