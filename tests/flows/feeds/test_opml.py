from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.feeds.feed_list import change_feed_list, listed_feeds
from flows.feeds.opml import FeedList, ListedFeed, read_opml, write_opml
from transforms.feeds.feed_records import FeedRefusal
from warehouse.folder import DataFolder

LIST = b"""<?xml version="1.0"?>
<opml version="2.0"><head><title>Harbour feeds</title></head><body>
 <outline text="World"><outline text="Europe">
  <outline type="rss" text="Harbour News" xmlUrl="https://news.example.org/feed" htmlUrl="https://news.example.org/" language="en"/>
 </outline></outline>
 <outline title="Tide Wire" xmlUrl="feed://tide.example.com/rss"/>
 <outline text="Again" xmlUrl="http://news.example.org/feed/"/>
 <outline text="Broken" xmlUrl="javascript:0"/>
 <outline text="Only a folder"/>
</body></opml>"""


def read(content: bytes) -> FeedList:
    listed = read_opml(content)
    assert isinstance(listed, FeedList), listed
    return listed


def test_feeds_have_folder_title_and_language() -> None:
    listed = read(LIST)
    assert listed.feeds[0] == ListedFeed(
        url="https://news.example.org/feed",
        title="Harbour News",
        home_url="https://news.example.org/",
        folder="World/Europe",
        language="en",
    )
    assert listed.feeds[1] == ListedFeed(url="https://tide.example.com/rss", title="Tide Wire")


def test_duplicates_and_unusable_urls_are_counted() -> None:
    listed = read(LIST)
    assert (len(listed.feeds), listed.duplicates, listed.unusable) == (2, 1, ("javascript:0",))


def test_written_list_reads_back_the_same() -> None:
    feeds = (
        ListedFeed(url="https://a.example/f?a=1&b=2", title='Fish & "chips" <daily>', folder="A/B"),
        ListedFeed(url="https://b.example/f", title="Bay", home_url="https://b.example/"),
    )
    written = write_opml(feeds, title="Mine")
    assert set(read(written).feeds) == set(feeds)
    assert write_opml(reversed(feeds), title="Mine") == written


def test_unescaped_characters_in_attributes_are_repaired() -> None:
    content = LIST.replace(
        b'text="Harbour News"', b'text="Fish & chips" description="The "Gull" <b>daily</b>"'
    )
    feeds = read(content).feeds
    assert [feed.url for feed in feeds] == [
        "https://news.example.org/feed",
        "https://tide.example.com/rss",
    ]
    assert feeds[0].title == "Fish & chips"


def test_other_documents_are_refused() -> None:
    refusal = read_opml(b"<html><body/></html>")
    assert isinstance(refusal, FeedRefusal)
    assert refusal.reason == "not_opml"


def test_entity_bomb_is_refused() -> None:
    refusal = read_opml(b'<!DOCTYPE opml [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><opml/>')
    assert isinstance(refusal, FeedRefusal)
    assert refusal.reason == "bad_xml"


def test_list_in_windows_charset_is_read() -> None:
    content = '<?xml version="1.0" encoding="windows-1252"?><opml><body><outline text="Größe" xmlUrl="https://a.example/f"/></body></opml>'
    assert read(content.encode("cp1252")).feeds[0].title == "Größe"


def test_credentials_of_a_private_feed_are_kept() -> None:
    feed = ListedFeed(url="https://desk:pass@news.example.org/feed", title="Private")
    assert read(write_opml([feed], title="Mine")).feeds == (feed,)


def test_pause_is_kept_in_the_list() -> None:
    paused_at = datetime(2024, 6, 3, 8, 30, tzinfo=UTC)
    feeds = (
        ListedFeed(url="https://a.example/f", title="Bay", paused_at=paused_at),
        ListedFeed(url="https://b.example/f", title="Tide"),
    )
    written = write_opml(feeds, title="Mine")
    assert set(read(written).feeds) == set(feeds)
    assert b"pausedAt" not in write_opml(feeds[1:], title="Mine")
    # An unescaped character makes the list broken XML, which is repaired.
    broken = written.replace(b'title="Bay"', b'title="Fish & "Bay""')
    assert [feed.paused_at for feed in read(broken).feeds] == [paused_at, None]


@pytest.mark.parametrize(
    ("written", "paused_at"),
    [
        ("2024-06-03", datetime(2024, 6, 3, tzinfo=UTC)),
        ("2024-06-03T10:30:00+02:00", datetime(2024, 6, 3, 8, 30, tzinfo=UTC)),
        ("yes", datetime(1970, 1, 1, tzinfo=UTC)),
        ("", None),
    ],
)
def test_pause_can_be_written_by_hand(written: str, paused_at: datetime | None) -> None:
    content = LIST.replace(b'type="rss" text', f'type="rss" pausedAt="{written}" text'.encode())
    assert read(content).feeds[0].paused_at == paused_at


def test_no_secret_is_written_as_a_title() -> None:
    feed = ListedFeed(url="https://news.example.org/feed?key=cAnAry4711")
    written = write_opml([feed], title="Mine")
    assert written.count(b"cAnAry4711") == 1
    [again] = read(written.replace(b"key=***", b"key=cAnAry4711")).feeds
    assert "cAnAry4711" not in f"{again.title} {again.address} {again!r}"


def test_accounts_of_a_publisher_are_distinct_feeds() -> None:
    feeds = [ListedFeed(url=f"https://{name}:pw@a.example/f") for name in ("ada", "bob")]
    assert len(read(write_opml(feeds, title="Mine")).feeds) == 2


def test_changes_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)

    def add(number: int) -> None:
        feed = ListedFeed(url=f"https://a.example/{number}")
        change_feed_list(folder, lambda feeds: [*feeds, feed])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(listed_feeds(folder)) == 40


def test_list_keeps_its_mode_and_a_new_one_is_private(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    change_feed_list(folder, lambda _: [ListedFeed(url="https://a.example/1")])
    assert folder.feed_list.stat().st_mode & 0o777 == 0o600
    folder.feed_list.chmod(0o640)
    target = tmp_path / "lists" / "mine.opml"
    target.parent.mkdir()
    folder.feed_list.rename(target)
    folder.feed_list.symlink_to(target)
    change_feed_list(folder, lambda feeds: [*feeds, ListedFeed(url="https://a.example/2")])
    assert folder.feed_list.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert len(listed_feeds(folder)) == 2
