"""Finds names with spaCy instead of the rules.

The names are resolved to entities in the same way. The model runs inside the worker, on
all paragraphs of an article in one batch. Only its entity recognizer is loaded, without
parser and lemmatizer.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from typing import Any

from flows.errors import SettingsError
from transforms.cleaning.paragraphs import paragraph_spans

# Labels of OntoNotes and of models with four classes. Nations, dates and amounts have no
# counterpart among our five kinds.
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
_ARTICLES = ("the ", "The ", "THE ")  # only English models count them as parts of names
_ENDINGS = ("'s", "’s", "'", "’")
# Paragraphs per model call: a larger value costs memory and saves no time.
_BATCH = 64


class SpacyTagger:
    """Finds names with a spaCy pipeline.

    Attributes:
        model: Name and version of the model.
    """

    def __init__(self, pipeline: Any) -> None:
        """Use a loaded pipeline."""
        self._pipeline = pipeline
        meta = pipeline.meta
        self.model = f"spacy {meta['lang']}_{meta['name']} {meta['version']}"

    def __call__(self, text: str) -> list[tuple[int, int, str]]:
        """Return the start, end and kind of each name in `text`, in reading order.

        OntoNotes counts a preceding article and a possessive ending as parts of a name;
        they are removed.
        """
        paragraphs = paragraph_spans(text)
        documents = self._pipeline.pipe((text[s:e] for s, e in paragraphs), batch_size=_BATCH)
        return [
            (first + start, first + end, kind)
            for (first, _), document in zip(paragraphs, documents, strict=True)
            for start, end, kind in _trimmed(document.ents)
        ]


def load_spacy(model: str) -> SpacyTagger:
    """Return the tagger of an installed model, or of a model in a folder.

    Raises:
        SettingsError: spaCy or the model is missing; the message names the command that
            installs it.
    """
    try:
        spacy = importlib.import_module("spacy")
    except ImportError as exc:
        expected = "spaCy to be installed: pip install 'onrecord[spacy]'"
        raise SettingsError("taggers", f"spacy:{model}", expected) from exc
    try:
        return SpacyTagger(spacy.load(model, exclude=_UNUSED))
    except OSError as exc:
        expected = f"an installed model: python -m spacy download {model}"
        raise SettingsError("taggers", f"spacy:{model}", expected) from exc


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
