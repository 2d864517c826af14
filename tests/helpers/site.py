"""The pages of a data folder, asked without a server."""

import re

from starlette.testclient import TestClient

from flows.settings import Settings
from flows.web.access import Access
from flows.web.site import create_site


def site_client(folder, *, access=None, **settings):
    """Return a client of the pages of a data folder; it follows no redirects."""
    access = access or Access(hosts=frozenset({"testserver"}))
    site = create_site(Settings(data=folder.root, **settings), access)
    return TestClient(site, raise_server_exceptions=False, follow_redirects=False)


def form_token(client, path):
    """Return the token that the forms of a page contain."""
    return re.search(r'name="csrf" value="(\w+)"', client.get(path).text)[1]
