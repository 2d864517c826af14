from __future__ import annotations

import gzip

import pytest

from flows.feeds.feed_xml import decode, find_bomb, find_root, inflate
from transforms.feeds.feed_records import FeedRefusal

RUSSIAN = "Паром сел на мель у входа в гавань, пассажиры не пострадали. " * 20


def test_undeclared_charset_is_guessed() -> None:
    text, charset = decode(RUSSIAN.encode("cp1251"), None)
    assert charset.is_guessed
    assert text == RUSSIAN


def test_a_few_odd_bytes_are_read_as_windows_1252() -> None:
    text, charset = decode(b"<p>Caf\xe9 an der F\xe4hre</p>", None)
    assert (charset.name, charset.is_guessed) == ("cp1252", True)
    assert text == "<p>Café an der Fähre</p>"


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030"])
def test_chinese_subsets_are_read_as_gb_18030(declared: str) -> None:
    content = f'<?xml version="1.0" encoding="{declared}"?><rss>渡轮搁浅</rss>'
    text, charset = decode(content.encode("gb18030"), None)
    assert (charset.name, charset.is_guessed) == ("gb18030", False)
    assert text == content


def test_utf_8_that_is_cut_inside_a_character_is_recognized() -> None:
    assert decode("Größe der Fähre ß".encode()[:-1], None)[1].name == "utf-8"


def test_header_wins_over_the_declaration() -> None:
    content = '<?xml version="1.0" encoding="iso-8859-1"?><rss>мель</rss>'
    text, charset = decode(content.encode("koi8-r"), 'text/xml; charset="KOI8-R"')
    assert text == content
    assert (charset.name, charset.is_guessed) == ("koi8-u", False)  # which contains KOI8-R


def test_ebcdic_is_recognized_by_its_declaration() -> None:
    content = '<?xml version="1.0"?><rss/>'
    assert decode(content.encode("cp037"), None)[0] == content


@pytest.mark.parametrize(
    ("content", "root"),
    [
        (b"<rss/>", "rss"),
        (b"<rdf:RDF xmlns:rdf='x'>", "rdf"),
        (b"<?xml version='1.0'?><!-- <html> --><?style <a>?>\n<feed>", "feed"),
        (b"<!DOCTYPE rss [<!ENTITY a '<html>'>]><RSS>", "rss"),
        (b"<!DOCTYPE html PUBLIC 'x'><HTML>", "html"),
        (b"1 < 2 <p>", "p"),
        (b"no markup", ""),
        (b"<!-- never closed <rss>", ""),
        (b"<!DOCTYPE never closed", ""),
    ],
)
def test_root_element_is_found(content: bytes, root: str) -> None:
    assert find_root(content).root == root


def test_simple_entities_are_not_a_bomb() -> None:
    head = b"<!DOCTYPE rss [" + b"".join(b'<!ENTITY e%d "&#%d;">' % (n, n) for n in range(160, 420))
    assert find_bomb(find_root(head + b"]><rss>" + b"&e200;" * 1000 + b"</rss>")) is None


def test_concatenated_gzip_members_are_one_body() -> None:
    assert inflate(gzip.compress(b"a") + gzip.compress(b"b")) == b"ab"


def test_limit_covers_all_gzip_members() -> None:
    member = gzip.compress(bytes(600))
    assert inflate(member, 1_000) == bytes(600)
    refusal = inflate(member + member, 1_000)
    assert isinstance(refusal, FeedRefusal)
    assert refusal.reason == "too_large"


def test_damaged_gzip_is_refused() -> None:
    packed = bytearray(gzip.compress(b"The port stayed shut. " * 100))
    packed[-5] ^= 0xFF
    refusal = inflate(bytes(packed))
    assert isinstance(refusal, FeedRefusal)
    assert refusal.reason == "truncated_body"
