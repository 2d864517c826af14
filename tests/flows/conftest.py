"""One Prefect server for all tests that neither stop it nor look at its start."""

import pytest

from tests.helpers.prefect_home import own_server, prefect_home


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory):
    """Return the variable that names a running server."""
    with own_server(prefect_home(tmp_path_factory.mktemp("prefect"))) as server:
        yield {"PREFECT_API_URL": server.url}
