"""The values of a record as the fields of a document: texts, names, languages, addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from transforms.importing.fields import is_empty

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}[-_])?([A-Za-z]{2}|\d{3}))?")
_HOST = re.compile(r"(?:[\w-]+\.)+[A-Za-z]{2,24}(?::\d+)?(?:[/?#]\S*)?")
_TAG = re.compile(
    r"</?(p|br|div|h[1-6]|li|ul|ol|span|a|em|strong|blockquote|table|img)\b[^<>]*>", re.IGNORECASE
)
MAX_NAMES_CHARS = 10_000  # of names in one string; 300 of them are not longer
_FEW_TAGS = 3  # a text about HTML may contain a tag or two
_NAME_PARTS = ("literal", "name", "full_name")
_FIRST_PARTS = ("given", "firstname", "first_name")
_LAST_PARTS = ("family", "lastname", "last_name")


def text_of(value: Any) -> str | None:
    r"""Return a value as text, one paragraph a line; None for a value that is no text.

    Lists are joined. A body in sections, as fundus writes it, is put together from its
    summary and its sections with their headlines.

    >>> body = {
    ...     "summary": [],
    ...     "sections": [{"headline": ["At sea"], "paragraphs": ["They sailed."]}],
    ... }
    >>> text_of(body)
    'At sea\nThey sailed.'
    """
    if isinstance(value, str):
        # Half of a surrogate pair cannot be stored.
        return value.encode("utf-8", "replace").decode() if value.strip() else None
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, map(text_of, value))) or None
    if isinstance(value, Mapping):
        parts = ("summary", "headline", "sections", "paragraphs", "text")
        return "\n".join(filter(None, (text_of(value.get(part)) for part in parts))) or None
    if isinstance(value, bool) or is_empty(value):
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def line_of(value: Any) -> str | None:
    r"""Return a value as one line of text, None if it is empty.

    >>> line_of("Ferry strike\n ends")
    'Ferry strike ends'
    """
    text = text_of(value[0] if isinstance(value, list) and value else value)
    return " ".join(text.split()) if text else None


def names_of(value: Any) -> tuple[str, ...]:
    """Return the bylines in a value: a list, records with parts of names, or one string.

    A string is split at semicolons and bars; "Weaver, Anna" is turned around. What stands
    around the names ("By", "political editor") is left to the reader of bylines.

    >>> names_of("Weaver, Anna; Reed, Tom"), names_of([{"family": "Holm", "given": "Ida"}])
    (('Anna Weaver', 'Tom Reed'), ('Ida Holm',))
    >>> names_of("By Anna Weaver and Tom Reed")
    ('By Anna Weaver and Tom Reed',)
    """
    if isinstance(value, str):
        parts = map(str.strip, re.split(r"[;|\n]", _without_brackets(value[:MAX_NAMES_CHARS])))
        return tuple(_turned(part) for part in parts if not is_empty(part))
    if isinstance(value, Mapping):
        return _name_of(value)
    if isinstance(value, list | tuple):
        return tuple(name for part in value for name in names_of(part))
    return ()


def _without_brackets(value: str) -> str:
    """Return the names of a list that was written as text ("['Ida Holm', 'Tom Reed']")."""
    stripped = value.strip()
    inside = stripped[1:-1].strip().removesuffix(",").rstrip()
    is_list = stripped.startswith("[") and stripped.endswith("]") and len(inside) > 1
    if not is_list or inside[0] not in "'\"" or inside[-1] != inside[0]:
        return value
    quoted = re.findall(r"'((?:[^'\\]|\\.|'(?=\w))*)'|\"((?:[^\"\\]|\\.)*)\"", value)
    return ";".join(one or other for one, other in quoted)


def _name_of(parts: Mapping[str, Any]) -> tuple[str, ...]:
    plain = {str(key).casefold().replace(" ", "_"): value for key, value in parts.items()}
    kind = plain.get("creatortype", plain.get("role", "author"))
    if isinstance(kind, str) and kind.casefold() not in {"author", "reporter", "writer"}:
        return ()
    whole = next((plain[key] for key in _NAME_PARTS if isinstance(plain.get(key), str)), "")
    first = next((plain[key] for key in _FIRST_PARTS if isinstance(plain.get(key), str)), "")
    last = next((plain[key] for key in _LAST_PARTS if isinstance(plain.get(key), str)), "")
    name = " ".join((whole or f"{first} {last}").split())
    return (name,) if name else ()


def _turned(name: str) -> str:
    """Return "Weaver, Anna" as "Anna Weaver", and everything else unchanged."""
    last, comma, first = name.partition(", ")
    is_pair = comma and "," not in first and len(last.split()) <= 2 and len(first.split()) <= 2
    is_name = is_pair and last[:1].isupper() and first[:1].isupper() and " " not in last
    return f"{first} {last}" if is_name else name


def language_tag(value: Any) -> str | None:
    """Return a language tag ("en", "pt-BR"), None for anything else, such as "English".

    >>> language_tag("EN_us"), language_tag("en"), language_tag("English")
    ('en-US', 'en', None)
    """
    match = _LANGUAGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or len(match[1]) != 2:
        return None
    return match[1].lower() + (f"-{match[3].upper()}" if match[3] else "")


def address_of(value: Any) -> str | None:
    """Return a web address, with its scheme if that was left out; None if it is none.

    >>> address_of("www.harbour-times.example/ferry"), address_of("see below")
    ('https://www.harbour-times.example/ferry', None)
    """
    text = line_of(value)
    if not text or " " in text:
        return None
    text = text.strip("<>\"'")
    if text.lower().startswith(("http://", "https://")):
        return text
    return (
        f"https://{text}"
        if _HOST.fullmatch(text) and ("/" in text or text.startswith("www."))
        else None
    )


def has_markup(text: str) -> bool:
    """Whether a text is a piece of HTML: it has several tags of paragraphs, links and so on.

    >>> has_markup("<p>The ferries sailed.</p><p>The crews cheered.</p>"), has_markup("a < b")
    (True, False)
    """
    tags = _TAG.findall(text[:20_000])
    return len(tags) >= _FEW_TAGS and len(set(tags) & {"p", "br", "div", "li"}) > 0
