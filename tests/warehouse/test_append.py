"""A batch is in the warehouse completely and once, or not at all."""

import duckdb
import pytest

from tests.helpers.builders import NOW, make_analysis, make_article, make_batch
from transforms.records import Quotation
from warehouse.append import AppendCount, append_batch, append_waiting, ledger_count
from warehouse.connect import open_live
from warehouse.errors import BatchRefusedError
from warehouse.folder import DataFolder
from warehouse.spool import Batch, spool, spooled

TABLES = ("documents", "sources", "articles", "analyses", "quotations", "batches")
NASTY = [
    "Robert'); DROP TABLE articles;--",
    'a "quoted" name; SELECT 1',
    "\x1b]8;;https://example.org\x07click\x1b[2J",
    "back\\slash \\u0041 \t tab",
    "’“”\u202ereversed\u0000nul",
    "=HYPERLINK(1)",
    "\ud800 lone",
    "\ufffe\uffff\U0010ffff",
]


@pytest.fixture
def folder(tmp_path):
    return DataFolder(tmp_path)


@pytest.fixture
def con(folder):
    with open_live(folder, wait_s=0) as con:
        yield con


def counts(con):
    return {
        table: con.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES
    }


def make_quotation(text="We waited", **given):
    defaults = {
        "start": 0, "end": len(text), "text": text, "statement": text, "kind": "direct", "fragments": [],
        "speaker": "the mayor", "speaker_start": 0, "speaker_end": 9, "cue": "said",
        "cue_start": 10, "confidence": 0.9,
    }  # fmt: skip
    return Quotation(**defaults | given)


def two_articles(run_id="run-1"):
    return make_batch(
        make_analysis(make_article("The ferry sails.", url="https://example.org/ferry"),
                      quotations=[make_quotation()]),
        make_analysis(make_article("The bank waits.", url="https://example.org/bank")),
        run_id=run_id,
    )  # fmt: skip


def test_batch_is_appended_with_its_ledger_row(folder, con):
    batch = spool(two_articles(), folder.spool)
    count = append_batch(con, batch)
    assert count == AppendCount(seen=2, appended=2) == ledger_count(con, batch.head.batch_id)
    assert counts(con) == {
        "documents": 2, "sources": 1, "articles": 2, "analyses": 10, "quotations": 1, "batches": 1,
    }  # fmt: skip


def test_same_batch_again_adds_nothing(folder, con):
    batch = spool(two_articles(), folder.spool)
    append_batch(con, batch)
    before = counts(con)
    assert append_batch(con, batch) == AppendCount(seen=2, appended=2)
    assert counts(con) == before


def test_same_articles_in_another_batch_are_known(folder, con):
    append_batch(con, spool(two_articles(), folder.spool))
    before = counts(con)
    count = append_batch(con, spool(two_articles("run-2"), folder.spool))
    assert count == AppendCount(seen=2, known=2)
    assert counts(con) == before | {"batches": 2}


def test_changed_text_is_the_next_revision(folder, con):
    url = "https://example.org/ferry"
    for text in ("The ferry sails.", "The ferry sails again.", "The ferry sails."):
        append_batch(
            con, spool(make_batch(make_analysis(make_article(text, url=url))), folder.spool)
        )
    rows = con.execute(
        "SELECT revision, revision_cause, text FROM articles ORDER BY ALL"
    ).fetchall()
    assert rows == [(1, "first", "The ferry sails."), (2, "edited", "The ferry sails again.")]


STEPS = ("documents", "entities", "sources", "articles", "analyses", "quotations", "commit")


@pytest.mark.parametrize("failing", STEPS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_interrupted_batch_leaves_no_rows(folder, con, failing, error):
    batch = two_articles()
    batch.add({"entities": [make_entity()]})
    waiting = spool(batch, folder.spool)

    def on_step(step):
        if step == failing:
            raise error(step)

    with pytest.raises(error):
        append_batch(con, waiting, on_step=on_step)
    assert set(counts(con).values()) == {0}
    assert append_batch(con, waiting).appended == 2


def make_entity(**given):
    return {
        "entity_id": "e1", "name": "Ana Petrova", "kind": "person", "aliases": ["Petrova"],
    } | given  # fmt: skip


def written(text):
    """Return the text as stored: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode()


def test_every_column_stores_any_text(folder, con):
    analyses = [
        make_analysis(
            make_article(
                f"Text {number}: {written(text)}", url=f"https://example.org/{number}", title=text,
                authors=[text], agency=text, dateline=text, section=text, tags=[text],
                content_sha256=str(number), publisher=text, description=text, flags=[text],
            ),
            quotations=[make_quotation(text, speaker=text, speaker_name=text, speaker_role=text,
                                       cue=text)],
        )
        for number, text in enumerate(NASTY)
    ]  # fmt: skip
    batch = make_batch(*analyses)
    batch.add(
        {"entities": [make_entity(entity_id=text, name=text, aliases=[text]) for text in NASTY]}
    )
    count = append_batch(con, spool(batch, folder.spool))
    assert count.appended == len(NASTY)
    expected = sorted(written(text) for text in NASTY)
    for column, table in (("title", "articles"), ("authors[1]", "articles"), ("text", "quotations"),
                          ("speaker_name", "quotations"), ("name", "entities")):  # fmt: skip
        stored = con.execute(f"SELECT {column} FROM {table}").fetchall()
        assert sorted(value for (value,) in stored) == expected


def test_first_of_several_rows_of_an_entity_counts(folder, con):
    batch = two_articles()
    names = [f"Ana {number}" for number in range(3000)]
    batch.add({"entities": [make_entity(entity_id="n1-ana", name=name) for name in names]})
    batch.add({"entities": [make_entity(entity_id="n1-bo", name=name) for name in names[::-1]]})
    append_batch(con, spool(batch, folder.spool))
    stored = con.execute("SELECT entity_id, name FROM entities ORDER BY ALL").fetchall()
    assert stored == [("n1-ana", "Ana 0"), ("n1-bo", "Ana 2999")]


@pytest.mark.parametrize(
    ("table", "line"),
    [
        pytest.param("articles", b'{"article_id": "a1"', id="cut"),
        pytest.param("articles", b"no JSON at all\n", id="no-json"),
        pytest.param("documents", b'{"document_id": "d1", "fetched_at": "yesterday"}\n', id="type"),
        pytest.param("documents", b'{"document_id": "d1"}\n', id="null"),
        pytest.param("weather", b"{}\n", id="unknown-table"),
    ],
)
def test_unusable_batch_is_set_aside_and_the_others_are_appended(folder, con, table, line):
    bad = spool(two_articles(), folder.spool)
    (bad.path / f"{table}.ndjson").write_bytes(line)
    with pytest.raises(BatchRefusedError):
        append_batch(con, bad)
    good = spool(make_batch(make_analysis(make_article("The rain stopped."))), folder.spool)
    recovery = append_waiting(con, folder)
    assert recovery.appended == 1
    ((where, reason),) = recovery.refused
    assert reason
    assert where == folder.quarantine / "spool" / bad.path.name
    assert (where / f"{table}.ndjson").read_bytes() == line
    assert spooled(folder.spool) == []
    assert ledger_count(con, where.name) is None
    assert ledger_count(con, good.path.name) == AppendCount(seen=1, appended=1)


def test_annotations_without_their_articles_are_refused(folder, con):
    batch = Batch(run_id="run-1")
    batch.add({"analyses": [{"article_id": "a1", "analysed_at": NOW}]})
    with pytest.raises(BatchRefusedError, match="no table for its analyses"):
        append_batch(con, spool(batch, folder.spool))


def test_batch_that_another_process_dropped_is_skipped(folder, con, monkeypatch):
    batch = spool(two_articles(), folder.spool)
    monkeypatch.setattr("warehouse.append.spooled", lambda _: [batch])
    batch.remove()
    assert append_waiting(con, folder).appended == 0


def test_row_of_twenty_megabytes_is_appended(folder, con):
    text = "The minister spoke at length. " * 700_000
    append_batch(con, spool(make_batch(make_analysis(make_article(text))), folder.spool))
    assert con.execute("SELECT length(text) FROM articles").fetchone() == (len(text),)


def test_small_batch_needs_little_memory(folder, con):
    con.execute("SET memory_limit = '256MB'")
    assert append_batch(con, spool(two_articles(), folder.spool)).appended == 2


def test_instants_are_utc(folder, con):
    append_batch(con, spool(two_articles(), folder.spool))
    ((stored,),) = con.execute("SELECT DISTINCT fetched_at FROM documents").fetchall()
    assert stored == NOW
    assert stored.utcoffset().total_seconds() == 0


def test_fatal_error_is_raised_unchanged(folder, con, monkeypatch):
    batch = spool(two_articles(), folder.spool)

    def on_step(step):
        if step == "commit":
            con.close()
            raise duckdb.FatalException("FATAL Error: could not write")

    with pytest.raises(duckdb.FatalException, match="could not write"):
        append_batch(con, batch, on_step=on_step)
