from __future__ import annotations

from tests.helpers.feed_builders import item, only, parsed, rss
from transforms.feeds.entries import find_news, mark
from transforms.feeds.feed_records import FeedEntry

A = "https://news.example.org/a"
B = "https://news.example.org/b"


def seen(*entries: FeedEntry) -> tuple[dict[str, str], set[str]]:
    fingerprints = {entry.entry_id: entry.fingerprint for entry in entries}
    return fingerprints, {entry.canonical_url for entry in entries if entry.canonical_url}


def test_entry_id_is_stable() -> None:
    assert only(rss(item(guid="tag:7"))).entry_id == "e1-2719e7e9801256aa2c0f2080"


def test_second_poll_of_the_same_feed_finds_nothing_new() -> None:
    feed = parsed(rss(item(1), item(2)))
    news = find_news(parsed(rss(item(2), item(1))).entries, *seen(*feed.entries))
    assert (news.new, news.changed, news.renamed, len(news.known)) == ((), (), (), 2)


def test_duplicate_guid_with_different_links_keeps_both() -> None:
    feed = parsed(rss(item(guid="0", link=A), item(guid="0", link=B)))
    assert [entry.url for entry in feed.entries] == [A, B]
    assert all(entry.flags == ("shared_guid",) for entry in feed.entries)


def test_shared_guid_does_not_depend_on_the_order() -> None:
    first = parsed(rss(item(guid="0", link=A), item(guid="0", link=B)))
    second = parsed(rss(item(guid="0", link=B), item(guid="0", link=A)))
    assert {entry.entry_id for entry in first.entries} == {
        entry.entry_id for entry in second.entries
    }


def test_newly_shared_guid_is_not_a_second_article() -> None:
    before = parsed(rss(item(guid="0", link=A)))
    after = parsed(rss(item(guid="0", link=B), item(guid="0", link=A)))
    news = find_news(after.entries, *seen(*before.entries))
    assert [entry.url for entry in news.new] == [B]
    assert [entry.url for entry in news.renamed] == [A]


def test_same_guid_and_link_twice_is_counted_once() -> None:
    feed = parsed(rss(item(1), item(1)))
    assert (len(feed.entries), feed.duplicates) == (1, 1)


def test_same_guid_with_other_title_and_link_is_a_change() -> None:
    before = parsed(rss(item(guid="7", link=A, title="Ferry aground")))
    after = parsed(rss(item(guid="7", link=B, title="Ferry afloat again")))
    news = find_news(after.entries, *seen(*before.entries))
    assert [entry.title for entry in news.changed] == ["Ferry afloat again"]
    assert news.changed[0].entry_id == before.entries[0].entry_id


def test_changed_guid_with_the_same_link_is_not_a_second_article() -> None:
    before = parsed(rss(item(guid="7", link=A)))
    after = parsed(rss(item(guid="8", link=A + "?utm_source=rss")))
    news = find_news(after.entries, *seen(*before.entries))
    assert (news.new, len(news.renamed)) == ((), 1)


def own(*entries: FeedEntry) -> dict[str, str]:
    return {entry.canonical_url: entry.fingerprint for entry in entries if entry.canonical_url}


def test_changed_guid_of_an_entry_of_the_same_feed_is_an_edit() -> None:
    before = parsed(rss(item(guid="7#0", link=A), item(guid="9", link=B))).entries
    after = parsed(rss(item(guid="7#1", link=A), item(guid="9", link=B))).entries
    news = find_news(after, *seen(*before), own(*before))
    assert [entry.guid for entry in news.changed] == ["7#1"]
    assert (news.new, news.renamed, len(news.known)) == ((), (), 1)


def test_second_guid_beside_the_first_is_not_an_edit() -> None:
    before = parsed(rss(item(guid="7", link=A))).entries
    after = parsed(rss(item(guid="7", link=A), item(guid="8", link=A))).entries
    news = find_news(after, *seen(*before), own(*before))
    assert (news.changed, len(news.renamed), len(news.known)) == ((), 1, 1)


def pages(stamp: str, titles: dict[int, str] | None = None) -> tuple[FeedEntry, ...]:
    """Return six entries whose GUIDs end in `stamp`."""
    return parsed(
        rss(
            *(
                item(
                    guid=f"{number}-{stamp}",
                    link=f"{A}/{number}",
                    title=(titles or {}).get(number, f"Ferry {number} aground"),
                )
                for number in range(6)
            )
        )
    ).entries


def test_only_other_words_are_an_edit_where_all_guids_are_new() -> None:
    before = pages("monday")
    after = pages("tuesday", {3: "Ferry afloat again"})
    news = find_news(after, *seen(*before), own(*before))
    assert [entry.title for entry in news.changed] == ["Ferry afloat again"]
    assert len(news.renamed) == 5


def test_nothing_is_an_edit_where_all_guids_and_titles_are_new() -> None:
    before = pages("monday")
    after = pages("tuesday", {number: f"Read {number} times" for number in range(6)})
    news = find_news(after, *seen(*before), own(*before))
    assert (news.new, news.changed, len(news.renamed)) == ((), (), 6)


def test_one_article_under_two_guids_is_new_once() -> None:
    feed = parsed(rss(item(guid="7", link=A), item(guid="8", link=A)))
    news = find_news(feed.entries, {}, set())
    assert (len(news.new), len(news.renamed)) == (1, 1)


def test_entry_without_guid_and_link_is_recognized_by_title_and_date() -> None:
    first = only(rss(item(guid="", link="", title="Tide tables")))
    again = only(rss(item(guid="", link="", title="Tide  Tables")))
    other_day = only(
        rss(item(guid="", link="", title="Tide tables", date="Tue, 07 May 2024 09:30:00 GMT"))
    )
    assert first.flags == ("no_guid",)
    assert first.entry_id == again.entry_id
    assert first.entry_id != other_day.entry_id


def test_empty_entry_is_counted() -> None:
    feed = parsed(rss(item(1), "<item></item>"))
    assert (len(feed.entries), feed.unusable) == (1, 1)


def test_returning_entry_is_known() -> None:
    first = parsed(rss(item(1), item(2)))
    fingerprints, urls = seen(*first.entries)
    gone = find_news(parsed(rss(item(2))).entries, fingerprints, urls)
    back = find_news(parsed(rss(item(1), item(2))).entries, fingerprints, urls)
    assert (gone.new, back.new, len(back.known)) == ((), (), 2)


def test_tracking_pixel_in_full_text_is_not_a_change() -> None:
    def story(pixel: int) -> str:
        body = f"&lt;p&gt;The port stayed shut.&lt;/p&gt;&lt;img src='/p?{pixel}'&gt;"
        return f"<content:encoded>{body}</content:encoded>"

    before, after = (only(rss(item(extra=story(pixel)))) for pixel in (1, 2))
    assert before.fingerprint == after.fingerprint


def test_changed_full_text_is_a_change() -> None:
    before, after = (
        only(rss(item(extra=f"<content:encoded>The port {what}.</content:encoded>")))
        for what in ("stayed shut", "reopened")
    )
    assert before.fingerprint != after.fingerprint


def test_marks_distinguish_the_entries_of_a_feed() -> None:
    entries = parsed(rss(*(item(number) for number in range(500)))).entries
    assert len({mark(entry.entry_id) for entry in entries}) == 500
    assert max(mark(entry.entry_id) for entry in entries) < 2**32
