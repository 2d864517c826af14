"""Publication instants: notations, sources, time zones, and other dates."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.pages import PARAGRAPHS, article_of, boilerplate, make_page
from transforms.cleaning.instants import read_instant
from transforms.cleaning.shown_days import read_day


@pytest.mark.parametrize(
    ("text", "instant", "precision"),
    [
        ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09+00:00", "second"),
        ("2024-05-06T07:08:09.123+02:00", "2024-05-06T07:08:09+02:00", "second"),
        ("2024-05-06T07:08+0530", "2024-05-06T07:08:00+05:30", "minute"),
        ("2024-05-06 07:08:09 -04", "2024-05-06T07:08:09-04:00", "second"),
        ("2024-05-06 07:08:09", "2024-05-06T07:08:09+00:00", "second"),
        ("2024-05-06", "2024-05-06T00:00:00+00:00", "day"),
        ("2024/5/6", "2024-05-06T00:00:00+00:00", "day"),
        ("20240506", "2024-05-06T00:00:00+00:00", "day"),
        ("20240506T070809Z", "2024-05-06T07:08:09+00:00", "second"),
        ("1714979289", "2024-05-06T07:08:09+00:00", "second"),
        ("1714979289000", "2024-05-06T07:08:09+00:00", "second"),
        ("Mon, 06 May 2024 07:08:09 GMT", "2024-05-06T07:08:09+00:00", "second"),
        ("May 6, 2024 7:08 p.m.", "2024-05-06T19:08:00+00:00", "minute"),
        ("6th May 2024", "2024-05-06T00:00:00+00:00", "day"),
        ("06.05.2024, 07:08", "2024-05-06T07:08:00+00:00", "minute"),
    ],
)
def test_notation_is_read(text, instant, precision):
    assert read_instant(text) == (datetime.fromisoformat(instant), precision, False)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("Mon, 06 May 2024 01:30:00 MEST", "2024-05-06T01:30:00+02:00"),
        ("2024-05-06 01:30:00 ART", "2024-05-06T01:30:00-03:00"),
        ("May 6, 2024 1:30 PMST", "2024-05-06T01:30:00-03:00"),
        ("May 6, 2024 at 1:30 p.m. EDT", "2024-05-06T13:30:00-04:00"),
        ("May 6, 2024 1:30 PM", "2024-05-06T13:30:00+00:00"),
        ("06.05.2024, 01:30 (WEST)", "2024-05-06T01:30:00+01:00"),
    ],
)
def test_abbreviation_of_a_zone_is_read(text, instant):
    found = read_instant(text, boilerplate().zones)
    assert (found.at, found.is_zone_assumed) == (datetime.fromisoformat(instant), False)


@pytest.mark.parametrize("zone", ["IST", "XQZT", "ET"])
def test_time_in_an_unknown_or_ambiguous_zone_only_gives_the_day(zone):
    html = page(meta=f"2024-05-06 23:30:00 {zone}")
    article = article_of(html)
    assert article.published_at == datetime(2024, 5, 6, tzinfo=UTC)
    assert article.published_precision == "day"
    assert article.published_confidence < 1
    assert "zone_assumed" in article.flags


def test_assumed_zone_of_a_feed_is_a_doubt_about_the_article():
    given = {
        "published_at": datetime(2024, 5, 1, 8, tzinfo=UTC),
        "published_from": "feed",
        "published_confidence": 0.8,
    }
    article = article_of(page(), **given)
    assert article.published_confidence == 0.8
    assert "zone_assumed" in article.flags


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://herald.example/2024/05/06/quay", "2024-05-06"),
        ("https://herald.example/news/2024-05-06-quay", "2024-05-06"),
        ("https://herald.example/2024/5/6", "2024-05-06"),
        ("https://herald.example/20240506123/", None),
        ("https://herald.example/quay-20240506", None),
        ("https://herald.example/a/2024-05-061", None),
        ("https://herald.example/quay?day=2024-05-06", None),
    ],
)
def test_digits_of_an_address_are_a_day_only_if_they_are_separate(url, day):
    article = article_of(page(), url=url)
    assert (article.published_at and article.published_at.date().isoformat()) == day


def test_stated_or_shown_day_beats_the_one_in_the_address():
    url = "https://herald.example/2024/05/06/quay"
    for html in (page(meta="2024-05-02"), page(shown="<p>2 May 2024</p>")):
        assert article_of(html, url=url).published_at.date().isoformat() == "2024-05-02"


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2024-13-45", "31.02.2024", "0000-00-00", "Zxy 6, 2024", "99999999999999"],
)
def test_text_that_is_not_an_instant_is_none(text):
    assert read_instant(text) is None


@given(st.text(max_size=60))
def test_reader_survives_any_text(text):
    for found in (read_instant(text), read_day(text, boilerplate().months)):
        assert found is None or found


def page(*, ld=None, meta=None, shown="", **given):
    head = f'<meta property="article:published_time" content="{meta}">' if meta else ""
    if ld:
        statement = {"@type": "NewsArticle", "headline": "Quay", "datePublished": ld}
        head += f'<script type="application/ld+json">{json.dumps(statement)}</script>'
    return make_page(head=head, **given).replace("</h1>", f"</h1>{shown}")


@pytest.mark.parametrize(
    ("html", "url", "day", "origin"),
    [
        pytest.param(page(ld="2024-05-06", meta="2024-05-09"), None, "2024-05-06", "json_ld", id="json-ld"),
        pytest.param(page(meta="2024-05-06T10:00:00Z"), None, "2024-05-06", "meta", id="meta"),
        pytest.param(page(shown='<time itemprop="datePublished" datetime="2024-05-06">'), None, "2024-05-06", "time", id="time"),
        pytest.param(page(), "https://herald.example/2024/05/06/quay", "2024-05-06", "url", id="url"),
        pytest.param(page(shown="<p>6. Mai 2024</p>"), None, "2024-05-06", "text", id="shown"),
        pytest.param(page(shown="<p>Le 1er mars 2024</p>"), None, "2024-03-01", "text", id="shown-french"),
        pytest.param(page(shown="<p>06.05.2024 | 10:15 Uhr</p>"), None, "2024-05-06", "text", id="shown-figures"),
        pytest.param(page(ld="2031-01-01", meta="2024-05-06"), None, "2024-05-06", "meta", id="future-is-not-a-publication"),
        pytest.param(page(ld="1899-01-01", meta="2024-05-06"), None, "2024-05-06", "meta", id="before-the-web"),
    ],
)  # fmt: skip
def test_day_and_its_source(html, url, day, origin):
    article = article_of(html, url=url)
    assert (article.published_at.date().isoformat(), article.published_from) == (day, origin)


def test_searching_the_page_is_the_last_resort():
    menu = "".join(f"<p>Page {number}</p>" for number in range(15))
    html = make_page(before=f"<div>Published: 6 May 2024</div>{menu}")
    article = article_of(html)
    assert article.published_from == "search"
    assert article.published_confidence < 1


@pytest.mark.parametrize(
    ("shown", "day", "precision"),
    [
        pytest.param("<p>Updated 8 May 2024</p><p>6 May 2024</p>", "2024-05-06", "day", id="update-first"),
        pytest.param("<p>6 May 2024. Updated 8 May 2024</p>", "2024-05-06", "day", id="update-behind"),
        pytest.param("<p><span>Last updated:</span> <span>8 May 2024</span></p>", "2024-05-08", "day", id="only-an-update"),
        pytest.param("<p><span>Zuletzt aktualisiert:</span> <span>8. Mai 2024</span> <span>6. Mai 2024</span></p>", "2024-05-06", "day", id="label-apart"),
        pytest.param('<time class="updated" datetime="2024-05-08">8 May</time><time class="entry-date" datetime="2024-05-06T10:00:00+02:00">6 May</time>', "2024-05-06", "second", id="time-elements"),
        pytest.param('<time datetime="2024-05-06">on Monday</time>', "2024-05-06", "day", id="day-in-an-attribute"),
    ],
)  # fmt: skip
def test_shown_day_is_that_of_the_publication(shown, day, precision):
    article = article_of(page(shown=shown))
    assert article.published_at.date().isoformat() == day
    assert article.published_precision == precision


def test_day_right_before_the_headline_is_shown():
    article = article_of(make_page(before="<p>6 May 2024</p>"))
    assert (article.published_at, article.published_from) == (
        datetime(2024, 5, 6, tzinfo=UTC),
        "text",
    )


def test_day_of_a_change_alone_is_doubted():
    article = article_of(page(shown="<p>Last updated 8 May 2024</p>"))
    assert article.published_confidence < 0.9


def test_element_named_as_the_day_is_read_at_the_end_too():
    after = '<p class="entry-date">6 May 2024. Updated 8 May 2024</p>'
    other = '<ul><li><span class="date">9 May 2024</span></li></ul>'
    article = article_of(make_page([*PARAGRAPHS] * 4, after=other + after))
    assert article.published_at.date().isoformat() == "2024-05-06"


@pytest.mark.parametrize(
    ("lang", "day"), [("en-US", "2024-04-05"), ("en-GB", "2024-05-04"), ("it", "2024-05-04")]
)
def test_language_of_the_page_tells_the_order_of_figures(lang, day):
    article = article_of(page(shown="<p>04/05/2024</p>", lang=lang))
    assert article.published_at.date().isoformat() == day


def test_year_of_a_copyright_notice_is_no_day():
    assert (
        article_of(make_page(after="<footer>© 2024 Harbour Herald</footer>")).published_at is None
    )


def test_page_without_any_day_has_none():
    article = article_of(make_page())
    assert (article.published_at, article.published_from, article.published_precision) == (
        None,
        None,
        None,
    )


def test_date_of_the_feed_is_preferred():
    given = {"published_at": datetime(2024, 5, 1, 8, tzinfo=UTC), "published_from": "feed"}
    article = article_of(page(ld="2024-05-06"), **given)
    assert (article.published_at, article.published_from) == (given["published_at"], "feed")


def test_url_gives_the_local_day_of_an_instant_in_utc():
    article = article_of(
        page(ld="2024-05-07T02:10:00Z"), url="https://herald.example/2024/05/06/quay"
    )
    assert article.published_at == datetime(2024, 5, 7, 2, 10, tzinfo=UTC)
    assert article.published_at.date().isoformat() == "2024-05-06"


def test_stated_time_zone_is_kept():
    article = article_of(
        page(ld="2024-05-07T01:10:00+03:00"), url="https://herald.example/2024/05/06/quay"
    )
    assert article.published_at.isoformat() == "2024-05-07T01:10:00+03:00"


def test_copyright_year_and_other_articles_are_not_the_publication():
    html = page(shown="<p>© 2024 Harbour Herald, 6 May 2024</p>")
    assert article_of(html).published_from != "text"


def test_ambiguous_numbers_are_not_a_day():
    assert read_day("04/05/2024", {}) is None
    assert read_day("14/05/2024", {}) == datetime(2024, 5, 14, tzinfo=UTC)


def test_modification_is_read():
    head = '<meta property="article:modified_time" content="2024-05-08T09:00:00+02:00">'
    assert article_of(make_page(head=head)).modified_at.isoformat() == "2024-05-08T09:00:00+02:00"
