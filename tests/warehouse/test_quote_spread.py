"""One statement followed through every outlet, in each of its wordings."""

import pytest

from tests.helpers.linked import load_linked, rows_of
from tests.helpers.stories import make_story
from warehouse.connect import open_live

WHOLE = "We had twenty minutes to get people out of their beds and into the boats before the bridge fell"
CUT = "We had twenty minutes to get people out of their beds and into the boats"
JOINED = "We had twenty minutes to get people out of their beds … before the old bridge fell"
OTHER = "The floors are soft and the gas is still off in every second street of the town"


def quoting(host, day, statement, *, hour=0, speaker="Karin Holt", act="speech", kind="direct"):
    return make_story(
        f"News of {host}\n“{statement},” said {speaker}.",
        url=f"https://{host}.example/1",
        day=day,
        hour=hour,
        said=[
            (statement, speaker, None, kind,
             {"act": act, "fingerprint": f"q1-{statement.lower().replace(' ', '-')}"})
        ],
    )  # fmt: skip


SPREAD = [
    [quoting("a", "2024-06-03", WHOLE, hour=7), quoting("b", "2024-06-03", WHOLE, hour=9)],
    [
        quoting("c", "2024-06-04", CUT),
        quoting("d", "2024-06-04", JOINED, hour=1, speaker="Holt"),
        quoting("e", "2024-06-05", WHOLE, speaker="Edwin Prast"),
        quoting("f", "2024-06-05", OTHER),
        quoting("g", "2024-06-13", CUT.replace("boats", "buses")),
        quoting("h", "2024-06-05", CUT.replace("We", "They"), act="attitude"),
    ],
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = load_linked(tmp_path_factory.mktemp("spread"), *SPREAD)
    with open_live(folder) as con:
        con.execute(
            "UPDATE documents SET warc_file = 'a.warc.gz', warc_offset = 7 WHERE source_id = 'c.example'"
        )
    return folder


def test_statement_is_followed_through_all_wordings_of_its_speaker(folder):
    rows = rows_of(
        folder,
        "SELECT source_id, appearance, appearances, hours_later, cut_words, added_words"
        " FROM quote_spread ORDER BY appearance",
    )
    assert rows == [
        ("a.example", 1, 4, 0, [], []),
        ("b.example", 2, 4, 2, [], []),
        ("c.example", 3, 4, 17, ["before", "bridge", "fell"], []),
        ("d.example", 4, 4, 18, ["and", "into", "boats"], ["old"]),
    ]


def test_each_appearance_has_its_wording_and_the_first_one(folder):
    rows = rows_of(
        folder,
        "SELECT speaker, statement, first_statement, url FROM quote_spread WHERE appearance = 4",
    )
    assert rows == [("Holt", JOINED, WHOLE, "https://d.example/1")]


def test_appearance_leads_to_the_archived_bytes(folder):
    rows = rows_of(folder, "SELECT warc_file, warc_offset FROM quote_spread WHERE appearance = 3")
    assert rows == [("a.warc.gz", 7)]


def test_first_appearance_is_the_earliest_even_if_it_was_loaded_last(tmp_path):
    folder = load_linked(
        tmp_path,
        [quoting("late", "2024-06-04", CUT)],
        [quoting("early", "2024-06-03", WHOLE)],
    )
    rows = rows_of(
        folder, "SELECT source_id, first_statement FROM quote_spread ORDER BY appearance"
    )
    assert rows == [("early.example", WHOLE), ("late.example", WHOLE)]


@pytest.mark.parametrize(
    ("told", "appearances"),
    [
        pytest.param("the town had been warned by nobody, that the bells were silent and that they had"
                     " “twenty minutes to get people out of their beds”", 2, id="long-enough"),
        pytest.param("the town had been warned by nobody, that the bells were silent and that they had"
                     " “twenty minutes” and no boat", 0, id="too-short"),
    ],
)  # fmt: skip
def test_of_an_outlets_own_words_only_the_quoted_ones_are_compared(told, appearances, tmp_path):
    folder = load_linked(
        tmp_path,
        [quoting("a", "2024-06-03", WHOLE)],
        [quoting("b", "2024-06-04", told, kind="mixed")],
    )
    assert rows_of(folder, "SELECT count(*) FROM quote_spread") == [(appearances,)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            "We will not pay for it", "We will not sign the paper that you sent", id="short"
        ),
        pytest.param(WHOLE, OTHER, id="other-words"),
        pytest.param(
            "I think that we will have to see what comes of it in the end",
            "I think that we will have to close the school and sell the house",
            id="same-beginning",
        ),
    ],
)
def test_statements_that_share_a_few_words_are_not_the_same(one, other, tmp_path):
    folder = load_linked(
        tmp_path, [quoting("a", "2024-06-03", one), quoting("b", "2024-06-03", other)]
    )
    assert rows_of(folder, "SELECT count(*) FROM quote_spread") == [(0,)]
