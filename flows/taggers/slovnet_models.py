"""Finds Russian names with Slovnet, a small neural tagger that needs no other framework.

The model and its word vectors are two files. Those in the package `natasha` are used unless
a folder is named.
"""

from __future__ import annotations

import importlib
import importlib.util
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from flows.errors import SettingsError
from transforms.cleaning.paragraphs import paragraph_spans

_KINDS: Final = {"PER": "person", "ORG": "organization", "LOC": "place"}
_MODEL: Final = "slovnet_ner_*.tar"
_VECTORS: Final = "navec_*.tar"
_BATCH: Final = 8  # paragraphs per model call, as Slovnet's authors use


class SlovnetTagger:
    """Finds names with a tagger of Slovnet.

    Attributes:
        model: Name and version of the model.
    """

    def __init__(self, ner: Any, model: str) -> None:
        """Use a loaded tagger."""
        self._ner = ner
        self.model = model

    def __call__(self, text: str) -> list[tuple[int, int, str]]:
        """Return the start, end and kind of each name in `text`, in reading order."""
        paragraphs = paragraph_spans(text)
        marked = self._ner.map(text[start:end] for start, end in paragraphs)
        return [
            (first + span.start, first + span.stop, _KINDS[span.type])
            for (first, _), markup in zip(paragraphs, marked, strict=True)
            for span in markup.spans
            if span.type in _KINDS
        ]


def load_slovnet(folder: str) -> SlovnetTagger:
    """Return the tagger of a folder, or of the package `natasha` if none is named.

    Raises:
        SettingsError: Slovnet or one of the two files is missing.
    """
    value = f"slovnet:{folder}" if folder else "slovnet"
    try:
        slovnet, navec = importlib.import_module("slovnet"), importlib.import_module("navec")
    except ImportError as exc:
        expected = "Slovnet to be installed: pip install 'onrecord[slovnet]'"
        raise SettingsError("taggers", value, expected) from exc
    root = Path(folder) if folder else _packaged()
    files = (
        [next(iter(sorted(root.rglob(name))), None) for name in (_MODEL, _VECTORS)] if root else []
    )
    model, vectors = [*files, None, None][:2]
    if model is None or vectors is None:
        expected = f"a folder with {_MODEL} and {_VECTORS}, or pip install 'onrecord[slovnet]'"
        raise SettingsError("taggers", value, expected)
    ner = slovnet.NER.load(str(model), batch_size=_BATCH)
    ner.navec(navec.Navec.load(str(vectors)))
    return SlovnetTagger(ner, f"slovnet {model.stem} {version('slovnet')}")


def _packaged() -> Path | None:
    """Return the folder of `natasha`, without importing it: it needs more than its files."""
    spec = importlib.util.find_spec("natasha")
    return (
        Path(next(iter(spec.submodule_search_locations)))
        if spec and spec.submodule_search_locations
        else None
    )
