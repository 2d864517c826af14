"""Who printed a statement first, who repeated it and who changed it."""

from datetime import UTC, datetime, timedelta

from flows.web.statement_history import UNNAMED, chosen_speaker, statement_history
from flows.web.word_changes import word_changes

START = datetime(2024, 6, 3, 7, tzinfo=UTC)
SAID = "We had twenty minutes to leave the house."


def printed(
    outlet, hours, statement=SAID, *, article=None, speaker="Karin Holt", precision="minute"
):
    at = START + timedelta(hours=hours)
    return {
        "article_id": article or outlet,
        "source_id": outlet,
        "statement": statement,
        "fingerprint": statement.lower().strip(".”“"),
        "speaker": speaker,
        "published_at": at,
        "published_on": at.date(),
        "published_precision": precision,
        "copied_article_id": None,
        "revision": 1,
        "newest_revision": 1,
    }


def test_appearances_are_first_same_or_changed():
    history = statement_history(
        [
            printed("a", 0),
            printed("b", 2, f"“{SAID}”"),
            printed("c", 30, "We had thirty minutes to leave."),
        ]
    )
    assert [(one.form, one.hours_later, one.wording) for one in history.appearances] == [
        ("first", 0, 1), ("same", 2, 1), ("changed", 30, 2),
    ]  # fmt: skip
    assert [wording.outlets for wording in history.wordings] == [["a", "b"], ["c"]]
    assert (history.wordings[1].changes.added, history.wordings[1].changes.cut) == (1, 3)


def test_article_that_has_it_twice_counts_once_with_the_longer_wording():
    history = statement_history([printed("a", 0, "We had twenty minutes"), printed("a", 0)])
    assert [one.row["statement"] for one in history.appearances] == [SAID]


def test_other_wording_with_the_same_words_is_no_change():
    other = printed("b", 1, "We had twenty minutes, to leave the house.")
    history = statement_history([printed("a", 0), other])
    assert [one.form for one in history.appearances] == ["first", "same"]


def test_first_is_sure_if_the_hours_of_its_day_are_known():
    assert statement_history([printed("a", 0), printed("b", 2)]).is_first_sure
    assert statement_history([printed("a", 0), printed("b", 30, precision="day")]).is_first_sure
    assert not statement_history([printed("a", 0), printed("b", 2, precision="day")]).is_first_sure


def test_statement_of_an_unknown_time_has_no_hours():
    unknown = printed("b", 0) | {"published_at": None, "published_on": None}
    assert statement_history([printed("a", 0), unknown]).appearances[1].hours_later is None


def test_last_names_and_full_names_are_one_speaker():
    rows = [
        printed("a", 0),
        printed("b", 1, speaker="Holt"),
        printed("c", 2, speaker="Edwin Prast"),
        printed("d", 2, speaker=None),
    ]
    mine, others = chosen_speaker(rows, "")
    assert [row["source_id"] for row in mine] == ["a", "b"]
    assert sorted(others) == [("", 1), ("Edwin Prast", 1)]
    assert [row["source_id"] for row in chosen_speaker(rows, "Edwin Prast")[0]] == ["c"]
    assert [row["source_id"] for row in chosen_speaker(rows, UNNAMED)[0]] == ["d"]
    assert [row["source_id"] for row in chosen_speaker(rows, "Nobody")[0]] == ["a", "b"]


def test_pieces_of_a_change_have_blanks_between_words():
    found = word_changes("Whoever struck that match will not sleep", "that he would not sleep")
    shown = "".join(f"{piece.gap}{piece.text}" for piece in found.pieces)
    assert shown == "Whoever struck that match will he would not sleep"
