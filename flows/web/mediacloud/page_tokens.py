"""Tokens for the next page of a list of stories.

A token has the place of the last story, and a mark of the search that it belongs to. It names no
snapshot, so it stays valid when a newer one is published.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date

import orjson
from starlette.exceptions import HTTPException

from flows.web.mediacloud.answers import refuse
from flows.web.mediacloud.parameters import Asked
from warehouse.search_lists import Place, Sorting


def token_of(asked: Asked, sorting: Sorting, place: Place | None) -> str | None:
    """Return the token of the page after a place; None after the last page."""
    if place is None:
        return None
    content = [_mark(asked, sorting), place.sorted_by, place.article_id]
    return base64.urlsafe_b64encode(orjson.dumps(content)).decode()


def place_in(token: str, asked: Asked, sorting: Sorting) -> Place | None:
    """Return the place in a token; None if there is none, so that the list begins."""
    if not token:
        return None
    try:
        mark, by, key = map(str, orjson.loads(base64.urlsafe_b64decode(token.encode())))
    except (ValueError, TypeError):
        raise _broken() from None
    if mark != _mark(asked, sorting):
        raise refuse(
            "this pagination_token belongs to another search: give the same query, dates, sources "
            "and order as for the page before"
        )
    try:
        return Place(by if sorting == "random" else date.fromisoformat(by), key)
    except ValueError:
        raise _broken() from None


def _broken() -> HTTPException:
    return refuse("this pagination_token was not given out here, or is not complete")


def _mark(asked: Asked, sorting: Sorting) -> str:
    content = orjson.dumps([asked.query, asked.within, sorting])
    return hashlib.sha256(content).hexdigest()[:16]
