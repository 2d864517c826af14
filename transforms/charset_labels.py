"""Charset labels: the names under which pages, feeds and servers declare a charset.

The labels of the WHATWG Encoding Standard (4.2) come first, with the charsets that browsers
use for them (`iso-8859-1` is windows-1252). Other spellings of the same names ("win-1251",
"utf8mb4", "CP 1250") are read by their number, and charsets that Python knows and browsers
do not by their name. Any other label is unknown: "ansi" means another charset in every
country, and "x-user-defined" none.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

# Python's charset for each group of labels.
_GROUPS: Final = {
    # A page that was found by reading it as ASCII cannot be in UTF-16, whatever it says.
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8 "
    "65001 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff unicodefffe utf-16 utf-16le utf-16be",
    "cp866": "866 cp866 csibm866 ibm866",
    "iso8859-2": "csisolatin2 iso-ir-101 l2 latin2",
    "iso8859-3": "csisolatin3 iso-ir-109 l3 latin3",
    "iso8859-4": "csisolatin4 iso-ir-110 l4 latin4",
    "iso8859-5": "csisolatincyrillic cyrillic iso-ir-144",
    "iso8859-6": "arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-ir-127",
    "iso8859-7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 sun_eu_greek",
    "iso8859-8": "csiso88598e csiso88598i csisolatinhebrew hebrew iso-ir-138 logical visual",
    "iso8859-10": "csisolatin6 iso-ir-157 l6 latin6",
    "iso8859-15": "csisolatin9 l9 latin9",
    "koi8-u": "cskoi8r koi koi8 koi8-r koi8_r koi8-ru koi8-u",
    "mac-roman": "csmacintosh mac macintosh x-mac-roman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "cp874": "tis-620",
    "cp1252": "ansi_x3.4-1968 ascii cp819 csisolatin1 ibm819 iso-ir-100 l1 latin1 us-ascii",
    "cp1254": "csisolatin5 iso-ir-148 l5 latin5",
    "gb18030": "chinese csgb2312 csiso58gb231280 euc-cn gb18030 gb2312 gb_2312 gb_2312-80 gbk "
    "iso-ir-58 x-gbk 936",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 950",
    "euc_jp": "cseucpkdfmtjapanese euc-jp euc-jp-win x-euc x-euc-jp",
    "iso2022_jp": "csiso2022jp iso-2022-jp",
    "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis sjis-win windows-31j x-sjis "
    "932",
    "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
    "ksc5601 ksc_5601 uhc 949",
    # Browsers refuse these; pages in them exist.
    "hz": "hz hz-gb-2312",
    "iso2022_kr": "csiso2022kr iso-2022-kr",
    "utf-7": "unicode-1-1-utf-7 utf-7",
}  # fmt: skip
# Python's other charsets that have ASCII as their first half.
_OTHERS: Final = frozenset({
    "cp437", "cp720", "cp737", "cp775", "cp850", "cp852", "cp855", "cp856", "cp857", "cp858",
    "cp860", "cp861", "cp862", "cp863", "cp864", "cp865", "cp869", "cp1006", "cp1125", "johab",
    "koi8-t", "kz1048", "mac-croatian", "mac-greek", "mac-iceland", "mac-latin2", "mac-turkish",
    "mac-cyrillic", "mac-roman", "ptcp154",
})  # fmt: skip
_SEPARATORS: Final = re.compile(r"[\s_.:/-]+")
_PREFIX: Final = re.compile(r"^(?:x-)+")
_ISO: Final = re.compile(r"(?:cs)?(?:iso-?)?8859-?(1[0-6]?|[2-9])(?:-(?:19\d\d|[ei]))?")
_WINDOWS: Final = re.compile(r"(?:ms-?|windows-?|win-?|cp-?|ansi-?|dos-?|ibm-?|oem-?)+(\d{3,5})")
_WINDOWS_PAGE: Final = re.compile(r"cp(?:874|125[0-8])")
_UTF8: Final = re.compile(r"(?:utf|uft)-?8.{0,12}")
# The ISO charsets that browsers read as larger ones.
_READ_AS: Final = {"iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874"}


def _squeeze(label: str) -> str:
    return _SEPARATORS.sub("", label.lower())


_CHARSETS: Final = {
    _squeeze(label): name for name, labels in _GROUPS.items() for label in labels.split()
}


def find_charset_of(label: str) -> str | None:
    """Return Python's name of the charset that a label stands for, None if it is unknown.

    >>> find_charset_of("ISO_8859-1:1987"), find_charset_of("win-1251"), find_charset_of("utf8mb4")
    ('cp1252', 'cp1251', 'utf-8')
    >>> find_charset_of("ansi"), find_charset_of("x-user-defined"), find_charset_of("base64")
    (None, None, None)
    """
    key = _SEPARATORS.sub("-", label.strip().strip("\"'").lower())
    bare = _PREFIX.sub("", key)
    known = _CHARSETS.get(_squeeze(key)) or _CHARSETS.get(_squeeze(bare))
    if known or _UTF8.fullmatch(bare):
        return known or "utf-8"
    if iso := _ISO.fullmatch(bare):
        return _known_to_python(f"iso8859-{iso[1]}")
    if windows := _WINDOWS.fullmatch(bare):
        number = windows[1]
        return _CHARSETS.get(number) or _known_to_python(f"cp{number}")
    return _known_to_python(bare)


def _known_to_python(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    is_known = name in _OTHERS or _ISO.fullmatch(name) or _WINDOWS_PAGE.fullmatch(name)
    return _READ_AS.get(name, name) if is_known else None
