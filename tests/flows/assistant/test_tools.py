"""What the tools answer about a small corpus."""

import pytest

from tests.helpers.assistants import called, refused, server_of
from tests.helpers.linked import load_linked
from tests.helpers.stories import make_story
from warehouse.publish import publish

WHOLE = "We had twenty minutes to get people out of their beds and into the boats before the bridge fell"
CUT = "We had twenty minutes to get people out of their beds and into the boats"
RENT = "Nobody in Aren can pay such a rent"
HOLT, AREN, UNION = ("Karin Holt", "person"), ("Aren", "place"), ("Port Union", "organization")


def print_of(statement):
    return f"q1-{statement.lower().replace(' ', '-')}"


def quoting(
    host, day, statement, *, hour=0, speaker="Karin Holt", role="fire chief", named=(HOLT,), **given
):
    return make_story(
        f"News of {host}\n“{statement},” said {speaker}, {role}.\nThe bridge is closed.",
        url=f"https://{host}.example/1",
        day=day,
        hour=hour,
        said=[(statement, speaker, role, "direct", {"fingerprint": print_of(statement)})],
        named=named,
        **given,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = load_linked(
        tmp_path_factory.mktemp("assistant"),
        [
            quoting("a", "2024-06-03", WHOLE, hour=7, published_precision="minute"),
            quoting("b", "2024-06-03", WHOLE, hour=9, published_precision="minute"),
            quoting("c", "2024-06-04", CUT),
            quoting(
                "d", "2024-07-05", RENT, speaker="Piet Soll", role="director", named=(AREN, UNION)
            ),
        ],
    )
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    return server_of(folder)


def test_search_finds_articles_with_the_passage_and_where_to_check_it(server):
    answer = called(server, "search", query="rent")
    (row,) = answer.content["articles"]
    assert answer.content["matches"] == 1
    assert RENT in row["passage"]
    assert (row["url"], row["source_id"], row["published_on"], row["revision"]) == (
        "https://d.example/1", "d.example", "2024-07-05", 1,
    )  # fmt: skip
    assert row["article_id"] in answer.text
    assert RENT in answer.text


def test_search_reads_the_language_of_questions(server):
    answer = called(server, "search", query='(rent OR speaker:"Karin Holt") NOT source:b.example')
    assert {row["source_id"] for row in answer.content["articles"]} == {
        "a.example", "c.example", "d.example",
    }  # fmt: skip


def test_search_suggests_what_does_occur(server):
    answer = called(server, "search", query="brigde")
    assert answer.content["articles"] == []
    assert "bridge" in answer.content["suggestions"]
    assert "bridge" in answer.text


@pytest.mark.parametrize("order", ["best", "newest"])
def test_search_finds_statements(server, order):
    rows = called(server, "search", query="boats", what="statements", order=order).content
    assert {row["statement"] for row in rows["statements"]} == {WHOLE, CUT}
    assert rows["articles"] == []


def test_statement_has_its_place_and_confidence(server):
    (row,) = called(server, "statements", about="Aren").content["statements"]
    assert (row["speaker"], row["speaker_role"], row["statement"]) == (
        "Piet Soll",
        "director",
        RENT,
    )
    article = called(server, "article", article=row["article_id"])
    text = "\n".join(one["text"] for one in article.content["shown"])
    assert text[row["start_char"] : row["end_char"]] == RENT
    assert row["confidence"] == 0.9
    assert row["statement_id"] == print_of(RENT)


@pytest.mark.parametrize(
    ("asked", "hosts"),
    [
        pytest.param({"speaker": "holt"}, "cba", id="speaker"),
        pytest.param({"words": "bridge"}, "ba", id="words"),
        pytest.param({"words": "bridge", "source": "a.ex"}, "a", id="source"),
        pytest.param({"about": "Aren"}, "d", id="place"),
        pytest.param({"about": "Port Union"}, "", id="named-outside-of-the-statement"),
        pytest.param({"since": "2024-06-04", "until": "2024-06-30"}, "c", id="days"),
        pytest.param({"speaker": "Holt", "words": "rent"}, "", id="words-of-another-speaker"),
    ],
)
def test_statements_are_narrowed(server, asked, hosts):
    rows = called(server, "statements", **asked).content["statements"]
    assert sorted(row["source_id"][0] for row in rows) == sorted(hosts)
    assert [row["published_on"] for row in rows] == sorted(
        (row["published_on"] for row in rows), reverse=True
    )


def test_article_by_address_has_paragraphs_and_statements(server):
    answer = called(server, "article", article="https://a.example/1?utm_source=feed").content
    assert answer["article"]["title"] == "News of a"
    assert [one["paragraph"] for one in answer["shown"]] == [1, 2, 3]
    assert answer["shown"][2]["text"] == "The bridge is closed."
    (said,) = answer["said"]
    assert (said["statement"], said["speaker"], said["paragraph"]) == (WHOLE, "Karin Holt", 2)
    later = called(server, "article", article=answer["article"]["article_id"], paragraph=3).content
    assert [one["paragraph"] for one in later["shown"]] == [3]
    assert later["said"] == []


def test_speaker_has_roles_counts_and_what_is_repeated(server):
    answer = called(server, "speaker", name="Karin Holt").content
    assert (answer["all_statements"], answer["all_first_on"], answer["all_last_on"]) == (
        3, "2024-06-03", "2024-06-04",
    )  # fmt: skip
    assert answer["sources"] == 3
    assert [role["role"] for role in answer["roles"]] == ["fire chief"]
    (repeated,) = answer["repeated"]
    assert (repeated["articles"], repeated["sources"], repeated["wordings"]) == (3, 3, 2)
    assert (repeated["statement"], repeated["source_id"]) == (WHOLE, "a.example")


def test_statement_is_followed_through_outlets_and_wordings(server):
    answer = called(server, "quote_spread", statement_id=print_of(WHOLE))
    spread = answer.content
    assert (spread["first_source"], spread["is_first_sure"]) == ("a.example", True)
    assert (spread["articles"], spread["outlets"], spread["wordings"]) == (3, 3, 2)
    assert [one["form"] for one in spread["appearances"]] == ["first", "same", "changed"]
    assert [one["hours_later"] for one in spread["appearances"]][:2] == [0.0, 2.0]
    _, changed = spread["how_it_changed"]
    assert changed["changes"].endswith("[-before the bridge fell-]")
    assert "First in a.example, 2024-06-03 07:00 UTC." in answer.text


def test_other_wording_leads_to_the_same_statement(server):
    assert called(server, "quote_spread", statement_id=print_of(CUT)).content["articles"] == 3


def test_story_is_listed_and_shown_with_who_had_it_first(server):
    (one,) = called(server, "story", since="2024-06-01", until="2024-06-30").content["stories"]
    assert (one["articles"], one["sources"]) == (3, 3)
    shown = called(server, "story", story_id=one["story_id"]).content
    assert [row["source_id"] for row in shown["articles"]] == [
        "a.example",
        "b.example",
        "c.example",
    ]
    assert shown["articles"][0]["url"] == "https://a.example/1"
    assert shown["statements"][0]["statement"] == WHOLE


def test_counts_have_the_share_of_all_articles(server):
    answer = called(
        server, "counts", query="minutes", by="month", since="2024-06-01", until="2024-07-31"
    )
    assert [(row["first_on"], row["matching"], row["articles"], row["share"]) for row in answer.content["periods"]] == [
        ("2024-06-01", 3, 3, 1.0), ("2024-07-01", 0, 1, 0.0),
    ]  # fmt: skip
    of_source = called(server, "counts", query="minutes", source="a.example", by="day").content
    assert [(row["first_on"], row["articles"]) for row in of_source["periods"]] == [
        ("2024-06-03", 1)
    ]


def test_sql_is_answered_in_rows(server):
    answer = called(
        server, "sql", query="SELECT speaker, count(*) AS n, max(published_on) AS last FROM said GROUP BY 1 ORDER BY 2 DESC"
    )  # fmt: skip
    assert answer.content["columns"] == ["speaker", "n", "last"]
    assert answer.content["rows"] == [
        ["Karin Holt", 3, "2024-06-04"],
        ["Piet Soll", 1, "2024-07-05"],
    ]


def test_sql_says_that_there_are_more_rows(server):
    answer = called(server, "sql", query="FROM range(1000)", limit=3)
    assert (answer.content["rows"], answer.content["is_cut"]) == ([[0], [1], [2]], True)


@pytest.mark.parametrize(
    "query",
    [
        "COPY said TO 'x.csv'",
        "SELECT * FROM read_text('/etc/passwd')",
        "ATTACH 'x.duckdb'",
        "SET memory_limit = '1TB'",
        "SELECT getenv('HOME')",
        "FROM said; DROP TABLE articles",
    ],
)
def test_sql_that_does_more_than_read_is_refused(server, query):
    assert refused(server, "sql", query=query).startswith("query: ")


@pytest.mark.parametrize(
    ("tool", "asked", "told"),
    [
        ("search", {"query": "rent", "soruce": "a"}, ["soruce: there is no such argument", "source"]),
        ("search", {"query": "rent", "limit": 500}, ["limit: got 500", "20"]),
        ("search", {"query": "(rent"}, ["query: ", "at character"]),
        ("statements", {"words": "(rent"}, ["words: ", "at character"]),
        ("search", {}, ["nothing is asked", "Give words"]),
        ("search", {"query": "rent", "since": "yesterday"}, ["since: got 'yesterday'"]),
        ("search", {"query": "a", "since": "2024-06-02", "until": "2024-06-01"}, ["since: 2024-06-02 is after until"]),
        ("search", {"query": "rent", "order": "newest", "cursor": "!"}, ["cursor: ", "leave it out"]),
        ("search", {"query": "rent", "cursor": "x"}, ["cursor: ", "order=newest"]),
        ("article", {}, ["article: it is missing"]),
        ("article", {"article": "a1-none"}, ["article: there is no article 'a1-none'", "`search`"]),
        ("article", {"article": "https://a.example/none"}, ["no article is known at", "`search`"]),
        ("article", {"article": "https://a.example/1", "paragraph": 99}, ["paragraph: got 99", "3"]),
        ("speaker", {"name": "Karin Hold"}, ["name: nobody", "'Karin Holt'", "`statements`"]),
        ("quote_spread", {"statement_id": "q1-none"}, ["statement_id: there is no statement", "`statements`"]),
        ("story", {"story_id": "s1-none"}, ["story_id: there is no story", "without story_id"]),
        ("feeds_status", {"state": "sleepy"}, ["state: no feed is in the state 'sleepy'"]),
        ("sql", {"query": "SELECT nothing FROM said"}, ["query: ", "nothing"]),
    ],
)  # fmt: skip
def test_error_names_the_argument_and_says_what_to_do(server, tool, asked, told):
    text = refused(server, tool, **asked)
    assert [part for part in told if part not in text] == [], text


def test_feeds_tell_their_state(folder):
    feeds = "<opml version='2.0'><head/><body><outline type='rss' text='Gazette' xmlUrl='https://a.example/rss'/></body></opml>"
    folder.feed_list.write_text(feeds)
    answer = called(server_of(folder), "feeds_status").content
    assert answer["feeds_in_all"] == 1
    (feed,) = answer["feeds"]
    assert (feed["title"], feed["source_id"], feed["url"]) == (
        "Gazette",
        "a.example",
        "https://a.example/rss",
    )
    assert answer["states"] == {feed["state"]: 1}
