"""Many readers at once: each gets a whole answer, and none keeps the others waiting."""

import contextlib
import re
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from flows.web import connections
from tests.helpers.browser import served_site
from tests.helpers.linked import load_linked
from tests.helpers.process_use import descendants, resident_bytes
from tests.helpers.processes import wait_until
from tests.helpers.readers import asked, begun, removed_files, served_apart
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.publish import publish

READERS = 50
IDLE = 2  # processes that wait for the next query
SECONDS = 120
SAID = "It sails at noon, whatever the sea does"
COUNT = "/data/sql.csv?sql=" + quote("SELECT count(*) AS n FROM articles")
LARGE = "/data/sql.csv?sql=" + quote("SELECT repeat('x', 1000) FROM range(100000000)")
ENDLESS = "/data/sql.csv?sql=" + quote("SELECT count(*) FROM range(100000000000), range(100000)")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what is open"),
]


def story(number):
    return make_story(
        f"Ferry {number} waits\n“{SAID},” said Ida Holm.",
        url=f"https://host{number}.example/{number}",
        day="2024-06-03",
        said=[(SAID, "Ida Holm", "captain", "direct", {"fingerprint": "q1-sails"})],
        named=[("Ida Holm", "person")],
    )


@pytest.fixture
def folder(tmp_path):
    folder = load_linked(tmp_path, [story(0), story(1)])
    publish(folder)
    return folder


def pages_of(folder):
    """Return addresses of pages, each with what it shows in every snapshot."""
    with open_live(folder) as con:
        ((article,),) = con.execute(
            "SELECT article_id FROM articles WHERE title = 'Ferry 0 waits'"
        ).fetchall()
    return {
        "/today": "Ida Holm",
        "/search?q=ferry": "Ferry</mark> 0 waits",
        "/search.csv?q=ferry": "https://host1.example/1",
        f"/articles/{article}": SAID,
        "/speakers/Ida%20Holm": "captain",
        "/entities/n1-ida-holm": "Ferry 1 waits",
        "/statements/q1-sails": "host0.example",
        "/stories": "Stories",
        "/feeds": "There is no feed yet",
        "/runs": "Nothing is running",
        "/data/tables/said": "speaker_role",
        "/data/sql?sql=SELECT+40%2B2": ">42<",
    }


def add_article(folder, number):
    with open_live(folder) as con:
        append_stories(con, folder.spool, story(number))
    publish(folder)


def memory(pid):
    return sum(map(resident_bytes, [pid, *descendants(pid)]))


def test_fifty_readers_get_whole_answers_while_snapshots_come_and_go(folder):
    pages = pages_of(folder)
    wrong: list[tuple[str, int, str]] = []

    def read(number, asked_for):
        """Ask for so many of the pages, beginning with another one than the others do."""
        for turn in range(asked_for):
            path = list(pages)[(number + turn) % len(pages)]
            status, text = asked(address, path)
            if status != 200 or pages[path] not in text:
                wrong.append((path, status, text[-2000:]))

    with served_apart(folder, query_memory_mb=400) as (pid, address):
        read(0, len(pages))
        before, first = memory(pid), folder.newest.resolve()
        peak = before
        with ThreadPoolExecutor(READERS) as pool:
            work = [pool.submit(read, number, len(pages) // 2) for number in range(READERS)]
            for number in range(2, 6):
                add_article(folder, number)
                peak = max(peak, memory(pid))
            while not all(one.done() for one in work):
                peak = max(peak, memory(pid))
                threading.Event().wait(0.2)
        assert not any(one.exception() for one in work)
        assert wrong == []
        assert not first.exists()
        assert asked(address, COUNT) == (200, "n\n6\n")
        asked(address, "/today")
        wait_until(lambda: len(list(descendants(pid))) <= IDLE, seconds=SECONDS)
        assert removed_files(pid) == []
        assert peak < 6 * before
        assert memory(pid) < 3 * before


def test_slow_and_lost_readers_keep_nobody_waiting(folder):
    pages = pages_of(folder)
    with (
        served_apart(folder, query_memory_mb=400) as (pid, address),
        contextlib.ExitStack() as held,
    ):
        for path in (*[None] * 50, *pages, *[LARGE] * 2):
            held.enter_context(begun(address, path))
        wait_until(lambda: len(list(descendants(pid))) >= 2, seconds=SECONDS)
        for path in (*[None] * 20, *pages, *[ENDLESS] * 8):
            begun(address, path).close()
        for path, shown in pages.items():
            status, text = asked(address, path)
            assert (status, shown in text) == (200, True), path
        held.close()
        wait_until(lambda: len(list(descendants(pid))) <= IDLE, seconds=SECONDS)
        with begun(address, LARGE):  # one of two downloads
            assert asked(address, COUNT) == (200, "n\n2\n")


def test_two_hundred_connections_of_programs(folder):
    """Some take nothing, some go away: the others are answered."""
    paths = (
        "articles",
        "statements?format=jsonl",
        "search?q=ferry",
        "counts?q=ferry",
        "words?q=ferry",
    )
    with served_apart(folder) as (pid, address), contextlib.ExitStack() as held:
        before = memory(pid)
        for number in range(60):
            held.enter_context(begun(address, f"/api/v1/{paths[number % 5]}"))
        for number in range(20):
            begun(address, f"/api/v1/{paths[number % 5]}").close()
        with ThreadPoolExecutor(110) as pool:
            answers = [*pool.map(lambda at: asked(address, f"/api/v1/{paths[at % 5]}"), range(110))]
        assert Counter(status for status, _ in answers) == {200: 110}
        assert all("ferry" in text.lower() or "all_articles" in text for _, text in answers)
        assert memory(pid) < 3 * before
        assert removed_files(pid) == []


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.3, 0.6, 1.0, 1.5])
def test_reader_who_leaves_a_download_at_any_moment_gives_its_room_back(folder, moment):
    with served_site(folder) as address:
        for _ in range(3):  # two downloads may run at a time
            connection = begun(address, LARGE)
            threading.Event().wait(moment)
            connection.close()
        assert asked(address, COUNT) == (200, "n\n2\n")


def test_reader_who_takes_nothing_is_given_up(folder, monkeypatch):
    monkeypatch.setattr(connections, "TAKE_S", 1.0)
    with served_site(folder) as address, contextlib.ExitStack() as held:
        before = set(descendants())
        for _ in range(2):
            held.enter_context(begun(address, LARGE))
        wait_until(lambda: len(set(descendants()) - before) == 2, seconds=SECONDS)
        wait_until(lambda: not set(descendants()) - before, seconds=SECONDS)
        assert asked(address, COUNT) == (200, "n\n2\n")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /today HTTP/1.1\r\nHost: 127",
        b"POST /watches HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nword",
        b"GET /help HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /today HTTP/1.1\r\nHo",
    ],
    ids=["nothing", "half-a-head", "half-a-body", "half-of-another"],
)
def test_reader_who_does_not_ask_is_given_up(folder, monkeypatch, sent):
    monkeypatch.setattr(connections, "ASK_S", 1.0)
    with served_site(folder) as address, begun(address) as connection:
        connection.sendall(sent)
        with contextlib.suppress(ConnectionResetError):
            while connection.recv(65_536):  # blocks for two minutes if the server does not end it
                pass


def test_reader_who_asks_slowly_is_answered(folder, monkeypatch):
    monkeypatch.setattr(connections, "ASK_S", 30.0)
    with served_site(folder) as address, begun(address) as connection:
        for part in (
            b"GET /help HT",
            b"TP/1.1\r\nHost: 127.0",
            b".0.1\r\nConnection: close\r\n\r\n",
        ):
            connection.sendall(part)
            threading.Event().wait(0.1)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert re.match(rb"HTTP/1.1 200 OK\r\n", answer)
    assert b"Keys and search words" in answer
