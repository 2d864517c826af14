from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from flows.errors import FetchError, PermanentFetchError, TransientFetchError
from flows.fetching.failures import (
    HOST_CODES,
    NETWORK_CODES,
    PERMANENT_CODES,
    TRANSIENT_CODES,
    failure,
    network_failure,
    read_retry_after,
    status_failure,
)

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
URL = "https://wire.example/feed"


@pytest.mark.parametrize(
    ("value", "date", "expected"),
    [
        ("120", None, 120.0),
        (" 7 ", None, 7.0),
        ("0", None, 0.0),
        ("-5", None, None),
        ("1e9", None, None),
        ("soon", None, None),
        ("", None, None),
        (None, None, None),
        ("٣", None, None),
        ("316800", None, 86_400.0),
        ("9" * 400, None, 86_400.0),
        ("Mon, 06 May 2024 12:10:00 GMT", None, 600.0),
        ("Mon, 06 May 2024 11:00:00 GMT", None, None),
        # The server's clock is an hour late: only the difference counts.
        ("Mon, 06 May 2024 11:10:00 GMT", "Mon, 06 May 2024 11:00:00 GMT", 600.0),
        ("Mon, 06 May 2024 13:10:00 GMT", "Mon, 06 May 2024 13:00:00 GMT", 600.0),
        ("Mon, 06 May 2024 12:10:00 GMT", "yesterday", 600.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, 86_400.0),
        ("Mon, 99 May 2024 12:10:00 GMT", None, None),
        ("Mon, 06 May 99999 12:10:00 GMT", None, None),
    ],
)
def test_retry_after(value, date, expected):
    assert read_retry_after(value, date, now=NOON) == expected


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
def test_status_has_one_code(status, code, kind):
    error = status_failure(URL, status, 9.0)
    assert type(error) is kind
    assert (error.code, error.http_status, error.retry_after_s) == (code, status, 9.0)


@pytest.mark.parametrize("code", [*TRANSIENT_CODES, *PERMANENT_CODES])
def test_error_survives_pickling_and_names_the_address(code):
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
