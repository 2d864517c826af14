r"""The wording of an article: what must differ before a new revision is an edit.

Two revisions have the same wording if they differ only in

- white space and the breaks between paragraphs,
- commas, full stops, colons, semicolons, dashes and ellipses between words,
- the style of quotation marks and apostrophes (“x”, „x“, «x», 'x'), not their presence,
- lines that are no part of an article, by the word lists of the cleaning step: counters
  ("23 comments", "5 min read"), notes of a change ("Updated 14:05"), links to other
  articles ("Read more: Ferry fares to rise"),
- lines that are nothing but a time of day ("14:05 GMT").

Letter case, question and exclamation marks, and every word and figure count.
"""

from __future__ import annotations

import re
from typing import Final

from transforms.cleaning.boilerplate import Boilerplate, is_boilerplate
from transforms.identity import sha256_text
from transforms.normal_forms import normalize

# Marks of one meaning are written as one. A mark inside a word is an apostrophe, which the
# pattern of words keeps.
_STYLES: Final = (
    dict.fromkeys('`"“”„‟«»‹›‘’‚‛´ʼ＇＂', "'")
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)
_PIECE: Final = re.compile(r"\w+(?:['.,\-]\w+)*|[^\w\s.,:;\-]")
_TIME_CHARS: Final = 40  # the pattern is slow on long runs of white space
# "14.05" is no time here: it may be a price.
_TIME: Final = re.compile(
    r"\d{1,2}[:h]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:[a-z]{3,5})?", re.IGNORECASE
)


def wording(title: str | None, text: str, boilerplate: Boilerplate) -> str:
    """Return the words of an article in a form that trivial changes leave as it is.

    The headline is the first line, the text the second.

    Args:
        title: The headline, None without one.
        text: The text, one line per paragraph.
        boilerplate: The compiled words of lines that are no part of an article.
    """
    kept = (line for line in text.split("\n") if not _is_trivial_line(line, boilerplate))
    return f"{_pieces(title or '')}\n{_pieces(' '.join(kept))}"


def wording_sha256(title: str | None, text: str, boilerplate: Boilerplate) -> str:
    """Return the hexadecimal SHA-256 of the wording of an article."""
    return sha256_text(wording(title, text, boilerplate))


def same_style(text: str) -> str:
    """Return `text` with one style of quotation marks, apostrophes and dashes.

    >>> same_style("“It’s late – very late,” she said.")
    "'It's late - very late,' she said."
    """
    for mark, plain in _STYLES.items():  # a thirtieth of the time of `translate`
        text = text.replace(mark, plain)
    return text


def same_words(one: str, other: str) -> bool:
    """Return whether two headlines or texts differ in nothing but punctuation and its style.

    >>> same_words("Mayor: ‘We waited long enough’", 'Mayor – "We waited long  enough"')
    True
    >>> same_words("Mayor calls plan a scandal", "Mayor calls plan 'a scandal'")
    False
    """
    return _pieces(one) == _pieces(other)


def _pieces(text: str) -> str:
    return " ".join(_PIECE.findall(same_style(normalize("NFKC", text))))


def _is_trivial_line(line: str, boilerplate: Boilerplate) -> bool:
    is_time = len(line) <= _TIME_CHARS and _TIME.fullmatch(line.strip()) is not None
    return is_time or is_boilerplate(line, boilerplate)
