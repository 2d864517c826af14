"""Charsets: which one the bytes of a page or feed are in, and how certain that is.

In order: a byte-order mark; zero bytes as in UTF-16 and UTF-32; the escape sequences of 7-bit
charsets; valid UTF-8 (the odds that text in another charset is valid UTF-8 by accident fall
about eightfold with each letter); the charset declared by the transport; the one declared by
a `<meta>` tag or an XML prologue in the first 100 kB (`transforms.charset_labels` reads the
labels). A declaration is believed if the bytes decode with it and look like writing. Unknown
labels are ignored. Otherwise the most plausible charset of a fixed list is used, and the
text counts as guessed.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from transforms.charset_labels import find_charset_of

DECLARATION_BYTES = 100_000
_SAMPLE_BYTES = 20_000  # enough letters to distinguish charsets, and cheap

_META = re.compile(
    rb"""<meta[^>]{0,500}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{2,40})""", re.IGNORECASE
)
_PROLOGUE = re.compile(
    rb"""^\s{0,99}<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{2,40})"""
)

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Charsets that switch to other letters by sequences of ASCII, and how the first one looks.
_SWITCHING = {"iso2022_kr": b"\x1b$)C", "iso2022_jp": b"\x1b$", "hz": b"~{", "utf-7": b"+"}
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
# Which of four bytes are always zero in ASCII text.
_WIDE_PATTERNS = {
    "x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be",
}  # fmt: skip
_GUESSES = (
    "cp1252", "cp1251", "koi8-u", "cp932", "gb18030", "euc_jp", "cp949", "big5hkscs",
    "cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "iso-8859-2", "iso-8859-5", "cp866",
)  # fmt: skip
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_CLEARLY_BETTER = 0.15
_LITTLE_EVIDENCE = 10  # non-ASCII bytes: two quotation marks do not disprove a declaration
# A wrong charset turns common letters into rare ones, even if the words look plausible.
_COMMON_LETTERS = frozenset("оеаинтсрвлкмдпуіαοιετσνηυρπκάίόήύςיוהלאברמתנשالينمرتبوعدسفกนรอางเมีส")
_RARE_LETTERS = frozenset("ýþðÝÞÐ¤")  # Turkish read as windows-1252 looks like this


@dataclass(frozen=True, slots=True)
class Charset:
    """A charset by Python's name; `is_guessed` if no declaration fitted."""

    name: str
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page.

    Attributes:
        charset: Python's name of the charset, None if the text came decoded.
        is_guessed: Whether no declaration fitted, or bytes had to be replaced.
    """

    text: str
    charset: str | None
    is_guessed: bool = False


def decode(content: bytes | str, declared: str | None = None) -> Decoded:
    r"""Return `content` as text, with the charset that it was decoded from.

    Args:
        content: Bytes as received; text is returned unchanged.
        declared: Charset that the transport declared, if any.

    >>> decode("Президент прибыл в Киев".encode("cp1251"), "windows-1251").text
    'Президент прибыл в Киев'
    """
    if isinstance(content, str):
        return Decoded(content, None)
    charset = find_charset(content, declared)
    try:
        text, is_damaged = content.decode(charset.name), False
    except UnicodeDecodeError:
        text, is_damaged = content.decode(charset.name, "replace"), True
    is_guessed = charset.is_guessed or is_damaged
    return Decoded(text.removeprefix("\ufeff"), charset.name, is_guessed)


def find_charset(content: bytes, declared: str | None = None) -> Charset:
    """Return the charset of some bytes.

    Args:
        content: Bytes as received.
        declared: Charset that the transport declared, if any.

    >>> find_charset("Fähre nach Köln".encode("utf-8"), "iso-8859-1").name
    'utf-8'
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return Charset(name)
    if wide := _wide_charset(content):
        return Charset(wide)
    if content.isascii():
        return _ascii_charset(content, declared)
    if _is_utf8(content):
        return Charset("utf-8")
    if _is_damaged_utf8(content):
        return Charset("utf-8", is_guessed=True)
    return _single_charset(content, _declarations(content, declared))


def _declarations(content: bytes, declared: str | None) -> list[str]:
    """Return the declared charsets that are known, the transport's first."""
    head = content[:DECLARATION_BYTES]
    labels = [declared or ""]
    labels += [
        match[1].decode("ascii") for match in (_PROLOGUE.search(head), _META.search(head)) if match
    ]
    names = (find_charset_of(label) for label in labels)
    return list(dict.fromkeys(name for name in names if name))


def _ascii_charset(content: bytes, declared: str | None) -> Charset:
    """Return the charset of bytes below 128: UTF-8, or one that switches to other letters.

    UTF-7 and HZ look like ASCII, so they are read only where they are declared.
    """
    switching = [name for name, switch in _SWITCHING.items() if switch in content]
    if not switching:
        return Charset("utf-8")
    names = [name for name in _declarations(content, declared) if name in switching]
    names += [name for name in switching if name.startswith("iso2022")]
    for name in names:
        try:
            content.decode(name)
        except UnicodeDecodeError:
            continue
        return Charset(name)
    return Charset("utf-8", is_guessed=bool(names))


def _wide_charset(content: bytes) -> str | None:
    """Return EBCDIC, or UTF-16 or UTF-32 without a mark, if the bytes look like it."""
    if content.startswith(_EBCDIC):
        return "cp037"
    start = content[:64]
    if len(start) >= 8 and 0 in start[:8]:
        columns = [start[column : len(start) // 4 * 4 : 4] for column in range(4)]
        if name := _WIDE_PATTERNS.get("".join("x" if any(column) else "0" for column in columns)):
            return name
    return _unmarked_utf16(content)


def _unmarked_utf16(content: bytes) -> str | None:
    """Return UTF-16's byte order if every other byte at the start is NUL."""
    head = content[:1000]
    half = len(head) // 2
    if half < 4:
        return None
    if head[1::2].count(0) > 0.2 * half and head[::2].count(0) == 0:
        return "utf-16-le"
    if head[::2].count(0) > 0.2 * half and head[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _single_charset(content: bytes, declared: list[str]) -> Charset:
    """Return the charset of bytes that are not UTF-8; believe `declared` if it looks right."""
    sample = _sample(content)
    scores = {charset: plausibility(sample, charset) for charset in (*declared, *_GUESSES)}
    best = max(scores, key=scores.__getitem__)
    is_little = sum(byte > 127 for byte in sample) < _LITTLE_EVIDENCE
    needed = 0.0 if is_little else max(0.0, scores[best] - _CLEARLY_BETTER)
    for charset in declared:
        # Charsets of old systems differ from those of Windows in few letters.
        is_rare = charset not in _GUESSES and charset.startswith(("mac-", "cp"))
        if scores[charset] > needed and (scores[charset] == scores[best] or not is_rare):
            return Charset(charset)
    return Charset(best, is_guessed=True)


def _sample(content: bytes) -> bytes:
    """Return the bytes around the first non-ASCII bytes, which distinguish charsets."""
    first = next((at for at, byte in enumerate(content) if byte > 127), 0)
    start = content.rfind(b">", 0, first) + 1
    pieces = content[start : start + 20 * _SAMPLE_BYTES].split(b"<")
    text = b" ".join(piece.partition(b">")[2] if at else piece for at, piece in enumerate(pieces))
    return text[:_SAMPLE_BYTES]


def _is_damaged_utf8(content: bytes) -> bool:
    """Return whether UTF-8 characters beyond ASCII outnumber stray bytes two to one."""
    text = content.decode("utf-8", "surrogateescape")
    beyond: list[str] = _BEYOND_ASCII.findall(text)
    stray = sum("\udc80" <= char <= "\udcff" for char in beyond)
    return len(beyond) - stray > 2 * stray


def plausibility(sample: bytes, charset: str) -> float:
    """Return how much `sample` looks like writing when decoded as `charset`.

    The mean over its non-ASCII characters: 1 for a character that is common in its place, 0
    for a possible one, -1 for one that hardly occurs in writing. -1 for the whole sample if
    more than one character in a hundred does not decode.

    >>> plausibility("Вулиця в Києві".encode("koi8-u"), "koi8-u") > 0.5
    True
    >>> plausibility("Вулиця в Києві".encode("koi8-u"), "cp1251") > 0.5
    False
    """
    text = sample.decode(charset, "replace").rstrip("\ufffd")
    wide = [at for at, char in enumerate(text) if char > "\x7f"]
    if not wide:
        return 0.0
    if 100 * text.count("\ufffd") > len(wide):
        return -1.0
    return sum(_score(text, at) for at in wide) / len(wide)


_PUNCTUATION = frozenset("‘’“”„«»–—…€£°·№§©®• ¿¡、。「」『』，：；？！（）・《》“”ー")


def _score(text: str, at: int) -> float:
    char = text[at]
    if char in _PUNCTUATION:
        return 0.5
    if "\u3040" <= char <= "\u30ff":
        return 1.0
    if "\uac00" <= char <= "\ud7a3":  # modern Korean hardly mixes scripts within a word
        return -0.5 if "\u4e00" <= text[at - 1 : at] <= "\u9fff" else 1.0
    if "\u4e00" <= char <= "\u9fff":
        return 0.8 if _is_common_ideograph(char) else -0.5
    if not char.isalpha():
        return -1.0
    if "\uff61" <= char <= "\uff9f" or "\ue000" <= char <= "\uf8ff":  # half-width kana, private use
        return -1.0
    return _score_letter(char, text[at - 1 : at], text[at + 1 : at + 2])


def _score_letter(char: str, before: str, after: str) -> float:
    """Return the score of a letter by its neighbours in the word."""
    if char.isupper() and before.islower():
        return -1.0  # "aB": typical of text decoded with the wrong Cyrillic charset
    mixed = any(other.isascii() and other.isalpha() for other in (before, after))
    is_latin = char < "\u0250"
    if mixed != is_latin and (before + after).strip():
        return 0.2 if is_latin and (before + after).isascii() else -0.5
    if is_latin:
        return -0.2 if char in _RARE_LETTERS else 0.9
    return 1.0 if char in _COMMON_LETTERS else 0.3


def _is_common_ideograph(char: str) -> bool:
    """Return whether a character is in the first level of GB 2312, Big5 or JIS X 0208."""
    for charset, first, last in (
        ("gb2312", 0xB0, 0xD7),
        ("big5", 0xA4, 0xC6),
        ("euc_jp", 0xB0, 0xCF),
    ):
        try:
            lead = char.encode(charset)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return True
    return False
