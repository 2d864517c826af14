"""The commands that add, list and revoke tokens."""

import json
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.web.tokens import Tokens
from transforms.errors import OnrecordError
from warehouse.folder import DataFolder


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def run(folder, command, *arguments):
    result = CliRunner().invoke(app, ["token", command, "--data", str(folder.root), *arguments])
    if isinstance(result.exception, OnrecordError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.stdout


def test_token_is_printed_once_listed_and_revoked(folder):
    assert run(folder, "list") == (0, "no tokens yet: add one with `onrecord token add`\n")
    asked = ("--scope", "sql,read", "--until", "2999-12-31", "--limit", "30")
    code, secret = run(folder, "add", "notebook", *asked)
    assert code == 0
    found = Tokens(folder).find(secret.strip(), today=datetime.now(UTC).date())
    assert (found.name, found.until, found.limit) == ("notebook", date(2999, 12, 31), 30)
    (row,) = json.loads(run(folder, "list", "--json")[1])
    assert row == {
        "name": "notebook",
        "scopes": "read,sql",
        "created_on": found.created_on.isoformat(),
        "used_on": None,
        "until": "2999-12-31",
        "limit": 30,
    }
    assert secret.strip() not in run(folder, "list")[1]
    assert run(folder, "revoke", "notebook") == (0, "token notebook revoked\n")
    assert run(folder, "list", "--json") == (0, "[]\n")


def test_token_allows_reading_unless_more_is_asked_for(folder):
    secret = json.loads(run(folder, "add", "a", "--json")[1])["token"]
    assert Tokens(folder).find(secret, today=date(2026, 1, 1)).scopes == {"read"}


@pytest.mark.parametrize(
    "arguments",
    [("--scope", "sql"), ("--scope", "all"), ("--until", "2001-01-01"), ("--limit", "0")],
)
def test_token_that_makes_no_sense_is_refused(folder, arguments):
    assert run(folder, "add", "a", *arguments)[0] == 2
    assert not folder.tokens.exists()


def test_unknown_token_cannot_be_revoked(folder):
    code, told = run(folder, "revoke", "none")
    assert code == 1
    assert told == "none: there is no such token: see `onrecord token list`"
