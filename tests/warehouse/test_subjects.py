import pytest

from tests.helpers.stories import append_stories
from tests.helpers.subjects import LAST_DAY, append_five_weeks, unusual
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.trending import TrendQuestion, read_trending


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = DataFolder(tmp_path_factory.mktemp("subjects"))
    with open_live(folder) as con:
        append_five_weeks(con, folder)
    publish(folder)
    return folder


def ask(folder, sql):
    with open_live(folder) as con:
        return con.execute(sql).fetchall()


def test_each_kind_of_subject_is_trending_and_what_is_usual_is_not(folder):
    found = read_trending(folder, TrendQuestion())
    assert sorted((row["kind"], row["name"], row["articles"], row["sources"]) for row in found) == [
        ("entity", "Aldersund", 4, 4),
        ("phrase", "dam failure", 4, 4),
        ("speaker", "Marit Holm", 4, 4),
    ]
    assert {row["articles_before"] for row in found} == {0}
    assert {(row["starts_on"], row["ends_on"]) for row in found} == {(LAST_DAY, LAST_DAY)}


def test_score_is_the_log_likelihood_ratio_of_dunning(folder):
    # 4 of 8 texts against 0 of 112: 2 * (4 ln(4 / .267) + 4 ln(4 / 7.733) + 112 ln(112 / 108.267))
    (row,) = read_trending(folder, TrendQuestion(kind="phrase"))
    assert row["score"] == pytest.approx(23.98, abs=0.01)


def test_seven_days_are_compared_with_the_28_days_before_them(folder):
    (row,) = read_trending(folder, TrendQuestion(kind="speaker", days=7))
    assert (row["articles"], row["mean_before"], str(row["starts_on"])) == (4, 0.0, "2024-06-24")


def test_another_day_can_be_asked_for(folder):
    assert read_trending(folder, TrendQuestion(on=LAST_DAY.replace(day=29))) == []
    newest = read_trending(folder, TrendQuestion(on=LAST_DAY))
    assert newest == read_trending(folder, TrendQuestion())
    names = ask(folder, "SELECT name FROM trending WHERE days = 1 ORDER BY kind")
    assert names == [("Aldersund",), ("dam failure",), ("Marit Holm",)]


def test_first_day_of_a_warehouse_has_nothing_to_compare_with(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_stories(con, folder.spool, *[unusual(f"outlet{n}.example") for n in range(4)])
        assert con.execute("SELECT count(*) FROM trending").fetchall() == [(0,)]


def test_copies_of_a_text_count_once(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder) as con:
        append_five_weeks(con, folder)
        ids = con.execute(
            "SELECT article_id FROM articles WHERE title LIKE 'Dam fails%' ORDER BY source_id"
        ).fetchall()
        first = ids[0][0]
        for (copy,) in ids[1:]:
            con.execute(
                "INSERT INTO copies VALUES (?, 1, ?, ?, 1, 1, 0, 0, [], [], 1, 'b1')",
                [copy, first, first],
            )
        assert con.execute("SELECT count(*) FROM trending").fetchall() == [(0,)]


def test_topics_of_a_day_have_counts_and_shares(folder):
    sql = (
        "SELECT topic_code, articles, share, sources FROM topics_daily"
        f" WHERE published_on = '{LAST_DAY}' ORDER BY topic_code"
    )
    assert ask(folder, sql) == [("03000000", 4, 0.5, 4), ("11000000", 4, 0.5, 4)]


def test_topic_keeps_its_evidence(folder):
    sql = "SELECT DISTINCT evidence[1].term, evidence[1].start_char FROM latest_topics"
    assert ask(folder, sql) == [("ferry", None)]


def test_keyphrase_is_at_its_place_in_the_text(folder):
    wrong = (
        "SELECT count(*) FROM latest_keyphrases AS k JOIN articles USING (article_id, revision)"
        " WHERE substr(articles.text, start_char + 1, end_char - start_char) <> phrase"
    )
    assert ask(folder, wrong) == [(0,)]
