"""Tables as spreadsheets and databases write them, also broken ones."""

import bz2
import gzip
import lzma

import pytest

from flows.inputs.files import InputOptions, read_inputs
from flows.inputs.intake import Intake
from flows.inputs.links import Link
from tests.helpers.tool_records import OTHER, PARAGRAPHS, TITLE, URL, as_csv
from tests.helpers.web_archives import zstd_frame
from transforms.records import Document, Rejection

COLUMNS = ("title", "text", "url", "date")
ROW = (TITLE, PARAGRAPHS, URL, "2024-04-11")
SECOND = ("Owl finds a new home", "\n\n".join(OTHER), f"{URL}-2", "2024-04-14")


@pytest.fixture
def read(tmp_path, now):
    def reading(content, name="table.csv", **options):
        file = tmp_path / name
        file.write_bytes(content)
        intake = Intake()
        found = read_inputs([file], now=now, options=InputOptions(**options), intake=intake)
        return list(found), intake

    return reading


def contents(items):
    return [item.content for item in items]


@pytest.mark.parametrize("name", ["table.csv", "export", "table.txt"])
def test_each_row_is_an_article_with_its_file_and_row(read, name):
    (first, second), intake = read(as_csv(COLUMNS, ROW, SECOND), name)
    assert [first.path.rpartition("/")[2], second.path.rpartition("#")[2]] == [f"{name}#2", "3"]
    document = first.content
    assert (document.title, document.content, document.url) == (TITLE, PARAGRAPHS, URL)
    assert document.published_at.date().isoformat() == "2024-04-11"
    assert document.published_precision == "day"
    assert not document.is_clean
    assert intake.lines() == [
        "found: CSV, 2 records",
        "CSV: title from title, text from text, url from url, published from date",
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(as_csv(COLUMNS, ROW, SECOND, delimiter=";", charset="utf-8-sig"), id="excel"),
        pytest.param(as_csv(COLUMNS, ROW, SECOND, delimiter=";", charset="cp1252"), id="windows"),
        pytest.param(as_csv(COLUMNS, ROW, SECOND, delimiter="\t"), id="tabs"),
        pytest.param(as_csv(COLUMNS, ROW, SECOND, delimiter="\t", charset="utf-16"), id="unicode-text"),
        pytest.param(b"sep=;\r\n" + as_csv(COLUMNS, ROW, SECOND, delimiter=";"), id="sep"),
        pytest.param(as_csv(COLUMNS, ROW, SECOND, delimiter="|"), id="bars"),
        pytest.param(gzip.compress(as_csv(COLUMNS, ROW, SECOND)), id="gzip"),
        pytest.param(bz2.compress(as_csv(COLUMNS, ROW, SECOND)), id="bzip2"),
        pytest.param(lzma.compress(as_csv(COLUMNS, ROW, SECOND)), id="xz"),
        pytest.param(zstd_frame(as_csv(COLUMNS, ROW, SECOND)), id="zstd"),
        pytest.param(as_csv(COLUMNS, ROW, SECOND).replace(b"\r\n", b"\r"), id="old-mac"),
        pytest.param(as_csv(COLUMNS, ROW, ("", " ", "", ""), SECOND), id="blank-row"),
        pytest.param(as_csv((*COLUMNS, "", ""), (*ROW, "", ""), (*SECOND, "", "")), id="empty-columns"),
    ],
)  # fmt: skip
def test_dialects_of_spreadsheets_are_read(read, content):
    items, _ = read(content)
    assert [document.title for document in contents(items)] == [TITLE, SECOND[0]]
    assert contents(items)[1].content.split() == SECOND[1].split()


def test_title_above_the_table_is_passed_over(read):
    (first, _), _ = read(b"Export of 2 May,,,\r\n\r\n" + as_csv(COLUMNS, ROW, SECOND))
    assert (first.content.title, first.path[-2:]) == (TITLE, "#4")


def test_umlauts_of_a_windows_file_are_whole(read):
    row = ("Fähre nach Köln fällt aus", f"Größe zählt.\n{PARAGRAPHS}", URL, "2024-04-11")
    [item], _ = read(as_csv(COLUMNS, row, charset="cp1252"))
    assert (item.content.title, item.content.content[:6]) == (row[0], "Größe ")


def test_windows_row_in_a_utf8_file_is_repaired(read):
    good = as_csv(COLUMNS, *[("Fähre", PARAGRAPHS, URL, "2024-04-11")] * 9)
    bad = as_csv(["Köln", PARAGRAPHS, f"{URL}-2", "2024-04-12"], charset="cp1252")
    items, _ = read(good + bad)
    assert [document.title for document in contents(items)] == ["Fähre"] * 9 + ["Köln"]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param(("Schlagzeile", "Volltext", "Link", "Datum"), TITLE, id="german"),
        pytest.param(("Titre", "Texte", "Lien", "Date"), TITLE, id="french"),
        pytest.param(("Headline", "Full Text", "Article URL", "Pub. Date"), TITLE, id="spaces"),
        pytest.param(("HEADLINE", "BODY", "WEBURL", "PUBLISH_DATE"), TITLE, id="capitals"),
    ],
)
def test_usual_names_of_columns_are_recognised(read, columns, expected):
    [item], _ = read(as_csv(columns, ROW))
    document = item.content
    assert (document.title, document.content, document.url) == (expected, PARAGRAPHS, URL)
    assert document.published_at is not None


def test_columns_can_be_named(read):
    content = as_csv(
        ("Kopf", "Artikeltxt", "Tag", "Haus"), (TITLE, PARAGRAPHS, "11.04.2024", "Mail")
    )
    chosen = {"title": "kopf", "text": "Artikeltxt", "published": "Tag", "publisher": "Haus"}
    [item], intake = read(content, columns=chosen)
    assert (item.content.title, item.content.publisher) == (TITLE, "Mail")
    assert item.content.published_at.date().isoformat() == "2024-04-11"
    assert "text from Artikeltxt" in intake.lines()[1]


def test_named_column_that_is_missing_is_refused(read):
    [item], _ = read(as_csv(COLUMNS, ROW), columns={"text": "Voltext"})
    assert item.content.reason == "no_column"
    assert 'has no column "Voltext"; its columns are "title", "text"' in item.content.detail


def test_columns_named_for_one_table_of_a_folder_leave_the_others_alone(tmp_path, now):
    (tmp_path / "a.csv").write_bytes(as_csv(["Kopf", "Artikeltxt"], [TITLE, PARAGRAPHS]))
    (tmp_path / "b.csv").write_bytes(as_csv(COLUMNS, SECOND))
    options = InputOptions(columns={"title": "Kopf", "text": "Artikeltxt"})
    items = list(read_inputs([tmp_path], now=now, options=options))
    assert [item.content.title for item in items] == [TITLE, SECOND[0]]


def test_named_column_wins_over_a_recognised_one(read):
    content = as_csv(("text", "abstract", "url"), (PARAGRAPHS, "Short.", URL))
    [item], _ = read(content, columns={"text": "abstract"})
    assert item.content.content == "Short."


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param(["04/05/2024", "13/05/2024"], "2024-05-04", id="day-first-by-the-column"),
        pytest.param(["04/05/2024", "04/25/2024"], "2024-04-05", id="month-first-by-the-column"),
        pytest.param(["04.05.2024", "05.06.2024"], "2024-05-04", id="dots"),
        pytest.param(["04.05.24", "05.06.24"], "2024-05-04", id="two-digit-year"),
        pytest.param(["2024-05-04 00:00:00", ""], "2024-05-04", id="midnight"),
        pytest.param(["1714780800", ""], "2024-05-04", id="seconds"),
        pytest.param(["1714780800000", ""], "2024-05-04", id="milliseconds"),
        pytest.param(["20240504", ""], "2024-05-04", id="figures"),
        pytest.param(["4. Mai 2024", ""], "2024-05-04", id="german-words"),
        pytest.param(["Saturday, May 4, 2024", ""], "2024-05-04", id="weekday"),
        pytest.param(["04/05/2024", "05/06/2024"], None, id="either-order"),
        pytest.param(["n.d.", "soon"], None, id="no-day"),
    ],
)
def test_days_are_read_in_the_order_of_their_column(read, days, expected):
    rows = [(TITLE, f"{PARAGRAPHS} {day}", URL, day) for day in days]
    (first, _), intake = read(as_csv(COLUMNS, *rows))
    document = first.content
    if expected is None:
        assert (document.published_at, document.flags) == (None, ("date_unread",))
        assert "2 dates in date could not be used" in intake.lines()[2]
    else:
        assert document.published_at.date().isoformat() == expected
        assert document.flags == ()


def test_order_of_days_can_be_told(read):
    [item], _ = read(as_csv(COLUMNS, (*ROW[:3], "04/05/2024")), is_month_first=True)
    assert item.content.published_at.date().isoformat() == "2024-04-05"


def test_time_without_a_zone_is_marked_as_uncertain(read):
    [item], _ = read(as_csv(COLUMNS, (*ROW[:3], "2024-04-11 06:30:00")))
    assert item.content.published_confidence < 1


def test_row_without_text_is_rejected_and_the_rest_is_kept(read):
    items, _ = read(as_csv(COLUMNS, ROW, ("Empty", " ", URL, "2024-04-12"), SECOND))
    assert [type(one) for one in contents(items)] == [Document, Rejection, Document]
    assert (items[1].content.reason, items[1].path[-2:]) == ("no_text", "#3")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        pytest.param(b'"never closed,text,http://x.example/1,2024-04-12\r\n', "bad_row", id="quote"),
        pytest.param(b"only,two\r\n", "bad_row", id="few-fields"),
        pytest.param(b"a,b,c,d,e,f\r\n", "bad_row", id="many-fields"),
        pytest.param(
            b'Title,"Text that is not closed,http://x.example/1,2024-04-12\r\n', "bad_row", id="inner-quote"
        ),
    ],
)  # fmt: skip
def test_broken_row_costs_no_other_row(read, broken, reason):
    content = as_csv(COLUMNS, ROW) + broken + as_csv(SECOND, ROW)
    items, _ = read(content)
    assert [type(one) for one in contents(items)] == [Document, Rejection, Document, Document]
    assert items[1].content.reason == reason
    assert "line 5:" in items[1].content.detail
    assert [one.title for one in contents(items) if isinstance(one, Document)] == [
        TITLE,
        SECOND[0],
        TITLE,
    ]


def test_marks_that_are_not_doubled_are_read_as_spreadsheets_do(read):
    line = f'Title,"A "plain" word stood in marks over the door of the tower.",{URL},2024-04-11\r\n'.encode()
    items, _ = read(as_csv(COLUMNS) + line + as_csv(SECOND))
    assert [type(one) for one in contents(items)] == [Document, Document]
    assert "plain" in items[0].content.content


def test_line_of_any_length_is_passed_over(read, monkeypatch):
    monkeypatch.setattr("flows.inputs.tables._MAX_ROW_CHARS", 100_000)
    long = b"x," + b"y" * 3_000_000 + b",z,2024-04-11\r\n"
    items, _ = read(as_csv(COLUMNS, ROW) + long + as_csv(SECOND))
    assert [type(one) for one in contents(items)] == [Document, Rejection, Document]
    assert items[1].content.reason == "line_too_long"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Port, trains and planes: a strike\nThe ferries, the crews said, stay in port.\n", id="commas"),
        pytest.param(f"{TITLE}\n\n{PARAGRAPHS}\n", id="article"),
        pytest.param("Rain, wind\nSun, fog\nSnow, hail\n", id="lists"),
        pytest.param("Results; all of them\nAren; Venn; Karlow\n", id="semicolons"),
    ],
)  # fmt: skip
def test_prose_with_commas_is_no_table(read, text):
    [item], _ = read(text.encode(), "story.txt")
    assert (item.content.media_type, item.content.content) == ("text", text.encode())


def test_text_column_with_markup_is_read_as_a_page(read):
    markup = "".join(f"<p>{one}</p>" for one in PARAGRAPHS.splitlines())
    [item], _ = read(as_csv(COLUMNS, (TITLE, markup, URL, "2024-04-11")))
    assert item.content.media_type == "html"


def test_table_of_addresses_names_pages(read):
    rows = [("1", "www.grenmoor-mail.example/owl"), ("2", "see below"), ("3", URL)]
    (first, second, third), intake = read(as_csv(("Nr", "Link"), *rows))
    assert isinstance(first, Link)
    assert first.entry.url == "https://www.grenmoor-mail.example/owl"
    assert second.content.reason == "bad_address"
    assert third.entry.url == URL
    assert intake.addresses == 2


def test_list_of_addresses_names_pages_and_its_comments_do_not(read):
    content = f"# to read\n{URL}\n\n{URL}-2\n".encode()
    links, intake = read(content, "urls.txt")
    assert [link.entry.url for link in links] == [URL, f"{URL}-2"]
    assert intake.lines() == ["found: addresses, 2 records"]


@pytest.mark.parametrize("name", ["urls.csv", "urls.txt"])
def test_list_of_addresses_may_have_a_header(read, name):
    links, intake = read(f"url\n{URL}\n{URL}-2\n".encode(), name)
    assert [link.entry.url for link in links] == [URL, f"{URL}-2"]
    assert intake.addresses == 2


def test_address_that_is_none_is_rejected_with_its_line(read):
    content = f"{URL}\n{URL}-2\n".encode() * 120 + b"gone fishing\n"
    items, _ = read(content, "urls.txt")
    assert items[-1].content.reason == "bad_address"
    assert items[-1].path.endswith("#241")


def test_table_without_rows_is_refused(read):
    [item], _ = read(as_csv(COLUMNS))
    assert item.content.reason == "empty"
