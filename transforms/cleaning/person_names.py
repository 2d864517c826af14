"""Comparing the names of people as bylines write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from transforms.normal_forms import normalized

WITHOUT_SPACES = "\u2e80"  # scripts from here on have no spaces between words
_MAX_INITIALS = 3
_WORD = re.compile(r"\w+")


def name_key(name: str) -> tuple[str, ...]:
    """Return the sorted words of a name without initials, capitals and accents.

    >>> name_key("Zoë B. HOLM")
    ('holm', 'zoe')
    """
    plain = normalized("NFKD", name).casefold()
    words = _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))
    return tuple(sorted(word for word in words if len(word) > 1 or len(words) < 3)) or (plain,)


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return names without those that only differ in an initial, in capitals or accents.

    >>> distinct_names(["Ida B. Holm", "IDA HOLM", "Tom Reed"])
    ['Ida B. Holm', 'Tom Reed']
    """
    kept: dict[tuple[str, ...], str] = {}
    for name in names:
        key = name_key(name)
        known = kept.get(key)
        if known is None or (known.isupper() and known.lower() != known and not name.isupper()):
            kept[key] = name
    return [
        name
        for key, name in kept.items()
        if len(key) < 2 or not any(set(key) < set(other) for other in kept)
    ]


def is_full(name: str) -> bool:
    """Return whether a name has several words, or is in a script without spaces."""
    return " " in name or name[0] > WITHOUT_SPACES


def full_names(names: Sequence[str]) -> list[str]:
    """Return the names of several words, all names if there are none.

    >>> full_names(["Ida Holm", "Oslo"])
    ['Ida Holm']
    """
    return [name for name in names if is_full(name)] or list(names)


def has_name(names: Iterable[str]) -> bool:
    """Return whether one of the names is more than somebody's initials ("SJ")."""
    return any(len(name) > _MAX_INITIALS or not name.isascii() for name in names)
