from datetime import timedelta

import pytest

from tests.helpers.reports import (
    CLEANING,
    FIRST_DAY,
    FLOOD,
    TRIAL,
    content,
    frequencies,
    report,
)
from transforms.grouping.stories import Story, StoryIndex
from transforms.grouping.story_reviews import Member, review
from transforms.grouping.vectors import Vector, count_terms, keys_of, similarity, weigh


def stories_of(*reports):
    index = StoryIndex()
    for one in reports:
        index.add(one)
    return [index.story_of(joined.story).key for joined in index.joined]


def test_article_of_the_next_day_joins_the_story():
    assert stories_of(report("flood", FLOOD), report("cleaning", CLEANING, day=1)) == [
        "s1-flood",
        "s1-flood",
    ]


def test_article_about_another_event_begins_a_story():
    assert stories_of(report("flood", FLOOD), report("trial", TRIAL)) == ["s1-flood", "s1-trial"]


def test_same_words_with_other_names_are_another_event():
    elsewhere = (FLOOD[0].replace("Torne", "Lysa").replace("Aveling", "Marsby"), ("Lysa", "Marsby"))
    assert stories_of(report("flood", FLOOD), report("other", elsewhere)) == [
        "s1-flood",
        "s1-other",
    ]


FAIR = (
    "Forty stalls of honey, cheese or candles opened on a meadow this morning; children rode ponies",
    ("Aveling", "Ruth Sandling"),
)
THEFT = (
    "Thieves took copper from chapel roofs by lorry one morning; nobody heard their ladders or saws",
    ("Aveling", "Ruth Sandling"),
)


def test_two_matters_of_one_town_and_its_mayor_are_two_stories():
    assert stories_of(report("fair", FAIR), report("theft", THEFT)) == ["s1-fair", "s1-theft"]


def test_short_reports_with_more_names_in_common_need_few_words():
    more = ("Lower Meadow", "Karin Holt", "Edwin Prast")
    one, other = ((words, (*names, *more)) for words, names in (FAIR, THEFT))
    assert stories_of(report("one", one), report("other", other)) == ["s1-one", "s1-one"]


def test_story_is_closed_after_days_without_an_article():
    assert stories_of(report("flood", FLOOD), report("again", FLOOD, day=6)) == [
        "s1-flood",
        "s1-again",
    ]


def test_older_article_that_is_loaded_later_joins_too():
    assert stories_of(report("flood", FLOOD), report("before", CLEANING, day=-2)) == [
        "s1-flood",
        "s1-flood",
    ]


def test_copies_share_a_story_however_late_and_do_not_open_it_again():
    index = StoryIndex()
    index.add(report("flood", FLOOD, cluster="a1-flood"))
    late = index.add(report("late", TRIAL, day=60, cluster="a1-flood"))
    assert (late.story, late.is_copy) == ("s1-flood", True)
    assert index.stories["s1-flood"].last_at == FIRST_DAY
    assert index.stories["s1-flood"].texts == 1


def test_stories_of_copies_become_one_and_the_older_key_stays():
    index = StoryIndex(clusters={"a1-flood": ["s1-trial", "s1-flood"]})
    for key, told, day in (("flood", FLOOD, 0), ("trial", TRIAL, 1)):
        index.add(report(key, told, day=day))
    index.add(report("copy", FLOOD, day=2, cluster="a1-flood"))
    assert index.stories["s1-trial"].into == "s1-flood"
    assert index.story_of("s1-trial").texts == 2


def test_article_that_is_like_two_alike_stories_makes_them_one():
    flood = report("flood", FLOOD)
    index = StoryIndex(
        {key: ["s1-early", "s1-late"] for key in flood.keys},
        [
            Story(
                key=f"s1-{key}", first_at=at, last_at=at, vector=flood.vector, central=f"a1-{key}"
            )
            for key, at in (("late", FIRST_DAY), ("early", FIRST_DAY - timedelta(days=1)))
        ],
    )
    index.add(flood)
    assert index.stories["s1-late"].into == "s1-early"
    assert index.joined[0].story == "s1-early"


def test_report_of_a_year_is_a_chain_of_stories_of_a_month():
    index = StoryIndex()
    for day in range(365):
        index.add(report(day, CLEANING if day % 2 else FLOOD, day=day))
    chain = sorted(index.stories.values(), key=lambda story: story.first_at)
    assert 12 <= len(chain) <= 13
    assert all(story.last_at - story.first_at <= timedelta(days=30) for story in chain)
    assert [story.follows for story in chain] == [None, *(story.key for story in chain[:-1])]
    assert all(len(story.vector.words) <= 120 for story in chain)


def test_people_and_places_are_counted_by_text():
    index = StoryIndex()
    for key, told in (("flood", FLOOD), ("cleaning", CLEANING)):
        index.add(report(key, told))
    story = index.stories["s1-flood"]
    assert (
        story.places.most_common() == [("Torne", 2), ("Aveling", 2)] or story.places["Torne"] == 2
    )
    assert (story.people["Edwin Prast"], story.people["Karin Holt"]) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("Advertisement", id="one-word"),
        pytest.param("12 34 5", id="figures"),
        pytest.param("\ud800 \x00", id="no-words"),
    ],
)
def test_texts_that_say_nothing_share_no_story(text):
    assert len({*stories_of(*(report(number, (text, ())) for number in range(50)))}) == 50


def test_texts_of_page_furniture_share_no_story():
    furniture = (
        "Please subscribe to our newsletter and accept cookies before you continue reading this"
        " page with every advantage that members enjoy"
    )
    texts = [content(f"{furniture} {number}") for number in range(300)]
    rates = frequencies(*texts, others=3000)
    reports = [report(number, (text.text, ()), rates=rates) for number, text in enumerate(texts)]
    assert len({*stories_of(*reports)}) == 300


def test_the_same_article_two_thousand_times_is_one_story_with_few_keys():
    index = StoryIndex()
    for number in range(2000):
        index.add(report(number, FLOOD, day=number / 2000))
        assert len(index.candidates(report("next", FLOOD))) <= 1
    assert {joined.story for joined in index.joined} == {"s1-0"}
    assert len(index.new_keys) <= 20


def test_article_is_compared_with_few_stories():
    flood = report("flood", FLOOD)
    index = StoryIndex({key: [f"s1-{number}" for number in range(500)] for key in flood.keys})
    assert len(index.candidates(flood)) == 12


def members(told, keys, *, day=0):
    return [
        Member(key=key, at=FIRST_DAY + timedelta(days=day), vector=report(key, told).vector)
        for key in keys
    ]


def test_story_that_drifted_apart_is_split_and_the_older_part_stays():
    stays, part = review([*members(TRIAL, "def", day=1), *members(FLOOD, "abc")])
    assert [member.key for member in stays.members] == ["a", "b", "c"]
    assert [member.key for member in part.members] == ["d", "e", "f"]


@pytest.mark.parametrize("odd", [1, 2])
def test_odd_articles_do_not_split_a_story(odd):
    _, part = review([*members(FLOOD, "abcdef"), *members(TRIAL, "xyz"[:odd])])
    assert part is None


def test_story_of_one_event_is_not_split():
    assert review([*members(FLOOD, "abc"), *members(CLEANING, "def", day=1)])[1] is None


def test_split_part_is_found_by_new_articles():
    index = StoryIndex()
    index.add(report("flood", FLOOD))
    stays, part = review([*members(FLOOD, "abc"), *members(TRIAL, "def", day=1)])
    assert part is not None
    new = index.split("s1-flood", stays, part)
    assert new.key == "s1-d-1"
    assert index.add(report("trial", TRIAL, day=2)).story == new.key


def test_central_article_is_like_all_others():
    stays, _ = review([*members(TRIAL, "x"), *members(FLOOD, "ab"), *members(CLEANING, "c")])
    assert stays.central in ("a", "b")


def test_terms_of_languages_without_blanks_are_pairs_of_characters():
    counted = count_terms(content("河川が氾濫した"))
    assert len(counted.words) == 6


def test_similarity_needs_words_and_names():
    words, names = {2: 1.0}, {3: 1.0}
    assert similarity(Vector(words, names), Vector(words, {5: 1.0})) == 0
    assert similarity(Vector(words, names), Vector({4: 1.0}, names)) < 0.2
    assert similarity(Vector(words, {}), Vector(words, names)) == 1


def test_terms_that_most_texts_have_are_no_keys():
    texts = [content(*FLOOD), *(content("The market and the river at night") for _ in range(200))]
    rates = frequencies(*texts)
    vector = weigh(count_terms(texts[0]), rates)
    common = count_terms(content("market river night")).terms
    assert not common & {*keys_of(vector, rates)}


def test_texts_without_names_are_grouped_by_their_words():
    texts = [content(told[0]) for told in (FLOOD, CLEANING, TRIAL)]
    rates = frequencies(*texts, others=500)
    reports = [
        report(key, (text.text, ()), rates=rates)
        for key, text in zip(("flood", "cleaning", "trial"), texts, strict=True)
    ]
    assert stories_of(*reports) == ["s1-flood", "s1-flood", "s1-trial"]
