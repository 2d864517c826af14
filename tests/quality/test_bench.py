"""The arithmetic of `make bench`, what it prints, and that it counts all processes."""

import doctest
import json
import sys
from contextlib import contextmanager
from functools import partial

import pytest

from tests.bench import compare, figures, page_set, tables
from tests.bench.figures import Figure, Taken, Value, row_of, value_of, verdict
from tests.bench.meter import CommandFailedError, run_metered
from tests.bench.rounds import Measure, run_rounds

# The command ends before its child's child, whose own worker is killed.
ORPHANED_WORK = """
import os, signal, time
if os.fork() == 0:
    if os.fork() == 0:
        if (worker := os.fork()) == 0:
            started = time.process_time()
            while time.process_time() - started < 0.3:
                pass
            os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(worker, 0)
    os._exit(0)
print("ended")
"""


def figure(**given):
    taken = {"ours": Taken("ours", "s"), "yardstick": Taken("bare", "s")}
    return Figure(**{"name": "load", "against": "bare", "unit": "s", **taken, **given})


def samples(ours, bare):
    return {"ours": [{"s": one} for one in ours], "bare": [{"s": one} for one in bare]}


def row(ratio, low=None, high=None, **given):
    value = Value(ours=ratio, yardstick=1.0, ratio=ratio, low=low or ratio, high=high or ratio)
    return row_of(figure(), value) | given


@pytest.mark.parametrize("module", [figures, tables, page_set], ids=lambda one: one.__name__)
def test_examples_in_docstrings_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_ratio_is_the_median_of_the_rounds_and_not_of_the_sides():
    """A round that the machine slows for both sides does not count more than others."""
    value = value_of(figure(), samples([1, 20, 3], [2, 10, 4]), {})
    assert (value.ours, value.yardstick) == (3, 4)
    assert (value.ratio, value.low, value.high) == (0.75, 0.5, 2.0)


@pytest.mark.parametrize(
    ("given", "is_reached"),
    [
        pytest.param({"aim": 0.5}, True, id="ratio-at-most"),
        pytest.param({"aim": 0.4}, False, id="ratio-too-high"),
        pytest.param({"aim": 0.4, "is_least": True}, True, id="ratio-at-least"),
        pytest.param({"aim": 0.6, "is_least": True}, False, id="ratio-too-low"),
        pytest.param({"aim": 1.0, "aim_of": "ours"}, True, id="best-round-reaches"),
        pytest.param({"aim": 0.9, "aim_of": "ours"}, False, id="no-round-reaches"),
        pytest.param({}, None, id="no-aim"),
    ],
)
def test_aim_is_for_the_ratio_or_our_own_quantity(given, is_reached):
    value = value_of(figure(**given), samples([1.0, 3.0, 2.0], [2.0, 6.0, 4.0]), {})
    assert value.is_reached is is_reached


def test_aim_for_waiting_is_for_wall_seconds_and_the_ratio_is_not():
    rounds = {"ours": [{"s": 0.6, "wall": 0.4}, {"s": 0.6, "wall": 0.3}], "bare": [{"s": 0.3}] * 2}
    waited = figure(aim=0.3, aim_of="ours", waited=Taken("ours", "wall"))
    value = value_of(waited, rounds, {})
    assert (value.ours, value.ratio, value.is_reached) == (0.3, 2.0, True)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(row(1.0, 0.9, 1.1), row(1.3, 1.2, 1.4), "slower", id="ranges-apart"),
        pytest.param(row(1.0, 0.9, 1.2), row(1.3, 1.15, 1.4), "unchanged", id="ranges-meet"),
        pytest.param(row(1.3, 1.2, 1.4), row(1.0, 0.9, 1.1), "faster", id="less-is-better"),
        pytest.param(row(1.0), row(1.08), "unchanged", id="one-round-is-no-certainty"),
        pytest.param(row(1.0), row(1.2), "slower", id="one-round-and-far-apart"),
        pytest.param(row(1.5, is_least=True), row(1.9, is_least=True), "faster", id="more-is-better"),
        pytest.param(row(1.9, is_least=True), row(1.5, is_least=True), "slower", id="less-is-worse"),
    ],
)  # fmt: skip
def test_change_counts_only_beyond_the_noise(before, after, expected):
    assert verdict(before, after) == expected


def test_comparison_tells_what_became_of_every_figure():
    failed = row(1.0) | {"error": "no server", "ratio": None}
    before = [row(1.0, name="a"), row(1.0, name="b", setting="9 pages"), row(1.0, name="c"), row(1.0, name="d")]  # fmt: skip
    after = [row(1.5, name="a"), row(1.5, name="b", setting="8 pages"), failed | {"name": "c"}, row(1.0, name="e")]  # fmt: skip
    found = compare.compared({"figures": before}, {"figures": after})
    assert found == [
        ("a", "slower: 1.00 to 1.50"),
        ("b", "not comparable: 9 pages, now 8 pages"),
        ("c", "failed"),
        ("d", "not measured"),
        ("e", "new"),
    ]


@pytest.mark.parametrize(("ratio", "code"), [(1.5, 1), (1.0, 0)], ids=["slower", "as-before"])
def test_comparison_fails_if_a_figure_became_slower(tmp_path, monkeypatch, capsys, ratio, code):
    files = []
    for name, one in (("before", 1.0), ("after", ratio)):
        files.append(tmp_path / f"{name}.json")
        facts = {"version": "1", "commit": "c" * 40, "cores": 2, "figures": [row(one)]}
        files[-1].write_text(json.dumps(facts))
    monkeypatch.setattr(sys, "argv", ["compare", *map(str, files)])
    with pytest.raises(SystemExit) as ended:
        compare.main()
    assert ended.value.code == code
    assert f"{code} of 1 figures became slower" in capsys.readouterr().out


def test_newest_result_is_the_last_one_before_this_one(tmp_path, monkeypatch):
    days = {"0.9.0": "2026-03-01", "0.10.0": "2026-04-01", "0.11.0": "2026-05-01"}
    for version, day in days.items():
        (tmp_path / f"{version}.json").write_text(json.dumps({"measured_at": day}))
    monkeypatch.setattr(compare, "RESULTS", tmp_path)
    assert compare.newest(tmp_path / "0.11.0.json").name == "0.10.0.json"
    assert compare.newest(tmp_path / "not measured.json").name == "0.11.0.json"


def test_table_shows_figures_and_below_them_the_errors():
    good = row_of(figure(aim=1.0), value_of(figure(aim=1.0), samples([1.0], [2.0]), {}))
    bad = row_of(figure(name="poll", aim=1.3), Value(error="no server"))
    assert tables.figure_table([good, bad]).splitlines() == [
        "| figure | ours   | against   | ratio | range     | aim    |     |",
        "|--------|--------|-----------|-------|-----------|--------|-----|",
        "| load   | 1.00 s | bare 2.00 | 0.50  | 0.50-0.50 | ≤ 1.00 | yes |",
        "| poll   | failed | bare      |       |           | ≤ 1.30 |     |",
        "",
        "poll: no server",
    ]


def measure(prepare):
    pairs = {"load": "ours", "poll": "other"}
    some = tuple(figure(name=name, ours=Taken(side, "s")) for name, side in pairs.items())
    return Measure(name="all", figures=some, prepare=prepare)


def test_sides_take_turns_and_the_order_turns_around():
    called = []

    def side(name):
        called.append(name)
        return {"s": 1.0}

    @contextmanager
    def prepare():
        yield {name: partial(side, name) for name in ("bare", "ours")}

    run_rounds(measure(prepare), 3)
    assert called == ["bare", "ours", "ours", "bare", "bare", "ours"]


def test_side_that_fails_does_not_stop_the_others():
    def fail():
        raise OSError("cannot be installed")

    @contextmanager
    def prepare():
        yield {"bare": lambda: {"s": 2.0}, "ours": lambda: {"s": 1.0}, "other": fail}

    outcome = run_rounds(measure(prepare), 2)
    load, poll = (
        value_of(one, outcome.samples, outcome.errors) for one in measure(prepare).figures
    )
    assert load.ratio == 0.5
    assert poll == Value(error="OSError: cannot be installed")


def test_measure_that_cannot_be_prepared_fails_with_all_its_figures(tmp_path):
    @contextmanager
    def prepare():
        with (tmp_path / "missing").open():
            yield {}

    outcome = run_rounds(measure(prepare), 2)
    values = [value_of(one, outcome.samples, outcome.errors) for one in measure(prepare).figures]
    assert len(values) == 2
    assert all(value.error.startswith("FileNotFoundError: ") for value in values)


def written(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_changed_pages_have_addresses_and_words_of_their_own(tmp_path):
    pages = page_set.PageSet(
        "pages", (page_set.Page("https://a.example/", "<p>The ferry left.</p>"),)
    )
    rows = written(page_set.write_pages(tmp_path / "changed", pages, 3))
    assert len({row["url"] for row in rows}) == len({row["html"] for row in rows}) == 3
    as_they_are = written(page_set.write_pages(tmp_path / "same", pages))
    assert [row["url"] for row in as_they_are] == ["https://a.example/"]


def test_meter_counts_killed_workers_of_a_process_that_outlives_its_command():
    use = run_metered([sys.executable, "-c", ORPHANED_WORK])
    assert use.output == "ended\n"
    assert 0.3 <= use.cpu_s < 3


def test_meter_tells_why_a_command_failed():
    with pytest.raises(CommandFailedError, match="ValueError: no pages"):
        run_metered([sys.executable, "-c", "raise ValueError('no pages')"])
