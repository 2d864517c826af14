"""What a page shows, as a reader takes it in."""

from lxml import html


def page_of(client, path, *, status=200):
    """Return a page as a tree; its answer has the status."""
    answer = client.get(path)
    assert answer.status_code == status, text_of(html.fromstring(answer.text))
    return html.fromstring(answer.text)


def text_of(element):
    """Return the text of an element on one line."""
    return " ".join(element.text_content().split())


def section(page, key):
    """Return the section of a page whose heading has the id `key`."""
    (found,) = page.xpath(f"//section[@aria-labelledby='{key}']")
    return found


def rows_in(element):
    """Return the cells of each row of the first table in an element, without its head."""
    return [[text_of(cell) for cell in row.iter("td")] for row in element.xpath(".//tbody/tr")]


def links_in(page, *prefixes):
    """Return the addresses that the main part of a page leads to and that begin with a prefix."""
    found = page.xpath("//main//a/@href")
    return sorted({link.partition("#")[0] for link in found if link.startswith(prefixes)})


def assert_harmless(answer):
    """Check that no text from data became an element, an attribute or an address to follow."""
    page = html.fromstring(answer.text)
    scripts = page.xpath("//script")
    assert all(script.get("src", "").startswith("/static/") for script in scripts)
    assert not page.xpath(
        "//iframe|//img|//base|//object|//embed|//meta[@http-equiv]|//form[@action='//evil.example']"
    )
    assert not page.xpath("//@*[starts-with(name(), 'on')]|//@style")
    assert not [link for link in page.xpath("//@href") if not link.startswith(("/", "?", "#"))]
    assert "\u202e" not in answer.text
    assert "\x1b" not in answer.text
