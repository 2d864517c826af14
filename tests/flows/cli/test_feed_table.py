"""`onrecord feeds`: one line per feed, and the details of one, without fetching anything."""

import os
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.feed_table import feed_table
from flows.feeds.feed_facts import totals
from flows.feeds.feed_list import read_feed_list, write_feed_list
from flows.feeds.health import joined
from flows.feeds.opml import ListedFeed
from warehouse.append import append_batch
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.spool import Batch, spool

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
HOST = "https://www.harbour-times.example"
OLD_KEYS = {
    "title", "url", "kind", "state", "polled_at", "next_poll_at", "every", "new_per_day",
    "failures", "note", "is_gap_risk", "source_id", "feed_id",
}  # fmt: skip


def known(name, **given):
    return {
        "url": f"{HOST}/{name}.xml", "title": None, "state": "listed", "feed_id": f"f1-{name}",
        "source_id": "harbour-times.example", "polled_at": NOW - timedelta(minutes=5),
        "outcome": "new", "next_poll_at": NOW + timedelta(minutes=55), "new_per_day": 3.25,
        "last_new_at": NOW - timedelta(hours=3), "longest_pause": DAY, "gap_risks": 0,
        "listed_at": NOW - 30 * DAY, "failure": None, "note": None,
    } | given  # fmt: skip


def listed(name, title=None, **given):
    return ListedFeed(url=f"{HOST}/{name}.xml", title=title, **given)


def test_feeds_are_joined_with_what_is_known_and_sorted_by_attention():
    feeds = [
        listed("ok", "Aren"),
        listed("paused", "Bay", paused_at=NOW - 2 * DAY),
        listed("added", "Tide"),
        listed("failing", "Venn"),
    ]
    rows = joined(
        feeds,
        [known("ok"), known("paused"), known("removed"), known("failing", outcome="failed", note="x")],
    )  # fmt: skip
    assert [(row["title"], row["state"]) for row in rows] == [
        ("Venn", "failing"), ("Bay", "paused"), ("Tide", "new"), ("Aren", "ok"),
    ]  # fmt: skip
    assert (rows[1]["next_poll_at"], rows[1]["note"]) == (None, f"since {NOW - 2 * DAY:%Y-%m-%d}")
    assert all(row.keys() >= OLD_KEYS for row in rows)
    assert totals(rows) == "4 feeds: 1 failing, 1 paused, 1 new, 1 ok"


def test_list_decides_what_is_paused_and_without_a_list_the_warehouse():
    paused = known("bay", state="paused", language=None)
    [row] = joined([listed("bay")], [paused])
    assert (row["state"], row["next_poll_at"]) == ("ok", paused["polled_at"])  # due: it was resumed
    [row] = joined(None, [paused])
    assert (row["state"], row["paused_at"], row["note"]) == ("paused", None, None)


def test_url_in_a_row_has_no_secret():
    [row] = joined([ListedFeed(url="https://desk:pa55@tide.example/rss?token=4711")], [])
    assert "pa55" not in str(row)
    assert "4711" not in str(row)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_line_fits_the_terminal(width):
    feeds = [
        listed("a", "The Harbour Times and Evening Advertiser of Port Linnet and Oster Bay"),
        listed("b", "港口時報" * 9),
        listed("c"),
    ]
    rows = joined(feeds, [
        known("a", outcome="failed", note="server_error: status 503 since the server moved to another town"),
        known("b", new_per_day=1234.5),
    ])  # fmt: skip
    lines = feed_table(rows, now=NOW, width=width).splitlines()
    from rich.cells import cell_len

    assert len(lines) == 4
    assert max(map(cell_len, lines)) <= width
    assert lines[1].startswith("The Harbour Times and")
    assert "failing" in lines[1]
    assert "in 55 min" in lines[1]
    assert "1,234" in lines[3]
    assert "server_error" in lines[1]


def test_note_is_left_out_if_there_is_none_or_no_room():
    rows = joined([listed("a", "Bay Wire")], [known("a")])
    assert "note" not in feed_table(rows, now=NOW, width=80)
    rows = joined([listed("a", "Bay Wire", paused_at=NOW)], [known("a")])
    assert f"since {NOW:%Y-%m-%d}" in feed_table(rows, now=NOW, width=80)
    assert "since" not in feed_table(rows, now=NOW, width=60)


def test_nothing_is_cut_in_a_pipe():
    title, note = "The Harbour Times " * 9, "server_error: " * 9
    rows = joined([listed("a", title)], [known("a", outcome="failed", note=note)])
    [_, line] = feed_table(rows, now=NOW, width=None).splitlines()
    assert title.strip() in line
    assert note.strip() in line


def test_feeds_of_one_title_show_their_addresses():
    rows = joined([listed("world", "Harbour Times"), listed("sport", "Harbour Times")], [])
    shown = feed_table(rows, now=NOW, width=None)
    assert "Harbour Times (www.harbour-times.example/sport.xml)" in shown


def test_title_cannot_steer_the_terminal():
    rows = joined([listed("a", "Bay\x1b[2J\nWire")], [])
    assert "\x1b" not in feed_table(rows, now=NOW, width=80)
    assert len(feed_table(rows, now=NOW, width=80).splitlines()) == 2


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data folder with two polled feeds and one that was added later."""
    folder = DataFolder(tmp_path_factory.mktemp("feeds"))
    write_feed_list(
        folder.feed_list,
        [
            listed("world", "Harbour Times", home_url=f"{HOST}/", folder="News/World"),
            listed("dead", "Bay Wire", paused_at=None),
            ListedFeed(url="https://tide.example/rss", title="Tide"),
        ],
    )
    common = {
        "flags": [], "changed_entries": 0, "known_entries": 0, "dropped_entries": 0,
        "is_gap_risk": False, "conditional_polls": 0, "redirect_sightings": 0,
    }  # fmt: skip
    batch = Batch(run_id="run-1")
    feeds, polls = [], []
    for name in ("world", "dead"):
        url = f"{HOST}/{name}.xml"
        feeds.append({
            "feed_id": name, "source_id": "harbour-times.example", "url": url, "kind": "rss",
            "state": "listed", "recorded_at": NOW - 9 * DAY,
        })  # fmt: skip
        is_dead = name == "dead"
        polls.append(common | {
            "feed_id": name, "polled_at": NOW - timedelta(minutes=5), "url": url,
            "outcome": "failed" if is_dead else "new", "http_status": 404 if is_dead else 200,
            "failure": "not_found" if is_dead else None, "detail": "status 404" if is_dead else None,
            "entries": 0 if is_dead else 1, "new_entries": 0 if is_dead else 1,
            "failures": 0.5 if is_dead else 0.0, "interval_s": 3600.0,
            "next_poll_at": NOW + timedelta(minutes=55),
        })  # fmt: skip
    page = f"{HOST}/ferry"
    entries = [{
        "entry_id": "e1", "feed_id": "world", "source_id": "harbour-times.example", "status": "new",
        "seen_at": NOW - timedelta(minutes=5), "position": 0, "url": page, "canonical_url": page,
        "title": "Ferry strike ends", "authors": [], "tags": [], "flags": [], "fingerprint": "a",
        "published_at": NOW - timedelta(hours=2),
    }]  # fmt: skip
    fetches = [{
        "canonical_url": page, "url": page, "source_id": "harbour-times.example", "entry_id": "e1",
        "fingerprint": "a", "fetched_at": NOW, "attempts": 1, "failure": "subscription_wall",
    }]  # fmt: skip
    batch.add({"feeds": feeds, "polls": polls, "entries": entries, "fetches": fetches})
    with open_live(folder) as con:
        append_batch(con, spool(batch, folder.spool))
    publish(folder)
    return folder


@pytest.fixture
def onrecord(data, monkeypatch):
    monkeypatch.setenv("ONRECORD_DATA", str(data.root))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_list_begins_with_totals_and_what_needs_attention(onrecord):
    lines = onrecord("feeds").output.splitlines()
    assert lines[0] == "3 feeds: 1 failing, 1 new, 1 ok"
    assert [line.split("  ")[0] for line in lines[3:]] == ["Bay Wire", "Tide", "Harbour Times"]
    assert "not_found: status 404" in lines[3]


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        (["--state", "failing"], ["Bay Wire"]),
        (["--state", "gone"], []),
        (["--source", "www.harbour-times.example"], ["Bay Wire", "Harbour Times"]),
        (["harbour-times", "xml"], ["Bay Wire", "Harbour Times"]),
        (["--limit", "2"], ["Bay Wire", "Tide"]),
    ],
)
def test_filters_choose_feeds(onrecord, arguments, titles):
    found = orjson.loads(onrecord("feeds", "--json", *arguments).stdout)
    assert [feed["title"] for feed in found] == titles
    assert all(feed.keys() >= OLD_KEYS for feed in found)


def test_age_of_an_old_snapshot_is_told(onrecord, data):
    assert "as of" not in onrecord("feeds").output
    before = (NOW - timedelta(hours=5)).timestamp()
    os.utime(data.newest.resolve(), (before, before))
    assert "as of 5 h ago: run `onrecord publish`" in onrecord("feeds").output
    os.utime(data.newest.resolve())


def test_limit_says_how_many_are_shown(onrecord):
    shown = onrecord("feeds", "--limit", "1").output
    assert "3 feeds: 1 failing, 1 new, 1 ok; the first 1 is shown" in shown
    assert "Harbour" not in shown


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bay wire", ["state       failing: not_found: status 404", "not_found       1", "onrecord test https"]),
        (f"{HOST}/world.xml", ["News/World", "Ferry strike ends", "1 subscription_wall", "every 1 h"]),
        ("tide", ["state       new: not polled yet", "polled      not yet", "onrecord ingest"]),
    ],
)  # fmt: skip
def test_one_feed_is_shown_with_its_details(onrecord, name, said):
    result = onrecord("feeds", name)
    assert result.exit_code == 0
    for text in said:
        assert text in result.output


def test_details_are_added_to_the_keys_of_the_list(onrecord):
    [feed] = orjson.loads(onrecord("feeds", "bay wire", "--json").stdout)
    assert feed.keys() >= OLD_KEYS | {"last_polls", "last_failures", "last_entries", "pages_7_days"}
    assert feed["failures"] == 0.5
    assert feed["last_failures"][0]["failure"] == "not_found"


def test_unknown_name_and_state_are_errors(onrecord):
    result = onrecord("feeds", "Harbor Time")
    assert result.exit_code == 1
    assert "did you mean 'Harbour Times'" in str(result.exception)
    result = onrecord("feeds", "--source", "harbor-times.example")
    assert "no source 'harbor-times.example': did you mean" in str(result.exception)
    result = onrecord("feeds", "--state", "broken")
    assert result.exit_code == 2
    assert "failing, gone, silent" in result.output


def test_pause_and_resume_are_idempotent_and_shown_at_once(onrecord, data):
    before = data.feed_list.read_bytes()
    assert onrecord("pause", "tide", "Bay Wire").output.splitlines()[-1] == "2 paused"
    assert onrecord("pause", "--source", "harbour-times.example").output == (
        "paused Harbour Times\n1 paused, 1 already paused\n"
    )
    paused = {feed.title: feed.paused_at for feed in read_feed_list(data.feed_list).feeds}
    assert None not in paused.values()
    assert onrecord("feeds").output.startswith("3 feeds: 3 paused\n")
    assert b"pausedAt" in onrecord("export-opml").stdout_bytes
    assert onrecord("resume", "--folder", "news").output == "resumed Harbour Times\n1 resumed\n"
    assert onrecord("resume", "Tide", "Bay Wire", "Harbour Times").output.endswith(
        "2 resumed, 1 not paused\n"
    )
    assert data.feed_list.read_bytes() == before


def test_wrong_name_pauses_nothing(onrecord, data):
    before = data.feed_list.read_bytes()
    result = onrecord("pause", "Bay Wire", "Tiide")
    assert result.exit_code == 1
    assert "'Tiide': did you mean 'Tide'" in str(result.exception)
    assert onrecord("pause").exit_code == 2
    assert data.feed_list.read_bytes() == before


def test_feeds_are_listed_before_there_is_a_warehouse(tmp_path, monkeypatch):
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    result = CliRunner().invoke(app, ["feeds"])
    assert "run `onrecord init` or `onrecord add URL`" in str(result.exception)
    write_feed_list(tmp_path / "feeds.opml", [listed("world", "Harbour Times")])
    assert CliRunner().invoke(app, ["feeds"]).output.startswith("1 feed: 1 new\n")
    write_feed_list(tmp_path / "feeds.opml", [])
    assert "onrecord add URL" in CliRunner().invoke(app, ["feeds"]).output
