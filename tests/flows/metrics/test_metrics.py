"""Metrics: what Prometheus reads after runs against a publisher on loopback."""

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types
from prometheus_client.parser import text_string_to_metric_families

from flows.errors import MetricsError
from flows.jobs.ingest import IngestRequest, ingest_feeds
from flows.jobs.load import load_files
from flows.metrics.counting import write_figures
from flows.metrics.exposition import metrics_served, samples_of, write_metrics_file
from flows.metrics.families import AGES, FAMILIES, FEW_FEEDS
from flows.metrics.figures import FeedFigures, Figures, figures_file, read_figures
from flows.metrics.update import update_metrics
from flows.runs.workers import Workers
from flows.settings import Settings
from tests.helpers.in_process import ARTICLES, analyse_in_process
from tests.helpers.logged import logged, named
from tests.helpers.news_server import serving
from tests.helpers.processes import ROOT, free_port
from tests.helpers.warehouses import query
from warehouse.compact import compact
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

README = (ROOT / "README.md").read_text("utf-8")
SECRET = "cAnAry"
POLLED = {"new": 2, "failed": 2, "unchanged": 2, "excused": 0, "gone": 0}
NOW = datetime(2024, 7, 1, tzinfo=UTC).timestamp()


def parsed(text):
    """Return type and samples of each metric, as Prometheus reads them."""
    return {
        family.name: (family.type, {tuple(sorted(s.labels.items())): s.value for s in family.samples})
        for family in text_string_to_metric_families(text)
    }  # fmt: skip


def values(text, name):
    _, samples = parsed(text)[name]
    return {"/".join(value for _, value in labels): number for labels, number in samples.items()}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Ingest twice, with a failing feed, a missing page and secrets everywhere."""
    folder = tmp_path_factory.mktemp("metrics")
    with serving(feeds=3, articles=2) as news:
        news.statuses["/feed-1.xml"] = 503
        del news.pages["/0/article-1"]
        # As a redirect: the address that it leads to has a secret, and is missing.
        news.pages["/2/article-1"] = (
            f"<meta http-equiv='refresh' content='0;url={news.url('/gone')}?token={SECRET}'>"
        ).encode()
        opml = news.opml().decode().replace(".xml'", f".xml?token={SECRET}'")
        (folder / "feeds.opml").write_text(opml)
        settings = Settings(
            data=folder, workers=1, host_delay=0.0, allow_hosts=news.host,
            metrics_file=folder / "onrecord.prom",
        )  # fmt: skip
        with logged("json", "debug") as shown:
            ingest_feeds(settings, IngestRequest())
            first = settings.metrics_file.read_text()
            ingest_feeds(settings, IngestRequest(is_forced=True))
        yield settings, first, settings.metrics_file.read_text(), shown


def test_no_secret_of_a_feed_redirect_or_error_is_shown(ran):
    settings, _, text, shown = ran
    assert "token=***" in shown.getvalue()
    assert "token=***" in text
    assert SECRET not in shown.getvalue()
    assert SECRET not in text
    assert SECRET not in (settings.folder.metrics / "figures.json").read_text()


def test_log_tells_the_whole_run_under_its_key(ran):
    settings, _, _, shown = ran
    run_id = named(shown, "run_started")[0]["run_id"]
    told = [
        line["event"] for line in map(json.loads, shown.getvalue().splitlines())
        if line.get("run_id") == run_id
    ]  # fmt: skip
    assert told[0] == "run_started"
    assert sorted(told[1:4]) == ["feed_failed", "feed_polled", "feed_polled"]
    assert sorted(told[4:8]) == ["page_failed", "page_failed", "page_fetched", "page_fetched"]
    assert told[8:] == [
        "item_rejected", "item_rejected", "batch_appended", "run_ended", "snapshot_published",
    ]  # fmt: skip
    [batch] = [line for line in named(shown, "batch_appended") if line["run_id"] == run_id]
    assert (batch["seen"], batch["appended"], batch["rejected"]) == (4, 2, 2)
    assert query(
        settings, f"SELECT count(*) FROM batches WHERE batch_id = '{batch['batch_id']}'"
    ) == [(1,)]


def test_every_metric_is_valid_and_has_its_help(ran):
    _, _, text, _ = ran
    families = {family.name: family for family in text_string_to_metric_families(text)}
    expected = {family.name.removesuffix("_total"): family for family in FAMILIES}
    assert set(families) == set(expected)
    for name, family in families.items():
        assert (family.type, family.documentation) == (expected[name].kind, expected[name].meaning)
        for sample in family.samples:
            assert set(sample.labels) == set(expected[name].labels)


def test_counters_count_the_rows_of_the_warehouse(ran):
    settings, _, text, _ = ran
    for name, sql in {
        "onrecord_polls": "SELECT outcome, count(*) FROM polls GROUP BY ALL",
        "onrecord_entries": "SELECT status, count(*) FROM entries GROUP BY ALL",
        "onrecord_fetches": "SELECT coalesce(failure, 'fetched'), count(*) FROM fetches GROUP BY ALL",
        "onrecord_rejections": "SELECT concat_ws('/', reason, stage), count(*) FROM rejections GROUP BY ALL",
        "onrecord_articles": "SELECT '', count(*) FROM articles",
        "onrecord_runs": "SELECT concat_ws('/', flow, state), count(*) FROM run_summary GROUP BY ALL",
    }.items():
        counted = {labels: count for labels, count in values(text, name).items() if count}
        assert counted == dict(query(settings, sql)), name
    assert values(text, "onrecord_polls") == POLLED
    assert values(text, "onrecord_runs") == {
        "ingest/completed": 2, "ingest/failed": 0, "ingest/interrupted": 0, "ingest/skipped": 0,
    }  # fmt: skip


def test_stages_of_each_run_are_recorded(ran):
    settings, _, text, _ = ran
    stages = dict(query(settings, "SELECT stage, sum(seconds) FROM stages GROUP BY ALL"))
    assert set(stages) == {"poll", "fetch", "analyse", "append", "link", "publish"}
    assert all(seconds > 0 for seconds in stages.values())
    assert query(settings, "FROM stages ANTI JOIN runs USING (run_id)") == []
    shown = values(text, "onrecord_stage_seconds")
    assert {name.partition("/")[2] for name in shown} == set(stages)
    assert sum(shown.values()) == pytest.approx(sum(stages.values()))


def test_feeds_are_counted_by_state_and_age(ran):
    _, _, text, _ = ran
    assert values(text, "onrecord_feeds") == {"listed": 3}
    assert values(text, "onrecord_feeds_failing") == {"": 1}
    assert values(text, "onrecord_feeds_by_last_success")["1h"] == 2
    assert values(text, "onrecord_feeds_by_last_new_entry")["never"] == 1
    assert len(values(text, "onrecord_feed_last_success_timestamp_seconds")) == 2


def test_sizes_and_ages_are_those_of_the_files(ran):
    settings, _, text, _ = ran
    assert values(text, "onrecord_warehouse_bytes")["live"] == settings.folder.live.stat().st_size
    assert values(text, "onrecord_archive_bytes")[""] == sum(
        path.stat().st_size for path in settings.folder.archive.rglob("*") if path.is_file()
    )
    published = settings.folder.newest.stat().st_mtime
    assert values(text, "onrecord_snapshot_published_timestamp_seconds")[""] == pytest.approx(
        published
    )


def test_counters_never_fall_from_run_to_run(ran):
    _, first, second, _ = ran
    for name, (kind, samples) in parsed(first).items():
        if kind == "counter":
            later = parsed(second)[name][1]
            assert all(later[labels] >= value for labels, value in samples.items()), name


def test_counters_do_not_fall_when_old_polls_are_dropped(ran, tmp_path):
    settings, _, second, _ = ran
    shutil.copytree(settings.folder.root, tmp_path / "data", symlinks=True)
    settings = settings.model_copy(
        update={"data": tmp_path / "data", "metrics_file": tmp_path / "a.prom"}
    )
    compact(settings.folder, polls_since=datetime.now(UTC) + timedelta(days=1))
    publish(settings.folder)
    assert query(settings, "SELECT count(*) FROM polls") == [(3,)]  # the last one of each feed
    update_metrics(settings)
    after = settings.metrics_file.read_text()
    assert values(after, "onrecord_polls") == values(second, "onrecord_polls")

    with open_live(settings.folder) as con:  # one more poll
        con.execute(
            "INSERT INTO polls SELECT * REPLACE (now() AS polled_at) FROM polls WHERE outcome = 'failed'"
        )
    publish(settings.folder)
    update_metrics(settings)
    assert values(settings.metrics_file.read_text(), "onrecord_polls") == POLLED | {"failed": 3}


def test_metrics_are_served_until_the_end(ran):
    settings, _, _, _ = ran
    port = free_port()
    with metrics_served("127.0.0.1", port, settings.folder) as url:
        assert url == f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            assert values(answer.read().decode(), "onrecord_runs")["ingest/completed"] == 2
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(url)


def test_served_metrics_follow_the_runs_without_opening_a_database(tmp_path, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", analyse_in_process)
    settings = Settings(data=tmp_path, workers=1)
    with metrics_served("127.0.0.1", free_port(), settings.folder) as served:
        url = str(served)
        with urllib.request.urlopen(url) as answer:
            before = answer.read().decode()
        load_files([ARTICLES], settings)
        monkeypatch.setattr("warehouse.connect._connect", None)
        with urllib.request.urlopen(url) as answer:
            after = answer.read().decode()
    assert "onrecord_runs" not in parsed(before)
    assert values(before, "onrecord_batches_waiting") == {"": 0}
    assert values(after, "onrecord_runs")["load/completed"] == 1
    assert "read" in {name.partition("/")[2] for name in values(after, "onrecord_stage_seconds")}


def test_busy_port_is_named_with_the_setting_to_change(tmp_path):
    port = free_port()
    folder = DataFolder(tmp_path)
    with (
        metrics_served("127.0.0.1", port, folder),
        pytest.raises(MetricsError, match=rf"{port}.*ONRECORD_METRICS_PORT"),
        metrics_served("127.0.0.1", port, folder),
    ):
        pass


def test_nothing_is_written_if_nobody_wants_metrics(tmp_path, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", analyse_in_process)
    with metrics_served("127.0.0.1", 0, DataFolder(tmp_path)) as url:
        assert url is None
    load_files([ARTICLES], Settings(data=tmp_path, workers=1))
    assert not DataFolder(tmp_path).metrics.exists()


def test_run_is_completed_although_its_metrics_cannot_be_written(tmp_path, monkeypatch):
    monkeypatch.setattr(Workers, "analyse", analyse_in_process)
    settings = Settings(data=tmp_path, workers=1, metrics_file=tmp_path / "nowhere" / "a.prom")
    with logged() as shown:
        load_files([ARTICLES], settings)
    assert query(settings, "SELECT state FROM run_summary") == [("completed",)]
    [line] = named(shown, "metrics_failed")
    assert "nowhere" in line["detail"]


@pytest.mark.parametrize("left", [b"", b"{}", b'{"written_at": 1, "samples": []'])
def test_damaged_figures_are_replaced(tmp_path, left):
    folder = DataFolder(tmp_path)
    write_figures(folder, wait_s=1.0)
    figures_file(folder).write_bytes(left)
    assert read_figures(folder) is None
    write_figures(folder, wait_s=1.0)
    assert read_figures(folder) is not None


def test_failed_run_is_counted(tmp_path, monkeypatch):
    settings = Settings(data=tmp_path, workers=1, metrics_file=tmp_path / "a.prom")
    monkeypatch.setattr("flows.jobs.load.append_spooled", lambda _: Path("/nowhere").read_text())
    with pytest.raises(FileNotFoundError):
        load_files([ARTICLES], settings)
    assert values(settings.metrics_file.read_text(), "onrecord_runs")["load/failed"] == 1


def test_file_for_node_exporter_is_replaced_in_one_step_and_readable_by_others(tmp_path):
    folder = DataFolder(tmp_path)
    target = tmp_path / "onrecord.prom"
    write_metrics_file(target, folder)
    with target.open() as reader:  # as node_exporter may have it open
        write_figures(folder, wait_s=1.0)
        write_metrics_file(target, folder)
        assert "onrecord_disk_free_bytes" not in reader.read()
    assert "onrecord_disk_free_bytes" in target.read_text()
    assert target.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.glob("*.p*")] == ["onrecord.prom"]


def feed(number=0, **changed):
    some = FeedFigures(
        feed_id=f"f1-{number}", url=f"https://wire.example/{number}", state="listed", is_failing=False,
        is_stopped=False, next_poll_at=NOW + 60, succeeded_at=NOW - 60, new_at=NOW - 60,
    )  # fmt: skip
    return replace(some, **changed)


def found_for(tmp_path, feeds, now=NOW):
    found = samples_of(
        Figures(written_at=NOW, samples={}, feeds=feeds), DataFolder(tmp_path), now=now
    )
    return {name: dict(samples) for name, samples in found.items()}


def test_overdue_and_stopped_feeds_are_told_apart(tmp_path):
    feeds = [
        feed(1, next_poll_at=NOW - 3601), feed(2, next_poll_at=NOW - 1800),
        feed(3, is_stopped=True, next_poll_at=None), feed(4, state="gone", next_poll_at=None),
        feed(5, state="paused", next_poll_at=NOW - 86_400, is_failing=True),
    ]  # fmt: skip
    found = found_for(tmp_path, feeds)
    assert found["onrecord_feeds_overdue"] == {(): 1}
    assert found["onrecord_feeds_stopped"] == {(): 3}
    assert found["onrecord_feeds_failing"] == {(): 0}
    assert found["onrecord_feeds"] == {("gone",): 1, ("listed",): 3, ("paused",): 1}
    assert found["onrecord_next_poll_timestamp_seconds"] == {(): NOW - 3601}
    assert found_for(tmp_path, feeds, now=NOW + 3600)["onrecord_feeds_overdue"] == {(): 2}


def test_ages_count_each_feed_once_and_grow_between_runs(tmp_path):
    feeds = [feed(n, new_at=NOW - limit + 1) for n, limit in enumerate(AGES.values())]
    feeds += [feed(8, new_at=NOW - 8 * 86_400), feed(9, new_at=None)]
    found = found_for(tmp_path, feeds)["onrecord_feeds_by_last_new_entry"]
    assert found == {(label,): 1 for label in ("1h", "6h", "1d", "7d", "older", "never")}
    later = found_for(tmp_path, feeds, now=NOW + 2)["onrecord_feeds_by_last_new_entry"]
    assert later == {("1h",): 0, ("6h",): 1, ("1d",): 1, ("7d",): 1, ("older",): 2, ("never",): 1}


def test_many_feeds_have_no_series_of_their_own(tmp_path):
    few, many = ([feed(n) for n in range(size)] for size in (FEW_FEEDS, FEW_FEEDS + 1))
    assert (
        len(found_for(tmp_path, few)["onrecord_feed_last_success_timestamp_seconds"]) == FEW_FEEDS
    )
    found = found_for(tmp_path, many)
    assert "onrecord_feed_last_success_timestamp_seconds" not in found
    assert sum(found["onrecord_feeds_by_last_success"].values()) == FEW_FEEDS + 1


def test_serve_needs_no_database_for_its_metrics():
    code = "import sys, flows.metrics.exposition; print('duckdb' in sys.modules, 'prefect' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_readme_lists_every_metric():
    rows = re.findall(
        r"^\| `(onrecord_\w+)` \| (counter|gauge) \| (.*) \| (.+) \|$", README, re.MULTILINE
    )
    assert rows == [
        (family.name, family.kind, ", ".join(f"`{name}`" for name in family.labels), family.meaning)
        for family in FAMILIES
    ]


def test_alert_rules_of_the_readme_are_yaml_and_name_existing_metrics():
    section = README[README.index("## Logs and metrics") :]
    blocks = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    scraped, alerts = map(yaml.safe_load, blocks)
    [target] = scraped["scrape_configs"][0]["static_configs"][0]["targets"]
    assert target == f"{Settings().metrics_host}:{Settings().metrics_port}"
    assert [rule["alert"] for rule in alerts["groups"][0]["rules"]] == [
        "FeedsAreNotPolled",
        "RunsFail",
    ]
    rules = re.search(r"```yaml\ngroups:(.*?)```", section, re.DOTALL)[1]
    used = set(re.findall(r"\bonrecord_\w+", rules))
    assert used
    assert used <= {family.name for family in FAMILIES}
