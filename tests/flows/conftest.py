"""What tests of jobs share: a Prefect server, and jobs that publish nothing."""

import pytest

from tests.helpers.prefect_home import own_server, prefect_home


@pytest.fixture(scope="module")
def prefect_folder(tmp_path_factory):
    """Return the home of Prefect's server."""
    return prefect_home(tmp_path_factory.mktemp("prefect"))


@pytest.fixture(scope="module")
def prefect_api(prefect_folder):
    """Return the variable that names a running server, which no other module uses.

    It is for tests that neither stop it nor look at its start. An idle server uses the time of
    the other tests, so it ends with the module.
    """
    with own_server(prefect_folder) as server:
        yield {"PREFECT_API_URL": server.url}


@pytest.fixture(scope="module")
def unpublished():
    """Let no job of the module publish: for tests that look at the live file only.

    A snapshot is up to half of the cost of a small job. What jobs publish is tested in
    `runs/test_publication.py`.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in ("batches", "publication"):
            patch.setattr(f"flows.runs.{module}.publish_if_behind", lambda *_, **__: None)
        yield
