from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from flows.seeds import load_lexicon
from transforms.dating.dates import find_dates
from transforms.dating.publication_day import infer_published_on
from transforms.lexicon import Lexicon
from transforms.pipeline import annotate
from transforms.records import Article

NOW = datetime(2026, 11, 23, tzinfo=UTC)
# A report as an agency sends it, without a URL and without a year.
UNDATED = """\
The Harbor Council has approved its first plan against floods, its chair Ona Reisz said.
Reisz told reporters in Larch Crossing that the gates would be raised. "Today the members
adopted a plan that we needed for ten years," she said.
During the session on Tuesday, November 28, the members also spoke of the regatta next summer.
The meetings of the harbor towns, which end this week, are to confirm the plan.
More news
"""


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_lexicon()


def inferred(text: str, lexicon: Lexicon, now: datetime = NOW, language: str = "en"):
    return infer_published_on(text, lexicon.vocabularies, now=now, language=language)


def test_weekday_and_day_give_the_latest_year_that_fits(lexicon):
    day, confidence = inferred(UNDATED, lexicon)
    assert day == date(2023, 11, 28)
    assert confidence < 0.8


def test_relative_expressions_are_anchored_on_the_inferred_day(lexicon):
    article = Article(
        article_id="a",
        document_id="d",
        title=None,
        text=UNDATED,
        content_sha256="",
        text_sha256="",
        extractor="plain",
        extractor_version="1",
        language="en",
    )
    analysis = annotate(article, lexicon, now=NOW)
    assert analysis.article.published_from == "text"
    assert analysis.article.published_precision == "day"
    assert 0 < (analysis.article.published_confidence or 0) < 0.8
    found = {mention.text: mention.value for mention in analysis.dates}
    assert found == {
        "Today": "2023-11-28",
        "ten years": "P10Y",
        "Tuesday, November 28": "2023-11-28",
        "next summer": "2024-SU",
        "this week": "2023-W48",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "AREN, May 2, 2024 (Meridian) - The bank kept rates on Thursday. It meets on June 20.",
            date(2024, 5, 2),
            id="dateline",
        ),
        pytest.param(
            "BRUSSELS, Nov 28 (Meridian) - Ministers met on Tuesday.",
            date(2025, 11, 28),
            id="dateline-without-year",
        ),
        pytest.param(
            "The mill\n3 March 2021\nThe mill burned down.", date(2021, 3, 3), id="own-line"
        ),
        pytest.param(
            "He was arrested on 3 May 2022 and released on 9 May 2022.", date(2022, 5, 9), id="last"
        ),
        pytest.param(
            "The fair opened on 3 May 2022 and will close on 9 June 2022.",
            date(2022, 5, 3),
            id="not-the-coming-one",
        ),
        pytest.param("The fair will open on 9 June 2030.", None, id="only-the-future"),
        pytest.param("The mill burned down in spring, years ago.", None, id="no-day"),
        pytest.param("They met on Monday, February 29.", date(2016, 2, 29), id="leap-day"),
    ],
)
def test_publication_day_is_the_last_day_of_the_narrative(text, expected, lexicon):
    found = inferred(text, lexicon)
    assert (found and found[0]) == expected


def test_dateline_has_more_confidence_than_a_day_without_year(lexicon):
    with_year = inferred("AREN, May 2, 2024 (Meridian) - It rained.", lexicon)
    without = inferred("It rained on May 2.", lexicon)
    assert with_year[1] > without[1]


def test_later_years_in_the_text_lower_the_confidence(lexicon):
    plain = inferred("The inn burned down on May 2, 1995.", lexicon)
    later = inferred("The inn burned down on May 2, 1995. It was sold in 2019.", lexicon)
    assert later[1] < plain[1]


def test_publication_day_is_found_in_other_languages(lexicon):
    text = "LYON, vendredi 26 avril 2024 – Les libraires se sont réunis."
    assert inferred(text, lexicon, language="fr")[0] == date(2024, 4, 26)


def test_first_days_of_the_calendar_raise_no_error(lexicon):
    now = datetime(1, 1, 2, tzinfo=UTC)
    assert inferred("It rained on Tuesday, November 28.", lexicon, now=now) is None


def test_known_publication_is_kept(lexicon):
    published_at = datetime(2024, 3, 6, tzinfo=UTC)
    found = find_dates("Today", lexicon.vocabularies, published_at=published_at)
    assert [mention.value for mention in found] == ["2024-03-06"]


def test_day_of_a_timetable_does_not_compete_with_a_narrated_day(lexicon):
    text = (
        "She spoke to the paper on Wednesday, June 12, 2024.\n"
        "If the ferry keeps to the timetable, it calls here on Friday, June 28, for the last time."
    )
    assert inferred(text, lexicon)[0] == date(2024, 6, 12)
