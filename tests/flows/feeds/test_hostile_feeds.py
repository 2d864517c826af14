from __future__ import annotations

import gzip
import socket
from pathlib import Path

import pytest

from tests.helpers.feed_builders import item, only, parsed, refused, rss


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"<!DOCTYPE html><html><title>Log in</title>", "Log in", id="login"),
        pytest.param(
            b"\n<!-- edge --><HTML><head><TITLE>Just a moment...</TITLE></head>",
            "Just a moment...",
            id="challenge",
        ),
        pytest.param(
            b"<html><body>" + rss(item()) + b"</body></html>", "HTML", id="feed-inside-a-page"
        ),
        pytest.param(b"Service unavailable", "neither XML nor JSON", id="plain-text"),
        pytest.param(b"<note><to>desk</to></note>", "note", id="other-xml"),
    ],
)
def test_page_instead_of_a_feed_is_refused(content: bytes, words: str) -> None:
    refusal = refused(content)
    assert refusal.reason == "not_a_feed"
    assert words in refusal.detail


@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\xef\xbb\xbf\n", b"\x00\x00"])
def test_empty_body_is_refused_as_empty(content: bytes) -> None:
    assert refused(content).reason == "empty"


def test_feed_cut_in_the_middle_keeps_its_complete_entries() -> None:
    whole = rss(*(item(number) for number in range(50)))
    feed = parsed(whole[: whole.index(b"day 17")])
    assert len(feed.entries) == 17
    assert "truncated" in feed.flags


def test_ill_formed_feed_keeps_its_entries() -> None:
    feed = parsed(rss(item(1, title="Fish & chips <3"), item(2)))
    assert len(feed.entries) == 2
    assert "ill_formed" in feed.flags


def test_input_that_makes_feedparser_raise_is_repaired() -> None:
    feed = parsed(rss(item(1, title="Bad &#1114112; reference"), item(2)))
    assert [entry.url for entry in feed.entries] == [
        "https://news.example.org/1",
        "https://news.example.org/2",
    ]


# A gml:pos without an enclosing place makes feedparser raise KeyError.
BROKEN = '<gml:pos xmlns:gml="http://www.opengis.net/gml">1 2</gml:pos>'


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param(b"\n\n  ", id="blank-lines"),
        pytest.param(b"<br />\n<b>Notice</b>: Undefined index in feed.php<br />\n", id="php"),
        pytest.param(b"<div>Deprecated: <table><tr><td>x</td></tr></table></div>", id="table"),
    ],
)
def test_output_of_a_script_before_the_feed_is_skipped(notice: bytes) -> None:
    feed = parsed(notice + rss(item()))
    assert [entry.title for entry in feed.entries] == ["Harbour strike, day 1"]
    assert feed.flags == ()


def test_broken_item_loses_only_itself() -> None:
    feed = parsed(rss(item(1), item(2, extra=BROKEN), item(3), head="<ttl>60</ttl>"))
    assert [entry.url for entry in feed.entries] == [
        "https://news.example.org/1",
        "https://news.example.org/3",
    ]
    assert (feed.title, feed.version, feed.ttl_s) == ("Harbour News", "rss20", 3600)
    assert (feed.unusable, feed.flags) == (1, ("ill_formed",))


def test_broken_atom_entry_loses_only_itself() -> None:
    good = "<entry><id>tag:example.org,2024:7</id><title>Ferry aground</title></entry>"
    bad = f"<entry><id>tag:example.org,2024:8</id><title>Gale warning</title>{BROKEN}</entry>"
    feed = parsed(f'<feed xmlns="http://www.w3.org/2005/Atom">{good}{bad}</feed>'.encode())
    assert [entry.title for entry in feed.entries] == ["Ferry aground"]
    assert (feed.kind, feed.unusable) == ("atom", 1)


def test_broken_head_loses_no_entry() -> None:
    feed = parsed(rss(item(1), head=BROKEN))
    assert [entry.url for entry in feed.entries] == ["https://news.example.org/1"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "prologue",
    [
        pytest.param(f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>', id="billion-laughs"),
        pytest.param(f'<!DOCTYPE rss [<!ENTITY l0 "{"a" * 60_000}">]>', id="quadratic"),
    ],
)
def test_entity_bomb_is_refused(prologue: str) -> None:
    uses = "&l9;" if "l9" in prologue else "&l0;" * 60_000
    refusal = refused(rss(item(title=uses), prologue=prologue))
    assert refusal.reason == "bad_xml"
    assert "entit" in refusal.detail


def test_harmless_entities_of_the_document_are_expanded() -> None:
    prologue = '<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY desk "Foreign Desk">\n]>'
    assert only(rss(item(title="From the &desk;"), prologue=prologue)).title == (
        "From the Foreign Desk"
    )


def test_external_entity_makes_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        prologue = (
            f'<!DOCTYPE rss SYSTEM "{address}" [<!ENTITY x SYSTEM "{address}">'
            f'<!ENTITY % p SYSTEM "{address}"> %p;]>'
        )
        assert only(rss(item(title="See &x; here"), prologue=prologue)).guid
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("kind", ["SYSTEM", 'PUBLIC "-//x//y"'])
def test_external_entity_is_never_opened(kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("leaked", encoding="utf-8")
    prologue = f'<!DOCTYPE rss [<!ENTITY x {kind} "file://{secret}"><!ENTITY % p {kind} "file://{secret}"> %p;]>'
    entry = only(rss(item(title="See &x; here"), prologue=prologue))
    assert "leaked" not in (entry.title or "")


def test_entries_over_the_limit_are_counted() -> None:
    feed = parsed(rss(*(item(number) for number in range(2_100))))
    assert (len(feed.entries), feed.over_limit, feed.seen) == (2_000, 100, 2_100)
    assert feed.entries[-1].url == "https://news.example.org/1999"


@pytest.mark.slow
def test_hundred_thousand_entries_take_bounded_time() -> None:
    feed = parsed(rss(*(f"<item><guid>{number}</guid></item>" for number in range(100_000))))
    assert (len(feed.entries), feed.seen) == (2_000, 100_000)


def test_long_fields_are_cut_and_flagged() -> None:
    entry = only(
        rss(
            item(
                title="long " * 1_000,
                extra=f"<content:encoded>{'word ' * 300_000}</content:encoded>",
            )
        )
    )
    assert entry.title is not None
    assert entry.content is not None
    assert (len(entry.title), len(entry.content)) == (999, 1_000_000)
    assert "cut_field" in entry.flags


def test_oversized_body_is_refused() -> None:
    assert refused(rss(item(extra=" " * 17_000_000))).reason == "too_large"


def test_control_characters_are_removed_and_flagged() -> None:
    content = rss(item(title="Fer\x00ry\x07 \ufffe sinks", link="https://news.example.org/a\x00b"))
    feed = parsed(content)
    (entry,) = feed.entries
    assert (entry.title, entry.url) == ("Ferry sinks", "https://news.example.org/ab")
    assert "control_characters" in feed.flags


def test_escaped_control_characters_are_removed() -> None:
    entry = only(rss(item(title="Fer&#0;ry&#1; &#xFFFE;sinks")))
    assert entry.title is not None
    assert all(character.isprintable() for character in entry.title)


def test_gzipped_feed_is_read() -> None:
    assert len(parsed(gzip.compress(rss(item()))).entries) == 1


def test_cut_gzip_is_refused() -> None:
    packed = gzip.compress(rss(*(item(number) for number in range(50))))
    assert refused(packed[: len(packed) // 2]).reason == "truncated_body"


def test_gzip_bomb_is_refused() -> None:
    assert refused(gzip.compress(b" " * 80_000_000)).reason == "too_large"
