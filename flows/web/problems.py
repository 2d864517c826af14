"""Errors for programs: problem details by RFC 9457."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import orjson
from starlette.responses import Response

MEDIA_TYPE: Final = "application/problem+json"


class ProblemError(Exception):
    """A request of a program cannot be answered.

    Attributes:
        status: HTTP status.
        detail: What is wrong and what to do.
        parameter: The parameter that is wrong, empty if it is none.
    """

    def __init__(self, status: int, detail: str, *, parameter: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.parameter = status, detail, parameter


def problem(
    status: int, detail: str, *, parameter: str = "", headers: dict[str, str] | None = None
) -> Response:
    """Return an answer that says what is wrong.

    Args:
        status: HTTP status; its name is the title.
        detail: What is wrong and what to do.
        parameter: The parameter that is wrong, empty if it is none.
        headers: Further headers.
    """
    content: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "note": detail,  # what Media Cloud's client shows
    }
    if parameter:
        content["parameter"] = parameter
    return Response(orjson.dumps(content), status, headers=headers, media_type=MEDIA_TYPE)
