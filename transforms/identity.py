"""Keys that stay the same across runs, machines and releases.

Each key is a short prefix that names its scheme, then the start of a SHA-256 over the
parts, joined by the unit separator. A change of scheme needs a new prefix, so that old
and new keys cannot be confused. Tests pin literal values.
"""

from __future__ import annotations

import hashlib
import re

from transforms.normal_forms import normalize

_KEY_HEX = 24  # 96 bits: a collision among 10^9 keys has odds of about 1 in 10^11
_FINGERPRINT_WORDS = 4
_WORD = re.compile(r"\w[\w']*")
_ADDED = re.compile(r"\[[^\[\]]*\]")


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.sha256(joined).hexdigest()


def sha256_text(text: str) -> str:
    """Return the hexadecimal SHA-256 of `text` in UTF-8."""
    return _digest(text)


def document_id(url: str | None, content: bytes, outlet: str | None = None) -> str:
    """Return the key of an acquisition, the same for the same bytes from the same URL.

    Without a URL, the same bytes from two outlets are two acquisitions.

    >>> document_id(None, b"Two ferries collided.")
    'd1-fd4e94148e4035fa9d362e0b'
    """
    place = url or (f"outlet:{fold(outlet)}" if outlet else "")
    return "d1-" + _digest(place, hashlib.sha256(content).hexdigest())[:_KEY_HEX]


def article_id(canonical_url: str | None, text: str, outlet: str | None = None) -> str:
    """Return the key of an article, from its canonical URL or otherwise its text.

    An edited page keeps its key and gains a revision. A text without a URL is known by its
    words and its outlet, so a copy in another file has the same key, and one that another
    outlet printed has not.
    """
    if canonical_url:
        return "a1-" + _digest("url", canonical_url)[:_KEY_HEX]
    if outlet:
        return "a1-" + _digest("outlet", fold(outlet), fold(text))[:_KEY_HEX]
    return "a1-" + _digest("text", fold(text))[:_KEY_HEX]


def feed_id(canonical_url: str) -> str:
    """Return the key of a feed, from its canonical URL."""
    return "f1-" + _digest(canonical_url)[:_KEY_HEX]


def entry_id(feed: str, *parts: str) -> str:
    """Return the key of an entry within the feed with the key `feed`.

    Args:
        feed: The feed's key; entries of two feeds never share one.
        parts: The identifying fields, their kind first: `("guid", "tag:...")`.
    """
    return "e1-" + _digest(feed, *parts)[:_KEY_HEX]


def quotation_fingerprint(quoted: str) -> str | None:
    """Return the key of a quotation's wording, the same for its reuses in other articles.

    Letter case, punctuation, white space and an editor's additions in square brackets do not
    count. None for fewer than four words, because too many people say the same.

    >>> a = quotation_fingerprint("We [the union] will not  sign.")
    >>> a == quotation_fingerprint("“We will not sign!”"), quotation_fingerprint("Not now")
    (True, None)
    """
    words = _WORD.findall(_ADDED.sub(" ", fold(quoted).replace("’", "'")))
    return "q1-" + _digest(*words)[:_KEY_HEX] if len(words) >= _FINGERPRINT_WORDS else None


def fold(text: str) -> str:
    r"""Return `text` in NFKC, case-folded, with each run of white space as one space.

    >>> fold("The  Alliance\n agreed")
    'the alliance agreed'
    """
    return " ".join(normalize("NFKC", text).split()).casefold()


def entity_id(kind: str, name: str, qualifier: str = "") -> str:
    """Return the key of an entity, from its kind, its name and an optional qualifier.

    The qualifier distinguishes namesakes.

    >>> entity_id("organization", "NATO")
    'n1-7116669c257e5170eaf47654'
    """
    return "n1-" + _digest(kind, fold(name), qualifier)[:_KEY_HEX]
