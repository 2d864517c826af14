"""The prompt of `onrecord sql` in a real terminal."""

import shutil

import pytest

from tests.helpers.harbour import OPENING
from tests.helpers.stories import append_stories
from tests.helpers.terminal import Terminal
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

ENDLESS = "SELECT count(*) FROM range(100000000000);\r"
PROMPT = "onrecord>"
CTRL_C, CTRL_D, UP, TAB = "\x03", "\x04", "\x1b[A", "\t"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a published warehouse, which no test changes."""
    folder = DataFolder(tmp_path_factory.mktemp("data"))
    with open_live(folder) as con:
        append_stories(con, folder.spool, OPENING)
    publish(folder)
    return folder.root


@pytest.fixture
def folder(tmp_path, published):
    """Return a copy of it."""
    shutil.copytree(published, tmp_path / "data", symlinks=True)
    return DataFolder(tmp_path / "data")


def interrupts(terminal):
    """Return whether Ctrl-C interrupts an endless query; one that comes too early clears the line."""
    terminal.type(ENDLESS)
    terminal.wait_for("range(100000000000);\n")  # the query was sent
    try:
        terminal.type_until(CTRL_C, "interrupted", tries=4)
    except AssertionError:
        return False
    return True


def prompt(folder, *options):
    return Terminal("sql", "--data", folder.root, *options)


def test_endless_query_can_be_interrupted_and_the_prompt_continues(folder):
    with prompt(folder) as terminal:
        terminal.wait_for(PROMPT)
        assert any(interrupts(terminal) for _ in range(5))
        terminal.wait_for(PROMPT)
        terminal.type("SELECT 41 + 1 AS answer;\r")
        terminal.wait_for("42\n")
        terminal.wait_for(PROMPT)
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0


def test_query_is_stopped_at_its_time_limit_and_the_prompt_continues(folder):
    with prompt(folder, "--timeout", "0.3") as terminal:
        terminal.wait_for(PROMPT)
        terminal.type(ENDLESS)
        terminal.wait_for("took longer than 0.3 s: narrow it, or raise --timeout")
        terminal.wait_for(PROMPT)
        terminal.type(".quit\r")
        assert terminal.wait_for_end() == 0


def test_names_of_views_and_columns_are_completed(folder):
    with prompt(folder) as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("SELECT paragraph_k" + TAB)
        terminal.wait_for("inds")
        terminal.type(" IS NULL AS found FROM latest_art" + TAB)
        terminal.wait_for("icles")
        terminal.type(" LIMIT 0;\r")
        assert "Error" not in terminal.wait_for(PROMPT)


def test_query_can_span_several_lines(folder):
    with prompt(folder) as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("SELECT 'one\r")
        terminal.wait_for("...>")
        terminal.type("two' AS words;\r")
        terminal.wait_for("one two")


def test_ctrl_c_drops_the_line_and_history_is_kept(folder):
    with prompt(folder) as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("SELECT 'half a query")
        terminal.type(CTRL_C)
        terminal.wait_for(PROMPT)
        terminal.type("SELECT 'told once' AS words;\r")
        terminal.wait_for("\ntold once\n")
        terminal.wait_for(PROMPT)
        terminal.type(CTRL_D)
        assert terminal.wait_for_end() == 0
    with prompt(folder) as terminal:
        terminal.wait_for(PROMPT)
        terminal.type(UP)
        terminal.wait_for("told once")
        terminal.type("\r")
        terminal.wait_for("\ntold once\n")


def test_next_query_reads_the_new_snapshot(folder):
    with prompt(folder) as terminal:
        terminal.wait_for(PROMPT)
        terminal.type("SELECT 'documents: ' || count(*) AS n FROM sources;\r")
        terminal.wait_for("documents: 1")
        terminal.wait_for(PROMPT)
        with open_live(folder) as con:
            con.execute("INSERT INTO sources BY NAME SELECT 'b.example' AS source_id,"
                        " * EXCLUDE (source_id) FROM sources")  # fmt: skip
        publish(folder)
        terminal.type(UP + "\r")
        terminal.wait_for("documents: 2")


def test_prompt_without_a_snapshot_ends_with_one_line(tmp_path):
    with Terminal("sql", "--data", tmp_path) as terminal:
        terminal.wait_for("does not exist: run `onrecord init` or `onrecord load PATH`")
        assert terminal.wait_for_end() == 1
