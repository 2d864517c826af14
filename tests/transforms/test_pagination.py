"""Articles on several pages: the flags, and the address of the next page."""

import pytest

from tests.helpers.pages import article_of, make_page

URL = "https://herald.example/port/quay"


def read(links, url=URL):
    article = article_of(make_page(after=links), url=url)
    return article.flags, article.next_page_url


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<a rel="next" href="/port/quay?page=2">Next</a>', f"{URL}?page=2"),
        ('<a href="/port/quay?lang=en&page=2">2</a>', None),  # another address
        ('<a href="/port/quay/page/2/">Next page</a>', f"{URL}/page/2/"),
        ('<a href="/port/quay/seite-2">Weiter</a>', f"{URL}/seite-2"),
        ('<a href="/port/quay/2">2</a>', f"{URL}/2"),
        ('<a href="/port/quay-2">Quay closed for a second time</a>', None),
        ('<a rel="next" href="/port/fish-prices">Fish prices rise</a>', None),
        ('<a href="/port/quay?page=2#comments">More comments</a>', None),
        ('<a href="/port/quay?page=3">3</a>', None),
    ],
)
def test_next_page_is_the_same_address_with_the_next_number(link, following):
    flags = ("more_pages",) if following else ()
    assert read(link) == (flags, following)


def test_next_page_in_the_head_is_found():
    html = make_page(head='<link rel="next" href="quay.html?page=2">')
    article = article_of(html, url="https://herald.example/port/quay.html")
    assert article.next_page_url == "https://herald.example/port/quay.html?page=2"


def test_number_in_a_file_name_is_a_page_next_to_the_same_name_without_it():
    links = '<a rel="prev" href="quay.html">Back</a><a rel="next" href="quay-3.html">Next</a>'
    flags, following = read(links, "https://herald.example/port/quay-2.html")
    assert flags == ("later_page", "more_pages")
    assert following == "https://herald.example/port/quay-3.html"


def test_later_page_is_flagged():
    assert read('<a rel="prev" href="?page=2">Back</a>', f"{URL}?page=3") == (("later_page",), None)


@pytest.mark.parametrize("url", [f"{URL}/2", f"{URL}?page=2", "https://herald.example/2024/05/12"])
def test_number_alone_says_nothing(url):
    assert read('<a rel="next" href="/port/fish-prices">Fish prices rise</a>', url) == ((), None)


def test_page_without_address_is_known_by_its_canonical_link():
    head = f'<link rel="canonical" href="{URL}?page=3"><link rel="prev" href="{URL}?page=2">'
    assert article_of(make_page(head=head), url=None).flags == ("later_page",)


def test_later_page_is_no_revision_of_the_first_page():
    head = f'<link rel="canonical" href="{URL}"><link rel="prev" href="{URL}">'
    article = article_of(make_page(head=head), url=f"{URL}?page=2")
    assert article.canonical_url == f"{URL}?page=2"
    assert article_of(make_page(head=head), url=f"{URL}?from=rss").canonical_url == URL
