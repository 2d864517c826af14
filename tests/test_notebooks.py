"""The notebooks in `seeds/notebooks`, run on the sample articles."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import onrecord
from tests.helpers.browser import served_site
from warehouse.folder import DataFolder

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "seeds" / "notebooks"
pytestmark = pytest.mark.slow  # the sample articles are loaded


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    data = tmp_path_factory.mktemp("samples")
    assert onrecord.load(ROOT / "seeds" / "articles", data=data).count.rejected == 0
    return data


@pytest.fixture
def run(monkeypatch):
    """Return a function that runs a notebook on a data folder and returns its variables."""

    def run_notebook(name, data):
        monkeypatch.setenv("ONRECORD_DATA", str(data))
        spec: Any = importlib.util.spec_from_file_location(name, NOTEBOOKS / f"{name}.py")
        notebook = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(notebook)
        return notebook.app.run()[1]

    return run_notebook


def drawn(chart):
    """Return the rows that a chart shows."""
    (rows,) = chart.to_dict()["datasets"].values()
    return rows


def test_statements_are_counted_by_outlet_and_group(samples, run):
    found = run("who_is_quoted", samples)
    with onrecord.connect(samples) as con:
        counts = dict(con.execute("SELECT source_id, count(*) FROM said GROUP BY ALL").fetchall())
    by_outlet: dict[str, int] = {}
    for row in found["by_group"]:
        by_outlet[row["outlet"]] = by_outlet.get(row["outlet"], 0) + row["statements"]
        assert row["word for word"] <= row["statements"]
    assert by_outlet == counts
    groups = {(row["outlet"], row["group"]): row["roles"] for row in found["by_group"]}
    assert groups["gridandmeter.example", "government and politics"] == "Energy Minister"
    assert drawn(found["chart"]) == found["by_group"]

    voices = [row["statements"] for row in found["voices"]]
    assert voices == sorted(voices, reverse=True)


def test_story_is_followed_from_the_first_outlet_to_the_next(samples, run):
    found = run("how_a_story_spread", samples)
    assert [row["outlet"] for row in found["spread"]] == [
        "harbour-times.example",
        "northernledger.example",
    ]
    assert [row["hours later"] for row in found["spread"]] == [0.0, 20.7]
    assert drawn(found["chart"]) == found["spread"]
    shared = {row["speaker"]: row for row in found["survived"]}
    assert shared["Rune Halvorstad"]["outlets"] == 2
    assert len(found["survived"]) == found["spread"][0]["shared statements"]


def test_promises_are_listed_by_the_day_they_are_due(samples, run):
    found = run("what_was_promised", samples)
    days = [row["due"] for row in found["due"]]
    assert days == sorted(days)
    assert all(row["days ahead"] > 0 for row in found["due"])
    newest = found["newest_on"].isoformat()
    assert {row["state"] for row in found["due"]} == {"due", "open"}
    assert all((row["due"] <= newest) == (row["state"] == "due") for row in found["due"])
    named = {(row["speaker"], row["date"]) for row in found["due"]}
    assert ("European Space Agency", "2030") in named
    assert drawn(found["chart"]) == found["due"]


def test_data_folder_without_statements_is_no_error(tmp_path, run):
    (tmp_path / "rain.txt").write_text("Rain in Aren\n" + "It rained on the quay all day. " * 20)
    onrecord.load(tmp_path / "rain.txt", data=tmp_path / "data", workers=1)
    assert run("who_is_quoted", tmp_path / "data")["by_group"] == []
    assert run("how_a_story_spread", tmp_path / "data")["spread"] == []
    assert run("what_was_promised", tmp_path / "data")["due"] == []


def test_media_cloud_client_asks_the_server_of_ones_own_data(samples, run, monkeypatch):
    with served_site(DataFolder(samples)) as address:
        monkeypatch.setenv("MEDIACLOUD_URL", address)
        found = run("with_media_cloud_client", samples)
    with onrecord.connect(samples) as con:
        ((total,),) = con.execute(
            "SELECT count(*) FROM latest_articles"
            " WHERE published_on BETWEEN DATE '2023-11-01' AND DATE '2024-06-30'"
        ).fetchall()
    assert found["count"]["total"] == total
    assert 0 < found["count"]["relevant"] == len(found["stories"]) < total
    assert len(found["attention"]) == 243
    for rows in (found["attention"], found["outlets"]):
        assert sum(row["stories"] for row in rows) == len(found["stories"])
    assert drawn(found["chart"]) == found["attention"]
    times = [row["times"] for row in found["top_words"]]
    assert times == sorted(times, reverse=True)
    assert len(times) == 25


def test_notebook_prints_its_tables_as_a_script(samples):
    ran = subprocess.run(
        [sys.executable, NOTEBOOKS / "how_a_story_spread.py", "--", "--data", samples],
        capture_output=True, text=True, check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert ran.stderr == ""
    first, *rows = ran.stdout.splitlines()
    assert first == "published | hours later | outlet | headline | shared statements"
    assert any("northernledger.example" in row for row in rows)


@pytest.mark.parametrize("name", sorted(path.name for path in NOTEBOOKS.glob("*.py")))
def test_notebook_is_sound_for_marimo(name):
    subprocess.run(
        [sys.executable, "-m", "marimo", "check", "--strict", NOTEBOOKS / name],
        check=True, capture_output=True, cwd=ROOT,
    )  # fmt: skip
