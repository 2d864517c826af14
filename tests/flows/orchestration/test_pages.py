"""The pages beside the schedules: started, started again, and stopped with `onrecord serve`."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from flows.events import PagesFailed, PagesStarted
from flows.orchestration import pages
from flows.orchestration.pages import pages_served
from flows.orchestration.serve import living_children
from flows.settings import Settings
from tests.helpers.processes import ROOT, free_port, wait_until

SECONDS = 120


@pytest.fixture
def told(monkeypatch):
    """Return the events that are logged, and let the pages be started from this checkout."""
    events: list[object] = []
    monkeypatch.setattr(pages, "log", events.append)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return events


@pytest.fixture
def settings(tmp_path, monkeypatch):
    port = free_port()
    monkeypatch.setenv("ONRECORD_WEB_PORT", str(port))
    return Settings(data=tmp_path, web_port=port)


def started(told):
    return [event for event in told if isinstance(event, PagesStarted)]


def failed(told):
    return [event for event in told if isinstance(event, PagesFailed)]


def status_of(settings):
    url = f"http://127.0.0.1:{settings.web_port}/feeds"
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.status


def is_free(settings):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", settings.web_port)) != 0


def test_pages_are_served_and_stopped_with_the_schedules(settings, told):
    with pages_served(settings):
        wait_until(lambda: started(told), seconds=SECONDS)
        assert started(told)[0].url == f"http://127.0.0.1:{settings.web_port}/"
        assert status_of(settings) == 200
    assert is_free(settings)
    assert not failed(told)


def test_pages_that_crash_are_started_again(settings, told, monkeypatch):
    monkeypatch.setattr(pages, "PAUSES_S", (0.1,))
    before = living_children()
    with pages_served(settings):
        wait_until(lambda: started(told), seconds=SECONDS)
        for pid in living_children() - before:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(started(told)) == 2, seconds=SECONDS)
        assert status_of(settings) == 200
    [crash] = failed(told)
    assert "exit code -9" in crash.detail
    assert is_free(settings)


def test_pages_that_are_told_to_stop_are_not_started_again(settings, told):
    before = living_children()
    with pages_served(settings):
        wait_until(lambda: started(told), seconds=SECONDS)
        for pid in living_children() - before:
            os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not living_children() - before, seconds=SECONDS)
    assert len(started(told)) == 1
    assert not failed(told)


def test_used_port_is_told_and_nothing_else_happens(settings, told):
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.web_port))
        other.listen()
        with pages_served(settings):
            wait_until(lambda: failed(told), seconds=SECONDS)
    [problem] = failed(told)
    assert f"got {settings.web_port}, expected a free port" in problem.detail
    assert problem.pause_s is None
    assert not started(told)


def test_setting_says_to_the_schedules_that_a_proxy_decides(settings, told, monkeypatch):
    monkeypatch.setenv("ONRECORD_WEB_HOST", "192.0.2.7")  # no machine has this address
    for is_behind_proxy, problem in (("false", "web_host"), ("true", "a free port of 192.0.2.7")):
        monkeypatch.setenv("ONRECORD_WEB_BEHIND_PROXY", is_behind_proxy)
        told.clear()
        with pages_served(settings):
            wait_until(lambda: failed(told), seconds=SECONDS)
        [stopped] = failed(told)
        assert problem in stopped.detail
        assert stopped.pause_s is None


def test_pages_can_be_switched_off(tmp_path, told):
    before = living_children()
    with pages_served(Settings(data=tmp_path, web_port=0)):
        assert living_children() == before
    assert not told


def test_pages_end_when_their_server_is_killed(settings, told):
    code = (
        "import sys, time; from pathlib import Path; from flows.settings import Settings\n"
        "from flows.orchestration.pages import pages_served\n"
        "settings = Settings(data=Path(sys.argv[1]))\n"
        "with pages_served(settings): time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(settings.data)], cwd=ROOT, env=os.environ
    ) as server:
        wait_until(lambda: not is_free(settings), seconds=SECONDS)
        server.kill()
    wait_until(lambda: is_free(settings), seconds=SECONDS)
