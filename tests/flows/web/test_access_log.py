"""The log of requests says what was asked and answered, and nothing about who asked."""

import pytest

from flows.web.passwords import hash_password
from tests.helpers.logged import lines, logged
from tests.helpers.programs import bearer, program_client, token_of, with_api
from tests.helpers.site import form_token
from warehouse.folder import DataFolder

PASSWORD = "a long password"
LOGGED = {"web_access_log": True}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    with_api(monkeypatch)
    return DataFolder(tmp_path)


def test_requests_are_logged_only_if_the_setting_says_so(folder):
    with logged() as shown:
        program_client(folder).get("/help")
        assert lines(shown) == []
        answer = program_client(folder, settings=LOGGED).get("/help")
        (line,) = lines(shown)
    assert line["event"] == "request_answered"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/help", 200)
    assert line["bytes"] == len(answer.content)
    assert line["milliseconds"] >= 0


def test_log_names_the_token_and_shows_no_secret(folder):
    secret = token_of(folder, "notebook")
    client = program_client(folder, settings=LOGGED, password_hash=hash_password(PASSWORD))
    with logged() as shown:
        form = {"password": PASSWORD, "csrf": form_token(client, "/sign-in")}
        client.post("/sign-in", data=form)
        client.get("/today?q=private+question")
        client.get("/api/v1/things?q=private", headers=bearer(secret))
        client.get(f"/watches/none.rss?token={secret}")
        client.get(f"/watches/none.rss?token={secret}x")
        told = shown.getvalue()
        found = lines(shown)
    assert [(line["path"], line["status"], line.get("token")) for line in found[2:]] == [
        ("/today", 200, None),
        ("/api/v1/things", 200, "notebook"),
        ("/watches/none.rss", 503, "notebook"),
        ("/watches/none.rss", 401, None),
    ]
    session = client.cookies["onrecord_session"]
    for hidden in (secret, "private", "192.0.2.7", session, PASSWORD, form["csrf"]):
        assert hidden not in told
    names = {"logged_at", "level", "event", "method", "path", "status", "milliseconds", "bytes"}
    assert all(set(line) - {"token"} == names for line in found)


def test_token_in_any_other_line_is_masked(folder):
    secret = token_of(folder)
    client = program_client(folder, settings=LOGGED)
    with logged() as shown:
        client.get(f"/articles/{secret}")
    assert secret not in shown.getvalue()
    assert "onrecord_***" in shown.getvalue()
