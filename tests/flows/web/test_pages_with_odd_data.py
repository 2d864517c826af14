"""The pages of speakers, entities, statements and stories without data and with hostile texts."""

from urllib.parse import quote

import pytest

from tests.helpers.linked import load_linked, rows_of
from tests.helpers.report_builders import PAYLOADS
from tests.helpers.shown_pages import assert_harmless, page_of, text_of
from tests.helpers.site import site_client
from tests.helpers.stories import make_story
from warehouse.publish import publish

LONG = "Llanfair" * 1_250


@pytest.mark.parametrize("path", ["/stories", "/speakers"])
def test_warehouse_without_articles_says_what_to_do(tmp_path, path):
    folder = load_linked(tmp_path, [])
    publish(folder)
    page = page_of(site_client(folder.root), path)
    assert "There is no dated article yet" in text_of(page)


@pytest.mark.parametrize(
    "path", ["/stories", "/speakers", "/stories/x", "/entities/x", "/statements/x"]
)
def test_folder_without_a_snapshot_says_what_to_do(tmp_path, path):
    assert site_client(tmp_path).get(path).status_code == 200


def hostile_story(name, host):
    """Return an article in which everything that a page shows is hostile."""
    line = " ".join(name.split()) or "x"
    return make_story(
        f"{line} headline\nOf {line} it was said at {host}: “{line} words,” said {line} Speaker.",
        url=f"https://{host}.example/1",
        day="2024-06-03",
        said=[(f"{line} words", f"{line} Speaker", f"{line} role", "direct",
               {"medium": line, "speaker_entity_id": f"n1-{line.lower().replace(' ', '-')}"})],
        named=[(line, "place")],
        language="en",
    )  # fmt: skip


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    names = [*PAYLOADS, LONG, "\u202eright to left"]
    stories = [hostile_story(name, host) for host in ("a", "b") for name in names]
    unique = {story.article.text: story for story in stories}
    numbered = [
        make_story(
            story.article.text,
            url=f"https://{'ab'[at % 2]}.example/{at}",
            day="2024-06-03",
            said=[(q.statement, q.speaker_name or q.speaker, q.speaker_role, q.kind,
                   {"medium": q.medium, "speaker_entity_id": q.speaker_entity_id})
                  for q in story.quotations],
            named=[(entity.name, entity.kind) for entity in story.entities],
        )
        for at, story in enumerate(unique.values())
    ]  # fmt: skip
    folder = load_linked(tmp_path_factory.mktemp("hostile"), numbered)
    publish(folder)
    return folder


@pytest.mark.parametrize(
    ("kind", "sql"),
    [
        pytest.param("speakers", "SELECT DISTINCT speaker FROM quotations WHERE speaker IS NOT NULL", id="speakers"),
        pytest.param("entities", "SELECT entity_id FROM entities", id="entities"),
        pytest.param("statements", "SELECT DISTINCT fingerprint FROM quotations", id="statements"),
        pytest.param("stories", "SELECT DISTINCT story_id FROM story_members", id="stories"),
    ],
)  # fmt: skip
def test_no_text_becomes_code(hostile, kind, sql):
    client = site_client(hostile.root)
    keys = [key for (key,) in rows_of(hostile, sql) if kind == "speakers" or "/" not in key]
    assert len(keys) > 5
    lists = {"speakers": "/speakers?since=2024-06-01", "stories": "/stories?since=2024-06-01"}
    paths = [f"/{kind}/{quote(key, safe='')}" for key in keys] + [lists.get(kind, "/speakers")]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert_harmless(answer)


@pytest.mark.parametrize(
    "path",
    [
        '/stories?named="><script>alert(1)</script>&outlet=\u202ex',
        '/speakers?name="><script>alert(1)</script>&order=<b>',
        "/speakers/Nobody?since=9999-99-99&until=0001-01-01",
    ],
)
def test_query_string_becomes_no_code(hostile, path):
    answer = site_client(hostile.root).get(path)
    page_of(site_client(hostile.root), path, status=answer.status_code)
    assert answer.status_code in (200, 404)
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("path", ["/stories", "/speakers"])
def test_first_and_last_day_of_the_calendar_are_days(hostile, path, day):
    client = site_client(hostile.root)
    for name in ("since", "until"):
        page_of(client, f"{path}?{name}={day}")
