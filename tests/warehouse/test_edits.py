"""Which texts become a revision, and which revisions the view of edits shows."""

import pytest

from flows.runs.linking import link_new
from tests.helpers.builders import VERSIONS, make_run
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.folder import DataFolder

URL = "https://harbour-times.example/ferry"
FERRY = "The ferry sails at noon, Ada Holm said."


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


def story(text, *, wording, title="Ferry sails", **given):
    return make_story(text, url=URL, day="2024-06-03", title=title, wording_sha256=wording, **given)


def append(folder, *stories):
    with open_live(folder) as con:
        return append_stories(con, folder.spool, *stories)


def ask(folder, sql):
    with open_live(folder) as con:
        return con.execute(sql).fetchall()


def linked(folder):
    link_new(make_run(folder.root))
    return ask(folder, "SELECT revision, words_added, words_cut FROM edits ORDER BY revision")


def revisions(folder):
    return [row[0] for row in ask(folder, "SELECT text FROM articles ORDER BY revision")]


def test_text_with_the_same_wording_is_known(folder):
    append(folder, story(FERRY, wording="w1"))
    count = append(folder, story(f"{FERRY}\n23 comments", wording="w1"))
    assert (count.appended, count.known) == (0, 1)
    assert revisions(folder) == [FERRY]
    assert linked(folder) == []


def test_of_two_trivially_different_texts_in_a_batch_the_first_is_kept_with_its_names(folder):
    said = [("sails at noon", "Ada Holm", None, "indirect")]
    first = story(FERRY, wording="w1", said=said)
    second = story(FERRY.replace("noon,", "noon –"), wording="w1", said=said)
    count = append(folder, first, second)
    assert (count.appended, count.known) == (1, 1)
    assert revisions(folder) == [FERRY]
    assert ask(folder, "SELECT count(*) FROM quotations") == [(1,)]


def test_other_words_are_an_edit(folder):
    append(folder, story(FERRY, wording="w1"))
    append(folder, story(FERRY.replace("noon", "one"), wording="w2"))
    assert linked(folder) == [(2, 1, 1)]


def test_article_of_an_older_version_gets_no_revision_for_the_same_text(folder):
    append(folder, story(FERRY, wording=None))
    count = append(folder, story(FERRY, wording="w1"))
    assert (count.appended, count.known) == (0, 1)


def test_trivial_revision_of_an_older_version_is_no_edit(folder):
    append(folder, story(FERRY, wording=None))
    append(folder, story(FERRY.replace("noon,", "noon –"), wording=None))
    assert len(revisions(folder)) == 2
    assert linked(folder) == []


def test_edit_is_linked_once(folder):
    append(folder, story(FERRY, wording="w1"), story(f"{FERRY} It is late.", wording="w2"))
    assert linked(folder) == linked(folder) == [(2, 3, 0)]
    assert ask(folder, "SELECT count(*) FROM changes") == [(1,)]


def test_statements_and_names_are_compared_with_the_revision_before(folder):
    first = story(
        FERRY, wording="w1", named=[("Ada Holm", "person")],
        said=[("sails at noon", "Ada Holm", None, "indirect")],
    )  # fmt: skip
    second = story(
        "The ferry sails at one, Jon Vale said. Tickets cost less.", wording="w2",
        named=[("Jon Vale", "person")], said=[("Tickets cost less", "Jon Vale", None, "indirect")],
    )  # fmt: skip
    append(folder, first)
    append(folder, second)
    link_new(make_run(folder.root))
    assert ask(
        folder,
        "SELECT statements_added, statements_removed, names_added, names_removed FROM edits",
    ) == [(["Tickets cost less"], ["sails at noon"], ["Jon Vale"], ["Ada Holm"])]


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        pytest.param({}, {}, 1, id="same-reader"),
        pytest.param({}, {"versions": 9}, 0, id="newer-cleaning"),
        pytest.param({"flags": ("feed_text",)}, {}, 0, id="page-in-place-of-its-feed"),
        pytest.param({}, {"extractor_version": "2"}, 0, id="newer-extractor"),
    ],
)
def test_another_reading_of_a_page_is_no_edit(folder, first, second, shown):
    versions = VERSIONS | {"clean": second.get("versions", 1)}
    second = {name: value for name, value in second.items() if name != "versions"}
    append(folder, story(FERRY, wording="w1", **first))
    with open_live(folder) as con:
        later = story(FERRY.replace("noon", "one"), wording="w2", **second)
        append_stories(con, folder.spool, later, versions=versions)
    assert len(linked(folder)) == shown
    assert ask(folder, "SELECT count(*) FROM changes") == [(1,)]


def test_headline_change_is_shown_without_a_change_of_the_text(folder):
    append(folder, story(FERRY, wording="w1"))
    append(folder, story(FERRY, wording="w2", title="Ferry sails late"))
    append(folder, story(f"{FERRY} It is late.", wording="w3", title="Ferry sails late"))
    link_new(make_run(folder.root))
    assert ask(
        folder, "SELECT revision, previous_title, title, is_text_changed FROM headline_changes"
    ) == [(2, "Ferry sails", "Ferry sails late", False)]
    assert ask(folder, "SELECT revision FROM edits WHERE words_added + words_cut >= 3") == [(3,)]
