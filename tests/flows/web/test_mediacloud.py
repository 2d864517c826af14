"""Media Cloud's own client, against a server of the pages."""

import datetime as dt
from contextlib import contextmanager

import mediacloud.api
import pytest
from mediacloud.error import APIResponseError

from flows import __version__
from flows.web.mediacloud.numbers import number_of
from tests.helpers.browser import served_site
from tests.helpers.desk import add_rows, feed_row
from tests.helpers.local_news import MONDAY, OUTLETS, articles
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish

WEEK = (MONDAY.date(), MONDAY.date() + dt.timedelta(days=6))
GERMAN = [
    make_story(
        f"Fähre {number} fährt wieder\nDie Fähre fährt wieder. Die Brücke und der Hafen sind offen.",
        url=f"https://hafenblatt.example/{number}",
        day=f"2026-03-1{number}",
        language="de",
    )
    for number in (0, 1)
]
LATER = make_story(
    "Fire out at last\nThe fire is out at last.",
    url="https://county-herald.example/later",
    day="2026-03-15",
)


def told(one):
    return make_story(
        "\n".join((one.title, *one.paragraphs)),
        url=f"https://{one.outlet}.example{one.path}",
        day=one.published_at.date().isoformat(),
        hour=one.published_at.hour,
        title=one.title,
    )


def publish_with(root, *stories):
    folder = DataFolder(root)
    with open_live(folder) as con:
        if stories:
            append_stories(con, folder.spool, *stories)
    publish(folder)
    return folder


@contextmanager
def clients(folder):
    """Serve a data folder and give the two clients of it."""
    with served_site(folder) as address, pytest.MonkeyPatch.context() as patch:
        patch.setattr(mediacloud.api.BaseApi, "BASE_API_URL", f"{address}/mediacloud/api/")
        found = mediacloud.api.SearchApi("token"), mediacloud.api.DirectoryApi("token")
        yield found
        for client in found:
            client._session.close()


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    root = tmp_path_factory.mktemp("news")
    publish_with(root, *map(told, articles()), *GERMAN)
    add_rows(root, feeds=[feed_row("world", source_id="county-herald.example"), feed_row("boats")])
    with clients(DataFolder(root)) as found:
        yield found


@pytest.fixture(scope="module")
def search(both):
    return both[0]


@pytest.fixture(scope="module")
def directory(both):
    return both[1]


@pytest.fixture(scope="module")
def week():
    """Return the articles of the week as they were told."""
    return articles()


def having(week, word):
    return [one for one in week if word in "\n".join((one.title, *one.paragraphs)).lower()]


def whole_list(search, query, **given):
    """Return the stories of all pages."""
    found, token = [], None
    for _ in range(100):
        page, token = search.story_list(query, *WEEK, pagination_token=token, **given)
        found += page
        if token is None:
            return found
    raise AssertionError("the list does not end")


def refusal(call, *given, **named):
    """Return status and sentence of a call that is refused."""
    with pytest.raises(APIResponseError) as caught:
        call(*given, **named)
    assert caught.value.data["note"] in str(caught.value)
    return caught.value.response.status_code, caught.value.data["note"]


def test_count_is_exact_and_tells_all_stories_of_these_days(search, week):
    count = search.story_count("kellmouth", *WEEK)
    assert count == {"relevant": len(having(week, "kellmouth")), "total": len(week) + 2}
    assert 0 < count["relevant"] < count["total"]
    day = MONDAY.date() + dt.timedelta(days=1)
    assert search.story_count("*", day, day)["relevant"] == len(
        [one for one in week if one.published_at.date() == day]
    ) + sum(one.article.published_at.date() == day for one in GERMAN)


@pytest.mark.parametrize("query", ["kellmouth", "*", "NOT kellmouth", '"the fire"'])
def test_days_without_articles_have_no_matches(search, query):
    for year in (2023, 2029):
        days = dt.date(year, 3, 1), dt.date(year, 3, 31)
        assert search.story_count(query, *days) == {"relevant": 0, "total": 0}
        assert search.story_list(query, *days) == ([], None)
    part = dt.date(2026, 1, 1), MONDAY.date()
    points = search.story_count_over_time(query, *part)
    assert search.story_count(query, *part)["relevant"] == points[-1]["count"] > 0


def test_each_day_is_a_point_and_the_points_add_up(search):
    points = search.story_count_over_time("kellmouth", *WEEK)
    assert [point["date"] for point in points] == [WEEK[0] + dt.timedelta(days=at) for at in range(7)]  # fmt: skip
    count = search.story_count("kellmouth", *WEEK)
    assert sum(point["count"] for point in points) == count["relevant"]
    assert sum(point["total_count"] for point in points) == count["total"]
    assert all(
        point["ratio"] == (point["count"] / point["total_count"] if point["total_count"] else 0)
        for point in points
    )
    assert points[-1]["count"] == points[-1]["ratio"] == 0


@pytest.mark.parametrize("query", ["kellmouth", "*", "NOT kellmouth", '"the fire"', "fire*"])
def test_list_has_as_many_stories_as_are_counted(search, query):
    stories = whole_list(search, query, page_size=7)
    assert len({story["id"] for story in stories}) == len(stories)
    assert len(stories) == search.story_count(query, *WEEK)["relevant"] > 7
    days = [story["publish_date"] for story in stories]
    assert days == sorted(days, reverse=True)
    turned = whole_list(search, query, page_size=1000, sort_order="asc")
    assert turned == stories[::-1]


def test_story_of_a_list_has_the_fields_of_media_cloud(search):
    (story,), token = search.story_list("kellmouth", *WEEK, page_size=1)
    assert token
    assert story.keys() == {
        "id", "title", "url", "language", "media_name", "media_url", "publish_date", "indexed_date",
    }  # fmt: skip
    assert story["media_name"] == story["media_url"] == story["url"].split("/")[2]
    assert isinstance(story["publish_date"], dt.date)
    assert story["indexed_date"].utcoffset() == dt.timedelta(0)
    assert story["language"] == "en"


def test_text_comes_if_it_is_asked_for(search):
    (story,), _ = search.story_list("kellmouth", *WEEK, page_size=1, expanded=True)
    assert "kellmouth" in f"{story['title']} {story['text']}".lower()
    alone = search.story(story["id"])
    assert alone["text"] == story["text"]
    assert alone["publish_date"] == story["publish_date"].isoformat()


def test_sample_has_matching_stories_of_all_days_once_each(search):
    matching = {story["id"] for story in whole_list(search, "kellmouth")}
    sample = search.story_sample("kellmouth", *WEEK, limit=20)
    assert len({story["id"] for story in sample}) == 20
    assert {story["id"] for story in sample} < matching
    assert "text" not in sample[0]
    assert "text" in search.story_sample("kellmouth", *WEEK, expanded=True)[0]
    assert sample == search.story_sample("kellmouth", *WEEK, limit=20)
    newest, _ = search.story_list("kellmouth", *WEEK, page_size=20)
    assert {story["id"] for story in sample} != {story["id"] for story in newest}


def test_all_stories_come_in_a_random_order_page_by_page(search):
    params = search._prep_default_params("kellmouth", *WEEK) | {"randomize": 1, "page_size": 7}
    found, token = [], None
    while True:
        answer = search._query("search/story-list", params | {"pagination_token": token})
        found += [story["id"] for story in answer["stories"]]
        if (token := answer["pagination_token"]) is None:
            break
    listed = [story["id"] for story in whole_list(search, "kellmouth")]
    assert found != listed
    assert sorted(found) == sorted(listed)


def test_sources_and_languages_are_counted_over_all_matches(search, week):
    expected: dict[str, int] = {}
    for one in having(week, "kellmouth"):
        expected[f"{one.outlet}.example"] = expected.get(f"{one.outlet}.example", 0) + 1
    counted = search.sources("kellmouth", *WEEK)
    assert {one["source"]: one["count"] for one in counted} == expected
    assert [one["count"] for one in counted] == sorted(expected.values(), reverse=True)
    assert search.sources("kellmouth", *WEEK, limit=1) == counted[:1]
    english, german = search.languages("*", *WEEK)
    assert (english["language"], german["language"]) == ("en", "de")
    assert (english["value"], german["value"]) == (len(week), 2)
    assert english["ratio"] == len(week) / (len(week) + 2)


def test_weeks_and_intervals_of_each_source_add_up(search):
    count = search.story_count("kellmouth", *WEEK)
    weeks = search.stories_by_source_week("kellmouth", *WEEK)
    assert {row["week"] for row in weeks} == {MONDAY.date().isoformat()}
    assert sum(row["matching_stories"] for row in weeks) == count["relevant"]
    assert sum(row["total_stories"] for row in weeks) == count["total"]
    params = search._prep_default_params("kellmouth", *WEEK)
    path = "search/count-by-source-over-interval"
    for interval, bucket in (("month", "2026-03-01"), ("year", "2026-01-01")):
        rows = search._query(path, params | {"interval": interval})["source-interval-attention"]
        assert {(row["interval"], row["bucket"]) for row in rows} == {(interval, bucket)}
        assert sum(row["matching_stories"] for row in rows) == count["relevant"]
    days = search._query(path, params | {"interval": "day"})["source-interval-attention"]
    herald = [row for row in days if row["media_name"] == "county-herald.example"]
    points = search.story_count_over_time(
        "kellmouth", *WEEK, source_ids=[number_of("county-herald.example")]
    )
    assert {row["bucket"]: row["matching_stories"] for row in herald} == {
        point["date"].isoformat(): point["count"] for point in points if point["total_count"]
    }


def test_words_are_counted_without_those_of_grammar(search):
    found = search.words("language:de AND fähre", *WEEK)
    assert {one["term"]: one["term_count"] for one in found} == {
        "fähre": 4, "fährt": 4, "brücke": 2, "hafen": 2, "offen": 2,
    }  # fmt: skip
    assert found[0]["doc_count"] == found[0]["sample_size"] == 2
    assert (found[0]["doc_ratio"], found[0]["term_ratio"]) == (1.0, 2.0)
    english = [one["term"] for one in search.words("kellmouth", *WEEK, limit=30)]
    assert len(english) == 30
    assert "fire" in english
    assert not {"the", "and", "of", "said"} & set(english)


def test_search_in_german_knows_its_stems(search):
    assert search.story_count("fähren", *WEEK)["relevant"] == 2
    assert search.story_count('"fähren"', *WEEK)["relevant"] == 0
    stories = whole_list(search, "Brücken AND Hafen")
    assert {story["language"] for story in stories} == {"de"}
    assert {story["title"] for story in stories} == {"Fähre 0 fährt wieder", "Fähre 1 fährt wieder"}


def test_sources_and_the_collection_narrow_a_search(search, directory):
    herald = number_of("county-herald.example")
    assert {one["source"] for one in search.sources("*", *WEEK, source_ids=[herald])} == {
        "county-herald.example"
    }
    count = search.story_count("*", *WEEK, source_ids=[herald])
    assert count["relevant"] == count["total"] < search.story_count("*", *WEEK)["total"]
    (collection,) = directory.collection_list()["results"]
    everything = search.story_count("fire", *WEEK)
    assert search.story_count("fire", *WEEK, collection_ids=[collection["id"]]) == everything
    both = search.story_count("fire", *WEEK, collection_ids=[1], source_ids=[herald])
    assert both == everything


@pytest.mark.parametrize(
    ("query", "ours"),
    [
        ("canonical_domain:county-herald.example", "source:county-herald.example"),
        ("kellmouth NOT title:fire", "kellmouth -title:fire"),
        ("article_title:(fire OR blaze)", "title:fire OR title:blaze"),
        ("kellmouth || sandvere", "kellmouth OR sandvere"),
        ("+kellmouth +fire", "kellmouth fire"),
        ("(kellmouth OR sandvere) && !fire", "(kellmouth OR sandvere) NOT fire"),
        ("the AND kellmouth", "kellmouth"),
        ("sandv*", "sandv*"),
        ("fire^2 kellmouth^0.5", "fire kellmouth"),
        ("publication_date:[2026-03-10 TO 2026-03-11]", "since:2026-03-10 until:2026-03-11"),
        ("publication_date:{2026-03-09 TO 2026-03-12}", "since:2026-03-10 until:2026-03-11"),
        ("publication_date:[2026-03-11 TO *]", "since:2026-03-11"),
        ("fire publication_date:2026-03-10", "fire since:2026-03-10 until:2026-03-10"),
        ("publication_date:<2026-03-10", "until:2026-03-09"),
    ],
)  # fmt: skip
def test_query_finds_what_our_own_search_finds(both, query, ours):
    search = both[0]
    address = search.BASE_API_URL.removesuffix("mediacloud/api/")
    lines = search._session.get(f"{address}search.jsonl", params={"q": ours}).text.splitlines()
    count = search.story_count(query, *WEEK)["relevant"]
    assert count == len(lines) > 0


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ('"fire harbour"~10', "~"),
        ("fyre~", "~"),
        ("f?re", "f?re"),
        ("*ire", "*ire"),
        ("/f.re/", "regular expression"),
        ("indexed_date:[2026-03-10 TO 2026-03-11]", "indexed_date"),
        ("url:example", "url"),
        ("[a TO b]", "range"),
        ("fire OR smoke AND kellmouth", "put parentheses"),
        ("fire OR NOT smoke", "put parentheses"),
        ("publication_date:yesterday", "yesterday"),
        ("canonical_domain:*.example", "canonical_domain"),
        ("(fire", "not closed"),
        ("fire)", "closes nothing"),
        ('"fire', "no closing quotation mark"),
        ("fire AND", "end of the query"),
        ("fire - smoke", "no word"),
        ("", "empty"),
        ("-*", "leaves nothing"),
        ("fire " * 201, "201 words"),
        ("(" * 60 + "fire" + ")" * 60, "nested"),
    ],
)  # fmt: skip
def test_query_without_equivalent_is_refused_in_a_sentence(search, query, named):
    status, note = refusal(search.story_count, query, *WEEK)
    assert status == 400
    assert named in note


def test_wrong_parameters_are_refused_in_a_sentence(search):
    status, note = refusal(search.story_count, "fire", *WEEK, source_ids=[7])
    assert (status, "there is no source 7" in note) == (400, True)
    status, note = refusal(search.sources, "fire", *WEEK, collection_ids=[34412234])
    assert (status, "there is no collection 34412234" in note) == (400, True)
    assert "start is after end" in refusal(search.words, "fire", *WEEK[::-1])[1]
    assert "reddit" in refusal(search.story_count, "fire", *WEEK, platform="reddit")[1]
    assert "1,000" in refusal(search.story_list, "fire", *WEEK, page_size=1001)[1]
    assert "newest" in refusal(search.story_list, "fire", *WEEK, sort_order="newest")[1]
    assert refusal(search.story, "no-such-story") == (404, "there is no story 'no-such-story'")
    assert refusal(search._query, "search/story-geo")[0] == 404


def test_token_of_another_search_is_refused(search):
    _, token = search.story_list("fire", *WEEK, page_size=3)
    for query, given in (("smoke", {}), ("fire", {"sort_order": "asc"})):
        status, note = refusal(search.story_list, query, *WEEK, pagination_token=token, **given)
        assert (status, "another search" in note) == (400, True)
    assert "not given out" in refusal(search.story_list, "fire", *WEEK, pagination_token="x")[1]


def test_directory_lists_sources_under_stable_numbers(directory):
    names = {f"{outlet}.example" for outlet in OUTLETS} | {
        "hafenblatt.example", "harbour-times.example",
    }  # fmt: skip
    found = []
    for offset in range(0, 1000, 5):
        page = directory.source_list(limit=5, offset=offset)
        found += page["results"]
        if page["next"] is None:
            break
    assert page["count"] == len(found) == len(names)
    assert {one["name"]: one["id"] for one in found} == {name: number_of(name) for name in names}
    assert directory.source(found[3]["id"]) == found[3]
    assert found[0]["platform"] == "online_news"
    (herald,) = directory.source_list(name="County")["results"]
    assert herald["name"] == "county-herald.example"
    assert directory.source_list(collection_id=1)["count"] == len(names)
    assert directory.collection(1)["source_count"] == len(names)
    assert directory.collection_list(name="nigeria")["results"] == []
    assert directory.collection_list(source_id=herald["id"])["count"] == 1


def test_directory_refuses_what_is_not_there(directory):
    assert refusal(directory.source, 7) == (404, "there is no source 7")
    assert refusal(directory.collection, 2)[0] == 404
    assert refusal(directory.source_list, collection_id=2)[0] == 400
    assert refusal(directory.feed_list, source_id=7)[0] == 400
    assert refusal(directory.source_list, limit=5000)[0] == 400


def test_feeds_are_listed_by_source_and_time(directory):
    page = directory.feed_list()
    assert page["count"] == 2
    (feed,) = directory.feed_list(source_id=number_of("county-herald.example"))["results"]
    assert feed["url"].endswith("/world.xml")
    assert feed["source_id"] == number_of("county-herald.example")
    assert feed["admin_rss_enabled"] is True
    modified = dt.datetime.fromisoformat(feed["modified_at"])
    second = dt.timedelta(seconds=1)
    assert directory.feed_list(modified_since=modified)["count"] == 2
    assert directory.feed_list(modified_since=modified + second)["count"] == 0
    assert directory.feed_list(modified_before=modified)["count"] == 0
    assert directory.feed_list(return_details=True)["results"] == page["results"]


def test_client_learns_the_version_and_how_often_it_may_ask(search):
    version = search.version()
    assert version["version"] == f"onrecord {__version__}"
    assert version["now"] > 1_700_000_000
    rate, unit = search._query("search/api-params")["params"]["query-rate"].split("/")
    assert (rate.isdigit(), unit) == (True, "m")
    assert "read" in search.user_profile()["roles"]


def test_token_stays_valid_when_a_newer_snapshot_is_published(tmp_path):
    folder = publish_with(tmp_path, *map(told, articles()))
    with clients(folder) as (search, _):
        before = [story["id"] for story in whole_list(search, "fire")]
        first, token = search.story_list("fire", *WEEK, page_size=10)
        publish_with(tmp_path, LATER)
        rest, end = search.story_list("fire", *WEEK, page_size=1000, pagination_token=token)
        assert [story["id"] for story in (*first, *rest)] == before
        assert end is None
        assert search.story_count("fire", *WEEK)["relevant"] == len(before) + 1


def test_empty_warehouse_answers_with_nothing(tmp_path):
    with clients(publish_with(tmp_path)) as (search, directory):
        assert search.story_count("fire", *WEEK) == {"relevant": 0, "total": 0}
        assert [point["count"] for point in search.story_count_over_time("fire", *WEEK)] == [0] * 7
        assert search.story_list("fire", *WEEK) == ([], None)
        for call in (search.words, search.sources, search.languages, search.story_sample):
            assert call("fire", *WEEK) == []
        assert search.stories_by_source_week("fire", *WEEK) == []
        assert directory.source_list()["results"] == directory.feed_list()["results"] == []
        assert refusal(search.story, "a1-0")[0] == 404


def test_nothing_published_says_what_to_do(tmp_path):
    with clients(DataFolder(tmp_path)) as (search, directory):
        status, note = refusal(search.story_count, "fire", *WEEK)
        assert (status, "onrecord load" in note) == (503, True)
        assert refusal(directory.source_list)[0] == 503
        assert search.version()["version"]
