"""How much two publishers overlap: the stories that both cover."""

import pytest

from tests.helpers.linked import load_linked, rows_of
from tests.helpers.stories import make_story

FLOOD_TEXT = (
    "Dam fails above Aldersund\nThe dam above Aldersund failed before dawn, and the river carried"
    " sheds, fences and a milk lorry into the lower streets of Aldersund, {outlet} reports. Marit"
    " Holm asked everybody to stay upstairs."
)
MATCH_TEXT = (
    "Penalty decides cup final in Brennick\nBrennick Rovers won the cup with a late penalty by Olaf"
    " Trane, while the goalkeeper from Brennick saved two shots in extra time, writes {outlet}."
)
ORGAN_TEXT = (
    "Organ of Corvedale is heard again\nThe restored organ of Corvedale with its three thousand"
    " pipes was played by Ida Moss for the first time since the winter storm, says {outlet}."
)
FLOOD = (FLOOD_TEXT, ("Aldersund", "place"), ("Marit Holm", "person"))
MATCH = (MATCH_TEXT, ("Brennick", "place"), ("Olaf Trane", "person"))
ORGAN = (ORGAN_TEXT, ("Corvedale", "place"), ("Ida Moss", "person"))


def told(event, outlet, *, day="2024-06-30", number=1):
    text, *named = event
    return make_story(
        text.format(outlet=outlet),
        url=f"https://{outlet}.example/{text.partition(' ')[0]}-{number}".lower(),
        day=day,
        named=named,
    )


def overlap(folder):
    return rows_of(
        folder,
        "SELECT source_id[1], other_source_id[1], shared_stories, stories, other_stories,"
        " round(jaccard, 2) FROM outlet_overlap ORDER BY ALL",
    )


def test_outlets_overlap_by_the_stories_that_both_cover(tmp_path):
    folder = load_linked(
        tmp_path,
        [
            *[told(FLOOD, outlet) for outlet in "abc"],
            *[told(MATCH, outlet) for outlet in "ac"],
            told(ORGAN, "b"),  # nobody else has this story
            told(FLOOD, "a", number=2),  # a second article is no second story
        ],
    )
    assert overlap(folder) == [
        ("a", "b", 1, 2, 1, 0.5),
        ("a", "c", 2, 2, 2, 1.0),
        ("b", "c", 1, 1, 2, 0.5),
    ]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        pytest.param("2024-06-03", [("a", "b", 1, 1, 1, 1.0)], id="27-days-before"),
        pytest.param("2024-06-02", [], id="28-days-before"),
    ],
)
def test_only_the_newest_28_days_are_compared(day, found, tmp_path):
    folder = load_linked(
        tmp_path,
        [told(FLOOD, "a", day=day), told(FLOOD, "b", day=day), told(ORGAN, "c")],
    )
    assert overlap(folder) == found


def test_day_in_the_future_is_not_the_newest(tmp_path):
    folder = load_linked(
        tmp_path,
        [told(FLOOD, "a"), told(FLOOD, "b"), told(ORGAN, "c", day="2999-01-01")],
    )
    assert overlap(folder) == [("a", "b", 1, 1, 1, 1.0)]
