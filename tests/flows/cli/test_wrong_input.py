"""Wrong input is answered with the thing that is wrong and the next step."""

import pytest
from typer.testing import CliRunner

from flows.__main__ import app


@pytest.fixture
def onrecord(tmp_path, monkeypatch):
    """Return a function that runs a command in a folder with one file and one folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "page.html").write_text("<html><body>No list</body></html>")
    (tmp_path / "latin.sql").write_bytes("SELECT 'Küste'".encode("latin-1"))
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("sql -f missing.sql", 1, "missing.sql: cannot be read: No such file or directory"),
        ("sql -f folder", 1, "folder: cannot be read: Is a directory"),
        ("sql -f latin.sql", 1, "latin.sql: cannot be read: it is not UTF-8"),
        ("sql --example none", 2, "--example: got 'none', expected one of "),
        ("sql -o rows.doc SELECT", 2, "a name that ends in .csv"),
        ("import missing.opml", 1, "missing.opml: does not exist: check the path"),
        ("import folder", 1, "folder cannot be read: Is a directory"),
        ("import page.html", 1, "page.html is not a valid feed list"),
        ("test missing.html", 1, "missing.html: is no file, and a URL starts with https://"),
        ("test folder", 1, "folder: is a folder: give one of its files"),
        ("extract missing.jsonl", 1, "missing.jsonl: cannot be read: No such file or directory"),
        ("status", 1, "run `onrecord init` or `onrecord load PATH`, or name the data folder with --data"),
        ("search ferry", 1, "run `onrecord init` or `onrecord load PATH`"),
        ("feeds", 1, "feeds.opml does not exist: run `onrecord init` or `onrecord add URL` first"),
        ("status --data page.html", 2, "setting data: got 'page.html', expected a folder, not a file"),
        ("feed", 2, "Did you mean 'feeds'?"),
        ("feeds --stat ok", 2, "No such option"),
        ("backfill --since yesterday", 2, "Invalid value for '--since'"),
    ],
)  # fmt: skip
def test_message_names_the_thing_and_the_next_step(onrecord, command, code, said):
    result = onrecord(*command.split())
    if result.exception and not isinstance(result.exception, SystemExit):  # `main` prints it
        assert said in str(result.exception)
        assert result.exception.exit_code == code
    else:
        assert result.exit_code == code
        assert said in " ".join(result.output.replace("│", " ").split())
