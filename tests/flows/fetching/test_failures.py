from __future__ import annotations

import pickle

import pytest

from flows.errors import FetchError, PermanentFetchError, TransientFetchError
from flows.fetching.failures import (
    HOST_CODES,
    NETWORK_CODES,
    PERMANENT_CODES,
    TRANSIENT_CODES,
    failure,
    network_failure,
    status_failure,
)

URL = "https://wire.example/feed"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "client_error", PermanentFetchError),
        (401, "forbidden", PermanentFetchError),
        (403, "forbidden", PermanentFetchError),
        (404, "not_found", PermanentFetchError),
        (408, "server_error", TransientFetchError),
        (410, "gone", PermanentFetchError),
        (425, "server_error", TransientFetchError),
        (429, "too_many_requests", TransientFetchError),
        (451, "forbidden", PermanentFetchError),
        (500, "server_error", TransientFetchError),
        (599, "server_error", TransientFetchError),
        (206, "unexpected_status", PermanentFetchError),
        (304, "unexpected_status", PermanentFetchError),
    ],
)
def test_each_status_has_one_code(status, code, kind):
    error = status_failure(URL, status, 9.0)
    assert type(error) is kind
    assert (error.code, error.http_status, error.retry_after_s) == (code, status, 9.0)


@pytest.mark.parametrize("code", [*TRANSIENT_CODES, *PERMANENT_CODES])
def test_error_survives_pickling_and_names_the_url(code):
    error = pickle.loads(pickle.dumps(failure("https://desk:canary@wire.example/", code)))
    assert isinstance(error, FetchError)
    assert error.code == code
    assert "wire.example" in str(error)
    assert "canary" not in str(error)
    assert "canary" not in repr(error)


def test_every_code_belongs_to_one_kind():
    assert not TRANSIENT_CODES.keys() & PERMANENT_CODES.keys()
    assert TRANSIENT_CODES.keys() | PERMANENT_CODES.keys() >= NETWORK_CODES | HOST_CODES


def test_unknown_error_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        network_failure(URL, ZeroDivisionError())
