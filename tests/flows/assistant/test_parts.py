"""Long lists in parts: every row once, however small the parts are and whatever is published meanwhile."""

from dataclasses import replace

import pytest

from tests.helpers.assistants import all_parts, answer_of, called, in_session, refused, server_of
from tests.helpers.linked import load_linked
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.publish import publish

STATEMENTS = 5  # of each article
ARTICLES = 12


def story(number, day=None):
    said = [f"The ferry of pier {number} leaves at {at} today" for at in range(STATEMENTS)]
    text = "\n".join(f"“{one},” Ida Holm said." for one in said)
    return make_story(
        f"Ferries of pier {number}\n{text}",
        url=f"https://host{number % 4}.example/{number}",
        day=day or f"2024-06-{1 + number // 2:02}",
        said=[
            (one, "Ida Holm", "captain", "direct", {"fingerprint": f"q1-{number}-{at}"})
            for at, one in enumerate(said)
        ],
        named=[("Ida Holm", "person")],
    )


def undated(number):
    """Return an article without a day."""
    analysis = story(number)
    article = replace(analysis.article, published_at=None, published_precision=None)
    return replace(analysis, article=article)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = load_linked(
        tmp_path_factory.mktemp("parts"),
        [*map(story, range(ARTICLES - 2)), *map(undated, range(ARTICLES - 2, ARTICLES))],
    )
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    return server_of(folder)


def place(row):
    return row["article_id"], row["start_char"]


@pytest.mark.parametrize("limit", [4, 20])
def test_statements_come_once_each(server, limit):
    rows, parts = all_parts(server, "statements", "statements", words="ferry", limit=limit)
    assert len({place(row) for row in rows}) == len(rows) == ARTICLES * STATEMENTS
    days = [row["published_on"] or "" for row in rows]  # those without a day come last
    assert days == sorted(days, reverse=True)
    assert days[-1] == "" < days[0]
    assert parts >= len(rows) / limit


def test_statements_of_a_speaker_without_words_come_once_each(server):
    rows, _ = all_parts(server, "statements", "statements", speaker="Holm", source="host1")
    assert len({place(row) for row in rows}) == len(rows) == 3 * STATEMENTS


@pytest.mark.parametrize("query", ["ferries", '"ferries of pier"'])
def test_articles_come_once_each(server, query):
    rows, _ = all_parts(server, "search", "articles", query=query, order="newest", limit=5)
    assert len({row["article_id"] for row in rows}) == len(rows) == ARTICLES


def test_counts_come_once_each(server):
    rows, parts = all_parts(server, "counts", "periods", query="ferries", by="day", limit=2)
    assert (sum(row["matching"] for row in rows), parts) == (ARTICLES - 2, 3)
    assert [row["first_on"] for row in rows] == sorted(row["first_on"] for row in rows)


def test_stories_and_their_articles_come_once_each(server):
    asked = {"since": "2024-06-01", "until": "2024-07-31"}
    rows, _ = all_parts(server, "story", "stories", limit=1, **asked)
    assert len({row["story_id"] for row in rows}) == len(rows) > 0
    found, _ = all_parts(server, "story", "articles", story_id=rows[0]["story_id"], limit=1)
    assert len({row["article_id"] for row in found}) == len(found) == rows[0]["articles"]


def test_list_goes_on_where_it_was_after_a_newer_snapshot(tmp_path):
    folder = load_linked(tmp_path, [story(number) for number in range(3)])
    publish(folder)
    server = server_of(folder)

    def publish_more():
        with open_live(folder) as con:
            newer, older = story(100, day="2024-08-01"), story(101, day="2024-05-01")
            append_stories(con, tmp_path / "spool", newer, older)
        publish(folder)

    async def read(client):
        asked = {"words": "ferry", "limit": 7}
        first = answer_of(await client.call_tool("statements", asked)).content
        publish_more()
        asked["cursor"] = first["cursor"]
        second = answer_of(await client.call_tool("statements", asked)).content
        asked["cursor"] = second["cursor"]
        third = answer_of(await client.call_tool("statements", asked)).content
        assert third["cursor"] is None
        return first["statements"] + second["statements"] + third["statements"]

    rows = in_session(server, read)
    assert len({place(row) for row in rows}) == len(rows) == 4 * STATEMENTS
    assert {row["published_on"] for row in rows} == {"2024-05-01", "2024-06-01", "2024-06-02"}


def test_cursor_of_other_arguments_is_refused(server):
    cursor = called(server, "statements", words="ferry", limit=2).content["cursor"]
    text = refused(server, "statements", words="pier", limit=2, cursor=cursor)
    assert text.startswith("cursor: it belongs to a call with other arguments")


def test_long_article_comes_in_parts_that_are_its_text(tmp_path):
    paragraphs = [f"Paragraph {number}. " + "The ferry is late again. " * 30 for number in range(9)]
    text = "A long day\n" + "\n".join(one.strip() for one in [*paragraphs, "word " * 3_000])
    folder = load_linked(tmp_path, [make_story(text, url="https://a.example/1", day="2024-06-03")])
    publish(folder)

    async def read(client):
        parts = []
        start: int | None = 0
        while start is not None:
            asked = {"article": "https://a.example/1", "start_char": start}
            answer = answer_of(await client.call_tool("article", asked))
            assert len(answer.text) <= 8_000
            parts += answer.content["shown"]
            start = answer.content["next_start_char"]
        return parts

    shown = in_session(server_of(folder), read)
    assert all(text[one["start_char"] : one["end_char"]] == one["text"] for one in shown)
    assert "".join("".join(one["text"] for one in shown).split()) == "".join(text.split())
