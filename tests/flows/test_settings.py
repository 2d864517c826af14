"""Order of settings: flags, variables, the file, defaults; bad values are errors."""

import pytest

from flows.cli.setting_values import origins
from flows.errors import SettingsError
from flows.settings import read_settings


def test_defaults_apply_if_nothing_is_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = read_settings()
    assert str(settings.data) == "data"
    assert settings.batch_documents == 500
    assert set(origins(settings).values()) == {"default"}


def test_flag_overrides_variable_overrides_file(tmp_path, monkeypatch):
    (tmp_path / "onrecord.toml").write_text("workers = 2\nbatch_documents = 7\nlock_wait_s = 1.5\n")
    monkeypatch.setenv("ONRECORD_WORKERS", "3")
    monkeypatch.setenv("ONRECORD_BATCH_DOCUMENTS", "8")
    settings = read_settings(data=tmp_path, workers=4)
    assert (settings.workers, settings.batch_documents, settings.lock_wait_s) == (4, 8, 1.5)
    found = origins(settings, data=tmp_path, workers=4)
    assert found["workers"] == "flag"
    assert found["batch_documents"] == "ONRECORD_BATCH_DOCUMENTS"
    assert found["lock_wait_s"] == "onrecord.toml"


def test_settings_file_is_read_from_the_data_folder_in_the_environment(tmp_path, monkeypatch):
    (tmp_path / "onrecord.toml").write_text("workers = 2\n")
    monkeypatch.setenv("ONRECORD_DATA", str(tmp_path))
    assert read_settings().workers == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("ONRECORD_WORKERS", "many"), ("ONRECORD_WORKERS", "0"), ("ONRECORD_LOCK_WAIT_S", "-1")],
)
def test_malformed_variable_is_an_error(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name.removeprefix("ONRECORD_").lower()):
        read_settings()


def test_types_of_pages_to_store_are_a_list_of_known_types(monkeypatch):
    assert read_settings().kept_types == {"article", "live"}
    monkeypatch.setenv("ONRECORD_PAGE_TYPES", "article, forum")
    assert read_settings().kept_types == {"article", "forum"}
    monkeypatch.setenv("ONRECORD_PAGE_TYPES", "article,shop")
    with pytest.raises(
        SettingsError,
        match=r"page_types \(ONRECORD_PAGE_TYPES\): got 'article,shop', expected some of article",
    ):
        read_settings()


@pytest.mark.parametrize("plan", ["5m", "1h,,6h", "1 hour", "91d", "", "off,1h", "0h"])
def test_plan_of_visits_has_times_within_limits(monkeypatch, plan):
    monkeypatch.setenv("ONRECORD_REVISIT", plan)
    with pytest.raises(
        SettingsError,
        match=r"revisit \(ONRECORD_REVISIT\): got .*, expected times after publication",
    ):
        read_settings()


def test_unknown_variable_is_an_error(monkeypatch):
    monkeypatch.setenv("ONRECORD_WORKER", "2")
    with pytest.raises(SettingsError, match="ONRECORD_WORKER"):
        read_settings()


@pytest.mark.parametrize("text", ["wrokers = 2\n", "workers = \n", "workers = 'x'\n"])
def test_broken_file_is_an_error(tmp_path, text):
    (tmp_path / "onrecord.toml").write_text(text)
    with pytest.raises(SettingsError):
        read_settings(data=tmp_path)


def test_all_wrong_settings_are_named_at_once(tmp_path, monkeypatch):
    (tmp_path / "onrecord.toml").write_text("wrokers = 2\nhost_delay = -1\ntaggers = 'de=guess'\n")
    monkeypatch.setenv("ONRECORD_WORKERS", "many")
    monkeypatch.setenv("ONRECORD_HOST_DELYA", "3")
    with pytest.raises(SettingsError) as raised:
        read_settings(data=tmp_path)
    assert sorted(str(raised.value).split("; ")) == [
        "ONRECORD_HOST_DELYA: got '3', expected the name of a setting: did you mean ONRECORD_HOST_DELAY?",
        "onrecord.toml: got 'wrokers', expected the name of a setting: did you mean workers?",
        "setting host_delay (onrecord.toml): got -1, expected greater than or equal to 0",
        (
            "setting taggers (onrecord.toml): got 'de=guess',"
            " expected LANGUAGE=spacy:MODEL or LANGUAGE=slovnet, separated by commas"
        ),
        "setting workers (ONRECORD_WORKERS): got 'many', expected a valid integer",
    ]


def test_name_that_resembles_no_setting_is_answered_with_the_list(monkeypatch):
    monkeypatch.setenv("ONRECORD_QQ", "1")
    with pytest.raises(SettingsError, match="`onrecord settings` lists them"):
        read_settings()


def test_data_folder_must_not_be_a_file(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(
        SettingsError, match=r"setting data: got '.*', expected a folder, not a file"
    ):
        read_settings(data=tmp_path / "data")
