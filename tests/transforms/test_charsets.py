"""Charsets: right, wrong and missing declarations, marks, and undecodable bytes."""

import codecs

import pytest

from transforms.charsets import decode

RUSSIAN = "Порт закрыл северный причал после того, как водолазы нашли трещины в трёх опорах."
GERMAN = "Der Hafen schließt den Kai für große Schiffe, bis die Prüfung der Brücke beendet ist."
JAPANESE = "港湾当局は月曜日、桟橋の柱にひびが見つかったため、北側の岸壁を閉鎖したと発表した。"
CHINESE = "港务局星期一宣布，因潜水员在三根桥墩上发现裂缝，北码头已经关闭，渡轮改用南码头。"
PAGE = '<html><head><meta charset="{declared}"><title>{text}</title></head><body><p>{text}</p></body></html>'

CASES = [
    pytest.param(GERMAN, "utf-8", id="utf-8"),
    pytest.param(RUSSIAN, "utf-16-le", id="utf-16-le"),
    pytest.param(GERMAN, "utf-16-be", id="utf-16-be"),
    pytest.param(RUSSIAN, "windows-1251", id="windows-1251"),
    pytest.param(RUSSIAN, "koi8-r", id="koi8-r"),
    pytest.param(JAPANESE, "shift_jis", id="shift-jis"),
    pytest.param(CHINESE, "gb18030", id="gb18030"),
    pytest.param(GERMAN, "windows-1252", id="windows-1252"),
]


def page(text, charset, declared):
    return PAGE.format(declared=declared, text=text).encode(charset)


@pytest.mark.parametrize(("text", "charset"), CASES)
def test_page_that_declares_its_charset_is_read(text, charset):
    decoded = decode(page(text, charset, charset))
    assert text in decoded.text
    assert not decoded.is_guessed


@pytest.mark.parametrize(("text", "charset"), CASES)
def test_charset_declared_by_the_transport_is_used(text, charset):
    decoded = decode(page(text, charset, "").replace(b'<meta charset="">', b""), charset)
    assert text in decoded.text
    assert not decoded.is_guessed


@pytest.mark.parametrize(("text", "charset"), CASES)
def test_page_without_declaration_is_read(text, charset):
    assert text in decode(page(text, charset, "").replace(b'<meta charset="">', b"")).text


@pytest.mark.parametrize(
    "declared", ["utf-8", "windows-1252", "koi8-r", "gb18030", "shift_jis", "x-bogus"]
)
@pytest.mark.parametrize(("text", "charset"), CASES)
def test_wrong_declaration_is_overruled_or_flagged(text, charset, declared):
    decoded = decode(page(text, charset, declared))
    assert text in decoded.text or decoded.is_guessed


@pytest.mark.parametrize(
    ("mark", "charset"),
    [
        pytest.param(codecs.BOM_UTF8, "utf-8", id="utf-8"),
        pytest.param(codecs.BOM_UTF16_LE, "utf-16-le", id="utf-16-le"),
        pytest.param(codecs.BOM_UTF16_BE, "utf-16-be", id="utf-16-be"),
        pytest.param(codecs.BOM_UTF32_LE, "utf-32-le", id="utf-32-le"),
    ],
)
def test_byte_order_mark_overrules_every_declaration(mark, charset):
    decoded = decode(mark + page(RUSSIAN, charset, "koi8-r"), "windows-1251")
    assert RUSSIAN in decoded.text
    assert decoded.charset == charset


def test_meta_element_far_from_the_start_is_found():
    late = (
        b"<script>" + b"x" * 60_000 + b"</script>" + page(RUSSIAN, "windows-1251", "windows-1251")
    )
    assert RUSSIAN in decode(late).text


def test_utf8_page_with_a_few_damaged_bytes_is_readable():
    decoded = decode(GERMAN.encode() * 5 + b"\xff\xfe" + GERMAN.encode())
    assert decoded.text.count(GERMAN) == 6
    assert decoded.is_guessed


def test_latin1_is_read_as_in_browsers():
    assert decode("“Never”".encode("cp1252"), "iso-8859-1").text == "“Never”"


def test_decoded_text_is_returned_unchanged():
    decoded = decode("Never said")
    assert (decoded.text, decoded.charset, decoded.is_guessed) == ("Never said", None, False)


def test_escaped_japanese_is_read():
    assert decode(JAPANESE.encode("iso2022_jp")).text == JAPANESE


HEBREW = "הנמל סגר את הרציף הצפוני לאחר שהצוללנים מצאו סדקים בשלושה עמודים, אמר דובר העירייה."
KOREAN = "항만 당국은 월요일 부두 기둥에서 균열이 발견되어 북쪽 부두를 폐쇄했다고 밝혔다."


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        pytest.param(RUSSIAN, "cp1251", "win-1251", id="win-1251"),
        pytest.param(RUSSIAN, "cp1251", "cp-1251", id="cp-1251"),
        pytest.param(RUSSIAN, "cp1251", "Windows_CP1251", id="windows-cp1251"),
        pytest.param(RUSSIAN, "mac_cyrillic", "x-mac-cyrillic", id="mac"),
        pytest.param(RUSSIAN, "utf-8", "utf8mb4", id="utf8mb4"),
        pytest.param(GERMAN, "utf-8", "ansi", id="utf-8-called-ansi"),
        pytest.param(GERMAN, "cp1252", "ISO_8859-1:1987", id="iso-with-year"),
        pytest.param(HEBREW, "iso8859_8", "iso-8859-8-i", id="hebrew"),
        pytest.param(JAPANESE, "euc_jp", "eucJP-win", id="euc-jp"),
        pytest.param(JAPANESE, "cp932", "windows-31j", id="windows-31j"),
        pytest.param(KOREAN, "cp949", "x-windows-949", id="korean"),
        pytest.param(KOREAN, "iso2022_kr", "iso-2022-kr", id="escaped-korean"),
        pytest.param(CHINESE, "hz", "hz-gb-2312", id="hz"),
        pytest.param(RUSSIAN, "utf-7", "utf-7", id="utf-7"),
    ],
)
@pytest.mark.parametrize("is_in_page", [True, False])
def test_unusual_name_of_a_charset_is_understood(text, charset, declared, is_in_page):
    start = PAGE.format(declared=declared if is_in_page else "", text="|").split("|")
    content = start[0].encode() + text.encode(charset) + b"</body></html>"
    decoded = decode(content, None if is_in_page else declared)
    assert text in decoded.text
    assert not decoded.is_guessed


@pytest.mark.parametrize(
    "declared",
    ["ansi", "x-user-defined", "unicode", "utf-16", "hex", "base64", "idna", "undefined", "cp037",
     "rot13", "unicode_escape", "utf-", "windows-1521", "none"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("text", "charset"),
    [pytest.param(RUSSIAN, "cp1251", id="cp1251"), pytest.param(GERMAN, "cp1252", id="cp1252")],
)
def test_name_that_means_no_charset_is_ignored_and_the_guess_is_flagged(text, charset, declared):
    for decoded in (decode(page(text, charset, declared)), decode(text.encode(charset), declared)):
        assert text in decoded.text
        assert decoded.is_guessed


def test_rare_charset_is_not_believed_where_a_common_one_fits_better():
    decoded = decode(page(RUSSIAN, "cp1251", "x-mac-cyrillic"))
    assert RUSSIAN in decoded.text
    assert decoded.is_guessed


def test_plus_signs_and_tildes_do_not_make_another_charset():
    text = "The pier cost 4+5 million crowns ~{or so}, the harbour office said."
    assert decode(text.encode()).text == text
    assert decode(text.encode(), "hz-gb-2312").is_guessed
