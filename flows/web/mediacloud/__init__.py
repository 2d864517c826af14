"""Media Cloud's API over one's own data, so that its Python client and notebooks work with it.

    mediacloud.api.SearchApi.BASE_API_URL = "http://127.0.0.1:8765/mediacloud/api/"

It answers what the versions 4 and 5 of the package `mediacloud` ask. Stories are our articles,
and days are those of publication.
"""

from __future__ import annotations

from typing import Final

from flows.web.mediacloud import about, directory, stories
from flows.web.mediacloud.answers import Handler

PREFIX: Final = "/mediacloud/api/"
ROUTES: Final[tuple[tuple[str, str, Handler], ...]] = tuple(
    (method, PREFIX + path, handler)
    for method, path, handler in (*stories.ROUTES, *directory.ROUTES, *about.ROUTES)
)
