"""Tokens of programs: what they open, how they end, and what is kept of them."""

import stat
from datetime import date, datetime, timedelta

import orjson
import pytest

from flows.errors import TokenError
from flows.permissions import find_readable
from flows.web.access import Access
from flows.web.limits import RequestRates, WrongGuesses
from flows.web.passwords import hash_password
from flows.web.scopes import scopes_from
from flows.web.tokens import Tokens, read_tokens, revoke_token
from tests.helpers.programs import (
    HOST,
    NOW,
    bearer,
    problem_of,
    program_client,
    token_of,
    with_api,
)
from tests.helpers.site import form_token
from warehouse.folder import DataFolder

PASSWORD = "a long password"
PATHS = ("/api/v1/things", "/mediacloud/api/version", "/mcp")


@pytest.fixture(scope="module")
def hashed():
    return hash_password(PASSWORD)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    with_api(monkeypatch)
    return DataFolder(tmp_path)


@pytest.fixture
def client(folder, hashed):
    return program_client(folder, password_hash=hashed)


def sign_in(client):
    form = {"password": PASSWORD, "csrf": form_token(client, "/sign-in")}
    assert client.post("/sign-in", data=form).status_code == 303


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_program_without_a_token_is_told_so_and_sent_nowhere(client, path, method):
    answer = client.request(method, path)
    status, detail = problem_of(answer)
    assert status == 401
    assert "Authorization: Bearer TOKEN" in detail
    assert answer.headers["www-authenticate"] == 'Bearer realm="onrecord"'
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_addresses_that_do_not_exist_need_a_token_too(client, folder):
    assert problem_of(client.get("/api/v1/nothing"))[0] == 401
    found = client.get("/api/v1/nothing", headers=bearer(token_of(folder)))
    assert problem_of(found)[0] == 404
    assert client.get("/api").headers["location"] == "/sign-in"  # the page about it
    wrong = client.put("/api/v1/things", headers=bearer("x"))
    assert problem_of(wrong)[0] == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["Bearer", "Token", "bearer", "TOKEN"])
def test_token_opens_what_its_scopes_say(client, folder, path, scheme):
    secret = token_of(folder, scopes="read,sql")
    answer = client.get(path, headers=bearer(secret, scheme))
    assert answer.json() == {"scopes": ["read", "sql"]}
    assert "set-cookie" not in answer.headers


def test_missing_scope_is_named(client, folder):
    answer = client.post("/api/v1/things", headers=bearer(token_of(folder)))
    status, detail = problem_of(answer)
    assert status == 403
    assert "--scope read,manage" in detail
    assert 'error="insufficient_scope", scope="manage"' in answer.headers["www-authenticate"]
    more = token_of(folder, "writer", "read,manage")
    assert client.post("/api/v1/things", headers=bearer(more)).status_code == 200


def test_token_opens_no_page(client, folder):
    secret = token_of(folder, scopes="read,sql,manage")
    for path in ("/today", "/data/sql?sql=SELECT+1", f"/today?token={secret}"):
        assert client.get(path, headers=bearer(secret)).headers["location"] == "/sign-in"
    assert client.post("/watches", headers=bearer(secret)).status_code == 401
    assert problem_of(client.get(f"/api/v1/things?token={secret}"))[0] == 401


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Digest x"])
def test_other_credentials_are_no_token(client, folder, value):
    token_of(folder)
    answer = client.get("/api/v1/things", headers={"authorization": value})
    assert problem_of(answer)[0] == 401
    assert "invalid_token" not in answer.headers["www-authenticate"]


def test_revoked_token_stops_working_at_once(client, folder):
    kept, gone = token_of(folder, "kept"), token_of(folder, "gone")
    assert client.get("/api/v1/things", headers=bearer(gone)).status_code == 200
    revoke_token(folder, "GONE")
    answer = client.get("/api/v1/things", headers=bearer(gone))
    assert problem_of(answer)[0] == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]
    assert client.get("/api/v1/things", headers=bearer(kept)).status_code == 200
    folder.tokens.unlink()
    assert client.get("/api/v1/things", headers=bearer(kept)).status_code == 401


def test_token_ends_after_its_last_day(folder):
    secret = token_of(folder, until=date(2026, 12, 1))
    tokens = Tokens(folder)
    assert tokens.find(secret, today=date(2026, 12, 1)).name == "notebook"
    assert tokens.find(secret, today=date(2026, 12, 2)) is None


def test_file_has_no_token_and_nobody_else_reads_it(folder):
    secret = token_of(folder)
    assert stat.S_IMODE(folder.tokens.stat().st_mode) == 0o600
    assert secret not in folder.tokens.read_text()
    assert len(secret) > 50
    folder.tokens.chmod(0o644)
    assert any("tokens.json" in line for line in find_readable(folder, is_shared=False))
    token_of(folder, "other")
    assert stat.S_IMODE(folder.tokens.stat().st_mode) == 0o600


def test_hash_in_the_file_is_no_token(client, folder):
    token_of(folder)
    (kept,) = orjson.loads(folder.tokens.read_bytes())["tokens"]
    assert client.get("/api/v1/things", headers=bearer(kept["sha256"])).status_code == 401


def test_day_of_the_last_use_is_kept_without_losing_what_changed_meanwhile(client, folder):
    secret = token_of(folder)
    client.get("/api/v1/things", headers=bearer(secret))
    (used,) = read_tokens(folder)
    assert used.used_on is not None
    tokens, (token,) = Tokens(folder), read_tokens(folder)
    later = used.used_on + timedelta(days=1)
    token_of(folder, "new")
    tokens.note_use(token, today=later)
    assert [(one.name, one.used_on) for one in read_tokens(folder)] == [
        ("notebook", later),
        ("new", None),
    ]
    revoke_token(folder, "notebook")
    tokens.note_use(token, today=later + timedelta(days=1))
    assert [one.name for one in read_tokens(folder)] == ["new"]


def test_file_is_written_once_a_day_and_not_at_each_request(client, folder):
    secret = token_of(folder)
    client.get("/api/v1/things", headers=bearer(secret))
    before = folder.tokens.stat().st_ino
    client.get("/api/v1/things", headers=bearer(secret))
    assert folder.tokens.stat().st_ino == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"tokens": [{"name": "a"}]}', b"\xff"])
def test_damaged_file_opens_nothing_and_is_named(client, folder, content):
    secret = token_of(folder)
    folder.tokens.write_bytes(content)
    assert client.get("/api/v1/things", headers=bearer(secret)).status_code == 401
    with pytest.raises(TokenError, match=r"tokens\.json: cannot be read"):
        token_of(folder, "more")
    assert folder.tokens.read_bytes() == content


@pytest.mark.parametrize("name", ["", "a b", "../x", "-x", "x" * 61, "a\nb"])
def test_name_that_is_no_name_is_refused(folder, name):
    with pytest.raises(TokenError, match="letters, digits"):
        token_of(folder, name)


def test_name_is_given_once(folder):
    token_of(folder, "Notebook")
    with pytest.raises(TokenError, match="already a token"):
        token_of(folder, "notebook")
    with pytest.raises(TokenError, match="no such token"):
        revoke_token(folder, "other")


def test_session_reads_and_changes_nothing(client, folder):
    sign_in(client)
    assert client.get("/api/v1/things").json() == {"scopes": ["manage", "read", "sql"]}
    assert problem_of(client.post("/api/v1/things"))[0] == 401
    wrong = client.get("/api/v1/things", headers=bearer("onrecord_wrong"))
    assert problem_of(wrong)[0] == 401
    limited = client.get("/api/v1/things", headers=bearer(token_of(folder)))
    assert limited.json() == {"scopes": ["read"]}


def test_without_a_password_no_token_is_needed(folder):
    client = program_client(folder)
    assert client.post("/mcp").json()["scopes"] == ["manage", "read", "sql"]
    any_token = bearer("anything", "Token")
    assert client.post("/mcp", headers=any_token).json()["scopes"] == ["manage", "read", "sql"]
    limited = program_client(folder, scopes=scopes_from("read"))
    assert limited.get("/mcp").json() == {"scopes": ["read"]}
    assert problem_of(limited.post("/mcp"))[0] == 403
    writer = token_of(folder, scopes="read,manage")
    assert limited.post("/mcp", headers=bearer(writer)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": f"http://{HOST}.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_page_of_another_site_can_have_nothing_changed(folder, headers):
    answer = program_client(folder).post("/api/v1/things", headers=headers)
    assert problem_of(answer) == (403, "Pages of other sites may not ask for this address.")


@pytest.mark.parametrize(
    "headers", [{"origin": f"https://{HOST}"}, {"sec-fetch-site": "same-origin"}, {}]
)
def test_own_pages_and_programs_may_ask(folder, headers):
    assert program_client(folder).post("/api/v1/things", headers=headers).status_code == 200


def test_other_host_names_are_refused_with_a_token_too(client, folder):
    headers = bearer(token_of(folder)) | {"host": "evil.example"}
    assert client.get("/api/v1/things", headers=headers).status_code == 421


def test_wrong_tokens_are_slowed_down_and_lock_nobody_out(client, folder):
    answers = [client.get("/mcp", headers=bearer(f"wrong {n}")).status_code for n in range(11)]
    assert answers == [401] * 10 + [429]
    told = client.get("/mcp", headers=bearer("wrong"))
    assert problem_of(told)[0] == 429
    assert told.headers["retry-after"] == "60"
    assert client.get("/mcp", headers=bearer(token_of(folder))).status_code == 200
    sign_in(client)


def test_requests_of_a_token_are_limited(folder, hashed):
    client = program_client(folder, password_hash=hashed, per_token=3)
    usual, own = token_of(folder), token_of(folder, "slow", limit=1)
    statuses = [client.get("/mcp", headers=bearer(usual)).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert client.get("/mcp", headers=bearer(own)).status_code == 200
    answer = client.get("/mcp", headers=bearer(own))
    assert problem_of(answer)[0] == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_requests_without_a_token_are_limited_by_address(folder):
    one = program_client(folder, per_address=2)
    assert [one.get("/mcp").status_code for _ in range(3)] == [200, 200, 429]
    assert one.get("/help").status_code == 200
    own = program_client(folder, per_address=2, address="127.0.0.1")
    assert [own.get("/mcp").status_code for _ in range(3)] == [200] * 3


def test_proxy_says_who_asks(folder):
    client = program_client(folder, per_address=1, is_behind_proxy=True, address="127.0.0.1")

    def asked(*hops):
        return client.get("/mcp", headers={"x-forwarded-for": ", ".join(hops)}).status_code

    assert [asked("192.0.2.1"), asked("192.0.2.2"), asked("192.0.2.1")] == [200, 200, 429]
    assert asked("198.51.100.9", "192.0.2.1") == 429
    assert [asked("2001:db8::1"), asked("2001:db8::2"), asked("2001:db8:1::1")] == [200, 429, 200]


def test_limit_comes_back_evenly():
    now = [0.0]
    rates = RequestRates(lambda: now[0])
    assert [rates.wait_s("a", per_minute=2) for _ in range(3)] == [0, 0, 30]
    now[0] = 30.0
    assert [rates.wait_s("a", per_minute=2) for _ in range(2)] == [0, 30]
    assert rates.wait_s("b", per_minute=2) == 0
    now[0] = 3600.0
    assert [rates.wait_s("a", per_minute=2) for _ in range(3)] == [0, 0, 30]
    assert not any(rates.wait_s("c", per_minute=0) for _ in range(100))


def test_wrong_guesses_are_forgotten_after_a_minute():
    now = [0.0]
    guesses = WrongGuesses(lambda: now[0])
    for _ in range(10):
        guesses.count()
    assert guesses.must_wait()
    now[0] = 61.0
    assert not guesses.must_wait()


def test_access_without_tokens_knows_none(folder, hashed):
    assert Access(password_hash=hashed).tokens is None
    assert Tokens(folder).find("", today=datetime.now(NOW.tzinfo).date()) is None


def test_own_queries_of_the_api_need_their_scope(client, folder):
    asked = {"params": {"q": "SELECT 1"}}
    status, detail = problem_of(
        client.get("/api/v1/sql", headers=bearer(token_of(folder)), **asked)
    )
    assert status == 403
    assert "--scope read,sql" in detail
    more = bearer(token_of(folder, "more", "read,sql"))
    assert client.get("/api/v1/sql", headers=more, **asked).status_code not in {401, 403}
