"""What was said is shown without the words in between; who said nothing is shown, too."""

from dataclasses import replace
from datetime import UTC, date, datetime

import duckdb
import orjson
import pytest

from tests.helpers.builders import NOW, VERSIONS, make_batch
from tests.helpers.harbour import LATE, OPENING, SHOWN
from tests.helpers.stories import append_stories, make_story
from tests.helpers.warehouses import contents
from warehouse.append import append_batch
from warehouse.compact import compact
from warehouse.connect import open_file, open_live, open_snapshot, open_writable
from warehouse.errors import SchemaTooOldError
from warehouse.export import export
from warehouse.export_targets import FolderTarget
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.restore import restore
from warehouse.rows import again_rows
from warehouse.search import Question, search
from warehouse.spool import Batch, spool

RUIZ, SOLL = "Ana Ruiz", "Piet Soll"


@pytest.fixture(scope="module")
def read_only(tmp_path_factory):
    return filled(DataFolder(tmp_path_factory.mktemp("statements")))


@pytest.fixture
def folder(tmp_path):
    return filled(DataFolder(tmp_path))


def filled(folder):
    with open_live(folder) as con:
        append_stories(con, folder.spool, LATE)
    publish(folder)
    return folder


def ask(folder, sql):
    with open_snapshot(folder) as con:
        return con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        pytest.param(
            "SELECT speaker, statement, act, medium, reported_by FROM said",
            [(RUIZ, SHOWN, "speech", "a letter", None)],
            id="said-is-speech",
        ),
        pytest.param(
            "SELECT speaker, act, cue, statement FROM attributed ORDER BY start_char",
            [
                (RUIZ, "speech", "said", SHOWN),
                (SOLL, "attitude", "opposes", "the new pier"),
                (SOLL, "plan", "plans", "to leave on July 9"),
            ],
            id="attributed-is-everything",
        ),
        pytest.param(
            "SELECT speaker, name, mention_text, mention_kind, statement FROM said_mentions",
            [(RUIZ, "Aren", "Aren", "place", SHOWN)],
            id="said_mentions-inside-the-pieces",
        ),
        pytest.param(
            "SELECT act, date_text, is_inside FROM promised ORDER BY start_char, date_text",
            [("speech", "July 3", False), ("plan", "July 9", True)],
            id="promised-inside-the-pieces-and-no-attitudes",
        ),
        pytest.param("SELECT speaker, statements FROM speakers", [(RUIZ, 1)], id="speakers-of-speech"),
        pytest.param(
            "SELECT asked, asked_text, kind, paragraph FROM latest_no_comments ORDER BY start_char",
            [("Port Union", "The Port Union", "declined", 4), ("The captain", "The captain", "unreachable", 4)],
            id="latest_no_comments",
        ),
        pytest.param(
            "SELECT speaker, speaker_role, kind, asked_by, about, text, title, published_on FROM no_comment"
            " WHERE speaker_entity_id = 'n1-port-union'",
            [
                (
                    "Port Union", "operator", "declined", "the Gazette", "who pays",
                    "The Port Union declined to tell the Gazette who pays", "The ferry is late", date(2024, 6, 6),
                )
            ],
            id="no_comment",
        ),
        pytest.param("SELECT items FROM analyses WHERE transform = 'quotations'", [(5,)], id="items"),
    ],
)  # fmt: skip
def test_view_gives_the_expected_rows(read_only, sql, expected):
    assert ask(read_only, sql) == expected


def test_attitude_in_the_same_words_is_not_a_reused_quotation(tmp_path):
    folder = DataFolder(tmp_path)
    stories = [
        make_story(
            f"Story {number}\nSoll opposes the pier.", url=f"https://a.example/{number}", day="2024-06-03",
            said=[("the pier", SOLL, None, "indirect", {"act": "attitude"})],
        )
        for number in range(2)
    ]  # fmt: skip
    with open_live(folder) as con:
        append_stories(con, folder.spool, *stories)
        assert con.execute("SELECT count(*) FROM quotation_reuse").fetchone() == (0,)


@pytest.mark.parametrize("view", ["said_mentions", "promised"])
def test_join_compares_keys_and_not_all_pairs(read_only, view):
    plan = ask(read_only, f"EXPLAIN FROM {view}")[0][1]
    assert "HASH_JOIN" in plan
    assert not {"NESTED_LOOP_JOIN", "BLOCKWISE_NL_JOIN", "CROSS_PRODUCT", "IE_JOIN"} & set(
        plan.split()
    )


def test_passage_of_a_speaker_has_only_the_words_of_the_speaker(read_only):
    def found(text, speaker):
        hits = search(read_only, Question(text=text, speaker=speaker)).hits
        return [
            (hit.snippet.text, [hit.snippet.text[at:to] for at, to in hit.snippet.marks])
            for hit in hits
        ]

    assert found("late boats", "Ruiz") == [(SHOWN, ["boat", "late"])]
    assert found("union", "Ruiz") == [(SHOWN, [])]
    assert found("pier", "Soll") == []


def test_search_says_if_an_older_release_published_the_snapshot(folder):
    with open_writable(folder.newest.resolve()) as con:
        con.execute("CREATE OR REPLACE VIEW latest_quotations AS SELECT speaker FROM quotations")
        con.execute("DELETE FROM schema_migrations WHERE name = 'views'")
    with pytest.raises(SchemaTooOldError, match="onrecord publish"):
        search(folder, Question(text="late", speaker="Ruiz"))


@pytest.mark.parametrize("fmt", ["parquet", "csv", "jsonl"])
def test_export_has_the_statement_without_the_words_in_between(read_only, tmp_path, fmt):
    export(read_only, FolderTarget(tmp_path), fmt=fmt, now=NOW)

    def rows(table, columns):
        with duckdb.connect() as con:
            file = tmp_path / table / "month=2024-06" / f"{table}.{fmt}"
            return con.execute(f"SELECT {columns} FROM '{file}' ORDER BY start_char").fetchall()

    assert rows("quotations", "speaker, statement, medium") == [(RUIZ, SHOWN, "a letter")]
    assert rows("no_comments", "speaker, kind") == [
        ("Port Union", "declined"),
        ("The captain", "unreachable"),
    ]


def test_second_append_adds_nothing(folder):
    before = contents(folder)
    with open_live(folder) as con:
        append_stories(con, folder.spool, LATE)
    assert contents(folder) == before


def test_rows_that_are_computed_again_replace_the_old_ones(folder):
    story = make_story(
        LATE.article.text, url="https://b.example/9", day="2024-06-06",
        silent=[("The Port Union declined", "no_response", "The Port Union", "declined")],
    )  # fmt: skip
    with open_live(folder) as con:
        ((batch_id,),) = con.execute("SELECT DISTINCT batch_id FROM no_comments").fetchall()
        again = again_rows(
            story,
            transforms={"quotations"},
            revision=1,
            replaces={"quotations": batch_id},
            now=NOW,
            versions=VERSIONS | {"quotations": 2},
        )
        batch = Batch(run_id="run-2", seen=1)
        batch.add(again)
        append_batch(con, spool(batch, folder.spool))
        shown = con.execute("SELECT kind, transform_version FROM latest_no_comments").fetchall()
        kept = con.execute("SELECT count(*) FROM no_comments").fetchone()
        assert con.execute("FROM attributed").fetchall() == []
    assert (shown, kept) == ([("no_response", 2)], (3,))


def test_batch_of_an_older_release_is_appended_as_speech(tmp_path):
    folder = DataFolder(tmp_path)
    batch = make_batch(replace(LATE, no_comments=()))
    newer = ("statement", "act", "medium", "reported_by")
    rows = [orjson.loads(line) for line in b"".join(batch.lines["quotations"]).splitlines()]
    old = [{name: row[name] for name in row if name not in newer} for row in rows]
    batch.lines["quotations"] = [orjson.dumps(row) + b"\n" for row in old]
    with open_live(folder) as con:
        append_batch(con, spool(batch, folder.spool))
        shown = con.execute("SELECT statement, act FROM said ORDER BY start_char").fetchall()
    assert shown == [
        (SHOWN, "speech"),
        ("the new pier", "speech"),
        ("to leave on July 9", "speech"),
    ]


def test_later_revision_hides_the_notes_of_the_first(folder):
    corrected = make_story(
        "The ferry is late\nAll have answered.", url="https://b.example/9", day="2024-06-06"
    )
    with open_live(folder) as con:
        append_stories(con, folder.spool, corrected)
        assert con.execute("FROM no_comment").fetchall() == []
        assert con.execute("SELECT count(*) FROM no_comments").fetchone() == (2,)


def test_compacting_keeps_and_sorts_the_notes(folder):
    with open_live(folder) as con:
        earlier = make_story(
            "Calm\nSoll declined to comment.", url="https://a.example/0", day="2024-05-01",
            silent=[("Soll declined to comment", "declined", "Soll", "declined")],
        )  # fmt: skip
        append_stories(con, folder.spool, earlier, OPENING)
    before = contents(folder)
    compact(folder)
    assert contents(folder) == before
    with open_file(folder.live) as con:
        days = con.execute("SELECT published_on FROM no_comments ORDER BY rowid").fetchall()
    assert days == [(date(2024, 5, 1),), (date(2024, 6, 6),), (date(2024, 6, 6),)]


def test_restored_warehouse_has_the_notes_of_the_snapshot_and_the_spool(folder):
    before = contents(folder)
    calm = make_story(
        "Calm\nSoll declined to comment.", url="https://a.example/0", day="2024-05-01",
        silent=[("Soll declined to comment", "declined", "Soll", "declined")],
    )  # fmt: skip
    folder.live.write_bytes(b"damaged")
    spool(make_batch(calm), folder.spool)
    done = restore(folder, now=datetime(2024, 7, 2, tzinfo=UTC))
    assert done.damage
    after = contents(folder)
    assert set(before["no_comments"]) < set(after["no_comments"])
    assert len(after["no_comments"]) == 3
