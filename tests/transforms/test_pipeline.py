"""The table of transforms, and runs of single transforms."""

from dataclasses import replace

import pytest

from flows.seeds import load_lexicon
from tests.helpers.builders import NOW, make_article
from transforms.pipeline import (
    ANNOTATIONS,
    TRANSFORMS,
    VERSIONS,
    annotate,
    annotate_with,
    with_dependents,
)

LEXICON = load_lexicon()
TEXT = "Ana Ruiz met the striking unions at the parliament on Monday.\n“We will not sign this contract,” Ruiz said."


def test_each_transform_comes_after_those_that_it_needs():
    names = [transform.name for transform in TRANSFORMS]
    assert len(names) == len(set(names))
    for place, transform in enumerate(TRANSFORMS):
        assert set(transform.needs) <= set(names[:place])


def test_versions_name_cleaning_and_each_transform():
    assert set(VERSIONS) == {"clean"} | ANNOTATIONS
    assert {"mentions", "quotations", "dates", "keyphrases", "topics"} == ANNOTATIONS


@pytest.mark.parametrize(
    ("stale", "expected"),
    [
        pytest.param(set(), set(), id="none"),
        pytest.param({"clean"}, {"clean", *ANNOTATIONS}, id="clean"),
        pytest.param({"mentions"}, {"mentions", "quotations", "keyphrases"}, id="needed"),
        pytest.param({"dates"}, {"dates"}, id="needed-by-none"),
    ],
)
def test_transforms_that_must_run_again(stale, expected):
    assert with_dependents(stale) == expected


@pytest.mark.parametrize("name", sorted(ANNOTATIONS))
def test_single_transform_finds_the_same_as_in_a_full_run(name):
    whole = annotate(make_article(TEXT), LEXICON, now=NOW)
    alone = annotate_with(whole.article, LEXICON, {name}, names=whole.mentions)
    assert getattr(alone, name) == getattr(whole, name) != ()
    others = ANNOTATIONS - {name}
    assert all(getattr(alone, other) == () for other in others)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"declared_region": "GB"}, "2024-05-04", id="declared"),
        pytest.param({"url": "https://brindle-post.co.uk/1"}, "2024-05-04", id="address"),
        pytest.param({"url": "https://brindle-post.example/1"}, "2024-04-05", id="neither"),
    ],
)
def test_dates_in_figures_follow_the_region_of_the_page(facts, expected):
    article = replace(make_article("The stalls are at the pier: 04/05/2024."), **facts)
    assert [date.value for date in annotate(article, LEXICON, now=NOW).dates] == [expected]
