"""Cursors: where the next part of a list begins, by day and key.

A cursor names the last row that was shown, not its number. So no row is left out or comes twice
if a newer snapshot is published between two parts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import date
from typing import Any, Final

import orjson
from pydantic import BaseModel

from flows.assistant.problems import CallError
from warehouse.search_lists import Place

_MOST: Final = 2_000  # characters
_DIGEST: Final = 8


def cursor_of(asked: BaseModel, *key: object) -> str:
    """Return the cursor after a row.

    Args:
        asked: The arguments of the call.
        key: What the row is sorted by.
    """
    content = orjson.dumps([_digest(asked), *key])
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def key_of(cursor: str, asked: BaseModel, *kinds: type) -> list[Any]:
    """Return what a row is sorted by, from its cursor.

    Args:
        cursor: The cursor.
        asked: The arguments of the call.
        kinds: The types of the parts of the key.

    Raises:
        CallError: The cursor is not ours, or comes from a call with other arguments.
    """
    digest, *key = _content(cursor)
    if len(key) != len(kinds) or not all(map(isinstance, key, kinds)):
        raise _broken()
    if digest != _digest(asked):
        raise CallError(
            "cursor",
            "it belongs to a call with other arguments",
            "Repeat that call's arguments with it, or leave the cursor out to begin anew.",
        )
    return key


def place_cursor(asked: BaseModel, place: Place | None) -> str | None:
    """Return the cursor after a place in a list of articles or statements."""
    if place is None:
        return None
    return cursor_of(asked, str(place.sorted_by or ""), place.article_id, place.start_char)


def place_of(cursor: str | None, asked: BaseModel) -> Place | None:
    """Return the place in a list of articles or statements that a cursor names."""
    if cursor is None:
        return None
    day, article_id, start_char = key_of(cursor, asked, str, str, int)
    try:
        return Place(date.fromisoformat(day) if day else None, article_id, start_char)
    except ValueError as exc:
        raise _broken() from exc


def _content(cursor: str) -> list[Any]:
    try:
        if len(cursor) > _MOST:
            raise _broken()
        content = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as exc:
        raise _broken() from exc
    if not isinstance(content, list) or not content:
        raise _broken()
    return content


def _broken() -> CallError:
    return CallError(
        "cursor",
        "it is none of this server",
        "Copy the cursor of the last answer unchanged, or leave it out to begin anew.",
    )


def _digest(asked: BaseModel) -> str:
    """Return a digest of the arguments that decide which rows there are."""
    content = asked.model_dump_json(exclude={"cursor", "limit"})
    return hashlib.sha256(content.encode()).hexdigest()[:_DIGEST]
