"""Cursors: where a page of rows ended, in one word.

A cursor has the key of the last row and nothing of the snapshot, so it works on any later one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import date, datetime

import orjson

from flows.web.problems import ProblemError
from warehouse.listings import Key

_WRONG = "This cursor does not belong to this request: use `next` of a page with the same filters."


def cursor_of(listing: str, filters: Mapping[str, object], key: Key) -> str:
    """Return the cursor of the page after a row.

    Args:
        listing: Name of the listing.
        filters: The filters of the request.
        key: The key of the last row.
    """
    values = [_written(value) for value in key]
    content = orjson.dumps([_asked(listing, filters), *values])
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def key_of(cursor: str, listing: str, filters: Mapping[str, object], width: int) -> Key:
    """Return the key in a cursor.

    Args:
        cursor: The cursor.
        listing: Name of the listing.
        filters: The filters of the request.
        width: How many columns a key has.

    Raises:
        ProblemError: The cursor is damaged, or of a request with other filters.
    """
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        asked, *values = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        key = tuple(_read(value) for value in values)
    except (ValueError, TypeError, KeyError, binascii.Error) as exc:
        raise ProblemError(400, _WRONG, parameter="cursor") from exc
    if asked != _asked(listing, filters) or len(key) != width:
        raise ProblemError(400, _WRONG, parameter="cursor")
    return key


def _asked(listing: str, filters: Mapping[str, object]) -> str:
    given = {name: str(value) for name, value in filters.items() if value is not None}
    text = orjson.dumps([listing, given], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:12]


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return {"on": value.isoformat()} if isinstance(value, date) else value


def _read(value: object) -> object:
    if isinstance(value, dict):
        at = value.get("at")
        return datetime.fromisoformat(at) if at else date.fromisoformat(value["on"])
    if isinstance(value, list):
        raise TypeError(value)
    return value
