"""Character references of HTML (`&amp;`, `&#8217;`) as characters."""

from __future__ import annotations

import html
import re

_LONG_NUMBER = re.compile(r"(?<=&#)[0-9]{9,}")
_DIGITS = 8  # one more than the number of the last character has


def unescape(text: str) -> str:
    """Return `text` with its references as characters; one without a character is U+FFFD.

    `html.unescape` raises ValueError for a number of more than 4,300 digits.

    >>> unescape("Smith &amp; Sons&#8217; &#" + "7" * 5000 + ";")
    'Smith & Sons’ �'
    """
    if "&" not in text:
        return text
    return html.unescape(_LONG_NUMBER.sub(_short, text))


def _short(number: re.Match[str]) -> str:
    return number[0].lstrip("0")[:_DIGITS] or "0"
