"""One statement through all outlets and versions."""

from dataclasses import replace

import pytest

from tests.helpers.linked import load_linked, rows_of
from tests.helpers.shown_pages import page_of, rows_in, section, text_of
from tests.helpers.site import site_client
from tests.helpers.stories import make_story
from warehouse.publish import publish

WHOLE = "We had twenty minutes to get people out of their beds and into the boats before the bridge fell"
CUT = "We had twenty minutes to get people out of their beds and into the boats"
ALONE = "The floors are soft and the gas is still off in every second street of the town"
GONE = "Nobody told us that the gate of the old sluice had been open since the morning"
SAID = "The council knew about the open gate since the spring of last year"
RESAID = "The council knew about the open gate since the autumn of last year"


def fingerprint(statement):
    return f"q1-{statement.lower().replace(' ', '-')}"


def quoting(host, day, statement, *, hour=0, speaker="Karin Holt", **given):
    return make_story(
        given.pop("text", f"News of {host}\n“{statement},” said {speaker}."),
        url=f"https://{host}.example/1",
        day=day,
        hour=hour,
        said=[(statement, speaker, "fire chief", "direct", {"fingerprint": fingerprint(statement)})]
        if statement
        else [],
        **given,
    )


FIRST_LOAD = [
    quoting("a", "2024-06-03", WHOLE, hour=7, published_precision="minute"),
    quoting("b", "2024-06-03", WHOLE, hour=9, published_precision="minute"),
    quoting("h", "2024-06-06", GONE, hour=3),
    quoting("k", "2024-06-07", SAID),
]
SECOND_LOAD = [
    quoting("c", "2024-06-04", CUT),
    quoting("d", "2024-06-05", WHOLE, speaker="Edwin Prast"),
    quoting("f", "2024-06-05", ALONE),
    quoting("k", "2024-06-07", RESAID),
    quoting("h", "2024-06-06", None, hour=3, text="News of h\nThe gate is shut again today."),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = load_linked(tmp_path_factory.mktemp("statements"), FIRST_LOAD, SECOND_LOAD)
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def client(folder):
    return site_client(folder.root)


def glance(page):
    return [text_of(one) for one in page.xpath("//dl[@class='glance']/div")]


def test_glance_says_who_was_first_who_repeated_it_and_who_changed_it(client):
    page = page_of(client, f"/statements/{fingerprint(WHOLE)}")
    assert text_of(page.xpath("//figure[contains(@class, 'lead')]//blockquote")[0]) == WHOLE
    first, repeated, changed = glance(page)
    assert first.startswith("◆ First a.example 3 Jun 2024, 07:00 UTC")
    assert repeated == (
        "● Repeated in the same words 1 article b.example 1 with the text of another article"
    )
    assert changed == "▲ Changed 1 article −4 words: c.example"


def test_wordings_are_marked_against_the_first_one(client):
    page = page_of(client, f"/statements/{fingerprint(WHOLE)}")
    second = section(page, "wordings").xpath(".//li")[1]
    assert [text_of(one) for one in second.iter("del")] == ["before the bridge fell"]
    assert not list(second.iter("ins"))
    assert "+0 −4 words · 1 article · c.example" in text_of(second)


def test_table_leads_to_each_article_at_the_place_and_to_its_original(client, folder):
    page = page_of(client, f"/statements/{fingerprint(WHOLE)}")
    rows = rows_in(section(page, "places"))
    assert [row[1:3] for row in rows] == [
        ["first", "a.example"],
        ["2 h later", "b.example"],
        ["17 h later", "c.example"],
    ]
    ((article_id, start),) = rows_of(
        folder,
        "SELECT article_id, start_char FROM latest_quotations WHERE source_id = 'c.example'",
    )
    links = section(page, "places").xpath(".//tbody/tr[3]//a/@href")
    assert links[:2] == [f"/articles/{article_id}#s{start}", f"/articles/{article_id}/original"]


def test_drawing_has_a_mark_for_each_article(client):
    page = page_of(client, f"/statements/{fingerprint(WHOLE)}")
    (drawing,) = section(page, "over-time").xpath(".//div[@class='wide']/svg")
    marks = [text_of(mark) for mark in drawing.xpath(".//*[self::path or self::circle]/title")]
    assert sorted(mark.partition(",")[0] for mark in marks) == [
        "a.example",
        "b.example",
        "c.example",
    ]
    assert "other words: 1" in text_of(drawing.find("desc"))


def test_same_words_of_somebody_else_have_a_page_of_their_own(client):
    page = page_of(client, f"/statements/{fingerprint(WHOLE)}")
    (other,) = page.xpath("//a[contains(@href, '?speaker=')]")
    assert text_of(other) == "Edwin Prast"
    theirs = page_of(client, other.get("href"))
    assert glance(theirs)[0].startswith("◆ First d.example")
    assert len(rows_in(section(theirs, "places"))) == 1


def test_speaker_whom_an_edit_changed_is_told(tmp_path):
    words = {"text": f"News of a\n“{ALONE},” said Karin Holt or Edwin Prast."}
    first = quoting("a", "2024-06-03", ALONE, **words)
    later = quoting("a", "2024-06-03", ALONE, speaker="Edwin Prast", **words)
    changed = replace(later, article=replace(later.article, title="Other news", content_sha256="x"))
    folder = load_linked(tmp_path, [first], [changed])
    publish(folder)
    page = page_of(site_client(folder.root), f"/statements/{fingerprint(ALONE)}?speaker=Karin+Holt")
    edits = section(page, "edits")
    assert "a.example altered it between" in text_of(edits)
    assert [text_of(one) for one in edits.iter("del")] == ["Karin Holt"]
    assert [text_of(one) for one in edits.iter("ins")] == ["Edwin Prast"]


def test_other_wording_leads_to_the_statement(client):
    answer = client.get(f"/statements/{fingerprint(CUT)}", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/statements/{fingerprint(WHOLE)}"


def test_statement_of_one_article_is_shown(client):
    page = page_of(client, f"/statements/{fingerprint(ALONE)}")
    first, repeated, changed = glance(page)
    assert first.startswith("◆ First f.example 5 June 2024")
    assert repeated.endswith("nobody so far")
    assert changed.endswith("all print the same words")
    assert not page.xpath("//main//svg")


def test_removal_by_an_edit_is_told(client):
    page = page_of(client, f"/statements/{fingerprint(GONE)}")
    assert "no longer in the article" in glance(page)[0]
    assert "no longer in it" in text_of(section(page, "places"))
    edits = text_of(section(page, "edits"))
    assert edits.startswith("Edits of the statement h.example removed it between")


def test_alteration_by_an_edit_is_told_with_its_words(client):
    page = page_of(client, f"/statements/{fingerprint(SAID)}")
    edits = section(page, "edits")
    assert "k.example altered it between" in text_of(edits)
    assert [text_of(one) for one in edits.iter("del")] == ["spring"]
    assert [text_of(one) for one in edits.iter("ins")] == ["autumn"]


@pytest.mark.parametrize("key", ["q1-none", "<script>", "' OR 1=1 --"])
def test_unknown_statement_is_not_found(client, key):
    assert "There is no statement" in text_of(page_of(client, f"/statements/{key}", status=404))


def test_first_of_a_day_without_hours_is_called_unsure(tmp_path):
    folder = load_linked(
        tmp_path, [quoting("a", "2024-06-03", WHOLE), quoting("b", "2024-06-03", WHOLE)]
    )
    publish(folder)
    page = page_of(site_client(folder.root), f"/statements/{fingerprint(WHOLE)}")
    assert "another one may have been first" in glance(page)[0]
