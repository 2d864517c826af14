"""Labels of charsets: those of browsers, other spellings, and words that are no charset."""

import codecs

import pytest

from transforms.charset_labels import find_charset_of

# Some labels of every encoding in the WHATWG Encoding Standard, 4.2.
BROWSERS = {
    "utf-8": "unicode-1-1-utf-8 utf8 x-unicode20utf8",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2:1987 l2 latin2",
    "iso8859-3": "csisolatin3 iso-8859-3 iso_8859-3:1988",
    "iso8859-4": "csisolatin4 iso-8859-4 l4",
    "iso8859-5": "csisolatincyrillic cyrillic iso_8859-5",
    "iso8859-6": "arabic asmo-708 csiso88596e iso-8859-6-i ecma-114",
    "iso8859-7": "ecma-118 elot_928 greek8 sun_eu_greek iso_8859-7:1987",
    "iso8859-8": "csiso88598i iso-8859-8-i logical visual hebrew iso-8859-8-e",
    "iso8859-10": "csisolatin6 iso885910 l6",
    "iso8859-13": "iso-8859-13 iso885913",
    "iso8859-14": "iso-8859-14 iso8859-14",
    "iso8859-15": "csisolatin9 iso_8859-15 l9",
    "iso8859-16": "iso-8859-16",
    "koi8-u": "cskoi8r koi koi8 koi8_r koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "dos-874 iso-8859-11 iso885911 tis-620 windows-874",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251",
    "cp1252": "ansi_x3.4-1968 ascii cp819 csisolatin1 ibm819 iso-8859-1 l1 latin1 us-ascii x-cp1252",
    "cp1253": "cp1253 windows-1253",
    "cp1254": "csisolatin5 iso-8859-9 iso_8859-9:1989 l5 windows-1254",
    "cp1258": "cp1258 windows-1258 x-cp1258",
    "gb18030": "chinese csgb2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5",
    "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis",
    "cp949": "cseuckr euc-kr korean ks_c_5601-1987 ks_c_5601-1989 ksc_5601 windows-949",
}
SPELLINGS = {
    "utf-8": "UTF-8; utf8mb3 utf8mb4 utf-8-bom utf_8 uft-8 cp65001 'utf-8'",
    "cp1251": "win1251 win-1251 windows_1251 windows-cp1251 CP-1251 ansi_1251 1251",
    "cp1252": "latin-1 8859-1 ISO8859_1 MS-1252",
    "iso8859-2": "latin-2 ISO_8859_2",
    "gb18030": "windows-936 cp936 x-euc-cn",
    "euc_jp": "eucJP eucJP-win",
    "cp850": "ibm850 cp-850 dos-850",
    "johab": "johab",
}


@pytest.mark.parametrize(
    ("label", "charset"),
    [
        pytest.param(label, charset, id=label)
        for charset, labels in [*BROWSERS.items(), *SPELLINGS.items()]
        for label in labels.split()
    ],
)
def test_label_is_known(label, charset):
    assert find_charset_of(label) == charset
    assert codecs.lookup(charset).name == charset


@pytest.mark.parametrize(
    "label",
    ["", "ansi", "x-user-defined", "none", "utf", "hex", "rot13", "base64", "zip", "idna", "punycode",
     "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "charmap", "cp037", "cp500",
     "utf-32", "iso-8859-12", "windows-1521", "text/html", "\0", "x" * 500],
)  # fmt: skip
def test_word_that_is_no_charset_is_unknown(label):
    assert find_charset_of(label) is None
