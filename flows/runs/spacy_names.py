"""spaCy in place of the rules that find names; what they mean is resolved as ever.

The model runs inside the worker, over the paragraphs of an article in one batch, and
with its name finder alone: parser and lemmatizer are left out.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Any

from flows.errors import SettingsError
from transforms.cleaning.paragraphs import paragraph_spans

# Kinds of OntoNotes, and those of models with four classes. Nations, dates and sums are
# no names of the five kinds.
KINDS = {
    "PERSON": "person",
    "PER": "person",
    "ORG": "organization",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "EVENT": "event",
    "PRODUCT": "product",
}
_UNUSED = ["parser", "tagger", "lemmatizer", "attribute_ruler", "morphologizer", "senter"]
_ARTICLES = ("the ", "The ", "THE ")
_ENDINGS = ("'s", "’s", "'", "’")
# Paragraphs that go through the model together: more costs memory, not time.
_BATCH = 64


class SpacyTagger:
    """Names as a spaCy pipeline finds them: start, end and kind of each."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline

    def __call__(self, text: str) -> list[tuple[int, int, str]]:
        """Return the names of `text` in reading order.

        Articles before a name and possessive endings after it, which OntoNotes counts
        as its parts, are left out.
        """
        paragraphs = paragraph_spans(text)
        documents = self._pipeline.pipe((text[s:e] for s, e in paragraphs), batch_size=_BATCH)
        return [
            (first + start, first + end, kind)
            for (first, _), document in zip(paragraphs, documents, strict=True)
            for start, end, kind in _trimmed(document.ents)
        ]


def load_tagger(model: str) -> SpacyTagger:
    """Return the tagger of a model that is installed, or of a folder that holds one.

    Raises:
        SettingsError: spaCy or the model is missing; the message names the command that
            installs it.
    """
    try:
        spacy = importlib.import_module("spacy")
    except ImportError as exc:
        expected = "spaCy to be installed: pip install 'onrecord[spacy]'"
        raise SettingsError("entities_backend", "spacy", expected) from exc
    try:
        return SpacyTagger(spacy.load(model, exclude=_UNUSED))
    except OSError as exc:
        expected = f"an installed model: python -m spacy download {model}"
        raise SettingsError("spacy_model", model, expected) from exc


def _trimmed(entities: Iterable[Any]) -> Iterator[tuple[int, int, str]]:
    for entity in entities:
        kind = KINDS.get(entity.label_)
        name, start = entity.text, entity.start_char
        if name.startswith(_ARTICLES):
            start += len("the ")
            name = name[len("the ") :]
        for ending in _ENDINGS:
            name = name.removesuffix(ending)
        if kind and name.strip():
            yield start, start + len(name), kind
