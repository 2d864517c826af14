"""Text that is safe to print on a terminal or to put on a page."""

from __future__ import annotations

import re

# A lone surrogate stands for a byte of a file name that is not UTF-8; it cannot be printed.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    r"""Return `text` on one line, with control characters replaced.

    A headline must not be able to steer the terminal that shows it.

    >>> plain("Ferries\nstop\x1b[2J")
    'Ferries stop\ufffd[2J'
    """
    return plain_lines(text.replace("\n", " "))


def plain_lines(text: str) -> str:
    """Return `text` with control characters replaced and line ends kept."""
    return _CONTROL.sub("\ufffd", text)


def number(count: int, noun: str, many: str = "") -> str:
    """Return a count with its noun; `many` is its plural, by default with "s".

    >>> number(1, "article"), number(1200, "article"), number(2, "copy", "copies")
    ('1 article', '1,200 articles', '2 copies')
    """
    return f"{count:,} {noun if count == 1 else many or f'{noun}s'}"


_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def duration(seconds: float) -> str:
    """Return a time span in its largest unit, rounded down.

    >>> duration(45), duration(600), duration(7_199), duration(3_000_000)
    ('45 s', '10 min', '1 h', '34 d')
    """
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{int(seconds // size):,} {unit}"
    return "0 s"
