"""The part of a text in which names, statements and dates are looked for.

Every article is analysed whole. The limits are for texts that are no articles: a megabyte of
one repeated name would otherwise take as long as hundreds of articles.
"""

from __future__ import annotations

import re
from itertools import islice

# Five times as many as the longest of 3,700 labelled news articles and pages has.
MAX_WORDS = 40_000
# Prose has five or six characters for each word or mark.
MAX_CHARS = 500_000

_WORD = re.compile(r"\w+|[^\w\s]|\n")


def analysed_part(text: str) -> str:
    r"""Return the beginning of `text` that is analysed: all of it unless it is very long.

    That is at most 40,000 words, punctuation marks and line ends, and at most 500,000
    characters. The cut is at the end of a line if there is one in the second half.

    >>> analysed_part("The ferries sailed again on Monday.")
    'The ferries sailed again on Monday.'
    >>> len(analysed_part("Monday " * 60_000)), len(analysed_part("Monday.\n" * 60_000))
    (280000, 106664)
    """
    if len(text) <= MAX_WORDS:
        return text
    beyond = next(islice(_WORD.finditer(text, 0, MAX_CHARS), MAX_WORDS, None), None)
    end = beyond.start() if beyond else MAX_CHARS
    if end >= len(text):
        return text
    line_end = text.rfind("\n", end // 2, end)
    return text[: line_end + 1 if line_end >= 0 else end]
