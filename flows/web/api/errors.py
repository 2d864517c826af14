"""What a program is told when a request fails."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from flows.web.access import NotAllowedError
from flows.web.page import PageNotFoundError
from flows.web.problems import ProblemError, problem
from flows.web.programs import missing_scope
from transforms.errors import OnrecordError
from warehouse.errors import (
    SchemaTooOldError,
    WarehouseBusyError,
    WarehouseMemoryError,
    WarehouseMissingError,
)

# The first class that fits counts. Without a text, the error has one of its own.
_STATUSES: Final[tuple[tuple[type[Exception], int, str], ...]] = (
    (PageNotFoundError, 404, ""),
    (WarehouseMissingError, 503, "Nothing was published yet: run `onrecord ingest` or `onrecord load`."),
    (SchemaTooOldError, 503, "An older onrecord made the newest snapshot: run `onrecord publish`."),
    (WarehouseBusyError, 503, ""),
    (WarehouseMemoryError, 503, "This needs more memory than a request may use: ask for fewer days or rows, or with narrower filters."),
    (OnrecordError, 400, ""),
)  # fmt: skip


def answer_to(error: Exception) -> Response:
    """Return problem details for an error."""
    if isinstance(error, ProblemError):
        return problem(error.status, error.detail, parameter=error.parameter)
    if isinstance(error, NotAllowedError):
        return missing_scope(error.scope)
    if isinstance(error, HTTPException):
        detail = error.detail
        if error.status_code == 404:
            detail = "There is no such address: /api/v1/openapi.json lists all of them."
        return problem(error.status_code, detail, headers=dict(error.headers or {}))
    for kind, status, text in _STATUSES:
        if isinstance(error, kind):
            return problem(status, text or str(error))
    return problem(500, "onrecord failed at this request. Its log says why.")
