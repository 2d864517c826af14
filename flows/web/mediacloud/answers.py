"""Answers of Media Cloud's API: JSON, with a sentence for its client if something is wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson
from starlette.exceptions import HTTPException
from starlette.responses import Response

from flows.web.page import Page
from transforms.errors import OnrecordError
from warehouse.errors import QueryError, WarehouseError, WarehouseMemoryError, WarehouseMissingError

Handler = Callable[[Page], Response]

_NOTHING_YET: Final = (
    "nothing was published yet: run `onrecord ingest` or `onrecord load PATH` first"
)
_TOO_MUCH: Final = (
    "this needs more memory than the pages may use: ask for fewer days, or for rarer words"
)


def as_json(content: Mapping[str, Any], status: int = 200) -> Response:
    """Return an answer."""
    return Response(orjson.dumps(content), status, media_type="application/json")


def answering(find: Callable[[Page], Mapping[str, Any]]) -> Handler:
    """Return the handler that answers with what a function finds.

    The client shows the `note` of an answer whose status is not 200.
    """

    @functools.wraps(find)
    def answer(page: Page) -> Response:
        try:
            return as_json(find(page))
        except HTTPException as exc:
            return _refused(exc.detail, exc.status_code)
        except WarehouseMissingError:
            return _refused(_NOTHING_YET, 503)
        except WarehouseMemoryError:
            return _refused(_TOO_MUCH, 503)
        except OnrecordError as exc:
            is_temporary = isinstance(exc, WarehouseError) and not isinstance(exc, QueryError)
            return _refused(str(exc), 503 if is_temporary else 400)

    return answer


def refuse(note: str, status: int = 400) -> HTTPException:
    """Return the exception that ends a request with a sentence."""
    return HTTPException(status, note)


def _refused(note: str, status: int) -> Response:
    return as_json({"status": "error", "note": note}, status)
