"""Regular expressions that are compiled at first use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property


class LazyPattern:
    """A regular expression that is compiled at first use.

    For long lists of phrases that most texts do not need: to compile one takes up to 50 ms,
    and each process has its own.

    >>> LazyPattern("by|von", re.IGNORECASE).match("Von Anna Weber")
    <re.Match object; span=(0, 3), match='Von'>
    """

    def __init__(self, source: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        """Keep the source; an invalid one raises `re.error` at first use."""
        self._source = source
        self._flags = flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._source, self._flags)

    def match(self, text: str) -> re.Match[str] | None:
        """Return the match at the start of `text`, or None."""
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return the match of the whole `text`, or None."""
        return self._compiled.fullmatch(text)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first match in `text`, or None."""
        return self._compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches in `text`."""
        return self._compiled.finditer(text)

    def split(self, text: str) -> list[str]:
        """Return what is between the matches in `text`."""
        return self._compiled.split(text)

    def sub(self, replacement: str, text: str) -> str:
        """Return `text` with each match replaced."""
        return self._compiled.sub(replacement, text)
