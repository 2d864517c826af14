"""The pages of a data folder, asked for as a browser does."""

from lxml import html
from starlette.testclient import TestClient

from flows.settings import Settings
from flows.web.access import Access
from flows.web.site import create_site
from warehouse.folder import DataFolder


def site_client(folder, *, access=None, follow_redirects=True, **settings):
    """Return a client of the pages of a data folder, given as such or as its root."""
    access = access or Access(hosts=frozenset({"testserver"}))
    root = folder.root if isinstance(folder, DataFolder) else folder
    site = create_site(Settings(data=root, **settings), access)
    return TestClient(site, follow_redirects=follow_redirects)


def form_token(client, path):
    """Return the token that the forms of a page send."""
    return html.fromstring(client.get(path).text).xpath("string(//input[@name='csrf']/@value)")
