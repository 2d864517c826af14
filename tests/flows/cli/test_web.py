"""The command that serves the pages, as a process of its own."""

import re
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.web.passwords import is_password


@pytest.fixture
def served(tmp_path):
    """Start the pages of an empty data folder; give the process and their address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "web", "--data", str(tmp_path), "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
    )
    line = process.stderr.readline()
    yield process, re.fullmatch(r"pages: (http://127\.0\.0\.1:\d+/)\n", line)[1]
    process.kill()
    process.wait()
    process.stderr.close()


def test_pages_are_served_until_ctrl_c(served):
    process, address = served
    with urllib.request.urlopen(f"{address}help", timeout=20) as answer:
        assert "Keys and search words" in answer.read().decode()
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert "onrecord add" in answer.read().decode()  # nothing is there yet: what to do
    process.send_signal(signal.SIGINT)
    assert process.wait(20) in (0, 130)
    assert process.stderr.read() == ""


def run(*arguments, **given):
    result = CliRunner().invoke(app, ["web", *arguments], **given)
    return result.exit_code, result.output, str(result.exception or "")


def test_address_for_everybody_needs_a_password(tmp_path):
    code, _, problem = run("--data", str(tmp_path), "--host", "0.0.0.0", "--port", "0")
    assert code != 0
    assert "web_host" in problem
    assert "--hash-password" in problem
    assert "--behind-proxy" in problem


def test_port_in_use_is_a_clear_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, problem = run("--data", str(tmp_path), "--port", str(port))
    assert code != 0
    assert f"web_port: got {port}, expected a free port of 127.0.0.1" in problem


def test_password_becomes_a_hash():
    code, out, _ = run("--hash-password", input="a long password\na long password\n")
    assert code == 0
    assert is_password("a long password", out.splitlines()[-1])
    code, _, problem = run("--hash-password", input="short\nshort\n")
    assert code != 0
    assert "at least 10 characters" in problem
    assert "short" not in problem


def test_setting_says_that_a_proxy_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("ONRECORD_WEB_BEHIND_PROXY", "true")
    # No machine has this address, so that the pages get as far as to listen on it.
    code, _, problem = run("--data", str(tmp_path), "--host", "192.0.2.7", "--port", "0")
    assert code != 0
    assert "a free port of 192.0.2.7" in problem
    monkeypatch.setenv("ONRECORD_WEB_BEHIND_PROXY", "false")
    assert "web_host" in run("--data", str(tmp_path), "--host", "192.0.2.7", "--port", "0")[2]


def test_help_says_what_all_may_do_by_default(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    _, out, _ = run("--help")
    assert "ONRECORD_WEB_SCOPES" in out
    assert "read,sql,manage" in out
