"""Feeds, sitemaps and feed lists with hostile fields and markup."""

import json
from html import escape

import pytest

from flows.errors import FeedListError
from flows.feeds.feed_list import read_feed_list, read_foreign_list, write_feed_list
from flows.feeds.opml import MAX_FEEDS, ListedFeed, read_opml, write_opml
from tests.helpers.cpu_time import takes_at_most
from tests.helpers.feed_builders import item, only, outcome, rss
from tests.helpers.hostile import hostile, superlinear
from transforms.feeds.feed_fields import MAX_LIST_ITEMS
from transforms.feeds.feed_records import FeedRefusal

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"a" * 20_000}">]>'
# Inputs that are no markup when they are escaped, which every field may contain.
FIELDS = (
    *("blanks", "digits", "letters", "dots", "commas", "accents", "at_signs", "addresses"),
    *("round_brackets", "percent_signs", "slashes", "hyphens", "times"),
)


def opml(outlines, prologue=""):
    return f"{prologue}<opml><body>{outlines}</body></opml>".encode()


def outline(number):
    return f'<outline text="a" xmlUrl="https://news.example/{number}"/>'


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(lambda text: rss(item(title=text, link=text)), id="title"),
        pytest.param(lambda text: rss(item(date=text, guid=text)), id="date"),
        pytest.param(lambda text: rss(item(extra=f"<author>{text}</author>")), id="author"),
        pytest.param(lambda text: rss(item(extra=f"<category>{text}</category>")), id="category"),
        pytest.param(
            lambda text: rss(item(extra=f"<description>{text}</description>")), id="description"
        ),
        pytest.param(
            lambda text: f"<urlset><url><loc>{text}</loc><lastmod>{text}</lastmod></url></urlset>".encode(),
            id="sitemap",
        ),
        pytest.param(
            lambda text: json.dumps({
                "version": "https://jsonfeed.org/version/1.1",
                "items": [{"id": text, "url": text, "title": text, "content_html": text}],
            }).encode(),
            id="json-feed",
        ),
    ],
)  # fmt: skip
def test_field_of_a_feed_costs_linear_time(feed):
    assert superlinear(lambda text: outcome(feed(escape(text))), names=FIELDS) == []


def test_many_categories_cost_linear_time_and_are_cut():
    few, many = (
        rss(item(extra="".join(f"<category>c{n}</category>" for n in range(count))))
        for count in (3_000, 6_000)
    )
    entry = only(few)
    assert (len(entry.tags), "cut_field" in entry.flags) == (MAX_LIST_ITEMS, True)
    assert takes_at_most(2.3, lambda: outcome(many), lambda: outcome(few), slack_s=0.05)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param("{}<rss><channel><title>{}</title></channel></rss>", id="rss"),
        pytest.param("{}<feed><title>{}</title></feed>", id="atom"),
        pytest.param("{}<urlset><url><loc>{}</loc></url></urlset>", id="sitemap"),
        pytest.param("{}<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>", id="index"),
        pytest.param('{}<opml><body><outline text="{}"/></body></opml>', id="opml"),
    ],
)
@pytest.mark.parametrize(
    ("prologue", "uses"),
    [pytest.param(BOMB, "&c;", id="laughs"), pytest.param(QUADRATIC, "&a;" * 20_000, id="long")],
)
def test_entities_that_expand_without_limit_are_refused(document, prologue, uses):
    content = document.format(prologue, uses).encode()
    refusal = read_opml(content) if "opml" in document else outcome(content)
    assert isinstance(refusal, FeedRefusal)
    assert refusal.reason == "bad_xml"


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(lambda text: opml(outline(1) + text), id="markup"),
        pytest.param(lambda text: opml(f"<outline {text}/>"), id="tag"),
        pytest.param(
            lambda text: opml(f'<outline text="{escape(text)}" xmlUrl="http://a.example"/>'),
            id="title",
        ),
    ],
)
def test_feed_list_costs_linear_time(listed):
    assert superlinear(lambda text: read_opml(listed(text))) == []


@pytest.mark.parametrize(
    "piece",
    [
        pytest.param('<outline text="a" xmlUrl="https://a.example/', id="unclosed-quotation"),
        pytest.param('<outline text="a" ', id="unclosed-tag"),
        pytest.param("<outline text='a'>", id="nested"),
    ],
)
def test_broken_outlines_cost_no_more_than_good_ones(piece):
    hostile_list = opml(piece * 2_000)
    good = opml("".join(map(outline, range(4_000))))
    assert takes_at_most(3, lambda: read_opml(hostile_list), lambda: read_opml(good), slack_s=0.1)


def test_outline_with_many_attributes_is_unusable_and_the_next_one_is_read():
    tag = "<outline " + " ".join(f'a{n}="1"' for n in range(200_000)) + "/>"
    listed = read_opml(opml(tag + outline(1)))
    assert [feed.url for feed in listed.feeds] == ["https://news.example/1"]
    assert listed.unusable == ("outline with 200,000 attributes",)


def test_long_foreign_list_is_read_in_a_worker(tmp_path):
    file = tmp_path / "list.opml"
    file.write_bytes(opml("".join(map(outline, range(3_000)))))
    assert len(read_foreign_list(file).feeds) == 3_000


def test_list_with_too_many_feeds_is_refused_with_their_number(tmp_path, monkeypatch):
    for module in ("feed_list", "opml"):
        monkeypatch.setattr(f"flows.feeds.{module}.MAX_FEEDS", 3)
    file = tmp_path / "list.opml"
    file.write_bytes(opml("".join(map(outline, range(5)))))
    with pytest.raises(FeedListError, match="has 5 feeds, more than 3: divide"):
        read_feed_list(file)
    feeds = [ListedFeed(url=f"https://news.example/{number}") for number in range(4)]
    with pytest.raises(FeedListError, match="has 4 feeds"):
        write_feed_list(tmp_path / "new.opml", feeds)
    assert not (tmp_path / "new.opml").exists()


def test_as_many_feeds_as_allowed_are_read():
    listed = read_opml(write_opml([ListedFeed(url="https://a.example/")], title="Mine"))
    assert (len(listed.feeds), listed.over_limit) == (1, 0)
    assert MAX_FEEDS == 100_000


def test_one_word_of_a_megabyte_is_cut():
    entry = only(rss(item(title=hostile("letters", 1_000_000))))
    assert (len(entry.title or ""), "cut_field" in entry.flags) == (1_000, True)
