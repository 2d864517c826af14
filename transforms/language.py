"""The language of a text: declared, detected, and what was believed.

The one module outside the standard library's reach here is py3langid, whose model is
part of its package: a constant, loaded when the first text asks (a second, once for each
process), so that importing this module stays cheap.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast

_SAMPLE_CHARS = 600
_MIN_CHARS = 100  # shorter texts are names and numbers: no evidence
_LIKELY = 0.5
_DECISIVE = 0.97  # above it the text overrules its page, whose template says "en"

# Declared and detected language differ in name, or too little to overrule anybody.
_ALIKE = (
    {"no", "nb", "nn", "da"},
    {"hr", "sr", "bs", "sl"},
    {"id", "ms"},
    {"zu", "xh"},
    {"gl", "pt"},
    {"cs", "sk"},
    {"kl", "da"},
    {"st", "tn"},
    {"lb", "de"},
    {"ur", "fa"},
)


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...


@dataclass(frozen=True, slots=True)
class Language:
    """What is known of a text's language, as ISO 639-1 codes.

    Attributes:
        code: What is believed, None where nothing is known.
        is_disputed: The text overruled what the page declares.
    """

    code: str | None
    declared: str | None
    detected: str | None
    is_disputed: bool = False


def tell_language(text: str, declared: str | None) -> Language:
    """Return the language of `text`.

    Args:
        text: The article's text.
        declared: What the page, the feed or the input says, as ISO 639-1.

    >>> report = "The ferry strike ended on Monday after the union and the operator agreed on a new pay deal, the harbour authority said."
    >>> tell_language(report, "de").code
    'en'
    """
    if len(text) < _MIN_CHARS:
        return Language(declared, declared, None)
    detected, confidence = _identifier().classify(text[:_SAMPLE_CHARS])
    if len(detected) != 2:  # Nigerian Pidgin and others have no code of two letters
        return Language(declared, declared, None)
    if declared is None:
        return Language(detected if confidence >= _LIKELY else None, None, detected)
    is_alike = declared == detected or any({declared, detected} <= group for group in _ALIKE)
    if is_alike or confidence < _DECISIVE:
        return Language(declared, declared, detected)
    return Language(detected, declared, detected, is_disputed=True)


@lru_cache(maxsize=1)
def _identifier() -> _Identifier:
    module = importlib.import_module("py3langid.langid")
    return cast(
        "_Identifier", module.LanguageIdentifier.from_model_file(module.MODEL_FILE, norm_probs=True)
    )
