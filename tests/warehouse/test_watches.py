import shutil
from datetime import UTC, datetime

import pytest

from tests.helpers.questions import ANSWERS, BRIDGE, BUDGET, PLAN, STORIES, titles
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.errors import SearchSyntaxError, WarehouseMissingError, WatchError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.watch_matching import look, recent_matches
from warehouse.watches import (
    MOST_CHARS,
    add_watch,
    current_watches,
    last_matches,
    make_watch,
    remove_watch,
)

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
EDITED = make_story(
    "Alliance adopts a quantum plan\nThe quantum strategy was agreed in Aren at night.\n"
    "“We are ready,” Jane Doe said. “And we can pay,” she said.",
    url="https://a.example/plan",
    day="2026-01-10",
    said=[
        ("We are ready", "Jane Doe", None, "direct"),
        ("And we can pay", "Jane Doe", None, "direct"),
    ],
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("empty"))
    with open_live(folder):
        pass
    return folder


@pytest.fixture
def folder(tmp_path, empty):
    shutil.copytree(empty.root, tmp_path, dirs_exist_ok=True)
    return DataFolder(tmp_path)


def watch(con, name=None, **asked):
    given = {"words": None, "speaker": None, "entity": None} | asked
    return add_watch(con, make_watch(name, **given), [], now=NOW)


def found(con, one):
    return {match.title for match in last_matches(con, one, most=100)}


def test_watches_find_in_new_articles_what_the_search_finds(folder):
    with open_live(folder) as con:
        watches = {n: watch(con, f"w{n}", words=words) for n, (words, _) in enumerate(ANSWERS)}
        append_stories(con, folder.spool, *STORIES.values())
        look(con, now=NOW)
        answers = {ANSWERS[n][0]: sorted(found(con, one)) for n, one in watches.items()}
    assert answers == {question: titles(expected) for question, expected in ANSWERS}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"speaker": "doe"}, "plan", id="speaker"),
        pytest.param({"entity": "Nato"}, "plan bridge", id="entity"),
        pytest.param({"entity": "Nato", "words": "language:de"}, "bridge", id="both"),
        pytest.param({"speaker": "doe", "entity": "NATO", "words": "-quantum"}, "", id="all-three"),
    ],
)
def test_what_a_watch_asks_must_all_match(folder, asked, expected):
    with open_live(folder) as con:
        one = watch(con, **asked)
        append_stories(con, folder.spool, *STORIES.values())
        assert look(con, now=NOW) == len(titles(expected))
        assert sorted(found(con, one)) == titles(expected)


def test_watch_for_a_speaker_tells_the_statement(folder):
    with open_live(folder) as con:
        one = watch(con, speaker="Jane Doe")
        append_stories(con, folder.spool, PLAN)
        look(con, now=NOW)
        ((match),) = last_matches(con, one, most=5)
        row = con.execute(
            "SELECT watch, title, url, speaker, statement, is_past, found_at FROM watch_matches"
        ).fetchall()
    assert (match.statement, match.start_char) == ("We are ready", PLAN.quotations[0].start)
    assert row == [
        ("jane-doe", PLAN.article.title, "https://a.example/plan", "Jane Doe", "We are ready", False, NOW),
    ]  # fmt: skip


def test_second_look_finds_nothing_again(folder):
    with open_live(folder) as con:
        watch(con, words="quantum")
        append_stories(con, folder.spool, PLAN)
        assert look(con, now=NOW) == 1
    with open_live(folder) as con:
        assert look(con, now=NOW) == 0
        append_stories(con, folder.spool, PLAN, BUDGET)
        assert look(con, now=NOW) == 1


@pytest.mark.parametrize("step", ["append", "commit"])
def test_interrupted_look_is_made_again(folder, step):
    def stop(at):
        if at == step:
            raise KeyboardInterrupt

    with open_live(folder) as con:
        one = watch(con, words="quantum")
        append_stories(con, folder.spool, PLAN)
    with pytest.raises(KeyboardInterrupt), open_live(folder) as con:
        look(con, now=NOW, on_step=stop)
    with open_live(folder) as con:
        assert found(con, one) == set()
        assert look(con, now=NOW) == 1
        assert look(con, now=NOW) == 0


def test_edited_article_is_told_once_and_its_new_statement_too(folder):
    with open_live(folder) as con:
        article, speaker = watch(con, words="quantum"), watch(con, speaker="Jane Doe")
        append_stories(con, folder.spool, PLAN)
        look(con, now=NOW)
        append_stories(con, folder.spool, EDITED)
        assert look(con, now=NOW) == 1
        assert len(last_matches(con, article, most=5)) == 1
        statements = {match.statement for match in last_matches(con, speaker, most=5)}
    assert statements == {"We are ready", "And we can pay"}


def test_article_that_only_a_new_version_of_the_cleaning_made_is_no_news(folder):
    with open_live(folder) as con:
        watch(con, words="quantum")
        append_stories(con, folder.spool, PLAN)
        con.execute("UPDATE articles SET revision_cause = 'reprocessed'")
        assert look(con, now=NOW) == 0


def test_newer_watch_leaves_earlier_batches_to_older_ones(folder):
    with open_live(folder) as con:
        older = watch(con, "older", words="quantum")
        append_stories(con, folder.spool, PLAN)
        ((commit,),) = con.execute("SELECT max(committed_at) FROM batches").fetchall()
        newer = watch(con, "newer", words="quantum")
        con.execute("UPDATE watches SET starts_after = ? WHERE name = 'newer'", [commit])
        append_stories(con, folder.spool, BUDGET)
        look(con, now=NOW)
        assert (sorted(found(con, older)), sorted(found(con, newer))) == (
            titles("budget plan"),
            titles("budget"),
        )


def test_many_articles_are_compared_in_pieces(folder, monkeypatch):
    monkeypatch.setattr("warehouse.watch_matching.ARTICLES_AT_ONCE", 1)
    with open_live(folder) as con:
        one = watch(con, words="quantum OR brücke")
        for story in STORIES.values():
            append_stories(con, folder.spool, story)
        assert look(con, now=NOW) == 3
        assert sorted(found(con, one)) == titles("plan budget bridge")
        assert con.execute("SELECT count(DISTINCT look_id) FROM watch_looks").fetchone() == (3,)


def test_recent_matches_are_the_newest_of_the_snapshot(folder):
    with open_live(folder) as con:
        append_stories(con, folder.spool, PLAN, BUDGET, BRIDGE)
    publish(folder)
    one = make_watch(None, words="quantum", speaker=None, entity=None)
    assert [match.title for match in recent_matches(folder, one, most=5)] == [
        BUDGET.article.title,
        PLAN.article.title,
    ]
    assert len(recent_matches(folder, one, most=1)) == 1


def test_recent_matches_need_a_snapshot(folder):
    one = make_watch(None, words="quantum", speaker=None, entity=None)
    with pytest.raises(WarehouseMissingError):
        recent_matches(folder, one, most=5)


def test_removed_watch_is_gone_and_its_name_is_free(folder):
    with open_live(folder) as con:
        first = watch(con, "harbour", words="quantum")
        with pytest.raises(WatchError, match="there is already a watch with this name"):
            watch(con, "Harbour", words="budget")
        remove_watch(con, "HARBOUR", now=NOW.replace(hour=13))
        assert current_watches(con) == []
        with pytest.raises(WatchError, match="see `onrecord watch list`"):
            remove_watch(con, "harbour", now=NOW)
        append_stories(con, folder.spool, PLAN)
        assert look(con, now=NOW) == 0
        assert watch(con, "harbour", words="quantum").watch_id != first.watch_id


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        pytest.param({"speaker": "Zoë O'Neill"}, "zoë-o-neill", id="speaker"),
        pytest.param({"words": '"quantum strategy" NOT nato'}, "quantum-strategy-not-nato", id="words"),
        pytest.param({"words": "harbour " * 20}, "-".join(["harbour"] * 7), id="cut"),
        pytest.param({"words": "x" * 200}, "x" * MOST_CHARS, id="one-long-word"),
    ],
)  # fmt: skip
def test_watch_is_named_after_what_it_asks(asked, name):
    given = {"words": None, "speaker": None, "entity": None} | asked
    assert make_watch(None, **given).name == name


@pytest.mark.parametrize("name", ["", "a/b", "../x", ".hidden", "a b", "-x", "x" * 61])
def test_name_that_is_no_file_name_is_refused(name):
    with pytest.raises(WatchError, match="give another with --name"):
        make_watch(name, words="quantum", speaker=None, entity=None)


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        pytest.param({}, "give --words, --speaker, --entity or --story", id="nothing"),
        pytest.param({"words": '"quantum'}, "no closing quotation mark", id="words"),
        pytest.param({"words": ""}, "there is nothing to search for", id="empty"),
        pytest.param({"speaker": "…"}, "--speaker: got '…', expected a name", id="speaker"),
    ],
)
def test_watch_that_cannot_be_read_is_refused(asked, problem):
    with pytest.raises(SearchSyntaxError, match=problem):
        make_watch("x", **{"words": None, "speaker": None, "entity": None} | asked)
