"""The wording of a statement: its fragments as they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from transforms.records import Fragment

_ENDS = {".", "!", "?", ""}

BETWEEN = " … "  # stands for words that are not the speaker's

# A comma or dash before the attribution, also inside the closing mark ("it is “dead,” she").
# Each alternative begins where its run of marks begins, so that a long run is tried once.
_TRAILING = re.compile(r"(?<![\s,])[\s,]++(?=[”\"'’»]?$)|\s[—–-]++\s*$|(?<![—–-])[—–-]++\s*$")
_LEADING = re.compile(r"^[\s,;—–-]+")
# A speech that breaks off ("I never—") keeps its dash.
_BROKEN_OFF = re.compile(r"\w[—–]$|--$")


def statement_text(text: str, fragments: Sequence[Fragment]) -> str:
    """Return the words of `fragments` as they are shown, joined by " … ".

    A comma or dash that only leads to the attribution is left out. White space becomes one
    blank.

    Args:
        text: The article's text.
        fragments: The pieces of the statement, in order.

    Examples:
        >>> text = "“The road,” Ruiz said, “is closed.”"
        >>> statement_text(text, [(1, 10), (24, 34)])
        'The road … is closed.'
    """
    shown = []
    last = len(fragments) - 1
    for number, (start, end) in enumerate(fragments):
        words = " ".join(text[start:end].split())
        if number:
            words = _LEADING.sub("", words)
        may_trail = words[-1:] not in _ENDS and not words[-1:].isalnum()
        if may_trail and (number < last or not _BROKEN_OFF.search(words)):
            words = _TRAILING.sub("", words)
        if words:
            shown.append(words)
    return BETWEEN.join(shown)
