from __future__ import annotations

import pytest

from tests.helpers.feed_builders import FEED_URL, item, only, parsed, refused, rss
from transforms.urls import MAX_URL_CHARS

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
 <title type="html">Harbour &amp;amp; Sea</title>
 <link rel="self" href="https://news.example.org/atom"/><link href="https://news.example.org/"/>
 <updated>2024-05-06T10:00:00Z</updated>
 <entry><id>tag:example.org,2024:7</id><title>Ferry aground</title>
  <link rel="enclosure" type="audio/mpeg" href="/7.mp3"/><link href="/world/7"/>
  <published>2024-05-06T08:00:00+02:00</published><updated>2024-05-06T09:00:00Z</updated>
  <author><name>Ann Lee</name></author><author><name>Ben Ode</name></author>
  <category term="shipping"/><summary>Nobody was hurt.</summary>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The <i>Gull</i> ran aground.</p></div></content>
 </entry>
</feed>"""


def test_rss_item_becomes_an_entry() -> None:
    feed = parsed(
        rss(
            item(extra="<description>Dockers &lt;b&gt;walked&lt;/b&gt; out.</description>"),
            head="<language>en-gb</language><ttl>30</ttl><copyright>Harbour News Ltd</copyright>",
        )
    )
    (entry,) = feed.entries
    assert (feed.kind, feed.version, feed.title) == ("rss", "rss20", "Harbour News")
    assert (feed.home_url, feed.language) == ("https://news.example.org/", "en-gb")
    assert (feed.ttl_s, feed.rights) == (1800, "Harbour News Ltd")
    assert (entry.url, entry.title) == ("https://news.example.org/1", "Harbour strike, day 1")
    assert entry.published_at is not None
    assert entry.published_at.isoformat() == "2024-05-06T09:30:00+00:00"
    assert entry.published_raw == "Mon, 06 May 2024 09:30:00 GMT"
    assert entry.summary == "Dockers walked out."
    assert entry.content is None


def test_atom_entry_keeps_links_dates_authors_and_content() -> None:
    feed = parsed(ATOM.encode())
    (entry,) = feed.entries
    assert (feed.kind, feed.version, feed.title) == ("atom", "atom10", "Harbour & Sea")
    assert feed.self_url == "https://news.example.org/atom"
    assert entry.url == "https://news.example.org/world/7"
    assert entry.authors == ("Ann Lee", "Ben Ode")
    assert entry.tags == ("shipping",)
    assert entry.language == "en"
    assert entry.content == "<p>The <i>Gull</i> ran aground.</p>"
    assert entry.published_at is not None
    assert entry.published_at.isoformat() == "2024-05-06T06:00:00+00:00"
    assert entry.updated_at is not None


@pytest.mark.parametrize(
    ("content", "version"),
    [
        pytest.param(
            b'<rss version="0.91"><channel><item><title>A</title><link>http://a.example/1</link>'
            b"</item></channel></rss>",
            "rss091u",
            id="rss-0.91",
        ),
        pytest.param(
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            b'xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>N</title></channel>'
            b"<item><title>A</title><link>http://a.example/1</link></item></rdf:RDF>",
            "rss090",
            id="rss-0.90",
        ),
        pytest.param(
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            b'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            b'<channel rdf:about="http://a.example"><title>N</title></channel>'
            b'<item rdf:about="http://a.example/1"><title>A</title><link>http://a.example/1</link>'
            b"<dc:date>2024-05-06T09:30:00Z</dc:date></item></rdf:RDF>",
            "rss10",
            id="rss-1.0",
        ),
        pytest.param(
            b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>N</title><entry>'
            b'<title>A</title><link rel="alternate" type="text/html" href="http://a.example/1"/>'
            b"<issued>2024-05-06T09:30:00Z</issued></entry></feed>",
            "atom03",
            id="atom-0.3",
        ),
    ],
)
def test_old_dialects_are_read(content: bytes, version: str) -> None:
    feed = parsed(content)
    assert feed.version == version
    assert [entry.url for entry in feed.entries] == ["http://a.example/1"]


def test_date_of_rss_1_is_the_publication_date() -> None:
    content = rss(item(date="")).replace(
        b"</item>", b'<date xmlns="http://purl.org/dc/elements/1.1/">2024-05-06</date></item>'
    )
    entry = only(content)
    assert (entry.published_raw, entry.published_precision) == ("2024-05-06", "day")


def test_full_text_is_kept_as_markup() -> None:
    full = "<content:encoded><![CDATA[<p>The whole story.</p>]]></content:encoded>"
    entry = only(rss(item(extra="<description>Short.</description>" + full)))
    assert (entry.summary, entry.content) == ("Short.", "<p>The whole story.</p>")


def test_description_as_long_as_an_article_is_its_content() -> None:
    story = "&lt;p&gt;" + "The port stayed shut. " * 60 + "&lt;/p&gt;"
    entry = only(rss(item(extra=f"<description>{story}</description>")))
    assert entry.content is not None
    assert entry.content.startswith("<p>The port stayed shut.")


def test_feed_without_items_is_accepted() -> None:
    assert parsed(rss()).entries == ()


def test_opml_instead_of_a_feed_is_refused() -> None:
    refusal = refused(b'<opml version="2.0"><body/></opml>')
    assert refusal.reason == "unsupported_feed"
    assert "OPML" in refusal.detail


def test_undeclared_prefix_in_a_sitemap_is_ignored() -> None:
    sitemap = b"<urlset><x:url><x:loc>https://a.example/1</x:loc></x:url></urlset>"
    assert [entry.url for entry in parsed(sitemap).entries] == ["https://a.example/1"]


GERMAN = rss(item(title="Größe der Fähre")).replace(b'<?xml version="1.0"?>', b"")


@pytest.mark.parametrize(
    ("content", "content_type", "charset", "is_guessed"),
    [
        pytest.param(GERMAN, None, "utf-8", False, id="undeclared-utf-8"),
        pytest.param(b"\xef\xbb\xbf" + GERMAN, None, "utf-8", False, id="byte-order-mark"),
        pytest.param(
            GERMAN, "text/xml; charset=ISO-8859-1", "utf-8", False, id="header-contradicts-bytes"
        ),
        pytest.param(
            GERMAN.decode().encode("latin-1"), "text/xml; charset=iso-8859-1", "cp1252", False,
            id="header",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="windows-1252"?>' + GERMAN.decode().encode("cp1252"),
            "text/xml", "cp1252", False, id="declaration",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="no-such"?>' + GERMAN.decode().encode("cp1252"), None,
            "cp1252", True, id="bogus-declaration",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="win_1252"?>' + GERMAN.decode().encode("cp1252"), None,
            "cp1252", False, id="another-spelling",
        ),
        pytest.param(
            GERMAN.decode().encode("cp1252"), "text/xml; charset: ansi", "cp1252", True,
            id="ansi-header",
        ),
        pytest.param(
            b'<?xml version="1.0" encoding="hex"?>' + GERMAN.decode().encode("cp1252"), None,
            "cp1252", True, id="codec-that-is-no-charset",
        ),
        pytest.param(
            ("\ufeff" + GERMAN.decode()).encode("utf-16-le"), None, "utf-16-le", False,
            id="utf-16-with-mark",
        ),
        pytest.param(
            GERMAN.decode().encode("utf-16-be"), None, "utf-16-be", False, id="utf-16-without-mark"
        ),
        pytest.param(GERMAN.decode().encode("utf-32-le"), None, "utf-32-le", False, id="utf-32"),
    ],
)  # fmt: skip
def test_charset_is_found(
    content: bytes, content_type: str | None, charset: str, is_guessed: bool
) -> None:
    feed = parsed(content, **({"content_type": content_type} if content_type else {}))
    assert feed.entries[0].title == "Größe der Fähre"
    assert feed.charset == charset
    assert ("charset_guessed" in feed.flags) == is_guessed


def test_stray_windows_bytes_within_utf_8_are_read() -> None:
    content = rss(item(title="Größe der Fähre X")).replace(b" X", b" \x96 neu")
    feed = parsed(content)
    assert feed.entries[0].title == "Größe der Fähre – neu"
    assert "charset_guessed" in feed.flags


@pytest.mark.parametrize(
    ("link", "url", "flag"),
    [
        pytest.param("/world/1", "https://news.example.org/world/1", None, id="relative"),
        pytest.param("//cdn.example.org/1", "https://cdn.example.org/1", None, id="no-scheme"),
        pytest.param("javascript:alert(1)", None, "bad_link", id="script"),
        pytest.param("file:///etc/passwd", None, "bad_link", id="file"),
        pytest.param("mailto:desk@news.example.org", None, "bad_link", id="mail"),
        pytest.param("https://a.example/" + "x" * MAX_URL_CHARS, None, "long_link", id="long"),
        pytest.param("https://a.example/" + "x" * 100_000, None, "long_link", id="huge"),
        pytest.param(
            "https://bücher.example/größe",
            "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe",
            None,
            id="idna",
        ),
    ],
)
def test_link_is_resolved_or_refused(link: str, url: str | None, flag: str | None) -> None:
    entry = only(rss(item(link=link)))
    assert entry.url == url
    assert entry.flags == ((flag,) if flag else ())


def test_guid_that_is_not_a_url_is_not_a_link() -> None:
    content = rss(item(link="", guid="")).replace(b"</item>", b"<guid>story-7</guid></item>")
    entry = only(content)
    assert (entry.guid, entry.url) == ("story-7", None)


def test_guid_that_is_a_url_is_the_link() -> None:
    content = rss(item(link="", guid="")).replace(
        b"</item>", b"<guid>https://news.example.org/7</guid></item>"
    )
    assert only(content).url == "https://news.example.org/7"


@pytest.mark.parametrize(
    ("date", "flags"),
    [
        pytest.param("", (), id="none"),
        pytest.param("soon", ("bad_date",), id="words"),
        pytest.param("Mon, 06 May 2099 09:30:00 GMT", ("future_date",), id="2099"),
        pytest.param("0001-01-01T00:00:00Z", ("absurd_date",), id="year-1"),
        pytest.param("99999-01-01T00:00:00Z", ("bad_date",), id="year-99999"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", ("absurd_date",), id="epoch"),
    ],
)
def test_unreadable_date_is_kept_raw(date: str, flags: tuple[str, ...]) -> None:
    entry = only(rss(item(date=date)))
    assert entry.published_at is None
    assert (entry.published_raw or "") == date
    assert entry.flags == flags


def test_date_without_a_zone_is_flagged() -> None:
    entry = only(rss(item(date="Mon, 06 May 2024 09:30:00")))
    assert entry.published_at is not None
    assert entry.flags == ("zone_assumed",)


def test_author_without_a_name_gives_no_byline() -> None:
    with_mail = "<author>desk@example.org (Ann Lee)</author>"
    assert only(rss(item(extra=with_mail))).authors == ("Ann Lee",)
    assert only(rss(item(extra="<author>desk@example.org</author>"))).authors == ()


def test_update_period_sets_the_ttl() -> None:
    head = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert parsed(rss(head=head)).ttl_s == 21_600


def test_links_are_resolved_against_the_feed_url() -> None:
    assert only(rss(item(link="7")), url=FEED_URL).url == "https://news.example.org/7"
