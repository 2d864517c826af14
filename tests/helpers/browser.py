"""The pages in headless Chromium.

`ONRECORD_TEST_BROWSER` names the program; without it, Chromium is looked for where Debian has it.
"""

import contextlib
import os
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

from flows.settings import Settings
from flows.web.access import Access
from flows.web.server import listen, new_server
from tests.helpers.processes import wait_until

NAMES = ("chromium", "chromium-browser", "google-chrome")


def browser_program():
    """Return the path of Chromium; skip the test if there is none."""
    found = os.environ.get("ONRECORD_TEST_BROWSER") or next(
        filter(None, map(shutil.which, NAMES)), None
    )
    if found is None:
        pytest.skip("Chromium is not installed: set ONRECORD_TEST_BROWSER to its path")
    return found


@contextlib.contextmanager
def served_site(folder, *, access=None, additions=(), **settings):
    """Serve the pages of a data folder on loopback, and give their address."""
    server = new_server(Settings(data=folder.root, **settings), access or Access(), additions)
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started, seconds=30)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(20)


@contextlib.contextmanager
def opened_browser():
    """Start Chromium."""
    program = browser_program()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextlib.contextmanager
def opened_page(browser, *, width=1280, scheme="light", refusals=()):
    """Open an empty page whose console must stay empty, and which may load nothing from outside.

    `refusals` are statuses of answers that the console may tell of.
    """
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    problems = []
    expected = [f"the server responded with a status of {status} " for status in refusals]

    def note(line):
        if line.type == "error" and not any(words in line.text for words in expected):
            problems.append(line.text)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda asked: None if "//127.0.0.1:" in asked.url or asked.url.startswith("data:")
        else problems.append(f"asked for {asked.url}"),
    )  # fmt: skip
    yield page
    context.close()
    assert problems == []
