"""The API does what its description says, for requests that schemathesis makes up from it."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from flows.settings import Settings
from flows.web.access import Access
from flows.web.api.routes import ENDPOINTS
from flows.web.site import create_site
from tests.helpers.aveling import CLEANING, TRIAL, flood
from tests.helpers.linked import load_linked
from warehouse.publish import publish


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    told = [flood("a", "2024-06-03", hour=7), TRIAL, flood("b", "2024-06-03", hour=9), CLEANING]
    folder = load_linked(tmp_path_factory.mktemp("described"), told)
    publish(folder)
    site = create_site(Settings(data=folder.root), Access(hosts=frozenset({"testserver"})))
    return schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", site, headers={"host": "localhost"}
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_answers_are_as_described(api, endpoint):
    operation = api[endpoint.path.replace(":path", "")]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case):
        # No schema can say whether a cursor, a question or a query in SQL is right.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    check()
