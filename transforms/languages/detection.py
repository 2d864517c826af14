"""The language of a text: declared, detected, and the one that is believed.

Only this module uses py3langid. The model is a constant file of that package; to unpack it takes half
a second of CPU.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it loads NumPy, and most processes tell no language
    from py3langid.langid import LanguageIdentifier

_model: LanguageIdentifier | None = None
_SAMPLE_CHARS = 600
_MIN_CHARS = 100  # shorter texts are names and numbers and prove nothing
_LIKELY = 0.5
_DECISIVE = 0.97  # from here on the text overrules the page, whose template may say "en"

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


@dataclass(frozen=True, slots=True)
class Language:
    """The language of a text, as ISO 639-1 codes.

    Attributes:
        code: The language that is believed, None if unknown.
        is_disputed: Whether the text overruled the page's declaration.
    """

    code: str | None
    declared: str | None
    detected: str | None
    is_disputed: bool = False


def tell_language(text: str, declared: str | None) -> Language:
    """Return the language of `text`.

    Args:
        text: The article's text.
        declared: The ISO 639-1 code from the page, the feed or the input.

    >>> report = "The ferry strike ended on Monday after the union and the operator agreed on a new pay deal, the harbour authority said."
    >>> tell_language(report, "de").code
    'en'
    """
    if len(text) < _MIN_CHARS:
        return Language(declared, declared, None)
    detected, confidence = classify(text)
    if len(detected) != 2:  # Nigerian Pidgin and others have no two-letter code
        return Language(declared, declared, None)
    if declared is None:
        return Language(detected if confidence >= _LIKELY else None, None, detected)
    is_alike = declared == detected or any({declared, detected} <= group for group in _ALIKE)
    if is_alike or confidence < _DECISIVE:
        return Language(declared, declared, detected)
    return Language(detected, declared, detected, is_disputed=True)


def classify(text: str) -> tuple[str, float]:
    """Return the code of the language that a text most likely is in, and how likely that is, 0 to 1."""
    code, confidence = load_model().classify(text[:_SAMPLE_CHARS])
    return code, float(confidence)


def load_model() -> LanguageIdentifier:
    """Return the model; it is unpacked once per process, unless `use_model` gave it."""
    global _model  # noqa: PLW0603  # one per process
    if _model is None:
        _model = unpack_model()
    return _model


def unpack_model() -> LanguageIdentifier:
    """Return the model of py3langid, from its compressed file."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def use_model(model: LanguageIdentifier) -> None:
    """Take a model that was unpacked before."""
    global _model  # noqa: PLW0603  # one per process
    _model = model
