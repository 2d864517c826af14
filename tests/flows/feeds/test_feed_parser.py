"""Our use of feedparser gives the same result as feedparser, except for dates."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.parsers import expat

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.feeds.feed_parser import parse_strictly, read_loosely
from tests.helpers.feed_builders import item, rss

PROLOGUE = b"<?xml version='1.0' encoding='utf-8'?>\n"
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB" xml:base="http://a.example/b/">{}'
    '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Port <b>news</b></div></title>'
    '<link rel="Self" href="feed"/><entry><id>c</id><link href="../d"/>{}'
    '<content type="xhtml" xml:lang="fr"><div xmlns="http://www.w3.org/1999/xhtml"><p>Il &lt; elle'
    '<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg></p></div></content></entry></feed>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:foo="http://a.example/ns"><channel'
    ' rdf:about="http://a.example/"><title>A</title>{}</channel><item rdf:about="http://a.example/1">'
    "<title>B</title><dc:creator>Ann Lee</dc:creator><dc:date>2024-05-06</dc:date>"
    '<foo:bar Baz="1" foo:qux="2">x</foo:bar>{}</item></rdf:RDF>'
)
RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:m="http://www.w3.org/1998/Math/MathML"'
    ' xmlns:ul="http://backend.userland.com/rss2" xmlns:xlink="http://www.w3.org/1999/xlink">'
    "<channel><title>A &amp;amp; B</title><image><url>i.png</url><title>Logo</title></image>"
    "{}<item><title>One</title><link>http://a.example/1?a=1&amp;b=2</link>{}</item></channel></rss>"
)
PIECES = (
    '<guid isPermaLink="FALSE">http:///a.example/1</guid>',
    "<guid>http:///a.example/1</guid>",
    "<pubDate>Mon, 06 May 2024 09:30:00 GMT</pubDate>",
    "<language>fr_FR</language>",
    "<description>Dockers &lt;b&gt;walked&lt;/b&gt; out</description>",
    "<description>A cafÃ© by the quay</description>",
    "<description xml:base='http://c.example/'><p lang='de'>Die <b>Werft</b></p></description>",
    "<c:encoded xmlns:c='http://purl.org/rss/1.0/modules/content/'><![CDATA[<p>All</p>]]></c:encoded>",
    "<category domain='d'>Ports</category><category term='Sea' label='S'/>",
    "<author>ann@a.example (Ann Lee)</author>",
    "<enclosure url='a.mp3' type='AUDIO/mpeg'/><link rel='Related' href='../2' type='Text/HTML'/>",
    "<m:group xmlns:m='http://search.yahoo.com/mrss'><m:title>T</m:title><m:thumbnail url='t.png'/></m:group>",
    "<z:title xmlns:z='http://z.example/'>Strange</z:title><z:title xmlns:z='http://z.example/2'/>",
    "<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi></math>",
    "<source url='http://s.example/'>Else<title>Inner</title></source>",
    "<textInput><title>Q</title><name>q</name><link>http://a.example/q</link></textInput>",
    "<where LON='1' xlink:href='h' xmlns:xlink='http://www.w3.org/1999/xlink'/><base>x</base>",
    "<updated>yesterday</updated><title>Two</title><summary type='html'>&lt;i&gt;S&lt;/i&gt;</summary>",
    "<summary mode='base64' type='application/octet-stream'>PGI+aGk8L2I+</summary>",
)


def undated(found):
    """Return a result without the dates that only feedparser parses."""
    if isinstance(found, dict):
        pairs = dict.items(found)
        return {key: undated(value) for key, value in pairs if not key.endswith("_parsed")}
    return [undated(value) for value in found] if isinstance(found, list) else found


def theirs(content):
    read = feedparser.parse(PROLOGUE + content, sanitize_html=False, resolve_relative_uris=False)
    assert not read["bozo"]
    return read["version"], undated(read["feed"]), undated(read["entries"])


def ours(content):
    read = parse_strictly(content)
    return read.version, undated(read.feeddata), undated(read.entries)


def outcome(parse, content):
    """Return the parsed document, or the type of the error that it raises."""
    try:
        return parse(content)
    except (KeyError, TypeError, AttributeError, IndexError) as exc:
        return type(exc)


@given(
    st.sampled_from([ATOM, RDF, RSS]),
    st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
)
def test_well_formed_feed_reads_as_in_feedparser(frame, in_feed, in_item) -> None:
    content = frame.format(in_feed, in_item).encode()
    assert outcome(ours, content) == outcome(theirs, content)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(rss(item(), prologue="")[:-9], id="cut"),
        pytest.param(rss(item(extra="<x:y/>"), prologue=""), id="undeclared-prefix"),
        pytest.param(b"<rss xmlns:a='a b'><a:channel/></rss>", id="namespace-with-blanks"),
        pytest.param(rss(item(extra="&nbsp;"), prologue=""), id="undeclared-entity"),
    ],
)
def test_ill_formed_feed_is_left_to_feedparser(content) -> None:
    with pytest.raises(expat.ExpatError):
        parse_strictly(content)


def test_only_real_dates_are_read_loosely() -> None:
    assert read_loosely("Thu Jun 6 15:07:00 2024") == datetime(2024, 6, 6, 15, 7, tzinfo=UTC)
    assert read_loosely("yesterday") is None
