"""Schedules as users write them, and the settings of the server."""

from datetime import timedelta

import pytest

from flows.errors import SettingsError
from flows.orchestration.schedules import read_schedule
from flows.orchestration.server import exposure_warning, is_loopback, server_environment


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        pytest.param("90s", timedelta(seconds=90), id="seconds"),
        pytest.param(" 2 H ", timedelta(hours=2), id="hours-and-blanks"),
        pytest.param("*/15 6-22 * * mon-fri", "*/15 6-22 * * mon-fri", id="cron"),
        pytest.param("off", None, id="off"),
        pytest.param("", None, id="empty"),
    ],
)
def test_schedule_is_read(stated, expected):
    assert read_schedule("schedule_ingest", stated) == expected


@pytest.mark.parametrize("stated", ["0m", "hourly", "10", "* * * *", "-5m", "99999999d"])
def test_invalid_schedule_is_refused(stated):
    with pytest.raises(SettingsError, match="schedule_ingest"):
        read_schedule("schedule_ingest", stated)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("127.0.0.1", True, id="v4"),
        pytest.param("::1", True, id="v6"),
        pytest.param("localhost", True, id="name"),
        pytest.param("0.0.0.0", False, id="every-address"),
        pytest.param("news.intranet.example", False, id="other-name"),
    ],
)
def test_loopback_is_distinguished_from_exposed_hosts(host, expected, monkeypatch):
    monkeypatch.delenv("PREFECT_SERVER_API_AUTH_STRING", raising=False)
    assert is_loopback(host) is expected
    assert (exposure_warning(host) is None) is expected


def test_exposed_server_with_a_password_gives_no_warning(monkeypatch):
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "desk:secret")
    assert exposure_warning("0.0.0.0") is None


def test_server_allows_only_its_own_pages_and_deletes_old_history(tmp_path):
    given = server_environment("127.0.0.1", 4200, pages=tmp_path)
    assert "*" not in given["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"]
    assert given["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert given["DO_NOT_TRACK"] == "1"
    assert "flow_runs" in given["PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED"]
    assert given["PREFECT_SERVER_UI_STATIC_DIRECTORY"] == str(tmp_path)
