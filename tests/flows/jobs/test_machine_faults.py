"""A fault of this machine stops the run; it rejects nothing and counts against nobody."""

import errno
import resource
import subprocess
import sys

import pytest

from flows.errors import MachineError
from flows.fetching.connect_guard import ConnectGuard
from flows.fetching.fetcher import Fetcher
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.runs.workers import Workers
from flows.settings import Settings
from tests.helpers.builders import make_analysis, make_article
from tests.helpers.in_process import ARTICLES, analyse_in_process
from tests.helpers.news_server import serving
from tests.helpers.processes import without_prefect
from tests.helpers.warehouses import query
from transforms.records import Rejection
from warehouse.errors import WarehouseUnwritableError

pytestmark = pytest.mark.usefixtures("unpublished")

FULL = OSError(errno.ENOSPC, "No space left on device")
REFUSED = Rejection(item="", stage="analyse", reason="extract_crash", detail="died")
COUNTS = "SELECT state, seen, appended, known, rejected FROM run_summary ORDER BY started_at"


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path / "data", workers=1, host_delay=0.0)


def until(count):
    """Return a stand-in for `Workers.analyse` that fails after `count` documents."""

    def analyse(workers, documents, *, now):
        for number, found in enumerate(analyse_in_process(workers, documents, now=now)):
            if number == count:
                raise MachineError("out of memory", "add memory")
            yield found

    return analyse


def analyse_pages(_, documents, *, now):
    """Stand in for `Workers.analyse` where only the fetches matter."""
    for document in documents:
        yield document, make_analysis(make_article(url=document.url))


def analyse_badly(_, documents, *, now):
    for document in documents:
        yield document, REFUSED


def full_disk(*_):
    raise FULL


@pytest.mark.parametrize("done", [0, 3])
def test_load_keeps_what_was_analysed_and_the_rest_is_loaded_later(settings, monkeypatch, done):
    monkeypatch.setattr(Workers, "analyse", until(done))
    with pytest.raises(MachineError, match="out of memory: add memory, then run again"):
        load_files([ARTICLES], settings)
    assert query(settings, COUNTS) == [("failed", done, done, 0, 0)]
    assert query(settings, "SELECT count(*) FROM rejections") == [(0,)]
    assert query(settings, "SELECT count(*) FROM documents") == [(done,)]
    monkeypatch.setattr(Workers, "analyse", analyse_in_process)
    count = load_files([ARTICLES], settings).count
    assert (count.seen, count.known, count.rejected) == (8, done + 1, 1)  # two of them are the same


def test_limit_on_the_size_of_files_is_named_and_rejects_nothing(settings):
    # Without a cache, the workers unpack a model of 27 MB to a temporary file.
    env = without_prefect({"XDG_CACHE_HOME": str(settings.data / "cache")})
    few = (20_000_000, 20_000_000)
    done = subprocess.run(
        [sys.executable, "-m", "flows", "load", ARTICLES, "--data", settings.data],
        capture_output=True, text=True, check=False, env=env,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, few),
    )  # fmt: skip
    assert done.returncode == 1
    assert "File too large (temporary folder" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert query(settings, COUNTS) == [("failed", 0, 0, 0, 0)]
    assert query(settings, "SELECT count(*) FROM rejections") == [(0,)]


@pytest.fixture
def news():
    with serving(feeds=2, articles=2) as server:
        yield server


@pytest.fixture
def subscribed(tmp_path, news, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", until(-1))
    (tmp_path / "feeds.opml").write_bytes(news.opml())
    return Settings(data=tmp_path, workers=1, host_delay=0.0, allow_hosts=news.host)


def fail_connections(monkeypatch, after):
    """Make all connections but the first `after` fail, as with too many open files."""
    connect, made = ConnectGuard.connect_tcp, []

    async def limited(guard, *arguments, **options):
        made.append(arguments)
        if len(made) > after:
            raise OSError(errno.EMFILE, "Too many open files")
        return await connect(guard, *arguments, **options)

    monkeypatch.setattr(ConnectGuard, "connect_tcp", limited)


def test_too_many_open_files_are_no_failure_of_a_feed(subscribed, news, monkeypatch):
    with monkeypatch.context() as full:
        fail_connections(full, after=0)
        with pytest.raises(MachineError, match=r"Too many open files: raise .*ulimit -n"):
            ingest_feeds(subscribed, IngestRequest())
    assert query(subscribed, "SELECT count(*) FROM polls") == [(0,)]
    assert query(subscribed, "SELECT flow, state FROM run_summary") == [("ingest", "failed")]
    monkeypatch.setattr(Workers, "analyse", analyse_pages)
    polls = ingest_feeds(subscribed, IngestRequest()).polls
    assert (polls.polled, polls.new, polls.failed) == (2, 2, 0)


def test_fault_while_pages_are_fetched_leaves_them_pending(subscribed, news, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", analyse_pages)
    first, *_ = news.lists["/feed-0.xml"]
    fetch = Fetcher.fetch

    async def failing(fetcher, request):
        if request.url == news.url(first):
            raise MachineError("out of memory", "add memory")
        return await fetch(fetcher, request)

    with monkeypatch.context() as faulty:
        faulty.setattr(Fetcher, "fetch", failing)
        with pytest.raises(MachineError):
            ingest_feeds(subscribed, IngestRequest())
    assert query(subscribed, "SELECT outcome FROM polls") == [("new",), ("new",)]
    assert query(subscribed, "SELECT count(*) FROM fetches WHERE failure IS NOT NULL") == [(0,)]
    ingest_feeds(subscribed, IngestRequest())
    assert query(subscribed, "SELECT count(*) FROM documents") == [(4,)]
    assert query(subscribed, "SELECT count(*) FROM rejections") == [(0,)]


def test_full_quarantine_disk_ends_the_run_with_one_line(settings, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", analyse_badly)
    monkeypatch.setattr("flows.runs.quarantine._save", full_disk)
    with pytest.raises(WarehouseUnwritableError, match=r"quarantine.*No space left"):
        load_files([ARTICLES], settings)
    assert query(settings, "SELECT count(*) FROM rejections") == [(0,)]
