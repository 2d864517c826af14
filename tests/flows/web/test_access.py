"""Who may see the pages, and what a foreign site may do with a reader's browser: nothing."""

import socket

import pytest

from flows.errors import SettingsError
from flows.settings import Settings
from flows.web.access import Access
from flows.web.passwords import hash_password, is_password
from flows.web.server import access_for, listen
from tests.helpers.site import form_token, site_client
from warehouse.folder import DataFolder

PASSWORD = "a long password"


@pytest.fixture(scope="module")
def hashed():
    return hash_password(PASSWORD)


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


@pytest.fixture
def locked(folder, hashed):
    return site_client(folder, access=Access(hosts=frozenset({"testserver"}), password_hash=hashed))


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "[::", "10.0.0.1"])
def test_other_host_names_are_refused(folder, host):
    answer = site_client(folder).get("/help", headers={"host": host})
    assert answer.status_code == 421
    assert "ONRECORD_WEB_HOSTS" in answer.text


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1", "[::1]:1"])
def test_names_of_this_machine_are_answered(folder, host):
    assert site_client(folder).get("/help", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/help", "/today", "/nothing", "/static/site.css", "/data/sql"])
def test_every_answer_has_safe_headers(folder, path):
    headers = site_client(folder).get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_answers_are_sent_at_once():
    """asyncio switches the wait for further data off only if it knows that the socket is of TCP."""
    with listen("127.0.0.1", 0) as listener:
        with socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_pages_need_the_password(locked):
    answer = locked.get("/data", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert locked.get("/static/site.css").status_code == 200
    assert locked.post("/sign-out").status_code == 401


def test_health_is_told_to_everybody_and_nothing_else_with_it(locked, folder):
    answer = locked.get("/health")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert locked.get("/health/today", follow_redirects=False).status_code == 303
    assert locked.get("/healthy", follow_redirects=False).status_code == 303
    assert locked.get("/health", headers={"host": "evil.example"}).status_code == 421
    assert not any(folder.root.iterdir())


def test_right_password_opens_the_pages_until_the_reader_signs_out(locked):
    token = form_token(locked, "/sign-in")
    answer = locked.post(
        "/sign-in", data={"password": PASSWORD, "csrf": token}, follow_redirects=False
    )
    assert answer.headers["location"] == "/today"
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    assert locked.get("/help").status_code == 200
    locked.post("/sign-out", data={"csrf": form_token(locked, "/help")})
    assert locked.get("/help", follow_redirects=False).status_code == 303


def test_wrong_passwords_are_slowed_down(locked):
    token = form_token(locked, "/sign-in")
    answers = [
        locked.post("/sign-in", data={"password": f"wrong {n}", "csrf": token}).status_code
        for n in range(11)
    ]
    assert answers == [403] * 10 + [429]
    right = locked.post("/sign-in", data={"password": PASSWORD, "csrf": token})
    assert right.status_code == 429


@pytest.mark.parametrize(
    ("token", "site"), [("", "same-origin"), ("0" * 64, "same-origin"), (None, "cross-site")]
)
def test_forms_of_other_sites_are_refused(locked, token, site):
    own = form_token(locked, "/sign-in")
    answer = locked.post(
        "/sign-in",
        data={"password": PASSWORD, "csrf": own if token is None else token},
        headers={"sec-fetch-site": site},
    )
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_token_of_one_session_is_of_no_use_in_another(folder):
    one, other = site_client(folder), site_client(folder)
    assert form_token(one, "/sign-in") != form_token(other, "/sign-in")


def test_cookie_is_for_https_only_behind_a_proxy_that_has_it(folder):
    access = Access(hosts=frozenset({"testserver"}), is_behind_proxy=True)
    client = site_client(folder, access=access)
    assert "Secure" not in client.get("/help").headers["set-cookie"]
    client = site_client(folder, access=access)
    answer = client.get("/help", headers={"x-forwarded-proto": "https"})
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_large_bodies_are_refused(locked):
    token = form_token(locked, "/sign-in")
    answer = locked.post("/sign-in", data={"csrf": token, "password": "x" * 11_000_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "news.example"])
def test_pages_are_not_opened_to_everybody(tmp_path, hashed, host):
    with pytest.raises(SettingsError, match="hash-password"):
        access_for(Settings(data=tmp_path), host=host, is_behind_proxy=False)
    assert access_for(Settings(data=tmp_path), host=host, is_behind_proxy=True).is_behind_proxy
    settings = Settings(data=tmp_path, web_password_hash=hashed, web_hosts="A.example, b.example")
    assert {"a.example", "b.example"} <= access_for(
        settings, host=host, is_behind_proxy=False
    ).hosts


def test_wrong_hash_is_an_error_that_does_not_show_it(tmp_path):
    settings = Settings(data=tmp_path, web_password_hash="secret")
    with pytest.raises(SettingsError, match="hash-password") as found:
        access_for(settings, host="0.0.0.0", is_behind_proxy=False)
    assert "secret" not in str(found.value)


def test_password_is_hashed_with_a_salt(hashed):
    assert is_password(PASSWORD, hashed)
    assert not is_password(PASSWORD + " ", hashed)
    assert hash_password(PASSWORD) != hashed
    with pytest.raises(ValueError, match="too short"):
        hash_password("short")
