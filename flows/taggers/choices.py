"""Which trained model finds the names in which language: the setting `taggers`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # the settings need only the names of the models
    from transforms.naming.mentions import NameTagger

KINDS: Final = ("spacy", "slovnet")
_EXPECTED: Final = "LANGUAGE=spacy:MODEL or LANGUAGE=slovnet, separated by commas"
_LANGUAGE: Final = re.compile(r"[a-z]{2}")


@dataclass(frozen=True, slots=True)
class TaggerChoice:
    """The model for one language.

    Attributes:
        language: ISO 639-1 code.
        kind: `spacy` or `slovnet`.
        model: Name or folder of the model; empty for the usual one.
    """

    language: str
    kind: str
    model: str


def read_choices(setting: str) -> tuple[TaggerChoice, ...]:
    """Return the models that the setting names, in its order.

    Raises:
        ValueError: It cannot be read, or names a language twice; the message says what is expected.

    >>> [
    ...     (one.language, one.kind, one.model)
    ...     for one in read_choices("de=spacy:news_md, ru=slovnet")
    ... ]
    [('de', 'spacy', 'news_md'), ('ru', 'slovnet', '')]
    """
    choices: dict[str, TaggerChoice] = {}
    for part in filter(None, map(str.strip, setting.split(","))):
        language, _, named = part.partition("=")
        kind, _, model = named.strip().partition(":")
        language = language.strip()
        is_whole = bool(model) or kind == "slovnet"
        if not _LANGUAGE.fullmatch(language) or kind not in KINDS or not is_whole:
            raise ValueError(_EXPECTED)
        if language in choices:
            raise ValueError(f"one model for {language}")
        choices[language] = TaggerChoice(language, kind, model)
    return tuple(choices.values())


def load_taggers(setting: str) -> Mapping[str, NameTagger]:
    """Return the models that the setting names, by language.

    Raises:
        ValueError: The setting cannot be read.
        SettingsError: A package or a model is missing; the message says how to install it.
    """
    return {one.language: load_tagger(one) for one in read_choices(setting)}


def load_tagger(choice: TaggerChoice) -> NameTagger:
    """Return one model.

    Raises:
        SettingsError: A package or the model is missing; the message says how to install it.
    """
    if choice.kind == "spacy":
        from flows.taggers.spacy_models import load_spacy  # noqa: PLC0415  # most runs need none

        return load_spacy(choice.model)
    from flows.taggers.slovnet_models import load_slovnet  # noqa: PLC0415  # most runs need none

    return load_slovnet(choice.model)
