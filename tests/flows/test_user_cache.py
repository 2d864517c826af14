"""What is kept in the user's cache folder: used again, and never trusted blindly."""

import os

import pytest

from flows.user_cache import cached


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "onrecord"


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("one")
    return file


def made(source, values):
    """Return what the cache gives, and how many values were made for it."""
    before = len(values)
    return cached("words", [source], values.pop), before - len(values)


def test_value_is_made_once_until_a_source_changes(cache, source):
    values = ["c", "b", "a"]
    assert made(source, values) == ("a", 1)
    assert made(source, values) == ("a", 0)
    source.write_text("three")
    assert made(source, values) == ("b", 1)
    assert [file.name for file in cache.iterdir()] == ["words.pickle"]
    assert cache.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("damage", [b"", b"x" * 40, None])
def test_damaged_file_is_replaced(cache, source, damage):
    made(source, ["a"])
    file = cache / "words.pickle"
    file.write_bytes(file.read_bytes()[:-3] if damage is None else damage)
    assert made(source, ["b"]) == ("b", 1)
    assert made(source, ["c"]) == ("b", 0)


def test_file_that_others_may_write_is_not_read(cache, source):
    made(source, ["a"])
    (cache / "words.pickle").chmod(0o666)
    assert made(source, ["b"]) == ("b", 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_file_of_somebody_else_is_not_read(cache, source):
    made(source, ["a"])
    os.chown(cache / "words.pickle", 65_534, -1)
    assert made(source, ["b"]) == ("b", 1)


def test_without_a_place_the_value_is_made_each_time(tmp_path, source, monkeypatch):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert made(source, ["a"]) == ("a", 1)
    assert made(source, ["b"]) == ("b", 1)


def test_what_making_raises_is_raised(cache, source):
    def fail():
        raise KeyError("word")

    with pytest.raises(KeyError):
        cached("words", [source], fail)
