"""The parts of a text that are in different languages.

A page in two languages has each paragraph in one of them. A paragraph with few function words
of the text's language is judged by itself.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from typing import Final

from transforms.languages.detection import classify

_WORD: Final = re.compile(r"[^\W\d_]+")
_LINE: Final = re.compile(r"[^\n]+")
# In labelled news, a quarter of the words of a paragraph or more are function words.
_FEW_WORDS: Final = 0.1
_LEAST_CHARS: Final = 120
_DECISIVE: Final = 0.97
_CACHED: Final = 4  # the transforms of one article ask one after the other


@functools.lru_cache(maxsize=_CACHED)
def language_parts(
    text: str, language: str, function_words: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """Return each language of a text, with the text in which all else is blank.

    The texts are as long as the whole one, so that offsets are those of the whole one. The
    language of the text comes first; it has the paragraphs whose language is not clear.

    Args:
        text: The article's text.
        language: Its language, an ISO 639-1 code.
        function_words: The function words of this language, in lower case, hashable; without
            any, the text is not divided.
    """
    others: dict[str, list[tuple[int, int]]] = {}
    for start, end in _paragraphs(text) if function_words else ():
        if end - start >= _LEAST_CHARS and not _is_likely(text[start:end], function_words):
            found, confidence = classify(text[start:end])
            if found != language and confidence >= _DECISIVE:
                others.setdefault(found, []).append((start, end))
    main = text
    for spans in others.values():
        for start, end in spans:
            main = main[:start] + _blank(text, start, end) + main[end:]
    return (language, main), *((code, _only(text, spans)) for code, spans in others.items())


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    return (line.span() for line in _LINE.finditer(text))


def _is_likely(paragraph: str, function_words: Collection[str]) -> bool:
    words = _WORD.findall(paragraph.lower())
    return sum(word in function_words for word in words) >= _FEW_WORDS * len(words)


def _only(text: str, spans: list[tuple[int, int]]) -> str:
    """Return a text in which only some spans are not blank."""
    pieces, position = [], 0
    for start, end in spans:
        pieces += [_blank(text, position, start), text[start:end]]
        position = end
    return "".join([*pieces, _blank(text, position, len(text))])


def _blank(text: str, start: int, end: int) -> str:
    r"""Return blanks for the characters of a span; line ends stay."""
    return "\n".join(" " * len(line) for line in text[start:end].split("\n"))
