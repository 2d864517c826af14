"""`onrecord backup` and `restore --from` as users see them."""

import orjson
import pytest
from typer.testing import CliRunner

from flows.__main__ import app
from flows.backups.points import prepare_store
from flows.backups.stores import FolderStore
from flows.errors import BackupError, SettingsError
from flows.orchestration.deployments import make_deployments
from flows.settings import Settings, read_settings


def run(*arguments, code=0):
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def target(tmp_path):
    return tmp_path / "kept"


def test_data_folder_is_backed_up_listed_checked_and_restored(settings, new, target):
    told = run("backup", target, "--data", settings.data)
    assert told.startswith(f"backed up to {target}\n20")
    assert ": 5 files, " in told
    assert "0 B copied" in run("backup", target, "--data", settings.data)
    listed = run("backup", target, "--list")
    assert len(listed.splitlines()) == 4
    assert "2 backups, " in (checked := run("backup", target, "--check"))
    assert checked.endswith(": intact\n")
    first, last = [row["point"] for row in orjson.loads(run("backup", target, "--list", "--json"))]
    told = run("restore", "--from", target, "--at", first, "--data", new.data)
    assert told.startswith(f"restored {first} to {new.data}\n5 files, ")
    assert "3 articles, every digest is right" in told
    told = run("restore", "--from", target, "--data", new.data, "--force")
    assert told.startswith(f"restored {last} to ")
    assert "set aside: " in told


def test_old_backups_are_removed_and_the_freed_space_is_told(settings, target):
    run("backup", target, "--data", settings.data)
    settings.folder.rules.unlink()
    told = run("backup", target, "--keep", "1", "--data", settings.data)
    assert "1 old point removed" in told
    assert "no backup needs 1 file any more" in told
    report = orjson.loads(run("backup", target, "--keep", "1", "--json", "--data", settings.data))
    assert (len(report["pruned"]["points"]), report["copied_bytes"]) == (1, 0)


def test_damage_is_listed_and_ends_with_1(settings, target):
    run("backup", target, "--data", settings.data)
    [piece] = (target / "archive").iterdir()
    piece.write_bytes(piece.read_bytes()[:-1])
    told = run("backup", target, "--check", code=1)
    assert f"archive/{piece.name}: has " in told
    assert "; needed for archive/onrecord-" in told
    assert "1 damaged file\n" in told
    found = orjson.loads(run("backup", target, "--check", "--json", code=1))
    assert [one["file"] for one in found["damage"]] == [f"archive/{piece.name}"]
    piece.unlink()
    run("backup", target, "--data", settings.data)  # as the output of --check advises
    run("backup", target, "--check")


def test_setting_names_the_target(settings, target, monkeypatch):
    with pytest.raises(SettingsError, match="backup_to"):
        CliRunner().invoke(app, ["backup", "--data", str(settings.data)], catch_exceptions=False)
    monkeypatch.setenv("ONRECORD_BACKUP_TO", str(target))
    monkeypatch.setenv("ONRECORD_BACKUP_KEEP", "2")
    for _ in range(3):
        run("backup", "--data", settings.data)
    assert len(list((target / "backups").iterdir())) == 2


def test_missing_backup_is_told(tmp_path):
    for command in (["backup", tmp_path / "no", "--check"], ["restore", "--from", tmp_path / "no"]):
        with pytest.raises(BackupError, match="there is no backup of onrecord"):
            CliRunner().invoke(app, list(map(str, command)), catch_exceptions=False)
    assert not (tmp_path / "no").exists()
    prepare_store(FolderStore(tmp_path / "begun"))
    with pytest.raises(BackupError, match="has no complete backup"):
        CliRunner().invoke(
            app, ["backup", str(tmp_path / "begun"), "--check"], catch_exceptions=False
        )


def test_schedule_needs_a_target_that_every_working_folder_understands(monkeypatch):
    monkeypatch.setenv("ONRECORD_SCHEDULE_BACKUP", "1d")
    with pytest.raises(SettingsError, match=r"schedule_backup.*a value for backup_to too"):
        read_settings()
    monkeypatch.setenv("ONRECORD_BACKUP_TO", "kept")
    with pytest.raises(
        SettingsError, match=r"ONRECORD_BACKUP_TO\): got 'kept', expected an absolute folder"
    ):
        read_settings()
    monkeypatch.setenv("ONRECORD_BACKUP_TO", "s3://newsroom/onrecord")
    assert read_settings().schedule_backup == "1d"


def test_backup_is_scheduled_only_if_it_is_wanted(tmp_path):
    def schedules(**given):
        made = make_deployments(Settings(data=tmp_path, **given))
        return next(one.schedules for one in made if one.flow_name == "backup")

    assert not schedules()
    [daily] = schedules(backup_to="/mnt/kept", schedule_backup="0 3 * * *")
    assert daily.schedule.cron == "0 3 * * *"


def test_scheduled_backup_fails_loudly_and_is_recorded(settings, target, monkeypatch):
    from flows.orchestration import flows  # takes seconds
    from warehouse.connect import open_live

    monkeypatch.setenv("ONRECORD_DATA", str(settings.data))
    monkeypatch.setenv("ONRECORD_BACKUP_TO", str(target))
    assert ": 5 files, " in str(flows.backup.fn().message)
    (target / "onrecord-backup.json").write_text("{")
    with pytest.raises(BackupError, match="is damaged"):
        flows.backup.fn()
    with open_live(settings.folder) as con:
        states = con.execute("SELECT state FROM run_summary WHERE flow = 'backup' ORDER BY 1")
        assert states.fetchall() == [("completed",), ("failed",)]
