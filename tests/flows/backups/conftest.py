"""A small data folder with everything in it, and a store in memory."""

import shutil

import pytest

from flows.settings import Settings
from tests.helpers.aged_archive import take
from tests.helpers.memory_store import MemoryStore
from warehouse.publish import publish

PAGES = [(f"https://a.example/{word}", word) for word in ("ferry", "coast", "dock")]
RULES = '[[rules]]\nsite = "harbour-times.example"\ntitle = ".top"\n'


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Return a data folder that no test changes."""
    settings = Settings(data=tmp_path_factory.mktemp("made"), workers=1)
    take(settings, 0, *PAGES)
    publish(settings.folder)
    folder = settings.folder
    folder.feed_list.write_text("<opml version='2.0'><body/></opml>")
    folder.rules.write_text(RULES)
    (folder.root / "onrecord.toml").write_text("batch_documents = 7\n")
    (folder.root / "onrecord.toml").chmod(0o600)
    (folder.root / "robots").mkdir()
    (folder.root / "robots" / "a.example.json").write_text("a cache")
    return folder.root


@pytest.fixture
def settings(made, tmp_path):
    """Return the settings of a copy of that folder."""
    shutil.copytree(made, tmp_path / "data", symlinks=True)
    return Settings(data=tmp_path / "data", workers=1, lock_wait_s=1)


@pytest.fixture
def new(settings):
    """Return the settings of a data folder that does not exist."""
    return settings.model_copy(update={"data": settings.data.with_name("new")})


@pytest.fixture
def memory(monkeypatch):
    """Return a store in memory, which is the target of all backups and restores."""
    store = MemoryStore()
    for module in ("backup", "restore"):
        monkeypatch.setattr(f"flows.jobs.{module}.open_store", lambda _: store)
    return store
