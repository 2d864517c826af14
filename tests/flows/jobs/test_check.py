"""Check runs: findings are recorded and shown in `status`; errors fail the run."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.cli.status import read_status, show_status
from flows.errors import ChecksFailedError
from flows.jobs.check import check_warehouse
from flows.jobs.load import load_files
from flows.settings import Settings
from warehouse.connect import open_live
from warehouse.errors import WarehouseMissingError
from warehouse.publish import publish

ARTICLES = Path(__file__).resolve().parents[3] / "seeds" / "articles"


@pytest.fixture
def settings(tmp_path):
    settings = Settings(data=tmp_path, workers=1)
    load_files(sorted(ARTICLES.glob("*.*"))[:2], settings)
    return settings


def state(settings):
    with open_live(settings.folder) as con:
        return con.execute("SELECT state FROM run_summary WHERE flow = 'check'").fetchall()


def test_sound_warehouse_passes(settings):
    report = check_warehouse(settings)
    assert report.findings == ()
    assert report.summary.endswith("0 errors, 0 warnings")
    assert state(settings) == [("completed",)]
    assert "findings" not in show_status(read_status(settings))


def test_error_fails_the_run_and_is_shown_in_status(settings):
    with open_live(settings.folder) as con:
        con.execute("UPDATE batches SET seen = seen + 1 WHERE appended > 0")
    publish(settings.folder)
    with pytest.raises(ChecksFailedError, match="1 error, 0 warnings"):
        check_warehouse(settings)
    assert state(settings) == [("failed",)]
    assert "tally_does_not_add_up" in show_status(read_status(settings))
    with open_live(settings.folder) as con:
        con.execute("UPDATE batches SET seen = seen - 1 WHERE appended > 0")
    publish(settings.folder)
    check_warehouse(settings)
    assert "tally_does_not_add_up" not in show_status(read_status(settings))


def test_command_exits_with_1_if_a_check_finds_an_error(settings):
    done = CliRunner().invoke(app, ["check", "--data", str(settings.data)])
    assert done.exit_code == 0
    with open_live(settings.folder) as con:
        con.execute("UPDATE batches SET seen = seen + 1")
    publish(settings.folder)
    done = CliRunner().invoke(app, ["check", "--data", str(settings.data)])
    assert done.exit_code == 1
    assert "tally_does_not_add_up" in done.output


def test_nothing_to_check_says_so(tmp_path):
    with pytest.raises(WarehouseMissingError):
        check_warehouse(Settings(data=tmp_path))


def test_damaged_snapshot_is_replaced_and_reported(settings):
    path = settings.folder.newest.resolve()
    content = bytearray(path.read_bytes())
    content[-200_000:-199_936] = bytes(range(64))
    path.write_bytes(content)
    with pytest.raises(ChecksFailedError, match="1 error") as raised:
        check_warehouse(settings)
    [finding] = raised.value.findings
    assert (finding.check_name, finding.subject) == ("damaged_snapshot", path.name)
    assert settings.folder.newest.resolve() != path
    assert check_warehouse(settings).findings == ()
