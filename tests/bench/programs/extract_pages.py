"""CPU time of a program that extracts articles: `extract_pages.py NAME FILE`.

FILE holds pages as JSON Lines. It runs in the virtual environment of the program, so it knows
nothing of this project. The first pages are extracted before the clock starts. A page that a
program refuses counts like the others; a program that refuses most of them has failed.
"""

import importlib
import json
import sys
import time
from pathlib import Path

WARM_UP = 3


def onrecord():
    extract = importlib.import_module("onrecord").extract
    return lambda url, html: extract(html, url=url)["text"]


def newspaper4k():
    newspaper = importlib.import_module("newspaper")
    _without_network()

    def text_of(url, html):
        page = newspaper.Article(url, fetch_images=False)
        page.download(input_html=html)
        page.parse()
        return page.text

    return text_of


def news_please():
    from_html = importlib.import_module("newsplease").NewsPlease.from_html
    _without_network()
    return lambda url, html: from_html(html, url=url, fetch_images=False).maintext


def _without_network():
    """Use the public suffixes of the package, not those that it would fetch."""
    tld = importlib.import_module("tldextract.tldextract")
    vars(tld)["TLD_EXTRACTOR"] = tld.TLDExtract(suffix_list_urls=(), cache_dir=None)


PROGRAMS = {"onrecord": onrecord, "newspaper4k": newspaper4k, "news-please": news_please}


def main():
    name, file = sys.argv[1:]
    with Path(file).open(encoding="utf-8") as lines:
        pages = [(row["url"] or "", row["html"]) for row in map(json.loads, lines)]
    text_of = PROGRAMS[name]()
    for url, html in pages[:WARM_UP]:
        _length(text_of, url, html)
    started = time.process_time()
    texts = sum(_length(text_of, url, html) > 0 for url, html in pages)
    seconds = time.process_time() - started
    if texts < len(pages) / 2:
        sys.exit(f"{name} found a text in {texts} of {len(pages)} pages")
    print(json.dumps({"ms": 1000 * seconds / len(pages), "texts": texts}))


def _length(text_of, url, html):
    try:
        return len(text_of(url, html) or "")
    except Exception:  # noqa: BLE001  # each program has its own for a page without an article
        return 0


if __name__ == "__main__":
    main()
