"""Whatever operation of a batch fails or is the last: nothing is lost, doubled or half done."""

import random

import pytest

from flows.jobs.load import load_files
from flows.settings import read_settings
from tests.helpers.in_process import ARTICLES, analyse_in_process
from tests.helpers.operations import broken_off, end_process, fill_disk
from tests.helpers.warehouses import contents, query
from warehouse.connect import open_file
from warehouse.spool import spooled

# In the short form; `--all-operations` breaks off each operation in a folder of its own.
FOLDERS = 3
BREAKS = 4


@pytest.fixture(autouse=True, scope="module")
def _analysed_in_process():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flows.runs.workers.Workers.analyse", analyse_in_process)
        yield


def settings_of(folder):
    return read_settings(data=folder, workers=1)


def load(folder):
    load_files([ARTICLES], settings_of(folder))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return the rows after an undisturbed run, and the number of its operations."""
    folder = tmp_path_factory.mktemp("undisturbed")
    code, made = broken_off(lambda: load(folder), 0, end_process)
    assert code == 0
    return contents(settings_of(folder).folder), made


def chosen_operations(made, how, *, is_all):
    """Return the numbers of the operations to break off, in order, for each data folder."""
    if is_all:
        return [[at] for at in range(1, made + 1)]
    chance = random.Random(how.__name__)
    return [sorted(chance.sample(range(1, made + 1), BREAKS)) for _ in range(FOLDERS)]


@pytest.mark.parametrize("how", [end_process, fill_disk], ids=["ended", "failed"])
def test_batch_is_whole_whatever_operation_is_broken_off(undisturbed, tmp_path, how, request):
    expected, made = undisturbed
    is_all = request.config.getoption("--all-operations")
    for number, moments in enumerate(chosen_operations(made, how, is_all=is_all)):
        folder = tmp_path / str(number)
        for at in moments:
            code, _ = broken_off(lambda: load(folder), at, how)  # noqa: B023  # called at once
            assert code in {0, 1, 9}, f"operation {at}"
            check_whole(folder)
        load(folder)
        check_finished(folder, expected)


def check_whole(folder):
    """Check that there is no part of a batch, and that readers can read."""
    settings = settings_of(folder)
    if settings.folder.live.exists():
        assert query(
            settings, "SELECT count(*) FROM articles ANTI JOIN batches USING (batch_id)"
        ) == [(0,)]
    if settings.folder.newest.exists():
        with open_file(settings.folder.newest.resolve()) as con:
            con.execute("FROM articles").fetchall()


def check_finished(folder, expected):
    settings = settings_of(folder)
    assert contents(settings.folder) == expected
    assert spooled(settings.folder.spool) == []
    with open_file(settings.folder.newest.resolve()) as con:
        shown = con.execute("SELECT count(*) FROM articles").fetchall()
    assert shown == query(settings, "SELECT count(*) FROM articles")
