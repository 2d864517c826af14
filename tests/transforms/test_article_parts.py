"""What belongs to the text of an article, and what only stands next to it on the page."""

import pytest

from tests.helpers.pages import PARAGRAPHS, TITLE, article_of, make_page

TEXT = "\n".join(PARAGRAPHS)
CONSENT = (
    "We and 40 partners set cookies to count who reads this. You may withdraw your "
    "consent on the page about our cookie policy whenever you like."
)
COMMENT = (
    "I have sailed past that quay for thirty years, and I saw the cracks before any diver did."
)


def paragraphs(lines):
    return "".join(f"<p>{line}</p>" for line in lines)


def page_of(inside):
    return make_page(body=f"<main><h1>{TITLE}</h1>{inside}</main>")


@pytest.mark.parametrize(
    ("within", "lines"),
    [
        pytest.param(
            f"<h3>Pier four</h3><p>{COMMENT}</p>",
            ["Pier four", COMMENT],
            id="heading-above-text",
        ),
        pytest.param(
            f'<h2><a href="#piers">The piers</a></h2><p>{COMMENT}</p>',
            ["The piers", COMMENT],
            id="heading-that-links-to-itself",
        ),
        pytest.param(
            f'<h2><a href="https://pier-four.example/">4. Pier Four Museum</a></h2><p>{COMMENT}</p>',
            ["4. Pier Four Museum", COMMENT],
            id="numbered-heading-with-link",
        ),
        pytest.param(
            f'<h2 id="the-tax-credit-of-the-port" class="toc">Port dues</h2><p>{COMMENT}</p>',
            ["Port dues", COMMENT],
            id="heading-with-the-name-of-a-region",
        ),
        pytest.param(
            "<ul><li>Ropes</li><li>Lamps</li><li>Two flags of the port</li></ul>",
            ["Ropes", "Lamps", "Two flags of the port"],
            id="short-items",
        ),
        pytest.param(
            "<ul><li>Cracks in three piers of the quay, each as wide as a hand.</li>"
            '<li><a href="/ropes">Ropes of the northern harbour</a></li></ul>',
            [
                "Cracks in three piers of the quay, each as wide as a hand.",
                "Ropes of the northern harbour",
            ],
            id="linked-item-in-a-list-of-the-article",
        ),
        pytest.param(
            "<dl><dt>Bollard</dt><dd>A post for ropes</dd></dl>",
            ["Bollard", "A post for ropes"],
            id="definitions",
        ),
        pytest.param(
            f'<div class="card"><div class="inner"><h3>Good to know</h3><div>{COMMENT}</div></div></div>',
            ["Good to know", COMMENT],
            id="box-with-heading",
        ),
        pytest.param(
            f'<div class="social-embed"><blockquote><p>{COMMENT}</p>— Ole Brandt (@olebrandt)'
            "</blockquote></div>",
            [COMMENT, "— Ole Brandt (@olebrandt)"],
            id="quoted-post",
        ),
        pytest.param(
            f'<section id="component_7ad30f"><p>{COMMENT}</p></section>', [COMMENT], id="random-id"
        ),
        pytest.param(
            "<h3>“We would rather close a quay for a month than lose a ship”</h3>",
            ["“We would rather close a quay for a month than lose a ship”"],
            id="heading-that-repeats-a-sentence",
        ),
    ],
)
def test_part_inside_the_article_is_kept(within, lines):
    half = len(PARAGRAPHS) // 2
    expected = [*PARAGRAPHS[:half], *lines, *PARAGRAPHS[half:]]
    assert article_of(make_page(within=within)).text.split("\n") == expected


@pytest.mark.parametrize(
    "within",
    [
        pytest.param(
            '<h2><a href="https://tides.example/">Tide tables of the coast</a></h2>',
            id="linked-headline",
        ),
        pytest.param(
            f'<a href="/fish"><div><h3>Fish prices rise again</h3><p>{COMMENT}</p></div></a>',
            id="card-that-is-one-link",
        ),
        pytest.param(
            '<div class="box"><p>Here you find content of an external provider. It is shown when you '
            "give your consent, and data about you may go there.</p></div>",
            id="embed-that-waits-for-consent",
        ),
        pytest.param(
            '<elementor><div class="elementor-widget elementor-widget-share-buttons">'
            "<p>Tell the people you know about this quay and its piers, they will thank you.</p>"
            "</div></elementor>",
            id="share-bar-of-a-page-builder",
        ),
        pytest.param(
            "<blockquote><p>We would rather close a quay for a month than lose a ship</p></blockquote>",
            id="pull-quote",
        ),
        pytest.param("<p>To view this content, change your settings.</p>", id="placeholder"),
        pytest.param("<p>Support our journalism with three euros a month.</p>", id="appeal"),
        pytest.param("<p>Page 1 of 3</p>", id="page-number"),
        pytest.param("<p>Seite 2 von 4</p>", id="german-page-number"),
    ],
)
def test_part_inside_the_page_that_is_not_the_article_is_removed(within):
    assert article_of(make_page(within=within)).text == TEXT


def test_consent_text_that_is_longer_than_the_article_is_removed():
    consent = "".join(f"<p>{CONSENT} This is paragraph {n} of it.</p>" for n in range(12))
    html = make_page(
        body=f"<div><div>{consent}</div></div><div><div><h1>{TITLE}</h1>{paragraphs(PARAGRAPHS)}</div></div>"
    )
    assert article_of(html).text == TEXT


def test_article_about_consent_is_kept():
    advice = (
        "Shops need your consent before they use cookies, the consumer office of the town says."
    )
    lines = [PARAGRAPHS[0], advice, *PARAGRAPHS[1:]]
    assert article_of(make_page(lines)).text.split("\n") == lines


def test_opening_in_a_box_of_its_own_is_part_of_the_article():
    inside = f"<div><p>{COMMENT}</p></div><div>{paragraphs(PARAGRAPHS)}</div>"
    assert article_of(page_of(inside)).text == f"{COMMENT}\n{TEXT}"


def test_linked_lines_of_a_roundup_are_kept():
    names = ["Aaby", "Brunn", "Corve", "Dolsk", "Esvik"]
    headings = [f"The harbour of {name} has a new crane" for name in names]
    inside = "".join(
        f'<p><a href="https://{name}.example/crane">{heading}</a></p><p>{line}</p>'
        for name, heading, line in zip(names, headings, PARAGRAPHS, strict=True)
    )
    expected = [line for entry in zip(headings, PARAGRAPHS, strict=True) for line in entry]
    assert article_of(page_of(inside)).text.split("\n") == expected


def test_table_of_contents_is_removed():
    contents = "".join(f'<li><a href="#part-{n}">What part {n} is about</a></li>' for n in range(8))
    html = make_page(within=f"<ul>{contents}</ul>")
    assert article_of(html).text == TEXT


def test_article_goes_on_after_an_embed():
    embed = '<div class="embed"><iframe src="https://clips.example/1"></iframe></div>'
    inside = (
        f'<div class="text">{paragraphs(PARAGRAPHS[:2])}</div>{embed}'
        f'<div class="text">{paragraphs(PARAGRAPHS[2:])}</div>'
    )
    assert article_of(page_of(inside)).text == TEXT


def test_widgets_of_a_page_builder_are_the_article():
    widgets = [
        f'<div class="elementor-widget elementor-widget-text-editor"><p>{line}</p></div>'
        for line in PARAGRAPHS
    ]
    heading = '<div class="elementor-widget elementor-widget-heading"><h2>The cracks</h2></div>'
    share = '<div class="elementor-widget elementor-widget-share-buttons"><p>Tell friends</p></div>'
    html = page_of("".join([*widgets[:3], heading, *widgets[3:], share]))
    assert article_of(html).text.split("\n") == [*PARAGRAPHS[:3], "The cracks", *PARAGRAPHS[3:]]


def test_comments_longer_than_the_article_are_removed():
    comments = "".join(f"<li><p>{COMMENT} That was in {1970 + n}.</p></li>" for n in range(40))
    html = make_page(after=f'<ol class="comment-list">{comments}</ol>')
    assert article_of(html).text == TEXT


def test_list_of_other_stories_with_their_first_sentences_is_removed():
    stories = "".join(
        f'<li><a href="/{n}">Fish market opens an hour later</a><p>{COMMENT}</p></li>'
        for n in range(3)
    )
    html = make_page(
        body=f'<div class="col"><h1>{TITLE}</h1>{paragraphs(PARAGRAPHS)}</div>'
        f'<div class="col"><h2>Latest</h2><ul>{stories}</ul></div>'
    )
    assert article_of(html).text == TEXT


def test_part_that_the_server_sends_late_is_read_in_its_place():
    late = f'<div hidden id="S:1">{paragraphs(PARAGRAPHS[2:4])}</div>'
    html = make_page(
        body=f'<main><h1>{TITLE}</h1>{paragraphs(PARAGRAPHS[:2])}<template id="B:1"></template>'
        f"{paragraphs(PARAGRAPHS[4:])}</main>{late}"
    )
    assert article_of(html).text == TEXT


def test_credit_for_the_reporters_at_the_end_of_a_short_article_is_kept():
    head = '<meta name="author" content="Mira Tolland">'
    credit = "Reporting by Mira Tolland; editing by Udo Prell"
    article = article_of(make_page([*PARAGRAPHS[:2], credit], head=head))
    assert article.authors == ("Mira Tolland",)
    assert article.text.endswith(credit)
