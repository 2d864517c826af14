"""The endpoints of the API."""

from __future__ import annotations

from typing import Final

from flows.web.api import lists
from flows.web.api.endpoints import Endpoint

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*lists.ENDPOINTS,)
