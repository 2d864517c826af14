"""The rows of the sample articles: statements, speakers, roles, dates, revisions."""

from datetime import date
from pathlib import Path

import pytest

from flows.jobs.load import load_files
from flows.settings import read_settings
from warehouse.connect import open_snapshot

ARTICLES = Path(__file__).resolve().parents[3] / "seeds" / "articles"


@pytest.fixture(scope="module")
def con(tmp_path_factory):
    settings = read_settings(data=tmp_path_factory.mktemp("samples"))
    load_files([ARTICLES], settings)
    with open_snapshot(settings.folder) as con:
        yield con


def of(con, file, columns, table, where="true"):
    return con.execute(
        f"SELECT {columns} FROM {table} AS t JOIN articles AS a USING (article_id, revision)"
        f" JOIN documents AS d USING (document_id) WHERE d.path LIKE '%{file}%' AND {where}"
        " ORDER BY t.start_char"
    ).fetchall()


def test_speaker_under_three_names_is_one_person_in_one_role(con):
    found = of(con, "01-nato", "t.speaker_text, t.speaker_name, t.speaker_role", "latest_quotations",
               "t.kind <> 'indirect' AND t.speaker_name IS NOT NULL")  # fmt: skip
    assert {"the head of the Alliance", "Stoltenberg", "He"} <= {row[0] for row in found}
    assert {row[1:] for row in found} == {("Jens Stoltenberg", "NATO Secretary General")}


def test_undated_text_gives_its_day_and_dates_relative_to_it(con):
    assert con.execute(
        "SELECT published_on, published_from FROM articles JOIN documents USING (document_id)"
        " WHERE path LIKE '%01-nato%'"
    ).fetchall() == [(date(2023, 11, 28), "text")]
    values = {
        text.lower(): value
        for text, value in of(con, "01-nato", "t.text, t.value", "latest_date_mentions")
    }
    assert values["tuesday, november 28"] == "2023-11-28"
    assert values["next summer"] == "2024-SU"
    assert values["this week"] == "2023-W48"
    assert values["the following day"] == "2023-11-29"


def test_the_alliance_is_nato(con):
    forms = con.execute("SELECT DISTINCT text FROM mentioned WHERE name = 'NATO'").fetchall()
    assert {"NATO", "Alliance"} <= {text for (text,) in forms}


def test_quotation_over_three_paragraphs_is_one_row(con):
    [(text, speaker)] = of(con, "03-ferry", "t.text, t.speaker_text", "latest_quotations",
                           "t.text LIKE 'Nobody can steer%'")  # fmt: skip
    assert text.endswith("chosen not to read them.")
    assert speaker == "the head of the union"


def test_interrupted_quotation_with_a_pronoun_as_speaker_is_resolved(con):
    [(statement, text, name)] = of(con, "03-ferry", "t.statement, t.speaker_text, t.speaker_name",
                                   "latest_quotations", "t.text LIKE 'Our offer%'")  # fmt: skip
    assert statement == (
        "Our offer is on the table … It has been there since December 20, and nobody has picked it up."
    )
    assert (text, name) == ("he", "Edwin Tarrick")


def test_updated_article_gains_a_revision_that_the_views_show(con):
    titles = con.execute(
        "SELECT revision, revision_cause, left(title, 13) FROM articles"
        " WHERE article_id = (SELECT article_id FROM articles WHERE revision = 2) ORDER BY revision"
    ).fetchall()
    assert titles == [(1, "first", "Hundreds leav"), (2, "edited", "Water recedes")]
    speakers = {row[0] for row in con.execute("SELECT speaker FROM said").fetchall()}
    assert "Katarina Lovrekov" in speakers
    gone = con.execute("SELECT count(*) FROM said WHERE statement LIKE 'We expect the highest%'")
    assert gone.fetchone() == (0,)


def test_syndicated_quotation_is_found_in_both_sources(con):
    reused = con.execute(
        "SELECT articles, sources, first_source_id FROM quotation_reuse"
        " WHERE statement LIKE 'Measles finds every child%'"
    ).fetchall()
    assert reused == [(2, 2, "harbour-times.example")]


def test_other_languages_are_recognized_and_their_quotations_found(con):
    languages = {row[0] for row in con.execute("SELECT DISTINCT language FROM articles").fetchall()}
    assert languages == {"de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "uk"}
    [(speaker,)] = con.execute(
        "SELECT speaker FROM said WHERE statement LIKE 'In einen Zug passen%'"
    ).fetchall()
    assert speaker == "Uwe Tammling"
