"""Feeds that need secrets work, and their secrets are only in the files made for them."""

import json
import logging
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.feeds.feed_list import listed_feeds, read_feed_list
from flows.jobs.feed_trial import try_url
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.jobs.rebuild import rebuild
from flows.settings import Settings
from tests.helpers.canaries import (
    LINK,
    QUERY,
    feed_urls,
    find_canaries,
    found_in_archive,
    found_in_files,
    found_in_rows,
    is_hidden,
    private_news,
    write_private_list,
)
from tests.helpers.prefect_home import environment
from tests.helpers.processes import ROOT
from tests.helpers.warehouses import query
from transforms.cleaning.rules import NO_RULES
from warehouse.folder import DataFolder

pytestmark = pytest.mark.slow

# One process loads Prefect once.
ONE_AFTER_THE_OTHER = """
import json, sys
from flows.__main__ import app
for arguments in json.loads(sys.argv[1]):
    app(arguments, standalone_mode=False)
"""

STATES = "SELECT outcome, count(*) FROM latest_polls GROUP BY ALL ORDER BY 1"


@pytest.fixture(scope="module")
def news():
    with private_news() as server:
        yield server


@pytest.fixture(scope="module")
def data(tmp_path_factory, news):
    """Return a data folder after two runs, and what they logged and reported."""
    folder = tmp_path_factory.mktemp("data")
    write_private_list(folder, news)
    settings = settings_of(folder, news, metrics_file=folder / "metrics.prom")
    reports = [ingest_feeds(settings, IngestRequest(is_forced=True)) for _ in range(3)]
    return settings, reports


class PatientSettings(Settings):
    """Settings for a busy machine."""

    @property
    def fetch_options(self):
        return replace(super().fetch_options, deadline_s=300.0, connect_s=100.0)


def settings_of(folder, news, **more):
    return PatientSettings(data=folder, workers=1, host_delay=0.0, allow_hosts=news.host, **more)


def test_all_feeds_and_their_pages_are_read(data):
    settings, [first, *_] = data
    assert query(settings, STATES) == [("failed", 1), ("unchanged", 5)]
    assert (first.count.seen, first.count.appended) == (9, 9)
    assert query(settings, "SELECT count(*) FROM fetches WHERE failure IS NOT NULL") == [(0,)]


def test_no_secret_is_in_the_tables_and_views(data):
    settings, _ = data
    assert found_in_rows(settings.folder, is_live=True) == []
    assert found_in_rows(settings.folder, is_live=False) == []


def test_no_secret_is_in_the_archive_reports_and_metrics(data):
    settings, reports = data
    assert found_in_archive(settings.folder) == []
    assert found_in_files(settings.folder.root) == []
    assert (settings.folder.root / "metrics.prom").exists()
    assert all(is_hidden(repr(report)) and is_hidden(report.as_json()) for report in reports)


def test_no_command_shows_a_secret(data, news, monkeypatch, caplog, tmp_path):
    caplog.set_level(logging.DEBUG)
    settings, _ = data
    monkeypatch.setenv("ONRECORD_DATA", str(settings.data))
    monkeypatch.setenv("ONRECORD_ALLOW_HOSTS", news.host)
    monkeypatch.setenv("ONRECORD_HOST_DELAY", "0")
    monkeypatch.setenv("ONRECORD_PREFECT", "never")
    secret = feed_urls(news)[1]
    shown = ""
    for command in (
        ["feeds"], ["feeds", "--json"], ["feeds", secret], ["pause", secret], ["resume", secret],
        ["feeds", "feed-1"], ["status"], ["settings"], ["doctor"], ["add", secret],
        ["report", "-o", str(tmp_path / "report.html")], ["ingest", "--feed", secret],
        ["ingest", "--feed", feed_urls(news)[-1]],
        ["remove", secret.replace("feed-1", "feed-9")],
    ):  # fmt: skip
        result = CliRunner().invoke(app, command)
        shown += f"{command[0]}: {result.output} {result.exception!r}\n"
    assert "feed-1.xml" in shown
    assert find_canaries(shown) == []
    assert find_canaries(caplog.text) == []
    assert found_in_files(tmp_path) == []


def test_moved_feed_keeps_its_key_in_the_feed_list(data, news):
    settings, _ = data
    urls = [feed.url for feed in read_feed_list(settings.folder.feed_list).feeds]
    assert news.url("/moved-4.xml?key=cAnAryk10") in urls
    assert query(settings, "SELECT count(*) FROM latest_feeds WHERE state = 'moved'") == [(1,)]


def test_feed_and_page_can_be_tried_and_loaded_alone(news, tmp_path):
    write_private_list(tmp_path, news)
    settings = settings_of(tmp_path, news)
    for url in feed_urls(news)[:4]:
        tried = try_url(url, settings, NO_RULES, now=datetime.now(UTC))
        assert tried.is_useful
        assert is_hidden(repr(tried).replace(LINK, ""))
    report = load_files([news.url(f"/1/article-0?token={LINK}")], settings)
    assert report.count.appended == 1
    assert found_in_rows(settings.folder, is_live=True) == []


def test_rebuilt_warehouse_has_the_same_feeds_and_no_secrets(data, tmp_path):
    settings, _ = data
    rebuild(settings, tmp_path / "fresh")
    fresh = settings.model_copy(update={"data": tmp_path / "fresh"})
    assert found_in_rows(DataFolder(tmp_path / "fresh"), is_live=True) == []
    columns = "SELECT feed_id, url FROM latest_feeds WHERE url NOT LIKE '%-4.xml%' ORDER BY 1"
    assert query(fresh, columns) == query(settings, columns)
    pages = "SELECT DISTINCT canonical_url FROM entries ORDER BY 1"
    assert query(fresh, pages) == query(settings, pages)
    assert len({feed.address for feed in listed_feeds(fresh.folder)}) == 6


def test_prefect_stores_no_secret_of_a_command(news, tmp_path, prefect_api, prefect_folder):
    write_private_list(tmp_path, news)
    page = news.url(f"/1/article-1?token={LINK}")
    sitemap = news.url(f"/feed-1.xml?{QUERY}")
    commands = (
        ("ingest", "--feed", feed_urls(news)[0]),
        ("load", page),
        ("backfill", sitemap, "--from", "feed", "--since", "2024-06-01", "--until", "2024-06-30"),
    )
    done = subprocess.run(
        [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(commands)],
        capture_output=True, text=True, cwd=ROOT, check=False,
        env=environment(tmp_path, ONRECORD_DATA=str(tmp_path), ONRECORD_ALLOW_HOSTS=news.host,
                        ONRECORD_HOST_DELAY="0", **prefect_api),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("running as a flow run on") == len(commands)
    assert find_canaries(done.stdout + done.stderr) == []
    stored = b"".join(path.read_bytes() for path in prefect_folder.glob("*.*") if path.is_file())
    assert b"feed-0.xml" in stored
    assert b"article-1?token=***" in stored
    assert find_canaries(stored.decode("latin-1")) == []
    assert found_in_files(tmp_path / "live") + found_in_files(tmp_path / "published") == []
