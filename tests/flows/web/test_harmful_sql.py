"""Harmful SQL, sent to the pages as a browser does: each attempt is refused and leaves nothing."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html

from tests.helpers.harmful_sql import DISGUISED, FORBIDDEN, GREEDY, REFUSED
from tests.helpers.linked import load_linked
from tests.helpers.process_use import descendants
from tests.helpers.processes import wait_until
from tests.helpers.readers import asked, served_apart
from tests.helpers.stories import make_story
from warehouse.publish import publish

pytestmark = pytest.mark.slow

# Without a query, the page shows no more than the editor.
ATTEMPTS = [*dict.fromkeys(filter(None, [*DISGUISED, *GREEDY, *FORBIDDEN, *REFUSED]))]
DOWNLOADS = [*((sql, "csv") for sql in ATTEMPTS[::4]), *((sql, "jsonl") for sql in ATTEMPTS[2::4])]
IDLE = 2  # processes that wait for the next query
AT_ONCE = 3  # fewer than may run, so that none is refused for want of room
CLEAR = (
    "only queries are allowed", "is not allowed", "snapshots are read-only", "does not exist",
    "Parser Error", "memory: narrow it", "took longer than 1 s", "Invalid Input Error",
    "too deep", "there is no query", "nested",
)  # fmt: skip
# Answers that settings would change, which attempts want to set.
SETTINGS = "SELECT 1 / 2 AS half, list(n ORDER BY n) AS sorted FROM (VALUES (NULL), (1)) t(n)"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Serve a small warehouse from a folder of its own; give what is to be compared."""
    folder = load_linked(
        tmp_path_factory.mktemp("data"),
        [make_story("The ferry sails.", url="https://a.example/1", day="2024-06-03")],
    )
    publish(folder)
    here = tmp_path_factory.mktemp("here")
    with served_apart(folder, cwd=here, query_memory_mb=400, query_timeout_s=1) as (pid, address):
        yield pid, address, [folder.root, here]


def answers(address, pairs):
    """Return the answer to each query on the page or in a download."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        paths = [f"/data/sql{ending}?sql={quote(sql)}" for sql, ending in pairs]
        return list(pool.map(lambda path: asked(address, path), paths))


def files(folders):
    """Return what is in some folders, without what a running query may spill."""
    return {
        str(path): path.stat().st_size
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "spill" not in str(path)
    }


@pytest.fixture(scope="module")
def tried(site):
    """Make all attempts; give the answers on the page and of downloads, and what changed."""
    pid, address, folders = site
    before = files(folders), Path("/tmp/x").exists()
    settings = asked(address, f"/data/sql.csv?sql={quote(SETTINGS)}")
    on_page = answers(address, [(sql, "") for sql in ATTEMPTS])
    in_files = answers(address, [(sql, f".{kind}") for sql, kind in DOWNLOADS])
    wait_until(lambda: len(list(descendants(pid))) <= IDLE, seconds=60)
    return {
        "page": dict(zip(ATTEMPTS, on_page, strict=True)),
        "files": dict(zip(DOWNLOADS, in_files, strict=True)),
        "before": (*before, settings),
        "after": (
            files(folders),
            Path("/tmp/x").exists(),
            asked(address, f"/data/sql.csv?sql={quote(SETTINGS)}"),
        ),
    }


def test_there_are_enough_attempts():
    assert len(ATTEMPTS) > 100
    assert len(DOWNLOADS) > 50


@pytest.mark.parametrize("sql", ATTEMPTS, ids=range(len(ATTEMPTS)))
def test_attempt_is_refused_on_the_page(tried, sql):
    status, text = tried["page"][sql]
    page = html.fromstring(text)
    problem = "".join(page.xpath("//pre[@role='alert']//text()"))
    assert status == 200
    assert any(words in problem for words in CLEAR), (sql[:200], problem)
    assert len(problem) < 3_000
    assert not page.xpath("//table")
    assert "Traceback" not in text
    assert "root:" not in text


@pytest.mark.parametrize(("sql", "kind"), DOWNLOADS, ids=range(len(DOWNLOADS)))
def test_attempt_is_refused_in_a_download(tried, sql, kind):
    status, text = tried["files"][sql, kind]
    page = html.fromstring(text)
    assert status == 400
    assert any(words in page.text_content() for words in CLEAR), (sql[:200], text[:3_000])
    assert len(text) < 20_000
    assert "root:" not in text


def test_attempts_leave_no_file_no_process_and_no_setting(tried, site):
    assert tried["after"] == tried["before"]
    assert tried["after"][2] == (200, 'half,sorted\n0.5,"[1,null]"\n')
    pid, _, _ = site
    assert len(list(descendants(pid))) <= IDLE
    os.kill(pid, 0)  # the server lives


def test_long_query_that_a_browser_sends_is_answered(site):
    _, address, _ = site
    sql = "SELECT 40 + 2 AS answer -- " + "é" * 60_000
    assert asked(address, f"/data/sql.csv?sql={quote(sql)}") == (200, "answer\n42\n")
    status, text = asked(address, f"/data/sql?sql={quote(sql + 'x' * 50_000)}")
    assert (status, "longer than 100,000 characters" in text) == (200, True)
