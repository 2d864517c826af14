"""The report shows stories, who ran whose texts, and what is rising."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from lxml import etree, html

from flows.web.charts import story_sizes
from flows.web.copy_graph import copy_graph
from flows.web.report import render_report
from tests.helpers.aveling import CLEANING, SAID, TRIAL, flood
from tests.helpers.linked import load_linked
from tests.helpers.stories import make_story
from warehouse.publish import publish
from warehouse.report_data import read_report

SVG = "{http://www.w3.org/2000/svg}"
NOW = datetime(2024, 6, 5, 12, tzinfo=UTC)


def report_of(root, *stories):
    folder = load_linked(root, stories)
    publish(folder)
    data = read_report(folder, days=30, now=NOW)
    return data, html.fromstring(render_report(data, made_at=NOW))


def section(page, heading):
    (found,) = page.xpath("//section[h2 = $heading]", heading=heading)
    return found


def rows_of(page, heading):
    """Return the cells of each row of the table in a section."""
    rows = section(page, heading).xpath(".//tr[td]")
    return [[text_of(cell) for cell in row.iter("td")] for row in rows]


def text_of(element):
    return " ".join(element.text_content().split())


@pytest.fixture(scope="module")
def flooded(tmp_path_factory):
    floods = [flood("a", "2024-06-03", hour=7), flood("b", "2024-06-03", hour=9)]
    return report_of(tmp_path_factory.mktemp("flooded"), *floods, TRIAL, CLEANING)


def test_story_is_listed_with_its_central_article(flooded):
    _, page = flooded
    assert rows_of(page, "Stories") == [
        ["Flood in Aveling, a reports2024-06-03 07:00 UTC to 2024-06-04 00:00 UTC", "3", "3"]
    ]
    links = section(page, "Stories").xpath(".//td/a/@href")
    assert links == ["https://a.example/flood"]


def test_size_of_a_story_is_drawn_per_day(flooded):
    _, page = flooded
    titles = [text_of(title) for title in section(page, "Stories").iter("title")]
    wide, narrow = titles[:2], titles[2:]
    assert wide == narrow == [
        "3 Jun 2024, Flood in Aveling, a reports: 2", "4 Jun 2024, Flood in Aveling, a reports: 1",
    ]  # fmt: skip


def test_copied_text_is_a_line_and_a_row_of_the_table(flooded):
    data, page = flooded
    copied = section(page, "Copied texts")
    assert [text_of(title) for title in copied.iter("title")] == [
        "a.example → b.example: 1 text"
    ] * 2
    assert rows_of(page, "Copied texts") == [["a.example", "b.example", "1", "91%"]]
    assert data.syndication[0]["pairs"] == 1


@pytest.mark.parametrize(
    ("stories", "expected"),
    [
        pytest.param(
            [],
            ["No two articles told of one event", "There are no articles to compare yet."],
            id="empty",
        ),
        pytest.param(
            [flood("a", "2024-06-03"), flood("a", "2024-06-03", page="again")],
            ["Flood in Aveling, a reports", "All articles are of one publisher"],
            id="one-publisher",
        ),
        pytest.param(
            [TRIAL, flood("b", "2024-06-03")],
            ["No two articles told of one event", "No publisher ran the text of another one"],
            id="nothing-shared",
        ),
    ],
)
def test_little_data_gives_a_sentence(tmp_path, stories, expected):
    _, page = report_of(tmp_path, *stories)
    for heading, words in zip(("Stories", "Copied texts"), expected, strict=True):
        assert words in text_of(section(page, heading))
    assert "Nothing is in many more texts" in text_of(section(page, "Rising"))


def test_pairs_of_few_publishers_are_drawn_and_the_rest_is_counted(tmp_path):
    towns = [f"Town{at:02}" for at in range(20)]
    floods = [
        flood(host, "2024-06-03", hour=hour, text=text_about(at, town))
        for at, town in enumerate(towns)
        for hour, host in enumerate((f"early{at:02}", f"late{at:02}"))
    ]
    data, page = report_of(tmp_path, *floods)
    assert [(row["earliest_source_id"], row["source_id"]) for row in data.syndication] == [
        (f"early{at:02}.example", f"late{at:02}.example") for at in range(7)
    ]
    assert "Of 20 pairs, 7 are shown" in text_of(section(page, "Copied texts"))


def text_about(number, town):
    """Return a text that shares few words with those of other numbers."""
    told = " ".join(f"{word}{number} in {town}{at}" for at, word in enumerate(SAID.split() * 4))
    return f"{town}\n“{SAID},” said Karin Holt. {told}. Edwin Prast. Torne. Aveling."


def test_name_in_many_more_texts_than_before_is_rising(tmp_path):
    towns = ("Marsby", "Dunmoor", "Lindhaven", "Velden", "Corvenna", "Haldor", "Torne", "Elmfield")
    stories = [
        make_story(
            f"Council of {town} meets\nThe council of {town} met on day {day} and spoke of {day * 7} "
            f"trees, {day * 11} lamps and the market.",
            url=f"https://{town}.example/{day}",
            day=f"{NOW.date() - timedelta(day)}",
            named=[(town, "place")],
        )
        for day in range(1, 29)
        for town in towns[day % 7 : day % 7 + 2]
    ]
    dam = [
        make_story(
            f"Kestrel Dam, {town} reports\n{town} heard of the Kestrel Dam at {at} and sent {at * 9} people.",
            url=f"https://{town}.example/dam", day=f"{NOW.date()}", named=[("Kestrel Dam", "place")],
        )
        for at, town in enumerate(towns, start=2)
    ]  # fmt: skip
    data, page = report_of(tmp_path, *stories, *dam)
    assert [(row["name"], row["articles"], row["days"]) for row in data.rising] == [
        ("Kestrel Dam", 8, 7)
    ]
    assert rows_of(page, "Rising") == [["Kestrel Dam", "name", "8", "0.0", "8"]]


def edge(first, later, texts):
    return {"earliest_source_id": first, "source_id": later, "texts": texts}


@pytest.mark.parametrize("width", [860, 330])
def test_lines_are_as_thick_as_their_texts_and_stay_in_the_drawing(width):
    papers = [f"newspaper-of-the-town-{at}.example" for at in range(15)]
    rows = [edge(first, later, 40 - at) for at, (first, later) in enumerate(pairwise(papers))]
    root = etree.fromstring(copy_graph(rows, width=width))
    lines = [{name: float(line.attrib[name]) for name in ("x1", "x2", "y1", "y2", "stroke-width")}
             for line in root.iter(SVG + "line")]  # fmt: skip
    assert len(lines) == 14
    assert lines[0]["stroke-width"] == 12
    for row, line in zip(rows, lines, strict=True):
        assert line["stroke-width"] == pytest.approx(12 * row["texts"] / 40, abs=0.06)
        assert 0 < line["x1"] < line["x2"] < width
        assert 0 < line["y1"] < float(root.attrib["height"])
    assert line["x2"] - line["x1"] > 0.2 * width
    heights = sorted(line["y2"] for line in lines)
    assert min(later - first for first, later in pairwise(heights)) >= 20


def test_publishers_at_the_right_are_near_those_whose_texts_they_ran():
    rows = [edge("a", "x", 5), edge("b", "w", 3), edge("a", "z", 2), edge("b", "y", 1)]
    root = etree.fromstring(copy_graph(rows, width=860))
    texts = [text.text for text in root.iter(SVG + "text")]
    assert texts == ["had it first", "ran it later", "a", "b", "x", "z", "w", "y"]
    assert root.findtext(SVG + "desc").startswith("a → x: 5 texts; b → w: 3 texts")


def test_graph_escapes_names_and_needs_rows():
    drawn = copy_graph([edge("<b>&.example", "\x1b[2J.example", 1)], width=860)
    assert "<b>" not in drawn
    assert "\x1b" not in drawn
    assert (
        etree.fromstring(drawn).find(f".//{SVG}title").text == "<b>&.example → �[2J.example: 1 text"
    )
    assert copy_graph([], width=860) == ""


def test_stories_with_one_headline_have_their_own_bars():
    day = NOW.date()
    rows = [{"story_id": key, "day": day, "articles": n} for key, n in (("s1", 2), ("s2", 3))]
    drawn = story_sizes(
        rows, headlines={"s1": "Rain", "s2": "Rain"}, first_on=day, last_on=day, width=330
    )
    titles = [title.text for title in etree.fromstring(drawn).iter(SVG + "title")]
    assert titles == ["5 Jun 2024, Rain: 2", "5 Jun 2024, Rain: 3"]
