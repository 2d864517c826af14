"""The report shows the content of the warehouse."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree, html
from typer.testing import CliRunner

from flows.__main__ import app
from flows.web.charts import articles_per_day, bars
from flows.web.report import render_report
from tests.helpers.harbour import LATE
from tests.helpers.report_builders import NOW, analysis, folder_with
from tests.helpers.stories import append_stories, make_story
from warehouse.connect import open_live
from warehouse.errors import WarehouseMissingError
from warehouse.folder import DataFolder
from warehouse.publish import publish
from warehouse.report_data import read_report

SVG = "{http://www.w3.org/2000/svg}"


def page_of(folder, days=30):
    data = read_report(folder, days=days, now=NOW)
    return data, html.fromstring(render_report(data, made_at=NOW))


def publish_stories(root, *stories):
    folder = DataFolder(root)
    with open_live(folder, wait_s=0) as con:
        append_stories(con, folder.spool, *stories)
    publish(folder, wait_s=0)


def text_of(element):
    return " ".join(element.text_content().split())


def test_report_shows_the_content_of_the_warehouse(tmp_path):
    folder = folder_with(
        tmp_path, *(analysis(number, NOW - timedelta(days=number)) for number in range(4))
    )
    data, page = page_of(folder)
    assert (data.first_on, data.last_on) == (date(2024, 6, 2), date(2024, 7, 1))
    assert data.totals == {"sources": 1, "articles": 4, "statements": 4, "mentions": 4, "dates": 0}
    assert [row["day"].day for row in data.articles_per_day] == [28, 29, 30, 1]
    assert data.speakers[0] | {"name": ""} == {
        "name": "", "occurrences": 4, "articles": 4, "sources": 1,
    }  # fmt: skip
    assert data.named["place"][0]["name"] == "Aldersund"
    assert data.named["person"] == []
    marked = [text_of(mark) for mark in page.xpath("//blockquote//mark")]
    assert marked[0].startswith("“We waited long enough,”")
    assert "Odile Marchetti" in text_of(page.xpath("//blockquote")[0])
    assert page.xpath("//blockquote//a/@href")[0] == "https://paper.example/0"
    titles = [title.text for title in page.iter("title")]
    assert "1 Jul 2024, paper.example: 1" in [" ".join(title.split()) for title in titles]


def test_context_of_a_statement_is_the_text_around_it(tmp_path):
    text = "x" * 300 + " “It rained,” said Ana Petrova. " + "y" * 300
    start = text.index("“")
    words = text[start : start + 29]
    quotation = {"start": start, "end": start + 29, "text": words, "statement": words}
    data, page = page_of(folder_with(tmp_path, analysis(1, NOW, text=text, quotation=quotation)))
    (row,) = data.newest_quotations
    assert row["pieces"] == [{"before": "x" * 159 + " ", "words": words}]
    assert row["after"] == ". " + "y" * 158
    assert (row["is_cut_before"], row["is_cut_after"]) == (True, True)
    assert text_of(page.xpath("//blockquote/p")[0]).startswith("…xxx")


def test_only_the_pieces_of_an_interrupted_statement_are_marked(tmp_path):
    publish_stories(tmp_path, LATE)
    data, page = page_of(DataFolder(tmp_path))
    (quote,) = page.xpath("//blockquote")
    assert quote.xpath("p[1]/mark/text()") == ["The boat is late,", "It always was in Aren."]
    assert "late,” Ana Ruiz told the Port Union on July 3. “It always" in text_of(quote)
    assert [(row["name"], row["occurrences"]) for row in data.speakers] == [("Ana Ruiz", 1)]
    assert data.totals["statements"] == 1


def test_statement_in_quotation_marks_is_preferred(tmp_path):
    story = make_story(
        "Rain\nThe mayor said it would rain all day long. Her words were “a lot of rain everywhere”.",
        url="https://a.example/1",
        day="2024-07-01",
        said=[
            ("it would rain all day long", "Ana Ruiz", None, "indirect"),
            ("Her words were “a lot of rain everywhere”", "Ana Ruiz", None, "mixed"),
            ("a lot of rain everywhere", "Ana Ruiz", None, "direct"),
        ],
    )
    publish_stories(tmp_path, story)
    data, _ = page_of(DataFolder(tmp_path))
    (row,) = data.newest_quotations
    assert [piece["words"] for piece in row["pieces"]] == ["a lot of rain everywhere"]


def test_silent_days_of_a_busy_source_are_gaps(tmp_path):
    busy = [
        analysis(f"{day}-{item}", NOW - timedelta(days=day), host="busy.example")
        for day in range(12) if day not in (2, 3) for item in range(5)
    ]  # fmt: skip
    rare = [analysis(day, NOW - timedelta(days=day), host="rare.example") for day in (0, 8)]
    data, page = page_of(folder_with(tmp_path, *busy, *rare))
    (gap,) = data.gaps
    assert gap["source_id"] == "busy.example"
    assert gap["silent_on"] == [date(2024, 6, 28), date(2024, 6, 29)]
    assert "28 June 2024, 29 June 2024" in text_of(page)


def test_date_in_the_future_does_not_move_the_span(tmp_path):
    far = datetime(2099, 1, 1, tzinfo=UTC)
    data, _ = page_of(folder_with(tmp_path, analysis(1, NOW), analysis(2, far)))
    assert data.last_on == date(2024, 7, 1)


def test_empty_warehouse_gives_a_complete_page(tmp_path):
    folder = DataFolder(tmp_path)
    with open_live(folder, wait_s=0):
        pass
    publish(folder, wait_s=0)
    data, page = page_of(folder)
    assert data.last_on is None
    assert "no dated article yet" in text_of(page)


def test_missing_snapshot_is_reported(tmp_path):
    with pytest.raises(WarehouseMissingError):
        read_report(DataFolder(tmp_path), days=30, now=NOW)


def test_command_writes_the_page(tmp_path):
    folder = folder_with(tmp_path / "data", analysis(1, NOW))
    output = tmp_path / "report.html"
    done = CliRunner().invoke(app, ["report", str(output), "--data", str(folder.root)])
    assert done.exit_code == 0, done.output
    assert output.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_many_sources_are_shown_as_six_and_others():
    rows = [
        {"day": date(2024, 7, 1), "source_id": f"paper-{number}.example", "articles": number + 1}
        for number in range(9)
    ]
    day = date(2024, 7, 1)
    drawn = articles_per_day(rows, first_on=day, last_on=day, width=400)
    shown = re.findall(r">([^<]+)</text>", drawn)
    assert [text for text in shown if "paper" in text] == [
        f"paper-{number}.example" for number in (8, 7, 6, 5, 4, 3)
    ]
    assert "all others" in shown
    assert "1 Jul 2024, all others: 6" in " ".join(drawn.split())


def test_entities_of_the_same_name_have_their_own_bars():
    rows = [{"name": "Ana Petrova", "articles": 3}, {"name": "Ana Petrova", "articles": 2}]
    drawn = bars(rows, value="articles", width=300, label="articles")
    assert drawn.count("<title>Ana Petrova: ") == 2


WEEK = [
    {"day": date(2024, 7, 1) + timedelta(at), "source_id": source, "articles": count}
    for source, counts in (("<b>.example", (40, 0, 10)), ("b.example", (20, 5, 0)))
    for at, count in enumerate(counts)
    if count
]


@pytest.mark.parametrize("width", [860, 330])
def test_stacked_bars_are_as_high_as_their_numbers(width):
    drawn = articles_per_day(WEEK, first_on=date(2024, 7, 1), last_on=date(2024, 7, 3), width=width)
    marks = {
        rect[0].text: {name: float(rect.attrib[name]) for name in ("x", "y", "width", "height")}
        for rect in etree.fromstring(drawn).iter(SVG + "rect")
        if len(rect)
    }
    assert list(marks) == [
        "1 Jul 2024, <b>.example: 40",
        "3 Jul 2024, <b>.example: 10",
        "1 Jul 2024, b.example: 20",
        "2 Jul 2024, b.example: 5",
    ]
    low, small, high, other = marks.values()
    assert low["height"] == pytest.approx(4 * small["height"], rel=0.01)
    assert high["height"] == pytest.approx(4 * other["height"], rel=0.01)
    assert high["x"] == low["x"] < other["x"] < small["x"]
    assert high["y"] + high["height"] == pytest.approx(low["y"], abs=0.2)
    for mark in marks.values():
        assert 0 <= mark["x"] <= mark["x"] + mark["width"] <= width


def test_axes_have_whole_numbers_and_days():
    drawn = articles_per_day(WEEK, first_on=date(2024, 7, 1), last_on=date(2024, 7, 3), width=860)
    texts = re.findall(r">([^<]+)</text>", drawn)
    assert texts[:11] == [
        "articles", "0", "10", "20", "30", "40", "50", "60", "1 Jul", "2 Jul", "3 Jul",
    ]  # fmt: skip


def test_days_of_two_years_have_their_year():
    drawn = articles_per_day(WEEK, first_on=date(2023, 7, 1), last_on=date(2024, 7, 3), width=330)
    assert "1 Jul 2023" in re.findall(r">([^<]+)</text>", drawn)


def test_screen_readers_are_told_the_numbers():
    days = articles_per_day(WEEK, first_on=date(2024, 7, 1), last_on=date(2024, 7, 3), width=860)
    root = etree.fromstring(days)
    assert (root.get("role"), root.get("aria-label")) == ("img", "Articles per day and source")
    assert root.findtext(SVG + "desc") == (
        "1 Jul 2024 to 3 Jul 2024. Most articles: 60, on 1 Jul 2024. "
        "Sources: <b>.example: 50; b.example: 25."
    )
    people = bars([{"name": "Ana & Bo", "n": 1200}], value="n", width=300, label="statements")
    assert etree.fromstring(people).findtext(SVG + "desc") == "Ana & Bo: 1,200"


def test_long_name_leaves_half_of_the_width_for_its_bar():
    rows = [{"name": "Ministry of Finance " * 4, "n": 3}, {"name": "Ana", "n": 1}]
    root = etree.fromstring(bars(rows, value="n", width=330, label="articles"))
    longest, short = root.iter(SVG + "rect")
    assert root.findtext(f".//{SVG}text").endswith("…")
    assert longest.findtext(SVG + "title").startswith("Ministry of Finance Ministry of Finance")
    assert float(longest.attrib["width"]) > 100
    assert float(longest.attrib["width"]) == pytest.approx(
        3 * float(short.attrib["width"]), rel=0.01
    )


def test_without_rows_there_is_no_chart():
    assert bars([], value="articles", width=300, label="articles") == ""
