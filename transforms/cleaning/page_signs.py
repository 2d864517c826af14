"""Signs of what kind a page is: what it declares, how it is built, what its text is like.

A sign is a number by its name: 0 or 1, a share, or a count on a scale that grows slowly. The
words are in `seeds/cleaning/page_words.csv`; `page_types` says how much each sign counts.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from lxml.etree import _Element
from lxml.html import HtmlElement

from transforms.cleaning.blocks import Block, prose_in_container
from transforms.cleaning.page import Page, squeeze
from transforms.normal_forms import normalize
from transforms.tables import Tables
from transforms.url_parts import split_url
from transforms.urls import canonical_url

Signs = dict[str, float]

_ARTICLE = re.compile(r"(?:Article|BlogPosting|BlogPost|Report)$")
_NEWS = re.compile(r"NewsArticle$|^LiveBlogPosting$")
_NO_ARTICLE = frozenset(("TechArticle", "APIReference"))
_STATED = {
    "states_offer": frozenset(("Offer", "AggregateOffer")),
    "states_forum": frozenset(("DiscussionForumPosting", "QAPage")),
    "states_list": frozenset(("CollectionPage", "SearchResultsPage", "ProfilePage")),
    "states_items": frozenset(("ItemList",)),
    "states_faq": frozenset(("FAQPage", "Question")),
    "states_documentation": _NO_ARTICLE,
}
_PRICE = re.compile(
    r"(?:[$€£¥₹]\s?\d[\d.,]*|\b\d[\d.,]{0,20}\s?(?:€|zł|kr\b|USD\b|EUR\b|GBP\b|грн|₽|руб))(?![\w%])"
)
_POST = re.compile(r"(?:^|[\s_-])(?:post|message|reply|answer|comment)(?:[\s_-]|$)")
_POST_TAGS = ("div", "li", "article", "section", "tr", "table")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_DAY = re.compile(r"/(?:19|20)\d\d[/-]\d\d?(?:[/-]|$)")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_LABEL_CHARS = 30
_LABELS = 7  # more labels of a kind say no more
_LABELLED = frozenset(("a", "button", "input", "label"))
_MAX_NAMES = 60
_HEADLINE_CHARS = 12
_STORY_CHARS = 150
_LED = 3  # blocks between a linked headline and the text that it leads to


@dataclass(frozen=True, slots=True)
class PageWords:
    """The page types that words point to, by the place of the word.

    Attributes:
        path: Folders of an address ("threads").
        host: Parts of a host name ("forum").
        generator: Names of programs that make pages ("phpbb").
        classes: Classes of the whole page ("archive").
        label: Labels of links and buttons ("add to cart").
    """

    path: Mapping[str, frozenset[str]]
    host: Mapping[str, frozenset[str]]
    generator: Mapping[str, frozenset[str]]
    classes: Mapping[str, frozenset[str]]
    label: Mapping[str, frozenset[str]]

    @classmethod
    def from_tables(cls, tables: Tables) -> Self:
        """Group the rows of `cleaning/page_words`."""
        found: dict[str, dict[str, set[str]]] = {
            place: {} for place in ("path", "host", "generator", "class", "label")
        }
        for row in tables["cleaning/page_words"]:
            found[row["place"]].setdefault(row["words"], set()).add(row["page_type"])
        path, host, generator, classes, label = (
            {word: frozenset(types) for word, types in words.items()} for words in found.values()
        )
        return cls(path, host, generator, classes, label)


def declared_signs(page: Page, stated: frozenset[str], words: PageWords) -> Signs:
    """Return what the page says it is: in JSON-LD, microdata, OpenGraph and its classes.

    Args:
        page: The page, before anything is cut out of it.
        stated: The types of the objects in its JSON-LD.
        words: The compiled words.
    """
    items = {str(item).rstrip("/").rpartition("/")[2] for item in page.tree.xpath("//@itemtype")}
    types = stated | items
    kind = (page.first("og:type") or "").lower()
    signs: Signs = {
        "states_news": any(map(_NEWS.search, types)),
        "states_article": any(_ARTICLE.search(one) and one not in _NO_ARTICLE for one in types),
        "og_article": kind == "article",
        "og_website": kind in {"", "website"},
        "og_product": "product" in kind,
        "has_day": page.first("article:published_time", "datepublished", "parsely-pub-date")
        is not None,
    }
    signs |= {sign: bool(types & those) for sign, those in _STATED.items()}
    for program in _LETTERS.findall((page.first("generator") or "").lower()):
        signs |= dict.fromkeys(_named("generator", words.generator, program), 1.0)
    classes = f"{page.tree.get('class') or ''} {page.body.get('class') or ''}".lower().split()
    for name in classes[:_MAX_NAMES]:
        signs |= dict.fromkeys(_named("class", words.classes, name), 1.0)
        if name.startswith(("page-template", "page-id-")):
            signs["page_class"] = 1.0
    return signs


def _named(place: str, words: Mapping[str, frozenset[str]], word: str) -> list[str]:
    return [f"{page_type}_{place}" for page_type in words.get(word, ())]


def address_signs(url: str, words: PageWords) -> Signs:
    """Return what an address says: its host, its folders and its last part."""
    parts = split_url(url)
    folders = [part.lower() for part in parts.path.split("/") if part]
    slug = folders[-1] if folders else ""
    count = len(_LETTERS.findall(slug.partition(".")[0]))
    signs: Signs = {
        "is_root": not folders and not split_url(canonical_url(url) or url).query,
        "is_top": len(folders) <= 1 and not parts.query,
        "is_deep": len(folders) > 2,
        "long_slug": count >= 5,
        "short_slug": len(slug) > 0 and count <= 2 and not any(map(str.isdigit, slug)),
    }
    for folder in folders[:-1]:
        signs |= dict.fromkeys(_named("folder", words.path, folder), 1.0)
    signs |= dict.fromkeys(_named("slug", words.path, slug), 1.0)
    for label in (parts.hostname or "").split(".")[:-1]:
        signs |= dict.fromkeys(_named("host", words.host, label), 1.0)
    is_filed = signs.get("article_folder") and folders and not signs["short_slug"]
    signs["story"] = bool(is_filed) or _DAY.search(parts.path) is not None
    return signs


def is_titled(url: str, title: str) -> bool:
    """Return whether the last part of an address spells out the headline.

    >>> is_titled("https://herald.example/ferry-strike-ends-early/", "Ferry strike ends early")
    True
    >>> is_titled("https://herald.example/sport", "Sport")
    False
    """
    slug = split_url(url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    words = _LETTERS.findall(_plain(slug))
    shown = set(_LETTERS.findall(_plain(title)))
    return len(words) >= 3 and sum(word in shown for word in words) >= 0.7 * len(words)


def _plain(text: str) -> str:
    """Return a text in lower case without accents, umlauts as they are written in addresses."""
    spelled = text.lower().translate(_UMLAUTS)
    return "".join(c for c in normalize("NFKD", spelled) if not unicodedata.combining(c))


def built_signs(body: HtmlElement, words: PageWords) -> Signs:
    """Return what the page is built of: labels of controls, prices, posts, code.

    Args:
        body: The page's body, before anything is cut out of it.
        words: The compiled words.
    """
    tags: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    classes: Counter[str] = Counter()
    edges = {e for edge in body.iter("nav", "footer") for e in edge.iter()}
    for element in body.iter():
        tag = element.tag
        if not isinstance(tag, str):
            continue
        tags[tag] += 1
        if tag in _LABELLED and element not in edges and (label := _label(element)) in words.label:
            labels.update(words.label[label])
        if name := element.get("class"):
            classes[name.lower()] += 1
    signs: Signs = {f"{name}_labels": grow(min(count, _LABELS)) for name, count in labels.items()}
    return signs | {
        "code": grow(tags["pre"]),
        "selects": grow(tags["select"]),
        "times": grow(tags["time"]),
        "thread": _thread_share(body, classes),
        "product_classes": grow(max((n for c, n in classes.items() if "product" in c), default=0)),
        "price_classes": grow(max((n for c, n in classes.items() if "price" in c), default=0)),
    }


def _label(element: _Element) -> str:
    """Return the short text of a link or control in lower case, "" if it has none."""
    text = element.get("value") if element.tag == "input" else element.text
    if not text or text.isspace():
        text = next((child.text for child in element if child.text), None)
    if not text or len(text) > 4 * _LABEL_CHARS:
        return ""
    return squeeze(text).lower().rstrip(" .!→>»")


def _thread_share(body: HtmlElement, classes: Mapping[str, int]) -> float:
    """Return the share of the text that is in the posts of a thread, 0..1."""
    names = {name for name, count in classes.items() if count >= 2 and _POST.search(name)}
    if not names:
        return 0.0
    posts = [e for e in body.iter(*_POST_TAGS) if (e.get("class") or "").lower() in names]
    inside = set(posts)
    outer = [e for e in posts if not any(above in inside for above in e.iterancestors())]
    return sum(map(_chars, outer)) / (_chars(body) or 1)


def _chars(element: _Element) -> int:
    return sum(len(text) for text in element.itertext() if not text.isspace())


def grow(count: int) -> float:
    """Return `count` on a scale on which 1, 3, 7 and 15 are 1, 2, 3 and 4."""
    return math.log2(1 + count)


def text_signs(blocks: Sequence[Block], visible: str) -> Signs:
    """Return what the text of a page is like: its prose, teasers and prices.

    Args:
        blocks: The blocks of the page, after the regions that are never text were cut.
        visible: The visible text of the whole page.
    """
    prose = [block for block in blocks if block.is_prose]
    inside = prose_in_container(blocks)
    chars = sum(len(block.text) for block in blocks) or 1
    linked = sum(len(block.text) * block.link_share for block in blocks)
    headlines = sum(map(_is_linked_headline, blocks))
    led, own = _led_prose(blocks)
    count, size = _story_opening(blocks)
    opening = f" {' '.join(block.text for block in prose[:20]).lower()} "
    spoken = max(opening.count(" "), 1)
    return {
        "prose": math.log10(1 + inside),
        "little_prose": inside < 1000,
        "prose_share": inside / chars,
        "mostly_prose": inside > 0.4 * len(visible),
        "own_prose": math.log10(1 + own),
        "opens_like_story": count >= 2 and size >= _STORY_CHARS,
        "many_headlines": headlines >= 10 and own < 1000,
        "mostly_links": linked > 0.6 * chars and own < 150,
        "teasers": float(headlines >= 3 and led > own),
        "prices": grow(len(_PRICE.findall(visible))),
        "you": 100 * sum(map(opening.count, (" you ", " your "))) / spoken,
        "we": 100 * sum(map(opening.count, (" we ", " our "))) / spoken,
    }


def _story_opening(blocks: Sequence[Block]) -> tuple[int, int]:
    """Return the paragraphs and their characters from the headline to the first linked one."""
    heads = [at for at, block in enumerate(blocks) if block.tag == "h1"]
    heads = heads or [at for at, block in enumerate(blocks) if block.is_heading]
    count = size = 0
    for block in blocks[heads[0] if heads else 0 :]:
        if _is_linked_headline(block):
            break
        if block.is_prose and block.link_share < 0.3:
            count, size = count + 1, size + len(block.text)
    return count, size


def _led_prose(blocks: Sequence[Block]) -> tuple[int, int]:
    """Return the characters of prose that follow linked headlines, and of all other prose."""
    led = own = 0
    for at, block in enumerate(blocks):
        if not block.is_prose:
            continue
        before = blocks[max(0, at - _LED) : at]
        if block.link_share > 0.3 or any(map(_is_linked_headline, before)):
            led += len(block.text)
        else:
            own += len(block.text)
    return led, own


def _is_linked_headline(block: Block) -> bool:
    return block.is_heading and block.link_share > 0.8 and len(block.text) > _HEADLINE_CHARS
