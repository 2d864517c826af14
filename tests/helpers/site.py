"""The pages of a data folder, asked as a browser asks them."""

import re

from starlette.testclient import TestClient

from flows.settings import read_settings
from flows.web.access import Access
from flows.web.site import create_site


def site_client(folder, **settings) -> TestClient:
    """Return a client of the pages of a data folder; it does not follow redirects."""
    given = read_settings(data=folder, **settings)
    site = create_site(given, Access(hosts=frozenset({"testserver"})))
    return TestClient(site, follow_redirects=False)


def form_token(client, path) -> str:
    """Return the token that the forms of a page contain."""
    return re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)[1]
