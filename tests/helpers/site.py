"""The pages of a data folder without a network, as a browser of this machine sees them."""

import re

from starlette.testclient import TestClient

from flows.settings import Settings
from flows.web.access import Access
from flows.web.site import create_site


def site_client(folder, **settings) -> TestClient:
    """Return a client of the pages of a data folder."""
    access = Access(hosts=frozenset({"testserver"}))
    site = create_site(Settings(data=folder, **settings), access)
    return TestClient(site)


def form_token(client, path) -> str:
    """Return the token that the forms of a page send."""
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(path).text)
    assert found is not None, f"{path} has no form that changes something"
    return found[1]
