"""A PDF becomes paragraphs of prose in reading order, or is refused with a reason."""

import pytest

from tests.helpers.office_files import BYLINE, PARAGRAPHS, TITLE, Text, article_pdf, pdf
from transforms.formats import pdf as pdf_module
from transforms.formats.pdf import read_pdf
from transforms.formats.pdf_paragraphs import KnownWords, join_lines
from transforms.formats.reading import UnreadableFileError

WHOLE = (TITLE, BYLINE, *PARAGRAPHS)


@pytest.mark.parametrize(
    "layout",
    [
        pytest.param({}, id="one-column"),
        pytest.param({"columns": 2}, id="two-columns"),
        pytest.param({"columns": 3, "gap": 6.0}, id="three-columns"),
        pytest.param({"columns": 2, "indent": 2, "gap": 0.0}, id="indents"),
        pytest.param({"lines_a_page": 5}, id="several-pages"),
        pytest.param(
            {"columns": 2, "indent": 2, "gap": 0.0, "lines_a_page": 7}, id="columns-and-pages"
        ),
    ],
)
def test_lines_become_paragraphs_in_reading_order(layout):
    reading = read_pdf(article_pdf(**layout))
    assert reading.title == TITLE
    assert reading.paragraphs == WHOLE


def test_columns_that_are_drawn_row_by_row_are_read_one_after_the_other():
    left = [
        "The ferry sails at dawn and",
        "returns to the harbour with",
        "the fish of the night, the",
        "crew said on Friday.",
    ]
    right = [
        "The mayor came to the pier",
        "and waited for the boat. It",
        "was late, as it often is in",
        "the weeks of spring.",
    ]
    rows = [
        Text(x, 700 - 13 * row, side[row])
        for row in range(4)
        for x, side in ((50, left), (250, right))
    ]
    assert read_pdf(pdf(rows)).paragraphs == (" ".join(left), " ".join(right))


def test_running_headers_footers_and_page_numbers_are_left_out():
    edges = [Text(50, 815, "The Harbour Times"), Text(280, 30, "Page 3 of 7", 8.0)]
    reading = read_pdf(article_pdf(above=edges, lines_a_page=5))
    assert reading.paragraphs == WHOLE
    assert "The Harbour Times" in reading.edges


def test_name_of_the_paper_above_the_headline_is_left_out_of_a_single_page():
    edges = [Text(50, 815, "The Harbour Times"), Text(400, 815, "Tuesday 5 March 2024")]
    reading = read_pdf(article_pdf(above=edges))
    assert reading.paragraphs == WHOLE
    assert reading.edges == ("The Harbour Times", "Tuesday 5 March 2024")


def test_footer_far_below_the_text_of_a_single_page_is_left_out():
    footer = Text(200, 40, "harbour-times.example, 16 November 2024", 8.0)
    reading = read_pdf(article_pdf(above=[footer]))
    assert reading.paragraphs == WHOLE
    assert footer.text in reading.edges


def test_byline_in_the_middle_of_a_page_stands_before_all_columns():
    lines = [
        "The ferry sails at dawn",
        "and returns to the",
        "harbour with the fish of",
        "the night, the crew of",
    ]
    columns = [
        Text(x, 700 - 13 * row, line) for x in (50, 220, 390) for row, line in enumerate(lines)
    ]
    page = [
        Text(60, 760, "The night boat is put off again", 24.0),
        Text(225, 730, "By Anna Weaver"),
        *columns,
    ]
    headline, byline, *text = read_pdf(pdf(page)).paragraphs
    assert (headline, byline) == ("The night boat is put off again", "By Anna Weaver")
    assert " ".join(text) == " ".join(lines * 3)


def test_time_and_address_that_a_browser_prints_are_left_out():
    edges = [
        Text(50, 825, "11/29/26, 6:35 PM", 8.0),
        Text(50, 15, "https://harbour-times.example/ferry", 8.0),
        Text(540, 15, "1/2", 8.0),
    ]
    reading = read_pdf(article_pdf(above=edges))
    assert reading.paragraphs == WHOLE
    assert "11/29/26, 6:35 PM" not in reading.edges


def test_year_at_the_end_of_a_page_is_no_page_number():
    lines = ["The ferry was built in Aren in", "2009."]
    first = [
        Text(50, 700, "Rain fell."),
        *(Text(50, 60 - 13 * n, line) for n, line in enumerate(lines)),
    ]
    second = [
        Text(50, 700, "It stopped."),
        Text(50, 60, "The ferry was sold in Aren in"),
        Text(50, 47, "2011."),
    ]
    text = " ".join(read_pdf(pdf(first, second)).paragraphs)
    assert "built in Aren in 2009." in text
    assert "sold in Aren in 2011." in text


def test_turned_page_is_read_as_it_is_shown():
    lines = ["The ferry sails at dawn and", "returns to the harbour with", "the fish of the night."]
    page = [Text(50, 500 - 13 * row, line) for row, line in enumerate(lines)]
    page += [Text(300, 500 - 13 * row, line) for row, line in enumerate(lines)]
    assert read_pdf(pdf(page, turned=90)).paragraphs == (" ".join(lines),) * 2


def test_text_that_is_shown_sideways_is_left_out():
    page = [Text(50, 700, "The ferry sails at dawn."), Text(500, 400, "ARCHIVE", is_sideways=True)]
    assert read_pdf(pdf(page)).paragraphs == ("The ferry sails at dawn.",)


def test_initial_is_joined_to_its_word():
    lines = [
        "ain fell on the harbour of",
        "Aren for the third day in a",
        "row, and no boat sailed, the",
        "harbour master said.",
    ]
    lefts = (75, 75, 50, 50)
    pieces = [Text(50, 687, "R", 30.0)]
    pieces += [
        Text(x, 700 - 13 * row, line)
        for row, (x, line) in enumerate(zip(lefts, lines, strict=True))
    ]
    assert read_pdf(pdf(pieces)).paragraphs == ("R" + " ".join(lines),)


def test_words_divided_at_the_end_of_a_line_become_whole():
    lines = [
        "The coun-", "cillors of Sand-", "holm said on Tues-", "day that the ser-", "vice had carried",
        "for thirty-", "one years every is-", "lander who asked.",
    ]  # fmt: skip
    pieces = [Text(50, 700 - 13 * row, line) for row, line in enumerate(lines)]
    [paragraph] = read_pdf(pdf(pieces)).paragraphs
    assert paragraph == (
        "The councillors of Sandholm said on Tuesday that the service had carried for thirty-one "
        "years every islander who asked."
    )


def test_hyphen_is_kept_where_no_word_is_divided():
    lines = [
        "She works at the fish-",
        "processing plant of the town,",
        "she said on Tuesday morning.",
    ]
    pieces = [Text(50, 700 - 13 * row, line) for row, line in enumerate(lines)]
    [paragraph] = read_pdf(pdf(pieces)).paragraphs
    assert paragraph.startswith("She works at the fish-processing plant")


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        pytest.param("the har-", "bour was", "the harbour was", id="divided"),
        pytest.param("the har\xad", "bour was", "the harbour was", id="soft-hyphen"),
        pytest.param("Jean-", "Pierre sailed", "Jean-Pierre sailed", id="name"),
        pytest.param("the four-", "teen boats", "the fourteen boats", id="ending"),
        pytest.param("a two-", "page summary", "a two-page summary", id="number"),
        pytest.param("the deep-", "sea cable", "the deep-sea cable", id="known-compound"),
        pytest.param("the half-", "time whistle", "the halftime whistle", id="known-word"),
        pytest.param("the mayor –", "she left", "the mayor – she left", id="dash"),
    ],
)
def test_hyphens(before, after, joined):
    words = frozenset({"halftime"})
    assert (
        join_lines(before, after, KnownWords(whole=words, compounds=frozenset({"deep-sea"})))
        == joined
    )


def test_ligatures_become_letters():
    line = "The of\ufb01ce of the \ufb02eet"
    # Courier has no ligatures, so the letters of the line are given by the reader's own table.
    from transforms.formats.pdf_lines import _LIGATURES

    assert line.translate(_LIGATURES) == "The office of the fleet"


def test_stated_author_counts_only_if_the_text_names_them():
    page = [
        Text(50, 700, "Rain fell on Aren"),
        Text(50, 680, "Anna Weaver"),
        Text(50, 650, "The dam held."),
    ]
    assert read_pdf(pdf(page, author="Anna Weaver")).authors == ("Anna Weaver",)
    assert read_pdf(pdf(page, author="Print Server")).authors == ()


def test_stated_title_is_the_headline_if_the_text_begins_with_it():
    page = [
        Text(50, 700, "Rain fell on Aren"),
        Text(50, 660, "The dam held for the third night in a row."),
    ]
    assert read_pdf(pdf(page, title="Rain fell on Aren")).title == "Rain fell on Aren"
    assert read_pdf(pdf(page, title="scan0017.doc")).title is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(article_pdf()[:600], "damaged", id="cut"),
        pytest.param(b"%PDF-1.7\nnothing", "damaged", id="no-pdf"),
        pytest.param(pdf([Text(50, 700, TITLE)], encrypted=True), "encrypted", id="password"),
        pytest.param(pdf([], []), "scanned", id="no-text"),
        pytest.param(
            pdf([Text(50, 700, "\x01\x02\x03\x04" * 20)]), "unreadable_text", id="letters-unknown"
        ),
        pytest.param(pdf(*([[Text(50, 700, TITLE)]] * 201)), "too_large", id="many-pages"),
    ],
)
def test_unreadable_pdf_is_refused_with_a_reason(content, reason):
    with pytest.raises(UnreadableFileError) as caught:
        read_pdf(content)
    assert caught.value.reason == reason


def test_pdf_with_very_many_letters_is_refused(monkeypatch):
    monkeypatch.setattr(pdf_module, "MAX_LETTERS", 500)
    with pytest.raises(UnreadableFileError, match="more than 500 letters"):
        read_pdf(article_pdf())
